/*
 * compose.test: a service is built as `docker compose build` would build it, with the variables of the step.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { buildCalls, buildOf, explain, inEveryShell, passed, solveOf, stopped, valuesOf } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';
import { missingShellcheck, shellcheck } from './shellcheck.mjs';

const skip = missingProgram;
let rig;
let host;
before(async () => {
  rig = await startRig();
  ({ host } = rig.registry);
});
after(() => rig.close());

const env = { BUILDKITE_COMMIT: '0123456789abcdef0123456789abcdef01234567', BUILDKITE_BRANCH: 'main' };
const base = { Dockerfile: 'FROM scratch AS base\nARG A\nFROM base AS runtime\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const compose = (text, options = {}) => rig.scenario({
  env, ...options, repo: { ...base, 'compose.yaml': text.replaceAll('REGISTRY', `${host}/acme`), ...options.repo },
  settings: options.settings?.replaceAll('REGISTRY', `${host}/acme`),
});

test('image and build: context, Dockerfile, target, platforms and arguments of the service', { skip }, async () => {
  const run = await compose(`services:
  web:
    image: REGISTRY/web:1
    build:
      context: web
      dockerfile: docker/Dockerfile.prod
      target: runtime
      platforms: [linux/amd64, linux/arm64]
      args: {GREETING: "it's \\"$$5\\" \`x\` \\\\ ", NUMBER: 1.50, FLAG: true, NOTHING: }
  db:
    image: postgres
`, { repo: { 'web/docker/Dockerfile.prod': base.Dockerfile, 'web/index.html': '', 'other/x': '' }, settings: 'registry: REGISTRY\ntags: [t]\ndiscovery: {exclude: [Dockerfile]}\n' });
  passed(run);
  assert.equal(run.steps.length, 1);
  const [call] = buildCalls(run);
  assert.deepEqual([valuesOf(call, '--file'), call.argv.at(-1), valuesOf(call, '--platform')], [['web/docker/Dockerfile.prod'], 'web', ['linux/amd64,linux/arm64']]);
  const [solve] = run.solves;
  assert.equal(solve.target, 'runtime');
  assert.deepEqual(solve.context, ['docker/Dockerfile.prod', 'index.html']);
  assert.deepEqual(solve.arguments, { GREETING: 'it\'s "$5" `x` \\ ', NUMBER: '1.5', FLAG: 'true' });
  assert.deepEqual(run.pushed, ['acme/web:1', 'acme/web:t']);
});

test('a value of .env is the default of every value that refers to it', { skip }, async () => {
  const run = await compose('services:\n  web: {build: {context: ., labels: {l: "${V}"}, cache_from: ["type=registry,ref=${V}"]}}\n', { repo: { '.env': 'V=r.test/one\n' }, agentEnv: {} });
  passed(run);
  assert.deepEqual(solveOf(run).labels, { l: 'r.test/one' });
  assert.deepEqual(solveOf(run).cacheFrom.map(({ attributes }) => attributes.ref), ['r.test/one']);
});

inEveryShell(test, '${TAG:-x} is resolved when the step runs', { skip }, async (shell) => {
  const text = 'services:\n  web:\n    image: REGISTRY/web:${TAG:-x}\n    build:\n      context: .\n      args: ["A=${A:-a b\'c}", "B=${B-$${C}}", "D=${D:+set}", "E=${E}"]\n';
  const settings = 'registry: REGISTRY\ntags: [t]\n';
  const bare = await compose(text, { shell, settings, env: { ...env, TAG: 'upload' } });
  passed(bare);
  assert.deepEqual(bare.pushed, ['acme/web:t', 'acme/web:x']);
  assert.deepEqual(solveOf(bare).arguments, { A: "a b'c", B: '${C}', D: '', E: '' });
  const set = await compose(text, { shell, settings, agentEnv: { TAG: 'live', A: '$A', B: '', D: '1', E: 'e"e' } });
  passed(set);
  assert.deepEqual(set.pushed, ['acme/web:live', 'acme/web:t']);
  assert.deepEqual(solveOf(set).arguments, { A: '$A', B: '', D: 'set', E: 'e"e' });
});

inEveryShell(test, 'a required variable stops the step with its message', { skip }, async (shell) => {
  const run = await compose('services:\n  web:\n    build:\n      context: .\n      args: {A: "${MUST:?set MUST, it\'s $$needed}"}\n', { shell });
  assert.equal(run.steps[0].state, 'failed', explain(run));
  assert.match(run.steps[0].stderr, /MUST.*set MUST, it's \$needed/);
  assert.deepEqual(run.builds, []);
});

inEveryShell(test, '.env gives defaults, the environment of the step beats them', { skip }, async (shell) => {
  const text = 'services:\n  web:\n    image: REGISTRY/web:${TAG}\n    build:\n      context: .\n      args: [A, "B=${B:-none}", ABSENT]\n';
  const options = { shell, settings: 'registry: REGISTRY\ntags: [t]\n', repo: { '.env': `TAG=dotenv\nA="it's $HOME"\nB='$5 \`x\` "q"'\n` } };
  const bare = await compose(text, options);
  passed(bare);
  assert.deepEqual(bare.pushed, ['acme/web:dotenv', 'acme/web:t']);
  assert.equal(solveOf(bare).arguments.B, '$5 `x` "q"');
  const set = await compose(text, { ...options, agentEnv: { TAG: 'live', A: 'a', B: '' } });
  passed(set);
  assert.deepEqual(set.pushed, ['acme/web:live', 'acme/web:t']);
  assert.deepEqual(solveOf(set).arguments, { A: 'a', B: 'none' });
});

test('the override file is merged', { skip }, async () => {
  const run = await compose('services:\n  web:\n    build:\n      context: .\n      args: {A: "1", B: base}\n', {
    repo: { 'compose.override.yaml': 'services:\n  web:\n    build:\n      args: [B=override, C=3]\n      target: runtime\n' },
  });
  passed(run);
  const { arguments: given, target } = solveOf(run);
  assert.deepEqual({ given, target }, { given: { A: '1', B: 'override', C: '3' }, target: 'runtime' });
});

test('arguments as a list and as a map are one', { skip }, async () => {
  const list = await compose('services:\n  web:\n    build:\n      context: .\n      args: ["B=2 x=y", A=1]\n');
  const map = await compose('services:\n  web:\n    build:\n      context: .\n      args: {B: "2 x=y", A: 1}\n');
  assert.deepEqual(solveOf(list).arguments, { A: '1', B: '2 x=y' });
  assert.equal(list.generated.stdout, map.generated.stdout);
});

test('settings replace an argument of compose and keep the others', { skip }, async () => {
  const run = await compose('services:\n  web:\n    build:\n      context: .\n      args: {A: compose, B: compose}\n', { settings: 'build_args: {B: settings}\n' });
  assert.deepEqual(solveOf(run).arguments, { A: 'compose', B: 'settings' });
});

test('additional contexts: a directory, an image, an address', { skip }, async () => {
  const run = await compose(`services:
  web:
    build:
      context: .
      additional_contexts:
        shared: "./my libs"
        alpine: docker-image://alpine:3
        remote: https://example.com/x.tar.gz
`, { repo: { 'my libs/a.go': '' } });
  passed(run);
  assert.deepEqual(solveOf(run).contexts, { shared: ['a.go'], alpine: 'docker-image://alpine:3', remote: 'https://example.com/x.tar.gz' });
});

test('a compose file below the root: paths are its own', { skip }, async () => {
  const run = await rig.scenario({
    env,
    repo: {
      'depot.json': '{"id":"p"}', 'shop/compose.yaml': 'services:\n  web:\n    build:\n      context: ../shared\n      dockerfile: ../shop/Dockerfile\n      additional_contexts: [lib=./lib]\n',
      'shop/Dockerfile': 'FROM scratch\n', 'shared/x': '', 'shop/lib/y': '',
    },
  });
  passed(run);
  const { context, contexts, file } = solveOf(run, 'build-shop-web');
  assert.deepEqual({ context, contexts, file }, { context: ['x'], contexts: { lib: ['y'] }, file: 'Dockerfile' });
});

test('secrets: of a file, of a variable, under another name', { skip }, async () => {
  const mounts = ['file', 'variable', 'renamed'].map((id) => `--mount=type=secret,id=${id}`).join(' ');
  const run = await compose(`services:
  web:
    build:
      context: .
      secrets: [file, variable, {source: file, target: renamed}]
secrets:
  file: {file: "./se,cret \\"x\\".txt"}
  variable: {environment: NPM_KEY}
`, { repo: { 'se,cret "x".txt': 'from the file', Dockerfile: `FROM scratch\nRUN ${mounts} true\n` }, agentEnv: { NPM_KEY: 'from the step' } });
  passed(run);
  assert.deepEqual(solveOf(run).secrets, { file: 'from the file', variable: 'from the step', renamed: 'from the file' });
  assert.doesNotMatch(run.generated.stdout, /from the/);
});

test('labels, hosts, network, shm_size, no_cache, pull, caches', { skip }, async () => {
  const run = await compose(`services:
  web:
    build:
      context: .
      labels: {com.example.title: "it's $$1", com.example.empty: ""}
      extra_hosts: ["db:10.0.0.1", "v6=::1"]
      network: none
      shm_size: 64m
      no_cache: true
      pull: true
      cache_from: ["REGISTRY/web:cache"]
      cache_to: ["type=registry,ref=REGISTRY/web:cache,mode=max"]
`, { settings: 'registry: REGISTRY\ntags: [t]\n' });
  passed(run);
  const { labels, attributes, cacheTo, cacheFrom } = solveOf(run);
  assert.deepEqual(labels, { 'com.example.title': "it's $1", 'com.example.empty': '' });
  assert.equal(attributes['add-hosts'], 'db=10.0.0.1,v6=::1');
  assert.equal(attributes['force-network-mode'], 'none');
  assert.equal(attributes['shm-size'], String(64 * 1024 * 1024));
  assert.equal(attributes['no-cache'], '');
  assert.equal(attributes['image-resolve-mode'], 'pull');
  assert.deepEqual(cacheTo, [{ type: 'registry', attributes: { ref: `${host}/acme/web:cache`, mode: 'max' } }]);
  assert.equal(cacheFrom[0].attributes.ref, `${host}/acme/web:cache`);
});

inEveryShell(test, 'dockerfile_inline arrives byte for byte', { skip }, async (shell) => {
  const inline = `FROM scratch AS ${shell}\nLABEL a="it's $HOME" b='\\$x'\n# \`date\` 100% \\n\n\nCOPY Dockerfile /\n`;
  const run = await compose(`services:\n  web:\n    build:\n      context: .\n      dockerfile_inline: ${JSON.stringify(inline.replaceAll('$', '$$$$'))}\n`, { shell });
  passed(run);
  assert.equal(solveOf(run, 'build-web').dockerfile, inline);
  assert.ok(solveOf(run, 'build-web').context.includes('compose.yaml'));
});

test('services with one build are one image with the tags of all', { skip }, async () => {
  const run = await compose(`services:
  web: {image: "REGISTRY/web:1", build: {context: ., target: runtime}}
  worker: {image: "REGISTRY/worker:1", build: {target: runtime, context: ./, tags: ["REGISTRY/extra:2", "elsewhere.example/x:1"]}, command: work}
  other: {image: "REGISTRY/other:1", build: {context: ., target: base}}
`, { settings: 'registry: REGISTRY\ntags: [t]\n' });
  passed(run);
  assert.deepEqual(run.steps.map(({ key }) => key), ['build-other', 'build-web']);
  assert.deepEqual(run.pushed, ['acme/extra:2', 'acme/other:1', 'acme/other:t', 'acme/web:1', 'acme/web:t', 'acme/worker:1']);
  assert.doesNotMatch(run.generated.stdout, /elsewhere/);
});

test('a service in a profile is left out where another builds its Dockerfile, and else says how it is built', { skip }, async () => {
  const run = await compose(`services:
  web: {build: .}
  tool: {build: {context: ., args: {A: "1"}}, profiles: [tools]}
  debug: {build: {context: debug, args: {A: "1"}}, profiles: [debug]}
`, { repo: { 'debug/Dockerfile': 'FROM scratch\nARG A\n' } });
  passed(run);
  assert.deepEqual(run.steps.map(({ key }) => key), ['build-debug', 'build-web']);
  assert.deepEqual([solveOf(run, 'build-debug').arguments, solveOf(run, 'build-web').arguments], [{ A: '1' }, {}]);
});

test('a Dockerfile that no service names is an image of its own', { skip }, async () => {
  const run = await compose('services:\n  web: {build: .}\n', { repo: { 'tools/Dockerfile': 'FROM scratch\n' } });
  passed(run);
  assert.deepEqual(run.steps.map(({ key }) => key), ['build-tools', 'build-web']);
  assert.equal(buildOf(run, 'build-tools').projectId, 'x19jffd9zf');
});

test('a service whose Dockerfile is missing is a red step; the others build', { skip }, async () => {
  const run = await compose('services:\n  web: {build: .}\n  gone: {build: nowhere}\n');
  passed(run, { 'build-gone': 'failed' });
  stopped(run, 1, 'nowhere/Dockerfile: error: the Dockerfile does not exist', 'build-gone');
});

test('a remote context goes to the builder as it is written', { skip }, async () => {
  const run = await compose('services:\n  remote: {build: {context: "https://github.com/acme/x.git#main:sub", dockerfile: D}}\n', { only: ['build-remote'] });
  passed(run, { 'build-image': 'left out' });
  const [call] = buildCalls(run);
  assert.equal(solveOf(run, 'build-remote').context, 'https://github.com/acme/x.git#main:sub');
  assert.equal(call.argv.at(-1), 'https://github.com/acme/x.git#main:sub');
  assert.deepEqual(valuesOf(call, '--file'), ['D']);
});

test('every emitted command passes shellcheck', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));

test('without a registry in the settings no cache is pushed either', { skip }, async () => {
  const run = await compose('services:\n  web:\n    build:\n      context: .\n      cache_to: ["type=registry,ref=REGISTRY/web:cache"]\n');
  passed(run);
  assert.deepEqual(solveOf(run).cacheTo, []);
});

for (const shell of ['dash', 'bash', 'busybox'])
  test(`a variable that ${shell} sets itself is taken from the environment only`, { skip }, async () => {
    const text = 'services:\n  web:\n    build:\n      context: .\n      args: {A: "${UID:-1000}", B: "${HOSTNAME:-none}", C: "${EUID}"}\n';
    const run = await compose(text, { shell, repo: { '.env': 'EUID=7\n' } });
    passed(run);
    assert.deepEqual(solveOf(run).arguments, { A: '1000', B: 'none', C: '7' });
  });

test('an address with a password in .env stays out of the pipeline', { skip }, async () => {
  const run = await compose('services:\n  web:\n    build:\n      context: .\n      args: ["DB=${DB:-none}"]\n', { repo: { '.env': 'DB=postgres://u:hunter2@h/db\n' } });
  passed(run);
  assert.doesNotMatch(run.generated.stdout, /hunter2/);
});
