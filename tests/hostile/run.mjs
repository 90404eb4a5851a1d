/*
 * run: hostile repositories, settings and environments against the program.
 *
 *   tests/hostile/run [NAME…]        # only the cases whose names contain one of these
 *
 * Every case is run with generate, preview, preview --format json and check. Always asked: an end in
 * bounded time and memory, no signal, nothing executed, and standard output that is a pipeline which
 * tests/e2e/check-pipeline.mjs finds nothing wrong with, or the one line that no agent takes for one. A case adds
 * the statuses of generate and check, and what the messages must say. PROGRAM names the program.
 *
 * A case marked `slow` has git wait until it is ended; it is run in one way only. SECONDS_LIMIT is 10.
 * Last line: "N passed, N failed, N skipped", each a run of a case.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { check } from '../e2e/check-pipeline.mjs';
import { interpolatePipeline } from '../e2e/interpolate.mjs';
import { allSteps, parsePipeline } from '../e2e/pipeline.mjs';
import { environmentCases } from './environments.mjs';
import { fileCases } from './files.mjs';
import { nameCases } from './names.mjs';
import { repositoryCases } from './repositories.mjs';
import { calls, evil, executed, isSanitized, marks, measuresMemory, mebibytes, program, Repository, run, seconds, work } from './toolbox.mjs';

const poison = '[depot-pipeline failed and generated nothing; its messages say why\n';
const shells = [['dash'], ['busybox', 'sh'], ['bash']].filter(([name, ...words]) => spawnSync(name, [...words, '-c', ':']).status === 0);

const count = { passed: 0, failed: 0, skipped: 0 };

function verdict(name, problems, result) {
  if (!problems.length) {
    count.passed += 1;
    return;
  }
  count.failed += 1;
  console.log(`failed: ${name}\n${problems.slice(0, 8).map((line) => `    ${line}`).join('\n')}`);
  if (result?.stderr) console.log(result.stderr.split('\n').slice(0, 6).map((line) => `    | ${line.slice(0, 200)}`).join('\n'));
}

function skip(name, reason) {
  count.skipped += 1;
  console.log(`skipped: ${name}: ${reason}`);
}

/* ---- what is asked of every run --------------------------------------------------------- */

function bounds(result, limit = mebibytes) {
  const problems = executed().map((line) => `executed: ${line}`);
  if (result.status === null || result.status >= 124) problems.push(`status ${result.status} after ${result.took.toFixed(1)} s (limit ${seconds} s)`);
  else if (![0, 1, 2, 3].includes(result.status)) problems.push(`status ${result.status}`);
  if (result.mebibytes > limit) problems.push(`${result.mebibytes.toFixed(0)} MiB (limit ${limit})`);
  if (/[^\n\t\x20-\x7E\u00A0-\u{10FFFF}]/u.test(result.stderr)) problems.push('a control character in the messages');
  return problems;
}

function pipelineProblems(result, attributes) {
  const text = result.stdout.toString();
  if (result.status !== 0) return text === poison ? [] : [`status ${result.status}, and standard output is ${JSON.stringify(text.slice(0, 100))}`];
  return check(text, { attributes });
}

function jsonProblems(result) {
  if (result.status !== 0) return [];
  try {
    JSON.parse(result.stdout.toString());
    return [];
  } catch (error) {
    return [`preview --format json: ${error.message}`];
  }
}

function printableProblems(result) {
  return /[^\n\x20-\x7E\u00A0-\u{10FFFF}]/u.test(result.stdout.toString()) ? ['a control character in the preview'] : [];
}

/* What a case says of the statuses and messages: a status, or several that will do. */
function expected(words, result, said) {
  const problems = [];
  if (said.status !== undefined && ![said.status].flat().includes(result.status)) problems.push(`status ${result.status}, expected ${said.status}`);
  for (const pattern of [said.says ?? []].flat()) if (!pattern.test(result.stderr)) problems.push(`not said: ${pattern}`);
  return problems.map((line) => `${words.join(' ')}: ${line}`);
}

/* ---- cases ------------------------------------------------------------------------------- */

const commandOf = (step) => [step.command].flat().join('\n');

/* The commands reach depot with exactly these --file and context bytes, in every shell. */
function namesProblems(test, result, cwd) {
  const documents = parsePipeline(result.stdout.toString()).map((document) => interpolatePipeline(document, new Map([['X', 'decoy']])));
  const commands = allSteps(documents).map(({ step }) => commandOf(step));
  const want = test.builds.map(([file, context]) => `${file.toString('latin1')}\0${context.toString('latin1')}`).sort();
  return shells.flatMap((shell) => {
    const { lists, problems } = calls(commands, { shell, cwd });
    const got = lists.map((words) => `${words[words.indexOf('--file') + 1]}\0${words.at(-1)}`).sort();
    problems.push(...executed().map((line) => `executed by a step: ${line}`));
    if (JSON.stringify(got) !== JSON.stringify(want)) problems.push(difference(got, want));
    return problems.map((line) => `${shell.join(' ')}: ${line}`);
  });
}

function difference(got, want) {
  const missing = want.filter((word) => !got.includes(word)).slice(0, 3);
  const surplus = got.filter((word) => !want.includes(word)).slice(0, 3);
  return `depot was not given ${JSON.stringify(missing)}, but ${JSON.stringify(surplus)}`;
}

const ways = [['generate'], ['generate', '--format', 'json'], ['preview'], ['preview', '--format', 'json'], ['check']];

function runCase(test) {
  const repository = new Repository(test.name);
  const more = test.make(repository) ?? {};
  const options = { cwd: repository.root, env: { ...test.env, ...more.env } };
  for (const words of test.slow ? ways.slice(0, 1) : ways) {
    const result = run([...words, ...(test.words ?? [])], options);
    const problems = bounds(result, test.mebibytes);
    if (words[0] === 'generate') problems.push(...pipelineProblems(result, test.attributes), ...expected(words, result, test));
    if (words[0] === 'preview') problems.push(...(words.length > 1 ? jsonProblems(result) : printableProblems(result)));
    if (words[0] === 'check') problems.push(...expected(words, result, { status: test.check, says: test.says }));
    if (words.length === 1 && words[0] === 'generate' && result.status === 0) {
      if (test.builds) problems.push(...namesProblems(test, result, repository.root));
      if (test.pipeline) problems.push(...test.pipeline(allSteps(parsePipeline(result.stdout.toString())).map(({ step }) => step)));
    }
    if (process.env.VERBOSE) console.log(`${test.name}: ${words.join(' ')}: ${result.status}, ${result.took.toFixed(2)} s, ${result.mebibytes.toFixed(0)} MiB\n${result.stderr.slice(0, 600)}`);
    verdict(`${test.name}: ${words.join(' ')}`, problems, result);
  }
  more.after?.();
}

/* ---- what is not about a repository --------------------------------------------------------- */

function outputCases() {
  const { root } = new Repository('output').file('Dockerfile', 'FROM scratch\n').commit();
  for (const words of [['help'], ['version'], ['schema'], ['generate'], ['preview'], ['check'], ['preview', '--format', 'json'], ['upload', '--dry-run']]) {
    for (const redirect of ['>/dev/full', '>&-']) {
      const result = run(words, { cwd: root, redirect });
      verdict(`${words.join(' ')} ${redirect}`, [...bounds(result), ...expected(words, result, { status: 3, says: /cannot write standard output/ })], result);
    }
  }
  const closed = run(['generate'], { cwd: root, redirect: '| true' });
  verdict('generate into a closed pipe', bounds(closed), closed);
  const input = run(['generate'], { cwd: root, redirect: '<&- 2>&-' });
  verdict('generate without input and messages', [...bounds(input), ...pipelineProblems(input)], input);
  const full = run(['generate', '-o', '/dev/full'], { cwd: root });
  verdict('generate -o /dev/full', [...bounds(full), ...expected([], full, { status: 3, says: /cannot write/ })], full);
}

function uploadCases() {
  const { root } = new Repository('upload').file('Dockerfile', 'FROM scratch\n').commit();
  const bin = path.join(work, 'agent');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'buildkite-agent'), '#!/bin/sh\nexit 0\n');
  chmodSync(path.join(bin, 'buildkite-agent'), 0o755);
  const agent = { BUILDKITE: 'true', BUILDKITE_JOB_ID: 'j', PATH: `${bin}:${process.env.PATH}` };
  for (const directory of ['/nonexistent', '/dev/null', '/proc']) {
    const result = run(['upload'], { cwd: root, env: { ...agent, TMPDIR: directory } });
    verdict(`upload with TMPDIR=${directory}`, [...bounds(result), ...expected([], result, { status: 3, says: /temporary directory/ })], result);
  }
  const hostile = path.join(work, "tmp $(touch marks) 'x' \n%s");
  mkdirSync(hostile);
  const result = run(['upload'], { cwd: root, env: { ...agent, TMPDIR: hostile } });
  const left = readdirSync(hostile);
  verdict('upload with a hostile TMPDIR', [...bounds(result), ...expected([], result, { status: 0 }), ...left.map((name) => `left over: ${name}`)], result);
  const missing = run(['upload'], { cwd: root, env: { ...agent, PATH: process.env.PATH } }); /* where no agent is */
  if (spawnSync('sh', ['-c', 'command -v buildkite-agent']).status === 0) skip('upload without an agent', 'it is on PATH');
  else verdict('upload without an agent', [...bounds(missing), ...expected([], missing, { status: 3, says: /cannot run buildkite-agent/ })], missing);
}

/* Directories and files that cannot be read need someone who is not root. */
function unreadableCases() {
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const isRoot = process.getuid() === 0;
  if (isRoot && spawnSync(nobody[0], [...nobody.slice(1), 'true']).status !== 0) return skip('unreadable', 'root without setpriv');
  const as = isRoot ? nobody : [];
  chmodSync(work, 0o755);
  if (isRoot && spawnSync('setpriv', [...nobody.slice(1), 'test', '-x', program]).status !== 0) return skip('unreadable', 'nobody cannot reach the program');
  const repository = new Repository('unreadable');
  for (const name of ['open/Dockerfile', 'file/Dockerfile', 'directory/Dockerfile', 'compose/compose.yaml']) repository.file(name, 'FROM scratch\nCOPY . .\n');
  repository.commit();
  chmodSync(path.join(repository.root, 'file/Dockerfile'), 0);
  chmodSync(path.join(repository.root, 'compose/compose.yaml'), 0);
  chmodSync(path.join(repository.root, 'directory'), 0);
  for (const words of [['generate'], ['generate', '--untracked'], ['preview'], ['check']]) {
    const result = run(words, { cwd: repository.root, as });
    const problems = [...bounds(result), ...expected(words, result, { says: [/file\/Dockerfile.*error/, /directory\/Dockerfile.*error/, /compose\/compose.yaml.*error/] })];
    if (words[0] === 'generate') problems.push(...pipelineProblems(result));
    verdict(`unreadable: ${words.join(' ')}`, problems, result);
  }
  for (const part of ['.git/index', '.git/HEAD', '.git/config', '.git']) {
    chmodSync(path.join(repository.root, part), 0);
    const result = run(['generate'], { cwd: repository.root, as });
    verdict(`unreadable ${part}`, [...bounds(result), ...pipelineProblems(result)], result);
    chmodSync(path.join(repository.root, part), 0o755);
  }
  return undefined;
}

/* ---- all ---------------------------------------------------------------------------------- */

function main(filters) {
  try {
    accessSync(program, constants.X_OK);
  } catch {
    console.log(`${program} is not there: make, or set PROGRAM`);
    return 2;
  }
  if (!measuresMemory) console.log(`memory is not measured${isSanitized ? ' under a sanitizer' : ': no GNU time'}`);
  const tools = { evil, marks, work };
  const cases = [...nameCases(tools), ...fileCases(tools), ...repositoryCases(tools), ...environmentCases(tools)];
  const wanted = (name) => !filters.length || filters.some((word) => name.includes(word));
  for (const test of cases) if (wanted(test.name)) runCase(test);
  if (wanted('output')) outputCases();
  if (wanted('upload')) uploadCases();
  if (wanted('unreadable')) unreadableCases();
  if (existsSync('/PWNED')) verdict('the root directory', ['/PWNED was made']);
  console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  return count.failed ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
