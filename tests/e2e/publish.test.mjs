/*
 * publish.test: registries, tags, logins, and who may push.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { buildCalls, buildOf, explain, inEveryShell, passed, produced, solveOf, solvesOf, stopped, valuesOf } from './expect.mjs';
import { execute, missingProgram, startRig } from './scenario.mjs';
import { missingShellcheck, shellcheck } from './shellcheck.mjs';

const skip = missingProgram;
let rig;
let host;
before(async () => {
  rig = await startRig();
  ({ host } = rig.registry);
});
after(() => rig.close());

const hello = { 'app/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const commit = '0123456789abcdef0123456789abcdef01234567';
const push = { BUILDKITE_COMMIT: commit, BUILDKITE_BRANCH: 'main', BUILDKITE_REPO: 'git@github.com:acme/shop.git' };
const pull = {
  ...push, BUILDKITE_BRANCH: 'patch-1', BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main',
  BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/acme/shop',
};
const fork = { ...pull, BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/stranger/shop.git' };
const scenario = (settings, options = {}) => rig.scenario({ repo: hello, settings: `registry: ${host}/acme\n${settings}`, env: push, ...options });

/* Without the host: 'acme/app:main'. */
const tagsOf = (run, key) => buildOf(run, key ?? run.steps[0].key).options[0].tags.map((tag) => tag.slice(host.length + 1));

inEveryShell(test, 'a registry and nothing else: pushed by the build itself, under the commit', { skip }, async (shell) => {
  const run = await scenario('', { shell });
  passed(run);
  assert.deepEqual(run.pushed, [`acme/app:${commit}`]);
  assert.equal(run.builds[0].options[0].push, true);
  const [call, ...others] = buildCalls(run);
  assert.deepEqual(others, []);
  assert.ok(call.argv.includes('--push'));
  assert.deepEqual(run.calls('docker'), []);
  assert.match(run.steps[0].stdout, /^\+\+\+ :docker: app$/m);
});

test('on a laptop the commit is that of HEAD', { skip }, async () => {
  const run = await scenario('', { env: {} });
  passed(run);
  const { stdout } = await execute('git', ['rev-parse', 'HEAD'], { cwd: run.checkout, env: process.env });
  assert.deepEqual(run.pushed, [`acme/app:${stdout.trim()}`]);
});

test('a commit of HEAD, as the UI gives it, is looked up', { skip }, async () => {
  const run = await scenario('', { env: { ...push, BUILDKITE_COMMIT: 'HEAD' } });
  passed(run);
  assert.match(run.pushed.join(), /^acme\/app:[0-9a-f]{40}$/);
});

inEveryShell(test, 'every word of a tag: literal what git knows, at run time what the build knows', { skip }, async (shell) => {
  const run = await scenario('tags: ["{sha}", "{short_sha}", "{branch}", "{tag}", "b{build_number}", "{env:CHANNEL}-x", v1]\n', {
    shell, env: { ...push, BUILDKITE_BRANCH: "feature/it's-$1 ä", BUILDKITE_BUILD_NUMBER: '1', CHANNEL: 'upload' },
    agentEnv: { BUILDKITE_BUILD_NUMBER: '42', CHANNEL: 'beta' },
  });
  passed(run);
  assert.deepEqual(tagsOf(run), [commit, '0123456789ab', 'feature-it-s--1---', 'b42', 'beta-x', 'v1'].map((tag) => `acme/app:${tag}`));
  assert.deepEqual(run.pushed, tagsOf(run).sort());
});

test('{tag} and {pull_request} exist for the builds that have them', { skip }, async () => {
  const settings = 'tags: ["{tag}", "pr-{pull_request}"]\n';
  const released = await scenario(settings, { env: { ...push, BUILDKITE_TAG: 'v1.2+3' } });
  assert.deepEqual(tagsOf(released), ['acme/app:v1.2-3']);
  const pulled = await scenario(`${settings}push: always\n`, { env: pull });
  assert.deepEqual(tagsOf(pulled), ['acme/app:pr-7']);
});

test('none of the tags exists for this build: built, and not published', { skip }, async () => {
  const run = await scenario('tags: "{tag}"\n');
  passed(run);
  assert.deepEqual(run.pushed, []);
  assert.match(run.steps[0].stdout, /not published: none of its tags exists for this build/);
});

test('tags of the command line and of a variable', { skip }, async () => {
  const option = await scenario('tags: [a]\n', { args: ['--tag', 'b,{branch}', '--tag', 'c'] });
  assert.deepEqual(tagsOf(option), ['acme/app:b', 'acme/app:main', 'acme/app:c']);
  const variable = await scenario('tags: [a]\n', { env: { ...push, DEPOT_PIPELINE_TAG: 'd' } });
  assert.deepEqual(tagsOf(variable), ['acme/app:d']);
});

test('a tag that cannot be one is a mistake in the settings', { skip }, async () => {
  const run = await scenario('tags: ["{nope}"]\n');
  assert.equal(run.generated.exitStatus, 1);
  assert.match(run.generated.stderr, /depot-pipeline\.yml:2:.*'\{nope\}' is not a word/);
  assert.match(run.generated.stdout, /^\[depot-pipeline failed/, 'an upload of this must fail');
});

test('`repository` names the whole destination; a name in capitals is pushed in small letters', { skip }, async () => {
  const run = await scenario(`tags: [t]\nimages:\n- match: {name: app}\n  repository: ${host}/other/place\n`, {
    repo: { ...hello, 'Web/Dockerfile': 'FROM scratch\n' },
  });
  passed(run);
  assert.deepEqual(run.pushed, ['acme/web:t', 'other/place:t']);
});

test('a pull request is built and not pushed', { skip }, async () => {
  const run = await scenario('', { env: pull });
  passed(run);
  assert.deepEqual(run.pushed, []);
  assert.equal(run.builds[0].options[0].push, false);
  assert.match(run.steps[0].stdout, /not published: pull requests are not pushed; 'push: always' changes that/);
});

test('push: always pushes pull requests too', { skip }, async () => {
  const run = await scenario('push: always\n', { env: pull });
  passed(run);
  assert.deepEqual(run.pushed, [`acme/app:${commit}`]);
});

test('push: never pushes nothing, on no branch', { skip }, async () => {
  const run = await scenario('push: never\n');
  passed(run);
  assert.deepEqual(run.pushed, []);
  assert.match(run.steps[0].stdout, /not published: the settings say 'push: never'/);
});

/* What the stranger commits: a registry of his own, pushed always, on an agent with secrets. */
const stranger = (evil) => [
  hello, { '.buildkite/depot-pipeline.yml': evil, 'app/depot-pipeline.yml': 'push: always\nproject: theirs\nstep: {agents: {queue: deploy}}\n', 'app/Dockerfile': 'FROM scratch\nLABEL evil=1\n' },
];
const theirs = () => `registry: ${host}/stolen\npush: always\nstep:\n  agents: {queue: deploy}\n  plugins: [{evil#v1: null}]\n`;

test('a fork is never pushed, and its settings are those of the base branch', { skip }, async () => {
  const run = await scenario('push: always\nstep: {agents: {queue: untrusted}, timeout_in_minutes: 5}\n', {
    repo: stranger(theirs()), env: fork, git: [['update-ref', 'refs/remotes/origin/main', 'HEAD~1']],
  });
  passed(run);
  assert.deepEqual(run.pushed, []);
  assert.deepEqual(run.builds.map(({ projectId, options }) => [projectId, options[0].push, options[0].tags]), [['x19jffd9zf', false, []]]);
  assert.deepEqual([run.steps[0].step.agents, run.steps[0].step.timeout_in_minutes, run.steps[0].step.plugins], [{ queue: 'untrusted' }, 5, undefined]);
  assert.match(run.steps[0].stdout, /not published: a build of a fork is never pushed/);
});

test('a fork whose base branch is not here has no settings at all', { skip }, async () => {
  const run = await rig.scenario({ repo: stranger(theirs()), env: { ...fork, BUILDKITE_AGENT_META_DATA_QUEUE: 'ci' } });
  passed(run);
  assert.deepEqual(run.pushed, []);
  assert.equal(run.builds[0].projectId, 'x19jffd9zf');
  assert.deepEqual(run.steps[0].step.agents, { queue: 'ci' });
  assert.equal(run.steps[0].step.plugins, undefined);
});

test('a pull request of the same repository is no fork, however its address is spelled', { skip }, async () => {
  for (const own of ['git://github.com/acme/shop.git', 'https://github.com/Acme/shop', 'git@github.com:acme/shop.git']) {
    const run = await scenario('push: always\n', { env: { ...pull, BUILDKITE_PULL_REQUEST_REPO: own }, run: false });
    assert.match(run.generated.stdout, /--push/, own);
  }
});

test('two images with one destination are red steps that point at both', { skip }, async () => {
  const run = await scenario(`images:\n- match: {regex: "^[ab]$"}\n  repository: ${host}/same\n`, {
    repo: { 'a/Dockerfile': 'FROM scratch\n', 'b/Dockerfile': 'FROM scratch\n', 'c/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"p"}' },
  });
  passed(run, { 'build-a': 'failed', 'build-b': 'failed' });
  for (const key of ['build-a', 'build-b']) stopped(run, 1, [`are both pushed to '${host}/same:${commit}'`, 'a/Dockerfile', 'b/Dockerfile'], key);
  assert.deepEqual(run.pushed, [`acme/c:${commit}`]);
});

test('the same repository with different tags is no collision', { skip }, async () => {
  const run = await scenario(`images:\n- {match: {name: a}, repository: ${host}/same, tags: [one]}\n- {match: {name: b}, repository: ${host}/same, tags: [two]}\n`, {
    repo: { 'a/Dockerfile': 'FROM scratch\n', 'b/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"p"}' },
  });
  passed(run);
  assert.deepEqual(run.pushed, ['same:one', 'same:two']);
});

inEveryShell(test, 'several platforms in one call: one index under each tag', { skip }, async (shell) => {
  const run = await scenario('platforms: [linux/amd64, linux/arm64]\ntags: ["1", latest]\n', { shell });
  passed(run);
  assert.equal(run.builds.length, 1);
  assert.deepEqual(solvesOf(run).map(({ platform }) => platform), ['linux/amd64', 'linux/arm64']);
  for (const tag of ['1', 'latest']) {
    const { manifests } = JSON.parse(rig.registry.tag('acme/app', tag).body);
    assert.deepEqual(manifests.map(({ platform }) => platform.architecture).sort(), ['amd64', 'arm64']);
  }
});

test('no registry: nothing is pushed, saved or logged in to, and the label of the build says so', { skip }, async () => {
  const run = await rig.scenario({ repo: hello, settings: 'login: {username: u, password_variable: REGISTRY_PASSWORD}\n', env: push, agentEnv: { REGISTRY_PASSWORD: 'x' } });
  passed(run);
  assert.deepEqual(run.pushed, []);
  assert.doesNotMatch(run.generated.stdout, /Log in/);
  assert.deepEqual(valuesOf(buildCalls(run)[0], '--tag'), []);
  assert.match(explain(run), /not published: the settings name no registry/);
});

test('every emitted command passes shellcheck', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
