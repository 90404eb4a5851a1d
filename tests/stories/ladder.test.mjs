/*
 * ladder.test: what a build is compared with: named bases, merge queues, pull requests, branches, tags.
 */
import { rmSync } from 'node:fs';
import test from 'node:test';
import assert from 'node:assert/strict';
import { checkout, clone, expectChange, fork, generate, job, preview, pullRequest, pushed, queue, repository, run, settings, shop, webhook, zero } from './toolbox.mjs';

/* main, and a branch on which api, then the page changed. */
function feature(name = 'feature') {
  const origin = repository(shop);
  origin.branch(name).commit({ 'api/main': '2\n' }, 'api');
  origin.commit({ 'README.md': 'more\n' }, 'page');
  return origin;
}

/* ---- a base is named ------------------------------------------------------------------ */

test('A person names a commit, a branch, a tag or an expression as the base, and HEAD is compared with where it left it', async () => {
  const origin = feature();
  origin.git('tag', 'v1', 'main');
  for (const base of ['main', 'v1', 'refs/heads/main', 'HEAD~2', origin.head('main')]) {
    const said = await preview(origin, { words: ['--base', base] });
    expectChange(said, { rung: 'explicit', built: ['api'], sentence: /^base \S+: compared with where HEAD left / });
    assert.equal(said.change.base, origin.head('main'));
    assert.equal(said.change.files, 2);
  }
  expectChange(await preview(origin, { words: ['--base', 'HEAD~1'] }), { rung: 'explicit', built: [] });
});

test('A base that has moved on is compared with where HEAD left it, so the work of others is not ours', async () => {
  const origin = feature();
  origin.branch('main').commit({ 'web/main': '2\n' });
  origin.branch('feature');
  expectChange(await preview(origin, { words: ['--base', 'main'] }), { rung: 'explicit', built: ['api'] });
});

test('The base that is named does not exist: everything is built, with what to do about it, and the status stays 0', async () => {
  const origin = feature();
  for (const base of ['no-such-branch', 'v9', 'HEAD~9', '1234567890123456789012345678901234567890']) {
    const said = await preview(origin, { words: ['--base', base] });
    expectChange(said, { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], remedy: /./ });
    assert.match(said.change.sentence, new RegExp(base.slice(0, 12)), 'the base is named');
  }
  assert.deepEqual((await generate(origin, { words: ['--base', 'no-such-branch'] })).keys, ['build-api', 'build-web']);
});

test('The base that is named is no commit: the message holds the words of git', async () => {
  const origin = feature();
  const said = await preview(origin, { words: ['--base', origin.head('HEAD^{tree}')] });
  expectChange(said, { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], sentence: /commit/, remedy: /./ });
});

test('The base is not taken for an option of git', async () => {
  const origin = feature();
  for (const base of ['--upload-pack=touch', '--output=x', '-p']) {
    const said = await preview(origin, { words: [`--base=${base}`], env: job(origin, { branch: 'feature' }) });
    expectChange(said, { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], remedy: /./ });
  }
  assert.equal(origin.git('status', '--short'), '');
});

test('A branch of the remote is meant before a local one that is left over from another build', async () => {
  const origin = feature();
  const copy = checkout(origin, 'feature');
  copy.git('branch', 'main', 'HEAD', '-f');
  expectChange(await preview(copy, { words: ['--base', 'main'], env: job(copy, { branch: 'feature' }) }), { rung: 'explicit', built: ['api'] });
});

test('BUILDKITE_GIT_DIFF_BASE is the base where nobody names one, and --base stands above it', async () => {
  const origin = feature();
  const copy = checkout(origin, 'feature');
  const env = { ...job(copy, { branch: 'feature' }), BUILDKITE_GIT_DIFF_BASE: 'HEAD~1' };
  expectChange(await preview(copy, { env }), { rung: 'explicit', built: [] });
  expectChange(await preview(copy, { env, words: ['--base', 'origin/main'] }), { rung: 'explicit', built: ['api'] });
  expectChange(await preview(copy, { env: { ...env, BUILDKITE_GIT_DIFF_BASE: '' } }), { rung: 'branch', built: ['api'] });
});

test('A base stands above a tag, a pull request and a merge queue', async () => {
  const origin = feature();
  const copy = checkout(origin, 'feature');
  for (const env of [job(copy, { branch: 'v1', BUILDKITE_TAG: 'v1' }), pullRequest(copy), queue(copy, { commit: copy.head('HEAD~1') })]) {
    expectChange(await preview(copy, { env, words: ['--base', 'origin/main'] }), { rung: 'explicit', built: ['api'] });
  }
});

/* ---- merge queue -------------------------------------------------------------------------- */

/* main; before us in the queue, api changed; our entry changes web. iota#12491, nvcf#574, nx-set-shas#140. */
function queued(policy = '') {
  const origin = repository({ ...shop, ...(policy ? settings(policy) : {}) });
  const first = origin.branch('gh-readonly-queue/main/pr-11').commit({ 'api/main': '2\n' });
  origin.branch('gh-readonly-queue/main/pr-12').commit({ 'web/main': '2\n' });
  return { origin, first, copy: checkout(origin, 'gh-readonly-queue/main/pr-12') };
}

test('In a merge queue the whole group counts, for the entry before may still fail', async () => {
  const { copy, first } = queued();
  const said = await preview(copy, { env: queue(copy, { commit: first }) });
  expectChange(said, { rung: 'merge-queue', built: ['api', 'web'], sentence: /^merge queue into main, the whole group: / });
});

test('In a merge queue whose entries must all pass, the settings count this entry alone', async () => {
  const { copy, first } = queued('base: {merge_queue: entry}\n');
  const said = await preview(copy, { env: queue(copy, { commit: first }) });
  expectChange(said, { rung: 'merge-queue', built: ['web'], sentence: /^merge queue, this entry alone: compared with [0-9a-f]{12}, the entry before it$/ });
});

test('A merge queue that tells no branch is compared with the entry before, and one that tells no entry with the branch', async () => {
  const { copy, first } = queued();
  expectChange(await preview(copy, { env: queue(copy, { commit: first, into: '' }) }), { rung: 'merge-queue', built: ['web'] });
  const entry = queued('base: {merge_queue: entry}\n');
  expectChange(await preview(entry.copy, { env: queue(entry.copy, { commit: '' }) }), { rung: 'merge-queue', built: ['api', 'web'] });
});

test('A merge queue into a release branch is compared with that branch', async () => {
  const origin = repository(shop);
  origin.branch('release/1').commit({ 'api/main': '2\n' });
  origin.branch('gh-readonly-queue/release/1/pr-3').commit({ 'web/main': '2\n' });
  const copy = checkout(origin);
  expectChange(await preview(copy, { env: queue(copy, { commit: copy.head('HEAD~1'), into: 'release/1' }) }), { rung: 'merge-queue', built: ['web'], sentence: /release\/1/ });
});

test('The entry before is gone from the queue: everything is built', async () => {
  const { copy } = queued('base: {merge_queue: entry}\n');
  const said = await preview(copy, { env: queue(copy, { commit: 'ab'.repeat(20) }) });
  expectChange(said, { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], remedy: /./ });
});

/* ---- pull requests ---------------------------------------------------------------------------- */

test('A pull request into main is compared with where it left main', async () => {
  const origin = feature();
  const copy = checkout(origin, 'feature');
  const said = await preview(copy, { env: pullRequest(copy) });
  expectChange(said, { rung: 'pull-request', built: ['api'], sentence: /^pull request 12 into main: compared with where HEAD left refs\/remotes\/origin\/main$/ });
});

/* beats#38870, dd-trace-java#3981 */
test('A pull request into a release branch is compared with that branch, not with main', async () => {
  const origin = repository(shop);
  origin.branch('release/1').commit({ 'api/main': '1.1\n' });
  origin.branch('fix').commit({ 'web/main': '1.1\n' });
  origin.branch('main').commit({ 'api/main': '2\n', 'web/main': '2\n' });
  const copy = checkout(origin, 'fix');
  expectChange(await preview(copy, { env: pullRequest(copy, { into: 'release/1', branch: 'fix' }) }), { rung: 'pull-request', built: ['web'], sentence: /into release\/1/ });
});

test('A pull request on top of another is compared with the branch of that one', async () => {
  const origin = repository(shop);
  origin.branch('first').commit({ 'api/main': '2\n' });
  origin.branch('second').commit({ 'web/main': '2\n' });
  const copy = checkout(origin, 'second');
  expectChange(await preview(copy, { env: pullRequest(copy, { into: 'first', branch: 'second' }) }), { rung: 'pull-request', built: ['web'] });
});

test('A pull request whose branch has taken in main counts its own work only', async () => {
  const origin = feature();
  origin.branch('main').commit({ 'web/main': '2\n' });
  origin.branch('feature').merge('main');
  const copy = checkout(origin, 'feature');
  expectChange(await preview(copy, { env: pullRequest(copy) }), { rung: 'pull-request', built: ['api'] });
});

test('A pull request that undoes its own work builds nothing', async () => {
  const origin = feature();
  origin.branch('feature').commit({ 'api/main': '1\n', 'README.md': 'shop\n' });
  const copy = checkout(origin, 'feature');
  const said = await preview(copy, { env: pullRequest(copy) });
  expectChange(said, { rung: 'pull-request', built: [] });
  assert.equal(said.change.files, 0);
});

test('A pull request into a branch that is gone: everything is built, with the words of git and a remedy', async () => {
  const origin = feature();
  const copy = checkout(origin, 'feature');
  const said = await preview(copy, { env: pullRequest(copy, { into: 'release/9' }) });
  expectChange(said, { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], sentence: /release\/9.*couldn't find remote ref/, remedy: /fetch/ });
});

test('Settings that a fork changes do not apply: those of the branch it goes into do, and nothing is pushed', async () => {
  const origin = repository({ ...shop, ...settings('registry: ghcr.io/acme\npush: always\nstep: {agents: {queue: safe}}\nimages: [{match: {name: web}, watch: ["*.md"]}]\n') });
  origin.branch('feature').commit({ 'api/main': '2\n', 'README.md': 'more\n', ...settings('registry: evil.example.org/x\nstep: {agents: {queue: deploy}}\nignore: ["**"]\n') });
  const copy = checkout(origin, 'feature');
  const env = fork(copy);
  const said = await preview(copy, { env });
  expectChange(said, { rung: 'pull-request', built: ['api', 'web'] });
  assert.deepEqual(said.images.map(({ published, destinations }) => [published, destinations]), [[false, []], [false, []]]);
  const made = await generate(copy, { env });
  assert.deepEqual(made.steps.map(({ agents }) => agents), [{ queue: 'safe' }, { queue: 'safe' }]);
  assert.doesNotMatch(made.stdout, /evil|--push/);
});

test('A fork cannot have a command run that its settings name', async () => {
  const origin = repository(shop);
  origin.branch('feature').commit({ 'api/main': '2\n', ...settings('base: {default_branch: passed, command: "touch PWNED; git rev-parse HEAD~1"}\n') });
  const copy = checkout(origin, 'feature');
  copy.git('branch', 'main', 'HEAD');
  for (const more of [{}, { BUILDKITE_PULL_REQUEST_BASE_BRANCH: '' }, { BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'feature', BUILDKITE_PULL_REQUEST_REPO: '' }]) {
    await preview(copy, { env: fork(copy, more) });
    assert.equal(copy.git('status', '--short'), '');
  }
});

/* ---- branches ------------------------------------------------------------------------------------- */

/* monorepo-diff#31 */
test('The feature commit is red, the next one touches the README only, and the feature is still built', async () => {
  const origin = feature();
  const copy = checkout(origin, 'feature');
  const said = await preview(copy, { env: job(copy, { branch: 'feature', ...pushed(copy.head('HEAD~1'), copy.head()) }) });
  expectChange(said, { rung: 'branch', built: ['api'], sentence: /^branch feature: compared with where HEAD left refs\/remotes\/origin\/main$/ });
  assert.equal(said.change.files, 2);
});

/* paths-filter#15, changed-files#387 */
test('A branch is pushed for the first time, its webhook tells zeros, and it is compared with the default branch', async () => {
  const origin = feature();
  const copy = checkout(origin, 'feature');
  expectChange(await preview(copy, { env: job(copy, { branch: 'feature', ...pushed(zero, copy.head()) }) }), { rung: 'branch', built: ['api'] });
});

test('A branch is pushed by force, and what it was before does not matter', async () => {
  const origin = feature();
  const old = origin.head();
  origin.git('reset', '-q', '--hard', 'main');
  origin.commit({ 'web/main': '2\n' });
  const copy = checkout(origin, 'feature');
  expectChange(await preview(copy, { env: job(copy, { branch: 'feature', ...pushed(old, copy.head()) }) }), { rung: 'branch', built: ['web'] });
});

test('The pipeline calls another branch its default one, and that is compared with', async () => {
  const origin = repository(shop);
  origin.branch('develop').commit({ 'api/main': '2\n' });
  origin.branch('feature').commit({ 'web/main': '2\n' });
  const copy = checkout(origin, 'feature');
  expectChange(await preview(copy, { env: job(copy, { branch: 'feature', BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'develop' }) }), { rung: 'branch', built: ['web'] });
});

test('On a laptop the default branch is that of the remote, whatever it is called', async () => {
  const origin = repository();
  origin.git('checkout', '-q', '-b', 'trunk');
  origin.commit(shop);
  const copy = clone(origin);
  copy.branch('feature').commit({ 'api/main': '2\n' });
  expectChange(await preview(copy), { rung: 'branch', built: ['api'], sentence: /origin\/trunk/ });
});

test('On a laptop without a remote a branch is compared with the local main, or master', async () => {
  for (const name of ['main', 'master']) {
    const local = repository(shop);
    local.git('branch', '-m', name);
    local.branch('feature').commit({ 'api/main': '2\n' });
    expectChange(await preview(local), { rung: 'branch', built: ['api'], sentence: new RegExp(`refs/heads/${name}$`) });
  }
});

test('HEAD is detached on a laptop: it is compared as a branch without a name', async () => {
  const copy = checkout(feature(), 'feature');
  copy.git('remote', 'set-head', 'origin', 'main');
  expectChange(await preview(copy), { rung: 'branch', built: ['api'], sentence: /^detached HEAD: compared with / });
});

test('HEAD is detached at the default branch on a laptop, and has left nothing: everything', async () => {
  const copy = checkout(repository(shop));
  expectChange(await preview(copy), { rung: 'default-branch', everything: true, built: ['api', 'web'], sentence: /HEAD is part of refs\/remotes\/origin\/main/ });
});

/* vllm#5140 */
test('A branch that equals the default branch is not nothing: its build says that HEAD is part of it and builds everything', async () => {
  const origin = repository(shop);
  origin.branch('feature');
  const copy = checkout(origin, 'feature');
  const said = await preview(copy, { env: job(copy, { branch: 'feature' }) });
  expectChange(said, { rung: 'default-branch', everything: true, built: ['api', 'web'], sentence: /HEAD is part of refs\/remotes\/origin\/main/ });
});

/* vllm#5140 */
test('The pull request was merged before its build started, and it is not called unchanged', async () => {
  const origin = feature();
  origin.branch('main').merge('feature');
  const copy = checkout(origin, 'feature');
  const said = await preview(copy, { env: pullRequest(copy) });
  expectChange(said, { rung: 'default-branch', everything: true, built: ['api', 'web'], sentence: /HEAD is part of/ });
});

test('The base that is named equals HEAD, or lies before us, and everything is built', async () => {
  const origin = feature();
  for (const base of ['HEAD', origin.head()]) {
    expectChange(await preview(origin, { words: ['--base', base] }), { rung: 'default-branch', everything: true, built: ['api', 'web'], sentence: /HEAD is part of/ });
  }
  origin.git('checkout', '-q', '--detach', 'HEAD~1');
  expectChange(await preview(origin, { words: ['--base', 'feature'] }), { rung: 'default-branch', everything: true, built: ['api', 'web'] });
});

/* ---- tags --------------------------------------------------------------------------------------------- */

/* path-filtering-orb#4 */
test('A tag is a release and builds everything, whatever its commit changed', async () => {
  const origin = feature();
  const copy = checkout(origin, 'feature');
  for (const tag of ['v1.2.3', '1.2.3', 'nightly', 'release/2024']) {
    const said = await preview(copy, { env: job(copy, { branch: tag, BUILDKITE_TAG: tag }) });
    expectChange(said, { rung: 'tag', everything: true, built: ['api', 'web'], sentence: new RegExp(`^tag ${tag}: `) });
  }
});

test('A tag that names an image releases that one: api/v1.2.3, api-v1.2.3, api@1.2.3', async () => {
  const origin = repository(shop);
  for (const tag of ['api/v1.2.3', 'api-v1.2.3', 'api-1.2.3', 'api@1.2.3', 'api@v1']) {
    const said = await preview(origin, { env: job(origin, { branch: tag, BUILDKITE_TAG: tag }) });
    assert.deepEqual([said.change.rung, said.built, said.image.api.why.rule], ['tag', ['api'], 'tag'], tag);
    assert.equal(said.image.web.why, null);
  }
});

test('A tag names an image by the end of its name, unless two end so', async () => {
  const files = (names) => Object.fromEntries(names.map((name) => [`${name}/Dockerfile`, 'FROM scratch\n']));
  const one = repository(files(['services/api', 'services/web']));
  const env = (where) => job(where, { branch: 'api-v2', BUILDKITE_TAG: 'api-v2' });
  assert.deepEqual((await preview(one, { env: env(one) })).built, ['services/api']);
  const two = repository(files(['services/api', 'tools/api', 'web']));
  assert.deepEqual((await preview(two, { env: env(two) })).built, ['services/api', 'tools/api', 'web']);
});

/* ---- no history to speak of -------------------------------------------------------------------------- */

test('The first build of a repository has one commit and builds everything', async () => {
  const origin = repository(shop);
  const copy = checkout(origin);
  const said = await preview(copy, { env: job(copy, pushed(zero, copy.head())) });
  expectChange(said, { rung: 'default-branch', everything: true, built: ['api', 'web'], sentence: /the branch is new/ });
});

test('A repository without a commit builds everything and is not a failure', async () => {
  const empty = repository();
  empty.write(shop).git('add', '-A');
  const said = await preview(empty);
  assert.deepEqual([said.change.everything, said.built], [true, ['api', 'web']], said.stderr);
  assert.match(said.change.sentence, /no commit yet/);
});

test('Two histories that have no commit in common: everything, and what to do', async () => {
  const origin = repository(shop);
  origin.git('checkout', '-q', '--orphan', 'other');
  origin.commit({ 'api/main': '2\n' });
  const copy = checkout(origin, 'other');
  copy.git('remote', 'set-head', 'origin', 'main');
  for (const env of [job(copy, { branch: 'other' }), {}]) {
    const said = await preview(copy, { env });
    expectChange(said, { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], sentence: /no commit in common/, remedy: /--base/ });
  }
});

test('Not a git repository: everything, with a warning, and status 0', async () => {
  const origin = repository(shop);
  rmSync(origin.path('.git'), { recursive: true });
  const said = await preview(origin);
  assert.deepEqual([said.change.rung, said.change.everything, said.built], ['failed', true, ['api', 'web']]);
  assert.deepEqual(said.warnings, ['no-git']);
});

/* ---- who made the build ------------------------------------------------------------------------------- */

test('A build on a feature branch is compared, whoever made it: schedule, API, a person, a trigger, a rebuild', async () => {
  const copy = checkout(feature(), 'feature');
  for (const source of ['schedule', 'api', 'ui', 'trigger_job', 'webhook', '']) {
    expectChange(await preview(copy, { env: job(copy, { branch: 'feature', BUILDKITE_SOURCE: source }) }), { rung: 'branch', built: ['api'] });
  }
  const rebuild = job(copy, { branch: 'feature', BUILDKITE_SOURCE: 'ui', BUILDKITE_REBUILT_FROM_BUILD_ID: '018f7a3e-9e4b-4d8e-8c1e-6b1f0f6f0a12' });
  expectChange(await preview(copy, { env: rebuild }), { rung: 'branch', built: ['api'] });
});

test('The same facts give the same bytes, twice', async () => {
  const copy = checkout(feature(), 'feature');
  const env = pullRequest(copy);
  const [first, second] = [await run(copy, ['generate'], { env }), await run(copy, ['generate'], { env })];
  assert.equal(first.stdout, second.stdout);
});

test('A webhook of another kind, or no JSON, is no harm', async () => {
  const copy = checkout(repository(shop));
  for (const body of ['', 'not json', '[]', '"x"', '{"before": 1}', '{"before": "--help"}', '{"push": {"changes": []}}']) {
    const said = await preview(copy, { env: job(copy, webhook(body)) });
    expectChange(said, { rung: 'default-branch', everything: true, built: ['api', 'web'], sentence: /not known what was pushed/ });
  }
});
