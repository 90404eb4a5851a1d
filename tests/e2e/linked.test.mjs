/*
 * linked.test: an image that is built from another one of the repository gets the one of this build, never a stale one.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { explain, inEveryShell, passed, stepOf, valuesOf } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';

const skip = missingProgram;
let rig;
let host;
before(async () => {
  rig = await startRig();
  ({ host } = rig.registry);
});
after(() => rig.close());

const sha = '0123456789abcdef0123456789abcdef01234567';
const env = { BUILDKITE_COMMIT: sha, BUILDKITE_BRANCH: 'main' };
const repository = (from) => ({
  'depot.json': '{"id":"x19jffd9zf"}\n',
  'base/Dockerfile': 'FROM scratch\nCOPY b.txt /\n', 'base/b.txt': 'b',
  'app/Dockerfile': `FROM ${from}\nCOPY a.txt /\n`, 'app/a.txt': 'a',
});
const chain = (options) => rig.scenario({ env, settings: `registry: ${host}/acme\n`, ...options, repo: repository(`${host}/acme/base:latest`) });
const callOf = (run, key, verb = 'build') => run.calls('depot').find((call) => call.argv[0] === verb && stepOf(call) === key);
const dependenciesOf = (run) => Object.fromEntries(run.steps.map(({ key, step }) => [key, step.depends_on ?? []]));

inEveryShell(test, 'a base that is pushed is handed over by its reference of this build, and comes first', { skip }, async (shell) => {
  const run = await chain({ shell });
  passed(run);
  assert.deepEqual(run.steps.map(({ key }) => key), ['build-base', 'build-app']);
  assert.deepEqual(dependenciesOf(run), { 'build-base': [], 'build-app': ['build-base'] });
  const latest = `${host}/acme/base:latest`;
  assert.deepEqual(valuesOf(callOf(run, 'build-app'), '--build-context'), [`${latest}=docker-image://${host}/acme/base:${sha}`]);
  const solve = run.solves.find(({ contexts }) => Object.keys(contexts).length > 0);
  assert.deepEqual(solve.contexts, { [`${host}/acme/base`]: `docker-image://${host}/acme/base:${sha}` });
});

inEveryShell(test, 'a base that is not pushed is built in the same call', { skip }, async (shell) => {
  const run = await chain({ shell, env: { ...env, BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main' } });
  passed(run);
  assert.deepEqual(run.pushed, []);
  assert.deepEqual(dependenciesOf(run)['build-app'], ['build-base']);
  const bake = callOf(run, 'build-app', 'bake');
  assert.ok(bake, explain(run));
  const set = valuesOf(bake, '--set');
  assert.ok(set.includes('base.context=base') && set.includes(`app.contexts.${host}/acme/base:latest=target:base`), set.join('\n'));
  const names = run.solves.map(({ name, dockerfile }) => [name, dockerfile?.split('\n')[0]]);
  assert.ok(names.some(([name]) => name === 'base') && names.some(([name]) => name === 'app'), JSON.stringify(names));
});

test('a service as a context: its image is built too, though nothing of it changed', { skip }, async () => {
  const run = await rig.scenario({
    env, args: ['--only', 'web'],
    repo: {
      'depot.json': '{"id":"x19jffd9zf"}\n',
      'web/Dockerfile': 'FROM common\n', 'tool/Dockerfile': 'FROM scratch\nCOPY t /\n', 'tool/t': '',
      'compose.yaml': 'services:\n  web: {build: {context: web, additional_contexts: {common: "service:tool"}, args: {V: "${V:-it\'s 1}"}}}\n  tool: {build: tool}\n',
    },
  });
  passed(run);
  assert.deepEqual(run.steps.map(({ key }) => key), ['build-tool', 'build-web']);
  const bake = callOf(run, 'build-web', 'bake');
  assert.ok(valuesOf(bake, '--set').includes("web.args.V=it's 1"), explain(run));
  const solve = run.solves.find(({ name }) => name === 'web');
  assert.equal(solve.arguments.V, "it's 1");
});

test('another Depot project: the published base is taken, and the log says so', { skip }, async () => {
  const run = await rig.scenario({
    env: { ...env, BUILDKITE_PULL_REQUEST: '7' }, settings: `registry: ${host}/acme\n`,
    repo: { ...repository(`${host}/acme/base`), 'base/depot.json': '{"id":"another123"}\n' },
  });
  passed(run);
  const app = run.steps.find(({ key }) => key === 'build-app');
  assert.match(app.stdout, /Note: the published base is taken, not the one of this build: it is built in another Depot project and not pushed/);
  assert.deepEqual(valuesOf(callOf(run, 'build-app'), '--build-context'), []);
});
