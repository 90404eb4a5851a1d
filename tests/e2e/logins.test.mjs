/*
 * logins.test: logins to registries, as the build then has them.
 *
 * The Depot CLI is real, and so is curl: the registry of the rig asks for the login. What Amazon, Google and Buildkite
 * answer is in clouds.test.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { explain, inEveryShell, passed, produced, solveOf, stopped } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';
import { missingShellcheck, shellcheck } from './shellcheck.mjs';

const skip = missingProgram;
const username = 'robot$api';
const password = `it's $HOME "s3cret" \\ \`x\``;
let rig;
let host;
before(async () => {
  rig = await startRig({ registryLogin: { username, password } });
  ({ host } = rig.registry);
});
after(() => rig.close());

const hello = { 'app/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const push = { BUILDKITE_COMMIT: '0123456789abcdef0123456789abcdef01234567', BUILDKITE_BRANCH: 'main', BUILDKITE_REPO: 'git@github.com:acme/shop.git' };
const pull = {
  ...push, BUILDKITE_BRANCH: 'patch-1', BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main',
  BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/acme/shop',
};
const fork = { ...pull, BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/stranger/shop.git' };
const login = `login: {username: "${username}", password_variable: REGISTRY_PASSWORD}\n`;
const scenario = (settings, options = {}) => rig.scenario({
  repo: hello, settings: `registry: ${host}/acme\n${settings}`, env: push, agentEnv: { REGISTRY_PASSWORD: password }, ...options,
});
const log = (run) => run.steps.map(({ stdout, stderr }) => stdout + stderr).join('');

inEveryShell(test, 'a login: the registry takes it, and the build has it', { skip }, async (shell) => {
  const run = await scenario(login, { shell });
  passed(run);
  assert.equal(rig.registry.refused, 0);
  assert.match(log(run), /The registry takes the user robot\$api/);
  assert.deepEqual(solveOf(run).logins, { [host]: { username, password } });
  for (const { argv } of [...run.calls('curl'), ...run.calls('depot')]) assert.ok(!argv.join(' ').includes('s3cret'));
  assert.ok(!log(run).includes('s3cret'));
  assert.ok(!run.generated.stdout.includes('s3cret'));
});

inEveryShell(test, 'a login on an agent without curl is not checked, and the build has it', { skip }, async (shell) => {
  const run = await scenario(login, { shell, standIn: ['depot'] });
  passed(run);
  assert.match(log(run), /Not checked before the build, as this agent has no curl/);
  assert.deepEqual(solveOf(run).logins, { [host]: { username, password } });
});

inEveryShell(test, 'a login that is refused: status 71, asked once, and nothing is built', { skip }, async (shell) => {
  const run = await scenario(login, { shell, agentEnv: { REGISTRY_PASSWORD: 'wrong' } });
  stopped(run, 71, [`Cannot log in to ${host}: it refuses the user ${username}`, 'is the password in REGISTRY_PASSWORD still valid']);
  assert.equal(rig.registry.refused, 1, 'a wrong password is not tried again');
  assert.deepEqual(run.builds, []);
});

inEveryShell(test, 'an empty password: status 71, and the variable is named', { skip }, async (shell) => {
  for (const agentEnv of [{}, { REGISTRY_PASSWORD: '' }]) {
    const run = await scenario(login, { shell, agentEnv });
    stopped(run, 71, 'REGISTRY_PASSWORD is empty in this step');
    assert.deepEqual(run.calls('curl'), []);
    assert.deepEqual(run.builds, []);
  }
});

test('the user name of a variable; an empty one is status 71', { skip }, async () => {
  const settings = 'login: {username_variable: REGISTRY_USER, password_variable: REGISTRY_PASSWORD}\n';
  const run = await scenario(settings, { agentEnv: { REGISTRY_USER: username, REGISTRY_PASSWORD: password } });
  passed(run);
  assert.deepEqual(solveOf(run).logins, { [host]: { username, password } });
  stopped(await scenario(settings), 71, 'the user name is empty');
});

test('the configuration of the agent is copied, added to, and never written to', { skip }, async () => {
  const dockerConfig = `{"auths":{"other.example":{"auth":"${Buffer.from('a:b').toString('base64')}"}},"credsStore":"none-there"}`;
  const depot = 'test "$1" != build || printf \'seen %s %s %s\\n\' "$HOME" "$DOCKER_CONFIG" "$(cat "$DOCKER_CONFIG/config.json")"\nexec "$RIG_DEPOT" "$@"';
  const run = await scenario(login, { dockerConfig, scripts: { depot } });
  passed(run);
  const [, home, own, text] = log(run).match(/^seen (\S+) (\S+) (.+)$/m);
  const seen = JSON.parse(text);
  assert.deepEqual(seen.auths, {
    'other.example': { auth: Buffer.from('a:b').toString('base64') }, [host]: { auth: Buffer.from(`${username}:${password}`).toString('base64') },
  });
  assert.deepEqual(seen.credHelpers, { [host]: '' });
  assert.equal(readFileSync(`${home}/.docker/config.json`, 'utf8'), dockerConfig);
  assert.ok(!existsSync(own), 'it is removed when the step ends');
});

test('an agent whose credentials are in a store: ours is found all the same', { skip }, async () => {
  const run = await scenario(login, { dockerConfig: '{"credsStore":"none-there"}' });
  passed(run);
  assert.deepEqual(solveOf(run).logins, { [host]: { username, password } });
});

test('a login is not asked for where nothing is pushed, and made where a base image is of the registry', { skip }, async () => {
  assert.doesNotMatch((await scenario(login, { env: pull, run: false })).generated.stdout, /Log in/);
  const repo = { ...hello, 'app/Dockerfile': `FROM ${host}/base:1\n` };
  assert.match((await scenario(login, { repo, env: pull, run: false })).generated.stdout, /login_password|Log in/);
  assert.doesNotMatch((await scenario(login, { repo, env: fork, run: false })).generated.stdout, /Log in/, 'the build of a fork makes none');
});

test('two registries in one configuration, one of them for base images', { skip }, async () => {
  const run = await scenario(`${login.replace('login: ', 'login:\n- ')}- {registry: 127.0.0.1:1, username: u, password_variable: OTHER}\n`, {
    standIn: ['depot'], agentEnv: { REGISTRY_PASSWORD: password, OTHER: 'x' },
  });
  passed(run);
  assert.match(log(run), /Log in to 127\.0\.0\.1:1\n/);
  assert.deepEqual(solveOf(run).logins, { [host]: { username, password } });
});

test('each image has its own login', { skip }, async () => {
  const run = await scenario(`tags: [t]\nimages:\n- {match: {name: b}, login: {username: "${username}", password_variable: B}}\n`, {
    repo: { 'a/Dockerfile': 'FROM scratch\n', 'b/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"p"}' }, agentEnv: { B: password },
  });
  passed(run);
  assert.deepEqual(solveOf(run, 'build-a').logins, { [host]: null });
  assert.deepEqual(solveOf(run, 'build-b').logins, { [host]: { username, password } });
});

test('a credential helper of the agent', { skip }, async () => {
  const helper = `read -r server\ntest "$1 $server" = 'get ${host}' || { echo 'credentials not found'; exit 1; }\nprintf '{"ServerURL":"%s","Username":"help","Secret":"it"}' "$server"`;
  const run = await scenario('login: {helper: mine}\n', { scripts: { 'docker-credential-mine': helper } });
  passed(run);
  assert.deepEqual(solveOf(run).logins, { [host]: { username: 'help', password: 'it' } });
  stopped(await scenario('login: {helper: mine}\n'), 71, "docker-credential-mine is not on this step's PATH");
  const scripts = { 'docker-credential-mine': 'echo "credentials not found in native keychain"; exit 1' };
  stopped(await scenario('login: {helper: mine}\n', { scripts }), 71, ['credentials not found in native keychain', 'docker-credential-mine says why above']);
});

test('a registry that is not there, and what is none: status 71', { skip }, async () => {
  const settings = `registry: 127.0.0.1:1/acme\n${login}`;
  const run = await rig.scenario({ repo: hello, settings, env: push, agentEnv: { REGISTRY_PASSWORD: password }, scripts: { sleep: 'exit 0' } });
  stopped(run, 71, ['curl: (7)', 'no answer from http://127.0.0.1:1/v2/', 'can this agent reach it?']);
});

test('a plugin logs in before the command: pinned, beside the plugins of the user', { skip }, async () => {
  const settings = 'login: {type: plugin, username: bot, password_variable: P}\nstep: {plugins: [{"x#v1": {a: b}}]}\n';
  const run = await scenario(settings, { run: false });
  produced(run);
  const [step] = run.documents.flatMap(({ steps }) => steps);
  assert.deepEqual(step.plugins, [
    { 'docker-login#v3.0.0': { username: 'bot', 'password-env': 'P', server: host } }, { 'x#v1': { a: 'b' } },
  ], explain(run));
  assert.doesNotMatch(step.command, /depot_registry/);
});

test('every emitted command passes shellcheck', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
