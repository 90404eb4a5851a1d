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
const scenario = (settings = '', options = {}) => rig.scenario({
  repo, settings: `registry: ${name}/acme\noutput: promote\nlogin: {username: robot, password_variable: PUSH_WORD}\n${settings}`,
  env: { BUILDKITE_COMMIT: commit, BUILDKITE_BRANCH: 'main' }, agentEnv: { PUSH_WORD: login.password }, scripts: { curl: 'exec "$RIG_CURL" "$@"' }, ...options,
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
  const facts = JSON.parse(run.metaData['image:app']);
  const { digest } = pushed;
  assert.deepEqual(facts, {
    name: 'app', state: 'built', reference: `${name}/acme/app@${digest}`, digest, tags: [commit, 'main'].map((tag) => `${name}/acme/app:${tag}`),
    platforms: ['linux/amd64', 'linux/arm64'], project: 'x19jffd9zf', build: 'build1', url: 'https://depot.dev/build1', commit: facts.commit,
  });
  assert.equal(run.metaData['image-reference:app'], `${name}/acme/app@${digest}`);
  const [saves, pushes] = run.annotations['depot-images'].bodies;
  assert.match(saves, /<code>app<\/code> saved for .*docker pull [^ ]*registry\.depot\.dev\/x19jffd9zf@/);
  assert.match(pushes, new RegExp(`<code>app</code> built for .*<a href="https://depot.dev/build1">.*docker pull ${name}/acme/app@${digest}`));
});

test('the publish step tells what it is told of, whatever the settings say of reports', { skip }, async () => {
  const run = await scenario('tags: [t]\nreport: {meta_data: false, annotation: false}\n');
  passed(run);
  assert.deepEqual(run.annotations, {});
  assert.equal(JSON.parse(run.metaData['image:app']).reference, `${name}/acme/app@${rig.registry.tag('acme/app', 't').digest}`);
});

test('a step before publishing sees the saved image, one after it the pushed one', { skip }, async () => {
  const run = await scenario('tags: [t]\nsteps:\n- {name: scan, command: "echo $IMAGE is $IMAGE_REFERENCE"}\n- {name: deploy, after: publish, command: "echo $IMAGE is $IMAGE_REFERENCE"}\n');
  passed(run);
  const { digest } = rig.registry.tag('acme/app', 't');
  assert.match(run.step('scan-app').stdout, new RegExp(`registry.depot.dev/x19jffd9zf@${digest} is .*registry.depot.dev/x19jffd9zf:build1`));
  assert.match(run.step('deploy-app').stdout, new RegExp(`${name}/acme/app@${digest} is ${name}/acme/app:t`));
});

test('the list of images waits for what publishes them, and has them where they are', { skip }, async () => {
  const run = await scenario('tags: [t]\nreport: {images: true}\n');
  passed(run);
  assert.deepEqual(run.step('list-images').step.depends_on, ['build-app', 'publish-app'].map((step) => ({ step, allow_failure: true })));
  const { files } = run.calls('buildkite-agent').find(({ argv }) => argv.join(' ') === 'artifact upload images.json');
  const [{ state, reference }] = JSON.parse(files['images.json']).images;
  assert.deepEqual([state, reference], ['built', `${name}/acme/app@${rig.registry.tag('acme/app', 't').digest}`]);
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
