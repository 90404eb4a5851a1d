/*
 * engine.test: emitted pipelines against a real Docker engine and a real registry, by the real Depot CLI; the images are inspected.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { startEngine } from './engine.mjs';
import { explain, passed, stopped } from './expect.mjs';
import { missingOpenssl } from './internet.mjs';
import { missingProgram, startRig } from './scenario.mjs';
import { find } from './toolbox.mjs';

const engine = missingProgram ? { missing: missingProgram, close() {} } : await startEngine();
const skip = engine.missing;
let rig;
let host;
let locked;
before(async () => {
  if (skip) return;
  rig = await startRig({ engine, registry: engine.open });
  host = engine.open.host;
  locked = await startRig({ engine, registry: engine.locked });
});
after(async () => {
  for (const each of [rig, locked]) await each?.close();
  await engine.close();
});

const commit = '0123456789abcdef0123456789abcdef01234567';
const env = { BUILDKITE_COMMIT: commit, BUILDKITE_BRANCH: 'main', BUILDKITE_REPO: 'git@github.com:acme/shop.git' };
const hello = { 'app/Dockerfile': 'FROM scratch AS base\nARG GREETING=none\nLABEL greeting=$GREETING\nCOPY greeting /\n', 'app/greeting': 'hello\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const scenario = (settings, options = {}) => rig.scenario({ repo: hello, env, settings, ...options });
const platforms = ({ platforms: of }) => Object.keys(of).sort();

/* What a build says of an image, in meta-data and annotation, is what the registry has. */
function told(run, name, { state, tags, platforms: of = ['linux/amd64'] }) {
  const facts = JSON.parse(run.metaData[`image:${name}`]);
  const digest = engine.open.digest(`acme/${name}`, tags[0]);
  assert.deepEqual([facts.state, facts.digest, facts.tags, facts.platforms], [state, digest, tags.map((tag) => `${host}/acme/${name}:${tag}`), of]);
  for (const tag of tags) assert.equal(engine.open.digest(`acme/${name}`, tag), digest, tag);
  assert.deepEqual([facts.reference, run.metaData[`image-reference:${name}`]], Array(2).fill(`${host}/acme/${name}@${digest}`));
  assert.ok(run.annotations['depot-images'].bodies.some((body) => body.includes(facts.reference)));
}

/* The registry is emptied before each scenario; this gives it what it has now again. */
function keep() {
  const from = path.join(engine.open.directory, 'repositories');
  const kept = path.join(rig.workspace, 'repositories');
  rmSync(kept, { recursive: true, force: true });
  cpSync(from, kept, { recursive: true });
  return () => cpSync(kept, from, { recursive: true });
}

test('pushed for two platforms under several tags: one digest, both platforms, its argument', { skip }, async () => {
  const run = await scenario(`registry: ${host}/acme\ntags: ["{sha}", "{branch}"]\nplatforms: [linux/amd64, linux/arm64]\nbuild_args: {GREETING: "it's $5"}\n`);
  passed(run);
  assert.deepEqual(run.pushed, [`acme/app:${commit}`, 'acme/app:main']);
  const image = engine.open.image('acme/app', 'main');
  assert.deepEqual(platforms(image), ['linux/amd64', 'linux/arm64']);
  assert.equal(engine.open.digest('acme/app', commit), image.digest);
  for (const { config, manifest } of Object.values(image.platforms)) {
    assert.equal(config.config.Labels.greeting, "it's $5");
    assert.equal(manifest.layers.length, 1);
  }
  told(run, 'app', { state: 'built', tags: [commit, 'main'], platforms: platforms(image) });
});

test('a repository of linked images and two projects arrives as what it is', { skip }, async () => {
  const run = await rig.scenario({
    env,
    repo: {
      'depot.json': '{"id":"x19jffd9zf"}', 'tools/depot.json': '{"id":"toolsproj1"}', 'tools/Dockerfile': 'FROM scratch\nENV IS=tools\n',
      'web/Dockerfile': 'FROM scratch\nENV IS=web\nCOPY index.html /\nENTRYPOINT ["/index.html"]\n', 'web/index.html': 'x', 'web/.dockerignore': '*\n!index.html\n',
      'compose.yaml': `services:\n  api:\n    image: ${host}/acme/api:from-compose\n    build:\n      context: .\n      dockerfile_inline: "FROM scratch\\nENV IS=api\\nCOPY --from=web index.html /from-web\\n"\n      additional_contexts: {web: ./web}\n      labels: {com.example.title: "it's \\"api\\""}\n`,
    },
    settings: `registry: ${host}/acme\ntags: [t]\n`,
  });
  passed(run);
  assert.deepEqual(run.pushed, ['acme/api:from-compose', 'acme/api:t', 'acme/tools:t', 'acme/web:t']);
  const configs = Object.fromEntries(['api', 'tools', 'web'].map((name) => [name, engine.open.image(`acme/${name}`, 't').platforms['linux/amd64'].config.config]));
  for (const [name, config] of Object.entries(configs)) assert.ok(config.Env.includes(`IS=${name}`), name);
  assert.deepEqual(configs.api.Labels, { 'com.example.title': 'it\'s "api"' });
  assert.deepEqual(configs.web.Entrypoint, ['/index.html']);
  assert.deepEqual(run.builds.map(({ projectId }) => projectId).sort(), ['toolsproj1', 'x19jffd9zf', 'x19jffd9zf']);
});

test('one bake of several images pushes each to its own name, for both platforms', { skip }, async () => {
  const run = await scenario(`registry: ${host}/acme\ntags: [t]\nbundle: project\nplatforms: [linux/amd64, linux/arm64]\n`, {
    repo: { ...hello, 'web/Dockerfile': 'FROM scratch\nCOPY Dockerfile /\n' },
  });
  passed(run);
  assert.equal(run.builds.length, 1);
  assert.deepEqual(run.pushed, ['acme/app:t', 'acme/web:t']);
  for (const name of ['app', 'web']) assert.deepEqual(platforms(engine.open.image(`acme/${name}`, 't')), ['linux/amd64', 'linux/arm64']);
});

/* A build of the commit that is checked out. */
const branch = { BUILDKITE_BRANCH: 'main', BUILDKITE_REPO: env.BUILDKITE_REPO };
const curl = { curl: 'exec "$RIG_CURL" "$@"' };
const history = [{ ...hello, 'web/Dockerfile': 'FROM scratch\nCOPY Dockerfile /\n' }, { 'app/greeting': 'good day\n' }];
const head = (run) => run.pushed.find((name) => name.startsWith('acme/app:')).split(':')[1];

test('what did not change gets the tags of this commit, and the list of images has both with their sizes', { skip }, async () => {
  const settings = `registry: ${host}/acme\ntags: ["{sha}"]\nplatforms: [linux/amd64, linux/arm64]\nunaffected: retag\nreport: {images: true}\n`;
  const of = ['linux/amd64', 'linux/arm64'];
  const first = await rig.scenario({ repo: history[0], env: branch, settings, args: ['--all'], scripts: curl });
  passed(first);
  const before = head(first);
  const run = await rig.scenario({ repo: history, env: branch, settings, args: ['--base', 'HEAD~1'], scripts: curl, prepare: keep() });
  passed(run);
  assert.deepEqual(run.steps.map(({ key }) => key), ['build-app', 'retag', 'list-images']);
  const now = run.pushed.find((name) => name.startsWith('acme/web:') && !name.endsWith(before)).split(':')[1];
  assert.equal(engine.open.digest('acme/web', now), engine.open.digest('acme/web', before));
  assert.notEqual(engine.open.digest('acme/app', now), engine.open.digest('acme/app', before));
  told(run, 'web', { state: 'retagged', tags: [now], platforms: of });
  told(run, 'app', { state: 'built', tags: [now], platforms: of });
  const { images } = JSON.parse(run.calls('buildkite-agent').find(({ argv }) => argv.join(' ') === 'artifact upload images.json').files['images.json']);
  const sizes = (name) => Object.fromEntries(Object.entries(engine.open.image(`acme/${name}`, now).platforms)
    .map(([platform, { manifest }]) => [platform, [manifest.config, ...manifest.layers].reduce((sum, { size }) => sum + size, 0)]));
  assert.deepEqual(images.map((image) => [image.name, image.state, image.sizes]), [['app', 'built', sizes('app')], ['web', 'retagged', sizes('web')]]);
});

test('a floating tag is moved forward by a step of its own, and not back by an older build', { skip }, async () => {
  const settings = `registry: ${host}/acme\ntags: ["{sha}"]\noci_labels: true\nfloating_tags: [stable]\nfloating: step\n`;
  const options = { env: branch, settings, args: ['--only', 'app'], scripts: { ...curl, git: `exec ${find('git')} "$@"` } };
  const newer = await rig.scenario({ ...options, repo: history });
  passed(newer);
  assert.deepEqual(newer.steps.map(({ key }) => key), ['build-app', 'tags']);
  const digest = engine.open.digest('acme/app', newer.pushed.find((name) => !name.endsWith(':stable')).split(':')[1]);
  assert.equal(engine.open.digest('acme/app', 'stable'), digest);
  const older = await rig.scenario({ ...options, repo: history[0], prepare: keep() });
  passed(older);
  assert.equal(older.pushed.length, 3);
  assert.equal(engine.open.digest('acme/app', 'stable'), digest);
  assert.match(older.step('tags').stdout, /acme\/app:stable stays: [0-9a-f]{40} is not before this commit/);
});

test('nothing is published without a registry in the settings', { skip }, async () => {
  const run = await scenario('');
  passed(run);
  assert.deepEqual(run.pushed, []);
});

test('a registry cache is written beside the image, and read by the next build', { skip }, async () => {
  const compose = `services:\n  web:\n    build:\n      context: .\n      cache_from: ["${host}/acme/web:cache"]\n      cache_to: ["type=registry,ref=${host}/acme/web:cache,mode=max"]\n`;
  const run = await scenario(`registry: ${host}/acme\ntags: [t]\n`, { repo: { 'compose.yaml': compose, Dockerfile: 'FROM scratch\nCOPY compose.yaml /\n', 'depot.json': '{"id":"p"}' } });
  passed(run);
  assert.deepEqual(run.pushed, ['acme/web:cache', 'acme/web:t']);
  assert.match(JSON.stringify(engine.open.image('acme/web', 'cache').manifest), /buildkit\.cacheconfig|cacheconfig\.v0/);
});

test('labels of the settings and of the OCI are in the image, and its cache beside it', { skip }, async () => {
  const run = await scenario(`registry: ${host}/acme\ntags: [t]\noci_labels: true\nlabels: {com.example.team: "it's $1"}\ncache: ${host}/acme/app\n`);
  passed(run);
  const { config } = engine.open.image('acme/app', 't').platforms['linux/amd64'].config;
  assert.equal(config.Labels['com.example.team'], "it's $1");
  assert.equal(config.Labels['org.opencontainers.image.revision'], commit);
  assert.ok(run.pushed.length > 1 && run.pushed.every((name) => name.startsWith('acme/app:')), String(run.pushed));
});

/* The real docker CLI, where a step calls it. */
const docker = { docker: `exec ${engine.docker} "$@"` };
const login = (settings) => `registry: REGISTRY/acme\ntags: [t]\nlogin: {username: 'robot$api', password_variable: PUSH_WORD}\n${settings ?? ''}`.replace('REGISTRY', engine.locked.host);
const withLogin = (options) => locked.scenario({
  repo: hello, env, settings: login(), scripts: docker, agentEnv: { ...engine.environment, PUSH_WORD: engine.login.password }, ...options,
});

test('a registry that wants a login gets it, and the image arrives', { skip }, async () => {
  const run = await withLogin({});
  passed(run);
  assert.deepEqual(run.pushed, ['acme/app:t']);
  assert.doesNotMatch(run.steps[0].stdout + run.steps[0].stderr + run.generated.stdout, /s3cret/);
});

test('a wrong password is status 71, and nothing is built', { skip }, async () => {
  const run = await withLogin({ agentEnv: { ...engine.environment, PUSH_WORD: 'wrong' } });
  stopped(run, 71, 'it refuses the user robot$api');
  assert.deepEqual([run.pushed, run.builds], [[], []]);
});

test('a push without a login is red, and nothing arrives', { skip }, async () => {
  const run = await withLogin({ settings: login().replace(/login.*\n/, '') });
  stopped(run, 74, 'The registry refused the push. Is there a login for it');
  assert.deepEqual(run.pushed, []);
});

test('loaded into the engine, where the tests of the step find it', { skip }, async () => {
  const run = await scenario('output: load\nbuild_args: {GREETING: hi}\ntest: docker image inspect --format "{{.Config.Labels.greeting}} {{.Architecture}}" "$IMAGE_REFERENCE"\n', { scripts: docker, agentEnv: engine.environment });
  passed(run);
  assert.match(run.steps[0].stdout, /\+\+\+ :docker: test app\nhi amd64\n/);
  assert.deepEqual(run.pushed, []);
});

/* A registry that `depot push` sees by TLS under a name of its own, and that the builder does not see. */
test('built once, saved at Depot, and pushed from there by depot push: the same digest for both platforms', { skip: skip || missingOpenssl }, async () => {
  const name = 'registry.example.com';
  const rigs = await startRig({ engine, registry: engine.locked, saved: engine.open, internet: [name] });
  try {
    const auth = Buffer.from(`${engine.login.username}:${engine.login.password}`).toString('base64');
    const { steps, ...run } = await rigs.runSteps({
      checkout: (await scenario('', { run: false })).checkout, dockerConfig: JSON.stringify({ auths: { [name]: { auth } } }),
      text: JSON.stringify({ steps: [{
        key: 'a', command: ['depot build --project p --save --platform linux/amd64,linux/arm64 --metadata-file m.json app', `depot push --project p --tag ${name}/acme/app:1 --progress plain build1`, 'cat m.json'],
      }] }),
    });
    assert.equal(steps[0].state, 'passed', explain({ steps }));
    assert.deepEqual([run.saved, run.pushed], [['p:build1'], ['acme/app:1']]);
    assert.deepEqual(run.pushes.map(({ tag, buildId, result }) => [tag, buildId, result]), [[`${name}/acme/app:1`, 'build1', 'success']]);
    const image = engine.locked.image('acme/app', '1');
    assert.deepEqual(platforms(image), ['linux/amd64', 'linux/arm64']);
    assert.equal(JSON.parse(steps[0].stdout.slice(steps[0].stdout.indexOf('{')))['containerimage.digest'], image.digest);
    for (const { manifest } of Object.values(image.platforms)) assert.ok(engine.locked.blob(manifest.layers[0].digest).length > 0);
  } finally {
    await rigs.close();
  }
});
