/*
 * round_trip: random strings through the pipeline, and back out of a real shell.
 *
 *   node round_trip.mjs [--count N] [--seed S] [--emitter FILE] [--shells dash,bash] [--referee FILE]
 *
 * The rule: what enters is what the program's argument holds. Strings of everything that YAML,
 * Buildkite and shells take for their own go into emit_words (every way that text gets into a
 * pipeline), its text is parsed by npm `yaml`, interpolated by tests/e2e/interpolate.mjs in an
 * environment full of decoys, and each command runs under `sh -e -c` of several shells and locales. The
 * bytes that `printf` is given must be those that went in. Labels and other texts must be the same after interpolation.
 *
 * --emitter (EMITTER) is build/tests/emit_words; --referee (REFEREE) names a program that reads a
 * pipeline on standard input and prints what Buildkite's agent makes of it, as JSON documents: a
 * sample goes through it too and must agree with interpolate.mjs. A failing string is printed as hexadecimal
 * digits; --strings HEX,HEX tries those instead of random ones.
 * Last line: "N passed, N failed", each a string; exit status 1 when any failed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { interpolatePipeline } from '../e2e/interpolate.mjs';
import { parsePipeline } from '../e2e/pipeline.mjs';

const perStep = 100;
const perEmission = 4000;
const enough = 20; /* failures that are shown and taken apart */
const referred = 4; /* every so many emissions the referee is asked */

/* ---- strings ---------------------------------------------------------------------------- */

/* mulberry32: the same strings for the same seed on every machine. */
function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  };
  return { below: (n) => Math.floor(next() * n), chance: (p) => next() < p, pick: (list) => list[Math.floor(next() * list.length)] };
}

const bytes = (...numbers) => Buffer.from(numbers);
const texts = (...words) => words.map((word) => Buffer.from(word));

const special = texts('\\', '$', '{', '}', '(', ')', "'", '"', '`', ' ');
const plain = texts('a', 'X', 'b7', 'é', '0', '/', '-', '.', ':', '=', '%', '_', '~', '@', ',', '+');
const shellish = texts('*', '?', '[a-z]', '!', '#', '&', '|', ';', '<', '>', '^', '!!', '~root', '$(', '$((', '${', '$X', '${X}',
  '${X:-a}', '${a', '$1', '$@', '$$', '\\$', '\\\\', '\\$$', '$depot_v1', '${depot_v1}', 'depot_v2', '$(touch X)', '`touch X`', "'\\''",
  '${DEPOT_PIPELINE_NEVER_SET:-\\}', '%s', '%%', '\\n', '\\0', '\\c', '\\x41', '\\u0041', '#{', '{{matrix}}', '{a,X}', '<<EOF', '$\'a\'');
const yamlish = texts('# ', ': ', '- ', '---', '...', '<<', '&a', '*a', '!!str', 'null', 'true', '0x1F', '1.10', '2024-01-01', '|', '>', '? ', '%YAML');
const unicode = texts('ü', '日本', '😀', '\u{10FFFF}', '\uFFFD', '\uFEFF', '\uFFFE', '\uFFFF', '\u00A0', '\u00AD', '\u0301', '\u200B', '\u200E',
  '\u2019', '\u2026', '\uD7FF', '\uE000', '\u3000');
const controls = [...texts('\n', '\n', '\n', '\t', '\r', '\r\n', '\x01', '\x07', '\b', '\x0B', '\f', '\x1B[31m', '\x7F', '\x85', '\u0080', '\u0085', '\u009F',
  '\u2028', '\u2029', '\u202E')];
const malformed = [bytes(0xFF), bytes(0x80), bytes(0xC2), bytes(0xE2, 0x80), bytes(0xED, 0xA0, 0x80), bytes(0xC0, 0xAF), bytes(0xF4, 0x90, 0x80, 0x80),
  bytes(0xF0, 0x9F), bytes(0xFE), bytes(0x81, 0x5C), bytes(0xE9)];
const harmless = [special, special, special, plain, shellish, shellish, yamlish, unicode];

function randomString(random) {
  const pools = random.chance(0.3) ? [...harmless, controls, malformed, controls] : harmless;
  const pieces = [];
  if (random.chance(0.15)) pieces.push(random.pick(texts('-', '--', '-n', '-e ', '--help', '-', '+', '=', '~', '~/', '#')));
  const length = random.chance(0.001) ? random.below(1500) : random.below(random.pick([2, 5, 9, 20]));
  for (let i = 0; i < length; i++) pieces.push(random.pick(random.pick(pools)));
  if (random.chance(0.08)) pieces.push(random.pick(texts('\n', '\n\n', ' ', '\\', '$', ' \n', '\\\n', '\r\n', '\t')));
  return Buffer.concat(pieces);
}

/* Every single byte and every pair of the special ones, before chance has its say. */
function fixedStrings() {
  const singles = Array.from({ length: 255 }, (_, i) => bytes(i + 1));
  const pairs = special.flatMap((a) => [...special, ...texts('\n', 'X', '-')].map((b) => Buffer.concat([a, b])));
  return [Buffer.alloc(0), ...singles, ...special, ...plain, ...shellish, ...yamlish, ...unicode, ...controls, ...malformed, ...pairs,
    ...[1, 2, 3, 4, 5, 6].map((n) => Buffer.from(`${'\\'.repeat(n)}$X`)), Buffer.alloc(4000, 'p'), Buffer.alloc(4000, '\\$')];
}

/* ---- what must come out ------------------------------------------------------------------ */

const set = 'set: $X `X` \\ \' "';
const decoyNames = ['X', 'a', 'b7', 'HOME', 'depot_v1', 'depot_v2', 'depot_v3', 'NAME', 's', 'é', 'Xa', 'aX', 'own_0', 'own_10'];
const decoys = new Map(decoyNames.map((name) => [name, `DECOY-${name}`]));
const atUpload = new Map([...decoys, ['SET', 'DECOY-SET'], ['UNSET', 'DECOY-UNSET']]);
/* A name that a form exports itself must not be set before: the environment beats it, as it should. */
const atRun = Object.fromEntries([...decoys].filter(([name]) => /^[A-Za-z_]/.test(name) && !name.startsWith('own_')));

/* The same forms, in the same order, as in emit_words.c: the arguments a string becomes. */
const one = (string) => [string];
const setArgument = () => [Buffer.from(set)];
const forms = [
  (string) => [Buffer.concat([string, Buffer.from(set), string])],
  one, one, one, one,
  setArgument,
  (string) => [Buffer.concat([string, Buffer.from(set), string, string])],
  setArgument,
  (string) => [Buffer.concat([Buffer.from('NAME='), string])],
  one, one, one,
];

const argumentsOf = (string, number) => [string, ...forms[number % forms.length](string)];

/* The program's rule for what a person sees, written again: '?' for a control character and for each malformed byte. */
function printable(string) {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let out = '';
  for (let at = 0; at < string.length;) {
    const length = string[at] < 0x80 ? 1 : string[at] < 0xE0 ? 2 : string[at] < 0xF0 ? 3 : 4;
    let character;
    try {
      character = strict.decode(string.subarray(at, at + length));
      if (at + length > string.length) throw new Error('cut');
    } catch {
      out += '?';
      at += 1;
      continue;
    }
    out += /[\p{Cc}\u2028\u2029\u202A-\u202E]/u.test(character) ? '?' : character;
    at += length;
  }
  return out;
}

const joined = (strings) => Buffer.concat(strings.flatMap((string, i) => (i ? [Buffer.from('|'), string] : [string])));
const isUtf8 = (string) => Buffer.from(string.toString()).equals(string);

/* ---- running ------------------------------------------------------------------------------ */

function run(command, args, { input = '', ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, options);
    const out = [];
    const errors = [];
    child.stdout.on('data', (data) => out.push(data));
    child.stderr.on('data', (data) => errors.push(data));
    child.on('error', (error) => resolve({ status: -1, stdout: Buffer.alloc(0), stderr: String(error) }));
    child.on('close', (status) => resolve({ status, stdout: Buffer.concat(out), stderr: Buffer.concat(errors).toString() }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

const shellCommands = { dash: ['dash'], busybox: ['busybox', 'sh'], bash: ['bash'], 'bash-posix': ['bash', '--posix'] };

async function availableShells(names) {
  const found = [];
  for (const name of names) {
    const [program, ...args] = shellCommands[name];
    if ((await run(program, [...args, '-c', ':'])).status === 0) found.push(name);
    else console.log(`not tested: ${name} is not on this machine`);
  }
  return found;
}

class Failure extends Error {}

/* The text of all strings, and the documents that Buildkite makes of it. */
async function emit(test, strings, { json, raw }) {
  const input = Buffer.concat(strings.flatMap((string) => [string, bytes(0)]));
  const args = ['--step', String(perStep), ...(json ? ['--json'] : []), ...(raw ? ['--no-interpolation'] : [])];
  const result = await run(test.emitter, args, { input });
  if (result.status !== 0) throw new Failure(`emit_words ${args.join(' ')}: status ${result.status}: ${result.stderr.slice(0, 500)}`);
  return result.stdout.toString();
}

async function refer(test, text, documents, { raw }) {
  const words = [...atUpload].map(([name, value]) => `${name}=${value}`);
  const result = await run(test.referee, raw ? ['-n'] : words, { input: text });
  if (result.status !== 0 || result.stderr) throw new Failure(`the referee: ${result.stderr.slice(0, 500)}`);
  const theirs = result.stdout.toString().split(/(?<=^}\n)/m).map((document) => JSON.parse(document));
  const pick = (list) => list.flatMap(({ steps }) => steps.map(({ label, key, command, notes }) => ({ label, key, command, notes })));
  test.referred += strings(documents);
  if (!isDeepStrictEqual(pick(theirs), pick(documents))) throw new Failure(firstDifference(pick(theirs), pick(documents)));
}

const strings = (documents) => documents.reduce((sum, { steps }) => sum + steps.length, 0);

function firstDifference(theirs, ours) {
  const i = ours.findIndex((step, at) => !isDeepStrictEqual(step, theirs[at]));
  const field = Object.keys(ours[i]).find((key) => !isDeepStrictEqual(ours[i][key], theirs[i]?.[key]));
  return `the referee reads ${ours[i].key} ${field} otherwise: ${JSON.stringify(theirs[i]?.[field])?.slice(0, 300)}`;
}

/* One step in one shell; the numbers of the strings that came out otherwise. */
async function runStep(test, step, from, batch, shell, locale) {
  const [program, ...args] = shellCommands[shell];
  const env = { PATH: process.env.PATH, ...atRun, SET: set, LC_ALL: locale };
  const result = await run(program, [...args, '-e', '-c', step.command], { cwd: test.directory, env });
  const headings = Buffer.from(batch.map((string) => `+++ ${printable(string)}\n`).join(''));
  const expected = batch.map((string, i) => argumentsOf(string, from + i));
  const whole = Buffer.concat([headings, ...expected.flat().flatMap((argument) => [argument, bytes(0)])]);
  if (result.status === 0 && result.stdout.equals(whole) && !result.stderr) return [];
  return { status: result.status, stderr: result.stderr.trim().split('\n')[0], got: result.stdout };
}

function fail(test, string, number, what) {
  const hex = string.toString('hex');
  if (test.failed.has(hex)) return;
  test.failed.set(hex, what);
  if (test.failed.size > enough) return;
  console.log(`failed: ${JSON.stringify(string.toString('latin1'))} (form ${number % forms.length}): ${what}\n    --strings ${hex}`);
}

/* A step that went wrong is taken apart: each of its strings alone, in the form that it had. */
async function findCulprits(test, batch, from, way, shell, locale, outcome) {
  let found = 0;
  if (test.failed.size > enough) return fail(test, batch[0], from, 'not taken apart any more');
  for (const [i, string] of batch.entries()) {
    const number = (from + i) % forms.length;
    const padded = [...Array.from({ length: number }, () => Buffer.from('pad')), string];
    const [document] = interpolated(await emit(test, padded, way), way);
    const alone = await runStep(test, document.steps[0], 0, padded, shell, locale);
    if (alone.length === 0) continue;
    found += 1;
    fail(test, string, number, `${shell} ${locale} ${way.name}: status ${alone.status} ${alone.stderr}`);
  }
  if (found) return;
  fail(test, batch[0], from, `${shell} ${locale} ${way.name}: the step of these strings: status ${outcome.status} ${outcome.stderr}`);
}

function interpolated(text, { raw }) {
  const documents = parsePipeline(text);
  return raw ? documents : documents.map((document) => interpolatePipeline(document, atUpload));
}

function checkTexts(test, step, batch, from, way) {
  if (step.label !== printable(joined(batch))) fail(test, batch[0], from, `${way.name}: the label of ${step.key} is another`);
  const notes = batch.filter(isUtf8);
  notes.forEach((string, i) => {
    if (step.notes[i] !== string.toString()) fail(test, string, from, `${way.name}: a text became ${JSON.stringify(step.notes[i])}`);
  });
  if (step.notes.length !== notes.length) fail(test, batch[0], from, `${way.name}: ${step.key} has other notes`);
}

/* Three ways of writing, most often the usual one. */
const ways = [
  { name: 'yaml', json: false, raw: false },
  { name: 'json', json: true, raw: false },
  { name: 'yaml, not interpolated', json: false, raw: true },
];
const wayOf = (emission) => ways[[0, 1, 0, 2][emission % 4]];

async function runEmission(test, strings, emission) {
  const way = wayOf(emission);
  const text = await emit(test, strings, way);
  const documents = interpolated(text, way);
  if (test.referee && emission % referred < 2) await refer(test, text, documents, way);
  const steps = documents.flatMap((document) => document.steps);
  await inParallel(test.jobs, steps.map((step, i) => async () => {
    const batch = strings.slice(i * perStep, (i + 1) * perStep);
    checkTexts(test, step, batch, i * perStep, way);
    const shell = test.shells[(emission + i) % test.shells.length];
    const locale = ['C', 'C.UTF-8'][Math.floor((emission + i) / test.shells.length) % 2];
    const outcome = await runStep(test, step, i * perStep, batch, shell, locale);
    if (outcome.length !== 0) await findCulprits(test, batch, i * perStep, way, shell, locale, outcome);
  }));
}

async function inParallel(count, tasks) {
  const queue = tasks.values();
  await Promise.all(Array.from({ length: count }, async () => {
    for (const task of queue) await task();
  }));
}

/* ---- the command line --------------------------------------------------------------------- */

function options(words) {
  const given = Object.fromEntries(words.flatMap((word, i) => (word.startsWith('--') ? [[word.slice(2), words[i + 1]]] : [])));
  return {
    count: Number(given.count ?? 100_000),
    seed: Number(given.seed ?? Date.now() % 1_000_000_000),
    emitter: path.resolve(given.emitter ?? process.env.EMITTER ?? fileURLToPath(new URL('../../build/tests/emit_words', import.meta.url))),
    shells: (given.shells ?? Object.keys(shellCommands).join()).split(','),
    referee: given.referee ?? process.env.REFEREE,
    strings: given.strings?.split(',').map((hex) => Buffer.from(hex, 'hex')),
  };
}

/* Each given string in every form and shell; else the fixed ones and then random ones. */
function* emissions({ strings: given, count, seed }) {
  if (given) {
    yield given.flatMap((string) => forms.map(() => string));
    return;
  }
  const random = generator(seed);
  let batch = fixedStrings();
  for (let left = count; left > 0; left--) {
    batch.push(randomString(random));
    if (batch.length < perEmission && left > 1) continue;
    yield batch;
    batch = [];
  }
}

async function main(words) {
  const given = options(words);
  if (!existsSync(given.emitter)) {
    console.log(`${given.emitter} is not there: make ${path.relative(process.cwd(), given.emitter)}`);
    return 2;
  }
  const test = { ...given, shells: await availableShells(given.shells), jobs: 3, failed: new Map(), referred: 0,
    directory: mkdtempSync(path.join(tmpdir(), 'round-trip-')) };
  for (const name of ['a', 'X', 'b7', '--help', 'é']) writeFileSync(path.join(test.directory, name), '');
  console.log(`seed ${given.seed}`);
  let total = 0;
  try {
    let emission = 0;
    for (const batch of emissions(given)) {
      const rounds = given.strings || emission === 0 ? Math.max(ways.length + 1, 2 * test.shells.length) : 1;
      for (let round = 0; round < rounds; round++) await runEmission(test, batch, emission + round);
      emission += 1;
      total += batch.length;
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.log(`failed: ${error.message}`);
    test.failed.set('', error.message);
  } finally {
    rmSync(test.directory, { recursive: true });
  }
  if (test.referee) console.log(`the referee read ${test.referred} steps of ${perStep} strings`);
  console.log(`${total - Math.min(total, test.failed.size)} passed, ${test.failed.size} failed`);
  return test.failed.size ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
