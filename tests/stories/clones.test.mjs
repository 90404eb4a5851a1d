/*
 * clones.test: clones that lack something: history, objects, refs, files, git itself, or the right to fetch.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import test from 'node:test';
import assert from 'node:assert/strict';
import { checkout, clone, expectChange, fork, generate, job, place, preview, pullRequest, pushed, queue, Repository, repository, serve, settings, shop } from './toolbox.mjs';

const compose = (api, web) => `services:\n  api: {build: {context: api, args: {V: "${api}"}}}\n  web: {build: {context: web, args: {V: "${web}"}}}\n`;

/* The branch leaves main, which then goes on for `more` commits; the branch is `own` commits long, the first changes api. */
function grown({ more = 1, own = 1, files = {} } = {}) {
  const origin = repository({ ...shop, ...files });
  origin.branch('feature').commit({ 'api/main': '2\n' });
  if (own > 1) origin.lengthen(own - 1);
  origin.git('checkout', '-q', '-f', 'main');
  if (more > 1) origin.lengthen(more - 1).git('checkout', '-q', '-f', 'main');
  origin.commit({ 'web/main': '2\n' });
  return origin;
}

/* What git did is written down. */
const trace = () => {
  const file = place('trace');
  return { env: { GIT_TRACE: file }, asked: () => (existsSync(file) ? readFileSync(file, 'utf8').match(/built-in: git fetch .*|upload-pack/g) ?? [] : []) };
};

/* ---- old refs ------------------------------------------------------------------------------- */

/* The checkout knows main as it was before web changed; the branch has taken it in. */
function reused() {
  const origin = repository(shop);
  const copy = clone(origin);
  origin.commit({ 'web/main': '2\n' });
  origin.branch('feature').commit({ 'api/main': '2\n' });
  copy.git('fetch', '-q', 'origin', 'feature');
  copy.git('checkout', '-q', '--detach', 'FETCH_HEAD');
  copy.git('update-ref', 'refs/remotes/origin/main', origin.head('main~1'));
  return { origin, copy };
}

test('A checkout that was used before knows an old main: it is fetched, and the work of others is not ours', async () => {
  const { copy, origin } = reused();
  expectChange(await preview(copy, { env: pullRequest(copy) }), { rung: 'pull-request', built: ['api'] });
  assert.equal(copy.head('origin/main'), origin.head('main'));
});

test('A checkout that was used before, and an origin that is gone: more is built, with a warning', async () => {
  const { copy, origin } = reused();
  renameSync(origin.root, `${origin.root}-gone`);
  const said = await preview(copy, { env: pullRequest(copy) });
  expectChange(said, { rung: 'pull-request', built: ['api', 'web'], warnings: ['base-stale'] });
  assert.match(said.stderr, /refs\/remotes\/origin\/main could not be fetched.*does not appear to be a git repository|refs\/remotes\/origin\/main could not be fetched.*does not exist/);
});

test('--no-fetch in CI, or a laptop: nothing is fetched, and nothing is warned of', async () => {
  for (const how of [(copy) => ({ env: pullRequest(copy), words: ['--no-fetch'] }), () => ({ env: {}, words: ['--event', 'pr', '--branch', 'feature'] })]) {
    const { copy, origin } = reused();
    const { env, words } = how(copy);
    const log = trace();
    expectChange(await preview(copy, { env: { ...env, ...log.env }, words }), { rung: 'pull-request', built: ['api', 'web'] });
    assert.deepEqual(log.asked(), []);
    assert.notEqual(copy.head('origin/main'), origin.head('main'));
  }
});

test('A fetch brings the branch and nothing else: no tags, no HEAD, no index, no other branch', async () => {
  const { copy, origin } = reused();
  origin.git('tag', 'v9', 'main');
  origin.git('branch', 'other', 'main');
  const state = () => [copy.head(), copy.git('status', '--short'), copy.git('for-each-ref', '--format=%(refname)')];
  const before = state();
  await preview(copy, { env: pullRequest(copy) });
  assert.deepEqual(state(), before);
});

test('A branch of the same name that is left over from another build does not count in CI', async () => {
  const copy = checkout(grown(), 'feature');
  copy.git('branch', '-f', 'main', 'HEAD');
  copy.git('update-ref', '-d', 'refs/remotes/origin/main');
  copy.git('remote', 'set-url', 'origin', '/nonexistent');
  const said = await preview(copy, { env: pullRequest(copy) });
  expectChange(said, { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], sentence: /main cannot be fetched/, remedy: /credentials/ });
});

/* ---- shallow ---------------------------------------------------------------------------------- */

/* changed-files#737, #704, linera#6346 */
test('A clone of depth 1 is deepened in CI, in few steps, until HEAD and main meet', async () => {
  for (const [more, own] of [[1, 1], [10, 60], [150, 3], [3, 150], [300, 300]]) {
    const copy = checkout(grown({ more, own }), 'feature', '--depth=1', '--no-single-branch');
    assert.ok(copy.isShallow);
    const log = trace();
    expectChange(await preview(copy, { env: { ...pullRequest(copy), ...log.env } }), { rung: 'pull-request', built: ['api'] });
    const fetches = log.asked().filter((line) => line.startsWith('built-in')).length;
    assert.ok(fetches <= 4, `${fetches} fetches for ${more} and ${own} commits`);
  }
});

test('A clone of depth 1 of one branch does not know main: it is fetched, and the two are joined', async () => {
  for (const [more, own] of [[1, 1], [150, 3], [3, 150]]) {
    const origin = grown({ more, own });
    const copy = checkout(origin, 'feature', '--depth=1', '--branch=feature');
    expectChange(await preview(copy, { env: pullRequest(copy) }), { rung: 'pull-request', built: ['api'] });
  }
});

test('A clone of depth 1 on a laptop stays as it is: everything, and the remedy names --fetch, which helps', async () => {
  const copy = checkout(grown({ own: 3 }), 'feature', '--depth=1', '--no-single-branch');
  const log = trace();
  const said = await preview(copy, { words: ['--base', 'origin/main'], env: log.env });
  expectChange(said, { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], sentence: /shallow/, remedy: /--fetch/ });
  assert.deepEqual([copy.count, log.asked()], [1, []]);
  expectChange(await preview(copy, { words: ['--base', 'origin/main', '--fetch'] }), { rung: 'explicit', built: ['api'] });
});

test('The origin is shallow itself, or gone: after a few steps everything is built', async () => {
  const origin = grown({ own: 3 });
  const cut = clone(origin, '--depth=2', '--no-single-branch');
  cut.git('branch', '-f', 'feature', 'origin/feature');
  const shallow = checkout(cut, 'feature');
  for (const copy of [shallow, checkout(origin, 'feature', '--depth=1', '--no-single-branch')]) {
    if (copy !== shallow) copy.git('remote', 'set-url', 'origin', '/nonexistent');
    const said = await preview(copy, { env: pullRequest(copy) });
    assert.deepEqual([said.change.rung, said.built], ['failed', ['api', 'web']], said.stderr);
    assert.match(said.change.sentence, /shallow/);
    assert.ok(said.warnings.includes('base'));
  }
});

/* monorepo-diff#115, #119, #66 */
test('A shallow clone cannot be deepened: the words of git are told, not only that it is shallow', async () => {
  const copy = checkout(grown({ own: 3 }), 'feature', '--depth=1', '--no-single-branch');
  copy.git('remote', 'set-url', 'origin', '/nonexistent');
  const said = await preview(copy, { env: pullRequest(copy) });
  assert.match(said.stderr, /shallow/);
  assert.match(said.stderr, /'\/nonexistent' does not appear to be a git repository/);
});

test('What was before the push lies deeper than the clone: it is fetched and the two are joined', async () => {
  const origin = repository(shop);
  const before = origin.head();
  origin.commit({ 'api/main': '2\n' });
  origin.lengthen(20).git('checkout', '-q', '-f', 'main');
  const copy = checkout(origin, 'main', '--depth=1');
  expectChange(await preview(copy, { env: job(copy, pushed(before, copy.head())) }), { rung: 'push', built: ['api'] });
});

test('The start of a merge queue\'s group lies deeper than the clone', async () => {
  const origin = repository(shop);
  origin.branch('gh-readonly-queue/main/pr-12').commit({ 'api/main': '2\n' });
  origin.lengthen(20).git('checkout', '-q', '-f', 'HEAD');
  const copy = checkout(origin, 'HEAD', '--depth=1');
  expectChange(await preview(copy, { env: queue(copy, { commit: origin.head('HEAD~3') }) }), { rung: 'merge-queue', built: ['api'] });
});

test('A base that is named by its id lies deeper than the clone', async () => {
  const origin = grown({ own: 30 });
  const base = origin.head('main~1');
  const copy = checkout(origin, 'feature', '--depth=1', '--branch=feature');
  expectChange(await preview(copy, { env: job(copy, { branch: 'feature' }), words: ['--base', base] }), { rung: 'explicit', built: ['api'] });
});

test('A base that is named as HEAD~1 lies deeper than the clone, in CI', async () => {
  const copy = checkout(grown(), 'feature', '--depth=1', '--branch=feature');
  expectChange(await preview(copy, { env: { ...job(copy, { branch: 'feature' }), BUILDKITE_GIT_DIFF_BASE: 'HEAD~1' } }), { rung: 'explicit', built: ['api'] });
});

test('The clone of a fork\'s build does not know the branch it goes into: it is fetched before its settings are read', async () => {
  const origin = grown({ files: settings('images: [{match: {name: web}, always: ["api/main"]}]\n') });
  const copy = checkout(origin, 'feature', '--depth=1', '--branch=feature');
  expectChange(await preview(copy, { env: fork(copy) }), { rung: 'pull-request', built: ['api', 'web'] });
});

/* ---- a full clone ---------------------------------------------------------------------------------- */

/* claude-code-action#1647, gh-aw#50240 */
test('A full clone is never made shallow, whatever has to be fetched', async () => {
  const origin = grown({ more: 5, own: 5 });
  const early = origin.head('main~3');
  const wanted = {
    'a branch that is known': (copy) => ({ env: pullRequest(copy) }),
    'a branch that is not': (copy) => { copy.git('update-ref', '-d', 'refs/remotes/origin/main'); return { env: pullRequest(copy) }; },
    'a commit': (copy) => ({ env: job(copy, { branch: 'feature' }), words: ['--base', early] }),
    'a commit that exists nowhere': (copy) => ({ env: job(copy, { branch: 'feature' }), words: ['--base', 'ab'.repeat(20)] }),
    'a push': (copy) => ({ env: job(copy, pushed('cd'.repeat(20), copy.head())) }),
    'a branch that has nothing in common': (copy) => ({ env: pullRequest(copy, { into: 'apart' }) }),
  };
  origin.git('checkout', '-q', '--orphan', 'apart');
  origin.commit();
  origin.git('checkout', '-q', 'feature');
  for (const [what, prepare] of Object.entries(wanted)) {
    const copy = checkout(origin, 'feature', '--single-branch', '--branch=feature');
    const before = copy.count;
    await preview(copy, prepare(copy));
    assert.ok(!copy.isShallow, what);
    assert.equal(copy.count, before, what);
    assert.equal(before, 6);
  }
});

/* ---- partial clones ---------------------------------------------------------------------------------- */

const partial = (filter, files = {}) => {
  const origin = repository({ ...shop, ...files });
  origin.branch('feature').commit({ 'compose.yaml': compose('1', '2'), 'README.md': '2\n' });
  return checkout(origin, 'feature', `--filter=${filter}`);
};
const objects = (copy) => copy.git('count-objects', '-v');

test('A clone without blobs is compared offline where no old file is asked for', async () => {
  const copy = checkout(grown(), 'feature', '--filter=blob:none');
  const log = trace();
  const before = objects(copy);
  expectChange(await preview(copy, { words: ['--base', 'origin/main'], env: log.env }), { rung: 'explicit', built: ['api'] });
  assert.deepEqual([objects(copy), log.asked()], [before, []]);
});

test('A clone without blobs fetches the old compose file in CI, and only the service that changed is built', async () => {
  const copy = partial('blob:none', { 'compose.yaml': compose('1', '1') });
  const said = await preview(copy, { env: pullRequest(copy) });
  expectChange(said, { rung: 'pull-request', built: ['web'] });
  assert.equal(said.image.web.why.rule, 'definition');
});

test('A clone without blobs offline does not know the old compose file: what it may declare is built, and nothing is fetched', async () => {
  const origin = repository({ ...shop, 'shop/compose.yaml': compose('1', '1').replaceAll('context: ', 'context: ../'), 'tools/Dockerfile': 'FROM scratch\nCOPY t /\n', 'tools/t': '' });
  origin.branch('feature').commit({ 'shop/compose.yaml': compose('1', '2').replaceAll('context: ', 'context: ../'), 'README.md': '2\n' });
  const copy = checkout(origin, 'feature', '--filter=blob:none');
  const log = trace();
  const before = objects(copy);
  const said = await preview(copy, { words: ['--base', 'origin/main'], env: log.env });
  expectChange(said, { rung: 'explicit', built: ['shop/api', 'shop/web'] });
  assert.deepEqual(said.built.map((name) => said.image[name].why.rule), ['unknown', 'unknown']);
  assert.deepEqual([objects(copy), log.asked()], [before, []]);
});

test('A clone without trees fetches what is compared in CI', async () => {
  const copy = partial('tree:0', { 'compose.yaml': compose('1', '1') });
  expectChange(await preview(copy, { env: pullRequest(copy) }), { rung: 'pull-request', built: ['web'] });
});

test('A clone without trees offline: everything, with what to do, and nothing is fetched', async () => {
  const copy = checkout(grown(), 'feature', '--filter=tree:0');
  const log = trace();
  const before = objects(copy);
  const said = await preview(copy, { words: ['--base', 'origin/main'], env: log.env });
  expectChange(said, { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], sentence: /partial/, remedy: /--filter=tree:0|--fetch/ });
  assert.deepEqual([objects(copy), log.asked()], [before, []]);
  expectChange(await preview(copy, { words: ['--base', 'origin/main', '--fetch'] }), { rung: 'explicit', built: ['api'] });
});

test('A clone without blobs that is shallow, too, is deepened in CI', async () => {
  const copy = checkout(grown({ own: 5, more: 5 }), 'feature', '--filter=blob:none', '--depth=1', '--no-single-branch');
  expectChange(await preview(copy, { env: pullRequest(copy) }), { rung: 'pull-request', built: ['api'] });
});

/* ---- objects from elsewhere ------------------------------------------------------------------------------ */

function mirrored() {
  const origin = grown();
  const mirror = clone(origin, '--mirror');
  return { mirror, copy: checkout(origin, 'feature', '--reference', mirror.root) };
}

test('A checkout that borrows from a git mirror is compared', async () => {
  const { copy } = mirrored();
  expectChange(await preview(copy, { env: pullRequest(copy) }), { rung: 'pull-request', built: ['api'] });
});

test('The git mirror is not mounted where the step runs: everything, and the remedy says so', async () => {
  const { copy, mirror } = mirrored();
  renameSync(mirror.root, `${mirror.root}-elsewhere`);
  for (const env of [pullRequest(copy), { }]) {
    const said = await preview(copy, { env, words: ['--base', 'origin/main'] });
    assert.deepEqual([said.change.rung, said.built], ['failed', ['api', 'web']], said.stderr);
    assert.match(said.change.sentence, /borrows objects from .*, which is not here/);
    assert.match(said.change.remedy, /mount the git mirror/);
    assert.ok(said.warnings.includes('base'));
  }
});

test('A linked work tree is compared as its own HEAD', async () => {
  const origin = grown();
  const root = place('linked');
  origin.git('worktree', 'add', '-q', root, 'feature');
  const linked = new Repository(root);
  expectChange(await preview(linked, { words: ['--base', 'main'] }), { rung: 'explicit', built: ['api'] });
  expectChange(await preview(linked), { rung: 'branch', built: ['api'], sentence: /^branch feature/ });
});

test('From a directory inside, the same is said', async () => {
  const copy = checkout(grown(), 'feature');
  expectChange(await preview(copy, { env: pullRequest(copy), cwd: copy.path('web') }), { rung: 'pull-request', built: ['api'] });
});

test('Refs that are packed are as good as others', async () => {
  const copy = checkout(grown(), 'feature');
  copy.git('pack-refs', '--all');
  expectChange(await preview(copy, { words: ['--base', 'origin/main'] }), { rung: 'explicit', built: ['api'] });
});

/* ---- a sparse checkout ---------------------------------------------------------------------------------- */

function sparse() {
  const origin = repository(shop);
  origin.branch('feature').commit({ 'web/main': '2\n' });
  const copy = checkout(origin, 'feature');
  copy.git('sparse-checkout', 'set', '--no-cone', '/*', '!/web/');
  assert.ok(!existsSync(copy.path('web/Dockerfile')) && existsSync(copy.path('api/Dockerfile')));
  return copy;
}

test('Files that a sparse checkout leaves out are not deleted: their image is known, and built where they changed', async () => {
  const said = await preview(sparse(), { words: ['--base', 'origin/main'] });
  expectChange(said, { rung: 'explicit', built: ['web'] });
  assert.deepEqual([said.image.web.why.rule, said.gone], ['source', []]);
});

test('With --worktree, too, files that a sparse checkout leaves out are not deleted', async () => {
  const copy = sparse();
  const said = await preview(copy, { words: ['--base', 'HEAD~1', '--worktree'] });
  assert.deepEqual([said.change.files, said.built], [1, ['web']]);
});

/* ---- no git, other owners -------------------------------------------------------------------------------- */

test('There is no git: everything, with what to do', async () => {
  const copy = checkout(grown(), 'feature');
  const empty = place('no-git');
  mkdirSync(empty);
  for (const env of [{ ...pullRequest(copy), PATH: empty }, { ...job(copy, pushed(copy.head('HEAD~1'), copy.head())), PATH: empty }]) {
    const said = await preview(copy, { env });
    assert.deepEqual([said.change.everything, said.built], [true, ['api', 'web']], said.stderr);
  }
  expectChange(await preview(copy, { env: { ...pullRequest(copy), PATH: empty }, words: ['--no-fetch'] }), { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], sentence: /git is not installed/, remedy: /image that has git/ });
});

const isRoot = process.getuid() === 0;

/* monorepo-diff#115, #119, #66 */
test('The checkout belongs to another user, as in a container: it is compared all the same', { skip: isRoot ? false : 'only root can give files away' }, async () => {
  const copy = checkout(grown(), 'feature');
  const env = pullRequest(copy);
  execFileSync('chown', ['-R', '65534:65534', copy.root]);
  assert.throws(() => copy.git('status'), /dubious ownership/);
  expectChange(await preview(copy, { words: ['--base', 'origin/main'] }), { rung: 'explicit', built: ['api'] });
  expectChange(await preview(copy, { env }), { rung: 'pull-request', built: ['api'] });
});

/* monorepo-diff#115, #119, #66 */
test('An object is missing and git fails: its words are in the message, with what to do, and everything is built', async () => {
  const local = repository(shop);
  local.branch('feature').commit({ 'api/main': '2\n' });
  const tree = local.head('main^{tree}');
  rmSync(local.path(`.git/objects/${tree.slice(0, 2)}/${tree.slice(2)}`));
  const said = await preview(local, { words: ['--base', 'main'] });
  expectChange(said, { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], sentence: new RegExp(tree), remedy: /./ });
});

/* ---- the right to fetch --------------------------------------------------------------------------------- */

const hasHttp = existsSync(`${execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim()}/git-remote-http`);
const deny = (_, response) => { response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }); response.end(); };

test('A fetch wants a password: nobody is asked, the step ends in seconds, and the words of git are told', { skip: hasHttp ? false : 'git has no http' }, async (t) => {
  const server = await serve(t, deny);
  const copy = checkout(grown(), 'feature');
  copy.git('remote', 'set-url', 'origin', `${server.url}/shop.git`);
  const known = await preview(copy, { env: pullRequest(copy) });
  expectChange(known, { rung: 'pull-request', built: ['api'], warnings: ['base-stale'] });
  const unknown = await preview(copy, { env: pullRequest(copy, { into: 'release/1' }) });
  expectChange(unknown, { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], sentence: /could not read Username|terminal prompts disabled|Authentication failed/, remedy: /credentials/ });
  assert.ok(known.seconds < 5 && unknown.seconds < 5);
  assert.ok(server.requests.length >= 2);
});

test('A password in the address of the origin is not printed', { skip: hasHttp ? false : 'git has no http' }, async (t) => {
  const server = await serve(t, deny);
  const copy = checkout(grown(), 'feature');
  copy.git('remote', 'set-url', 'origin', `${server.url.replace('//', '//bot:s3cr3t-s3cr3t@')}/shop.git`);
  for (const into of ['main', 'release/1']) {
    const env = pullRequest(copy, { into });
    const said = await preview(copy, { env, words: ['-v'] });
    const made = await generate(copy, { env, words: ['-v'] });
    for (const text of [said.stdout, said.stderr, made.stdout, made.stderr]) assert.doesNotMatch(text, /s3cr3t/);
  }
});
