/*
 * affected: the rows of run.mjs about choosing what a change affects, beside the two commands that any script must run:
 *
 *     G   git ls-files, then git diff --no-renames --name-only -z base...head, in one sh
 *
 * A tree is looked at from one of its branches cN through a `view`.
 */

import path from 'node:path';

const BASE = 'refs/heads/main';

/* How many files the branches of a size change, and what the ratio to G may be. */
const goals = {
  small: { 1: 1.25, 100: 1.25 },
  medium: { 1: 1.25, 1000: 1.25, 10000: 1.25 },
  large: { 1: 1.25, 1000: 1, 50000: 1.25 },
};

const view = ({ executeOrFail }, tree, changed) => {
  executeOrFail([path.join(import.meta.dirname, 'view'), tree, String(changed)]);
  return `${tree}-c${changed}`;
};

const generate = (program, directory) => [program, 'generate', '--quiet', '--base', BASE, '-C', directory];

const G = (directory) => ['sh', '-c',
  'cd "$0" && git ls-files >/dev/null && git diff --no-renames --name-only -z "$1"...HEAD -- >/dev/null', directory, BASE];

const toG = (tools, changed, goal) => ({
  what: `time, ${changed.toLocaleString('en')} changed, to G`,
  measure: (size, tree) => {
    const directory = view(tools, tree, changed);
    return { value: tools.ratio(generate(tools.program, directory), G(directory), tools.runsPerRound[size]), unit: 'x', goal };
  },
});

const fiftyTimes = (tools) => ({
  what: 'time, 50 x the changed files',
  measure: (size, tree) => {
    const [many, few] = [50000, 1000].map((changed) => generate(tools.program, view(tools, tree, changed)));
    return { value: tools.ratio(many, few, tools.runsPerRound[size]), unit: 'x', goal: 5 };
  },
});

/* Every service copies one library, and all changes are in it. */
const sharedLibrary = (tools) => ({
  what: 'time, 1,000 changes to 1, in a library of all',
  measure: (size) => {
    const tree = tools.makeTree('shared');
    const [many, one] = [1000, 1].map((changed) => generate(tools.program, view(tools, tree, changed)));
    return { value: tools.ratio(many, one, tools.runsPerRound[size]), unit: 'x', goal: 1.2 };
  },
});

/* `tools`: { program, ratio, runsPerRound, makeTree, executeOrFail } of run.mjs. */
export function affectedRows(size, tools) {
  const rows = Object.entries(goals[size]).map(([changed, goal]) => toG(tools, Number(changed), goal));
  return size === 'large' ? [...rows, fiftyTimes(tools), sharedLibrary(tools)] : rows;
}
