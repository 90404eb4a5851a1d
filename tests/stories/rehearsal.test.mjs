/*
 * rehearsal.test: what a laptop says a build would do is what the build does; and the settings' own tests.
 */
import test from 'node:test';
import assert from 'node:assert/strict';
import { checkout, clone, job, pullRequest, queue, repository, run, settings, shop } from './toolbox.mjs';

/* Everything that a pipeline may tell of its build. */
const kinds = ['pull_request', 'branch', 'default_branch', 'tag', 'merge_queue', 'schedule', 'fork'];
const telling = settings(`registry: ghcr.io/acme
tags: ["{sha}", "{short_sha}", "{branch}", "{tag}", "pr-{pull_request}", "build-{build_number}"]
build_args: {SHA: "{sha}", BRANCH: "{branch}", TAG: "{tag}"}
push: always
unaffected: skip
step: {agents: {queue: builders}}
profiles: {${kinds.map((kind) => `${kind}: {build_args: {KIND: ${kind}}}`).join(', ')}}
images: [${kinds.map((kind) => `{match: {event: ${kind}}, build_args: {IS_${kind}: "1"}}`).join(', ')}]
`);

function history() {
  const origin = repository({ ...shop, ...telling, 'tools/Dockerfile': 'FROM ghcr.io/acme/api\nCOPY t /\n', 'tools/t': '1\n' });
  origin.branch('feature').commit({ 'api/main': '2\n' });
  origin.commit({ 'README.md': '2\n' });
  origin.branch('gh-readonly-queue/main/pr-12').commit({ 'README.md': '3\n' });
  origin.branch('main').commit({ 'web/main': '2\n' });
  return origin;
}

/* The same commit on a laptop, on a branch, and in CI, detached. */
async function same(branch, words, variables) {
  const origin = history();
  const laptop = clone(origin);
  laptop.git('checkout', '-q', branch);
  const there = checkout(origin, branch);
  const queue = ['--queue', 'default'];
  const rehearsed = await run(laptop, ['generate', ...queue, ...words(laptop)]);
  const built = await run(there, ['generate', ...queue], { env: variables(there) });
  assert.deepEqual([rehearsed.status, built.status], [0, 0], rehearsed.stderr + built.stderr);
  assert.equal(rehearsed.stdout, built.stdout);
  return built.stdout;
}

test('A pull request is rehearsed to the byte', async () => {
  const text = await same('feature', () => ['--event', 'pr', '--pull-request', '12'], (there) => pullRequest(there));
  assert.match(text, /pr-12/);
  assert.match(text, /key: "build-web"\n(?:.*\n)*? {2}skip: /);
});

test('A pull request into a release branch is rehearsed to the byte', async () => {
  await same('gh-readonly-queue/main/pr-12', () => ['--event', 'pr', '--pull-request', '12', '--base', 'feature'], (there) => pullRequest(there, { into: 'feature', branch: 'gh-readonly-queue/main/pr-12' }));
});

test('The target of a rehearsed pull request may be typed as git shows it: main, origin/main', async () => {
  const laptop = clone(history());
  laptop.git('checkout', '-q', 'feature');
  const [main, typed] = [await run(laptop, ['generate', '--event', 'pr', '--base', 'main']), await run(laptop, ['generate', '--event', 'pr', '--base', 'origin/main'])];
  assert.equal(typed.stdout, main.stdout, typed.stderr);
});

test('A push to a branch is rehearsed to the byte', async () => {
  await same('feature', () => ['--event', 'branch'], (there) => job(there, { branch: 'feature' }));
});

test('The pull request of a fork is rehearsed to the byte', async () => {
  const fork = { BUILDKITE_PULL_REQUEST_REPO: 'https://example.com/stranger/shop.git', BUILDKITE_REPO: 'https://example.com/acme/shop.git' };
  const text = await same('feature', () => ['--event', 'fork', '--pull-request', '12', '--branch', 'feature'], (there) => ({ ...pullRequest(there), ...fork }));
  for (const word of ['KIND=fork', 'IS_fork=1', 'IS_pull_request=1']) assert.ok(text.includes(word), word);
  assert.ok(!text.includes('--push') && !text.includes('KIND=pull_request'), text);
});

test('A push to the default branch is rehearsed to the byte, where nobody knows what was pushed', async () => {
  await same('main', () => ['--event', 'default'], (there) => job(there));
});

test('A schedule is rehearsed to the byte', async () => {
  await same('main', () => ['--event', 'schedule'], (there) => job(there, { BUILDKITE_SOURCE: 'schedule' }));
});

test('A schedule of another branch is rehearsed to the byte', async () => {
  await same('feature', () => ['--event', 'schedule', '--branch', 'feature'], (there) => job(there, { branch: 'feature', BUILDKITE_SOURCE: 'schedule' }));
});

test('A tag is rehearsed to the byte, also one that names an image', async () => {
  for (const tag of ['v1.2.3', 'api/v1.2.3']) {
    const text = await same('main', () => ['--event', 'tag', '--tag', tag], (there) => job(there, { branch: tag, BUILDKITE_TAG: tag }));
    assert.equal(/build-web"\n(?:.*\n)*? {2}skip: /.test(text), tag.startsWith('api'));
  }
});

test('A merge queue is rehearsed to the byte', async () => {
  const branch = 'gh-readonly-queue/main/pr-12';
  await same(branch, () => ['--event', 'merge-queue', '--branch', branch], (there) => queue(there, { commit: there.head('HEAD~1') }));
});

test('A rehearsal in CI is one of a laptop: the variables of its own build do not count', async () => {
  const origin = history();
  const laptop = clone(origin);
  laptop.git('checkout', '-q', 'feature');
  const words = ['generate', '--queue', 'default', '--event', 'pr', '--pull-request', '12'];
  const alone = await run(laptop, words);
  const inside = await run(laptop, words, { env: job(laptop, { branch: 'v9', BUILDKITE_TAG: 'v9', BUILDKITE_GIT_DIFF_BASE: 'HEAD', BUILDKITE_CHANGED_FILES_PATH: '/nonexistent', BUILDKITE_MERGE_QUEUE_BASE_BRANCH: 'x' }) });
  assert.equal(inside.stdout, alone.stdout);
});

test('A rehearsal counts committed files only: what lies there is not built by anybody else', async () => {
  const origin = history();
  const laptop = clone(origin);
  laptop.git('checkout', '-q', 'feature');
  const words = ['generate', '--event', 'pr'];
  const before = await run(laptop, words);
  laptop.write({ 'web/main': 'not committed\n', 'web/new': '' });
  assert.equal((await run(laptop, words)).stdout, before.stdout);
});

test('An event that does not exist, a tag without a name, a number without a pull request: status 2', async () => {
  const made = repository(shop);
  for (const words of [['--event', 'push'], ['--event', 'tag'], ['--pull-request', '3'], ['--branch', 'x']]) {
    const result = await run(made, ['generate', ...words]);
    assert.equal(result.status, 2, words.join(' '));
    assert.match(result.stderr, /\[usage\]/);
  }
});

/* ---- the settings' own tests ------------------------------------------------------------------- */

const expecting = (tests) => repository({ ...shop, 'tools/Dockerfile': 'FROM scratch\nCOPY . /\n', ...settings(tests) });

test('What the settings expect of changes is so: test passes', async () => {
  const made = expecting(`tests:
  - {name: api alone, changed: api/main, builds: [api], not: [web, tools]}
  - {changed: [README.md], not: ["*"]}
  - {changed: [tools/new.txt, web/main], builds: ["{web,tools}"]}
`);
  const result = await run(made, ['test']);
  assert.deepEqual([result.status, result.stdout], [0, 'ok    api alone\nok    README.md\nok    tools/new.txt, web/main\n3 passed, 0 failed\n'], result.stderr);
});

test('What the settings expect of changes is not so: test fails with status 1 and shows by - and + what differs, and where it is said', async () => {
  const made = expecting(`tests:
  - {changed: api/main, builds: [web, wbe], not: [api]}
  - {changed: web/main, builds: [web]}
`);
  const { status, stdout } = await run(made, ['test']);
  assert.equal(status, 1);
  assert.match(stdout, /^FAIL {2}api\/main$/m);
  assert.match(stdout, /^ {2}at \.buildkite\/depot-pipeline\.yml:2$/m);
  assert.match(stdout, /^ {2}- web is not built: nothing it is made of changed$/m);
  assert.match(stdout, /^ {2}- wbe is not built: no image has this name$/m);
  assert.match(stdout, /^ {2}\+ api is built: api\/main changed: api\/Dockerfile:2 takes it$/m);
  assert.match(stdout, /^ok {4}web\/main$/m);
  assert.match(stdout, /^1 passed, 1 failed$/m);
});

test('Tests follow a chain, and know a Dockerfile that is not there yet', async () => {
  const made = repository({ ...shop, 'tools/Dockerfile': 'FROM ghcr.io/acme/api\n', ...settings('registry: ghcr.io/acme\ntests:\n  - {changed: api/main, builds: [api, tools], not: [web]}\n') });
  assert.equal((await run(made, ['test'])).status, 0);
});

test('Settings that expect nothing: status 1, and how to expect something', async () => {
  const { status, stderr } = await run(repository(shop), ['test']);
  assert.equal(status, 1);
  assert.match(stderr, /\[no-tests\]/);
});

test('Tests say the same on every branch and in CI: they look at no history', async () => {
  const origin = history();
  origin.branch('feature').commit(settings('tests:\n  - {changed: web/main, builds: [web], not: [api]}\n'));
  const copy = checkout(origin, 'feature', '--depth=1', '--branch=feature');
  const result = await run(copy, ['test'], { env: job(copy, { branch: 'v1', BUILDKITE_TAG: 'v1' }) });
  assert.deepEqual([result.status, result.stderr], [0, ''], result.stdout);
  assert.ok(copy.isShallow);
});
