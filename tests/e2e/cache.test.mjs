/*
 * cache.test: the registry caches that a build reads and writes, and who logs in to them.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { passed, solveOf } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';

const skip = missingProgram;
let rig;
let host;
before(async () => {
  rig = await startRig();
  ({ host } = rig.registry);
});
after(() => rig.close());

const repo = { 'services/api/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const branch = { BUILDKITE_BRANCH: 'feature/x', BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main', BUILDKITE_REPO: 'git@github.com:acme/shop.git' };
const pull = {
  ...branch, BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'release/1', BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/acme/shop',
};
const fork = { ...pull, BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/stranger/shop' };
const git = [['update-ref', 'refs/remotes/origin/release/1', 'HEAD']];
const scenario = (settings, env = branch, options = {}) => rig.scenario({ repo, settings, env, git, args: ['--all'], ...options });

/* { from, to }: references without the host. */
const cachesOf = ({ solves: [solve] }) => {
  const short = ({ attributes }) => attributes.ref.slice(host.length + 1);
  return { from: [...new Set(solve.cacheFrom.map(short))], to: solve.cacheTo.map(short) };
};

test('a branch reads its own and the default branch\'s, and writes its own', { skip }, async () => {
  const run = await scenario(`registry: ${host}/acme\ncache: ${host}/cache\n`);
  passed(run);
  assert.deepEqual(cachesOf(run), {
    from: ['cache:services-api-feature-x', 'cache:services-api-main'], to: ['cache:services-api-feature-x'],
  });
  const [{ type, attributes }] = solveOf(run).cacheTo;
  assert.equal(type, 'registry');
  assert.deepEqual(attributes, { ref: `${host}/cache:services-api-feature-x`, mode: 'max', 'ignore-error': 'true' });
});

test('the default branch reads one cache, once', { skip }, async () => {
  const run = await scenario(`cache: ${host}/{name}/cache\n`, { ...branch, BUILDKITE_BRANCH: 'main' });
  passed(run);
  assert.deepEqual(cachesOf(run), { from: ['services/api/cache:main'], to: ['services/api/cache:main'] });
});

test('a pull request reads three and writes none, unless asked', { skip }, async () => {
  const from = ['cache:services-api-feature-x', 'cache:services-api-release-1', 'cache:services-api-main'];
  assert.deepEqual(cachesOf(await scenario(`cache: ${host}/cache\n`, pull)), { from, to: [] });
  const asked = await scenario(`cache: {repository: ${host}/cache, write: always, mode: min}\n`, pull);
  assert.deepEqual(cachesOf(asked), { from, to: from.slice(0, 1) });
  assert.equal(solveOf(asked).cacheTo[0].attributes.mode, 'min');
  assert.deepEqual(cachesOf(await scenario(`cache: {repository: ${host}/cache, write: never}\n`)).to, []);
});

test('a fork writes none, whatever is asked, and logs in nowhere', { skip }, async () => {
  const settings = `cache: {repository: ${host}/cache, write: always}\nlogin: {username: u, password_variable: P}\n`;
  const run = await scenario(settings, fork, { agentEnv: { P: 's3cret' } });
  passed(run);
  assert.deepEqual(cachesOf(run).to, []);
  assert.deepEqual(run.calls('docker'), []);
});

test('a tag reads the default branch\'s and writes none', { skip }, async () => {
  const run = await scenario(`registry: ${host}/acme\ncache: ${host}/cache\n`, { ...branch, BUILDKITE_BRANCH: 'v1.0.0', BUILDKITE_TAG: 'v1.0.0' });
  passed(run);
  assert.deepEqual(cachesOf(run), { from: ['cache:services-api-main'], to: [] });
});

test('a cache needs a login although nothing is pushed', { skip }, async () => {
  const run = await scenario(`cache: ${host}/cache\nlogin: {username: u, password_variable: P}\n`, branch, { agentEnv: { P: 's3cret' } });
  passed(run);
  assert.deepEqual(solveOf(run).logins[host], { username: 'u', password: 's3cret' });
  assert.deepEqual(run.pushed.filter((name) => name.startsWith('acme/')), []);
});

test('the settings\' cache takes the place of that of a compose file, whoever builds it', { skip }, async () => {
  const compose = `services:\n  web:\n    build:\n      context: services/api\n      cache_from: ["${host}/old:x"]\n      cache_to: ["type=registry,ref=${host}/old:x"]\n`;
  for (const builder of ['depot', 'bake']) {
    for (const push of ['always', 'never']) {
      const run = await scenario(`registry: ${host}/acme\npush: ${push}\ncache: ${host}/cache\nbuilder: ${builder}\n`, branch, { repo: { ...repo, 'compose.yaml': compose } });
      passed(run);
      assert.deepEqual(cachesOf(run), { from: ['cache:web-feature-x', 'cache:web-main'], to: ['cache:web-feature-x'] }, `${builder} ${push}`);
    }
  }
});
