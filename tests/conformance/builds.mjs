/*
 * builds: what a step asks `depot build` for, beside what docker compose would build of the service.
 *
 * The arguments of the call are those that arrive: the pipeline is parsed and interpolated, the step run in a shell, with
 * a recorded environment (builds_step.mjs). They are compared field by field with `docker compose build --print` in the
 * same environment (builds_compose.mjs, builds_shape.mjs, builds_judge.mjs). README.md describes a case.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { makeRepository } from '../e2e/scenario.mjs';
import { openCompose } from './builds_compose.mjs';
import { judge } from './builds_judge.mjs';
import { checkRepositories } from './builds_repositories.mjs';
import { fromCall, fromCompose } from './builds_shape.mjs';
import { openSteps } from './builds_step.mjs';
import { readCases } from './cases.mjs';

const part = 'builds';
const keys = ['files', 'settings', 'environment', 'directory', 'profiles', 'builds', 'stops', 'compose', 'why'];
const atOnce = 2;
const common = { Dockerfile: 'FROM scratch\n', 'depot.json': '{"id":"project"}\n' };

export async function inTurns(list, ask) {
  const answers = new Array(list.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < list.length; index = next++) answers[index] = await ask(list[index], index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answers;
}

/** A case says what is not usual. */
function completed(expected) {
  const context = expected.context ?? '.';
  const file = expected.inline === undefined ? { dockerfile: context.includes(':') ? 'Dockerfile' : path.join(context, 'Dockerfile') } : {};
  return { context, ...file, platforms: ['linux/amd64'], ...expected };
}

/** Which target of a call a context is says nothing by itself: what it builds is compared with compose. The home is `/home`. */
function presentable(shape, home) {
  const contexts = Object.entries(shape.contexts ?? {}).map(([name, value]) => [name, value.startsWith('target:') ? 'target' : value]);
  const shown = contexts.length ? { ...shape, contexts: Object.fromEntries(contexts) } : shape;
  return JSON.parse(JSON.stringify(shown).replaceAll(home, '/home'));
}

async function askCase(row, index, { steps, compose, folder, home }) {
  const root = path.join(folder, `case-${index}`);
  const files = Object.fromEntries(Object.entries({ ...common, ...row.files }).filter(([, text]) => text !== null));
  await makeRepository(root, { repo: files });
  const directory = path.join(root, row.directory ?? '.');
  const { environment = {} } = row;
  const plan = await steps.plan({ directory: root, settings: row.settings ?? '', environment });
  const runs = {};
  for (const image of plan.images.filter(({ services }) => services.length)) {
    const command = plan.commands.get(image.key);
    const ran = await steps.run(command, environment);
    for (const { name } of image.services) runs[name] = { ...ran, image };
  }
  const theirs = compose && await compose.ask({ directory, home, environment, profiles: row.profiles });
  fs.rmSync(root, { recursive: true });
  return { plan, runs, theirs, root, home };
}

/** What is wrong with one service, or null. */
function judgeService(expected, ran, { root, home }) {
  if (!ran) return 'no step builds it';
  if (ran.exitStatus !== 0 || ran.calls.length !== 1) return `the step ended with ${ran.exitStatus} and ${ran.calls.length} calls: ${ran.talk.trim().split('\n').slice(-2).join(' | ')}`;
  const ours = presentable(fromCall(ran.calls[0], root).shape, home);
  const full = completed(expected);
  return isDeepStrictEqual(ours, full) ? null : `expected ${JSON.stringify(full)}, the step builds ${JSON.stringify(ours)}`;
}

function judgeStop(words, ran) {
  if (!ran) return 'no step builds it';
  if (ran.exitStatus === 0 || ran.calls.length) return `the step ended with ${ran.exitStatus} and ${ran.calls.length} calls`;
  return ran.talk.includes(words) ? null : `the step stops, without '${words}': ${ran.talk.trim()}`;
}

function* judgeOurs(row, { plan, runs, root, home }) {
  if (plan.exitStatus !== 0) yield `exit status ${plan.exitStatus}: ${plan.talk.trim()}`;
  const [builds, stops] = [row.builds ?? {}, row.stops ?? {}];
  for (const name of Object.keys(runs)) if (!(name in builds) && !(name in stops)) yield `${name}: a step that is not expected`;
  for (const [name, expected] of Object.entries(builds)) yield note(name, judgeService(expected, runs[name], { root, home }));
  for (const [name, words] of Object.entries(stops)) yield note(name, judgeStop(words, runs[name]));
}

const note = (name, problem) => problem && `${name}: ${problem}`;

/** What compose says in place of ours is the case's `compose`: fields by service, or an error. */
function* judgeTheirs(row, { plan, runs, theirs, root }) {
  const other = row.compose ?? {};
  if (theirs.error !== null || other.error !== undefined) {
    if (theirs.error === null || other.error === undefined || !theirs.error.includes(other.error)) yield `compose says ${theirs.error ?? 'that it builds'}`;
    return;
  }
  const shapes = Object.fromEntries(Object.entries(theirs.targets).map(([name, target]) => [name, fromCompose(target, root)]));
  const { registry } = parse(row.settings ?? '') ?? {};
  for (const service of Object.keys(row.builds ?? {})) {
    const { [service]: ran } = runs;
    if (!shapes[service]) yield note(service, other[service] === null ? null : 'compose does not build it');
    else if (ran?.calls.length === 1) {
      const ours = fromCall(ran.calls[0], root);
      const found = judge({ theirs: shapes, service, ours, image: ran.image, images: plan.images, registry });
      const seen = Object.fromEntries(found.map(({ kind, theirs: value }) => [kind, value ?? null]));
      if (!isDeepStrictEqual(seen, other[service] ?? {})) yield `${service}: compose differs in ${JSON.stringify(found)}`;
    }
  }
}

async function checkCases({ report }, tools) {
  const cases = readCases(part, keys);
  const answers = await inTurns(cases, (row, index) => askCase(row, index, tools));
  const sum = { ours: 0, theirs: 0, reasons: 0 };
  for (const [index, row] of cases.entries()) {
    const where = `${row.file}: ${row.shows}`;
    if ((row.compose !== undefined) !== (row.why !== undefined)) throw new Error(`${where}: a difference and its 'why' belong together`);
    const wrong = [...judgeOurs(row, answers[index])].filter(Boolean);
    const differs = tools.compose ? [...judgeTheirs(row, answers[index])].filter(Boolean) : [];
    for (const problem of wrong) report.fail(part, `${where}: ${problem}`);
    for (const problem of differs) report.fail(part, `${where}: ${problem}`);
    if (!wrong.length) report.pass(part, 1);
    sum.ours += Number(!wrong.length);
    sum.theirs += Number(!differs.length && !row.why);
    sum.reasons += Number(!differs.length && row.why !== undefined);
    if (tools.compose && row.why && !differs.length) report.known(part, where, row.why);
  }
  report.count(part, 'cases, as they expect', sum.ours, cases.length);
  if (tools.compose) report.count(part, 'cases, beside docker compose', sum.theirs, cases.length, sum.reasons ? `${sum.reasons} more differ for a reason` : '');
}

export async function check({ program, repositories, references, report }) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-builds-')));
  const home = path.join(folder, 'home');
  fs.mkdirSync(home);
  const steps = openSteps(program, { folder, home });
  try {
    const compose = await openCompose(references, report, part);
    await checkCases({ report }, { steps, compose, folder, home });
    if (compose && repositories.length) await checkRepositories({ repositories, report }, { steps, compose, folder, home });
  } finally {
    steps.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
