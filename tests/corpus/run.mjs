/*
 * run: the program on public repositories; the last line is `N passed, N failed`.
 *
 *   node run.mjs [--verbose] [--json FILE] [--only NAME] [--goal PERCENT] [--seconds N] [--mebibytes N] DIR…
 *
 * Each DIR holds git checkouts, one level deep. For each of them: is the pipeline one that Buildkite takes
 * (validity.mjs), and is the context that is guessed for a Dockerfile the one that the repository
 * declares (inference.mjs)? The last check is the mean share of right guesses over the repositories.
 *
 * The rule: checkouts are only read. PROGRAM names the program; the referees of validity.mjs are optional.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execute, openCheckout } from './checkout.mjs';
import { compare, count, shares } from './inference.mjs';
import { checkRepository } from './validity.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const flags = { verbose: false };
const values = { json: undefined, only: undefined, goal: 90, seconds: 10, mebibytes: 64 };

function readOptions(words) {
  const options = { ...flags, ...values, directories: [], program: path.resolve(process.env.PROGRAM || path.join(root, 'build/depot-pipeline')) };
  for (const rest = [...words]; rest.length;) {
    const word = rest.shift();
    const name = word.slice(2);
    if (!word.startsWith('--')) options.directories.push(word);
    else if (name in flags) options[name] = true;
    else if (name in values && rest.length) options[name] = typeof values[name] === 'number' ? Number(rest.shift()) : rest.shift();
    else throw new Error(`unknown option or no value: ${word}`);
  }
  if (!options.directories.length) throw new Error('no directory is given');
  return options;
}

const checkouts = ({ directories, only }) => directories.flatMap((directory) => fs.readdirSync(directory).sort()
  .filter((name) => (!only || name.includes(only)) && fs.existsSync(path.join(directory, name, '.git')))
  .map((name) => path.resolve(directory, name)));

function examine(directory, options) {
  const checkout = openCheckout(directory);
  const { checks, facts } = checkRepository(checkout, options);
  const preview = (index) => {
    const words = [options.program, 'preview', '--format', 'json', '--no-untracked'];
    const run = execute(words, { directory, seconds: options.seconds, environment: index ? { GIT_INDEX_FILE: index } : {} });
    if (run.status !== 0) throw new Error(`preview${index ? ' without declaring files' : ''}: exit status ${run.status}: ${run.talk.trim()}`);
    return JSON.parse(run.output);
  };
  const hidden = { name: 'inference', problems: [] };
  let found = { rows: [], unclear: [] };
  try {
    found = compare(checkout, preview);
  } catch (error) {
    hidden.problems.push(error.message.split('\n')[0]);
  }
  return { name: checkout.name, files: checkout.files.size, checks: [...checks, hidden], ...facts, ...found, shares: shares(found.rows) };
}

const columns = [
  ['repository', (one) => one.name, -44],
  ['jobs', (one) => one.jobs, 5],
  ['red', (one) => one.red.length || '', 4],
  ['ms', (one) => (one.took * 1000).toFixed(0), 5],
  ['MiB', (one) => one.peak?.toFixed(0) ?? '', 4],
  ['declared', (one) => one.rows.length || '', 9],
  ['right', (one) => (one.rows.length ? count(one.rows, 'right') : ''), 6],
  ['wrong', (one) => count(one.rows, 'wrong') || '', 6],
  ['missing', (one) => count(one.rows, 'missing') || '', 8],
  ['left out', (one) => count(one.rows, 'left-out') || '', 9],
  ['idle', (one) => count(one.rows, 'idle') || '', 5],
  ['%', (one) => one.shares.all?.toFixed(0) ?? '', 5],
];

const line = (cells) => cells.map((cell, at) => (columns[at][2] < 0 ? String(cell).padEnd(-columns[at][2]) : String(cell).padStart(columns[at][2]))).join('');

function showDetails(one, verbose) {
  for (const { name, problems } of one.checks) for (const problem of problems) console.log(`  FAILED ${name}: ${problem}`);
  if (!verbose) return;
  for (const { name, why } of one.red) console.log(`  red ${name}: ${why.join(' | ')}`);
  for (const row of one.rows.filter(({ verdict }) => ['wrong', 'missing', 'left-out'].includes(verdict))) {
    const declared = row.declared.map(({ context, from }) => `${context} (${from})`).join(', ');
    console.log(`  ${row.verdict} ${row.dockerfile}\n    declared ${declared}\n    guessed ${row.guess ?? '-'}: ${row.why ?? 'it is not found'}`
      + `${row.sources ? `\n    sources ${row.sources.slice(0, 12).join(' ') || '-'}` : ''}`);
  }
  for (const row of one.rows.filter(({ whole }) => !['right', 'idle'].includes(whole))) console.log(`  with nothing hidden ${row.whole}: ${row.dockerfile}`);
  for (const text of one.unclear) console.log(`  unclear ${text}`);
}

const means = [
  ['all', 'right, what is left out counted as wrong'],
  ['found', 'right, what is left out set aside'],
  ['builds', 'right or takes nothing from its context, what is left out set aside'],
  ['exact', 'right or same by chance, of all that are declared'],
  ['whole', 'right or idle when nothing is hidden, of all that are declared'],
];

const mean = (results, name) => {
  const numbers = results.map((one) => one.shares[name]).filter((number) => number !== undefined);
  return { repositories: numbers.length, all: numbers.filter((number) => number === 100).length, mean: numbers.reduce((sum, number) => sum + number, 0) / (numbers.length || 1) };
};

function summarize(results) {
  const rows = results.flatMap((one) => one.rows);
  console.log(`\n${results.length} repositories, ${results.reduce((sum, one) => sum + one.jobs, 0)} jobs, ${results.reduce((sum, one) => sum + one.red.length, 0)} red`
    + `\n${rows.length} declared Dockerfiles: ${['right', 'wrong', 'missing', 'left-out', 'idle'].map((verdict) => `${count(rows, verdict)} ${verdict}`).join(', ')}`);
  const summary = Object.fromEntries(means.map(([name]) => [name, mean(results, name)]));
  for (const [name, what] of means.filter(([key]) => summary[key].repositories)) {
    const one = summary[name];
    console.log(`${one.mean.toFixed(1).padStart(5)} %  mean of ${one.repositories} repositories, ${one.all} with all: ${what}`);
  }
  return summary;
}

function main(words) {
  const options = readOptions(words);
  console.log(line(columns.map(([name]) => name)));
  const results = checkouts(options).map((directory) => {
    const one = examine(directory, options);
    console.log(line(columns.map(([, cell]) => cell(one))));
    showDetails(one, options.verbose);
    return one;
  });
  const summary = summarize(results);
  if (options.json) fs.writeFileSync(options.json, `${JSON.stringify({ summary, repositories: results }, null, 2)}\n`);
  const checks = results.flatMap((one) => one.checks);
  const isMissed = summary.all.mean < options.goal;
  if (summary.all.repositories) checks.push({ problems: isMissed ? ['the goal'] : [] });
  if (summary.all.repositories && isMissed) console.log(`FAILED inference: the goal is ${options.goal} %`);
  const failed = checks.filter(({ problems }) => problems.length).length;
  console.log(`${checks.length - failed} passed, ${failed} failed`);
  return failed || !results.length ? 1 : 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(`run: ${error.message}`);
  process.exitCode = 2;
}
