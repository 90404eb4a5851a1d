/*
 * selection.test: which images somebody asks for, changes that somebody names, files as they lie there, and what becomes of the rest.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import assert from 'node:assert/strict';
import { commandOf, dependsOn, expectChange, generate, job, place, preview, pullRequest, repository, run, settings, shop } from './toolbox.mjs';

const poison = '[depot-pipeline failed and generated nothing; its messages say why\n';

const chain = {
  ...settings('registry: ghcr.io/acme\n'),
  'base/Dockerfile': 'FROM alpine\nCOPY b /\n', 'base/b': '1\n',
  'app/Dockerfile': 'FROM ghcr.io/acme/base\nCOPY a /\n', 'app/a': '1\n',
  'tool/Dockerfile': 'FROM ghcr.io/acme/app\nCOPY t /\n', 'tool/t': '1\n',
};

/* The last commit changes `files`. */
function change(files, before = shop) {
  const made = repository(before);
  made.commit(files);
  return made;
}

/* ---- images that are asked for ------------------------------------------------------------- */

test('--only builds what is asked for and what that is built from, affected or not, and nothing else', async () => {
  const made = change({ 'tool/t': '2\n' }, chain);
  const said = await preview(made, { words: ['--base', 'HEAD~1', '--only', 'app'] });
  assert.deepEqual([said.built, said.image.app.why.rule, said.image.base.why.rule], [['app', 'base'], 'only', 'needed']);
  assert.equal(said.image.tool.affected, true);
  const { keys, step } = await generate(made, { words: ['--only', 'app'] });
  assert.deepEqual([keys, dependsOn(step['build-app'])], [['build-base', 'build-app'], ['build-base']]);
  assert.deepEqual((await generate(made, { words: ['--only', 'base'] })).keys, ['build-base']);
});

test('--only takes a list, several times, globs, and a variable', async () => {
  const made = repository({ ...shop, 'tools/a/Dockerfile': 'FROM scratch\n', 'tools/b/Dockerfile': 'FROM scratch\n' });
  const built = async (words, env = {}) => (await preview(made, { words, env })).built;
  assert.deepEqual(await built(['--only', 'api,web']), ['api', 'web']);
  assert.deepEqual(await built(['--only', 'api', '--only=web']), ['api', 'web']);
  assert.deepEqual(await built(['--only', 'tools/*']), ['tools/a', 'tools/b']);
  assert.deepEqual(await built([], { DEPOT_PIPELINE_ONLY: 'tools/b' }), ['tools/b']);
});

test('A glob of --only may have alternatives in braces, as globs of the settings have', async () => {
  const made = repository({ ...shop, 'tools/Dockerfile': 'FROM scratch\n' });
  assert.deepEqual((await preview(made, { words: ['--only', '{web,tools}'] })).built, ['tools', 'web']);
});

test('--exclude builds the rest, and what is built from it takes the published one', async () => {
  const made = change({ 'base/b': '2\n', 'app/a': '2\n' }, chain);
  const words = ['--base', 'HEAD~1', '--exclude', 'base'];
  assert.deepEqual((await preview(made, { words })).built, ['app', 'tool']);
  const { keys, step } = await generate(made, { words });
  assert.deepEqual([keys, dependsOn(step['build-app']), dependsOn(step['build-tool'])], [['build-app', 'build-tool'], [], ['build-app']]);
  assert.doesNotMatch(commandOf(step['build-app']), /--build-context/);
  assert.deepEqual((await preview(made, { words: ['--only', 'tool', '--exclude', 'base'] })).built, ['app', 'tool']);
});

test('A name that no image has is likely mistyped: status 2, nothing is generated, and the nearest name is told', async () => {
  const made = repository(shop);
  for (const option of ['--only', '--exclude']) {
    for (const name of ['apii', 'nothing/*', 'api,wbe']) {
      const result = await run(made, ['generate', option, name]);
      assert.deepEqual([result.status, result.stdout], [2, poison], name);
      assert.match(result.stderr, /\[no-such-image\]/);
    }
  }
  assert.match((await run(made, ['generate', '--only', 'apii'])).stderr, /no image is called 'apii'; did you mean 'api'\?/);
});

test('--all builds everything, whatever changed and whatever git can tell', async () => {
  const made = change({ 'README.md': '2\n' });
  expectChange(await preview(made, { words: ['--all', '--base', 'no-such-branch'] }), { rung: 'all', everything: true, built: ['api', 'web'] });
  expectChange(await preview(made, { env: { ...pullRequest(made), DEPOT_PIPELINE_ALL: '1' } }), { rung: 'all', everything: true, built: ['api', 'web'] });
  assert.equal((await run(made, ['generate', '--all', '--changed-files', 'x'])).status, 2);
});

/* ---- what becomes of the others --------------------------------------------------------------- */

test('Images that are not affected are left out, or skipped visibly with the reason, or keep a step that builds nothing', async () => {
  const made = change({ 'api/main': '2\n' });
  const words = ['--base', 'HEAD~1', '--unaffected'];
  assert.deepEqual((await generate(made, { words: [...words, 'omit'] })).keys, ['build-api']);
  const skipped = await generate(made, { words: [...words, 'skip'] });
  assert.deepEqual([skipped.keys, skipped.step['build-web'].skip], [['build-api', 'build-web'], 'nothing it is made of changed']);
  assert.equal(skipped.step['build-api'].skip, undefined);
  const kept = await generate(made, { words: [...words, 'keep'] });
  assert.deepEqual([kept.keys, kept.step['build-web'].skip], [['build-api', 'build-web'], undefined]);
  assert.equal(commandOf(kept.step['build-web']).trim(), 'echo "+++ :docker: web is not built: nothing it is made of changed"');
});

test('The settings say so for one image, and the option for all', async () => {
  const files = { ...shop, 'tools/Dockerfile': 'FROM scratch\n', ...settings('images: [{match: {name: web}, unaffected: keep}]\n') };
  const made = change({ 'api/main': '2\n' }, files);
  assert.deepEqual((await generate(made, { words: ['--base', 'HEAD~1'] })).keys, ['build-api', 'build-web']);
  const { keys, step } = await generate(made, { words: ['--base', 'HEAD~1', '--unaffected', 'skip'] });
  assert.deepEqual([keys, typeof step['build-web'].skip, typeof step['build-tools'].skip], [['build-api', 'build-tools', 'build-web'], 'string', 'string']);
});

test('A step that is kept runs where the image would be built, and waits for nobody', async () => {
  const made = change({ 'tool/t': '2\n' }, { ...chain, ...settings('registry: ghcr.io/acme\nunaffected: keep\nstep: {agents: {queue: builders}}\n') });
  const { keys, step } = await generate(made, { words: ['--base', 'HEAD~1'] });
  assert.deepEqual(keys.sort(), ['build-app', 'build-base', 'build-tool']);
  assert.deepEqual(step['build-app'].agents, { queue: 'builders' });
  assert.deepEqual([dependsOn(step['build-app']), dependsOn(step['build-tool'])], [[], []]);
});

test('Nothing is affected: one skipped step, with the prefix of this upload', async () => {
  const made = change({ 'README.md': '2\n' });
  const { keys, steps: [step] } = await generate(made, { words: ['--base', 'HEAD~1', '--key-prefix', 'ci-'] });
  assert.deepEqual([keys, typeof step.skip], [['ci-build-nothing'], 'string']);
  const kept = await generate(made, { words: ['--base', 'HEAD~1', '--unaffected', 'skip'] });
  assert.deepEqual(kept.keys, ['build-api', 'build-web'], 'skipped steps are steps');
});

test('Everything is excluded: one skipped step', async () => {
  assert.deepEqual((await generate(repository(shop), { words: ['--exclude', '*'] })).keys, ['build-nothing']);
});

/* ---- a list of changes -------------------------------------------------------------------------- */

test('A list of changed files: by newline, CRLF, NUL, with or without an end, twice, with ./ in front', async () => {
  const made = repository(shop);
  const file = place('list');
  for (const list of ['api/main\nREADME.md\n', 'api/main\r\nREADME.md\r\n', 'api/main\0README.md\0', 'README.md\0api/main', 'README.md\napi/main', 'api/main\n./api/main\n\nREADME.md\n']) {
    writeFileSync(file, list);
    const said = await preview(made, { words: ['--changed-files', file] });
    expectChange(said, { rung: 'given', built: ['api'], sentence: /^2 changed files, as / });
    const piped = await preview(made, { words: ['--changed-files', '-'], input: list });
    assert.deepEqual([piped.change.files, piped.built], [2, ['api']]);
  }
});

test('A name with a newline is one where NUL ends names, and a carriage return stays', async () => {
  const made = repository({ ...shop, 'api/Dockerfile': 'FROM scratch\nCOPY . /\n', 'api/a\nb': '', 'web/Dockerfile': 'FROM scratch\nCOPY . /\n', 'web/c\r': '' });
  assert.deepEqual((await preview(made, { words: ['--changed-files', '-'], input: 'api/a\nb\0' })).built, ['api']);
  assert.deepEqual((await preview(made, { words: ['--changed-files', '-'], input: 'web/c\r\0' })).built, ['web']);
});

test('Names are seen from the root, wherever the program runs, and a name that is no file was deleted', async () => {
  const made = repository({ ...shop, 'api/Dockerfile': 'FROM scratch\nCOPY . /\n' });
  const said = await preview(made, { words: ['--changed-files', '-'], input: 'api/gone\n', cwd: made.path('web') });
  assert.deepEqual([said.built, said.image.api.why.sentence], [['api'], 'api/gone was deleted: api/Dockerfile:2 takes all of the context']);
});

test('The agent hands over a list of changed files; a base that somebody names is stronger, a list that somebody names is strongest', async () => {
  const made = change({ 'web/main': '2\n' });
  const file = place('list');
  writeFileSync(file, 'api/main\n');
  const env = { ...job(made, { branch: 'feature' }), BUILDKITE_CHANGED_FILES_PATH: file };
  expectChange(await preview(made, { env }), { rung: 'given', built: ['api'] });
  expectChange(await preview(made, { env, words: ['--base', 'HEAD~1'] }), { rung: 'explicit', built: ['web'] });
  expectChange(await preview(made, { env, words: ['--changed-files', '-'], input: 'README.md\n' }), { rung: 'given', built: [] });
});

test('A list that is missing, or a directory: status 3, and nothing on standard output but the line that no agent takes', async () => {
  const made = repository(shop);
  const file = place('nowhere');
  for (const words of [['--changed-files', file], ['--changed-files', made.root]]) {
    const result = await run(made, ['generate', ...words]);
    assert.deepEqual([result.status, result.stdout], [3, poison]);
    assert.match(result.stderr, /\[changed-files\]/);
  }
  assert.equal((await run(made, ['generate'], { env: { ...job(made), BUILDKITE_CHANGED_FILES_PATH: file } })).status, 3);
});

test('A list names a compose file, whose old side is not known: all that it declares is built', async () => {
  const made = repository({ ...shop, 'tools/Dockerfile': 'FROM scratch\n', 'shop/compose.yaml': 'services: {api: {build: ../api}, web: {build: ../web}}\n' });
  const said = await preview(made, { words: ['--changed-files', '-'], input: 'shop/compose.yaml\n' });
  assert.deepEqual([said.built, said.image['shop/api'].why.rule], [['shop/api', 'shop/web'], 'unknown']);
});

test('An empty list is no change, and is worth a warning', async () => {
  const made = repository(shop);
  for (const input of ['', '\n', '\0']) expectChange(await preview(made, { words: ['--changed-files', '-'], input }), { rung: 'given', built: [], warnings: ['changed-files'] });
});

/* ---- files as they lie there --------------------------------------------------------------------- */

const lying = () => change({ 'README.md': '2\n' }, { ...shop, 'api/Dockerfile': 'FROM scratch\nCOPY . /\n', '.gitignore': '*.log\n' });
const here = ['--base', 'HEAD~1', '--worktree', '--untracked'];

test('--worktree counts what is not committed: changed, staged, deleted, turned executable', async () => {
  const ways = [
    (made) => made.write({ 'web/main': '3\n' }),
    (made) => made.write({ 'web/main': '3\n' }).git('add', '-A'),
    (made) => made.write({ 'web/main': null }),
    (made) => chmodSync(made.path('web/main'), 0o755),
    (made) => made.write({ 'web/main': { link: '../README.md' } }),
  ];
  for (const way of ways) {
    const made = lying();
    way(made);
    expectChange(await preview(made, { words: here }), { rung: 'explicit', built: ['web'] });
    expectChange(await preview(made, { words: ['--base', 'HEAD~1'] }), { rung: 'explicit', built: [] });
  }
});

test('--worktree counts files that git does not track, but none that it ignores', async () => {
  const made = lying();
  made.write({ 'api/debug.log': '' });
  expectChange(await preview(made, { words: here }), { rung: 'explicit', built: [] });
  made.write({ 'api/new': '' });
  const said = await preview(made, { words: here });
  expectChange(said, { rung: 'explicit', built: ['api'] });
  assert.equal(said.image.api.why.sentence, 'api/new was added: api/Dockerfile:2 takes all of the context');
  made.write({ 'tools/Dockerfile': 'FROM scratch\n' });
  assert.deepEqual((await preview(made, { words: here })).built, ['api', 'tools']);
});

test('--worktree compares compose files as they lie there with the committed ones', async () => {
  const compose = (v) => ({ 'compose.yaml': `services:\n  api: {build: {context: api, args: {V: "${v}"}}}\n  web: {build: web}\n` });
  const made = change({ 'README.md': '2\n' }, { ...shop, ...compose(1) });
  made.write(compose(2));
  expectChange(await preview(made, { words: here }), { rung: 'explicit', built: ['api'] });
});

test('--worktree on a branch counts what is committed there as well', async () => {
  const made = repository(shop);
  made.branch('feature').commit({ 'api/main': '2\n' });
  made.write({ 'web/main': '2\n' });
  expectChange(await preview(made, { words: ['--worktree'] }), { rung: 'branch', built: ['api', 'web'] });
  expectChange(await preview(made), { rung: 'branch', built: ['api'] });
});

test('--worktree right after a branch was made counts what is not committed there', async () => {
  const made = repository(shop);
  made.branch('feature').write({ 'web/main': '2\n' });
  expectChange(await preview(made, { words: ['--worktree'] }), { rung: 'branch', built: ['web'] });
});

test('--worktree right after a branch was made counts a file that git does not track yet', async () => {
  const made = repository({ ...shop, 'api/Dockerfile': 'FROM scratch\nCOPY . /\n' });
  made.branch('feature').write({ 'api/new': '' });
  expectChange(await preview(made, { words: ['--worktree', '--untracked'] }), { rung: 'branch', built: ['api'] });
});

test('A repository inside that is not a submodule, and a directory that is ignored, are no harm', async () => {
  const made = lying();
  mkdirSync(made.path('api/inner'));
  made.git('init', '-q', 'api/inner');
  const said = await preview(made, { words: here });
  assert.equal(said.status, 0);
});
