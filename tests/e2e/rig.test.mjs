/*
 * rig.test: the rig against a pipeline written by hand, so that a red scenario later means the program.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { refusals } from './agent-secrets.mjs';
import { check } from './check-pipeline.mjs';
import { missingDepot, startRig } from './scenario.mjs';
import { availableShells, shells } from './toolbox.mjs';

const sample = readFileSync(new URL('sample/hello.yml', import.meta.url), 'utf8');

let rig;
let checkout;

before(async () => {
  rig = await startRig({ registryLogin: { username: 'robot$api', password: 's3cret' }, projects: [{ id: 'other', name: 'Other' }] });
  checkout = path.join(rig.workspace, 'repository');
  mkdirSync(path.join(checkout, 'services/api'), { recursive: true });
  writeFileSync(path.join(checkout, 'Dockerfile'), 'FROM scratch\nCOPY greeting /\n');
  writeFileSync(path.join(checkout, 'greeting'), 'hello\n');
  writeFileSync(path.join(checkout, 'services/api/Dockerfile.prod'), 'FROM scratch AS runtime\nCOPY api/main /\n');
  writeFileSync(path.join(checkout, 'services/api/main'), 'main\n');
});

after(() => rig.close());

const text = () => sample.replaceAll('REGISTRY/', `${rig.registry.host}/`).replaceAll("'REGISTRY'", rig.registry.host);
const run = (options = {}) => rig.runSteps({
  text: text(), checkout, secrets: { registry_password: 's3cret' }, agentEnv: { BUILDKITE_BUILD_NUMBER: '42' }, ...options,
});
const explain = ({ steps }) => steps.map((step) => `${step.key} ${step.state} ${step.exitStatus}\n${step.stdout}${step.stderr}`).join('\n');

test('the sample has no violations', () => assert.deepEqual(check(text()), []));

for (const shell of Object.keys(shells)) {
  const skip = missingDepot || (availableShells().includes(shell) ? false : `no ${shell} on this machine`);
  test(`${shell}: a build without output reaches Depot as it was written`, { skip }, async () => {
    const result = await run({ shell, only: ['build-hello'] });
    assert.equal(result.step('build-hello').state, 'passed', explain(result));
    const [build, ...others] = result.builds;
    assert.deepEqual(others, []);
    assert.equal(build.projectId, 'x19jffd9zf');
    assert.equal(build.token, 'token-of-the-agent');
    assert.equal(build.result, 'success');
    const [{ command, tags, push, load, save, outputs }] = build.options;
    assert.deepEqual({ command, tags, push, load, save, outputs },
      { command: 'build', tags: [], push: false, load: false, save: false, outputs: [] });
    const [solve] = result.solves;
    assert.equal(solve.platform, 'linux/amd64');
    assert.equal(solve.file, 'Dockerfile');
    assert.equal(solve.dockerfile, 'FROM scratch\nCOPY greeting /\n');
    assert.deepEqual(solve.context, ['Dockerfile', 'greeting', 'services/api/Dockerfile.prod', 'services/api/main']);
    assert.deepEqual(solve.exporter, { type: '', attributes: {} });
    assert.equal(result.calls('depot').at(-1).argv.at(-1), '.');
  });

  test(`${shell}: login, arguments, target, cache, two platforms, two tags, push`, { skip }, async () => {
    const result = await run({ shell });
    const step = result.step('build-services-api');
    assert.equal(step.state, 'passed', explain(result));
    const build = result.builds.find(({ projectId }) => projectId === 'apiproj');
    const names = ['1', 'main'].map((tag) => `${rig.registry.host}/team/api:${tag}`);
    assert.deepEqual(build.options[0].tags, names);
    assert.equal(build.options[0].push, true);
    const solves = result.solves.filter(({ buildId }) => buildId === build.buildId);
    assert.deepEqual(solves.map(({ platform }) => platform).sort(), ['linux/amd64', 'linux/arm64']);
    for (const solve of solves) {
      assert.equal(solve.target, 'runtime');
      assert.equal(solve.file, 'Dockerfile.prod');
      assert.deepEqual(solve.context, ['api/Dockerfile.prod', 'api/main']);
      assert.deepEqual(solve.arguments, { GREETING: 'it costs $5', NUMBER: '42' });
      assert.deepEqual(solve.logins, { [rig.registry.host]: { username: 'robot$api', password: 's3cret' } });
      assert.deepEqual(solve.cacheTo, [{ type: 'registry', attributes: { ref: `${rig.registry.host}/team/api:cache`, mode: 'max' } }]);
    }
    const metadata = JSON.parse(readFileSync(path.join(step.directory, 'build.json'), 'utf8'));
    for (const tag of ['1', 'main']) {
      const { digest, body } = rig.registry.tag('team/api', tag);
      assert.equal(metadata['containerimage.digest'], digest, 'the metadata file names what the tag points at');
      assert.deepEqual(JSON.parse(body).manifests.map(({ platform }) => platform.architecture).sort(), ['amd64', 'arm64']);
    }
    const [login] = result.calls('docker');
    assert.deepEqual(login.argv, ['login', '--username', 'robot$api', '--password-stdin', rig.registry.host]);
    assert.equal(login.stdin, 's3cret');
  });
}

const skip = missingDepot;
const hello = (options) => run({ only: ['build-hello'], ...options });

test('DEPOT_PROJECT_ID of the job wins over the default', { skip }, async () => {
  const { builds } = await hello({ agentEnv: { DEPOT_PROJECT_ID: 'fromagent' } });
  assert.equal(builds[0].projectId, 'fromagent');
});

test('DEPOT_PROJECT_ID of the upload does not', { skip }, async () => {
  const { builds } = await hello({ uploadEnvironment: { DEPOT_PROJECT_ID: 'fromupload' } });
  assert.equal(builds[0].projectId, 'x19jffd9zf');
});

for (const [code, message] of [['permission_denied', 'not your project'], ['unauthenticated', 'bad token'], ['unavailable', 'come back later']]) {
  test(`the API answers ${code}`, { skip }, async () => {
    const result = await hello({ prepare: ({ plane }) => plane.answer(code, message) });
    const step = result.step('build-hello');
    assert.equal(step.exitStatus, 1);
    assert.match(step.stderr, new RegExp(`${code}: ${message}`));
  });
}

test('the API answers not_found: the CLI lists the projects it could use', { skip }, async () => {
  const result = await hello({ prepare: ({ plane }) => plane.answer('not_found') });
  assert.equal(result.step('build-hello').exitStatus, 1);
  const { stdout, stderr } = result.step('build-hello');
  assert.match(stdout + stderr, /Project ID,Name\nother,Other/);
  assert.match(stderr, /missing project ID/);
});

test('bake: one build, one solve a target and platform', { skip }, async () => {
  const result = await rig.runSteps({
    checkout,
    text: commands([{
      key: 'a',
      command: [
        'echo "services: {web: {build: .}, api: {build: {context: services, dockerfile: api/Dockerfile.prod}}}" >compose.yaml',
        'depot bake --file compose.yaml --project p --save --metadata-file m.json --set "*.platform=linux/arm64" web api',
      ],
    }]),
  });
  assert.equal(result.steps[0].state, 'passed', explain(result));
  assert.deepEqual(result.builds[0].options.map(({ command, targetName, save }) => `${command} ${targetName} ${save}`).sort(),
    ['bake api true', 'bake web true']);
  assert.deepEqual(result.solves.map(({ name, platform, file }) => `${name} ${platform} ${file}`).sort(),
    ['api linux/arm64 Dockerfile.prod', 'web linux/arm64 Dockerfile']);
});

test('a build that fails on the builder fails the step and those that need it', { skip }, async () => {
  const result = await run({ prepare: ({ buildkit }) => { buildkit.failure = 'process "make" did not complete'; } });
  assert.match(result.step('build-hello').stderr, /process "make" did not complete/);
  assert.deepEqual(result.steps.map(({ state }) => state), ['failed', 'blocked']);
  assert.match(result.builds[0].result, /process "make"/);
});

test('OIDC: the token of the job, for the audience of Depot', { skip }, async () => {
  const result = await hello({ login: 'oidc' });
  assert.deepEqual(result.oidc, [{ job: 'job1', authorization: 'Token agent-token', body: { audience: 'https://depot.dev' } }]);
  assert.equal(result.builds[0].token, 'jwt-of-the-job');
});

test('OIDC refused: the CLI does not say why', { skip }, async () => {
  const result = await hello({ login: 'oidc', prepare: ({ oidc }) => oidc.answer(403, 'no') });
  assert.equal(result.step('build-hello').exitStatus, 1);
  assert.match(result.step('build-hello').stderr, /missing API token/);
});

test('a wrong password is refused by the registry', { skip }, async () => {
  const result = await run({ secrets: { registry_password: 'wrong' } });
  assert.equal(result.step('build-services-api').state, 'failed', explain(result));
  assert.ok(rig.registry.refused > 0);
});

test('a failed login is status 71', async () => {
  const result = await run({ only: ['build-services-api'], agentEnv: { RIG_DOCKER_STATUS: '1' } });
  assert.equal(result.step('build-services-api').exitStatus, 71);
});

/* The CLI as its vendor packs it, small enough: a link will do. */
function archive() {
  const directory = path.join(rig.workspace, 'archive');
  mkdirSync(path.join(directory, 'bin'), { recursive: true });
  writeFileSync(path.join(directory, 'bin/depot'), `#!/bin/sh\nexec "$RIG_DEPOT" "$@"\n`, { mode: 0o755 });
  return spawnSync('tar', ['-cz', '-C', directory, 'bin']).stdout;
}

test('the CLI is downloaded, checked and used where the image has none', { skip }, async () => {
  const bytes = archive();
  const result = await hello({
    text: text().replace('CHECKSUM', createHash('sha256').update(bytes).digest('hex')),
    standIn: ['curl'], downloads: { 'depot_2.102.6_linux_amd64.tar.gz': bytes },
  });
  assert.equal(result.step('build-hello').state, 'passed', explain(result));
  assert.equal(result.builds.length, 1);
  assert.equal(result.calls('curl').length, 1);
});

test('a wrong checksum is status 70 and nothing runs', async () => {
  const result = await hello({
    text: text().replace('CHECKSUM', '0'.repeat(64)),
    standIn: ['curl'], downloads: { 'depot_2.102.6_linux_amd64.tar.gz': archive() },
  });
  assert.equal(result.step('build-hello').exitStatus, 70);
  assert.deepEqual(result.builds, []);
});

test('a failed download is status 70', async () => {
  const result = await hello({ standIn: ['curl'] });
  assert.equal(result.step('build-hello').exitStatus, 70);
});

test('a step does not see the files of another, nor the tools of the machine', async () => {
  const result = await rig.runSteps({
    checkout,
    text: 'steps:\n- {key: a, command: "touch mine; ! command -v git"}\n- {key: b, command: "test ! -e mine; test -e greeting", depends_on: a}\n',
  });
  assert.deepEqual(result.steps.map(({ state }) => state), ['passed', 'passed'], explain(result));
});

const commands = (steps) => `${JSON.stringify({ steps })}\n`;

test('order, failures and skips follow depends_on', async () => {
  const { steps } = await rig.runSteps({
    checkout,
    text: commands([
      { key: 'last', command: 'true', depends_on: ['g'] },
      { key: 'blocked', command: 'true', depends_on: 'bad' },
      { key: 'anyway', command: 'true', depends_on: [{ step: 'bad', allow_failure: true }] },
      { group: 'G', key: 'g', steps: [{ key: 'in-group', command: 'true', depends_on: 'bootstrap' }] },
      { key: 'bad', command: 'exit 7' },
      { key: 'skipped', skip: 'why not', command: 'false' },
    ]),
    known: ['bootstrap'],
  });
  assert.deepEqual(steps.map(({ key, state }) => `${key} ${state}`),
    ['in-group passed', 'last passed', 'bad failed', 'blocked blocked', 'anyway passed', 'skipped skipped']);
  assert.equal(steps[2].exitStatus, 7);
});

for (const [name, steps, expected] of [
  ['a key twice', [{ key: 'a' }, { key: 'a' }], /key a is used twice/],
  ['an unknown dependency', [{ key: 'a', depends_on: 'b' }], /depends on b, which does not exist/],
  ['a circle', [{ key: 'a', depends_on: 'b' }, { key: 'b', depends_on: 'a' }], /waits for itself/],
  ['a key with a slash', [{ key: 'a/b' }], /key "a\/b"/],
  ['no key', [{ label: 'x', command: 'true' }], /no key/],
]) {
  test(`the server refuses ${name}`, () => assert.rejects(rig.runSteps({ checkout, text: commands(steps) }), expected));
}

test('several documents are one build', async () => {
  const text = 'steps: [{key: a, command: "true"}]\n---\nsteps: [{key: b, command: "true", depends_on: a}]\n';
  const { steps } = await rig.runSteps({ checkout, text });
  assert.deepEqual(steps.map(({ key, state }) => `${key} ${state}`), ['a passed', 'b passed']);
});

test('the agent stand-in keeps what it is given and answers what it was told', async () => {
  const result = await rig.runSteps({
    checkout, metaData: { base: 'abc' }, agentSecrets: { key: 'value' },
    text: commands([{
      key: 'a',
      command: [
        'test "$$(buildkite-agent meta-data get base)" = abc', 'test "$$(buildkite-agent meta-data get none --default d)" = d',
        'test "$$(buildkite-agent secret get key)" = value', '! buildkite-agent meta-data get none',
        'echo note | buildkite-agent annotate --style info', 'echo x >p.yml', 'buildkite-agent pipeline upload p.yml',
        'buildkite-agent meta-data set digest sha', 'test "$$(buildkite-agent meta-data get digest)" = sha',
      ],
    }]),
  });
  assert.equal(result.steps[0].state, 'passed', explain(result));
  const calls = result.calls('buildkite-agent');
  assert.equal(calls.find(({ argv }) => argv[0] === 'annotate').stdin, 'note\n');
  assert.deepEqual(calls.find(({ argv }) => argv[0] === 'pipeline').files, { 'p.yml': 'x\n' });
});

/* One change to a good pipeline, and the violation it must be. */
const good = `steps:
  - label: "a"
    key: "a"
    command: "true"
    agents:
      queue: "q"
    skip: "why"
`;
for (const [from, to, expected] of [
  ['key: "a"', 'key: "a b"', /key/],
  ['key: "a"', 'keys: "a"', /additional properties: keys/],
  ['"true"', '"echo $X"', /\/steps\/0\/command: depends on a variable of the upload/],
  ['"true"', '"echo ${X:?}"', /the upload is refused/],
  ['"true"', 'true', /\/steps\/0\/command \(a\) must be string|must be string/],
  ['"q"', 'yes', /means something else to a YAML 1.1 reader/],
  ['"q"', '&a q', /the anchor &a/],
  ['"q"', '!!str q', /the tag/],
  ['"q"', '""', /agents\/queue \(a\) must NOT have fewer than 1 characters/],
  ['steps:\n', 'steps:\n  - group: "g"\n    key: "g"\n    steps: [{label: "b", key: "b", command: "true"}]\n', /\/steps must NOT have more than 1 items/],
  ['    command: "true"\n', '', /required property 'command'/],
  ['"why"', `"${'x'.repeat(71)}"`, /must NOT have more than 70 characters/],
  ['"why"', 'true', /must be string/],
  ['skip:', 'env: {DEPOT_TOKEN: "x"}\n    skip:', /property name must be valid: DEPOT_TOKEN|must NOT be valid/],
  ['skip:', 'depends_on: "b"\n    skip:', /depends on b, which does not exist/],
  ['skip:', 'retry: {automatic: [{exit_status: 70}]}\n    skip:', /required property 'limit'/],
  ['skip:', 'plugins: [{"docker-login": {}}]\n    skip:', /property name must be valid|must match pattern/],
  ['skip: "why"\n', 'skip: "why"\r\n', /carriage return/],
  ['skip: "why"\n', 'skip: "why"', /newline at the end/],
  ['key: "a"', 'key: "a"\n    key: "b"', /no pipeline: Map keys must be unique/],
  ['steps:', 'env: {}\nsteps:', /additional properties: env/],
]) {
  test(`check-pipeline sees ${JSON.stringify(to).slice(0, 60)}`, () => assert.match(check(good.replace(from, to)).join('\n'), expected));
}

test('check-pipeline passes what is good, and attributes that were announced', () => {
  assert.deepEqual(check(good), []);
  assert.deepEqual(check(good.replace('skip:', 'future: 1\n    skip:'), { attributes: ['future'] }), []);
});

test('check-pipeline counts jobs', () => {
  const step = (n) => ({ label: 'a', key: `a${n}`, command: 'true', skip: 'why' });
  assert.match(check(commands(Array.from({ length: 501 }, (_, n) => step(n)))).join(), /501 jobs in one upload/);
});

test('check-pipeline knows gates, triggers and matrices, and counts the jobs of a matrix', () => {
  const steps = [
    { block: 'Go', key: 'gate', blocked_state: 'running' }, { trigger: 'deploy', key: 'deploy', build: { env: { IMAGE: 'x' } }, depends_on: ['gate'] },
    { label: 'a', key: 'a', command: 'true {{matrix}}', matrix: ['x', 'y'] },
  ];
  assert.deepEqual(check(commands(steps)).filter((line) => !line.startsWith('text:')), []);
  for (const [at, change, words] of [
    [0, { input: 'x' }, /must NOT be valid/], [0, { blocked_state: 'x' }, /allowed values/], [1, { trigger: 'A b' }, /pattern/], [1, { build: { env: { X_TOKEN: 'x' } } }, /must NOT be valid|property name/],
    [2, { parallelism: 2 }, /must NOT be valid/], [0, { command: 'x' }, /additional properties/],
  ]) assert.match(check(commands(steps.map((step, n) => (n === at ? { ...step, ...change } : step)))).join('\n'), words);
  const many = Array.from({ length: 11 }, (_, n) => ({ label: 'a', key: `a${n}`, command: 'true {{matrix}}', matrix: Array(25).fill(0).map((_x, m) => `v${m}`).slice(0, 25) }));
  assert.deepEqual(check(commands(many)).filter((line) => line.startsWith('size')), []);
  assert.match(check(commands([...many, ...many.map((step) => ({ ...step, key: `${step.key}x` }))])).join(), /550 jobs/);
});

test('what agent 4 refuses is seen by name and by value', () => {
  const steps = [
    { key: 'a', env: { NPM_TOKEN: 'harmless', B_TOKEN: '$X', C_TOKEN: '${X}', PLAIN: 'x' }, command: 'echo "se\\"cret-1"' },
    { group: 'g', key: 'g', steps: [{ key: 'b', env: { X_PASSWORD: '' }, command: 'true' }] }, { key: 't', trigger: 'x', build: { env: { Y_API_KEY: 'z' } } },
  ];
  const environment = { A_SECRET: 'se"cret-1', SHORT_TOKEN: 'true', NAME: 'harmless', D_PRIVATE_KEY: 'harmless' };
  assert.deepEqual(refusals([{ env: { Z_SSH_KEY: 'v' }, steps }], environment), [
    'agent 4 refuses /env: Z_SSH_KEY', 'agent 4 refuses /steps/0 (a)/env: NPM_TOKEN', 'agent 4 refuses /steps/1 (g)/steps/0 (b)/env: X_PASSWORD', 'agent 4 refuses /steps/2 (t)/build/env: Y_API_KEY',
    'agent 4 refuses the value of A_SECRET at /steps/0/command', 'agent 4 refuses the value of D_PRIVATE_KEY at /steps/0/env/NPM_TOKEN',
  ]);
});
