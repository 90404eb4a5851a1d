/*
 * promote.test: built once, saved at Depot, and pushed from there by the real `depot push`, after what depends on the build.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { passed, stopped } from './expect.mjs';
import { missingOpenssl } from './internet.mjs';
import { missingProgram, startRig } from './scenario.mjs';
import { missingShellcheck, shellcheck } from './shellcheck.mjs';

const skip = missingProgram || missingOpenssl;
const name = 'registry.example.com';
const login = { username: 'robot', password: 's3cret' };
let rig;
before(async () => { if (!skip) rig = await startRig({ registryLogin: login, internet: [name] }); });
after(() => rig?.close());

const commit = '0123456789abcdef0123456789abcdef01234567';
const repo = { 'app/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
/* What a build's report leaves for its publish step; a build that reports by itself replaces it. */
const built = JSON.stringify({ build: 'build1' });
const scenario = (settings = '', options = {}) => rig.scenario({
  repo, settings: `registry: ${name}/acme\noutput: promote\nlogin: {username: robot, password_variable: PUSH_WORD}\n${settings}`,
  env: { BUILDKITE_COMMIT: commit, BUILDKITE_BRANCH: 'main' }, agentEnv: { PUSH_WORD: login.password }, metaData: { 'image:app': built, 'image:web': built }, scripts: { curl: 'exec "$RIG_CURL" "$@"' }, ...options,
});

test('the build saves, and its publish step pushes the saved build under every tag, for all platforms', { skip }, async () => {
  const run = await scenario('tags: ["{sha}", main]\nplatforms: [linux/amd64, linux/arm64]\n');
  passed(run);
  assert.deepEqual(run.steps.map(({ key }) => key), ['build-app', 'publish-app']);
  const [{ push, save }] = run.builds[0].options;
  assert.deepEqual([push, save, run.builds.length], [false, true, 1], 'nothing is built twice');
  assert.deepEqual(run.saved, ['x19jffd9zf:build1']);
  assert.deepEqual(run.pushed, [`acme/app:${commit}`, 'acme/app:main']);
  assert.deepEqual(run.pushes.map(({ buildId, result }) => [buildId, result]), [['build1', 'success'], ['build1', 'success']]);
  const [saved, pushed] = [rig.saves.tag('registry.depot.dev/x19jffd9zf', 'build1'), rig.registry.tag('acme/app', 'main')];
  assert.equal(pushed.digest, saved.digest, 'the very bytes that were tested');
  assert.deepEqual(JSON.parse(pushed.body).manifests.map(({ platform }) => platform.architecture).sort(), ['amd64', 'arm64']);
  assert.ok(rig.internet.blobs.length > 0);
});

test('a wrong password is found before anything is built', { skip }, async () => {
  const run = await scenario('', { agentEnv: { PUSH_WORD: 'wrong' } });
  passed(run, { 'build-app': 'failed', 'publish-app': 'blocked' });
  assert.deepEqual([run.pushed, run.saved], [[], []]);
});

test('Depot refuses the push: red, with its words', { skip }, async () => {
  const run = await scenario('', { prepare: ({ plane }) => plane.answer('permission_denied', 'not this build', 'StartPush') });
  passed(run, { 'publish-app': 'failed' });
  stopped(run, run.step('publish-app').exitStatus, 'not this build', 'publish-app');
  assert.deepEqual(run.pushed, []);
});

test('a build that fails is not pushed', { skip }, async () => {
  const run = await scenario('', { prepare: ({ buildkit }) => { buildkit.failure = 'process "make" did not complete'; } });
  passed(run, { 'build-app': 'failed', 'publish-app': 'blocked' });
  assert.deepEqual([run.pushes, run.pushed], [[], []]);
});

test('one bake of two images: each is pushed as itself', { skip }, async () => {
  const run = await scenario('bundle: project\ntags: [t]\n', { repo: { ...repo, 'web/Dockerfile': 'FROM scratch AS web\n' } });
  passed(run, {});
  assert.equal(run.builds.length, 1);
  assert.deepEqual(run.pushed, ['acme/app:t', 'acme/web:t']);
});

test('every emitted command passes shellcheck', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
