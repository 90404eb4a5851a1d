/*
 * questions.test: what a person asks on a laptop: what would this file build, what builds this image?
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import assert from 'node:assert/strict';
import { repository, run, shop } from './toolbox.mjs';

const library = {
  'compose.yaml': 'services:\n  app:\n    build: {context: ., dockerfile: app/Dockerfile}\n',
  'app/Dockerfile': 'FROM scratch\nCOPY app lib /\n', 'app/main': '1\n',
  '.dockerignore': '**/*.md\n', 'lib/a/one': '1\n', 'lib/two': '2\n', 'lib/notes.md': '3\n',
  'tool/Dockerfile': 'FROM scratch\nCOPY main /\n', 'tool/main': '1\n',
};

async function would(made, path, options) {
  const { status, stdout } = await run(made, ['explain', '--format', 'json', '--path', path], options);
  assert.equal(status, 0);
  return JSON.parse(stdout).images.filter(({ built }) => built).map(({ name, why }) => `${name}: ${why.sentence}`);
}

test('explain --path says which images a change of that file would build', async () => {
  const made = repository(library);
  assert.deepEqual(await would(made, 'lib/two'), ['app: lib/two changed: app/Dockerfile:2 takes it']);
  assert.deepEqual(await would(made, 'tool/Dockerfile'), ['tool: tool/Dockerfile changed']);
  assert.deepEqual(await would(made, 'lib/notes.md'), [], 'the ignore file leaves it out');
});

test('A directory stands for all of its files', async () => {
  const made = repository(library);
  assert.deepEqual(await would(made, 'lib'), ['app: lib/a/one changed: app/Dockerfile:2 takes it']);
  assert.deepEqual(await would(made, 'lib/a/'), ['app: lib/a/one changed: app/Dockerfile:2 takes it']);
  const { stdout } = await run(made, ['explain', '--path', '.']);
  assert.match(stdout, /^if \. changed, 9 changed files$/m);
});

test('A file that is not there yet would be added', async () => {
  const made = repository(library);
  assert.deepEqual(await would(made, 'lib/new'), ['app: lib/new was added: app/Dockerfile:2 takes it']);
  writeFileSync(`${made.root}/lib/untracked`, '1\n');
  assert.deepEqual(await would(made, 'lib/untracked'), ['app: lib/untracked was added: app/Dockerfile:2 takes it']);
});

test('A path is seen from where the person is, and else from the root', async () => {
  const made = repository(library);
  mkdirSync(`${made.root}/lib`, { recursive: true });
  assert.deepEqual(await would(made, 'two', { cwd: `${made.root}/lib` }), ['app: lib/two changed: app/Dockerfile:2 takes it']);
  assert.deepEqual(await would(made, 'lib/two', { cwd: `${made.root}/tool` }), ['app: lib/two changed: app/Dockerfile:2 takes it']);
});

test('explain --files lists what builds an image, and nothing that the ignore file leaves out', async () => {
  const made = repository(library);
  const { status, stdout } = await run(made, ['explain', '--files', 'app']);
  assert.equal(status, 0);
  assert.deepEqual(stdout.trimEnd().split('\n'), ['.dockerignore', 'app/Dockerfile', 'app/main', 'compose.yaml', 'lib/a/one', 'lib/two']);
  const ended = await run(made, ['explain', '--files', 'tool', '-z']);
  assert.deepEqual(ended.stdout.split('\0'), ['tool/Dockerfile', 'tool/main', '']);
});

test('What --files lists is what --path would build', async () => {
  const made = repository(library);
  symlinkSync('../tool', `${made.root}/app/tools`);
  made.commit({});
  const { stdout } = await run(made, ['explain', '--files', 'tool']);
  for (const file of stdout.trimEnd().split('\n')) assert.match((await would(made, file)).join('\n'), /^tool: /m, file);
});

test('An image that is not there gets a question back', async () => {
  const { status, stderr } = await run(repository(shop), ['explain', 'wbe']);
  assert.equal(status, 2);
  assert.match(stderr, /wbe/);
});
