/*
 * default_branch.test: what a build of the default branch is compared with: the push, the last build that passed, or nothing.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import assert from 'node:assert/strict';
import { checkout, expectChange, generate, job, place, preview, pushed, repository, run, serve, settings, shop, webhook, zero } from './toolbox.mjs';

/* Four commits are pushed: api, web's page, the README twice. `tools` is not concerned. */
function fourCommits(text) {
  const origin = repository({ ...shop, 'tools/Dockerfile': 'FROM scratch\nCOPY t /\n', 'tools/t': '1\n', ...(text ? settings(text) : {}) });
  const before = origin.head();
  origin.commit({ 'api/main': '2\n' });
  origin.commit({ 'web/main': '2\n' });
  origin.commit({ 'README.md': '1\n' });
  origin.commit({ 'README.md': '2\n' });
  return { origin, before, copy: checkout(origin) };
}

const everything = ['api', 'tools', 'web'];

/* ---- the push ---------------------------------------------------------------------------- */

/* path-filtering-orb#53 */
test('Four commits are pushed to main at once, and all four count', async () => {
  const { copy, before } = fourCommits();
  const said = await preview(copy, { env: job(copy, pushed(before, copy.head())) });
  expectChange(said, { rung: 'push', built: ['api', 'web'], sentence: /^branch main: compared with [0-9a-f]{12}, where it was before the push$/ });
  assert.deepEqual([said.change.base, said.change.files], [before, 3]);
});

test('The webhooks of GitLab and Bitbucket tell what was pushed, too', async () => {
  const { copy, before } = fourCommits();
  const gitlab = webhook({ object_kind: 'push', before, after: copy.head(), ref: 'refs/heads/main' });
  const bitbucket = webhook({ push: { changes: [{ old: { type: 'branch', target: { hash: before } }, new: { target: { hash: copy.head() } } }] } });
  for (const known of [gitlab, bitbucket]) expectChange(await preview(copy, { env: job(copy, known) }), { rung: 'push', built: ['api', 'web'] });
});

/* vllm#5140 */
test('Nobody tells what was pushed: everything, and it is said why', async () => {
  const { copy } = fourCommits();
  for (const env of [job(copy), job(copy, { BUILDKITE_JOB_ID: '' })]) {
    expectChange(await preview(copy, { env }), { rung: 'default-branch', everything: true, built: everything, sentence: /^branch main: every image, for it is not known what was pushed$/ });
  }
});

test('A merge of a pull request into main is one push, and its whole branch counts', async () => {
  const { origin } = fourCommits();
  const before = origin.head();
  origin.branch('feature').commit({ 'tools/t': '2\n' });
  origin.commit({ 'README.md': '3\n' });
  origin.branch('main').merge('feature');
  const copy = checkout(origin);
  expectChange(await preview(copy, { env: job(copy, pushed(before, copy.head())) }), { rung: 'push', built: ['tools'] });
});

test('The settings say that main is always built whole', async () => {
  const { copy, before } = fourCommits('base: {default_branch: all}\n');
  expectChange(await preview(copy, { env: job(copy, pushed(before, copy.head())) }), { rung: 'default-branch', everything: true, built: everything, sentence: /default_branch: all/ });
});

/* nx-set-shas#119, changed-files#546 */
test('Main was pushed by force and what it was is no longer behind it: everything', async () => {
  const { origin } = fourCommits();
  const lost = origin.head();
  origin.git('branch', 'kept', lost);
  origin.git('reset', '-q', '--hard', 'HEAD~2');
  origin.commit({ 'tools/t': '2\n' });
  const copy = checkout(origin);
  expectChange(await preview(copy, { env: job(copy, pushed(lost, copy.head())) }), { rung: 'default-branch', everything: true, built: everything, sentence: /force push/ });
});

/* nx-set-shas#132 */
test('Main was pushed by force and what it was exists nowhere any more: everything, and no failure', async () => {
  const { copy } = fourCommits();
  expectChange(await preview(copy, { env: job(copy, pushed('ab'.repeat(20), copy.head())) }), { rung: 'default-branch', everything: true, built: everything, sentence: /force push/ });
});

test('Main is new: everything', async () => {
  const { copy } = fourCommits();
  expectChange(await preview(copy, { env: job(copy, pushed(zero, copy.head())) }), { rung: 'default-branch', everything: true, built: everything, sentence: /the branch is new/ });
});

test('Main was set back to an older commit: HEAD lies behind what it was, and everything is built', async () => {
  const { origin, before } = fourCommits();
  const copy = checkout(origin, before);
  expectChange(await preview(copy, { env: job(copy, pushed(origin.head(), before)) }), { rung: 'default-branch', everything: true, built: everything });
});

test('A push that says it went from HEAD to HEAD is not nothing', async () => {
  const { copy } = fourCommits();
  expectChange(await preview(copy, { env: job(copy, pushed(copy.head(), copy.head())) }), { rung: 'default-branch', everything: true, built: everything, sentence: /HEAD itself/ });
});

test('The push is compared with where it started, also when others have pushed since', async () => {
  const { origin, before } = fourCommits();
  const copy = checkout(origin, 'HEAD~2');
  expectChange(await preview(copy, { env: job(copy, pushed(before, copy.head())) }), { rung: 'push', built: ['api', 'web'] });
});

/* ---- builds that nobody pushed -------------------------------------------------------------- */

test('A schedule, the API, a person or a trigger builds main whole, whatever the webhook says', async () => {
  const { copy, before } = fourCommits();
  const said = { schedule: /^a scheduled build of branch main: every image$/, api: /asked for/, ui: /asked for/, trigger_job: /^a triggered build/ };
  for (const [source, sentence] of Object.entries(said)) {
    expectChange(await preview(copy, { env: job(copy, { BUILDKITE_SOURCE: source, ...pushed(before, copy.head()) }) }), { rung: 'every', everything: true, built: everything, sentence });
  }
});

test('A rebuild of a push to main builds it whole', async () => {
  const { copy, before } = fourCommits();
  const env = job(copy, { BUILDKITE_REBUILT_FROM_BUILD_ID: '018f7a3e-9e4b-4d8e-8c1e-6b1f0f6f0a12', ...pushed(before, copy.head()) });
  expectChange(await preview(copy, { env }), { rung: 'every', everything: true, built: everything, sentence: /^a rebuild of branch main/ });
});

test('An older commit of main is built anew: everything', async () => {
  const { origin } = fourCommits();
  const copy = checkout(origin, 'HEAD~3');
  for (const source of ['ui', 'api']) {
    expectChange(await preview(copy, { env: job(copy, { BUILDKITE_SOURCE: source }) }), { rung: 'every', everything: true, built: everything });
  }
});

/* ---- the last build that passed: a file, a command ------------------------------------------ */

test('A file tells the last commit that passed, and all that came after counts', async () => {
  const { copy, before } = fourCommits('base: {file: .passed}\n');
  copy.write({ '.passed': `${before}\n` });
  const said = await preview(copy, { env: job(copy) });
  expectChange(said, { rung: 'passed', built: ['api', 'web'], sentence: /^branch main: compared with [0-9a-f]{12}, the last commit that passed$/ });
  assert.equal(said.change.base, before);
});

test('A file that is missing, empty, or holds something else: everything, with what to do', async () => {
  const { copy } = fourCommits('base: {default_branch: passed, file: .passed}\n');
  for (const content of [null, '', 'main\n', '1234\n', '\u001b[31m\n']) {
    copy.write({ '.passed': content });
    expectChange(await preview(copy, { env: job(copy) }), { rung: 'failed', everything: true, built: everything, warnings: ['base'], sentence: /\.passed/, remedy: /'base' in the settings/ });
  }
});

test('A command tells the last commit that passed; it is run in CI, at the root, by a shell', async () => {
  const { copy, before } = fourCommits('base: {command: "test -f README.md && git rev-parse HEAD~4 | tee asked"}\n');
  const inside = { ...job(copy) };
  const said = await preview(copy, { env: inside, cwd: copy.path('api') });
  expectChange(said, { rung: 'passed', built: ['api', 'web'] });
  assert.equal(readFileSync(copy.path('asked'), 'utf8').trim(), before);
});

test('A command that fails, or says nothing: everything, and its status is told', async () => {
  for (const [command, sentence] of [['exit 7', /ended with 7/], ['true', /tells no commit/], ['echo main', /tells no commit but 'main'/], ['no-such-command', /ended with 127/]]) {
    const { copy } = fourCommits(`base: {command: "${command}"}\n`);
    expectChange(await preview(copy, { env: job(copy) }), { rung: 'failed', everything: true, built: everything, warnings: ['base'], sentence, remedy: /'base' in the settings/ });
  }
});

test('On a laptop the command is not run, unless --fetch asks for it', async () => {
  const { copy } = fourCommits('base: {command: "git rev-parse HEAD~4 | tee asked"}\n');
  copy.git('checkout', '-q', 'main');
  expectChange(await preview(copy), { rung: 'failed', everything: true, built: everything, warnings: ['base'], sentence: /runs in CI only/, remedy: /./ });
  assert.ok(!existsSync(copy.path('asked')));
  expectChange(await preview(copy, { words: ['--fetch'] }), { rung: 'passed', built: ['api', 'web'] });
});

test('The last commit that passed was lost by a force push: everything', async () => {
  const { copy } = fourCommits('base: {file: .passed}\n');
  copy.write({ '.passed': `${'ab'.repeat(20)}\n` });
  expectChange(await preview(copy, { env: job(copy) }), { rung: 'default-branch', everything: true, built: everything, sentence: /not behind HEAD/ });
});

test('The last commit that passed is HEAD itself, as in a build that is done again: everything', async () => {
  const { copy } = fourCommits('base: {file: .passed}\n');
  copy.write({ '.passed': copy.head() });
  expectChange(await preview(copy, { env: job(copy) }), { rung: 'default-branch', everything: true, built: everything, sentence: /HEAD itself/ });
});

test('The settings want the last commit that passed and tell no way to learn it: everything, with what to do', async () => {
  const { copy } = fourCommits('base: {default_branch: passed}\n');
  expectChange(await preview(copy, { env: job(copy) }), { rung: 'failed', everything: true, built: everything, warnings: ['base'], remedy: /'base' in the settings/ });
});

/* ---- the last build that passed: Buildkite's API -------------------------------------------------- */

const token = 'bkua_0123456789abcdef';
const asks = 'base: {token_variable: READ_TOKEN}\n';
const builds = (...commits) => (_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(commits.map((commit, n) => ({ id: String(n), number: 40 - n, state: 'passed', branch: 'main', commit }))));
};

/* What is said is never the token. */
async function withToken(copy, url, more = {}) {
  const env = job(copy, { READ_TOKEN: token, DEPOT_PIPELINE_API_URL: url, ...more });
  const said = await preview(copy, { env, words: ['-v'] });
  const made = await run(copy, ['generate', '-v'], { env });
  for (const text of [said.stdout, said.stderr, made.stdout, made.stderr]) assert.ok(!text.includes(env.READ_TOKEN), 'the token is printed');
  return said;
}

test('Buildkite is asked for the last build of main that passed, with the token of the settings\' variable', async (t) => {
  const { copy, before } = fourCommits(asks);
  const server = await serve(t, builds(before));
  expectChange(await withToken(copy, server.url), { rung: 'passed', built: ['api', 'web'] });
  const [{ url, headers }] = server.requests;
  assert.equal(url, '/organizations/acme/pipelines/shop/builds?branch=main&state=passed&per_page=1');
  assert.equal(headers.authorization, `Bearer ${token}`);
  assert.equal(server.requests.length, 2, 'once a run');
});

test('A default branch with signs in its name is asked for by that name', async (t) => {
  const origin = repository(shop);
  origin.git('checkout', '-q', '-b', 'next/ä&b#1');
  const before = origin.commit(settings(asks));
  origin.commit({ 'api/main': '2\n' });
  const copy = checkout(origin);
  const server = await serve(t, builds(before));
  expectChange(await withToken(copy, server.url, { BUILDKITE_BRANCH: 'next/ä&b#1', BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'next/ä&b#1' }), { rung: 'passed', built: ['api'] });
  assert.equal(new URL(server.requests[0].url, server.url).searchParams.get('branch'), 'next/ä&b#1');
});

test('Buildkite is not asked where the answer does not count: on a branch, a tag, a schedule', async (t) => {
  const { origin } = fourCommits(asks);
  origin.branch('feature').commit({ 'tools/t': '2\n' });
  const copy = checkout(origin, 'feature');
  const server = await serve(t, builds());
  const log = place('log');
  const known = { STORY_AGENT_LOG: log };
  expectChange(await withToken(copy, server.url, { BUILDKITE_BRANCH: 'feature', ...known }), { rung: 'branch', built: ['tools'] });
  expectChange(await withToken(copy, server.url, { BUILDKITE_BRANCH: 'v1', BUILDKITE_TAG: 'v1', ...known }), { rung: 'tag', everything: true, built: everything });
  expectChange(await withToken(copy, server.url, { BUILDKITE_SOURCE: 'schedule', ...known }), { rung: 'every', everything: true, built: everything });
  assert.deepEqual(server.requests, []);
  assert.ok(!existsSync(log), 'the agent is not asked either');
});

test('No build has passed yet: everything, with what to do', async (t) => {
  const { copy } = fourCommits(asks);
  const server = await serve(t, builds());
  expectChange(await withToken(copy, server.url), { rung: 'failed', everything: true, built: everything, warnings: ['base'], sentence: /no build of main has passed yet/, remedy: /./ });
});

test('Buildkite refuses the token, or breaks: everything, with the status that it gave', async (t) => {
  const { copy } = fourCommits(asks);
  for (const status of [401, 403, 404, 500, 503]) {
    const server = await serve(t, (_, response) => { response.statusCode = status; response.end(`{"message": "no ${token}"}`); });
    expectChange(await withToken(copy, server.url), { rung: 'failed', everything: true, built: everything, warnings: ['base'], sentence: new RegExp(String(status)), remedy: /token variable/ });
  }
});

test('Buildkite is not there at all: everything, with what to do', async () => {
  const { copy } = fourCommits(asks);
  expectChange(await withToken(copy, 'http://127.0.0.1:9'), { rung: 'failed', everything: true, built: everything, warnings: ['base'], sentence: /Buildkite did not tell/, remedy: /./ });
});

test('Buildkite answers what is not understood: everything', async (t) => {
  const { copy } = fourCommits(asks);
  for (const body of ['', '<html>', '{}', '[{}]', '[{"commit": "HEAD"}]', '[{"commit": 7}]', '[null]', '{"message": "hello"}']) {
    const server = await serve(t, (_, response) => response.end(body));
    const said = await withToken(copy, server.url);
    assert.deepEqual([said.change.rung, said.built, said.warnings], ['failed', everything, ['base']], body);
  }
});

test('Where an answer redirects elsewhere the token does not follow', async (t) => {
  const { copy } = fourCommits(asks);
  const elsewhere = await serve(t, builds());
  const server = await serve(t, (_, response) => { response.writeHead(302, { location: `${elsewhere.url.replace('127.0.0.1', 'localhost')}/` }); response.end('[]'); });
  await withToken(copy, server.url);
  assert.deepEqual(elsewhere.requests, []);
});

test('The variable is not set, or holds no token: everything, and the variable is named, not what it holds', async (t) => {
  const { copy } = fourCommits(asks);
  const server = await serve(t, builds());
  for (const wrong of ['', 'a"\nurl = "http://127.0.0.1:9/', 'two words', 'back\\slash']) {
    const said = await preview(copy, { env: job(copy, { READ_TOKEN: wrong, DEPOT_PIPELINE_API_URL: server.url }) });
    expectChange(said, { rung: 'failed', everything: true, built: everything, warnings: ['base'], sentence: /the variable READ_TOKEN holds no token/, remedy: /./ });
  }
  assert.deepEqual(server.requests, []);
});

test('The token is on no command line, and a .curlrc does not count', async (t) => {
  const { copy, before } = fourCommits(asks);
  const server = await serve(t, builds(before));
  const directory = place('curl');
  mkdirSync(directory);
  writeFileSync(path.join(directory, 'curl'), `#!/bin/sh\nprintf '%s\\n' "$@" >>'${directory}/words'\nPATH=\${PATH#*:}\nexec curl "$@"\n`);
  chmodSync(path.join(directory, 'curl'), 0o755);
  writeFileSync(path.join(directory, '.curlrc'), 'fail-early = nonsense\nproxy = "http://127.0.0.1:9"\n');
  const env = job(copy, { READ_TOKEN: token, DEPOT_PIPELINE_API_URL: server.url, HOME: directory, PATH: `${directory}:${process.env.PATH}` });
  expectChange(await preview(copy, { env }), { rung: 'passed', built: ['api', 'web'] });
  const words = readFileSync(path.join(directory, 'words'), 'utf8');
  assert.ok(words.startsWith('-q\n') && !words.includes(token), words);
});

test('Outside Buildkite nobody knows which pipeline to ask about: everything', async (t) => {
  const { copy } = fourCommits(asks);
  const server = await serve(t, builds());
  copy.git('checkout', '-q', 'main');
  expectChange(await preview(copy, { env: { READ_TOKEN: token, DEPOT_PIPELINE_API_URL: server.url } }), { rung: 'failed', everything: true, built: everything, warnings: ['base'], sentence: /not a Buildkite job/, remedy: /./ });
  assert.deepEqual(server.requests, []);
});

test('The settings name two ways to the last commit that passed: they are wrong, and nothing is generated', async () => {
  const { copy } = fourCommits('base: {file: .passed, token_variable: READ_TOKEN}\n');
  const made = await run(copy, ['generate'], { env: job(copy) });
  assert.equal(made.status, 1);
  assert.match(made.stdout, /^\[depot-pipeline failed/);
  assert.match(made.stderr, /give one \[settings-value\]/);
});

/* monorepo-diff#135, buildkite-builder#106 */
test('A push to main that affects no image makes one skipped step and is green', async () => {
  const { copy } = fourCommits();
  const made = await generate(copy, { env: job(copy, pushed(copy.head('HEAD~1'), copy.head())) });
  assert.deepEqual(made.keys, ['build-nothing']);
  assert.equal(typeof made.steps[0].skip, 'string');
});
