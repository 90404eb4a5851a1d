/*
 * failures.test: each failure that the Depot CLI and registries are known for ends the step with the status of the contract, and the
 * log tells the person what to do. The CLI is the real one.
 */
import test, { after, before } from 'node:test';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import assert from 'node:assert/strict';
import { startDaemon } from './daemon.mjs';
import { explain, inEveryShell, passed, stopped } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';

const skip = missingProgram;
let rig;
before(async () => { rig = await startRig(); });
after(() => rig.close());

const env = { BUILDKITE_COMMIT: '0123456789abcdef0123456789abcdef01234567', BUILDKITE_BRANCH: 'main' };
const repo = { 'app/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const quick = { sleep: 'echo "slept $1"' };
const registry = (more = '') => `registry: ${rig.registry.host}/acme\n${more}`;
const scenario = (options) => rig.scenario({ repo, env, scripts: quick, settings: registry(), ...options });
const tries = (run) => run.calls('depot').filter(({ argv }) => argv[0] === 'build').length;

/* name, status, what the log says, options of the scenario, tries */
const refusals = [
  ['no token', 72, [/missing API token/, 'Depot got no token', 'DEPOT_DEBUG_OIDC=1'], { login: 'none' }, 1],
  ['OIDC is refused', 72, ['OIDC provider buildkite failed', '403', 'Depot got no token'],
    { login: 'oidc', agentEnv: { DEPOT_DEBUG_OIDC: '1' }, prepare: ({ oidc }) => oidc.answer(403, 'no OIDC for you') }, 1],
  ['a token that is none', 72, ['unauthenticated: who', 'Depot does not know the token'],
    { agentEnv: { DEPOT_TOKEN: '${DEPOT_TOKEN}' }, prepare: ({ plane }) => plane.answer('unauthenticated', 'who') }, 1],
  ['a token of another project', 72, ['permission_denied: not yours', 'The token is not for this project'],
    { prepare: ({ plane }) => plane.answer('permission_denied', 'not yours') }, 1],
  ['a token with a line end', 72, ['invalid HTTP header value', 'DEPOT_TOKEN has a line end in it'], { agentEnv: { DEPOT_TOKEN: 'token\n' } }, 1],
  ['a project that is not there', 72, ['Depot has no such project'], { prepare: ({ plane }) => plane.answer('not_found', 'project') }, 1],
  ['Depot is down', 73, ['unavailable: maintenance', 'Trying again in 5 seconds', 'slept 30', 'No connection to Depot'],
    { prepare: ({ plane }) => plane.answer('unavailable', 'maintenance') }, 3],
  ['Depot cannot be reached', 73, ['connection refused', 'No connection to Depot'], { agentEnv: { DEPOT_API_URL: 'http://127.0.0.1:1' } }, 3],
  ['no builder is to be had', 73, ['acquire machine', 'No connection to Depot'], { prepare: ({ buildkit }) => { buildkit.failure = 'Unable to acquire machine, please retry'; } }, 3],
];
for (const [name, status, words, options, count] of refusals) {
  test(`${name}: status ${status}, and what to do`, { skip }, async () => {
    const run = await scenario(options);
    stopped(run, status, ['^^^ +++', ...words]);
    assert.equal(tries(run), count, explain(run));
  });
}

/* status of the registry, its message, what the log says, how often it is tried, the step's status */
const pushes = [
  [401, 'authentication required', 'The registry refused the push', 1, 74],
  [403, 'requested access to the resource is denied', 'The registry refused the push', 1, 74],
  [404, "name unknown: The repository with name 'acme/app' does not exist", 'The registry has no such repository', 1, 1],
  [429, 'toomanyrequests', 'The registry did not take the push', 3, 74],
  [502, 'bad gateway', 'The registry did not take the push', 3, 74],
];
for (const [status, message, words, count, own] of pushes) {
  for (const platforms of ['linux/amd64', 'linux/amd64, linux/arm64']) {
    test(`a registry that answers ${status}, ${platforms}: status ${own}, and what to do`, { skip }, async () => {
      const run = await scenario({
        settings: registry(`platforms: [${platforms}]\n`), prepare: (servers) => { servers.registry.failure = { status, code: 'RIG', message }; },
      });
      stopped(run, own, ['^^^ +++', words]);
      assert.equal(tries(run), count, explain(run));
    });
  }
}

test('a tag that is there and cannot be replaced', { skip }, async () => {
  const run = await scenario({ prepare: (servers) => { servers.registry.failure = { status: 400, message: 'tag invalid: the tag is immutable' }; } });
  stopped(run, 1, 'The tag is taken');
});

inEveryShell(test, 'a connection that is reset is tried again, and then all is well', { skip }, async (shell) => {
  const run = await scenario({ shell, prepare: (servers) => { servers.registry.failure = { reset: true, times: 1 }; } });
  passed(run);
  assert.match(run.steps[0].stdout, /connection reset by peer[^]*slept 5\n/);
  assert.equal(tries(run), 2);
  assert.deepEqual(run.pushed, [`acme/app:${env.BUILDKITE_COMMIT}`]);
});

test('a base image that cannot be read: the status of the build, and what to do', { skip }, async () => {
  const run = await scenario({
    prepare: ({ buildkit }) => { buildkit.failure = 'alpine: failed to resolve source metadata for docker.io/library/alpine: unexpected status from HEAD request to https://registry-1.docker.io: 429 Too Many Requests'; },
  });
  stopped(run, 1, ['slept 30', 'A base image cannot be read']);
});

test('a failed command of the build is nobody else\'s failure', { skip }, async () => {
  const run = await scenario({ prepare: ({ buildkit }) => { buildkit.failure = 'process "/bin/sh -c curl: i/o timeout, failed to push" did not complete'; } });
  stopped(run, 1, 'did not complete');
  assert.equal(tries(run), 1);
  assert.ok(!run.steps[0].stderr.includes('^^^'), explain(run));
});

/* --- depot configure-docker, the real one, with a daemon of ours --- */

const docker = { ...quick, docker: 'record docker "$@" >/dev/null\ncase $1 in build) exec "$RIG_DEPOT" "$@" ;; esac' };
async function configure(failures, { version, agentEnv = {}, ...options } = {}) {
  const daemon = await startDaemon(failures, { version });
  const run = await scenario({ settings: registry('builder: docker\n'), scripts: docker, agentEnv: { DOCKER_HOST: daemon.host, ...agentEnv }, ...options });
  await daemon.close();
  return run;
}

test('docker build: what the alias builds is built on Depot, and pushed', { skip }, async () => {
  const run = await configure({});
  passed(run);
  assert.deepEqual(run.pushed, [`acme/app:${env.BUILDKITE_COMMIT}`]);
  assert.deepEqual(run.builds.map(({ projectId }) => projectId), ['x19jffd9zf']);
  const calls = run.calls('docker').map(({ argv }) => argv);
  assert.deepEqual(calls.filter(([word]) => word === 'push'), []);
  assert.ok(calls.at(-1).includes('--push'));
});

const tls = mkdtempSync(path.join(os.tmpdir(), 'depot-pipeline-tls-'));
for (const name of ['ca.pem', 'cert.pem', 'key.pem']) writeFileSync(path.join(tls, name), '');
after(() => { import('node:fs').then(({ rmSync }) => rmSync(tls, { recursive: true })); });

const engines = [
  ['no daemon', 72, 'No Docker daemon can be reached', [{}, { agentEnv: { DOCKER_HOST: 'unix:///nonexistent.sock' } }]],
  ['an old engine', 72, "set it in the agent's environment to the version above", [{}, { version: '1.41' }]],
  ['a credential helper that is not there', 71, 'config.json names a credential helper', [{}, { dockerConfig: '{"credsStore":"zz"}' }]],
  ['TLS from the environment', 72, 'make a docker context of it', [{}, { agentEnv: { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: tls } }]],
  ["no way to the builder's image", 72, 'must reach public.ecr.aws', [{ '/images/create': [500, 'Get "https://public.ecr.aws/v2/": dial tcp: lookup public.ecr.aws: no such host'] }]],
  ['no privileged containers', 72, 'must let containers be privileged', [{ '/containers/create': [400, 'privileged mode is incompatible with user namespaces'] }]],
  ['no token', 72, 'Depot got no token', [{}, { login: 'none' }]],
];
for (const [name, status, words, given] of engines) {
  test(`configure-docker with ${name}: status ${status}, and what to do`, { skip }, async () => {
    const run = await configure(...given);
    stopped(run, status, ['^^^ +++', words]);
    assert.deepEqual(run.builds, []);
  });
}

test('a docker that builds locally fails the step with the reason', { skip }, async () => {
  const run = await configure({}, { scripts: { ...quick, docker: 'record docker "$@" >/dev/null; echo "#1 [internal] load build definition"' } });
  stopped(run, 72, 'this was built locally');
});

test('docker buildx build: the builder is named, and nothing is saved or of another project', { skip }, async () => {
  const run = await configure({}, { settings: registry('builder: buildx\n'), scripts: { ...quick, docker: 'record docker "$@" >/dev/null; echo "#1 [depot] build: https://depot.dev/1"' } });
  passed(run);
  const build = run.calls('docker').map(({ argv }) => argv).find(([, word]) => word === 'build');
  assert.deepEqual(build.slice(0, 4), ['buildx', 'build', '--builder', 'depot_x19jffd9zf']);
  assert.ok(build.includes('--push') && !build.includes('--project') && !build.includes('--save'));
});

test('docker builds one image a call: what is handed over unpushed is built by depot', { skip }, async () => {
  const run = await configure({}, {
    settings: 'builder: docker\n',
    repo: { ...repo, 'compose.yaml': 'services:\n  base: {build: app}\n  top: {build: {context: top, additional_contexts: {base: "service:base"}}}\n', 'top/Dockerfile': 'FROM base\n' },
  });
  passed(run);
  assert.match(run.generated.stderr, /built by 'depot build', not by 'builder: docker'/);
  assert.equal(run.calls('depot').filter(({ argv }) => argv[0] === 'bake').length, 1);
});
