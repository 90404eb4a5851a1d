/*
 * expect: what scenarios ask of a run, in one word each.
 *
 * The rule: an assertion that fails shows the log of the steps, because that is what one would
 * look at next. Nothing here knows how the program makes its text.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { availableShells, shells } from './toolbox.mjs';

/* Everything the program and the steps said. */
export function explain({ generated, violations = [], steps = [] }) {
  const logs = steps.map((step) => `── ${step.key}: ${step.state} ${step.exitStatus}\n${step.stdout}${step.stderr}`);
  return [`── depot-pipeline: ${generated?.exitStatus}\n${generated?.stderr}`, ...violations, ...logs].join('\n');
}

/* The pipeline was produced, has no violations, and each step passed; `states` tells where it should not. */
export function passed(run, states = {}) {
  produced(run);
  const expected = run.steps.map(({ key }) => [key, states[key] ?? 'passed']);
  assert.deepEqual(run.steps.map(({ key, state }) => [key, state]), expected, explain(run));
}

export function produced(run) {
  assert.equal(run.generated.exitStatus, 0, explain(run));
  assert.deepEqual(run.violations, [], explain(run));
}

/* A step, by default the only one, ended with `status`, and its log has each of `words`. */
export function stopped(run, status, words, key = run.steps[0]?.key) {
  produced(run);
  const step = run.steps.find((candidate) => candidate.key === key);
  assert.equal(step?.exitStatus, status, explain(run));
  for (const word of [words].flat()) assert.ok(match(step.stdout + step.stderr, word), `no ${word} in\n${explain(run)}`);
}

const match = (text, word) => (word instanceof RegExp ? word.test(text) : text.includes(word));

/* What the builder was asked for by the step `key`, one solve a platform; by default of the only step. */
export function solvesOf(run, key = run.steps[0].key) {
  const build = buildOf(run, key);
  return run.solves.filter(({ buildId }) => buildId === build.buildId).sort((a, b) => a.platform.localeCompare(b.platform));
}

export function solveOf(run, key) {
  const [solve, ...others] = solvesOf(run, key);
  assert.deepEqual(others, [], 'more than one platform');
  return solve;
}

/* Steps run one after the other, and each builds once: the nth call of `depot build` made the nth build. */
export function buildOf(run, key) {
  const build = run.builds[buildCalls(run).findIndex((call) => stepOf(call) === key)];
  assert.ok(build, `no build of ${key}\n${explain(run)}`);
  return build;
}

/* The calls of `depot build`, oldest first. */
export const buildCalls = (run) => run.calls('depot').filter(({ argv }) => argv[0] === 'build');

/* The step whose checkout a call was made in. */
export const stepOf = ({ cwd }) => path.basename(path.dirname(cwd));

/* The values of an option in a call: valuesOf(call, '--tag'). */
export const valuesOf = ({ argv }, option) => argv.filter((_, at) => argv[at - 1] === option);

/* Runs `tell(shell)` as one test for each shell that an agent may have; those that this machine lacks are skipped. */
export function inEveryShell(test, name, { skip = false } = {}, tell = undefined) {
  for (const shell of Object.keys(shells)) {
    const missing = availableShells().includes(shell) ? false : `no ${shell} on this machine`;
    test(`${shell}: ${name}`, { skip: skip || missing }, () => tell(shell));
  }
}
