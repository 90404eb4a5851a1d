/*
 * promote.test: build once, test, promote; the steps of a team's own around an image; gates.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { buildOf, explain, inEveryShell, passed, valuesOf } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';

const skip = missingProgram;
let rig;
before(async () => {
  rig = await startRig({ projects: [{ id: 'x19jffd9zf', name: 'Shop' }] });
});
after(() => rig.close());

const commit = '0123456789abcdef0123456789abcdef01234567';
const env = { BUILDKITE_COMMIT: commit, BUILDKITE_BRANCH: 'main', BUILDKITE_REPO: 'git@github.com:acme/shop.git' };
const repo = { 'app/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const told = JSON.stringify({
  name: 'app', state: 'saved', reference: 'registry.depot.dev/x19jffd9zf@sha256:aa', digest: 'sha256:aa', tags: ['registry.depot.dev/x19jffd9zf:build1'],
  platforms: ['linux/amd64'], project: 'x19jffd9zf', build: 'build1',
});
const tells = 'printf "%s|" "$IMAGE" "$IMAGE_NAME" "$IMAGE_PATH" "$IMAGE_REFERENCE" "$IMAGE_DIGEST" "$IMAGE_BUILD" "$IMAGE_PROJECT"; echo " costs \\$5 {sha}"';
const settings = `registry: r.test:5000/acme
output: promote
tags: [v1, "b{build_number}"]
steps:
  - name: test
    command: ['${tells}', 'exit \${SMOKE-0}']
  - {name: tell, after: publish, command: ['${tells}']}
  - {name: deploy, after: publish, trigger: "deploy-{name}", build: {message: "{reference} {short_sha}"}}
gates: [{label: "Publish?", before: publish}]
`;
const scenario = (options = {}) => rig.scenario({
  repo, settings, env, metaData: { 'image:app': told }, agentEnv: { BUILDKITE_BUILD_NUMBER: '7', ...options.agentEnv }, ...options,
});
const states = (run) => Object.fromEntries(run.steps.map(({ key, state }) => [key, state]));

/* The CLI takes the bytes from Depot's registry to the other one over TLS, which nobody here speaks: what it asks for is seen, then it fails. */
inEveryShell(test, 'saved, tested, and then pushed from there under every tag', { skip }, async (shell) => {
  const run = await scenario({ shell });
  assert.deepEqual(run.violations, [], explain(run));
  assert.deepEqual(states(run), { 'build-app': 'passed', 'test-app': 'passed', 'gate-1': 'unblocked', 'publish-app': 'failed', 'tell-app': 'blocked', 'deploy-app': 'blocked' }, explain(run));
  const [{ save, push, tags }] = buildOf(run, 'build-app').options;
  assert.deepEqual({ save, push, tags }, { save: true, push: false, tags: [] });
  assert.deepEqual(run.pushed, []);
  const call = run.calls('depot').find(({ argv }) => argv[0] === 'push');
  assert.deepEqual(valuesOf(call, '--tag'), ['r.test:5000/acme/app:v1', 'r.test:5000/acme/app:b7']);
  assert.equal(call.argv.at(-1), 'build1');
  assert.ok(run.pushes.length > 0, explain(run));
  for (const { buildId } of run.pushes) assert.equal(buildId, 'build1');
  assert.match(run.step('test-app').stdout, /^registry\.depot\.dev\/x19jffd9zf@sha256:aa\|app\|app\/Dockerfile\|registry\.depot\.dev\/x19jffd9zf:build1\|sha256:aa\|build1\|x19jffd9zf\| costs \$5 \{sha\}$/m);
});

inEveryShell(test, 'pushed by the build: steps after it know the place', { skip }, async (shell) => {
  const run = await scenario({
    shell, metaData: { 'image:app': told }, settings: settings.replace('output: promote', 'output: push').replace('r.test:5000', rig.registry.host),
  });
  assert.deepEqual(states(run), { 'gate-1': 'unblocked', 'build-app': 'passed', 'test-app': 'passed', 'tell-app': 'passed', 'deploy-app': 'triggered' }, explain(run));
  const place = `${rig.registry.host}/acme/app`;
  for (const key of ['test-app', 'tell-app'])
    assert.match(run.step(key).stdout, new RegExp(`^${place}@sha256:[0-9a-f]+\\|app\\|app/Dockerfile\\|${place}:v1\\|sha256:`, 'm'));
  assert.equal(run.step('deploy-app').step.build.message, `${place}:v1 0123456789ab`);
});

test('a test that fails keeps it from being pushed', { skip }, async () => {
  const run = await scenario({ agentEnv: { SMOKE: '3' } });
  assert.deepEqual(states(run), { 'build-app': 'passed', 'test-app': 'failed', 'gate-1': 'unblocked', 'publish-app': 'blocked', 'tell-app': 'blocked', 'deploy-app': 'blocked' }, explain(run));
  assert.deepEqual(run.pushes, []);
});

test('a gate that nobody opens does, too', { skip }, async () => {
  const run = await scenario({ held: ['gate-1'] });
  assert.deepEqual(states(run), { 'build-app': 'passed', 'test-app': 'passed', 'gate-1': 'held', 'publish-app': 'blocked', 'tell-app': 'blocked', 'deploy-app': 'blocked' }, explain(run));
});

test('without a word of the build there is nothing to push', { skip }, async () => {
  const run = await scenario({ metaData: {} });
  const { exitStatus, stderr, state } = run.step('publish-app');
  if (run.metaData['image:app'] !== undefined) return assert.equal(state, 'passed', explain(run)); /* the build has told itself */
  assert.equal(exitStatus, 74);
  assert.match(stderr, /Nothing is known of the saved app/);
});

test('a pull request is saved and tested, and not published', { skip }, async () => {
  const run = await scenario({ env: { ...env, BUILDKITE_BRANCH: 'x', BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main', BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/acme/shop' } });
  assert.deepEqual(states(run), { 'build-app': 'passed', 'test-app': 'passed' }, explain(run));
  assert.equal(buildOf(run, 'build-app').options[0].save, true);
});

test('saved under tags of its own, without a registry', { skip }, async () => {
  const run = await scenario({ settings: 'output: save\nsave_tags: ["{branch}", "n{build_number}"]\n' });
  passed(run);
  const [{ save, saveTags }] = buildOf(run, 'build-app').options;
  assert.deepEqual({ save, saveTags }, { save: true, saveTags: ['main', 'n7'] });
  assert.deepEqual(run.saved, ['x19jffd9zf:build1', 'x19jffd9zf:main', 'x19jffd9zf:n7']);
});
