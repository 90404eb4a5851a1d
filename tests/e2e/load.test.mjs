/*
 * load.test: `output: load` asks a daemon before the build, has the image loaded under its names, and runs the tests of the settings
 * beside it. The Depot CLI is the real one, the engine a stand-in that takes what is loaded.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { startDaemon } from './daemon.mjs';
import { buildOf, explain, inEveryShell, passed, stopped, valuesOf } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';

const skip = missingProgram;
let rig;
let daemon;
before(async () => { [rig, daemon] = [await startRig(), await startDaemon()]; });
after(() => Promise.all([rig.close(), daemon.close()]));

const sha = '0123456789abcdef0123456789abcdef01234567';
const env = { BUILDKITE_COMMIT: sha, BUILDKITE_BRANCH: 'main' };
const repo = { 'App/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const scripts = { docker: 'record docker "$@" >/dev/null' };
const tells = `echo "$IMAGE_NAME|$IMAGE_PATH|$IMAGE_REFERENCE" ' $5 {sha}'`;
const scenario = ({ agentEnv, ...options }) => rig.scenario({ repo, env, scripts, agentEnv: { DOCKER_HOST: daemon.host, ...agentEnv }, ...options });
const dockers = (run) => run.calls('docker').map(({ argv }) => argv);
const said = (run, key) => run.step(key).stdout;

inEveryShell(test, 'the image is loaded under its own name, and then its tests run', { skip }, async (shell) => {
  const run = await scenario({ shell, settings: `output: load\ntest:\n  - ${JSON.stringify(tells)}\n  - docker run "$IMAGE_REFERENCE"\n` });
  passed(run);
  const [{ command, load, push, save, tags }] = buildOf(run, 'build-App').options;
  assert.deepEqual({ command, load, push, save, tags }, { command: 'build', load: true, push: false, save: false, tags: [`app:${sha}`] });
  assert.deepEqual(dockers(run), [['version'], ['run', `app:${sha}`]]);
  assert.match(said(run, 'build-App'), new RegExp(`depot\\.dev/build1[^]*\\n\\+\\+\\+ :docker: test App\nApp\\|App/Dockerfile\\|app:${sha}  \\$5 \\{sha\\}$`, 'm'));
  assert.deepEqual(run.pushed, []);
});

inEveryShell(test, 'the first test that fails ends the step with its status', { skip }, async (shell) => {
  const run = await scenario({ shell, settings: 'output: load\ntest: ["sh -c \\"exit 7\\"", "docker run x"]\n' });
  stopped(run, 7, '+++ :docker: test App');
  assert.deepEqual(dockers(run), [['version']]);
});

test('no daemon: status 72 before anything is built', { skip }, async () => {
  const run = await scenario({ settings: 'output: load\ntest: "true"\n', scripts: { docker: 'echo "Cannot connect to the Docker daemon" >&2; exit 1' } });
  stopped(run, 72, ['^^^ +++', "'docker version' finds no Docker daemon"]);
  assert.deepEqual(run.builds, []);
});

test('several images of a step: one call loads them, and what the tests of one do reaches no others', { skip }, async () => {
  const run = await scenario({
    repo: { ...repo, 'web/Dockerfile': 'FROM scratch\n', 'lib/Dockerfile': 'FROM scratch\n' },
    settings: 'output: load\nbundle: project\ntest: |\n  echo "$IMAGE_NAME in ${PWD##*/} ${depot_left-}"\n  depot_left=here; cd /; exit 0\nimages: [{match: {name: lib}, output: none}]\n',
  });
  passed(run);
  assert.deepEqual(run.builds.map(({ options }) => options.map(({ load, tags }) => [load, tags])), [
    [[true, [`app:${sha}`]], [true, [`web:${sha}`]]], [[false, []]],
  ]);
  const [{ key }] = run.steps;
  assert.deepEqual(said(run, key).match(/^(App|web|lib) in .*$/gm), ['App', 'web'].map((name) => `${name} in ${said(run, key).match(/^App in (\S+)/m)[1]} `));
});

test("builder: bake loads what the compose file names, under its name, too; the file's cache stays unwritten", { skip }, async () => {
  const run = await scenario({
    repo: { 'depot.json': repo['depot.json'], 'shop/Dockerfile': 'FROM scratch\n',
      'shop/compose.yaml': `services: {shop: {image: "acme/shop:dev", build: {context: ., cache_to: ["type=registry,ref=${rig.registry.host}/c"]}}}\n` },
    settings: 'output: load\nbuilder: bake\ntest: docker compose up --no-build\n',
  });
  passed(run);
  const [{ command, load, tags }] = run.builds[0].options;
  assert.deepEqual({ command, load, tags }, { command: 'bake', load: true, tags: [`shop/shop:${sha}`, 'acme/shop:dev'] });
  assert.deepEqual(run.solves.map(({ cacheTo }) => cacheTo).flat(), []);
  assert.deepEqual(dockers(run), [['version'], ['compose', 'up', '--no-build']]);
});

/* As depot configure-docker leaves it, `docker build` is Depot's. */
const aliased = { docker: 'record docker "$@" >/dev/null\ncase $1 in build) exec "$RIG_DEPOT" "$@" ;; buildx) echo "#1 [depot] build: https://depot.dev/1" ;; esac' };
for (const [builder, words] of [['docker', ['build']], ['buildx', ['buildx', 'build', '--builder', 'depot_x19jffd9zf']]]) {
  test(`builder: ${builder} loads, too`, { skip }, async () => {
    const run = await scenario({ settings: `output: load\nbuilder: ${builder}\ntest: docker run "$IMAGE_REFERENCE"\n`, scripts: aliased });
    passed(run);
    const calls = dockers(run), build = calls.find((argv) => argv.includes('--load'));
    assert.ok(build, explain(run));
    assert.deepEqual(build.slice(0, words.length), words);
    assert.deepEqual(valuesOf({ argv: build }, '--tag'), [`app:${sha}`]);
    assert.deepEqual(calls.at(-1), ['run', `app:${sha}`]);
  });
}

test('what docker would have to save is built by depot', { skip }, async () => {
  const run = await scenario({ settings: 'output: save\nbuilder: buildx\n' });
  passed(run);
  assert.match(run.generated.stderr, /not by 'builder: buildx', which cannot save an image in Depot's registry \[builder-differs\]/);
  assert.equal(buildOf(run, 'build-App').options[0].save, true);
});
