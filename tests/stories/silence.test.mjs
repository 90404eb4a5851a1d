/*
 * silence.test: an origin that takes the call and never answers; a file of its own, for it waits.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { checkout, expectChange, preview, pullRequest, repository, serve, shop } from './toolbox.mjs';

const hasHttp = existsSync(`${execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim()}/git-remote-http`);

function feature() {
  const origin = repository(shop);
  origin.branch('feature').commit({ 'api/main': '2\n' });
  origin.commit({ 'README.md': '2\n' });
  origin.branch('main').commit({ 'README.md': '3\n' });
  return origin;
}

/* Each in a checkout of its own, at the same time. */
async function silent(t, options, more) {
  const server = await serve(t, () => {});
  const copy = checkout(feature(), 'feature', ...options);
  copy.git('remote', 'set-url', 'origin', `${server.url}/shop.git`);
  return preview(copy, { env: pullRequest(copy, more) });
}

const skip = hasHttp ? false : 'git has no http';

describe('An origin never answers', { concurrency: 3, skip }, () => {
  test('An origin never answers: the main that is known is taken after seconds, with a warning', async (one) => {
    const said = await silent(one, []);
    expectChange(said, { rung: 'pull-request', built: ['api'], warnings: ['base-stale'] });
    assert.match(said.stderr, /git did not answer in time/);
    assert.ok(said.seconds < 15, `${said.seconds} seconds`);
  });
  test('An origin never answers, and the branch is not known: everything, after seconds', async (one) => {
    const said = await silent(one, [], { into: 'release/1' });
    expectChange(said, { rung: 'failed', everything: true, built: ['api', 'web'], warnings: ['base'], sentence: /did not answer in time/, remedy: /./ });
    assert.ok(said.seconds < 15, `${said.seconds} seconds`);
  });
  test('An origin never answers, and the clone is shallow: it is not asked again and again', async (one) => {
    const said = await silent(one, ['--depth=1', '--no-single-branch']);
    assert.deepEqual([said.change.rung, said.built], ['failed', ['api', 'web']]);
    assert.ok(said.seconds < 15, `${said.seconds} seconds`);
  });
});
