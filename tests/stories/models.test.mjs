/*
 * models.test: compose files of several parts, and bake files: which of their changes builds what.
 */
import test from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandOf, expectBuilt, generate, preview, repository, run, settings } from './toolbox.mjs';

/* api and web are the root's, worker comes by include; api extends what lies in common. */
const parts = {
  'compose.yaml': 'include: [worker/compose.yaml]\nservices:\n  api: {extends: {file: common/base.yaml, service: go}, build: {context: api}}\n  web: {build: web}\n',
  'common/base.yaml': 'services:\n  go: {build: {args: {GO: "1.22"}}}\n',
  'worker/compose.yaml': 'services:\n  worker: {build: {context: ., args: {V: "${V}"}}}\n',
  'worker/.env': 'V=1\n',
  'api/Dockerfile': 'FROM scratch\nCOPY a /\n', 'api/a': '1\n',
  'web/Dockerfile': 'FROM scratch\nCOPY w /\n', 'web/w': '1\n',
  'worker/Dockerfile': 'FROM scratch\nCOPY k /\n', 'worker/k': '1\n',
};

function change(after, before = parts) {
  const made = repository(before);
  made.commit(after);
  return made;
}

test('An included file says something else: its services are built', async () => {
  await expectBuilt(change({ 'worker/compose.yaml': 'services:\n  worker: {build: {context: ., target: x, args: {V: "${V}"}}}\n', 'worker/Dockerfile': 'FROM scratch AS x\nCOPY k /\n' }),
    { worker: 'definition' });
});

test('The .env of an included file is its own: what refers to it is built', async () => {
  const said = await expectBuilt(change({ 'worker/.env': 'V=2\n' }), { worker: 'definition' });
  assert.match(said.image.worker.why.sentence, /variables in \.env/);
});

test('A file that is extended changes: whoever extends it is built', async () => {
  await expectBuilt(change({ 'common/base.yaml': 'services:\n  go: {build: {args: {GO: "1.23"}}}\n' }), { api: 'definition' });
});

test('A comment in any of them builds nothing', async () => {
  await expectBuilt(change({ 'common/base.yaml': `# c\n${parts['common/base.yaml']}`, 'worker/compose.yaml': `# c\n${parts['worker/compose.yaml']}` }), {});
});

test('Without the other side a part that changed counts for all of its model', async () => {
  const made = repository(parts), list = path.join(made.root, '../parts.txt');
  for (const name of ['common/base.yaml', 'worker/compose.yaml']) {
    writeFileSync(list, `${name}\n`);
    const { built } = await preview(made, { words: ['--changed-files', list] });
    assert.deepEqual(built, ['api', 'web', 'worker'], name);
  }
});

test('What git does not know is missing, as it is in CI', async () => {
  const made = repository({ ...parts, '.gitignore': 'local.env\n', 'compose.yaml': 'include: [{path: worker/compose.yaml, env_file: local.env}]\n' });
  writeFileSync(path.join(made.root, 'local.env'), 'V=from-a-laptop\n');
  const { stdout, stderr } = await run(made, ['generate', '--all', '--no-worktree']);
  assert.doesNotMatch(stdout, /from-a-laptop/);
  assert.match(stderr, /'local\.env' does not exist/);
});

test('Two models of one directory keep their services apart', async () => {
  const made = repository({
    ...settings('discovery: {compose: [dev.yml, prod.yml]}\n'),
    'dev.yml': 'services:\n  base: {build: dev}\n  app-dev: {build: {context: app, additional_contexts: {base: "service:base"}}}\n',
    'prod.yml': 'services:\n  base: {build: prod}\n  app-prod: {build: {context: app, target: x, additional_contexts: {base: "service:base"}}}\n',
    'dev/Dockerfile': 'FROM scratch\n', 'prod/Dockerfile': 'FROM scratch\n', 'app/Dockerfile': 'FROM base AS x\n',
  });
  const { step } = await generate(made, { words: ['--all'] });
  assert.match(commandOf(step['build-app-dev']), /--set \S+\.context=dev /);
  assert.match(commandOf(step['build-app-prod']), /--set \S+\.context=prod /);
});

const bake = {
  'docker-bake.hcl': 'variable "V" { default = "1" }\ntarget "default" {\n  context = "app"\n  args = { V = "${V}" }\n}\n',
  'app/Dockerfile': 'FROM scratch\nCOPY a /\n', 'app/a': '1\n',
};

test('A bake file: the default of a variable changes, and what refers to it is built', async () => {
  await expectBuilt(change({ 'docker-bake.hcl': bake['docker-bake.hcl'].replace('"1"', '"2"') }, bake), { default: 'definition' });
  await expectBuilt(change({ 'docker-bake.hcl': `# c\n${bake['docker-bake.hcl']}` }, bake), {});
  await expectBuilt(change({ 'app/a': '2\n' }, bake), { default: 'source' });
});

test('A target that needs evaluation is built whenever its file changes: nobody knows what that means', async () => {
  const open = { ...bake, 'docker-bake.hcl': 'target "default" {\n  context = "app"\n  labels = { v = upper("x") }\n}\n' };
  await expectBuilt(change({ 'docker-bake.hcl': open['docker-bake.hcl'].replace('"x"', '"y"') }, open), { default: 'definition' });
  await expectBuilt(change({ 'README': 'x\n' }, open), {});
});

test('A bake target and a compose service of one Dockerfile are one image, unless they build other stages', async () => {
  const files = { ...bake, 'compose.yaml': 'services:\n  app: {build: app}\n' };
  const names = async (made) => (await preview(made)).images.map(({ name }) => name);
  assert.deepEqual(await names(repository(files)), ['app']);
  const stages = { ...files, 'app/Dockerfile': 'FROM scratch AS x\nCOPY a /\n', 'compose.yaml': 'services:\n  app: {build: {context: app, target: x}}\n' };
  assert.deepEqual(await names(repository(stages)), ['app', 'default']);
});
