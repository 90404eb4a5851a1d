/*
 * runner: a small Buildkite agent, and the server that hands it its jobs.
 *
 * The rule: what Buildkite does to a pipeline between the upload and the exit status of a
 * command is done here by other code than ours: parse, interpolate, check keys, order by
 * depends_on and concurrency groups, expand (jobs.mjs), apply plugins (plugins.mjs), and run each command in a fresh
 * copy of the checkout with `sh -e -c`.
 *
 *   const results = await runPipeline(text, {
 *     checkout: '/path/of/files', workspace: '/empty/dir', path: '/toolbox', shell: 'dash',
 *     uploadEnvironment: { … }, agentEnvironment: { HOME: '/home/rig' },
 *     secrets: { KEY: 'value' }, known: ['bootstrap'], only: ['build-api'], interpolates: true,
 *     held: ['gate-1'], answers: { field: 'value' }, cluster: { secret: { key: 'value' } }, retries: true,
 *   });
 *   results   [{ key, name, state, exitStatus, stdout, stderr, directory, env, step, matrix, plugins, artifacts, attempts }], in the
 *             order they ran; one a job: `name` is the key, and `key.0`, `key.1` … of a matrix or parallel step
 *
 * state: passed, failed, soft failed, skipped (`skip`), blocked (a dependency failed or is held), left out (`only`), triggered,
 * unblocked, held (a block or input step named in `held`; the others are unblocked at once, their fields answered by `answers`,
 * else by their defaults, and become meta-data). A failure is run again by retry.automatic when `retries` is set.
 * `path` may be a function of the step, for one that has an image. Artifacts of artifact_paths are kept in $RIG_ARTIFACTS.
 * Limits: no wait steps; `if` and `branches` are taken as true; one job at a time.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { collectArtifacts, fileOf } from './agent-files.mjs';
import { interpolatePipeline } from './interpolate.mjs';
import { isForgiven, jobsOf, kindOf, retriesOf } from './jobs.mjs';
import { allSteps, checkKeys, dependencies, parsePipeline } from './pipeline.mjs';
import { applyPlugins, pluginsOf } from './plugins.mjs';
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
  for (const entry of inOrder(documents, options.known)) results.set(entry.step.key, await runStep(entry, results, options));
  return [...results.values()].flat();
}

/*
 * Each step after those it needs, otherwise as they stand in the text. A step waits for what its group waits for; a
 * group that is waited for stands for all its steps; of an ordered concurrency group the earlier step comes first.
 */
function inOrder(documents, known = []) {
  const members = new Map(allSteps(documents).filter(({ step }) => step.steps).map(({ step }) => [step.key, step.steps]));
  const resolve = ({ step: key, allow_failure }) => (members.get(key) ?? [{ key }]).map((step) => ({ key: step.key, allow_failure }));
  const waiting = documents.flatMap((document) => allSteps([document]).filter(({ step }) => !step.steps).map(({ step, group }) =>
    ({ step, document, needs: [...dependencies(step), ...dependencies(group)].flatMap(resolve) })));
  const done = new Set(known);
  const isReady = ({ step, needs }, at) => needs.every(({ key }) => done.has(key)) && !waiting.slice(0, at).some((earlier) => queuesBehind(step, earlier.step));
  const ordered = [];
  while (waiting.length) {
    const at = waiting.findIndex(isReady);
    if (at < 0) throw new Error(`${waiting[0].step.key}: its concurrency group never lets it run`);
    const [next] = waiting.splice(at, 1);
    done.add(next.step.key);
    ordered.push(next);
  }
  return ordered;
}

const queuesBehind = (step, earlier) => step.concurrency_group !== undefined && step.concurrency_group === earlier.concurrency_group
  && step.concurrency_method !== 'eager';

async function runStep({ step, document, needs }, results, options) {
  const result = { key: step.key, name: step.key, step, state: '', exitStatus: null, stdout: '', stderr: '', directory: null, env: null };
  const stops = ({ state }) => ['failed', 'blocked', 'held'].includes(state);
  const failed = needs.filter(({ key, allow_failure }) => !allow_failure && results.get(key)?.some(stops));
  if (options.only && !options.only.includes(step.key)) return [{ ...result, state: 'left out' }];
  if (step.skip) return [{ ...result, state: 'skipped' }];
  if (failed.length && !step.allow_dependency_failure) return [{ ...result, state: 'blocked' }];
  if (kindOf(step) === 'trigger') return [{ ...result, state: 'triggered' }];
  if (kindOf(step) !== 'command') return [{ ...result, state: release(step, options) }];
  const jobs = [];
  for (const job of jobsOf(step)) jobs.push(job.step.skip ? { ...result, ...job, state: 'skipped' } : await runJob(result, job, document, options));
  return jobs;
}

/* A block or input step: somebody fills in its fields, or nobody comes. */
function release(step, { held = [], answers = {}, agentEnvironment = {} }) {
  if (held.includes(step.key)) return 'held';
  for (const field of step.fields ?? []) {
    const value = answers[field.key] ?? field.default;
    if (value === undefined && field.required !== false) throw new Error(`${step.key}: nobody answers ${field.key}`);
    if (value !== undefined && agentEnvironment.RIG_META_DATA) writeFileSync(path.join(agentEnvironment.RIG_META_DATA, fileOf(field.key)), [value].flat().join('\n'));
  }
  return 'unblocked';
}

async function runJob(result, job, document, options) {
  for (let attempts = 1; ; attempts += 1) {
    const place = path.join(options.workspace, attempts === 1 ? job.name : `${job.name}~${attempts}`);
    const ran = await runOnce({ ...result, ...job, attempts }, place, document, options);
    const again = ran.exitStatus !== 0 && options.retries && attempts <= retriesOf(job.step, ran.exitStatus);
    if (!again) return { ...ran, state: ran.exitStatus === 0 ? 'passed' : isForgiven(job.step, ran.exitStatus) ? 'soft failed' : 'failed' };
  }
}

async function runOnce(job, place, document, options) {
  const { step } = job;
  const directory = path.join(place, 'checkout');
  const env = environmentOf(job, document, options, place);
  cpSync(options.checkout, directory, { recursive: true, verbatimSymlinks: true });
  const ran = await runCommand([step.command ?? step.commands ?? []].flat().join('\n'), { directory, env }, options);
  const artifacts = collectArtifacts(step.artifact_paths, directory, options.agentEnvironment?.RIG_ARTIFACTS);
  return { ...job, directory, env, plugins: pluginsOf(step), artifacts, ...ran };
}

/* Weak to strong: the pod, pipeline env, step env, secrets, what the agent sets, plugins. Values are literal by now. */
function environmentOf({ step, env: expanded, attempts }, document, options, place) {
  const { agentEnvironment = {}, secrets = {} } = options;
  const temporary = path.join(place, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const named = Array.isArray(step.secrets) ? step.secrets.map((key) => [key, key]) : Object.entries(step.secrets ?? {});
  const delivered = Object.fromEntries(named.map(([variable, key]) => {
    if (secrets[key] === undefined) throw new Error(`${step.key}: there is no secret ${key}`);
    return [variable, secrets[key]];
  }));
  const own = { ...agentEnvironment, ...text(document.env), ...text(step.env), ...delivered };
  const { weak, strong } = applyPlugins(step, own, { ...options, directory: place });
  return {
    ...weak, ...own,
    CI: 'true', BUILDKITE: 'true', BUILDKITE_STEP_KEY: step.key, BUILDKITE_LABEL: step.label ?? '', ...expanded,
    BUILDKITE_RETRY_COUNT: String(attempts - 1), BUILDKITE_BUILD_CHECKOUT_PATH: path.join(place, 'checkout'),
    TMPDIR: temporary, PATH: typeof options.path === 'function' ? options.path(step) : options.path, ...strong,
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
