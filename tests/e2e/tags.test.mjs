/*
 * tags.test: which tags reach the registry, and which labels, annotations and attestations the builder.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { buildCalls, passed, produced, solveOf, valuesOf } from './expect.mjs';
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

const repo = {
  'services/api/Dockerfile': 'FROM scratch\n', 'web/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n',
};
const push = { BUILDKITE_BRANCH: 'main', BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main', BUILDKITE_REPO: 'git@github.com:acme/shop.git' };
const tagged = (tag) => ({ ...push, BUILDKITE_BRANCH: tag, BUILDKITE_TAG: tag });
const scenario = (settings, options = {}) =>
  rig.scenario({ repo, settings: `registry: ${host}/acme\n${settings}`, env: push, args: ['--all'], ...options });
const versions = 'tags: ["{semver}", "{semver.patch}-{name}"]\nlatest: release\nfloating_tags: ["{semver.minor}", "{semver.major}"]\n';

test('a version: of all images, with latest and the tags that follow it', { skip }, async () => {
  const run = await scenario(versions, { env: tagged('v1.2.3') });
  passed(run);
  assert.deepEqual(run.pushed.sort(), ['services/api', 'web'].flatMap((name) =>
    ['1', '1.2', '1.2.3', `1.2.3-${name.replace('/', '-')}`, 'latest'].map((tag) => `acme/${name}:${tag}`)).sort());
});

test('a version of one image, by each spelling of its tag', { skip }, async () => {
  for (const tag of ['services/api/v1.2.3', 'api-v1.2.3', 'api@1.2.3', 'api/1.2.3']) {
    const run = await scenario('tags: ["{version}", "{semver}"]\n', { env: tagged(tag), args: [] });
    passed(run);
    const version = tag.includes('v1') ? 'v1.2.3' : '1.2.3';
    assert.deepEqual(run.pushed.sort(), [...new Set(['acme/services/api:1.2.3', `acme/services/api:${version}`])].sort(), tag);
  }
});

test('a pre-release is its own version and nothing else', { skip }, async () => {
  const run = await scenario(versions, { env: tagged('v1.2.3-rc.1'), args: ['--only', 'web'] });
  passed(run);
  assert.deepEqual(run.pushed, ['acme/web:1.2.3-rc.1']);
});

test('latest is never given by default, nor by another branch, nor by a pull request', { skip }, async () => {
  const only = ['--only', 'web'];
  const pushedBy = async (settings, env) => {
    const run = await scenario(`tags: t\n${settings}`, { env: { ...push, ...env }, args: only });
    passed(run);
    return run.pushed.map((name) => name.split(':')[1]).sort();
  };
  assert.deepEqual(await pushedBy('', {}), ['t']);
  assert.deepEqual(await pushedBy('latest: default_branch\n', {}), ['latest', 't']);
  assert.deepEqual(await pushedBy('latest: default_branch\n', { BUILDKITE_BRANCH: 'side' }), ['t']);
  assert.deepEqual(await pushedBy('latest: always\n', { BUILDKITE_BRANCH: 'side' }), ['latest', 't']);
  assert.deepEqual(await pushedBy('latest: always\npush: always\n', {
    BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main', BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/acme/shop',
  }), ['t']);
});

test('the date is that of the commit, in UTC', { skip }, async () => {
  const run = await scenario('tags: ["{date:%Y%m%d-%H%M%S}", "{date}"]\n', { args: ['--only', 'web'] });
  passed(run);
  assert.deepEqual(run.pushed.sort(), ['acme/web:2026-01-01', 'acme/web:20260101-000000']);
});

test('several registries: every tag goes to each, in one build', { skip }, async () => {
  const run = await rig.scenario({
    repo, settings: `registry: [${host}/one, ${host}/two]\ntags: [a, b]\n`, env: push, args: ['--only', 'web'],
  });
  passed(run);
  assert.deepEqual(run.pushed.sort(), ['one/web:a', 'one/web:b', 'two/web:a', 'two/web:b']);
  assert.equal(run.builds.length, 1);
  const other = await rig.scenario({ repo, env: push, args: ['--only', 'web', '--tag', 't', '--registry', `${host}/x,${host}/y`, '--registry', `${host}/z`] });
  passed(other);
  assert.deepEqual(other.pushed.sort(), ['x/web:t', 'y/web:t', 'z/web:t']);
});

const says = `
tags: t
labels: {team: "it's {name}, \\"{branch}\\"", a.b.c: "{env:CHANNEL}"}
oci_labels: true
provenance: max
sbom: true
no_cache: true
build_secrets: {npm: NPM}
`;
const labels = {
  team: 'it\'s web, "main"', 'a.b.c': 'beta', 'org.opencontainers.image.source': 'https://github.com/acme/shop',
  'org.opencontainers.image.created': '2026-01-01T00:00:00Z',
};
const checkSolve = (solve) => {
  const { 'org.opencontainers.image.revision': revision, ...rest } = solve.labels;
  assert.match(revision, /^[0-9a-f]{40}$/);
  assert.deepEqual(rest, labels);
  assert.match(solve.attributes['attest:provenance'], /mode=max/);
  assert.ok('attest:sbom' in solve.attributes);
  assert.ok('no-cache' in solve.attributes);
};

test('labels, attestations and no cache reach the builder of one build', { skip }, async () => {
  const run = await scenario(says, { args: ['--only', 'web'], agentEnv: { CHANNEL: 'beta', NPM: 's3cret' } });
  passed(run);
  checkSolve(solveOf(run));
  assert.ok(!run.generated.stdout.includes('s3cret'));
  assert.deepEqual(valuesOf(buildCalls(run)[0], '--secret'), ['id=npm,env=NPM']);
});

test('the same of a bundle', { skip }, async () => {
  const run = await scenario(`${says}bundle: project\n`, { agentEnv: { CHANNEL: 'beta', NPM: 's3cret' } });
  passed(run);
  checkSolve(run.solves.find((solve) => solve.labels.team?.includes('web')));
});

test('the same of a bake of the compose file, where its own labels stay', { skip }, async () => {
  const compose = 'services:\n  web:\n    build:\n      context: web\n      labels: {team: compose, kept: "1"}\n';
  const run = await scenario(`${says}builder: bake\n`, {
    repo: { ...repo, 'compose.yaml': compose }, args: ['--only', 'web'], agentEnv: { CHANNEL: 'beta', NPM: 's3cret' },
  });
  passed(run);
  const [solve] = run.solves;
  assert.equal(solve.labels.kept, '1');
  delete solve.labels.kept;
  checkSolve(solve);
});

test('annotations are those of what is pushed; bake has no word for them', { skip }, async () => {
  const run = await scenario('tags: t\nannotations: {org.x: "{name}"}\nbundle: project\n');
  passed(run);
  assert.equal(buildCalls(run).length, 2);
  assert.deepEqual(valuesOf(buildCalls(run)[1], '--annotation'), ['org.x=web']);
  const unpublished = await scenario('push: never\nannotations: {org.x: "{name}"}\n', { args: ['--only', 'web'] });
  passed(unpublished);
  assert.deepEqual(valuesOf(buildCalls(unpublished)[0], '--annotation'), []);
});

test('lint: what stops the build is told to Depot', { skip }, async () => {
  const run = await scenario('lint: warn\n', { args: ['--only', 'web'], standIn: ['depot'] });
  produced(run);
  const [call] = buildCalls(run);
  assert.ok(call.argv.includes('--lint'));
  assert.deepEqual(valuesOf(call, '--lint-fail-on'), ['warn']);
});

test('--no-cache for one build, by option or variable', { skip }, async () => {
  for (const options of [{ args: ['--all', '--no-cache'] }, { env: { ...push, DEPOT_PIPELINE_NO_CACHE: '1' } }]) {
    const run = await scenario('tags: t\n', options);
    passed(run);
    assert.ok('no-cache' in solveOf(run, 'build-web').attributes);
  }
  const usual = await scenario('tags: t\n', { env: { ...push, DEPOT_PIPELINE_NO_CACHE: '0' } });
  assert.ok(!('no-cache' in solveOf(usual, 'build-web').attributes));
});

test('a fork gets no build secret', { skip }, async () => {
  const run = await scenario('build_secrets: {npm: NPM}\n', {
    args: ['--only', 'web'], git: [['update-ref', 'refs/remotes/origin/main', 'HEAD']], agentEnv: { NPM: 's3cret' },
    env: { ...push, BUILDKITE_BRANCH: 'x', BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main', BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/stranger/shop' },
  });
  passed(run);
  assert.deepEqual(valuesOf(buildCalls(run)[0], '--secret'), []);
  assert.equal(run.builds[0].options[0].push, false);
});

test('every emitted command passes shellcheck', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
