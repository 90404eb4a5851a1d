/*
 * builder.test: `builder: bake` and `builder: compose` have the compose file itself built, and what is pushed is what was planned.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { explain, inEveryShell, passed, stepOf, stopped, valuesOf } from './expect.mjs';
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

const sha = '0123456789abcdef0123456789abcdef01234567';
const env = { BUILDKITE_COMMIT: sha, BUILDKITE_BRANCH: 'main' };
const repo = (platform = 'linux/amd64') => ({
  'depot.json': '{"id":"x19jffd9zf"}\n',
  "my shop/it's/web/Dockerfile": 'FROM scratch\nARG A\nARG N\nCOPY w /\n', "my shop/it's/web/w": 'w',
  "my shop/it's/api/Dockerfile": 'FROM common\nCOPY a /\n', "my shop/it's/api/a": 'a',
  "my shop/it's/.env": 'A=from dotenv\n',
  "my shop/it's/compose.yaml": `services:
  web:
    image: ${host}/other/web:\${T:-dev}
    platform: ${platform}
    build: {context: web, args: {A: "\${A}", N: "1"}, cache_to: ["type=registry,ref=${host}/cache/web"], x-bake: {output: ["type=registry"]}}
  my.api: {build: {context: api, additional_contexts: {common: "service:web"}}}
`,
  "my shop/it's/compose.override.yaml": 'services:\n  web: {build: {labels: {over: "yes"}}}\n',
});
const bakesOf = (run) => run.calls('depot').filter((call) => call.argv[0] === 'bake');
const solvesOf = (run) => Object.fromEntries(run.solves.map((solve) => [`${solve.name} ${solve.platform}`, solve]));
const web = "my shop/it's/web", api = "my shop/it's/my.api";
const settings = (more = '') => `registry: ${host}/acme\nbuilder: bake\nbundle: file\nbuild_args: {N: "it's $2"}
images:\n  - {match: {name: "${web}"}, repository: ${host}/acme/web}\n  - {match: {name: "${api}"}, repository: ${host}/acme/api${more}}\n`;

inEveryShell(test, 'bake: the file is built in its directory, with what the settings say', { skip }, async (shell) => {
  const run = await rig.scenario({ shell, env, repo: repo(), settings: settings() });
  passed(run);
  const [bake, ...others] = bakesOf(run);
  assert.deepEqual(others, []);
  assert.ok(bake.cwd.endsWith("/my shop/it's"), bake.cwd);
  assert.deepEqual(valuesOf(bake, '--file'), ['compose.yaml', 'compose.override.yaml']);
  assert.deepEqual(bake.argv.slice(-2), ['web', 'my_api']);
  assert.deepEqual(run.builds.map(({ projectId, options }) => [projectId, options.map(({ tags }) => tags).flat().sort()]),
    [['x19jffd9zf', [`${host}/acme/api:${sha}`, `${host}/acme/web:${sha}`]]]);
  assert.deepEqual([...run.pushed].sort(), ['acme/api', 'acme/web'].map((name) => `${name}:${sha}`));
  const solves = solvesOf(run);
  assert.deepEqual(Object.keys(solves).sort(), ['my_api linux/amd64', 'web linux/amd64']);
  assert.deepEqual(solves['web linux/amd64'].arguments, { A: 'from dotenv', N: "it's $2" });
  assert.deepEqual(solves['web linux/amd64'].labels, { over: 'yes' });
  assert.deepEqual(solves['web linux/amd64'].cacheTo.map(({ type }) => type), ['registry']);
});

test('bake: what is not published leaves the builder by no way that the file knows', { skip }, async () => {
  const run = await rig.scenario({ env: { ...env, BUILDKITE_PULL_REQUEST: '7' }, repo: repo(), settings: settings() });
  passed(run);
  assert.deepEqual(run.pushed, []);
  for (const solve of run.solves) assert.deepEqual([solve.exporter.type, solve.cacheTo], ['', []], solve.name);
});

test('bake: a service that only comes along is not pushed either', { skip }, async () => {
  const run = await rig.scenario({ env, repo: repo(), settings: settings().replace('bundle: file\n', ''), });
  passed(run);
  const bake = bakesOf(run).find((call) => stepOf({ cwd: call.cwd.replace(/\/my shop.*/, '') }) !== 'build-my-shop-it-s-web' && call.argv.at(-1) === 'my_api');
  assert.ok(valuesOf(bake, '--set').includes('web.output=type=cacheonly'), explain(run));
  assert.deepEqual([...run.pushed].sort(), ['acme/api', 'acme/web'].map((name) => `${name}:${sha}`));
  const along = run.solves.filter(({ name, buildId }) => name === 'web' && run.solves.some((other) => other.name === 'my_api' && other.buildId === buildId));
  assert.deepEqual(along.map(({ exporter, cacheTo }) => [exporter.type, cacheTo]), [['', []]]);
});

test('bake: what comes along is built for the platforms of what is built from it', { skip }, async () => {
  const run = await rig.scenario({ env, repo: repo('linux/arm64'), settings: settings() });
  passed(run);
  assert.deepEqual(bakesOf(run).map(({ argv }) => argv.at(-1)), ['web', 'my_api']);
  assert.deepEqual(Object.keys(solvesOf(run)).sort(), ['my_api linux/amd64', 'web linux/amd64', 'web linux/arm64']);
  assert.deepEqual([...run.pushed].sort(), ['acme/api', 'acme/web'].map((name) => `${name}:${sha}`));
});

test('bake: of one file only those are pushed that are to be', { skip }, async () => {
  const run = await rig.scenario({ env, repo: repo(), settings: settings(', push: never') });
  passed(run);
  assert.deepEqual(run.pushed, [`acme/web:${sha}`]);
});

test("bake: a project of the settings beats the file's", { skip }, async () => {
  const run = await rig.scenario({
    env, settings: 'builder: bake\nproject: fromsets00\n',
    repo: { 'w/Dockerfile': 'FROM scratch\n', 'compose.yaml': 'services:\n  w: {build: {context: w, x-depot: {project-id: fromfile00}}}\n' },
  });
  passed(run);
  assert.deepEqual(run.builds.map(({ projectId }) => projectId), ['fromsets00']);
});

test('bake: a target that only bake can evaluate is built by bake', { skip }, async () => {
  const run = await rig.scenario({
    env, settings: `project: fromsets00\nregistry: ${host}/acme\n`, agentEnv: { P: 'linux/arm64' },
    repo: {
      'w/Dockerfile': 'FROM scratch\n',
      'docker-bake.hcl': 'variable "P" { default = "linux/amd64" }\ntarget "w" {\n  context = "w"\n  platforms = split(",", P)\n  args = { A = upper("a") }\n}\n',
    },
  });
  passed(run);
  assert.equal(bakesOf(run).length, 1, explain(run));
  assert.deepEqual(run.solves.map(({ name, platform, arguments: given }) => [name, platform, given]), [['w', 'linux/arm64', { A: 'A' }]]);
  assert.equal(run.pushed.length, 1);
});

test('bake: each target of a literal matrix is an image', { skip }, async () => {
  const run = await rig.scenario({
    env, settings: `project: fromsets00\nregistry: ${host}/acme\n`,
    repo: {
      'w/Dockerfile': 'FROM scratch\nARG A\n',
      'docker-bake.hcl': `group "default" { targets = ["app"] }
target "app" {
  name = "app-\${replace(i.v, ".", "-")}"
  matrix = { i = [{ v = "1.2", p = "linux/amd64" }, { v = "1.3", p = "linux/arm64" }] }
  context = "w"
  args = { A = i.v }
  platforms = [i.p]
}
`,
    },
  });
  passed(run);
  assert.deepEqual(bakesOf(run), []);
  assert.deepEqual(run.builds.length, 2, explain(run));
  assert.deepEqual(run.solves.map(({ platform, arguments: given }) => [platform, given.A]).sort(), [['linux/amd64', '1.2'], ['linux/arm64', '1.3']]);
  assert.equal(run.pushed.length, 2);
});

test('bake: a matrix whose names are not known is a red step, and what is built from one of them is bake\'s', { skip }, async () => {
  const run = await rig.scenario({
    env, settings: `project: fromsets00\nregistry: ${host}/acme\n`,
    repo: {
      'w/Dockerfile': 'FROM scratch\n',
      'docker-bake.hcl': `group "default" { targets = ["app", "o"] }
target "app" {
  name = "app-\${title(v)}"
  matrix = { v = ["a", "b"] }
  context = "w"
}
target "o" {
  context = "w"
  contexts = { base = "target:app-A" }
}
`,
    },
    args: ['generate'],
  });
  assert.match(explain(run), /the targets that the matrix of 'app' makes are not known here/);
});

test('bake: a Dockerfile that no compose file declares is a depot build', { skip }, async () => {
  const run = await rig.scenario({ env, settings: 'builder: bake\nproject: fromsets00\n', repo: { 'w/Dockerfile': 'FROM scratch\n' }, args: ['generate'] });
  passed(run);
  assert.deepEqual(run.calls('depot').map(({ argv }) => argv[0]).filter((word) => word !== '--version'), ['build']);
});

test("bake: a fork's compose file is not built as it is", { skip }, async () => {
  const run = await rig.scenario({
    env: { ...env, BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_REPO: 'https://example.com/fork.git', BUILDKITE_REPO: 'https://example.com/acme.git' },
    repo: { 'depot.json': '{"id":"x19jffd9zf"}\n', 'w/Dockerfile': 'FROM scratch\n', 'compose.yaml': 'services:\n  w: {build: w}\n' },
    args: ['--builder', 'bake'],
  });
  passed(run);
  assert.deepEqual(bakesOf(run), []);
});

/*
 * docker compose builds through driver containers, which need a daemon: here stand-ins write down what they are told, and the
 * overlay, which a test of ours with the real compose reads, is looked at as it comes in.
 */
const scripts = (builder = 'depot_x19jffd9zf') => ({
  docker: 'call=$(record docker "$@")\ncase " $* " in *" build "*) cat >"$call/stdin"; echo "#1 [depot] build: https://depot.dev/1" ;; esac',
  depot: `record depot "$@" >/dev/null
case $1 in
  --version) echo 'depot version 2.102.12 (x)' ;;
  configure-docker) mkdir -p "$DOCKER_CONFIG/buildx" && echo '{"Key":"k","Name":"${builder}"}' >"$DOCKER_CONFIG/buildx/current" ;;
esac`,
});
const composesOf = (run) => run.calls('docker').filter(({ argv }) => argv[0] === 'compose' && argv.includes('build'));

inEveryShell(test, 'compose: docker is configured for Depot, then the file is built with what the settings say', { skip }, async (shell) => {
  const run = await rig.scenario({
    shell, env, repo: repo(), settings: settings().replace('bake', 'compose'), scripts: scripts(),
    agentEnv: { DOCKER_BUILDKIT: '0', BUILDX_BUILDER: 'other' },
  });
  passed(run);
  assert.deepEqual(run.calls('depot').map(({ argv }) => argv.join(' ')).filter((line) => !line.startsWith('--')), ['configure-docker --project x19jffd9zf']);
  const [call, ...others] = composesOf(run);
  assert.deepEqual(others, []);
  assert.ok(call.cwd.endsWith("/my shop/it's"), call.cwd);
  const overlay = call.argv[8];
  assert.deepEqual(call.argv, ['compose', '--progress', 'plain', '--file', 'compose.yaml', '--file', 'compose.override.yaml', '--file', overlay, 'build', '--push', 'web', 'my.api']);
  assert.match(overlay, /^\/.*\/overlay\.yaml$/);
  assert.deepEqual([call.env.DEPOT_PROJECT_ID, call.env.DOCKER_BUILDKIT, call.env.BUILDX_BUILDER], ['x19jffd9zf', undefined, undefined]);
  assert.notEqual(call.env.DOCKER_CONFIG, undefined);
});

test('compose: a docker that would build locally stops the step', { skip }, async () => {
  const run = await rig.scenario({ env, repo: repo(), settings: settings().replace('bake', 'compose'), scripts: scripts('default') });
  stopped(run, 72, 'did not make its builder the current one');
});

test('the commands have nothing that shellcheck finds', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
