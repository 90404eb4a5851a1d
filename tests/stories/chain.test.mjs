/*
 * chain.test: images that are built from images of the same repository.
 */
import test from 'node:test';
import assert from 'node:assert/strict';
import { checkout, commandOf, dependsOn, expectBuilt, expectChange, generate, job, preview, pullRequest, repository, run, settings } from './toolbox.mjs';

/* tool is built from app, app from base; other from nobody. */
const chain = {
  ...settings('registry: ghcr.io/acme\n'),
  'base/Dockerfile': 'FROM alpine\nCOPY b /\n', 'base/b': '1\n',
  'app/Dockerfile': 'FROM ghcr.io/acme/base\nCOPY a /\n', 'app/a': '1\n',
  'tool/Dockerfile': 'FROM golang AS build\nFROM scratch\nCOPY --from=ghcr.io/acme/app:latest /x /\nCOPY t /\n', 'tool/t': '1\n',
  'other/Dockerfile': 'FROM alpine\nCOPY o /\n', 'other/o': '1\n',
};

function change(after, before = chain) {
  const made = repository(before);
  made.commit(after);
  return made;
}

const since = { words: ['--base', 'HEAD~1'] };

/* docker-tools#1516 */
test('A base image changes, and the change flows down to all that is built from it', async () => {
  const made = change({ 'base/b': '2\n' });
  const said = await expectBuilt(made, { app: 'base-image', base: 'source', tool: 'base-image' });
  assert.equal(said.image.app.why.sentence, 'base is built anew, and app/Dockerfile:1 starts from it');
  assert.deepEqual([said.image.app.why.through, said.image.tool.why.through], ['base', 'app']);
});

/* docker-tools#1516 */
test('explain shows the whole way from the file that changed to the image', async () => {
  const { status, stdout } = await run(change({ 'base/b': '2\n' }), ['explain', ...since.words, 'tool']);
  assert.equal(status, 0);
  const lines = ['app is built anew, and tool/Dockerfile:3 starts from it', 'base is built anew, and app/Dockerfile:1 starts from it', 'base/b changed: base/Dockerfile:2 takes it'];
  const places = lines.map((line) => stdout.indexOf(line));
  assert.ok(places.every((at, n) => at > (n ? places[n - 1] : -1)), stdout);
});

/* docker-tools#1516, compose#13338 */
test('What is built from an image waits for its step, and is given what that step pushes', async () => {
  const made = change({ 'base/b': '2\n' });
  const { keys, step } = await generate(made, since);
  assert.deepEqual(keys, ['build-base', 'build-app', 'build-tool'], 'in an order that can be built');
  assert.deepEqual([dependsOn(step['build-base']), dependsOn(step['build-app']), dependsOn(step['build-tool'])], [[], ['build-base'], ['build-app']]);
  assert.ok(commandOf(step['build-app']).includes(`--build-context ghcr.io/acme/base=docker-image://ghcr.io/acme/base:${made.head()}`), commandOf(step['build-app']));
  assert.ok(commandOf(step['build-tool']).includes(`--build-context ghcr.io/acme/app:latest=docker-image://ghcr.io/acme/app:${made.head()}`));
});

test('Only the last image of a chain changes: it is built from what is published, and waits for nobody', async () => {
  const made = change({ 'tool/t': '2\n' });
  await expectBuilt(made, { tool: 'source' });
  const { keys, step } = await generate(made, since);
  assert.deepEqual([keys, dependsOn(step['build-tool'])], [['build-tool'], []]);
  assert.doesNotMatch(commandOf(step['build-tool']), /--build-context/);
});

test('The middle of a chain changes: what is above stays', async () => {
  const made = change({ 'app/a': '2\n' });
  await expectBuilt(made, { app: 'source', tool: 'base-image' });
  const { step } = await generate(made, since);
  assert.deepEqual([dependsOn(step['build-app']), dependsOn(step['build-tool'])], [[], ['build-app']]);
});

test('In a pull request nothing is pushed: what is built from a base that changed builds that, too, in one call', async () => {
  const origin = repository(chain);
  origin.branch('feature').commit({ 'base/b': '2\n' });
  const copy = checkout(origin, 'feature');
  const env = pullRequest(copy);
  expectChange(await preview(copy, { env }), { rung: 'pull-request', built: ['app', 'base', 'tool'] });
  const { step } = await generate(copy, { env });
  const words = commandOf(step['build-app']);
  assert.match(words, /depot bake/);
  assert.match(words, /--set app\.contexts\.ghcr\.io\/acme\/base=target:/);
  assert.doesNotMatch(words, /--push/);
});

test('The link to a base is new, or goes: the image is declared otherwise, or its Dockerfile changed', async () => {
  await expectBuilt(change({ 'other/Dockerfile': 'FROM ghcr.io/acme/base\nCOPY o /\n' }), { other: 'dockerfile' });
  await expectBuilt(change({ 'app/Dockerfile': 'FROM alpine\nCOPY a /\n' }), { app: 'dockerfile', tool: 'base-image' });
});

test('A digest, or a version that nobody here builds, is somebody\'s choice and no link', async () => {
  for (const from of ['ghcr.io/acme/base:1.2.3', `ghcr.io/acme/base@sha256:${'0'.repeat(64)}`, 'ghcr.io/other/base', 'base']) {
    const files = { ...chain, 'app/Dockerfile': `FROM ${from}\nCOPY a /\n` };
    await expectBuilt(change({ 'base/b': '2\n' }, files), { base: 'source' });
  }
});

test('A version that the settings push for this build is a link', async () => {
  const files = { ...chain, ...settings('registry: ghcr.io/acme\ntags: ["{sha}", "{branch}", "7"]\n'), 'app/Dockerfile': 'FROM ghcr.io/acme/base:7\nCOPY a /\n', 'other/Dockerfile': 'FROM ghcr.io/acme/base:main\nCOPY o /\n' };
  await expectBuilt(change({ 'base/b': '2\n' }, files), { app: 'base-image', base: 'source', other: 'base-image', tool: 'base-image' });
});

test('A base that an ARG names, by its default or by what compose gives, is a link', async () => {
  const files = { ...chain, 'app/Dockerfile': 'ARG REGISTRY=ghcr.io/acme\nFROM ${REGISTRY}/base\nCOPY a /\n' };
  await expectBuilt(change({ 'base/b': '2\n' }, files), { app: 'base-image', base: 'source', tool: 'base-image' });
  const { step } = await generate(change({ 'base/b': '2\n' }, files), since);
  assert.match(commandOf(step['build-app']), /--build-context ghcr\.io\/acme\/base=docker-image:/);
});

test('Compose calls its images by name, and a Dockerfile starts from one of them', async () => {
  const files = {
    'compose.yaml': 'services:\n  base: {image: acme/base, build: base}\n  app: {build: app}\n',
    'base/Dockerfile': 'FROM alpine\nCOPY b /\n', 'base/b': '1\n', 'app/Dockerfile': 'FROM acme/base\nCOPY a /\n', 'app/a': '1\n',
  };
  await expectBuilt(change({ 'base/b': '2\n' }, files), { app: 'base-image', base: 'source' });
  await expectBuilt(change({ 'app/a': '2\n' }, files), { app: 'source' });
});

/* compose#13338 */
test('A service is built from another one as a named context: there is no published image that could stand in, so both are built', async () => {
  const files = {
    'compose.yaml': 'services:\n  base: {build: base}\n  app:\n    build: {context: app, additional_contexts: {stage: "service:base"}}\n',
    'base/Dockerfile': 'FROM alpine\nCOPY b /\n', 'base/b': '1\n', 'app/Dockerfile': 'FROM stage\nCOPY a /\n', 'app/a': '1\n',
  };
  await expectBuilt(change({ 'base/b': '2\n' }, files), { app: 'base-image', base: 'source' });
  const said = await expectBuilt(change({ 'app/a': '2\n' }, files), { app: 'source', base: 'needed' });
  assert.equal(said.image.base.why.through, 'app');
});

test('A base that cannot be read is red, and what is built from it waits for it', async () => {
  const made = change({ 'base/Dockerfile': 'FRM alpine\n' });
  const { keys, step } = await generate(made, since);
  assert.ok(keys.includes('build-base') && /exit 1\n?$/.test(commandOf(step['build-base'])));
  await expectBuilt(made, { app: 'base-image', base: 'dockerfile', tool: 'base-image' });
});

/* ---- cycles ------------------------------------------------------------------------------ */

const circle = (more = {}) => ({ ...chain, 'base/Dockerfile': 'FROM ghcr.io/acme/tool\nCOPY b /\n', ...more });

test('Images that are built from each other are red, each naming the way around, and the others are built', async () => {
  const made = repository(circle());
  const { steps, step } = await generate(made, { words: ['--all'] });
  assert.equal(steps.length, 4);
  for (const key of ['build-app', 'build-base', 'build-tool']) {
    const words = commandOf(step[key]);
    assert.match(words, /\[image-cycle\]/);
    for (const name of ['app', 'base', 'tool']) assert.match(words, new RegExp(`\\b${name} is built from`));
    assert.match(words, /exit 1\n?$/);
  }
  assert.match(commandOf(step['build-other']), /depot build/);
  const said = await preview(made, { words: ['--all'] });
  assert.deepEqual(said.warnings, ['image-cycle', 'image-cycle', 'image-cycle']);
});

test('Red steps of a circle wait for nobody, or they would never be seen', async () => {
  const { step } = await generate(repository(circle()), { words: ['--all'] });
  assert.deepEqual(['build-app', 'build-base', 'build-tool'].flatMap((key) => dependsOn(step[key])), []);
});

test('A change that closes a circle makes all of its images red', async () => {
  const { keys } = await generate(change({ 'base/Dockerfile': 'FROM ghcr.io/acme/tool\nCOPY b /\n' }), since);
  assert.deepEqual(keys.sort(), ['build-app', 'build-base', 'build-tool']);
});

test('A change of one image of a circle concerns them all, wherever it is', async () => {
  for (const file of ['base/b', 'app/a', 'tool/t']) {
    const said = await preview(change({ [file]: '2\n' }, circle()), since);
    assert.deepEqual(said.built, ['app', 'base', 'tool'], file);
  }
});

test('A change that does not concern a circle is silent about it', async () => {
  const said = await expectBuilt(change({ 'other/o': '2\n' }, circle()), { other: 'source' });
  assert.deepEqual(said.warnings, []);
});

test('An image that starts from itself is published elsewhere, and is no circle', async () => {
  const files = { ...chain, 'base/Dockerfile': 'FROM ghcr.io/acme/base\nCOPY b /\n' };
  const said = await expectBuilt(change({ 'base/b': '2\n' }, files), { app: 'base-image', base: 'source', tool: 'base-image' });
  assert.deepEqual(said.warnings, []);
});

test('A chain of a hundred images is followed to its end', async () => {
  const files = { ...settings('registry: ghcr.io/acme\n'), 'i0/Dockerfile': 'FROM alpine\nCOPY f /\n', 'i0/f': '1\n' };
  for (let n = 1; n < 100; n++) files[`i${n}/Dockerfile`] = `FROM ghcr.io/acme/i${n - 1}\n`;
  const { keys } = await generate(change({ 'i0/f': '2\n' }, files), since);
  assert.deepEqual(keys, Array.from({ length: 100 }, (_, n) => `build-i${n}`));
});

test('A tag that names an image of a chain releases that one, from what is published', async () => {
  const made = repository(chain);
  const env = job(made, { branch: 'app/v1', BUILDKITE_TAG: 'app/v1' });
  assert.deepEqual((await preview(made, { env })).built, ['app']);
  const { step } = await generate(made, { env });
  assert.doesNotMatch(commandOf(step['build-app']), /--build-context/);
});
