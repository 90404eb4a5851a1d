/*
 * upload.test: `depot-pipeline upload` in a job, with a buildkite-agent that writes down what it is given.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { check } from './check-pipeline.mjs';
import { buildCalls, inEveryShell, valuesOf } from './expect.mjs';
import { allSteps, parsePipeline } from './pipeline.mjs';
import { execute, makeRepository, missingProgram, program, startRig } from './scenario.mjs';
import { makeToolbox, recordings, smallImage } from './toolbox.mjs';

const skip = missingProgram;
let rig;
let hello;
before(async () => {
  rig = await startRig();
  hello = await repository({ Dockerfile: 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' });
});
after(() => rig.close());

async function repository(repo, settings) {
  const checkout = path.join(mkdtempSync(path.join(rig.workspace, 'repository-')), 'checkout');
  await makeRepository(checkout, { repo, settings });
  return checkout;
}

/* A job of Buildkite that runs the program: { exitStatus, stdout, stderr, calls, annotations, metaData, left }. */
async function job(args, { checkout = hello, env = {}, standIn = ['buildkite-agent'], build = undefined } = {}) {
  const place = mkdtempSync(path.join(rig.workspace, 'job-'));
  const [records, temporary, none] = ['records', 'tmp', 'meta-data'].map((name) => path.join(place, name));
  for (const directory of [records, temporary, none]) mkdirSync(directory);
  const PATH = makeToolbox(path.join(place, 'bin'), { standIn, tools: [...smallImage, 'git'] });
  const result = await execute(program, args, {
    cwd: checkout,
    env: { PATH, HOME: place, TMPDIR: temporary, RECORD_DIR: records, RIG_META_DATA: build ?? none, BUILDKITE: 'true', BUILDKITE_JOB_ID: 'job1', BUILDKITE_AGENT_META_DATA_QUEUE: 'q', ...env },
  });
  const all = recordings(records, 'buildkite-agent');
  const of = (word) => all.filter(({ argv }) => argv[0] === word);
  return { ...result, calls: [...of('artifact'), ...of('pipeline')].sort((a, b) => all.indexOf(a) - all.indexOf(b)), annotations: of('annotate'), metaData: of('meta-data'), left: readdirSync(temporary) };
}

const words = ({ calls }) => calls.map(({ argv }) => argv.map((word) => path.basename(word)).join(' '));

test('upload: the pipeline is kept as an artifact, then uploaded from a file', { skip }, async () => {
  const result = await job(['upload']);
  assert.equal(result.exitStatus, 0, result.stderr);
  assert.deepEqual(words(result), ['artifact upload depot-pipeline.yml;depot-plan.json', 'pipeline upload depot-pipeline.yml']);
  const generated = await job(['generate']);
  assert.deepEqual(result.calls.map(({ files }) => files['depot-pipeline.yml']), [generated.stdout, generated.stdout]);
  assert.deepEqual(check(generated.stdout), []);
  assert.equal(result.calls[0].argv.at(-1), 'depot-pipeline.yml;depot-plan.json', 'an artifact is named by the path it is given');
  assert.deepEqual(JSON.parse(result.calls[0].files['depot-plan.json']).images.map(({ name }) => name), ['image']);
  assert.ok(path.isAbsolute(result.calls[1].argv.at(-1)));
  assert.match(result.stderr, /^depot-pipeline: 1 of 1 image: every image, for no default branch is known$/m);
  assert.deepEqual(result.left, [], 'files are removed');
  assert.ok(!existsSync(path.join(hello, 'depot-pipeline.yml')));
});

inEveryShell(test, 'what was uploaded is what builds', { skip }, async (shell) => {
  const { calls } = await job(['upload']);
  const run = await rig.runSteps({ text: calls[1].files['depot-pipeline.yml'], checkout: hello, shell });
  assert.deepEqual(run.steps.map(({ state, step }) => [state, step.agents]), [['passed', { queue: 'q' }]]);
  assert.equal(run.builds[0].projectId, 'x19jffd9zf');
});

test('upload puts one annotation on the build: images in, images out, what was compared and why', { skip }, async () => {
  const checkout = await repository({ 'a/Dockerfile': 'FROM scratch\nCOPY f /\n', 'a/f': '1', 'b|x/Dockerfile': 'FROM scratch\nCOPY g /\n', 'b|x/g': '1' });
  const git = (...args) => execute('git', ['-C', checkout, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: checkout, env: { PATH: process.env.PATH, HOME: rig.workspace } });
  writeFileSync(path.join(checkout, 'a/f'), '2');
  await git('commit', '-qam', 'change');
  const result = await job(['upload', '--base', 'HEAD~1'], { checkout });
  assert.equal(result.exitStatus, 0, result.stderr);
  assert.equal(result.annotations.length, 1);
  const [{ argv, stdin }] = result.annotations;
  assert.deepEqual(argv, ['annotate', '--style', 'info', '--context', 'depot-pipeline']);
  assert.match(stdin, /^\*\*1 of 2 images\*\* base HEAD\\~1: compared with where HEAD left [0-9a-f]{12} \(`[0-9a-f]{12}`\), 1 changed file$/m);
  assert.match(stdin, /^\| `a` \| a\/f changed: a\/Dockerfile:2 takes it \|$/m);
  assert.match(stdin, /<summary>1 image not built<\/summary>[^]*^\| `b\\\|x` \| nothing it is made of changed \|$/m);
  assert.match(stdin, /^\[depot-pipeline.yml\]\(artifact:\/\/depot-pipeline.yml\), \[depot-plan.json\]\(artifact:\/\/depot-plan.json\)$/m);
  assert.match(result.stderr, /^depot-pipeline: 1 of 2 images: base HEAD~1/m);
  assert.deepEqual(keysOf(parsePipeline(result.calls[1].files['depot-pipeline.yml'])), ['build-a']);
});

test('upload runs the same from anywhere, and in JSON', { skip }, async () => {
  const there = await job(['upload', '-C', hello, '--format', 'json', '-q'], { checkout: rig.workspace });
  assert.equal(there.exitStatus, 0, there.stderr);
  assert.deepEqual(words(there), ['artifact upload depot-pipeline.json;depot-plan.json', 'pipeline upload depot-pipeline.json']);
  assert.equal(there.stderr, '');
  JSON.parse(there.calls[1].files['depot-pipeline.json']);
});

test('upload without interpolation tells the agent so', { skip }, async () => {
  const result = await job(['upload', '--no-interpolation']);
  assert.deepEqual(words(result).at(-1), 'pipeline upload --no-interpolation depot-pipeline.yml');
  assert.deepEqual(check(result.calls[1].files['depot-pipeline.yml'], { interpolates: false }), []);
  const variable = await job(['upload'], { env: { BUILDKITE_PIPELINE_NO_INTERPOLATION: 'true' } });
  assert.deepEqual(words(variable), words(result));
});

test('the status of a failed upload is that of the agent', { skip }, async () => {
  for (const status of ['1', '75']) {
    const result = await job(['upload'], { env: { RIG_AGENT_STATUS: status, RIG_AGENT_FAILS: 'pipeline upload' } });
    assert.equal(result.exitStatus, Number(status), result.stderr);
    assert.match(result.stderr, /the upload failed, see above/);
    assert.deepEqual(result.left, []);
  }
});

test('an artifact that cannot be kept is a warning', { skip }, async () => {
  const result = await job(['upload'], { env: { RIG_AGENT_STATUS: '1', RIG_AGENT_FAILS: 'artifact upload' } });
  assert.equal(result.exitStatus, 0, result.stderr);
  assert.match(result.stderr, /warning: the pipeline could not be kept as an artifact/);
  assert.deepEqual(words(result).at(-1), 'pipeline upload depot-pipeline.yml');
  assert.doesNotMatch(result.annotations[0].stdin, /artifact:/);
});

test('no buildkite-agent on PATH: status 3, and a message', { skip }, async () => {
  const result = await job(['upload'], { standIn: [] });
  assert.notEqual(result.exitStatus, 0);
  assert.match(result.stderr, /the upload failed/);
  assert.match(result.stderr, /buildkite-agent/);
  assert.equal(result.exitStatus, 3);
});

test('not in a job: status 3, nothing is run, and --dry-run is named', { skip }, async () => {
  const result = await job(['upload'], { env: { BUILDKITE_JOB_ID: '' } });
  assert.equal(result.exitStatus, 3);
  assert.match(result.stderr, /this is not a Buildkite job: 'upload --dry-run'/);
  assert.deepEqual(result.calls, []);
});

test('--dry-run prints what would be uploaded, in a job or not', { skip }, async () => {
  const generated = await job(['generate']);
  for (const env of [{}, { BUILDKITE_JOB_ID: '' }, { DEPOT_PIPELINE_DRY_RUN: '1' }]) {
    const result = await job(env.DEPOT_PIPELINE_DRY_RUN ? ['upload'] : ['upload', '--dry-run'], { env });
    assert.equal(result.exitStatus, 0);
    assert.equal(result.stdout, generated.stdout);
    assert.deepEqual(result.calls, []);
  }
});

test('settings that are wrong: status 1, and the agent is not called', { skip }, async () => {
  const result = await job(['upload'], { checkout: await repository({ Dockerfile: 'FROM scratch\n' }, 'platform: x\n') });
  assert.equal(result.exitStatus, 1);
  assert.deepEqual(result.calls, []);
  assert.equal(result.stdout, '', 'nobody reads standard output of an upload');
});

test('nothing to build is uploaded too', { skip }, async () => {
  const result = await job(['upload'], { checkout: await repository({ 'README.md': '' }) });
  assert.equal(result.exitStatus, 0);
  assert.match(result.calls[1].files['depot-pipeline.yml'], /skip: "the repository has no Dockerfile/);
});

test('a repository with a token in its environment uploads none of it', { skip }, async () => {
  const result = await job(['upload'], { env: { DEPOT_TOKEN: 'tok-1', NPM_TOKEN: 'tok-2' } });
  for (const { files } of result.calls) for (const text of Object.values(files)) assert.doesNotMatch(text, /tok-/);
});

const fleet = (count, files = {}) => ({
  ...files, 'depot.json': '{"id":"x19jffd9zf"}\n',
  ...Object.fromEntries(Array.from({ length: count }, (_, n) => [`s/${String(n).padStart(4, '0')}/Dockerfile`, 'FROM scratch\n'])),
});
const keysOf = (documents) => allSteps(documents).filter(({ step }) => step.command).map(({ step }) => step.key);

test('more than 500 images: documents of at most 500 jobs, uploaded one after the other', { skip }, async () => {
  const checkout = await repository(fleet(501), 'install: none\n');
  const result = await job(['upload'], { checkout });
  assert.equal(result.exitStatus, 0, result.stderr);
  assert.deepEqual(words(result), ['artifact upload depot-pipeline-1.yml;depot-pipeline-2.yml', ...[1, 2].map((n) => `pipeline upload depot-pipeline-${n}.yml`)]);
  const texts = [1, 2].map((n) => result.calls[n].files[`depot-pipeline-${n}.yml`]);
  const documents = texts.map((text) => parsePipeline(text)).flat();
  assert.deepEqual(documents.map((document) => keysOf([document]).length), [500, 1]);
  assert.equal(new Set(keysOf(documents)).size, 501);
  assert.equal(new Set(documents.map(({ steps: [{ key }] }) => key)).size, 2, 'no key is used twice');
  for (const text of texts.slice(1)) assert.deepEqual(check(text), []);
  const generated = await job(['generate'], { checkout });
  assert.deepEqual(parsePipeline(generated.stdout), documents);
  const run = await rig.runSteps({ text: generated.stdout, checkout, only: ['build-s-0000', 'build-s-0500'] });
  assert.deepEqual(buildCalls(run).map((call) => valuesOf(call, '--file')[0]), ['s/0000/Dockerfile', 's/0500/Dockerfile']);
});

test('an upload that fails is the last one', { skip }, async () => {
  const result = await job(['upload'], { checkout: await repository(fleet(501), 'install: none\n'), env: { RIG_AGENT_STATUS: '9', RIG_AGENT_FAILS: 'pipeline upload' } });
  assert.equal(result.exitStatus, 9);
  assert.deepEqual(words(result), ['artifact upload depot-pipeline-1.yml;depot-pipeline-2.yml', 'pipeline upload depot-pipeline-1.yml']);
});

test('more than 4,000 images: neighbours share a step, with a warning, and one upload holds them all', { skip }, async () => {
  const checkout = await repository(fleet(4001, { 'broken/Dockerfile': 'NOPE\n' }), 'install: none\n');
  const result = await job(['upload'], { checkout });
  assert.equal(result.exitStatus, 0, result.stderr);
  assert.match(result.stderr, /warning: 4002 images make more than the 4000 jobs of a build: up to 9 share a step/);
  assert.deepEqual(words(result), ['artifact upload depot-pipeline.yml', 'pipeline upload depot-pipeline.yml']);
  const text = result.calls[1].files['depot-pipeline.yml'];
  const documents = parsePipeline(text);
  assert.equal(keysOf(documents).length, 446);
  const shared = { text, checkout: await repository(fleet(9)), only: ['build-broken', 'build-s-0000'] };
  const run = await rig.runSteps(shared);
  assert.deepEqual(run.steps.filter(({ state }) => state !== 'left out').map(({ key, state }) => [key, state]), [['build-broken', 'failed'], ['build-s-0000', 'passed']]);
  const nine = Array.from({ length: 9 }, (_, n) => `s/000${n}`);
  assert.deepEqual(run.calls('depot').filter(({ argv }) => argv[0] === 'bake').map(({ argv }) => argv.slice(-9)), [nine.map((name) => name.replace('/', '-'))]);
  const contexts = run.calls('depot').flatMap(({ argv }) => argv.filter((word) => word.includes('.context=')));
  assert.deepEqual(contexts, nine.map((name) => `${name.replace('/', '-')}.context=${name}`));
  assert.deepEqual(run.solves.map(({ name }) => name).sort(), nine.map((name) => name.replace('/', '-')));
  assert.equal(run.step('build-s-0000').step.label, `:docker: ${nine.join(', ')}`);
  const stopped = await rig.runSteps({ ...shared, only: ['build-s-0000'], prepare: ({ buildkit }) => { buildkit.failure = 'no'; } });
  assert.equal(stopped.step('build-s-0000').exitStatus, 1, 'one that fails fails the step');
  assert.equal(stopped.builds.length, 1);
});

/* Jobs of one step of one build: what one writes into the build's meta-data, the next one reads. */
function oneStep(checkout) {
  const build = mkdtempSync(path.join(rig.workspace, 'build-'));
  const step = { BUILDKITE_STEP_ID: 'step-1', BUILDKITE_RETRY_COUNT: '0' };
  return { build, run: (args, env = {}) => job(args, { checkout, build, env: { ...step, ...env } }) };
}
const again = { BUILDKITE_RETRY_COUNT: '1' };
const uploads = (result) => words(result).filter((call) => call.startsWith('pipeline'));
const change = (checkout, name = 'more') => {
  mkdirSync(path.join(checkout, name), { recursive: true });
  writeFileSync(path.join(checkout, name, 'Dockerfile'), 'FROM scratch\n');
  return execute('git', ['-C', checkout, 'add', '.'], { cwd: checkout, env: { PATH: process.env.PATH, HOME: rig.workspace } });
};

test('a step that is run again uploads nothing twice, and is green', { skip }, async () => {
  const step = oneStep(await repository({ 'a/Dockerfile': 'FROM scratch\n' }));
  const first = await step.run(['upload']);
  assert.deepEqual(first.metaData.map(({ argv }) => argv.slice(0, 3)), [['meta-data', 'set', 'depot-pipeline:step-1::1']]);
  for (const args of [['upload'], ['upload', '--replace']]) {
    const second = await step.run(args, again);
    assert.equal(second.exitStatus, 0, second.stderr);
    assert.deepEqual(uploads(second), []);
    assert.match(second.stderr, /this step has uploaded this pipeline before; it stays as it is/);
  }
});

test('run again with another pipeline: status 3 and advice; --replace puts it in place of what has not started', { skip }, async () => {
  const checkout = await repository({ 'a/Dockerfile': 'FROM scratch\n' });
  const step = oneStep(checkout);
  await step.run(['upload']);
  await change(checkout);
  const refused = await step.run(['upload'], again);
  assert.equal(refused.exitStatus, 3);
  assert.deepEqual(uploads(refused), []);
  assert.match(refused.stderr, /uploaded another pipeline in this build before.*'upload --replace'/s);
  const replaced = await step.run(['upload'], { ...again, DEPOT_PIPELINE_REPLACE: '1' });
  assert.equal(replaced.exitStatus, 0, replaced.stderr);
  assert.deepEqual(uploads(replaced), ['pipeline upload --replace depot-pipeline.yml']);
  assert.deepEqual(uploads(await step.run(['upload'], again)), [], 'that is the one that is known now');
});

test('a step that is run again before it uploaded anything uploads', { skip }, async () => {
  const step = oneStep(hello);
  const failed = await step.run(['upload'], { RIG_AGENT_STATUS: '1', RIG_AGENT_FAILS: 'pipeline upload' });
  assert.equal(failed.exitStatus, 1);
  assert.deepEqual(uploads(await step.run(['upload'], again)), ['pipeline upload depot-pipeline.yml']);
});

test('of several documents those that are missing are uploaded', { skip }, async () => {
  const step = oneStep(await repository(fleet(501), 'install: none\n'));
  await step.run(['upload', '--replace']);
  const calls = await step.run(['upload', '--replace'], { BUILDKITE_STEP_ID: 'step-2' });
  assert.deepEqual(uploads(calls), ['pipeline upload --replace depot-pipeline-1.yml', 'pipeline upload depot-pipeline-2.yml'], 'the second keeps the first');
  rmSync(path.join(step.build, 'depot-pipeline:step-1::2'));
  assert.deepEqual(uploads(await step.run(['upload', '--replace'], again)), ['pipeline upload depot-pipeline-2.yml']);
});

test('keys that are taken, in a job that is no retry: what was uploaded under this step is looked up', { skip }, async () => {
  const checkout = await repository({ 'a/Dockerfile': 'FROM scratch\n' });
  const step = oneStep(checkout);
  const refusing = { RIG_AGENT_STATUS: '1', RIG_AGENT_FAILS: 'pipeline upload' };
  await step.run(['upload']);
  const same = await step.run(['upload'], refusing);
  assert.equal(same.exitStatus, 0, same.stderr);
  assert.match(same.stderr, /it stays as it is/);
  await change(checkout);
  const other = await step.run(['upload'], refusing);
  assert.equal(other.exitStatus, 1);
  assert.match(other.stderr, /uploaded another pipeline in this build before/);
});

test('prefixes of keys and steps are uploads of their own', { skip }, async () => {
  const step = oneStep(hello);
  await step.run(['upload']);
  assert.deepEqual(uploads(await step.run(['upload', '--key-prefix', 'x-'], again)).length, 1);
  assert.deepEqual(uploads(await step.run(['upload'], { ...again, BUILDKITE_STEP_ID: 'other' })).length, 1);
  const nameless = await step.run(['upload'], { ...again, BUILDKITE_STEP_ID: '' });
  assert.deepEqual([uploads(nameless).length, nameless.metaData.length], [1, 0]);
});

test('an annotation is red where an image cannot be built', { skip }, async () => {
  const result = await job(['upload'], { checkout: await repository({ Dockerfile: 'NOPE\n' }) });
  assert.deepEqual(result.annotations[0].argv.slice(0, 3), ['annotate', '--style', 'error']);
});
