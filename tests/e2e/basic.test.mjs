/*
 * basic.test: what a repository without settings gives: builds that go nowhere, in the right project.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { buildCalls, buildOf, explain, inEveryShell, passed, solveOf, stopped, valuesOf } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';
import { missingShellcheck, shellcheck } from './shellcheck.mjs';

const skip = missingProgram;
let rig;
before(async () => { rig = await startRig(); });
after(() => rig.close());

const scratch = 'FROM scratch\nCOPY greeting /\n';
const hello = { Dockerfile: scratch, greeting: 'hello\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };

inEveryShell(test, 'a Dockerfile without settings is built in its project and pushed nowhere', { skip }, async (shell) => {
  const run = await rig.scenario({ repo: hello, shell });
  passed(run);
  assert.deepEqual(run.builds.map(({ projectId, token, result }) => [projectId, token, result]),
    [['x19jffd9zf', 'token-of-the-agent', 'success']]);
  const [{ command, tags, push, load, save, outputs }] = run.builds[0].options;
  assert.deepEqual({ command, tags, push, load, save, outputs },
    { command: 'build', tags: [], push: false, load: false, save: false, outputs: [] });
  const { platform, file, dockerfile, context, target, arguments: given, exporter } = solveOf(run);
  assert.deepEqual({ platform, file, dockerfile, context, target, given, exporter }, {
    platform: 'linux/amd64', file: 'Dockerfile', dockerfile: scratch, context: ['Dockerfile', 'depot.json', 'greeting'],
    target: '', given: {}, exporter: { type: '', attributes: {} },
  });
  assert.deepEqual(run.pushed, []);
  assert.deepEqual(run.calls('docker'), []);
  assert.deepEqual(run.calls('curl'), []);
  assert.match(run.steps[0].stdout, /^\+\+\+ :docker: image, not published: the settings name no registry$/m);
});

test('the step is labelled after the repository of the remote', { skip }, async () => {
  const run = await rig.scenario({ repo: hello, git: [['remote', 'add', 'origin', 'git@github.com:acme/Shop.git']] });
  passed(run);
  assert.equal(run.steps.length, 1);
  assert.match(run.steps[0].step.label, /^:docker: Shop$/i);
  assert.match(run.steps[0].key, /^build-Shop$/i);
});

test('a step that failed to install, to connect or to push is tried again, a failed build is not', { skip }, async () => {
  const run = await rig.scenario({ repo: hello, prepare: ({ buildkit }) => { buildkit.failure = 'process "make" did not complete'; } });
  stopped(run, 1, /process "make" did not complete/);
  assert.deepEqual(run.steps[0].step.retry.automatic.map(({ exit_status: status, signal_reason: reason }) => status ?? reason), [-1, 'stack_error', 70, 73, 74]);
});

test('contexts are where the sources of COPY exist: beside the Dockerfile, above it, at the root', { skip }, async () => {
  const run = await rig.scenario({
    repo: {
      'own/Dockerfile': 'FROM scratch\nCOPY main.go /\n', 'own/main.go': '', 'depot.json': '{"id":"p"}',
      'shop/docker/Dockerfile': 'FROM scratch\nCOPY web/index.html /\n', 'shop/web/index.html': '',
      'tools/Dockerfile.lint': 'FROM scratch\nCOPY go.mod tools/lint.sh /\n', 'go.mod': '', 'tools/lint.sh': '',
    },
  });
  passed(run);
  assert.deepEqual(buildCalls(run).map((call) => [valuesOf(call, '--file')[0], call.argv.at(-1)]),
    [['own/Dockerfile', 'own'], ['shop/docker/Dockerfile', 'shop'], ['tools/Dockerfile.lint', '.']]);
  assert.deepEqual(solveOf(run, 'build-own').context, ['Dockerfile', 'main.go']);
  assert.deepEqual(solveOf(run, 'build-shop-docker').context, ['docker/Dockerfile', 'web/index.html']);
  assert.equal(solveOf(run, 'build-tools-lint').file, 'Dockerfile.lint');
});

/*
 * Paths that a shell, a pipeline or the CLI would take for something else. A context whose own name is not ASCII is not
 * among them: the Depot CLI puts that name into a header, which gRPC refuses, and hangs (60 seconds and more).
 */
const awkward = ["it's $HOME", 'a "quoted" `date` \\ \\$x', '-rf', 'github.com/acme', 'git:x', 'ünï/x', 'semi;colon & more', '$$', '${X:?}', '*', '~', 'a\nb/x', '\\'];

inEveryShell(test, 'Dockerfiles in directories with awkward names', { skip }, async (shell) => {
  const files = awkward.map((directory) => ({ [`${directory}/Dockerfile`]: `FROM scratch\n# ${JSON.stringify(directory)}\nCOPY here /\n`, [`${directory}/here`]: '' }));
  const run = await rig.scenario({ repo: Object.assign({ 'depot.json': '{"id":"x19jffd9zf"}' }, ...files), shell });
  passed(run);
  const seen = run.solves.map(({ dockerfile, context }) => [JSON.parse(dockerfile.split('\n')[1].slice(2)), context]);
  assert.deepEqual(seen.sort(), awkward.map((directory) => [directory, ['Dockerfile', 'here']]).sort());
});

inEveryShell(test, 'DEPOT_PROJECT_ID of the agents beats the depot.json of the repository', { skip }, async (shell) => {
  const run = await rig.scenario({ repo: hello, shell, agentEnv: { DEPOT_PROJECT_ID: 'fromagent' } });
  passed(run);
  assert.equal(run.builds[0].projectId, 'fromagent');
});

test('DEPOT_PROJECT_ID of the uploading job is not copied into the pipeline', { skip }, async () => {
  const run = await rig.scenario({ repo: hello, env: { DEPOT_PROJECT_ID: 'fromupload' } });
  passed(run);
  assert.equal(run.builds[0].projectId, 'x19jffd9zf');
  assert.doesNotMatch(run.generated.stdout, /fromupload/);
});

const projects = {
  'a/Dockerfile': 'FROM scratch\n', 'a/depot.json': '{"id":"project-a"}',
  'b/deep/Dockerfile': 'FROM scratch\n', 'b/depot.yml': 'id: project-b\n',
};

inEveryShell(test, 'several projects: each image is built in its own, and a different DEPOT_PROJECT_ID is noted', { skip }, async (shell) => {
  const run = await rig.scenario({ repo: projects, shell, agentEnv: { DEPOT_PROJECT_ID: 'project-a' } });
  passed(run);
  assert.equal(buildOf(run, 'build-a').projectId, 'project-a');
  assert.equal(buildOf(run, 'build-b-deep').projectId, 'project-b');
  assert.match(run.step('build-b-deep').stderr, /Note: the project is project-b, from b\/depot\.yml; DEPOT_PROJECT_ID \(project-a\) is not used\./);
  assert.doesNotMatch(run.step('build-a').stderr, /Note:/);
});

test('several projects: without DEPOT_PROJECT_ID there is nothing to note', { skip }, async () => {
  const run = await rig.scenario({ repo: projects });
  passed(run);
  assert.deepEqual(run.builds.map(({ projectId }) => projectId), ['project-a', 'project-b']);
  for (const step of run.steps) assert.doesNotMatch(step.stderr, /Note:/);
});

test('x-depot of a compose service names its project, whatever the agents say', { skip }, async () => {
  const run = await rig.scenario({
    repo: {
      'compose.yaml': 'services:\n  web:\n    build:\n      context: .\n      x-depot:\n        project-id: fromcompose\n',
      Dockerfile: 'FROM scratch\n', 'depot.json': '{"id":"fromfile"}',
    },
    agentEnv: { DEPOT_PROJECT_ID: 'fromagent' },
  });
  passed(run);
  assert.equal(run.builds[0].projectId, 'fromcompose');
  assert.match(run.steps[0].stderr, /Note: the project is fromcompose, from compose\.yaml; DEPOT_PROJECT_ID \(fromagent\) is not used/);
});

test('the project of the settings beats depot.json and the agents; that of the command line beats all', { skip }, async () => {
  const settings = 'project: fromsettings\n';
  const run = await rig.scenario({ repo: hello, settings, agentEnv: { DEPOT_PROJECT_ID: 'fromagent' } });
  passed(run);
  assert.equal(run.builds[0].projectId, 'fromsettings');
  const other = await rig.scenario({ repo: hello, settings, args: ['--project', 'fromoption'] });
  passed(other);
  assert.equal(other.builds[0].projectId, 'fromoption');
  const variable = await rig.scenario({ repo: hello, settings, env: { DEPOT_PIPELINE_PROJECT: 'fromvariable' } });
  assert.equal(variable.builds[0].projectId, 'fromvariable');
});

inEveryShell(test, 'no project anywhere: status 72, and the three ways to name one', { skip }, async (shell) => {
  const run = await rig.scenario({ repo: { Dockerfile: 'FROM scratch\n' }, shell });
  stopped(run, 72, ['No Depot project is known', 'DEPOT_PROJECT_ID in the environment', 'depot.json', 'project: in .buildkite/depot-pipeline.yml']);
  assert.deepEqual(run.builds, []);
});

test('no project in the repository, but one on the agents', { skip }, async () => {
  const run = await rig.scenario({ repo: { Dockerfile: 'FROM scratch\n' }, agentEnv: { DEPOT_PROJECT_ID: 'fromagent' } });
  passed(run);
  assert.equal(run.builds[0].projectId, 'fromagent');
});

for (const [code, message] of [['permission_denied', 'not your project'], ['unauthenticated', 'bad token']]) {
  test(`Depot answers ${code}: the step is red and shows it`, { skip }, async () => {
    const run = await rig.scenario({ repo: hello, prepare: ({ plane }) => plane.answer(code, message) });
    stopped(run, 72, [message, '^^^ +++']);
  });
}

test('nothing to build: one skipped step that says why, and exit status 0', { skip }, async () => {
  for (const [repo, reason] of [[{ 'README.md': '' }, /no Dockerfile/], [{ 'vendor/x/Dockerfile': 'FROM scratch\n' }, /left out/]]) {
    const run = await rig.scenario({ repo, args: ['--queue', 'q'] });
    passed(run, { 'build-nothing': 'skipped' });
    assert.equal(run.steps.length, 1);
    const { skip: why, agents, label } = run.steps[0].step;
    assert.match(why, reason);
    assert.equal(agents, undefined);
    assert.equal(label, ':docker: nothing to build');
  }
});

test('an empty repository has nothing to build', { skip }, async () => {
  const run = await rig.scenario({ repo: {} });
  passed(run, { 'build-nothing': 'skipped' });
});

for (const name of ['ünï', 'a\nb', 'deep/ü'])
  test(`a context whose name the CLI could not send goes through a link: ${JSON.stringify(name)}`, { skip }, async () => {
    const run = await rig.scenario({ repo: { [`${name}/Dockerfile`]: 'FROM scratch\nCOPY a /\n', [`${name}/a`]: 'x', 'depot.json': '{"id":"p"}' } });
    assert.equal(run.steps[0].exitStatus, 0, explain(run));
    assert.deepEqual(run.solves[0].context, ['Dockerfile', 'a']);
  });

test('a broken Dockerfile is one red step with its diagnostic; the others build', { skip }, async () => {
  const run = await rig.scenario({
    repo: { 'good/Dockerfile': 'FROM scratch\n', 'bad/Dockerfile': "FROM scratch\nCOPPY it's $HOME `date` \\\\ /\n", 'depot.json': '{"id":"p"}' },
  });
  passed(run, { 'build-bad': 'failed' });
  stopped(run, 1, ['bad/Dockerfile:2', 'COPPY'], 'build-bad');
  assert.equal(run.builds.length, 1);
  assert.equal(run.step('build-bad').step.retry, undefined);
});

test('a broken compose file is one red step with its diagnostic; the others build', { skip }, async () => {
  const run = await rig.scenario({
    repo: {
      'shop/compose.yaml': 'services:\n  web:\n    build:\n      contxt: .\n', 'torn/compose.yaml': 'services: [\n',
      'good/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"p"}',
    },
  });
  const red = run.steps.filter(({ state }) => state === 'failed');
  assert.deepEqual(red.map(({ exitStatus }) => exitStatus), [1, 1], explain(run));
  assert.match(red[0].stderr, /shop\/compose\.yaml:4.*contxt/);
  assert.match(red[1].stderr, /torn\/compose\.yaml/);
  assert.equal(run.step('build-good').state, 'passed');
});

test('a target that no stage has is a red step', { skip }, async () => {
  const run = await rig.scenario({ repo: hello, settings: 'images:\n- match: {name: image}\n  target: nowhere\n' });
  stopped(run, 1, 'nowhere');
});

test('every emitted command passes shellcheck', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
