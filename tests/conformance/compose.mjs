/*
 * compose: our reading of compose files, and of the variables in them, beside docker buildx, Depot's CLI and docker compose.
 *
 * A case (compose/*.yaml, interpolation/*.yaml) is a small checkout and the words behind `inspect`. What it expects is
 * held against us to the byte, and against every tool that is here: a tool that says something else has its own
 * expectation in the case, with the reason. So a case says what is right also where nothing but the Depot CLI is at hand.
 */
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readCases } from './cases.mjs';
import { inTurns, openPlace } from './compose_place.mjs';
import { checkRepositories } from './compose_repositories.mjs';
import { neutral, openTools, readRequest, remember, run } from './compose_tools.mjs';

const part = 'compose';
const toolNames = ['buildx', 'depot', 'compose'];
const common = ['environment', 'error', 'why', ...toolNames];
const keys = {
  compose: ['files', 'arguments', 'targets', 'group', ...common],
  interpolation: ['template', 'dotenv', 'value', 'values', ...common],
};

// --- cases ---

const build = (names, value) => ({ context: '.', dockerfile: 'Dockerfile', ...(names.length && { args: Object.fromEntries(names.map((name) => [name, value(name)])) }) });

/** A template is the value of an argument V; the names of `values` are arguments that take theirs from the environment. */
export function interpolationFiles({ template, dotenv, values, buildx, depot, compose }) {
  const names = new Set([values, buildx?.values, depot?.values, compose?.values].flatMap((one) => Object.keys(one ?? {})));
  const args = { ...(template !== undefined && { V: template }), ...Object.fromEntries([...names].map((name) => [name, null])) };
  const files = { 'compose.yaml': JSON.stringify({ services: { a: { build: { context: '.', args } } } }) };
  return { ...files, ...(dotenv !== undefined && { '.env': dotenv }) };
}

/** Values stand in cases as a build gets them; bake prints what HCL would read as them. */
const escapeHcl = (text) => text.replace(/[$%](?=\{)/g, '$&$&');

function interpolationTargets({ value, values }) {
  const args = { ...values, ...(value !== undefined && { V: value }) };
  const names = Object.keys(args).filter((name) => args[name] !== null).sort();
  return { a: build(names, (name) => escapeHcl(args[name])) };
}

/** { error }, or { targets, group }: what a row, or a tool's part of it, expects. */
export function expectation(row) {
  if (row.error !== undefined) return { error: row.error };
  const isInterpolation = row.value !== undefined || row.values !== undefined;
  const targets = isInterpolation ? interpolationTargets(row) : row.targets;
  if (!targets) throw new Error(`${row.file ?? ''}: ${row.shows ?? ''}: neither 'error' nor what is printed`);
  const names = Object.keys(targets).sort();
  return { targets, group: row.group ?? { default: { targets: names.length ? names : null } } };
}

export const readAll = () => Object.keys(keys).flatMap((folder) => readCases(folder, keys[folder]).map((row) => ({
  ...row,
  files: row.files ?? interpolationFiles(row),
  arguments: row.arguments ?? ['compose.yaml'],
})));

const makeKey = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

/** `null` is a directory, `key` in the place of a text one that ssh takes. */
function writeFiles(root, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(text === null ? file : path.dirname(file), { recursive: true });
    if (text !== null) fs.writeFileSync(file, text === 'key' ? makeKey() : text, { mode: text === 'key' ? 0o600 : 0o644 });
  }
}

// --- asking ---

async function askUs(program, { root, home, words, environment }) {
  const { status, output, talk } = await run(program, ['inspect', ...words], { cwd: root, env: environment });
  const text = neutral(output.trimEnd(), { root, home });
  if (status === 0) return { error: null, text };
  const isRefusal = status === 1 || (status === 3 && / does not exist \[(?:compose|bake)-unreadable\]/.test(talk));
  return { error: isRefusal ? talk : `exit status ${status}: ${talk}`, isCrash: !isRefusal, text };
}

export async function askCase(row, index, { program, tools, place }) {
  const root = path.join(place.folder, `${index}`, 'checkout');
  fs.mkdirSync(root, { recursive: true });
  writeFiles(root, row.files);
  const environment = { ...place.environment, ...row.environment };
  const where = { root, home: place.home, environment };
  const request = readRequest(root, row.arguments);
  const theirs = {};
  for (const tool of tools) {
    const asked = [tool.name, tool.version, row.files, row.arguments, row.environment];
    theirs[tool.name] = await remember(asked, () => tool.ask({ ...where, request }));
  }
  return { ours: program && await askUs(program, { ...where, words: row.arguments }), theirs };
}

// --- judging ---

/** Our first error, or the last line of a tool. */
const errorOf = (text) => (text.split('\n').find((line) => / error: /.test(line)) ?? text.trim().split('\n').pop()).slice(0, 300);

/** As Go writes JSON. */
const goJson = (value) => JSON.stringify(value, null, 2)
  .replace(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The limits of a build stand in no order: bake prints them as they come. */
function withSortedLimits(text) {
  if (!text.includes('"ulimits"')) return text.trimEnd();
  const parsed = JSON.parse(text);
  for (const target of Object.values(parsed.target)) target.ulimits?.sort();
  return goJson(parsed);
}

const textOf = ({ targets, group }) => goJson({ group, target: targets });

function firstDifference(wanted, text) {
  const [left, right] = [wanted.split('\n'), text.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  return `line ${at + 1} is ${JSON.stringify(right[at] ?? '')}, not ${JSON.stringify(left[at] ?? '')}`;
}

/** null, or what is wrong with a refusal or with being accepted. */
function judgeAcceptance(expected, answer) {
  if (answer.isCrash) return answer.error;
  if (expected.error !== undefined) {
    if (answer.error === null) return 'is accepted';
    return answer.error.includes(expected.error) ? null : `says ${JSON.stringify(errorOf(answer.error))}`;
  }
  return answer.error === null ? null : `is refused: ${errorOf(answer.error)}`;
}

function judgeText(expected, answer) {
  const wrong = judgeAcceptance(expected, answer);
  if (wrong || expected.error !== undefined) return wrong;
  const [wanted, said] = [textOf(expected), answer.text].map(withSortedLimits);
  return said === wanted ? null : firstDifference(wanted, said);
}

function judgeTargets(expected, answer, as) {
  const wrong = judgeAcceptance(expected, answer);
  if (wrong || expected.error !== undefined) return wrong;
  const [wanted, said] = [expected.targets, answer.targets].map((all) => Object.fromEntries(Object.entries(all).map(([name, target]) => [name, as(target)])));
  const sorted = (all) => JSON.parse(JSON.stringify(all));
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(said)])) {
    if (!wanted[name] || !said[name]) return `${wanted[name] ? 'lacks' : 'has'} target ${name}`;
    const field = [...new Set([...Object.keys(wanted[name]), ...Object.keys(said[name])])]
      .find((key) => !isDeepStrictEqual(sorted({ v: wanted[name][key] }), sorted({ v: said[name][key] })));
    if (field) return `${field} of ${name} is ${JSON.stringify(said[name][field])}, not ${JSON.stringify(wanted[name][field])}`;
  }
  return null;
}

/** Of buildx every byte counts: it is what ours is held to. */
export const judgeTool = (name, expected, answer, as) => (name === 'buildx' ? judgeText(expected, answer) : judgeTargets(expected, answer, as));

/** null, or what is wrong with what a tool says; also when the case gives a reason for a difference that is none. */
export function judgeTheirs(row, tool, answer) {
  const own = row[tool.name];
  const wrong = judgeTool(tool.name, expectation(own ?? row), answer, tool.as);
  if (wrong) return wrong;
  if (own && judgeTool(tool.name, expectation(row), answer, tool.as) === null) return 'there is no difference to give a reason for';
  return null;
}

function judgeCases(cases, answers, tools, report) {
  let good = 0;
  const sums = Object.fromEntries(tools.map(({ name }) => [name, { asked: 0, alike: 0, reasons: 0 }]));
  for (const [index, row] of cases.entries()) {
    const where = `${row.file}: ${row.shows}`;
    if (toolNames.some((name) => row[name]) !== (row.why !== undefined)) throw new Error(`${where}: a difference and its 'why' belong together`);
    const wrong = judgeText(expectation(row), answers[index].ours);
    if (wrong) report.fail(part, `${where}: ours: ${wrong}`);
    else report.pass(part, 1);
    good += wrong ? 0 : 1;
    for (const tool of tools) {
      const answer = answers[index].theirs[tool.name];
      if (!answer) continue;
      const sum = sums[tool.name];
      const mistake = judgeTheirs(row, tool, answer);
      sum.asked++;
      if (mistake) report.fail(part, `${where}: ${tool.name}: ${mistake}`);
      else if (row[tool.name]) sum.reasons++;
      else sum.alike++;
      if (!mistake && row[tool.name]) report.known(part, `${where}: ${tool.name}`, row.why);
      else if (!mistake) report.pass(part, 1);
    }
  }
  report.count(part, 'cases, as they expect', good, cases.length);
  for (const [name, { asked, alike, reasons }] of Object.entries(sums)) {
    report.count(part, `cases, beside ${name}`, alike, asked, reasons ? `${reasons} more differ for a reason` : '');
  }
}

async function checkCases({ program, report }, tools) {
  const cases = readAll();
  const place = await openPlace();
  try {
    const answers = await inTurns(cases, (row, index) => askCase(row, index, { program, tools, place }));
    judgeCases(cases, answers, tools, report);
  } finally {
    place.close();
  }
}

export async function check(context) {
  const tools = await openTools(context.references, context.report, part);
  await checkCases(context, tools);
  if (context.repositories.length) await checkRepositories(context, tools);
}
