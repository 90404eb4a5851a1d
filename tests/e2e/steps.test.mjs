/*
 * steps.test: the step around the command, and the text around the steps: attributes, queues, keys, formats, and
 * the same bytes wherever they are made.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { parsePipeline } from './pipeline.mjs';
import { inEveryShell, passed, produced, solveOf, stopped } from './expect.mjs';
import { execute, missingProgram, program, startRig } from './scenario.mjs';
import { missingShellcheck, shellcheck } from './shellcheck.mjs';

const skip = missingProgram;
let rig;
before(async () => { rig = await startRig(); });
after(() => rig.close());

const hello = { Dockerfile: 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const scenario = (settings, options = {}) => rig.scenario({ repo: hello, settings, ...options });

/* Ten images that use whatever the emitted text has to shield. */
const awkward = {
  'depot.json': '{"id":"x19jffd9zf"}\n', '.env': "A='$5 \\$x'\n",
  'compose.yaml': 'services:\n  web:\n    build: {context: ., dockerfile_inline: "FROM scratch\\nLABEL a=\'\\\\$$x $$1\'\\n", args: {A: "${A:-a $$b}", B: "\\\\$$HOME"}}\n',
  "it's $HOME/Dockerfile": 'FROM scratch\n', 'back\\$lash/Dockerfile': 'FROM scratch\n', 'bad $x/Dockerfile': "FROM scratch\nNOPE \\$x '$y' ${z}\n",
};
const awkwardSettings = 'build_args: {C: "costs $5 \\\\$6 ${X:?} {env:C}"}\nstep:\n  env: {PRICE: "$5 ${X} \\\\$y"}\n  plugins: [{"x#v1": {command: "echo $$HOME $HOME"}}]\n';

test('attributes of the settings are merged over those of the program', { skip }, async () => {
  const run = await scenario(`step:
  agents: {queue: big, os: linux}
  env: {COLOUR: "$red ${"${"}X:?}", DEPOT_DISABLE_OTEL: "0"}
  timeout_in_minutes: 5
  retry: {manual: {permit_on_passed: true}}
  soft_fail: [{exit_status: 73}]
  priority: -1
  concurrency: 2
  concurrency_group: depot
  depends_on: bootstrap
  if: build.branch != "x$y"
  plugins:
    - docker-login#v3.0.0: {username: "me", password-env: P}
    - kubernetes: {podSpec: {containers: [{image: "alpine:3"}]}}
`, { args: ['--queue', 'small'], known: ['bootstrap'], agentEnv: { PRICE: '1', P: 'password' } });
  passed(run);
  const { step, env } = run.steps[0];
  assert.deepEqual(step.agents, { queue: 'big', os: 'linux' });
  assert.deepEqual(step.env, { DEPOT_DISABLE_OTEL: '0', DEPOT_SUPPRESS_NO_OUTPUT_WARNING: '1', COLOUR: '$red ${X:?}' });
  assert.equal(env.COLOUR, '$red ${X:?}');
  assert.equal(step.timeout_in_minutes, 5);
  assert.equal(step.retry.manual.permit_on_passed, true);
  assert.equal(step.retry.automatic.length, 5, 'what is not named stays');
  assert.deepEqual([step.soft_fail, step.priority, step.concurrency, step.depends_on, step.if], [[{ exit_status: 73 }], -1, 2, 'bootstrap', 'build.branch != "x$y"']);
  assert.deepEqual(step.plugins, [
    { 'docker-login#v3.0.0': { username: 'me', 'password-env': 'P' } }, { kubernetes: { podSpec: { containers: [{ image: 'alpine:3' }] } } },
  ]);
});

test('an attribute that nobody has heard of passes through as data', { skip }, async () => {
  const run = await scenario('step:\n  future: {when: "$tomorrow", list: [1, true, null, "1", "true", 010]}\n', { attributes: ['future'] });
  passed(run);
  assert.deepEqual(run.steps[0].step.future, { when: '$tomorrow', list: [1, true, null, '1', 'true', '010'] });
});

test('attributes of one image stand over those of all', { skip }, async () => {
  const run = await rig.scenario({
    repo: { 'a/Dockerfile': 'FROM scratch\n', 'b/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"p"}' },
    settings: 'step: {agents: {queue: all}, priority: 1}\nimages: [{match: {name: b}, step: {agents: {queue: b}}}]\n',
  });
  passed(run);
  assert.deepEqual(run.steps.map(({ step }) => [step.agents.queue, step.priority]), [['all', 1], ['b', 1]]);
});

test('what the program decides and what an agent would refuse is a mistake in the settings', { skip }, async () => {
  for (const [settings, words] of [
    ['step: {command: "rm -rf /"}\n', /'command' of a step is decided by the program/],
    ['step: {key: x}\n', /'key' of a step/],
    ['step: {env: {DEPOT_TOKEN: x}}\n', /agents refuse a pipeline whose 'env' names 'DEPOT_TOKEN'/],
    ['step: {env: {"A$B": x}}\n', /a key with '\$'/],
  ]) {
    const run = await scenario(settings);
    assert.equal(run.generated.exitStatus, 1, settings);
    assert.match(run.generated.stderr, words);
  }
});

test('the queue: of the option, of its variable, of the uploading job, of the settings; none where none is known', { skip }, async () => {
  const queue = async (options, settings = '') => {
    const run = await scenario(settings, { run: false, ...options });
    produced(run);
    return run.documents[0].steps[0].agents?.queue;
  };
  const job = { BUILDKITE_AGENT_META_DATA_QUEUE: 'job' };
  assert.equal(await queue({}), undefined);
  assert.equal(await queue({ env: job }), 'job');
  assert.equal(await queue({ env: { ...job, DEPOT_PIPELINE_QUEUE: 'variable' } }), 'variable');
  assert.equal(await queue({ env: { ...job, DEPOT_PIPELINE_QUEUE: 'variable' }, args: ['--queue', 'option'] }), 'option');
  assert.equal(await queue({ env: job, args: ['--queue=option'] }, 'step: {agents: {queue: settings}}\n'), 'settings');
  assert.equal(await queue({ args: ['--queue', '$HOME "x"'] }), '$HOME "x"');
});

test('a red step stands in the queue too', { skip }, async () => {
  const run = await rig.scenario({ repo: { Dockerfile: 'NOPE\n' }, args: ['--queue', 'q'] });
  stopped(run, 1, 'Dockerfile:1');
  assert.deepEqual(run.steps[0].step.agents, { queue: 'q' });
});

test('a key prefix, for several uploads in one build', { skip }, async () => {
  for (const options of [{ settings: 'key_prefix: "shop-"\n' }, { args: ['--key-prefix', 'shop-'] }, { env: { DEPOT_PIPELINE_KEY_PREFIX: 'shop-' } }]) {
    const run = await rig.scenario({ repo: hello, run: false, ...options });
    produced(run);
    assert.equal(run.documents[0].steps[0].key, 'shop-build-image');
  }
  const none = await rig.scenario({ repo: { x: '' }, settings: 'key_prefix: "shop-"\n', run: false });
  assert.equal(none.documents[0].steps[0].key, 'shop-build-nothing');
});

test('many images stand in a group, and run from there', { skip }, async () => {
  const repo = Object.fromEntries(Array.from({ length: 31 }, (_, n) => [`s/${n}/Dockerfile`, 'FROM scratch\n']));
  const run = await rig.scenario({ repo: { ...repo, 'depot.json': '{"id":"p"}' }, only: ['build-s-3', 'build-s-11'] });
  produced(run);
  const [{ group, key, steps }, ...others] = run.documents[0].steps;
  assert.deepEqual([group, key, steps.length, others], [':docker: images', 'images', 31, []]);
  assert.equal(run.builds.length, 2);
});

test('names that come to one key get different keys, and the plain one stays as it was', { skip }, async () => {
  const run = await rig.scenario({
    repo: { 'a-b/Dockerfile': 'FROM scratch\n', 'a/b/Dockerfile': 'FROM scratch\n', 'a b/Dockerfile': 'FROM scratch\n', [`${'x'.repeat(150)}/Dockerfile`]: 'FROM scratch\n', 'depot.json': '{"id":"p"}' },
  });
  passed(run);
  assert.equal(new Set(run.steps.map(({ key }) => key)).size, 4);
  assert.equal(run.builds.length, 4);
});

inEveryShell(test, 'without interpolation the text makes the same calls', { skip }, async (shell) => {
  const own = (word) => word.replace(/.*\/tmp\/tmp\.\w+\//, ''); // the scratch directory has another name in each run
  const calls = ({ calls: of }) => of('depot').map(({ argv, cwd }) => [path.basename(path.dirname(cwd)), argv.map(own)]);
  const options = { repo: awkward, settings: awkwardSettings, shell, agentEnv: { C: '$c' } };
  const states = { 'build-bad--x': 'failed' };
  const plain = await rig.scenario(options);
  passed(plain, states);
  const raw = await rig.scenario({ ...options, args: ['--no-interpolation'], interpolates: false });
  passed(raw, states);
  assert.deepEqual(calls(raw), calls(plain));
  assert.deepEqual(raw.documents, plain.documents);
  assert.notEqual(raw.generated.stdout, plain.generated.stdout);
  assert.equal(solveOf(raw, 'build-web').arguments.C, 'costs $5 \\$6 ${X:?} $c');
  assert.equal(solveOf(raw, 'build-web').dockerfile, "FROM scratch\nLABEL a='\\$x $1'\n");
  stopped(raw, 1, "NOPE \\$x '$y' ${z}", 'build-bad--x');
});

test('the variable of the agent for no interpolation counts as the option', { skip }, async () => {
  const option = await rig.scenario({ repo: awkward, args: ['--no-interpolation'], interpolates: false, run: false });
  const variable = await rig.scenario({ repo: awkward, env: { BUILDKITE_PIPELINE_NO_INTERPOLATION: 'true' }, interpolates: false, run: false });
  assert.equal(variable.generated.stdout, option.generated.stdout);
});

test('JSON is the same document as YAML, and builds the same', { skip }, async () => {
  const yaml = await rig.scenario({ repo: awkward, settings: awkwardSettings, run: false });
  const json = await rig.scenario({ repo: awkward, settings: awkwardSettings, args: ['--format', 'json'] });
  passed(json, { 'build-bad--x': 'failed' });
  assert.deepEqual(JSON.parse(json.generated.stdout), parsePipeline(yaml.generated.stdout)[0]);
});

test('the same repository gives the same bytes, wherever the program is started and whatever is around it', { skip }, async () => {
  const run = await rig.scenario({ repo: { ...awkward, 'deep/er/x': '' }, settings: awkwardSettings, run: false });
  produced(run);
  const generate = async (cwd, args = [], env = {}) => (await execute(program, args, { cwd, env: { PATH: process.env.PATH, ...env } })).stdout;
  const { checkout } = run;
  const copy = path.join(rig.workspace, 'another place $x');
  cpSync(checkout, copy, { recursive: true });
  for (const [what, text] of Object.entries({
    again: await generate(checkout),
    'a sub-directory': await generate(path.join(checkout, 'deep/er')),
    '-C': await generate('/', ['-C', checkout]),
    '-C with a sub-directory': await generate('/', ['--chdir', path.join(checkout, 'deep')]),
    '-C with a relative path': await generate(path.join(checkout, 'deep'), ['-C', 'er']),
    'another checkout': await generate(copy),
    'a CI environment': await generate(checkout, [], { CI: 'true', BUILDKITE: 'true', BUILDKITE_BUILD_NUMBER: '7', LANG: 'de_DE.UTF-8', TZ: 'Asia/Tokyo', HOME: '/nowhere' }),
    generate: await generate(checkout, ['generate']),
    '--output -': await generate(checkout, ['--output', '-']),
  })) assert.equal(text, run.generated.stdout, what);
  await generate(checkout, ['-o', path.join(rig.workspace, 'out.yml')]);
  assert.equal((await execute('cat', [path.join(rig.workspace, 'out.yml')], { cwd: '/', env: process.env })).stdout, run.generated.stdout);
});

test('mistakes on the command line are status 2, a directory that is not there 3, and neither leaves an empty pipe', { skip }, async () => {
  for (const [args, status, words] of [[['--qeue', 'x'], 2, /did you mean '--queue'/], [['uplod'], 2, /did you mean 'upload'/], [['-C', '/nowhere/at/all'], 3, /nowhere/], [['--config', 'none.yml'], 1, /none\.yml/]]) {
    const { generated } = await rig.scenario({ repo: hello, args });
    assert.equal(generated.exitStatus, status, generated.stderr);
    assert.match(generated.stderr, words);
    assert.match(generated.stdout, /^\[depot-pipeline failed/);
  }
});

test('a step of the settings is told its image in lines that shellcheck has nothing against', { skip }, async () => {
  const run = await scenario('registry: ghcr.io/acme\nsteps: [{name: scan, command: "echo \\"$IMAGE_DIGEST\\""}]\n');
  assert.match(run.generated.stdout, /export IMAGE_DIGEST=/);
});

test('every emitted command passes shellcheck', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
