/*
 * report.test: what a step tells the build of its images, with the real CLI's metadata and a real push.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { inEveryShell, passed } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';
import { missingShellcheck, shellcheck } from './shellcheck.mjs';
import { find } from './toolbox.mjs';

const skip = missingProgram;
let rig;
let host;
before(async () => {
  rig = await startRig();
  ({ host } = rig.registry);
});
after(() => rig.close());

const commit = '0123456789abcdef0123456789abcdef01234567';
const env = { BUILDKITE_COMMIT: commit, BUILDKITE_BRANCH: 'main', BUILDKITE_REPO: 'git@github.com:acme/shop.git' };
const two = { 'a/Dockerfile': 'FROM scratch\n', 'b/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const scenario = (settings, options = {}) => rig.scenario({
  repo: two, settings: `registry: ${host}/acme\n${settings}`, env, agentEnv: { BUILDKITE_COMMIT: commit }, ...options,
});

/* What the stand-in of the agent was told: { metaData: { key: value }, annotations: [text], lines }. */
function told(run) {
  const calls = run.calls('buildkite-agent');
  const set = calls.filter(({ argv }) => argv.slice(0, 2).join(' ') === 'meta-data set');
  return {
    metaData: Object.fromEntries(set.map(({ argv }) => [argv[2], argv[3]])),
    annotations: calls.filter(({ argv }) => argv[0] === 'annotate').map(({ argv, stdin }) => [argv.slice(1).join(' '), stdin]),
  };
}
const digestOf = (name, tag = commit) => rig.registry.tag(name, tag).digest;

inEveryShell(test, 'each image: reference and facts as meta-data, a part of the annotation', { skip }, async (shell) => {
  const run = await scenario('platforms: [linux/amd64, linux/arm64]\ntags: ["{sha}", latest]\n', { shell });
  passed(run);
  const { metaData, annotations } = told(run);
  for (const name of ['a', 'b']) {
    const reference = `${host}/acme/${name}@${digestOf(`acme/${name}`)}`;
    assert.equal(metaData[`image-reference:${name}`], reference);
    const facts = JSON.parse(metaData[`image:${name}`]);
    const { build } = facts;
    assert.match(build, /^build[12]$/);
    assert.deepEqual(facts, {
      name, state: 'built', reference, digest: digestOf(`acme/${name}`), tags: [`${host}/acme/${name}:${commit}`, `${host}/acme/${name}:latest`],
      platforms: ['linux/amd64', 'linux/arm64'], project: 'x19jffd9zf', build, url: `https://depot.dev/${build}`, commit,
    });
    assert.match(run.step(`build-${name}`).stdout, new RegExp(`^${name} is built: ${reference}$`, 'm'));
  }
  assert.deepEqual(annotations.map(([argv]) => argv), Array(2).fill('--append --style info --context depot-images'));
  for (const [, body] of annotations) assert.match(body, /^<details><summary><code>[ab]<\/code> built for linux\/amd64,linux\/arm64, <a href="https:\/\/depot.dev\/build\d+">Depot build<\/a>.*docker pull .*<\/details>$/);
});

test('images of one bake, each by its target', { skip }, async () => {
  const run = await scenario('bundle: project\nplatforms: [linux/amd64, linux/arm64]\n');
  passed(run);
  const { metaData } = told(run);
  for (const name of ['a', 'b']) assert.equal(metaData[`image-reference:${name}`], `${host}/acme/${name}@${digestOf(`acme/${name}`)}`);
  assert.equal(run.steps.length, 1);
});

test('several calls of a step, and settings of an image', { skip }, async () => {
  const repo = { ...two, 'c/Dockerfile': 'FROM scratch\n', 'c/depot.json': '{"id":"other00001"}\n' };
  const run = await scenario('bundle: 10\nimages:\n- {match: {name: a}, report: {annotation: false}}\n- {match: {name: b}, report: {meta_data: false}}\n', { repo });
  passed(run);
  const { metaData, annotations } = told(run);
  assert.deepEqual(Object.keys(metaData).sort(), ['image-reference:a', 'image-reference:c', 'image:a', 'image:c']);
  assert.deepEqual(annotations.map(([, body]) => body.match(/<code>(.)/)[1]).sort(), ['b', 'c']);
  assert.equal(JSON.parse(metaData['image:c']).project, 'other00001');
});

test('a compose file built by bake as it is', { skip }, async () => {
  const repo = { 'compose.yaml': 'services:\n  my.web: {build: .}\n  api: {build: {context: ., target: x}}\n', Dockerfile: 'FROM scratch AS x\nFROM x\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
  const run = await scenario('builder: bake\nbundle: file\n', { repo });
  passed(run);
  assert.equal(told(run).metaData['image-reference:my.web'], `${host}/acme/my.web@${digestOf('acme/my.web')}`);
});

test('a name that is not plain', { skip }, async () => {
  const run = await scenario('images:\n- {match: {name: a}, name: "it\'s <b> & \\"q\\" $HOME `id` ä|", repository: ' + `${host}/acme/odd}\n`);
  passed(run);
  const { metaData, annotations } = told(run);
  const key = Object.keys(metaData).find((name) => name.startsWith('image:it'));
  assert.equal(JSON.parse(metaData[key]).name, 'it\'s <b> & "q" $HOME `id` ä|');
  assert.ok(annotations.every(([, body]) => !body.includes('<b>') && !body.includes('\n')));
});

test('nothing is told of what is not published, and report: false is quiet', { skip }, async () => {
  for (const settings of ['push: never\n', 'report: {annotation: false, meta_data: false}\n']) {
    const run = await scenario(settings);
    passed(run);
    assert.deepEqual(told(run), { metaData: {}, annotations: [] });
    assert.doesNotMatch(run.generated.stdout, /depot_report/);
  }
});

test('an agent that fails, or is not there, fails no build', { skip }, async () => {
  const failing = await scenario('', { agentEnv: { RIG_AGENT_STATUS: '1' } });
  passed(failing);
  const none = await scenario('', { standIn: ['depot'] });
  passed(none);
  assert.match(none.steps[0].stdout, /^a is built: /m);
});

test('a build that fails tells nothing', { skip }, async () => {
  const run = await scenario('', { prepare: ({ buildkit }) => { buildkit.failure = 'process "/bin/sh -c make" did not complete'; } });
  assert.deepEqual(run.steps.map(({ state }) => state), ['failed', 'failed']);
  assert.deepEqual(told(run), { metaData: {}, annotations: [] });
});

inEveryShell(test, 'a last step lists all images, whether their steps pass or fail', { skip: skip || (find('curl') ? false : 'there is no curl') }, async (shell) => {
  const repo = { ...two, 'c/Dockerfile': 'NOPE\n' };
  const run = await scenario('report: {images: true}\n', { repo, shell, scripts: { curl: `exec ${find('curl')} "$@"` } });
  passed(run, { 'build-c': 'failed' });
  const list = run.step('list-images');
  assert.deepEqual(list.step.depends_on, ['build-a', 'build-b'].map((step) => ({ step, allow_failure: true })));
  const { files } = run.calls('buildkite-agent').find(({ argv }) => argv.join(' ') === 'artifact upload images.json');
  const { images, commit: of } = JSON.parse(files['images.json']);
  assert.equal(of, commit);
  assert.deepEqual(images.map(({ name, digest, sizes }) => [name, digest, Object.keys(sizes)]), ['a', 'b'].map((name) => [name, digestOf(`acme/${name}`), ['linux/amd64']]));
  const [argv, table] = told(run).annotations.at(-1);
  assert.equal(argv, '--style success --context depot-images');
  assert.match(table, /^<table>.*<td><code>b<\/code><\/td><td>built<\/td>/);
});

test('a list of images that failed, under the prefix of keys', { skip }, async () => {
  const run = await scenario('report: {images: true}\nkey_prefix: x-\n', { prepare: ({ buildkit }) => { buildkit.failure = 'process "/bin/sh -c make" did not complete'; } });
  assert.deepEqual(run.steps.map(({ key, state }) => [key, state]), [['x-build-a', 'failed'], ['x-build-b', 'failed'], ['x-list-images', 'passed']]);
  const { files } = run.calls('buildkite-agent').find(({ argv }) => argv.join(' ') === 'artifact upload images.json');
  assert.deepEqual(JSON.parse(files['images.json']).images, [{ name: 'a', state: 'failed' }, { name: 'b', state: 'failed' }]);
});

test('saved images: the names that Depot gave them', { skip }, async () => {
  const run = await scenario('output: save\n');
  passed(run);
  const facts = JSON.parse(told(run).metaData['image:a']);
  assert.equal(facts.state, 'saved');
  assert.match(facts.tags.join(), new RegExp(`:${facts.build}$`));
  assert.match(facts.reference, /@sha256:[0-9a-f]{64}$/);
});

test('every emitted command passes shellcheck', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
