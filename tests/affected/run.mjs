/*
 * run: which images a commit affects, ours beside BuildKit; the last line is `N passed, N failed`, `, N skipped` with skips.
 *
 *   node run.mjs [--commits N] [--only NAME] [--verbose] [--json FILE] [--goal RATIO] [--made-up N] [--seed N] DIR…
 *
 * Each DIR holds git checkouts, one level deep. For each of them some commits are taken (history.mjs). What an image is made of
 * before and after a commit is said by BuildKit and git (truth.mjs); what ours says of the commit is held beside it (judge.mjs).
 *
 * Each commit is a check: no image that is truly affected is called unaffected. The last check is precision: the mean over
 * repositories of (called affected / truly affected) is at most `--goal` (1.15).
 *
 * `--made-up` adds so many repositories of made_up.mjs. They are held to the first kind of check only.
 *
 * Without the reference a `skip` line is printed, and nothing is judged. PROGRAM names the program.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openReferences } from '../conformance/references.mjs';
import { bareEnvironment, chooseCommits, openSide } from './history.mjs';
import { judge, precision } from './judge.mjs';
import { makeRepository } from './made_up.mjs';
import { difference, openTruth } from './truth.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const TRACKED_LIMIT = 60000;
const DIFFERENCES_SHOWN = 6;
const flags = { verbose: false };
const values = { commits: 20, only: undefined, json: undefined, goal: 1.15, 'made-up': 0, seed: 1 };

function readOptions(words) {
  const program = path.resolve(process.env.PROGRAM || path.join(root, 'build/depot-pipeline'));
  const options = { ...flags, ...values, directories: [], program };
  for (const rest = [...words]; rest.length;) {
    const word = rest.shift();
    const name = word.slice(2);
    if (!word.startsWith('--')) options.directories.push(word);
    else if (name in flags) options[name] = true;
    else if (name in values && rest.length) options[name] = typeof values[name] === 'number' ? Number(rest.shift()) : rest.shift();
    else throw new Error(`unknown option or no value: ${word}`);
  }
  if (!options.directories.length && !options['made-up']) throw new Error('no directory is given');
  return options;
}

const checkouts = ({ directories, only }) =>
  directories.flatMap((directory) => fs.readdirSync(directory).sort()
    .filter((name) => (!only || name.includes(only)) && fs.existsSync(path.join(directory, name, '.git')))
    .map((name) => path.resolve(directory, name)));

async function preview(program, side, ...words) {
  const command = ['preview', '--format', 'json', '--no-untracked', ...words];
  try {
    const { stdout } = await promisify(execFile)(program, command, { cwd: side.directory, env: bareEnvironment, maxBuffer: 1 << 28 });
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(`${command.join(' ')}: ${String(error.stderr || error.message).trim().split('\n').slice(0, 2).join(' | ')}`);
  }
}

/* --- a repository --- */

async function showMissed(truth, sides, pair, missed, images) {
  if (missed.isNew) return ['no image of that name before'];
  const [before, after] = await Promise.all([
    truth.list(sides.before, pair.parent, images.before.find(({ name }) => name === missed.name)),
    truth.list(sides.after, pair.commit, images.after.find(({ name }) => name === missed.name)),
  ]);
  return difference(before, after);
}

async function examineCommit(truth, sides, pair, options) {
  await Promise.all([sides.before.move(pair.parent), sides.after.move(pair.commit)]);
  const [was, is] = await Promise.all([
    preview(options.program, sides.before),
    preview(options.program, sides.after, '--no-worktree', '--no-fetch', '--base', pair.parent),
  ]);
  const [before, after] = await Promise.all([
    truth.read(sides.before, pair.parent, pair.parentTree, was),
    truth.read(sides.after, pair.commit, pair.tree, is),
  ]);
  const verdicts = judge(is, before, after).map((verdict) => ({ ...verdict, commit: pair.commit }));
  const problems = [];
  for (const missed of verdicts.filter(({ kind }) => kind === 'missed')) {
    missed.differences = await showMissed(truth, sides, pair, missed, { before: was.images, after: is.images });
    const more = missed.differences.length - DIFFERENCES_SHOWN;
    const shown = missed.differences.slice(0, DIFFERENCES_SHOWN).join(' ') + (more > 0 ? ` and ${more} more` : '');
    problems.push(`${missed.name} is affected: ${shown}${missed.widened ? ' (widened)' : ''}`);
  }
  for (const { name } of verdicts.filter((one) => one.affected && one.built === false)) problems.push(`${name} is affected and not built`);
  return { commit: pair.commit, change: is.change ?? null, verdicts, problems };
}

async function examine(repository, reference, options) {
  const name = path.basename(repository);
  const start = process.hrtime.bigint();
  const pairs = await chooseCommits(repository, options.commits);
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'affected-'));
  const truth = openTruth(reference, path.join(root, 'build/affected', `${name}.json`));
  const commits = [];
  try {
    const sides = {
      before: await openSide(repository, path.join(scratch, 'before', name)),
      after: await openSide(repository, path.join(scratch, 'after', name)),
    };
    for (const pair of pairs) {
      try {
        commits.push(await examineCommit(truth, sides, pair, options));
      } catch (error) {
        commits.push({ commit: pair.commit, change: null, verdicts: [], problems: [error.message] });
      }
    }
  } finally {
    truth.close();
    fs.rmSync(scratch, { recursive: true });
  }
  const verdicts = commits.flatMap((one) => one.verdicts);
  return { name, commits, verdicts, precision: precision(verdicts), took: Number(process.hrtime.bigint() - start) / 1e9 };
}

async function examineMadeUp(seed, reference, options) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'affected-'));
  try {
    const repository = path.join(scratch, `made-up-${seed}`);
    makeRepository(repository, seed, options.commits);
    const one = await examine(repository, reference, options);
    return { ...one, isMadeUp: true };
  } finally {
    fs.rmSync(scratch, { recursive: true });
  }
}

/* --- what is printed --- */

const columns = [
  ['repository', ({ name }) => name, -44],
  ['commits', ({ commits }) => commits.length, 8],
  ['images', ({ verdicts }) => verdicts.length, 7],
  ['apart', ({ verdicts }) => count(verdicts, 'apart') || '', 6],
  ['widened', ({ verdicts }) => verdicts.filter(({ kind, widened }) => widened && kind !== 'apart').length || '', 8],
  ['judged', ({ precision: { judged } }) => judged, 7],
  ['true', ({ precision: { truly } }) => truly, 6],
  ['ours', ({ precision: { ours } }) => ours, 6],
  ['ratio', ({ precision: { counts, ratio } }) => (counts ? ratio.toFixed(2) : ''), 6],
  ['missed', ({ verdicts }) => count(verdicts, 'missed') || '', 7],
  ['flowed', ({ verdicts }) => count(verdicts, 'flowed') || '', 7],
  ['s', ({ took }) => took.toFixed(0), 5],
];

const count = (verdicts, kind) => verdicts.filter((one) => one.kind === kind).length;
const line = (cells) => cells.map((cell, at) => (columns[at][2] < 0 ? String(cell).padEnd(-columns[at][2]) : String(cell).padStart(columns[at][2]))).join('');

/* Groups of a list, the largest first. */
function groups(list, key) {
  const all = new Map();
  for (const one of list) all.set(key(one), [...(all.get(key(one)) ?? []), one]);
  return [...all].sort((a, b) => b[1].length - a[1].length);
}

const place = ({ path: file, line: at }) => (file ? `${file}${at ? `:${at}` : ''}` : '');
const sentence = (why) => [why?.sentence ?? 'nothing is said', why && place(why)].filter(Boolean).join(', ');

function showApart(verdicts) {
  const apart = verdicts.filter(({ kind }) => kind === 'apart');
  if (apart.length > 0) console.log(`\nNot judged: ${apart.length}`);
  for (const [reason, list] of groups(apart, (one) => one.reason)) {
    console.log(`  ${String(list.length).padStart(6)}  ${reason}`);
    if (!reason.endsWith('refuses')) continue;
    for (const [error, some] of groups(list, (one) => one.error.split('\n')[0]).slice(0, 8)) console.log(`          ${String(some.length).padStart(4)}  ${error}`);
  }
}

/* The cause of a widened answer, without the names in it. */
const cause = ({ widened }) => String(widened.reason ?? widened).replace(/'[^']*'|"[^"]*"/g, "'…'").replace(/^\S*[/.]\S* /, '… ');

function showWidened(verdicts) {
  const widened = verdicts.filter((one) => one.widened && one.kind !== 'apart');
  if (widened.length > 0) console.log(`\nWidened, and not counted: ${widened.length}\n    images  true  ours  cause`);
  for (const [reason, list] of groups(widened, cause)) {
    const numbers = [list.length, list.filter(({ truly }) => truly).length, list.filter(({ affected }) => affected).length];
    console.log(`    ${String(numbers[0]).padStart(6)}${String(numbers[1]).padStart(6)}${String(numbers[2]).padStart(6)}  ${reason}`);
  }
}

function showOver(verdicts, verbose) {
  const over = verdicts.filter(({ kind, widened }) => kind === 'over' && !widened);
  if (over.length > 0) console.log(`\nCalled affected, and not: ${over.length}`);
  for (const [rule, list] of groups(over, ({ why }) => why?.rule ?? 'no rule')) {
    console.log(`  ${String(list.length).padStart(6)}  ${rule}`);
    for (const one of verbose ? list : []) console.log(`          ${one.repository} ${one.commit.slice(0, 12)} ${one.name}: ${sentence(one.why)}`);
  }
}

function summarize(results, { goal, verbose }) {
  const verdicts = results.flatMap(({ name, verdicts: all }) => all.map((one) => ({ ...one, repository: name })));
  showApart(verdicts);
  showWidened(verdicts);
  showOver(verdicts, verbose);
  const counted = results.filter(({ precision: { counts } }) => counts);
  const mean = counted.reduce((sum, one) => sum + one.precision.ratio, 0) / (counted.length || 1);
  const all = precision(verdicts);
  const commits = results.reduce((sum, one) => sum + one.commits.length, 0);
  console.log(`\n${results.length} repositories, ${commits} commits, ${verdicts.length} images; ${count(verdicts, 'missed')} missed`);
  console.log(`called affected / affected: ${mean.toFixed(3)} as a mean of ${counted.length} repositories, ${all.ours}/${all.truly} of all`);
  if (counted.length > 0 && !(mean <= goal)) console.log(`FAILED precision: the goal is ${goal}`);
  return { mean, repositories: counted.length, ...all, isGood: counted.length === 0 || mean <= goal, isJudged: counted.length > 0 };
}

async function main(words) {
  const options = readOptions(words);
  let skipped = 0;
  const skip = (part, message) => {
    skipped++;
    console.log(`skip ${part}: ${message}`);
  };
  const reference = await openReferences({ skip }).go('context');
  const results = [];
  if (reference) {
    console.log(line(columns.map(([name]) => name)));
    const found = checkouts(options).map((repository) => () => examine(repository, reference, options));
    const madeUp = Array.from({ length: options['made-up'] }, (_, i) => () => examineMadeUp(options.seed + i, reference, options));
    for (const examineOne of [...found, ...madeUp]) {
      const one = await examineOne();
      console.log(line(columns.map(([, cell]) => cell(one))));
      for (const { commit, problems } of one.commits) for (const problem of problems) console.log(`  FAILED ${one.name} ${commit}: ${problem}`);
      results.push(one);
    }
  }
  const summary = summarize(results.filter(({ isMadeUp }) => !isMadeUp), options);
  if (options.json) fs.writeFileSync(options.json, `${JSON.stringify({ summary, repositories: results }, null, 1)}\n`);
  const commits = results.flatMap((one) => one.commits);
  const failed = commits.filter(({ problems }) => problems.length).length + (summary.isGood ? 0 : 1);
  const passed = commits.length + (summary.isJudged ? 1 : 0) - failed;
  console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  return failed || (reference && !results.length) ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`affected: ${error.stack ?? error}`);
  process.exitCode = 2;
}
