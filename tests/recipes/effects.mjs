/*
 * effects: what each recipe of fixtures/recipes does when its golden pipeline runs.
 *
 * The rule: a recipe without an entry is an error. `options` are those of runSteps (../e2e/scenario.mjs), `env` is added to the
 * environment of the program; `loads`: there is an engine; `prints` are further files, each what the program prints with these words; `effect` gets the run and the host that stands for registry.example.com.
 */
import assert from 'node:assert/strict';
import { buildCalls, buildOf, solveOf, solvesOf } from '../e2e/expect.mjs';

const optionsOf = (run) => run.builds.map(({ options }) => options.map(({ command, tags, push, load, save }) => ({ command, tags, push, load, save }))).flat();
const built = { command: 'build', tags: [], push: false, load: false, save: false };
const onlyBuilt = (run) => assert.deepEqual([optionsOf(run), run.builds[0].projectId, run.builds[0].result], [[built], 'x19jffd9zf', 'success']);

export const effects = {
  install: {
    effect(run) {
      onlyBuilt(run);
      assert.match(run.steps[0].stdout, /depot version 2\./);
      assert.deepEqual(run.calls('curl'), [], 'the agent has one');
    },
  },
  'install-script': {
    options: { standIn: ['curl'], downloads: { 'install-cli.sh': 'test "$1" = 2.102.6\nmkdir -p "$DEPOT_INSTALL_DIR"\nln -s "$RIG_DEPOT" "$DEPOT_INSTALL_DIR/depot"\n' } },
    effect(run) {
      assert.equal(run.builds.length, 1);
      assert.equal(run.calls('curl').length, 1);
    },
  },
  project: { effect: onlyBuilt },
  oidc: {
    options: { login: 'oidc', agentEnv: { DEPOT_TOKEN: 'stale' } },
    effect(run) {
      assert.deepEqual(run.oidc.map(({ body }) => body), [{ audience: 'https://depot.dev' }]);
      assert.equal(run.builds[0].token, 'jwt-of-the-job');
    },
  },
  token: { options: { login: 'none', secrets: { depot_token: 'of-buildkite' } }, effect: (run) => assert.equal(run.builds[0].token, 'of-buildkite') },
  basic: { effect: onlyBuilt },
  push: {
    effect(run, host) {
      assert.deepEqual(optionsOf(run), [{ ...built, push: true, tags: [`${host}/app:42`] }]);
      assert.deepEqual(run.pushed, ['app:42']);
    },
  },
  'private-registry': {
    options: { agentEnv: { REGISTRY_USERNAME: 'me', REGISTRY_PASSWORD: 's3cret$' } },
    effect(run, host) {
      assert.deepEqual(solveOf(run).logins, { [host]: { username: 'me', password: 's3cret$' } });
      assert.deepEqual(run.pushed, ['app:42']);
      assert.doesNotMatch(run.steps[0].stdout + run.steps[0].stderr, /s3cret/);
    },
  },
  'multi-platform': {
    effect(run) {
      assert.deepEqual(solvesOf(run).map(({ platform }) => platform), ['linux/amd64', 'linux/arm64']);
      assert.deepEqual(run.pushed, ['app:42']);
    },
  },
  'several-tags': {
    effect(run) {
      assert.deepEqual(solvesOf(run).map(({ platform }) => platform), ['linux/amd64', 'linux/arm64']);
      assert.deepEqual(run.pushed, ['app:42', 'app:latest']);
      assert.equal(run.builds.length, 1);
    },
  },
  compose: {
    effect(run) {
      assert.deepEqual(run.steps.map(({ key }) => key), ['build-web', 'build-worker']);
      assert.deepEqual(solveOf(run, 'build-worker').arguments, { MODE: 'worker' });
      assert.deepEqual(solveOf(run, 'build-web').context, ['Dockerfile', 'index.html']);
      assert.equal(buildOf(run, 'build-web').options[0].push, true);
      assert.ok(run.pushed.includes('web:42') && run.pushed.includes('worker:42'));
    },
  },
  load: {
    loads: true,
    options: { scripts: { docker: 'record docker "$@" >/dev/null' } },
    effect(run) {
      assert.deepEqual(optionsOf(run), [{ ...built, load: true, tags: ['app:42'] }]);
      assert.deepEqual(run.calls('docker').map(({ argv }) => argv.slice(0, 2)), [['version'], ['run', '--rm']]);
      assert.deepEqual(run.pushed, []);
    },
  },
  'compose-load': {
    loads: true,
    options: { scripts: { docker: 'record docker "$@" >/dev/null' } },
    effect(run) {
      assert.deepEqual(optionsOf(run).map(({ command, load, tags }) => [command, load, tags.at(-1)]), ['web', 'worker'].map((name) => ['bake', true, `acme/${name}`]));
      assert.deepEqual(run.calls('docker').map(({ argv }) => argv[0]), ['version', 'compose']);
    },
  },
  'compose-bake': {
    effect(run) {
      assert.deepEqual(run.builds.length, 1);
      assert.deepEqual(optionsOf(run).map(({ command, push }) => [command, push]), [['bake', true], ['bake', true]]);
      assert.ok(run.pushed.includes('web:42') && run.pushed.includes('worker:42'));
    },
  },
  'build-arguments': {
    options: { agentEnv: { API_URL: 'https://api.example.com/?a=$1' } },
    effect: (run) => assert.deepEqual(solveOf(run).arguments, { NODE_ENV: 'production', BUILD_NUMBER: '42', API_URL: 'https://api.example.com/?a=$1' }),
  },
  'kubernetes-oidc': {
    prints: { 'values.yaml': ['k8s', 'values'] },
    options: { login: 'oidc', standIn: ({ image }) => (image?.startsWith('ghcr.io/depot/cli:') ? ['depot'] : []) },
    effect(run) {
      assert.equal(run.steps[0].step.plugins, undefined, 'no plugin is needed');
      assert.equal(run.builds[0].token, 'jwt-of-the-job');
    },
  },
  'kubernetes-token': {
    prints: { 'values.yaml': ['k8s', 'values'] },
    options: { login: 'none', cluster: { 'depot-token': { token: 'of-the-cluster' } } },
    effect: (run) => assert.equal(run.builds[0].token, 'of-the-cluster'),
  },
  configure: {}, /* it needs a daemon, or what stands for one: ../e2e/builder.test.mjs */
  cache: {
    effect(run, host) {
      const { cacheFrom, cacheTo } = solveOf(run);
      assert.equal(cacheTo[0].type, 'registry');
      assert.ok(cacheTo[0].attributes.ref.startsWith(`${host}/app:`) && cacheTo[0].attributes.mode === 'max');
      assert.ok(cacheFrom.some(({ attributes }) => attributes.ref === cacheTo[0].attributes.ref));
      assert.ok(run.pushed.includes('app:42'));
    },
  },
  labels: {
    effect(run) {
      const { labels } = solveOf(run);
      assert.equal(labels['org.opencontainers.image.revision'], '0123456789abcdef0123456789abcdef01234567');
      assert.match(labels['org.opencontainers.image.source'], /github\.com\/acme\/app/);
    },
  },
  verify: {
    effect(run) {
      assert.deepEqual(run.steps.map(({ key, state }) => [key, state]), [['verify', 'passed'], ['build-app', 'passed']]);
      assert.deepEqual(run.step('build-app').step.depends_on, ['verify']);
      assert.match(run.step('verify').stdout, /Project: x19jffd9zf\nToken: DEPOT_TOKEN\n/);
      assert.doesNotMatch(run.step('verify').stdout + run.step('verify').stderr, /token-of-the-agent/);
    },
  },
  debug: {
    effect(run) {
      assert.ok(buildCalls(run)[0].argv.join(' ').includes('--progress plain'));
      assert.match(run.steps[0].stdout, /\[depot\] build: https:\/\/depot\.dev\/build1/);
      assert.match(run.steps[0].stdout, /^~~~ .*\n(.*\n)*\+\+\+ :docker: /m);
    },
  },
};
