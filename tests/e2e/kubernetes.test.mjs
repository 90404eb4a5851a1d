/*
 * kubernetes.test: steps in pods, and what `depot-pipeline k8s` prints for the cluster around them.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { check } from './check-pipeline.mjs';
import { passed, produced, solveOf, stopped } from './expect.mjs';
import { checkPlugin, checkValues, pluginOf, podEnvironment } from './kubernetes.mjs';
import { execute, makeRepository, missingProgram, program, startRig } from './scenario.mjs';
import { missingShellcheck } from './shellcheck.mjs';
import { makeToolbox } from './toolbox.mjs';

const skip = missingProgram;
let rig;
before(async () => { rig = await startRig({ registryLogin: { user: 'acme', password: 'of-the-registry' } }); });
after(() => rig.close());

const hello = { Dockerfile: 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const cluster = {
  'depot-token': { token: 'from-the-secret' }, registry: { password: 'of-the-registry' }, whole: { BUILD_NAME: 'from-a-whole-secret', DEPOT_TOKEN: 'of-another-secret' },
};

/* Runs in a pod of a cluster that has these secrets. */
async function runInPod(options) {
  const run = await rig.scenario({ ...options, login: 'none', cluster });
  return { step: run.steps[0]?.step, run };
}

test('a token of a Kubernetes secret reaches Depot, and is named only', { skip }, async () => {
  const { step, run } = await runInPod({ repo: hello, settings: 'auth: token\nkubernetes: {token: {secret: depot-token}}\n' });
  passed(run);
  assert.deepEqual(checkPlugin(pluginOf(step)), []);
  assert.equal(run.builds[0].token, 'from-the-secret');
  assert.deepEqual(Object.keys(step.env), ['DEPOT_DISABLE_OTEL', 'DEPOT_SUPPRESS_NO_OUTPUT_WARNING'], 'env: would beat what the pod has');
});

test('whole secrets are variables, and a single one beats them', { skip }, async () => {
  const { step, run } = await runInPod({
    repo: { ...hello, Dockerfile: 'FROM scratch\nARG BUILD_NAME\n' },
    settings: 'auth: token\nbuild_args: {BUILD_NAME: }\nkubernetes: {token: {secret: depot-token}, secrets: [whole]}\n',
  });
  passed(run);
  assert.deepEqual(checkPlugin(pluginOf(step)), []);
  assert.equal(run.builds[0].token, 'from-the-secret');
  assert.deepEqual(solveOf(run).arguments, { BUILD_NAME: 'from-a-whole-secret' });
});

test('a step whose secret is empty stops with 72', { skip }, async () => {
  const settings = 'auth: token\nkubernetes: {token: {secret: depot-token}}\n';
  const run = await rig.scenario({ repo: hello, settings, login: 'none', cluster: { 'depot-token': { token: '' } } });
  stopped(run, 72, /DEPOT_TOKEN is empty/);
});

test('without a token in the pod Depot is asked with the job\'s OIDC token, and no plugin is emitted', { skip }, async () => {
  const run = await rig.scenario({ repo: hello, settings: 'kubernetes: {plugin: never, image: "ghcr.io/acme/agent:3"}\n', login: 'oidc' });
  passed(run);
  assert.equal(run.steps[0].step.plugins, undefined);
  assert.equal(run.steps[0].step.image, 'ghcr.io/acme/agent:3');
  assert.equal(run.builds[0].token, 'jwt-of-the-job');
});

/* Everything at once, for each place where a daemon may come from. */
const everything = (docker) => `builder: compose
auth: token
kubernetes:
  image: ghcr.io/acme/agent:3
  token: {secret: depot-token, key: token}
  secrets: [whole]
  env: [{name: REGISTRY_PASSWORD, secret: registry, key: password}]
  service_account: builder
  resources: {requests: {cpu: 1, memory: 2Gi}, limits: {memory: 4Gi}}
  docker: ${docker}
  metadata: {labels: {team: 1}, annotations: {"example.com/note": "costs $5"}}
  checkout: {cloneFlags: "-v", gitMirrors: {lockTimeout: 60}}
  git_mirrors: {claim: mirrors}
  pod_patch: {nodeSelector: {disk: ssd}, containers: [{name: container-0, env: [{name: PRICE, value: "$5 \${X:?}"}]}]}
`;

for (const docker of ['none', 'sidecar', 'socket']) {
  test(`all that can be said of a pod keeps to the controller's own words: docker: ${docker}`, { skip }, async () => {
    const run = await rig.scenario({ repo: { ...hello, 'compose.yaml': 'services: {app: {build: .}}\n' }, settings: everything(docker), run: false });
    produced(run);
    const [step] = run.documents.flatMap(({ steps }) => steps);
    const plugin = pluginOf(step);
    assert.deepEqual(checkPlugin(plugin), []);
    assert.equal(plugin.metadata.annotations['example.com/note'], 'costs $5', 'interpolation leaves it alone');
    assert.equal(podEnvironment(step, cluster).PRICE, '$5 ${X:?}');
    assert.equal(plugin.sidecars?.length ?? 0, docker === 'sidecar' ? 1 : 0);
    if (docker === 'sidecar') {
      const [daemon] = plugin.sidecars;
      const host = daemon.env.find(({ name }) => name === 'DOCKER_HOST').value;
      assert.ok(daemon.args.includes(`--host=${host}`), 'client and daemon mean one socket');
      assert.equal(podEnvironment(step, cluster).DOCKER_HOST, host);
      assert.ok(!daemon.args.join().includes('tcp'), 'nobody else can reach it');
      assert.ok(daemon.startupProbe, 'no command comes before it');
    }
  });
}

test('a red step runs where the others do, without their secrets', { skip }, async () => {
  const run = await rig.scenario({
    repo: { 'depot.json': '{"id":"p"}', Dockerfile: 'NOPE\n' }, run: false,
    settings: 'auth: token\nkubernetes: {token: {secret: depot-token}, secrets: [whole], service_account: builder}\n',
  });
  produced(run);
  const [step] = run.documents.flatMap(({ steps }) => steps);
  assert.equal(pluginOf(step).podSpecPatch.serviceAccountName, 'builder');
  assert.deepEqual(podEnvironment(step, cluster), {});
});

/* --- depot-pipeline k8s --- */

async function print(words, { settings = '', repo = hello } = {}) {
  const directory = mkdtempSync(path.join(rig.workspace, 'k8s-'));
  await makeRepository(directory, { repo, settings });
  const env = { PATH: process.env.PATH, HOME: directory, LC_ALL: 'C.UTF-8' };
  const made = await execute(program, ['k8s', ...words], { cwd: directory, env });
  assert.equal(made.exitStatus, 0, made.stderr);
  return { text: made.stdout, stderr: made.stderr, directory };
}

const withToken = 'auth: token\nkubernetes: {token: {secret: depot-token}, env: [{name: REGISTRY_PASSWORD, secret: registry, key: password}]}\n';
const withMirrors = 'kubernetes: {image: "ghcr.io/acme/agent:3", service_account: builder, git_mirrors: {claim: mirrors}}\n';

for (const [name, words, settings] of [
  ['OIDC', [], ''], ['a token for all pods', ['--auth', 'token'], ''], ['a token of the steps alone', [], withToken], ['git mirrors', [], withMirrors],
  ['a mirror of the node', [], 'kubernetes: {git_mirrors: {host_path: /var/lib/mirrors, path: /m}}\n'], ['no plugin', ['--auth', 'token'], 'kubernetes: {plugin: never}\n'],
]) {
  test(`Helm values are what the controller reads: ${name}`, { skip }, async () => {
    const { text } = await print(['values', '--queue', 'builders', '--image', 'ghcr.io/acme/agent:3', ...words], { settings });
    const values = parse(text);
    assert.deepEqual(checkValues(values), []);
    assert.deepEqual(values.config.tags, ['queue=builders']);
    assert.equal(values.config.image, 'ghcr.io/acme/agent:3');
    const env = values.config['pod-spec-patch'].containers[0].env ?? [];
    const givesToken = words.includes('--auth');
    assert.equal(values.config['default-checkout-params'].gitMirrors, undefined, 'steps bring the volume, and no pod may have it twice');
    assert.deepEqual(env, givesToken ? [{ name: 'DEPOT_TOKEN', valueFrom: { secretKeyRef: { name: 'depot-token', key: 'token' } } }] : []);
  });
}

test('the values of the published example are refused: a pod has no env', () => {
  assert.notDeepEqual(checkValues({ config: { 'pod-spec-patch': { env: [{ name: 'DEPOT_PROJECT_ID', value: 'x' }] } } }), []);
});

for (const [name, settings] of [['plain', ''], ['git mirrors', withMirrors], ['no plugin', 'kubernetes: {plugin: never, image: "ghcr.io/acme/agent:3"}\n']]) {
  test(`the bootstrap step is a pipeline: ${name}`, { skip }, async () => {
    const { text } = await print(['bootstrap', '--queue', 'builders'], { settings });
    assert.deepEqual(check(text), []);
    const [step] = parse(text).steps;
    assert.equal(step.command, 'depot-pipeline upload');
    const plugin = pluginOf(step);
    if (settings.includes('never')) return assert.equal(plugin, undefined);
    assert.deepEqual(checkPlugin(plugin), []);
    assert.doesNotMatch(plugin.checkout.cloneFlags + plugin.checkout.fetchFlags, /depth|filter/);
    return assert.equal(plugin.commandParams?.extraVolumeMounts[0].mountPath, plugin.checkout.gitMirrors?.path, 'who sees the clone sees the mirror');
  });
}

/* A kubectl that writes down what it is given: arguments in one file, each key of a secret in another. */
const kubectl = `echo "$*" >>"$RECORD_DIR/arguments"
case "$1 $2" in "create secret")
  while [ "$1" != --from-file ]; do [ "$1" != generic ] || name=$2; shift; done
  mkdir -p "$RECORD_DIR/$name" && cp "$2"/* "$RECORD_DIR/$name" && echo "secret $name" ;;
"apply --server-side") grep -q secret || exit 1 ;;
"get namespace") exit 1 ;;
esac`;

function runScript(text, input) {
  const directory = mkdtempSync(path.join(rig.workspace, 'secrets-'));
  const records = path.join(directory, 'records');
  mkdirSync(records);
  writeFileSync(path.join(directory, 'secrets.sh'), text);
  const tools = makeToolbox(path.join(directory, 'bin'), { standIn: [], scripts: { kubectl } });
  const run = spawnSync('/bin/sh', ['secrets.sh'], { cwd: directory, input, encoding: 'utf8', env: { PATH: tools, RECORD_DIR: records, TMPDIR: directory } });
  const read = (name) => { try { return readFileSync(path.join(records, name), 'utf8'); } catch { return undefined; } };
  return { ...run, read };
}

test('secrets are made from standard input, without line ends and without an argument that tells them', { skip }, async () => {
  const { text } = await print(['secret', '--namespace', 'ci'], { settings: withToken });
  const run = runScript(text, 'agent-value\ndepot-value\r\nit\'s a "password" $HOME \\n\n');
  assert.equal(run.status, 0, run.stderr);
  assert.equal(run.read('buildkite-agent-token/BUILDKITE_AGENT_TOKEN'), 'agent-value');
  assert.equal(run.read('depot-token/token'), 'depot-value');
  assert.equal(run.read('registry/password'), 'it\'s a "password" $HOME \\n');
  assert.doesNotMatch(run.read('arguments') + run.stdout + run.stderr, /value|password"/);
  assert.match(run.read('arguments'), /create namespace ci/);
});

test('nothing is made when a value is missing', { skip }, async () => {
  const { text } = await print(['secret'], { settings: withToken });
  const run = runScript(text, 'agent-value\n');
  assert.equal(run.status, 1);
  assert.match(run.stderr, /Nothing was given for the key token of the secret depot-token/);
  assert.equal(run.read('arguments'), undefined);
});

test('the script of secrets passes shellcheck', { skip: skip || missingShellcheck }, async () => {
  const { text, directory } = await print(['secret'], { settings: `${withToken}step: {priority: 1}\n` });
  writeFileSync(path.join(directory, 's.sh'), text);
  const { stdout } = await execute('shellcheck', ['--norc', 's.sh'], { cwd: directory, env: process.env });
  assert.equal(stdout, '');
});

test('the agent image is a Dockerfile without a finding, with the pinned CLI', { skip }, async () => {
  const { text, directory } = await print(['image']);
  await makeRepository(path.join(directory, 'again'), { repo: { Dockerfile: text, 'depot-pipeline': 'program', 'depot.json': '{"id":"x19jffd9zf"}' } });
  const env = { PATH: process.env.PATH, HOME: directory };
  const found = await execute(program, ['check'], { cwd: path.join(directory, 'again'), env });
  assert.equal(found.exitStatus, 0, found.stderr);
  assert.doesNotMatch(found.stderr, /warning|error/);
  assert.match(text, /^ADD --checksum=sha256:[0-9a-f]{64} https:\/\/\S+_linux_amd64\.tar\.gz/m);
  assert.match(text, /^ADD --checksum=sha256:[0-9a-f]{64} https:\/\/\S+_linux_arm64\.tar\.gz/m);
});

test('trust names every project, and the steps that the pipeline really has', { skip }, async () => {
  const repo = { 'a/Dockerfile': 'FROM scratch\n', 'a/depot.json': '{"id":"aaaaaaaaaa"}', 'b/Dockerfile': 'FROM scratch\n', 'b/depot.json': '{"id":"bbbbbbbbbb"}' };
  const { text } = await print(['trust', '--organization', 'acme', '--pipeline', 'shop'], { repo, settings: 'registry: ghcr.io/acme\nkey_prefix: x-\n' });
  assert.match(text, /aaaaaaaaaa \(a\/depot\.json\): a\n/);
  assert.match(text, /bbbbbbbbbb \(b\/depot\.json\): b\n/);
  for (const key of ['x-build-a', 'x-build-b']) assert.ok(text.includes(`organization:acme:pipeline:shop:ref:refs/heads/main:commit:*:step:${key}\n`), text);
});

test('what would need quoting is refused', { skip }, async () => {
  const directory = mkdtempSync(path.join(rig.workspace, 'k8s-'));
  await makeRepository(directory, { repo: hello });
  const env = { PATH: process.env.PATH, HOME: directory };
  for (const words of [['values', '--queue', 'a"b'], ['secret', '--namespace', 'a;b'], ['image', '--image', 'a b'], ['trust', '--organization', "x'y"], ['nothing'], []]) {
    const run = await execute(program, ['k8s', ...words], { cwd: directory, env });
    assert.equal(run.exitStatus, 2, words.join(' '));
    assert.equal(run.stdout, '');
  }
});
