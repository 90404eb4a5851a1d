/*
 * install.test: how a step comes by the Depot CLI and by its right to use it, and what it says when it cannot.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { inEveryShell, passed, produced, stopped } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';
import { missingShellcheck, shellcheck } from './shellcheck.mjs';

const skip = missingProgram;
let rig;
let bytes;
before(async () => {
  rig = await startRig();
  bytes = archive('exec "$RIG_DEPOT" "$@"');
});
after(() => rig.close());

const hello = { Dockerfile: 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const scenario = (settings = '', options = {}) => rig.scenario({ repo: hello, settings, ...options });

/* A release of the CLI, as its vendor packs it. */
function archive(script) {
  const directory = path.join(rig.workspace, 'archive', 'release');
  mkdirSync(path.join(directory, 'bin'), { recursive: true });
  writeFileSync(path.join(directory, 'bin/depot'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return spawnSync('tar', ['-cz', '-C', directory, 'bin']).stdout;
}

const platform = `linux_${process.arch === 'arm64' ? 'arm64' : 'amd64'}`;
const name = `depot_2.999.0_${platform}.tar.gz`;
const checksum = (data = bytes) => createHash('sha256').update(data).digest('hex');

/* A version that no agent has, from a mirror. */
const newer = (sum = checksum()) => `cli: {version: 2.999.0, url: "https://mirror.example/depot/", sha256: {${platform}: ${sum}, darwin_arm64: ${'0'.repeat(64)}}}\n`;
const absent = { standIn: ['curl'] };

inEveryShell(test, 'pinned: a depot on PATH that is new enough is used, and nothing is downloaded', { skip }, async (shell) => {
  const run = await scenario('install: pinned\n', { shell });
  passed(run);
  assert.deepEqual(run.calls('curl'), []);
  assert.match(run.steps[0].stdout, /^~~~ Depot CLI$/m);
});

inEveryShell(test, 'pinned: no depot on PATH, so one is downloaded, checked and used', { skip }, async (shell) => {
  const run = await scenario(newer(), { shell, ...absent, downloads: { [name]: bytes } });
  passed(run);
  assert.equal(run.builds.length, 1);
  const [{ argv }, ...others] = run.calls('curl');
  assert.deepEqual(others, []);
  assert.equal(argv.at(-1), `https://mirror.example/depot/v2.999.0/${name}`);
  assert.match(run.steps[0].stdout, /Found no depot, need 2\.999\.0 or newer: downloading/);
  assert.deepEqual(readdirSync(path.join(path.dirname(run.steps[0].directory), 'tmp')), [], 'nothing of it stays behind');
});

test('pinned: the depot on PATH is too old, so a newer one is downloaded', { skip }, async () => {
  for (const old of ['2.101.99', '2.9.0', '1.999.999']) {
    const run = await scenario(newer(), { scripts: { depot: `echo "depot version ${old} (2020-01-01)"` }, downloads: { [name]: bytes } });
    passed(run);
    assert.equal(run.builds.length, 1);
    assert.match(run.steps[0].stdout, new RegExp(`Found ${old}, need 2\\.999\\.0 or newer`));
  }
});

test('pinned: the default release of the vendor, where nobody asks for another', { skip }, async () => {
  const run = await scenario('', absent);
  stopped(run, 70, 'the download failed');
  assert.match(run.calls('curl')[0].argv.at(-1), new RegExp(`^https://github\\.com/depot/cli/releases/download/v2\\.102\\.6/depot_2\\.102\\.6_${platform}\\.tar\\.gz$`));
});

test('pinned: 2.102.0 is new enough without settings, 2.101.9 is not', { skip }, async () => {
  const at = async (version) => scenario('', { scripts: { depot: `test "$1" != --version || { echo "depot version ${version} (2026-01-01)"; exit; }\nexec "$RIG_DEPOT" "$@"` }, standIn: ['curl'] });
  passed(await at('2.102.0'));
  passed(await at('2.110.1'));
  stopped(await at('2.101.9'), 70, 'Found 2.101.9, need 2.102.0 or newer');
});

inEveryShell(test, 'pinned: the download fails: status 70, and what must be reachable', { skip }, async (shell) => {
  const run = await scenario(newer(), { shell, ...absent });
  stopped(run, 70, ['Cannot install the Depot CLI: the download failed', `curl or wget must reach https://mirror.example/depot/v2.999.0/${name}`]);
  assert.deepEqual(run.builds, []);
});

inEveryShell(test, 'pinned: the checksum is wrong: status 70, and nothing of the archive runs', { skip }, async (shell) => {
  const evil = archive('echo evil; exit 0');
  const run = await scenario(newer(), { shell, ...absent, downloads: { [name]: evil } });
  stopped(run, 70, `its sha256 is ${checksum(evil)}, not ${checksum()}`);
  assert.doesNotMatch(run.steps[0].stdout, /evil/);
  assert.deepEqual(run.builds, []);
});

test('pinned: an archive without bin/depot, or with one that does not run, is status 70', { skip }, async () => {
  const text = Buffer.from('<html>');
  stopped(await scenario(newer(checksum(text)), { ...absent, downloads: { [name]: text } }), 70, 'the archive does not hold bin/depot');
  const broken = archive('exit 1');
  stopped(await scenario(newer(checksum(broken)), { ...absent, downloads: { [name]: broken } }), 70, 'depot does not run on this agent');
});

test('pinned: wget where there is no curl', { skip }, async () => {
  const scripts = { wget: 'test "$1" = -qO && cat "$RIG_DOWNLOADS/${3##*/}" >"$2"' };
  const run = await scenario(newer(), { standIn: [], scripts, downloads: { [name]: bytes } });
  assert.equal(run.steps[0].state, 'passed', run.steps[0].stderr);
  stopped(await scenario(newer(), { standIn: [] }), 70, 'the download failed');
});

test('pinned: no checksum for the platform of the agent is status 70', { skip }, async () => {
  const run = await scenario(newer(), { ...absent, scripts: { uname: 'echo FreeBSD x86_64' } });
  stopped(run, 70, 'no checksum is known for freebsd_amd64');
});

test('a version without known checksums is a mistake in the settings', { skip }, async () => {
  const run = await scenario('cli: {version: 2.999.0}\n');
  assert.equal(run.generated.exitStatus, 1);
  assert.match(run.generated.stderr, /no checksums are known for 2\.999\.0/);
});

inEveryShell(test, 'none: a depot on PATH is used, a missing one is status 70', { skip }, async (shell) => {
  const run = await scenario('install: none\n', { shell });
  passed(run);
  assert.ok(run.generated.stdout.split('\n').length < 80, 'a short command');
  stopped(await scenario('install: none\n', { shell, ...absent }), 70, ["There is no working depot on this agent's PATH", 'install: pinned']);
});

test('image: the step runs in the image of the CLI, and says so where the agent does not follow', { skip }, async () => {
  const run = await scenario('install: image\n');
  passed(run);
  assert.equal(run.steps[0].step.image, 'ghcr.io/depot/cli:2.102.6');
  const own = await scenario('install: image\ncli: {image: "r.test/depot:1"}\n', absent);
  assert.equal(own.steps[0].step.image, 'r.test/depot:1');
  stopped(own, 70, ['It is to run in the image r.test/depot:1', 'install: pinned']);
});

const installer = 'test "$1" = 2.102.6 || exit 9\nmkdir -p "$DEPOT_INSTALL_DIR"\nprintf \'#!/bin/sh\\nexec "$RIG_DEPOT" "$@"\\n\' >"$DEPOT_INSTALL_DIR/depot"\nchmod +x "$DEPOT_INSTALL_DIR/depot"\n';

inEveryShell(test, 'script: the installer of the vendor, downloaded and then run', { skip }, async (shell) => {
  const run = await scenario('install: script\n', { shell, ...absent, downloads: { 'install-cli.sh': installer } });
  passed(run);
  assert.equal(run.builds.length, 1);
  assert.equal(run.calls('curl')[0].argv.at(-1), 'https://depot.dev/install-cli.sh');
});

test('script: a failed download, a failing installer, an installer that installs nothing: status 70', { skip }, async () => {
  stopped(await scenario('install: script\n', absent), 70, 'the download failed; curl must reach');
  stopped(await scenario('install: script\n', { ...absent, downloads: { 'install-cli.sh': 'exit 3\n' } }), 70, "the vendor's installer failed");
  stopped(await scenario('install: script\n', { ...absent, downloads: { 'install-cli.sh': 'true\n' } }), 70, 'depot does not run on this agent');
});

test('the way to install by option and by variable', { skip }, async () => {
  for (const options of [{ args: ['--install', 'none'] }, { env: { DEPOT_PIPELINE_INSTALL: 'none' } }]) {
    const run = await scenario('install: pinned\n', { ...options, run: false });
    produced(run);
    assert.doesNotMatch(run.generated.stdout, /depot_sha256/);
  }
});

inEveryShell(test, 'auth: auto: OIDC where the agent has no token', { skip }, async (shell) => {
  const run = await scenario('', { shell, login: 'oidc' });
  passed(run);
  assert.deepEqual(run.oidc, [{ job: 'job1', authorization: 'Token agent-token', body: { audience: 'https://depot.dev' } }]);
  assert.equal(run.builds[0].token, 'jwt-of-the-job');
});

inEveryShell(test, 'auth: oidc: a token that was left on the agent is put aside', { skip }, async (shell) => {
  const run = await scenario('auth: oidc\n', { shell, login: 'oidc', agentEnv: { DEPOT_TOKEN: 'stale', DEPOT_API_TOKEN: 'stale too' } });
  passed(run);
  assert.equal(run.oidc.length, 1);
  assert.equal(run.builds[0].token, 'jwt-of-the-job');
});

test('auth: oidc refused: the step is red', { skip }, async () => {
  const run = await scenario('auth: oidc\n', { login: 'oidc', prepare: ({ oidc }) => oidc.answer(403, 'no') });
  passed(run, { 'build-image': 'failed' });
  assert.deepEqual(run.builds, []);
});

inEveryShell(test, 'auth: token: used when it is there, status 72 when it is not', { skip }, async (shell) => {
  const run = await scenario('auth: token\n', { shell });
  passed(run);
  assert.equal(run.builds[0].token, 'token-of-the-agent');
  for (const agentEnv of [{}, { DEPOT_TOKEN: '' }]) {
    const missing = await scenario('auth: token\n', { shell, login: 'oidc', agentEnv });
    stopped(missing, 72, ['DEPOT_TOKEN is empty in this step', "never by 'env:'"]);
    assert.deepEqual([missing.oidc, missing.builds], [[], []]);
  }
});

test('token_secret: the token comes by `secrets:` and is nowhere in the text', { skip }, async () => {
  const run = await scenario('auth: token\ntoken_secret: depot_ci_token\n', { login: 'none', secrets: { depot_ci_token: 'from-the-secret' } });
  passed(run);
  assert.deepEqual(run.steps[0].step.secrets, { DEPOT_TOKEN: 'depot_ci_token' });
  assert.equal(run.builds[0].token, 'from-the-secret');
  assert.ok(!run.generated.stdout.includes('from-the-secret'));
});

test('token_secret without auth: token is a mistake in the settings', { skip }, async () => {
  const run = await scenario('token_secret: depot_ci_token\n');
  assert.equal(run.generated.exitStatus, 1);
  assert.match(run.generated.stderr, /'token_secret' needs 'auth: token'/);
});

test('a token in the environment of the program stays there', { skip }, async () => {
  const run = await scenario('auth: token\n', { env: { DEPOT_TOKEN: 'tok-123', BUILDKITE_AGENT_ACCESS_TOKEN: 'tok-456' }, run: false });
  produced(run);
  assert.doesNotMatch(run.generated.stdout + run.generated.stderr, /tok-/);
});

test('every emitted command passes shellcheck', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
