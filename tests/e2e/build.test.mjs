/*
 * build.test: what the settings say of a build reaches the builder as it was meant: platforms, arguments, target,
 * context, for all images, for some, and for the one beside which a file stands.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { buildCalls, buildOf, inEveryShell, passed, solveOf, solvesOf, valuesOf } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';
import { missingShellcheck, shellcheck } from './shellcheck.mjs';

const skip = missingProgram;
let rig;
before(async () => { rig = await startRig(); });
after(() => rig.close());

const stages = 'FROM scratch AS base\nARG A\nFROM base AS test\nFROM base AS runtime\nCOPY main /\n';
const hello = { 'app/Dockerfile': stages, 'app/main': '', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const env = { BUILDKITE_COMMIT: '0123456789abcdef0123456789abcdef01234567', BUILDKITE_BRANCH: 'main' };
const scenario = (settings, options = {}) => rig.scenario({ repo: hello, settings, env, ...options });

inEveryShell(test, 'several platforms are one call', { skip }, async (shell) => {
  const run = await scenario('platforms: [linux/amd64, linux/arm64]\n', { shell });
  passed(run);
  assert.equal(run.builds.length, 1);
  assert.deepEqual(solvesOf(run).map(({ platform, machine }) => [platform, machine]), [['linux/amd64', 'amd64'], ['linux/arm64', 'arm64']]);
});

test('one platform as a word, and platforms of the command line', { skip }, async () => {
  const one = await scenario('platforms: linux/arm64\n');
  passed(one);
  assert.equal(solveOf(one).platform, 'linux/arm64');
  const two = await scenario('platforms: linux/arm64\n', { args: ['--platform', 'linux/amd64,linux/arm64'] });
  assert.deepEqual(valuesOf(buildCalls(two)[0], '--platform'), ['linux/amd64,linux/arm64']);
});

/* Values that YAML, Buildkite, a shell or the CLI would like to change. */
const literals = {
  PLAIN: 'value', EMPTY: '', SPACES: '  two  words ', SINGLE: "it's", DOUBLE: 'say "hi"', DOLLAR: 'costs $5, $HOME, ${HOME}, $$, ${X:?}, $(id)', TICKS: '`id`',
  BACKSLASH: '\\ \\\\ \\n \\$HOME \\\\$HOME', LINES: 'one\ntwo\n', TAB: 'a\tb', UNICODE: 'ünï → ☃', STAR: '* ? [a] ~ {a,b}', EQUALS: 'a=b=c', OPTION: '--push',
  COMMENT: '# no', PERCENT: '100% %s', BANG: '!x', BRACES: '{} {nope} {"json": "{sha}"}', YES: 'yes', NUMBER: '010',
};

inEveryShell(test, 'literal build arguments arrive byte for byte', { skip }, async (shell) => {
  const run = await scenario(`build_args: ${JSON.stringify(literals)}\n`, { shell, agentEnv: { X: 'not this' } });
  passed(run);
  assert.deepEqual(solveOf(run).arguments, { ...literals, BRACES: `{} {nope} {"json": "${env.BUILDKITE_COMMIT}"}` });
});

test('templates in build arguments, known now or when the step runs', { skip }, async () => {
  const run = await scenario(`build_args:
  COMMIT: "{sha}"
  BRANCH: "on {branch}"
  BUILD: "#{build_number}"
  CHANNEL: "{env:CHANNEL}"
  MIXED: "$1 '{env:CHANNEL}' \\"{build_number}\\""
  RELEASE: "{tag}"
`, { env: { ...env, BUILDKITE_BRANCH: "feature/$x 'y'" }, agentEnv: { BUILDKITE_BUILD_NUMBER: '42', CHANNEL: `be"ta' $5` } });
  passed(run);
  assert.deepEqual(solveOf(run).arguments, {
    COMMIT: env.BUILDKITE_COMMIT, BRANCH: "on feature/$x 'y'", BUILD: '#42', CHANNEL: `be"ta' $5`, MIXED: `$1 'be"ta' $5' "42"`,
  });
});

test('an argument without a value comes from the environment of the step, or not at all', { skip }, async () => {
  const run = await scenario('build_args:\n  TOKEN_ID:\n  ABSENT:\n', { env: { ...env, TOKEN_ID: 'upload' }, agentEnv: { TOKEN_ID: 'step $1' } });
  passed(run);
  assert.deepEqual(solveOf(run).arguments, { TOKEN_ID: 'step $1' });
  assert.doesNotMatch(run.generated.stdout, /upload/);
});

test('target and context of the settings', { skip }, async () => {
  const run = await scenario('images:\n- match: {name: app}\n  target: runtime\n  context: .\n');
  passed(run);
  const { target, context, file } = solveOf(run);
  assert.deepEqual({ target, context, file },
    { target: 'runtime', context: ['.buildkite/depot-pipeline.yml', 'app/Dockerfile', 'app/main', 'depot.json'], file: 'Dockerfile' });
});

const fleet = {
  'services/api/Dockerfile': stages, 'services/api/main': '', 'services/web/Dockerfile': stages, 'services/web/main': '',
  'tools/lint/Dockerfile': stages, 'tools/lint/main': '', 'depot.json': '{"id":"x19jffd9zf"}\n',
};

test('images are meant by name, by path, by a regular expression; the later entry wins', { skip }, async () => {
  const run = await rig.scenario({
    repo: fleet, env,
    settings: `build_args: {ALL: "1", WHO: nobody}
images:
- match: {path: "services/**"}
  build_args: {WHO: path}
  platforms: linux/arm64
- match: {regex: "^(tools|services)/(lint|web)$"}
  build_args: {WHO: regex}
- match: {name: services/web}
  target: test
- match: {path: "services/**", regex: "lint"}
  target: nowhere
`,
  });
  passed(run);
  const seen = (key) => {
    const { arguments: given, platform, target } = solveOf(run, key);
    return { given, platform, target };
  };
  assert.deepEqual(seen('build-services-api'), { given: { ALL: '1', WHO: 'path' }, platform: 'linux/arm64', target: '' });
  assert.deepEqual(seen('build-services-web'), { given: { ALL: '1', WHO: 'regex' }, platform: 'linux/arm64', target: 'test' });
  assert.deepEqual(seen('build-tools-lint'), { given: { ALL: '1', WHO: 'regex' }, platform: 'linux/amd64', target: '' });
  assert.match(run.generated.stderr, /depot-pipeline\.yml:10:.*no image matches/);
});

test('a file beside a Dockerfile is about that image alone, and stronger than the repository\'s', { skip }, async () => {
  const run = await rig.scenario({
    repo: { ...fleet, 'services/api/depot-pipeline.yml': 'name: api\nproject: special\ntarget: test\nplatforms: [linux/arm64]\nbuild_args: {B: mine}\n' }, env,
    settings: 'build_args: {A: "1", B: theirs}\nimages: [{match: {name: services/api}, target: runtime}]\n',
  });
  passed(run);
  const { target, platform, arguments: given } = solveOf(run, 'build-api');
  assert.deepEqual({ target, platform, given }, { target: 'test', platform: 'linux/arm64', given: { A: '1', B: 'mine' } });
  assert.equal(buildOf(run, 'build-api').projectId, 'special');
  assert.equal(buildOf(run, 'build-services-web').projectId, 'x19jffd9zf');
  assert.deepEqual(solveOf(run, 'build-services-web').arguments, { A: '1', B: 'theirs' });
});

test('a mistake in the settings stops everything, with its place', { skip }, async () => {
  for (const [settings, words] of [
    ['platfroms: x\n', /depot-pipeline\.yml:1:1:.*platfroms.*platforms/],
    ['platforms: amd64\n', /'amd64' is not a platform/],
    ['images: [{target: x}]\n', /needs 'match'/],
    ['images: [{match: {regex: "("}}]\n', /is not a regular expression/],
    ['images: [{match: {name: app}, context: ../x}]\n', /is outside the repository/],
    ['a: [\n', /depot-pipeline\.yml:/],
  ]) {
    const run = await scenario(settings);
    assert.equal(run.generated.exitStatus, 1, settings);
    assert.match(run.generated.stderr, words);
    assert.match(run.generated.stdout, /^\[depot-pipeline failed/);
  }
});

test('what is left out comes back by settings, and what is there can be left out', { skip }, async () => {
  const run = await rig.scenario({
    repo: { ...fleet, 'examples/x/Dockerfile': 'FROM scratch\n' }, env,
    settings: 'discovery:\n  include: ["examples/x/**"]\n  exclude: ["services/**"]\n',
  });
  passed(run);
  assert.deepEqual(run.steps.map(({ key }) => key), ['build-examples-x', 'build-tools-lint']);
});

test('every emitted command passes shellcheck', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
