/*
 * runner.test: what the runner makes of the kinds of steps that Buildkite has, on pipelines written by hand.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { explain } from './expect.mjs';
import { missingDepot, startRig } from './scenario.mjs';

let rig;
let checkout;
before(async () => {
  rig = await startRig();
  checkout = path.join(rig.workspace, 'repository');
  mkdirSync(checkout);
  writeFileSync(path.join(checkout, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
});
after(() => rig.close());

const run = (steps, options = {}) => rig.runSteps({ checkout, text: `${JSON.stringify({ steps })}\n`, ...options });
const states = ({ steps }) => steps.map(({ name, state }) => `${name} ${state}`);

test('a block or input step is unblocked, and its answers are meta-data', async () => {
  const gate = { input: 'Release', key: 'gate', fields: [{ text: 'Name', key: 'who' }, { select: 'To', key: 'to', default: 'staging', options: [] }, { text: 'Why', key: 'why', required: false }] };
  const result = await run([gate, { key: 'a', depends_on: 'gate', command: 'test "$$(buildkite-agent meta-data get who) $$(buildkite-agent meta-data get to)" = "me staging"' }], { answers: { who: 'me' } });
  assert.deepEqual(states(result), ['gate unblocked', 'a passed'], explain(result));
  assert.deepEqual(result.metaData, { to: 'staging', who: 'me' });
  await assert.rejects(run([gate]), /nobody answers who/);
});

test('a block step that is held stops what depends on it, and nothing else', async () => {
  const result = await run([
    { block: 'Release', key: 'gate' }, { key: 'after', depends_on: 'gate', command: 'true' }, { key: 'later', depends_on: 'after', command: 'true' },
    { key: 'beside', command: 'true' }, { key: 'anyway', depends_on: 'gate', allow_dependency_failure: true, command: 'true' },
  ], { held: ['gate'] });
  assert.deepEqual(states(result), ['gate held', 'after blocked', 'later blocked', 'beside passed', 'anyway passed']);
});

test('a trigger step is recorded', async () => {
  const result = await run([{ trigger: 'deploy', key: 'deploy', async: true, build: { env: { IMAGE: 'x' } } }, { key: 'a', depends_on: 'deploy', command: 'true' }]);
  assert.deepEqual(states(result), ['deploy triggered', 'a passed']);
  assert.deepEqual(result.step('deploy').step.build, { env: { IMAGE: 'x' } });
});

test('a matrix becomes its jobs, with adjustments; what depends on it waits for all', async () => {
  const result = await run([
    {
      key: 'm', label: '{{matrix.os}}', command: 'test "{{matrix.os}}-{{ matrix.arch }}" = "$$PAIR"', env: { PAIR: '{{matrix.os}}-{{matrix.arch}}' },
      matrix: {
        setup: { os: ['linux', 'bsd'], arch: ['amd64', 8] },
        adjustments: [{ with: { os: 'bsd', arch: '8' }, skip: true }, { with: { os: 'mac', arch: 'arm64' }, soft_fail: true }],
      },
    },
    { key: 'after', depends_on: 'm', command: 'true' },
  ]);
  assert.deepEqual(states(result), ['m.0 passed', 'm.1 passed', 'm.2 passed', 'm.3 skipped', 'm.4 passed', 'after passed'], explain(result));
  assert.deepEqual(result.steps[4].matrix, { os: 'mac', arch: 'arm64' });
  assert.deepEqual(result.steps.map(({ key }) => key).slice(0, 2), ['m', 'm']);
  const plain = await run([{ key: 'm', command: 'test {{matrix}} = a', matrix: ['a', 'b'] }, { key: 'after', depends_on: 'm', command: 'true' }]);
  assert.deepEqual(states(plain), ['m.0 passed', 'm.1 failed', 'after blocked']);
});

for (const [name, step, words] of [
  ['a matrix with parallelism', { matrix: ['a'], parallelism: 2 }, /matrix and parallelism/],
  ['a matrix in a key', { matrix: ['a'], concurrency_group: '{{matrix}}', concurrency: 1 }, /\{\{matrix\}\} in concurrency_group/],
  ['a dimension that is not there', { matrix: { setup: { os: ['a'] } }, label: '{{matrix.arch}}' }, /no dimension/],
  ['51 jobs of a matrix', { matrix: { setup: { a: Array(17).fill(0).map((_, n) => n), b: [1, 2, 3] } } }, /51 jobs/],
  ['26 elements', { matrix: Array(26).fill('x') }, /25 elements/],
  ['an adjustment that misses a dimension', { matrix: { setup: { a: [1], b: [2] }, adjustments: [{ with: { a: 1 } }] } }, /all dimensions/],
]) test(`the server refuses ${name}`, () => assert.rejects(run([{ key: 'm', command: 'true', ...step }]), words));

test('parallelism becomes its jobs, each with its number', async () => {
  const result = await run([{ key: 'p', parallelism: 3, command: 'echo "$$BUILDKITE_PARALLEL_JOB of $$BUILDKITE_PARALLEL_JOB_COUNT"' }]);
  assert.deepEqual(result.steps.map(({ name, stdout }) => `${name} ${stdout.trim()}`), ['p.0 0 of 3', 'p.1 1 of 3', 'p.2 2 of 3']);
});

test('soft_fail forgives what it names, and the build goes on', async () => {
  const result = await run([
    { key: 'any', command: 'exit 3', soft_fail: true }, { key: 'after', depends_on: 'any', command: 'true' },
    { key: 'named', command: 'exit 3', soft_fail: [{ exit_status: 3 }] }, { key: 'other', command: 'exit 4', soft_fail: [{ exit_status: 3 }] },
    { key: 'star', command: 'exit 5', soft_fail: [{ exit_status: '*' }] },
  ]);
  assert.deepEqual(states(result), ['any soft failed', 'after passed', 'named soft failed', 'other failed', 'star soft failed']);
});

test('retry.automatic runs a failed job again, in a clean checkout, as often as the first matching rule says', async () => {
  const steps = [
    { key: 'a', command: 'test ! -e mine; touch mine; test "$$BUILDKITE_RETRY_COUNT" = 2 || exit 70', retry: { automatic: [{ exit_status: 70, limit: 2 }, { exit_status: '*', limit: 5 }] } },
    { key: 'b', command: 'exit 1', retry: { automatic: [{ exit_status: 70, limit: 2 }, { signal_reason: 'stack_error', limit: 2 }] } },
  ];
  const result = await run(steps, { retries: true });
  assert.deepEqual(states(result), ['a passed', 'b failed'], explain(result));
  assert.deepEqual(result.steps.map(({ attempts }) => attempts), [3, 1]);
  assert.deepEqual(states(await run(steps)), ['a failed', 'b failed'], 'not unless it is asked for');
});

test('in an ordered concurrency group the earlier step comes first; an eager one does not wait', async () => {
  const serial = (key, extra) => ({ key, command: 'true', concurrency: 1, concurrency_group: 'tags', ...extra });
  const result = await run([serial('a', { depends_on: 'slow' }), serial('b'), serial('eager', { concurrency_method: 'eager' }), { key: 'slow', command: 'true' }]);
  assert.deepEqual(result.steps.map(({ key }) => key), ['eager', 'slow', 'a', 'b']);
});

test('meta-data that one step sets the next one gets, whatever its key looks like', async () => {
  const result = await run([
    { key: 'a', command: "buildkite-agent meta-data set 'image:services/api' '{\"a\": 1}'; echo 50% | buildkite-agent meta-data set 'a%2Fb'" },
    { key: 'b', depends_on: 'a', command: "test \"$$(buildkite-agent meta-data get image:services/api)\" = '{\"a\": 1}'; buildkite-agent meta-data exists 'a%2Fb'; ! buildkite-agent meta-data exists c; buildkite-agent meta-data keys; ! buildkite-agent meta-data set x ' '" },
  ]);
  assert.deepEqual(states(result), ['a passed', 'b passed'], explain(result));
  assert.deepEqual(result.metaData, { 'image:services/api': '{"a": 1}', 'a%2Fb': '50%\n' });
  assert.deepEqual(result.step('b').stdout.trim().split('\n').sort(), ['a%2Fb', 'image:services/api']);
});

test('annotations are kept by context, appended or replaced', async () => {
  const result = await run([{
    key: 'a', command: [
      'buildkite-agent annotate "one" --context images --style info', 'echo two | buildkite-agent annotate --append --context=images', 'buildkite-agent annotate three',
      'buildkite-agent annotate four', 'buildkite-agent annotate gone --context gone', 'buildkite-agent annotation remove --context gone', '! buildkite-agent annotate "" </dev/null',
    ],
  }]);
  assert.deepEqual(states(result), ['a passed'], explain(result));
  assert.deepEqual(result.annotations, { default: { style: '', bodies: ['four'] }, images: { style: 'info', bodies: ['one', 'two\n'] } });
});

test('artifacts of artifact_paths and of the agent are kept, and found by later steps', async () => {
  const result = await run([
    { key: 'a', artifact_paths: 'out/**/*.json; *.{txt,log}', command: 'mkdir -p out/x; echo 1 >out/a.json; echo 2 >out/x/b.json; echo 3 >c.txt; echo 4 >d.log; echo 5 >e.no; echo 6 >f.up; buildkite-agent artifact upload "f.*"' },
    { key: 'b', depends_on: 'a', artifact_paths: ['none'], command: 'buildkite-agent artifact download out/a.json .; test "$$(cat out/a.json)" = 1; mkdir t; buildkite-agent artifact download "*.up" t; test -f t/f.up; ! buildkite-agent artifact download no .' },
  ]);
  assert.deepEqual(states(result), ['a passed', 'b passed'], explain(result));
  assert.deepEqual(result.step('a').artifacts, ['c.txt', 'd.log', 'out/a.json', 'out/x/b.json']);
  assert.deepEqual(Object.keys(result.artifacts), ['c.txt', 'd.log', 'f.up', 'out/a.json', 'out/x/b.json']);
});

test('plugins are recorded; kubernetes delivers the environment of its container', async () => {
  const plugins = [
    { 'https://github.com/acme/x-buildkite-plugin.git#v1.2': { a: 1 } },
    {
      kubernetes: {
        podSpec: { containers: [{ image: 'alpine:3', env: [{ name: 'PLAIN', value: 'p' }, { name: 'DEPOT_TOKEN', valueFrom: { secretKeyRef: { name: 'depot', key: 'token' } } }], envFrom: [{ secretRef: { name: 'all' }, prefix: 'P_' }] }] },
        podSpecPatch: { containers: [{ name: 'container-0', env: [{ name: 'PATCHED', value: 'x' }, { name: 'NONE', valueFrom: { secretKeyRef: { name: 'gone', key: 'k', optional: true } } }] }] },
      },
    },
    'plain#v1',
  ];
  const cluster = { depot: { token: 'from-the-cluster' }, all: { A: '1' } };
  const step = { key: 'a', plugins, env: { PLAIN: 'of the step' }, command: 'test "$$PLAIN $$DEPOT_TOKEN $$P_A $$PATCHED $${NONE-unset}" = "of the step from-the-cluster 1 x unset"' };
  const result = await run([step], { cluster, login: 'none' });
  assert.deepEqual(states(result), ['a passed'], explain(result));
  assert.deepEqual(result.steps[0].plugins.map(({ name, version }) => [name, version]), [['https://github.com/acme/x-buildkite-plugin.git', 'v1.2'], ['kubernetes', ''], ['plain', 'v1']]);
  await assert.rejects(run([step], { cluster: {} }), /a: the cluster has no secret all|no secret depot/);
});

test('docker-login and ecr leave the login that the Depot CLI uses', async () => {
  const plugins = [
    { 'docker-login#v3.0.0': { server: 'registry.example', username: 'me', 'password-env': 'P' } },
    { 'ecr#v2.9.0': { login: true, account_ids: ['123', 'public.ecr.aws'], region: 'eu-west-1' } },
  ];
  const result = await run([{ key: 'a', plugins, env: { P: 'pass' }, command: 'cat "$$DOCKER_CONFIG/config.json"' }], { ecrPassword: 'e' });
  const auth = (text) => ({ auth: Buffer.from(text).toString('base64') });
  assert.deepEqual(JSON.parse(result.steps[0].stdout), { auths: { 'registry.example': auth('me:pass'), '123.dkr.ecr.eu-west-1.amazonaws.com': auth('AWS:e'), 'public.ecr.aws': auth('AWS:e') } });
});

test('a step with an image has tools of its own', async () => {
  const result = await run([{ key: 'a', image: 'ghcr.io/depot/cli:2', command: 'command -v depot; ! command -v docker' }, { key: 'b', command: '! command -v depot' }],
    { standIn: ({ image }) => (image ? ['depot'] : []) });
  assert.deepEqual(states(result), ['a passed', 'b passed'], explain(result));
});

const skip = missingDepot;

test('--save sends the image to the registry of Depot under the build and each save tag', { skip }, async () => {
  const result = await run([{ key: 'a', command: 'depot build --project p --save --save-tag one --platform linux/amd64,linux/arm64 --metadata-file m.json .; depot pull-token --project p build1; cat m.json' }]);
  assert.deepEqual(states(result), ['a passed'], explain(result));
  assert.deepEqual([result.saved, result.pushed], [['p:build1', 'p:one'], []]);
  assert.match(result.steps[0].stdout, /pull-token/);
  assert.equal(result.builds[0].options[0].save, true);
});

test('depot push asks for a saved build, and is refused one that is not there', { skip }, async () => {
  const result = await run([{ key: 'a', command: 'depot push --project p --tag registry.example/x:1 build7' }]);
  assert.deepEqual(states(result), ['a failed']);
  assert.match(result.steps[0].stderr, /there is no build build7/);
  assert.deepEqual(result.pushes, []);
});
