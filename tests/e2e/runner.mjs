/*
 * runner: a small Buildkite agent, and the server that hands it its jobs.
 *
 * The rule: what Buildkite does to a pipeline between the upload and the exit status of a
 * command is done here by other code than ours: parse, interpolate, check keys, order by
 * depends_on, and run each command in a fresh copy of the checkout with `sh -e -c`.
 *
 *   const results = await runPipeline(text, {
 *     checkout: '/path/of/files', workspace: '/empty/dir', path: '/toolbox', shell: 'dash',
 *     uploadEnvironment: { … }, agentEnvironment: { HOME: '/home/rig' },
 *     secrets: { KEY: 'value' }, known: ['bootstrap'], only: ['build-api'], interpolates: true,
 *   });
 *   results   [{ key, state, exitStatus, stdout, stderr, directory, env, step }], in the order they ran
 *
 * state: passed, failed, skipped (`skip`), blocked (a dependency failed), left out (`only`).
 * Limits: no matrix, parallelism, trigger, block or plugins; `if` and `branches` are taken as true.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { interpolatePipeline } from './interpolate.mjs';
import { allSteps, checkKeys, dependencies, parsePipeline } from './pipeline.mjs';
import { find, shells } from './toolbox.mjs';

/* The documents as the server would have them: parsed, interpolated (but for `--no-interpolation`), and checked. */
export function upload(text, environment = {}, { known = [], interpolates = true } = {}) {
  const variables = new Map(Object.entries(environment));
  const documents = parsePipeline(text).map((document) => (interpolates ? interpolatePipeline(document, variables) : document));
  const problems = checkKeys(documents, known);
  if (problems.length) throw new Error(`the server would refuse this: ${problems.join('; ')}`);
  return documents;
}

export async function runPipeline(text, options) {
  const documents = upload(text, options.uploadEnvironment, options);
  const results = new Map();
  for (const job of inOrder(documents, options.known)) results.set(job.step.key, await runStep(job, results, options));
  return [...results.values()];
}

/*
 * Jobs: each step after those it needs, otherwise as they stand in the text. A step waits for what
 * its group waits for; a group that is waited for stands for all its steps.
 */
function inOrder(documents, known = []) {
  const members = new Map(allSteps(documents).filter(({ step }) => step.steps).map(({ step }) => [step.key, step.steps]));
  const resolve = ({ step: key, allow_failure }) => (members.get(key) ?? [{ key }]).map((step) => ({ key: step.key, allow_failure }));
  const waiting = documents.flatMap((document) => allSteps([document]).filter(({ step }) => !step.steps).map(({ step, group }) =>
    ({ step, document, needs: [...dependencies(step), ...dependencies(group)].flatMap(resolve) })));
  const done = new Set(known);
  const ordered = [];
  while (waiting.length) {
    const [next] = waiting.splice(waiting.findIndex(({ needs }) => needs.every(({ key }) => done.has(key))), 1);
    done.add(next.step.key);
    ordered.push(next);
  }
  return ordered;
}

async function runStep({ step, document, needs }, results, options) {
  const result = { key: step.key, step, state: '', exitStatus: null, stdout: '', stderr: '', directory: null, env: null };
  const failed = needs.filter(({ key, allow_failure }) => !allow_failure && ['failed', 'blocked'].includes(results.get(key)?.state));
  if (options.only && !options.only.includes(step.key)) return { ...result, state: 'left out' };
  if (step.skip) return { ...result, state: 'skipped' };
  if (failed.length) return { ...result, state: 'blocked' };
  for (const attribute of ['matrix', 'parallelism', 'trigger', 'block', 'input']) {
    if (step[attribute] !== undefined) throw new Error(`${step.key}: the runner does not know '${attribute}'`);
  }
  result.directory = path.join(options.workspace, step.key, 'checkout');
  result.env = environmentOf(step, document, options, result.directory);
  cpSync(options.checkout, result.directory, { recursive: true, verbatimSymlinks: true });
  Object.assign(result, await runCommand([step.command ?? step.commands ?? []].flat().join('\n'), result, options));
  return { ...result, state: result.exitStatus === 0 ? 'passed' : 'failed' };
}

/* Weak to strong: pipeline env, step env, secrets, what the agent sets. Values are literal by now. */
function environmentOf(step, document, { agentEnvironment = {}, secrets = {}, path: PATH, workspace }, directory) {
  const temporary = path.join(workspace, step.key, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const named = Array.isArray(step.secrets) ? step.secrets.map((key) => [key, key]) : Object.entries(step.secrets ?? {});
  const delivered = Object.fromEntries(named.map(([variable, key]) => {
    if (secrets[key] === undefined) throw new Error(`${step.key}: there is no secret ${key}`);
    return [variable, secrets[key]];
  }));
  return {
    ...agentEnvironment, ...text(document.env), ...text(step.env), ...delivered,
    CI: 'true', BUILDKITE: 'true', BUILDKITE_STEP_KEY: step.key, BUILDKITE_LABEL: step.label ?? '',
    BUILDKITE_BUILD_CHECKOUT_PATH: directory, TMPDIR: temporary, PATH,
  };
}

const text = (env) => Object.fromEntries(Object.entries(env ?? {}).map(([name, value]) => [name, String(value)]));

function runCommand(command, { directory, env }, { shell = 'dash', timeout = 60_000 }) {
  const [program, ...words] = shells[shell];
  return new Promise((resolve, reject) => {
    const child = spawn(find(program), [...words, command], { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const output = { stdout: '', stderr: '' };
    const end = setTimeout(() => process.kill(-child.pid), timeout);
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (data) => { output[name] += data; });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(end);
      resolve({ ...output, exitStatus: code ?? signal });
    });
  });
}
