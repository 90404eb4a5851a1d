/*
 * scenario: from a repository to the calls that reach Depot, in one function.
 *
 * The rule: everything between is real or written by other hands: git, the program, the YAML
 * parser, the interpolation, the shell, the Depot CLI. Only the network's far end is ours.
 * A scenario has its own directory, its own HOME and its own records; the servers of the rig
 * are shared, and emptied before each scenario, so scenarios of one rig run one at a time.
 *
 *   const rig = await startRig();
 *   const run = await rig.scenario({ repo: 'hello', settings: 'registry: …', env: { BUILDKITE_BRANCH: 'main' } });
 *   run.generated   { exitStatus, stdout, stderr } of the program
 *   run.violations  lines of check-pipeline, and what agent 4 would refuse (agent-secrets.mjs)
 *   run.documents   the pipeline as the server has it
 *   run.steps       of the runner; run.step('build-hello') is one of them
 *   run.builds      CreateBuild requests      run.solves   what the builders were asked for
 *   run.oidc        token requests            run.calls('docker')   what a stand-in wrote down
 *   run.pushed      names in the registry     run.saved   in that of Depot      rig.commands          every command so far (shellcheck.mjs)
 *   run.metaData, run.annotations, run.artifacts    what the build kept (agent-files.mjs)
 *   run.pushes      StartPush requests of `depot push`
 *   await rig.close();
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileOf, readAnnotations, readArtifacts, readMetaData } from './agent-files.mjs';
import { refusals } from './agent-secrets.mjs';
import { check } from './check-pipeline.mjs';
import { startBuildkit } from './buildkit.mjs';
import { startControlPlane } from './control-plane.mjs';
import { startInternet } from './internet.mjs';
import { startOidc } from './oidc.mjs';
import { allSteps } from './pipeline.mjs';
import { startRegistry } from './registry.mjs';
import { runPipeline, upload } from './runner.mjs';
import { depotCli, find, makeToolbox, recordings } from './toolbox.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/* The program under test. */
export const program = path.resolve(process.env.DEPOT_PIPELINE ?? path.join(root, 'build/depot-pipeline'));

/* Why scenarios cannot run here, or false: node:test's `skip`. */
export const missingDepot = existsSync(depotCli) ? false : 'the Depot CLI is not installed: npm ci --ignore-scripts';
export const missingProgram = existsSync(program) ? missingDepot : `${program} is not built`;

/* The rig: servers on loopback, and a directory that goes away with them; with an `engine` (engine.mjs) and one of its registries, real
 * ones (`saved`: the one that stands for Depot's). `internet`: names that `depot push` may push to, which all are the rig's registry (internet.mjs). */
export async function startRig({ registryLogin = {}, projects = [], engine = null, registry: given = null, saved = given, internet: hosts = [] } = {}) {
  const registry = given ?? await startRegistry(registryLogin);
  const buildkit = engine?.buildkit ?? await startBuildkit({ registry });
  const plane = await startControlPlane({ buildkit, projects, registry: saved ?? registry });
  const oidc = await startOidc();
  const workspace = mkdtempSync(path.join(os.tmpdir(), 'depot-pipeline-e2e-'));
  const internet = hosts.length ? await startInternet({ saved: saved ?? registry, registries: Object.fromEntries(hosts.map((name) => [name, registry])) }) : null;
  const rig = {
    registry, buildkit, internet, saves: saved ?? registry, plane, oidc, workspace, close, commands: new Set(),
    scenario: (options) => scenario(rig, options),
    runSteps: (options) => runSteps(rig, options),
  };
  return rig;

  async function close() {
    await Promise.all([plane, buildkit, oidc, registry, internet].map((server) => server?.close()));
    if (!process.env.KEEP) rmSync(workspace, { recursive: true, force: true });
  }
}

/*
 * Generates and runs. Options, all but `repo` optional:
 *   repo        a directory (absolute, or below fixtures/), or { path: text }; or a list of these,
 *               one commit each, each on top of the one before (a text of null removes the file)
 *   settings    text of .buildkite/depot-pipeline.yml, part of the first commit
 *   git         git commands after the commits, each a list of words
 *   env         environment of the program and of the upload
 *   args        its arguments
 *   directory   where the program is started, relative to the checkout
 *   attributes  step attributes that the settings pass through (check-pipeline)
 *   interpolates  false: what `pipeline upload --no-interpolation` does
 *   …and those of runSteps. `run: false` stops after the checks.
 */
async function scenario(rig, options) {
  const place = mkdtempSync(path.join(rig.workspace, 'scenario-'));
  const checkout = path.join(place, 'checkout');
  await makeRepository(checkout, options);
  const env = { PATH: process.env.PATH, HOME: place, LC_ALL: 'C.UTF-8', ...options.env };
  const generated = await execute(program, options.args ?? [], { cwd: path.join(checkout, options.directory ?? '.'), env });
  const text = generated.stdout;
  const violations = generated.exitStatus === 0 ? check(text, options) : [];
  if (generated.exitStatus !== 0 || violations.length) return { generated, violations, checkout, steps: [] };
  const documents = upload(text, env, options);
  const refused = refusals(documents, env);
  if (refused.length) return { generated, violations: refused, documents, checkout, steps: [] };
  for (const { step } of allSteps(documents)) if (step.command) rig.commands.add(step.command);
  if (options.run === false) return { generated, violations, documents, checkout, steps: [] };
  return { generated, violations, documents, ...await runSteps(rig, { ...options, text, checkout, uploadEnvironment: env }) };
}

/*
 * Runs the steps of a pipeline text against the servers:
 *   text, checkout
 *   shell       dash (default), busybox or bash
 *   standIn     the stand-ins on PATH; without 'depot' the CLI must be installed by the step. A function of the step gives each its own
 *   scripts     { name: shell text } of programs on PATH of the test's own
 *   downloads   { file name: bytes } that curl finds      metaData, agentSecrets  { key: value } of buildkite-agent
 *   login       'token' (default, DEPOT_TOKEN is set), 'oidc' or 'none'
 *   agentEnv    more environment of every step             dockerConfig  text of ~/.docker/config.json
 *   secrets, known, only, timeout, held, answers, cluster, retries   as in runner.mjs
 *   prepare     function of (rig) called after the servers were emptied: choose their answers here
 */
async function runSteps(rig, options) {
  for (const server of [rig.plane, rig.buildkit, rig.oidc, rig.registry, rig.saves, rig.internet]) server?.reset();
  await options.prepare?.(rig);
  const place = mkdtempSync(path.join(rig.workspace, 'run-'));
  const records = makeDirectory(place, 'records');
  const home = makeDirectory(place, 'home');
  const kept = {
    metaData: makeFiles(place, 'meta-data', encoded(options.metaData)), annotations: makeDirectory(place, 'annotations'), artifacts: makeDirectory(place, 'artifacts'),
  };
  if (options.dockerConfig) writeFileSync(path.join(makeDirectory(home, '.docker'), 'config.json'), options.dockerConfig);
  const steps = await runPipeline(options.text, {
    ...options,
    workspace: makeDirectory(place, 'steps'),
    path: toolboxes(place, options),
    agentEnvironment: {
      HOME: home, LC_ALL: 'C.UTF-8', RECORD_DIR: records, RIG_DEPOT: depotCli, RIG_CURL: find('curl') ?? '/nonexistent',
      RIG_DOWNLOADS: makeFiles(place, 'downloads', options.downloads),
      RIG_META_DATA: kept.metaData, RIG_ANNOTATIONS: kept.annotations, RIG_ARTIFACTS: kept.artifacts,
      RIG_SECRETS: makeFiles(place, 'secrets', encoded(options.agentSecrets)),
      ...rig.plane.environment, ...rig.internet?.environment, ...loginEnvironment(rig, options.login ?? 'token'), ...options.agentEnv,
    },
  });
  return {
    steps,
    checkout: options.checkout,
    step: (key) => steps.find((step) => step.key === key),
    builds: [...rig.plane.builds],
    solves: [...rig.buildkit.solves],
    oidc: [...rig.oidc.requests],
    pushed: rig.registry.names(),
    saved: rig.saves.saved(),
    pushes: [...rig.plane.pushes],
    metaData: readMetaData(kept.metaData),
    annotations: readAnnotations(kept.annotations),
    artifacts: readArtifacts(kept.artifacts),
    calls: (name) => recordings(records, name),
  };
}

const encoded = (values = {}) => Object.fromEntries(Object.entries(values).map(([key, text]) => [fileOf(key), text]));

/* One directory of tools for all steps, or one for each. */
function toolboxes(place, options) {
  if (typeof options.standIn !== 'function') return makeToolbox(path.join(place, 'bin'), options);
  const made = new Map();
  return (step) => {
    if (!made.has(step.key)) made.set(step.key, makeToolbox(path.join(place, 'bins', step.key), { ...options, standIn: options.standIn(step) }));
    return made.get(step.key);
  };
}

function loginEnvironment({ oidc }, login) {
  if (login === 'token') return { DEPOT_TOKEN: 'token-of-the-agent' };
  return login === 'oidc' ? oidc.environment : {};
}

function makeDirectory(...parts) {
  const directory = path.join(...parts);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/* Keys as the stand-in of buildkite-agent names their files. */
const withoutSlashes = (metaData = {}) => Object.fromEntries(Object.entries(metaData).map(([key, value]) => [key.replaceAll('/', '%2F'), value]));

function makeFiles(place, name, files = {}) {
  const directory = makeDirectory(place, name);
  write(directory, files);
  return directory;
}

function write(directory, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(directory, name);
    if (text === null) {
      rmSync(file, { recursive: true });
      continue;
    }
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/* A git repository on branch main, one commit for each item of `repo`. */
export async function makeRepository(directory, { repo, settings, git: commands = [] }) {
  mkdirSync(directory, { recursive: true });
  const env = {
    PATH: process.env.PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'rig', GIT_AUTHOR_EMAIL: 'rig@example.com', GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
    GIT_COMMITTER_NAME: 'rig', GIT_COMMITTER_EMAIL: 'rig@example.com', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  };
  const git = async (...args) => {
    const { exitStatus, stderr } = await execute('git', ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false', ...args], { cwd: directory, env });
    if (exitStatus !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
  };
  await git('init', '--quiet', '--initial-branch=main');
  for (const [number, state] of [repo].flat().entries()) {
    if (typeof state === 'string') cpSync(path.resolve(root, 'fixtures', state), directory, { recursive: true, verbatimSymlinks: true });
    else write(directory, state);
    if (number === 0 && settings) write(directory, { '.buildkite/depot-pipeline.yml': settings });
    await git('add', '--all', '--force');
    await git('commit', '--quiet', '--allow-empty', `--message=commit ${number + 1}`);
  }
  for (const words of commands) await git(...words);
}

/* A program's exit status and output; standard input is empty. */
export function execute(file, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (data) => { output[name] += data; });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ...output, exitStatus: code ?? signal }));
  });
}
