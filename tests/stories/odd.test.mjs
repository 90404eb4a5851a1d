/*
 * odd.test: a person's git, names that mean several things, histories that meet twice.
 */
import { utimesSync, writeFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import assert from 'node:assert/strict';
import { checkout, clone, expectChange, job, place, preview, pullRequest, Repository, repository, run, settings, shop } from './toolbox.mjs';

function feature(files = {}) {
  const origin = repository({ ...shop, ...files });
  origin.branch('feature').commit({ 'api/main': '2\n' });
  origin.branch('main');
  return origin;
}

test('Whatever a person\'s git is configured to do with differences, the same is said', async () => {
  const files = { 'ä/Dockerfile': 'FROM scratch\nCOPY . /\n', 'ä/big': 'the same bytes\n'.repeat(50), 'web/Dockerfile': 'FROM scratch\nCOPY . /\n' };
  const origin = feature(files);
  origin.branch('feature').commit({ 'ä/big': null, 'web/big': files['ä/big'] });
  const copy = clone(origin);
  copy.git('checkout', '-q', 'feature');
  const home = place('home');
  mkdirSync(home);
  writeFileSync(path.join(home, 'order'), 'web/*\n');
  writeFileSync(path.join(home, '.gitconfig'), `[core]
  quotepath = true
  pager = false
  abbrev = 4
  attributesFile = ${home}/attributes
  fsmonitor = touch ${home}/PWNED
[color]
  ui = always
[diff]
  renames = copies
  noprefix = true
  external = false
  relative = true
  orderFile = ${home}/order
  ignoreSubmodules = all
  algorithm = histogram
  stat = true
[diff "x"]
  textconv = false
[log]
  showSignature = true
[url "http://127.0.0.1:9/"]
  insteadOf = file://
[fetch]
  prune = true
[alias]
  diff = !false
`);
  writeFileSync(path.join(home, 'attributes'), '* diff=x\n');
  const wanted = await preview(copy, { words: ['--base', 'origin/main'], cwd: copy.path('web') });
  const said = await preview(copy, { words: ['--base', 'origin/main'], cwd: copy.path('web'), env: { HOME: home } });
  assert.deepEqual([said.built, said.change], [['api', 'web', 'ä'], wanted.change]);
});

test('In a hook of git, with its variables, the checkout is still the one', async () => {
  const origin = feature();
  const other = repository({ 'other/Dockerfile': 'FROM scratch\n' });
  origin.branch('feature');
  const env = { GIT_DIR: '.git', GIT_WORK_TREE: '.', GIT_PREFIX: 'x/', GIT_INDEX_FILE: origin.path('.git/index') };
  expectChange(await preview(origin, { words: ['--base', 'main'], env }), { rung: 'explicit', built: ['api'] });
  assert.deepEqual((await preview(other, { words: ['--all'] })).built, ['other']);
});

test('A tag and a branch of the same name as main do not stand in for it', async () => {
  const copy = checkout(feature(), 'feature');
  copy.git('tag', 'main', 'HEAD');
  copy.git('branch', 'origin/main', 'HEAD');
  for (const words of [[], ['--base', 'main'], ['--base', 'origin/main']]) {
    const said = await preview(copy, { env: pullRequest(copy), words });
    assert.deepEqual([said.change.everything, said.built], [false, ['api']], words.join(' '));
  }
});

const crossed = () => {
  const origin = repository(shop);
  origin.branch('feature').commit({ 'api/main': '2\n' });
  origin.branch('main').commit({ 'README.md': '2\n' });
  origin.git('branch', 'old-main');
  origin.merge('feature');
  origin.branch('feature').merge('old-main');
  origin.commit({ 'web/main': '2\n' });
  assert.equal(origin.git('merge-base', '--all', 'main', 'HEAD').split('\n').length, 2);
  return origin;
};

test('Two branches have taken in each other, and meet twice: they are compared', async () => {
  const said = await preview(crossed(), { words: ['--base', 'main'] });
  assert.deepEqual([said.change.everything, said.image.web.built], [false, true]);
});

test('Two branches meet twice, and the files are compared as they lie there', async () => {
  const said = await preview(crossed(), { words: ['--base', 'main', '--worktree'] });
  assert.deepEqual([said.change.everything, said.image.web.built], [false, true], said.change.sentence);
});

test('A file that was only touched is no change; one that git add -N announced is', async () => {
  const made = feature();
  made.branch('feature');
  utimesSync(made.path('web/main'), 1, 1);
  const words = ['--base', 'HEAD', '--worktree'];
  const touched = await preview(made, { words: ['--base', 'main', '--worktree'] });
  assert.deepEqual(touched.built, ['api']);
  made.write({ 'tools/Dockerfile': 'FROM scratch\n' }).git('add', '-N', 'tools/Dockerfile');
  assert.deepEqual((await preview(made, { words })).built, ['tools']);
});

test('A commit that is called HEAD by the agent is the one that is checked out', async () => {
  const copy = checkout(feature(), 'feature');
  const said = await preview(copy, { env: pullRequest(copy, { BUILDKITE_COMMIT: 'HEAD' }) });
  expectChange(said, { rung: 'pull-request', built: ['api'] });
  assert.equal(said.event.commit, copy.head());
});

test('A repository of SHA-256 is compared like others', async () => {
  const root = place('sha256');
  mkdirSync(root);
  const made = new Repository(root);
  made.git('init', '-q', '--object-format=sha256');
  made.commit({ ...shop, 'compose.yaml': 'services: {api: {build: {context: api, args: {V: "1"}}}}\n' });
  made.branch('feature').commit({ 'compose.yaml': 'services: {api: {build: {context: api, args: {V: "2"}}}}\n' });
  expectChange(await preview(made), { rung: 'branch', built: ['api'] });
  expectChange(await preview(made, { words: ['--base', made.head('main')] }), { rung: 'explicit', built: ['api'] });
});

test('Another CI than Buildkite is CI, too: no local branch counts', async () => {
  const local = feature();
  local.branch('feature');
  const said = await preview(local, { env: { CI: 'true' } });
  assert.deepEqual([said.change.rung, said.built], ['failed', ['api', 'web']]);
  expectChange(await preview(checkout(local, 'feature'), { env: { CI: 'true' }, words: ['--base', 'origin/main'] }), { rung: 'explicit', built: ['api'] });
});

test('A branch of a strange name is fetched by exactly that name', async () => {
  const origin = repository(shop);
  const name = 'rel/ä+b@{x';
  const strange = 'rel/ä+b,(1)!$HOME';
  assert.throws(() => origin.git('check-ref-format', `refs/heads/${name}`));
  origin.branch(strange).commit({ 'web/main': '2\n' });
  origin.branch('feature').commit({ 'api/main': '2\n' });
  const copy = checkout(origin, 'feature', '--single-branch', '--branch=feature');
  expectChange(await preview(copy, { env: pullRequest(copy, { into: strange }) }), { rung: 'pull-request', built: ['api'] });
  const said = await preview(copy, { env: pullRequest(copy, { into: name }) });
  assert.deepEqual([said.change.rung, said.built], ['failed', ['api', 'web']]);
});

test('A branch that is no name for a branch fetches nothing else: no option, no other ref, nothing to delete', async () => {
  const origin = feature();
  origin.git('tag', 'v1', 'feature');
  const copy = checkout(origin, 'feature');
  const refs = () => copy.git('for-each-ref');
  const before = refs();
  for (const into of ['--upload-pack=touch PWNED', 'main:refs/heads/x', '*', '../tags/v1', '', ' ', 'a b', '^main']) {
    const said = await preview(copy, { env: pullRequest(copy, { into }) });
    assert.equal(said.status, 0);
    assert.ok(said.change.everything || into === '', into);
    assert.equal(refs(), before, into);
  }
  assert.equal(copy.git('status', '--short'), '');
});

test('A failure of a comparison is told once, on standard error, and the pipeline is whole', async () => {
  const copy = checkout(feature(settings('registry: ghcr.io/acme\n')), 'feature');
  const { status, stdout, stderr } = await run(copy, ['generate'], { env: pullRequest(copy, { into: 'gone' }) });
  assert.equal(status, 0);
  assert.equal(stderr.match(/\[base\]$/gm).length, 1);
  assert.match(stdout, /^steps:\n/);
  const quiet = await run(copy, ['generate', '-q'], { env: job(copy, { branch: 'feature' }) });
  assert.equal(quiet.stderr, '');
});
