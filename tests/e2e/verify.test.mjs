/*
 * verify.test: the step that asks Depot before anything is built, and what it makes of the answers.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { inEveryShell, passed, stopped } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';
import { missingShellcheck, shellcheck } from './shellcheck.mjs';

const skip = missingProgram;
let rig;
before(async () => { rig = await startRig({ projects: [{ id: 'x19jffd9zf', name: 'Shop' }] }); });
after(() => rig.close());

const repo = { 'app/Dockerfile': 'FROM scratch\n', 'depot.json': '{"id":"x19jffd9zf"}\n' };
const scenario = (options = {}) => rig.scenario({ repo, settings: 'verify: true\n', ...options });

inEveryShell(test, 'the projects are listed, then the images are built', { skip }, async (shell) => {
  const run = await scenario({ shell });
  passed(run);
  assert.deepEqual(run.steps.map(({ key }) => key), ['verify', 'build-app']);
  assert.match(run.step('verify').stdout, /Project: x19jffd9zf\nToken: DEPOT_TOKEN\nProject ID,Name\nx19jffd9zf,Shop\n/);
  assert.doesNotMatch(run.step('verify').stderr, /Note/);
});

test('several projects are looked for one by one', { skip }, async () => {
  const run = await scenario({ repo: { ...repo, 'web/Dockerfile': 'FROM scratch AS web\n', 'web/depot.json': '{"id":"webproject"}' } });
  passed(run);
  assert.match(run.step('verify').stdout, /Project: x19jffd9zf webproject\n/);
  assert.match(run.step('verify').stderr, /Note: webproject is not in the list/);
});

for (const [code, words] of [['unauthenticated', 'bad token'], ['permission_denied', 'not yours']])
  test(`Depot answers ${code}: status 72, and nothing is built`, { skip }, async () => {
    const run = await scenario({ prepare: ({ plane }) => plane.answer(code, words, 'ListProjects') });
    stopped(run, 72, [words, "Depot does not take this step's token"], 'verify');
    assert.deepEqual([run.step('build-app').state, run.builds], ['blocked', []]);
  });

test('no token at all: status 72', { skip }, async () => {
  stopped(await scenario({ login: 'none' }), 72, ['missing API token', 'DEPOT_DEBUG_OIDC=1'], 'verify');
});

test('OIDC is enough', { skip }, async () => {
  const run = await scenario({ login: 'oidc' });
  passed(run);
  assert.match(run.step('verify').stdout, /Token: OIDC of Buildkite/);
});

test('Depot does not answer: a note, and the builds try', { skip }, async () => {
  const run = await scenario({ prepare: ({ plane }) => plane.answer('internal', 'on fire', 'ListProjects') });
  passed(run);
  assert.match(run.step('verify').stderr, /on fire(.|\n)*Note: Depot did not list its projects/);
});

test('no project in the repository: that of the agents; nothing to build: no such step', { skip }, async () => {
  const run = await scenario({ repo: { 'app/Dockerfile': 'FROM scratch\n' }, agentEnv: { DEPOT_PROJECT_ID: 'fromagent' } });
  passed(run);
  assert.match(run.step('verify').stdout, /Project: fromagent\n/);
  const none = await scenario({ repo: { x: '' } });
  passed(none, { 'build-nothing': 'skipped' });
  assert.equal(none.steps.length, 1);
});

test('every emitted command passes shellcheck', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
