/*
 * fifteen.test: fixtures/fifteen, fifteen services, once as a pipeline written by hand and once as a few lines of settings.
 *
 * What is compared: the steps, their order, keys and every attribute but the command; what the Depot API was asked for (project,
 * tags, push, load, save, outputs), by which token, and how it ended; all that each builder was asked for and given (platform,
 * Dockerfile, context, arguments, target, labels, exporter, caches, logins with user and password, secrets); what the registry holds.
 * Not compared: the words of the commands (nor whether docker or the step itself writes the login down), and the order of one build's platforms, which the CLI starts at once.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { check } from './check-pipeline.mjs';
import { explain, passed, solvesOf } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';

const skip = missingProgram;
const fixture = fileURLToPath(new URL('../../fixtures/fifteen', import.meta.url));
const settings = readFileSync(path.join(fixture, '.buildkite/depot-pipeline.yml'), 'utf8');
const byHand = readFileSync(path.join(fixture, 'by-hand.yml'), 'utf8');
const mostLines = 25;

let rig;
before(async () => { rig = await startRig(); });
after(() => rig.close());

/* The registry of the files is that of the rig. */
const here = (text) => text.replaceAll('registry.example.com', rig.registry.host);
const job = {
  secrets: { registry_password: 's3cret' }, timeout: 120_000,
  agentEnv: { BUILDKITE_BUILD_NUMBER: '42', BUILDKITE_BRANCH: 'main', BUILDKITE_COMMIT: '0123456789abcdef0123456789abcdef01234567', API_URL: 'https://api.example.com' },
};

function recorded(run) {
  const one = ({ key, step }) => {
    const { command, ...attributes } = step;
    const solves = solvesOf(run, key).map(({ buildId, ...solve }) => solve);
    const { buildId, ...build } = run.builds.find((candidate) => candidate.buildId === solvesOf(run, key)[0].buildId);
    return { key, attributes, build, solves };
  };
  return run.steps.map(one);
}

test(`at most ${mostLines} lines of settings say the same as the pipeline by hand`, { skip }, async () => {
  assert.ok(settings.trimEnd().split('\n').length <= mostLines);
  assert.deepEqual(check(byHand), []);
  const generated = await rig.scenario({ repo: [fixture, { '.buildkite/depot-pipeline.yml': here(settings), 'by-hand.yml': null }], env: { ...job.agentEnv }, ...job });
  passed(generated);
  const fromSettings = recorded(generated);
  const manual = await rig.runSteps({ ...job, checkout: generated.checkout, text: here(byHand) });
  assert.deepEqual(manual.steps.map(({ state }) => state), Array(15).fill('passed'), explain(manual));
  const fromHand = recorded(manual);
  assert.equal(fromHand.length, 15);
  for (const [at, step] of fromHand.entries()) assert.deepEqual(fromSettings[at], step);
  assert.deepEqual(generated.pushed, manual.pushed);
  assert.equal(manual.pushed.length, 14 * 2);
  assert.deepEqual(fromSettings[0].solves[0].logins, { [rig.registry.host]: { username: 'acme-ci', password: 's3cret' } });
});
