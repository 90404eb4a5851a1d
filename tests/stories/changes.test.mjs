/*
 * changes.test: what a commit does to files, and which images it affects.
 */
import { chmodSync } from 'node:fs';
import test from 'node:test';
import assert from 'node:assert/strict';
import { commandOf, expectBuilt, generate, preview, repository, settings, shop } from './toolbox.mjs';

/* Two commits. */
function change(before, after) {
  const made = repository(before);
  made.commit(after);
  return made;
}

const takes = (...sources) => `FROM scratch\n${sources.map((source) => `COPY ${source} /x/\n`).join('')}`;

/* ---- files come, go and move -------------------------------------------------------------- */

/* nx#15340, dotnet-affected#186 */
test('A file moves from one image to another, and both are built', async () => {
  const files = { ...shop, 'api/Dockerfile': takes('.'), 'web/Dockerfile': takes('.'), 'api/big': 'the same bytes\n'.repeat(50), 'tools/Dockerfile': takes('.') };
  await expectBuilt(change(files, { 'api/big': null, 'web/big': files['api/big'] }), { api: 'context', web: 'context' });
});

/* dotnet-affected#164 */
test('A commit that only deletes a file builds the image that took it', async () => {
  const files = { 'api/Dockerfile': takes('src'), 'api/src/a': '1\n', 'api/src/b': '1\n', 'api/doc/x': '', 'web/Dockerfile': takes('.'), 'web/a': '' };
  const said = await expectBuilt(change(files, { 'api/src/b': null }), { api: 'source' });
  assert.match(said.image.api.why.sentence, /^api\/src\/b was deleted: api\/Dockerfile:2 takes it$/);
  await expectBuilt(change(files, { 'api/doc/x': null }), {});
});

test('The last file of a source is deleted: the image is built, for its build will fail', async () => {
  await expectBuilt(change({ 'api/Dockerfile': takes('main', 'more'), 'api/main': '1\n', 'api/more': '1\n' }, { 'api/more': null }), { api: 'source' });
});

test('A file becomes a directory, and a directory a file', async () => {
  await expectBuilt(change({ 'api/Dockerfile': takes('data'), 'api/data': '1\n', 'api/other': '' }, { 'api/data': null, 'api/data/x': '1\n' }), { api: 'source' });
  await expectBuilt(change({ 'api/Dockerfile': takes('data/x'), 'api/data/x': '1\n' }, { 'api/data': '1\n' }), { api: 'context' });
});

test('A Dockerfile is deleted, and nobody names it any more: the image is gone, and listed as such', async () => {
  const said = await expectBuilt(change(shop, { 'web/Dockerfile': null }), {});
  assert.deepEqual(said.gone, ['web']);
});

test('A Dockerfile is deleted that compose still names: its step is red and says so', async () => {
  const files = { ...shop, 'compose.yaml': 'services:\n  web: {build: web}\n' };
  const made = change(files, { 'web/Dockerfile': null });
  const said = await preview(made, { words: ['--base', 'HEAD~1'] });
  assert.deepEqual([said.built, said.image.web.broken, said.gone], [['web'], true, []]);
  const { step } = await generate(made, { words: ['--base', 'HEAD~1'] });
  assert.match(commandOf(step['build-web']), /missing-dockerfile/);
  assert.match(commandOf(step['build-web']), /exit 1\n?$/);
});

test('A Dockerfile moves: one image is new and another gone', async () => {
  const said = await expectBuilt(change(shop, { 'web/Dockerfile': null, 'web/main': null, 'site/Dockerfile': shop['web/Dockerfile'], 'site/main': '1\n' }), { site: 'new' });
  assert.deepEqual(said.gone, ['web']);
});

test('A Dockerfile is new: its image is built, and its neighbour is not', async () => {
  await expectBuilt(change(shop, { 'tools/Dockerfile': 'FROM scratch\n' }), { tools: 'new' });
});

test('A COPY is removed: the image is built once, and what it took does not matter any more', async () => {
  const made = change({ 'api/Dockerfile': takes('a', 'b'), 'api/a': '', 'api/b': '' }, { 'api/Dockerfile': takes('a') });
  await expectBuilt(made, { api: 'dockerfile' });
  made.commit({ 'api/b': '2\n' });
  await expectBuilt(made, {});
});

test('A comment in a Dockerfile counts, for its bytes are part of the build', async () => {
  await expectBuilt(change(shop, { 'api/Dockerfile': `# hello\n${shop['api/Dockerfile']}` }), { api: 'dockerfile' });
});

test('A README changes and nobody takes it: one skipped step', async () => {
  const made = change(shop, { 'README.md': 'more\n' });
  await expectBuilt(made, {});
  const { keys, steps: [step] } = await generate(made, { words: ['--base', 'HEAD~1'] });
  assert.deepEqual([keys, typeof step.skip], [['build-nothing'], 'string']);
});

/* ---- modes, links, submodules, names ------------------------------------------------------------ */

test('A script becomes executable, and the image that takes it is built', async () => {
  const made = repository(shop);
  chmodSync(made.path('api/main'), 0o755);
  made.commit();
  await expectBuilt(made, { api: 'source' });
});

test('A link is turned to another file, and the image that takes it is built', async () => {
  const files = { 'api/Dockerfile': takes('current'), 'api/v1': '1\n', 'api/v2': '2\n', 'api/current': { link: 'v1' } };
  await expectBuilt(change(files, { 'api/current': { link: 'v2' } }), { api: 'source' });
});

test('A link leads to a directory: what changes there is taken, and what changes where it led before is not', async () => {
  const files = { 'api/Dockerfile': takes('current/a'), 'api/v1/a': '1\n', 'api/v2/a': '2\n', 'api/current': { link: 'v1' } };
  const made = change(files, { 'api/v1/a': '1.1\n' });
  await expectBuilt(made, { api: 'source' });
  made.commit({ 'api/v2/a': '2.1\n' });
  await expectBuilt(made, {});
  made.commit({ 'api/current': { link: 'v2' } });
  await expectBuilt(made, { api: 'source' });
  made.commit({ 'api/v2/a': '2.2\n' });
  await expectBuilt(made, { api: 'source' });
  made.commit({ 'api/v1/a': '1.2\n' });
  await expectBuilt(made, {});
});

test('A file becomes a link with the same content, and the image is built', async () => {
  await expectBuilt(change({ ...shop, 'api/same': '1\n' }, { 'api/main': { link: 'same' } }), { api: 'source' });
});

test('A submodule moves on, and the image that takes what is in it is built', async () => {
  for (const source of ['lib', 'lib/src/main.c', '.']) {
    const made = repository({ 'api/Dockerfile': takes(source), 'web/Dockerfile': takes('a'), 'web/a': '' });
    made.submodule('api/lib', '11'.repeat(20)).git('commit', '-q', '-m', 'submodule');
    made.submodule('api/lib', '22'.repeat(20)).git('commit', '-q', '-m', 'moves on');
    const said = await preview(made, { words: ['--base', 'HEAD~1'] });
    assert.deepEqual([said.change.files, said.built], [1, ['api']], `COPY ${source}`);
  }
});

test('Names that are not ASCII, with spaces, quotes, a backslash, a newline', async () => {
  for (const name of ['grün.txt', 'a b', 'a"b', "a'b", 'a\\b', 'a\nb', '日本', '*', '[x]', '-n']) {
    const made = change({ 'ä/Dockerfile': takes('.'), [`ä/${name}`]: '1\n', ...shop }, { [`ä/${name}`]: '2\n' });
    await expectBuilt(made, { ä: 'context' });
  }
});

test('A source that is named in JSON, with spaces and letters that are not ASCII', async () => {
  const files = { ...shop, 'api/Dockerfile': 'FROM scratch\nCOPY ["grün und blau", "/"]\n', 'api/grün und blau': '1\n', 'api/grün': '1\n' };
  await expectBuilt(change(files, { 'api/grün und blau': '2\n' }), { api: 'source' });
  await expectBuilt(change(files, { 'api/grün': '2\n' }), {});
});

/* ---- ignore files ---------------------------------------------------------------------------------- */

const ignoring = { ...shop, 'api/Dockerfile': takes('.'), 'api/.dockerignore': '# docs\n*.md\n', 'api/a.md': '', 'api/b.txt': '' };

test('An ignore file that leaves out other files builds the image', async () => {
  await expectBuilt(change(ignoring, { 'api/.dockerignore': '*.md\n*.txt\n' }), { api: 'ignore-file' });
  await expectBuilt(change(ignoring, { 'api/.dockerignore': null }), { api: 'ignore-file' });
  await expectBuilt(change(ignoring, { 'api/Dockerfile.dockerignore': '*.txt\n' }), { api: 'ignore-file' });
});

test('An ignore file with another comment, builds nothing', async () => {
  const files = { ...ignoring, 'api/Dockerfile': takes('*.txt', '*.md') };
  await expectBuilt(change(files, { 'api/.dockerignore': '# documentation\n\n*.md\n' }), {});
});

test('An ignore file that is copied itself is a file like others', async () => {
  await expectBuilt(change(ignoring, { 'api/.dockerignore': '# documentation\n*.md\n' }), { api: 'context' });
});

test('A file that the ignore file leaves out does not matter, and one that it takes back does', async () => {
  const files = { ...ignoring, 'api/.dockerignore': '*\n!src\nsrc/*.md\n', 'api/src/a.go': '', 'api/src/a.md': '' };
  await expectBuilt(change(files, { 'api/b.txt': '2\n', 'api/src/a.md': '2\n' }), {});
  await expectBuilt(change(files, { 'api/src/a.go': '2\n' }), { api: 'context' });
});

/* skaffold#597 */
test('The ignore file names the Dockerfile itself, and a change of it still builds the image', async () => {
  const files = { 'api/Dockerfile': takes('.'), 'api/.dockerignore': 'Dockerfile\n.dockerignore\n', 'api/a': '' };
  await expectBuilt(change(files, { 'api/Dockerfile': takes('a') }), { api: 'dockerfile' });
});

/* ---- what a Dockerfile takes ------------------------------------------------------------------------ */

/* skaffold#9411 */
test('COPY --parents takes what it says', async () => {
  const files = { 'api/Dockerfile': '# syntax=docker/dockerfile:1\nFROM scratch\nCOPY --parents src/./a/*.go /x/\n', 'api/src/a/m.go': '', 'api/src/a/m.md': '', 'api/src/b/m.go': '' };
  await expectBuilt(change(files, { 'api/src/a/m.go': '2\n' }), { api: 'source' });
  await expectBuilt(change(files, { 'api/src/b/m.go': '2\n' }), {});
});

/* skaffold#6796 */
test('A source with a quoted ENV in it is read', async () => {
  const files = { 'api/Dockerfile': 'FROM alpine\nENV DIR="src dir"\nENV NAME=\'a\'\nCOPY ["$DIR/${NAME}.txt", "/"]\n', 'api/src dir/a.txt': '', 'api/src dir/b.txt': '' };
  await expectBuilt(change(files, { 'api/src dir/a.txt': '2\n' }), { api: 'source' });
  await expectBuilt(change(files, { 'api/src dir/b.txt': '2\n' }), {});
});

/* skaffold#828 */
test('A source with an ARG in it is read, with its default and with what compose gives', async () => {
  const files = { 'api/Dockerfile': 'FROM alpine\nARG DIR=one\nCOPY ${DIR} /\n', 'api/one/a': '', 'api/two/a': '' };
  await expectBuilt(change(files, { 'api/one/a': '2\n' }), { api: 'source' });
  await expectBuilt(change(files, { 'api/two/a': '2\n' }), {});
  const composed = { ...files, 'compose.yaml': 'services: {api: {build: {context: api, args: {DIR: two}}}}\n' };
  await expectBuilt(change(composed, { 'api/two/a': '2\n' }), { api: 'source' });
  await expectBuilt(change(composed, { 'api/one/a': '2\n' }), {});
});

test('A source whose ARG only the step knows widens to the whole context, and says so', async () => {
  const files = { 'api/Dockerfile': 'FROM alpine\nARG DIR\nCOPY ${DIR}/a /\n', 'api/x': '', 'web/Dockerfile': takes('a'), 'web/a': '' };
  const composed = { ...files, 'compose.yaml': 'services: {api: {build: {context: api, args: [DIR]}}}\n' };
  const said = await expectBuilt(change(composed, { 'api/x': '2\n' }), { api: 'context' });
  assert.ok(said.image.api.widened.reason);
});

test('A source that no tracked file matches is made by something before the build: all of the context counts', async () => {
  const files = { 'api/Dockerfile': takes('target/app.jar'), 'api/src/Main.java': '', 'api/pom.xml': '', 'web/Dockerfile': takes('a'), 'web/a': '' };
  const said = await expectBuilt(change(files, { 'api/src/Main.java': '2\n' }), { api: 'context' });
  assert.match(said.image.api.widened.reason, /target\/app\.jar/);
  assert.match(said.image.api.why.sentence, /all of the context counts/);
});

test('A bind mount takes what it says, and a stage that is not built takes nothing', async () => {
  const files = { 'api/Dockerfile': 'FROM alpine AS test\nCOPY tests /t\nFROM alpine\nRUN --mount=type=bind,source=go.mod,target=go.mod true\n', 'api/go.mod': '', 'api/tests/t': '' };
  await expectBuilt(change(files, { 'api/go.mod': '2\n' }), { api: 'source' });
  await expectBuilt(change(files, { 'api/tests/t': '2\n' }), {});
});

test('COPY --exclude leaves out what it says', async () => {
  const files = { 'api/Dockerfile': '# syntax=docker/dockerfile:1.7-labs\nFROM scratch\nCOPY --exclude=*.md src /\n', 'api/src/a.go': '', 'api/src/a.md': '' };
  await expectBuilt(change(files, { 'api/src/a.md': '2\n' }), {});
  await expectBuilt(change(files, { 'api/src/a.go': '2\n' }), { api: 'source' });
});

/* skaffold#3760, #3771 */
test('The Dockerfile lies below what it copies: the context is where the sources are', async () => {
  const files = { 'services/api/Dockerfile': takes('services/api/main', 'libs/auth'), 'services/api/main': '', 'libs/auth/a': '', 'libs/other/a': '', 'services/web/Dockerfile': takes('main'), 'services/web/main': '' };
  await expectBuilt(change(files, { 'libs/auth/a': '2\n' }), { 'services/api': 'source' });
  await expectBuilt(change(files, { 'libs/other/a': '2\n' }), {});
});

/* skaffold#3793 */
test('A Dockerfile of vendored code is no image, and it is said that it is left out', async () => {
  const said = await expectBuilt(change(shop, { 'vendor/x/Dockerfile': 'FROM scratch\n', 'api/node_modules/y/Dockerfile': 'FROM scratch\n' }), {});
  assert.deepEqual(said.left_out.map(({ path }) => path).sort(), ['api/node_modules/y/Dockerfile', 'vendor/x/Dockerfile']);
});

test('A file comes that moves an inferred context: the image is built', async () => {
  const files = { 'a/b/Dockerfile': takes('x', 'y'), 'a/x': '', 'a/y': '' };
  const made = change(files, { 'a/b/x': '', 'a/b/y': '' });
  const said = await preview(made, { words: ['--base', 'HEAD~1'] });
  assert.deepEqual([said.image['a/b'].context.path, said.built], ['a/b', ['a/b']]);
});

test('A Dockerfile that does not parse is red, is built when it changes, and is silent when it does not', async () => {
  const files = { ...shop, 'broken/Dockerfile': 'FRM scratch\n' };
  const made = change(files, { 'broken/Dockerfile': 'FRM alpine\n' });
  const { step } = await generate(made, { words: ['--base', 'HEAD~1'] });
  assert.deepEqual(Object.keys(step), ['build-broken']);
  assert.match(commandOf(step['build-broken']), /exit 1\n?$/);
  const quiet = change(files, { 'api/main': '2\n' });
  const said = await expectBuilt(quiet, { api: 'source' });
  assert.deepEqual(said.warnings, []);
});

test('A Dockerfile is repaired: its image is built', async () => {
  await expectBuilt(change({ ...shop, 'api/Dockerfile': 'FRM scratch\n' }, { 'api/Dockerfile': 'FROM scratch\n' }), { api: 'dockerfile' });
});
