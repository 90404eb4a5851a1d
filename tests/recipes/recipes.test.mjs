/*
 * recipes.test: the published recipes of Depot on Buildkite, each with the shortest settings that give it.
 *
 * The rule: fixtures/recipes/<recipe> is a repository, with its README.md (a sentence) and pipeline.yml, the golden pipeline of a
 * push to main, beside it. The pipeline must be what the program prints, keep to check-pipeline, and have its effect (effects.mjs) when it
 * runs, with the rig's registry in the place of registry.example.com. Some hold more that the program prints, such as the values of
 * Kubernetes. UPDATE=1 rewrites the goldens. What a registry-… does is in
 * tests/e2e/clouds.test.mjs, under the real names of registries.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { startDaemon } from '../e2e/daemon.mjs';
import { explain, passed } from '../e2e/expect.mjs';
import { execute, missingProgram, program, startRig } from '../e2e/scenario.mjs';
import { effects } from './effects.mjs';

const root = fileURLToPath(new URL('../../fixtures/recipes', import.meta.url));
const beside = ['README.md', 'pipeline.yml', 'values.yaml'];
const skip = missingProgram;
const build = { BUILDKITE_BRANCH: 'main', BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main', BUILDKITE_COMMIT: '0123456789abcdef0123456789abcdef01234567', BUILDKITE_BUILD_NUMBER: '42' };
const agent = { BUILDKITE_AGENT_META_DATA_QUEUE: 'kubernetes' };

let rig;
let place;
let daemon;
before(async () => {
  [rig, daemon] = [await startRig(), await startDaemon()];
  place = mkdtempSync(path.join(os.tmpdir(), 'depot-pipeline-recipes-'));
});
after(async () => {
  await Promise.all([rig.close(), daemon.close()]);
  rmSync(place, { recursive: true });
});

function repositoryOf(recipe) {
  const copy = path.join(place, recipe);
  cpSync(path.join(root, recipe), copy, { recursive: true });
  for (const name of beside) rmSync(path.join(copy, name), { force: true });
  return copy;
}

function golden(file, text) {
  if (process.env.UPDATE) writeFileSync(file, text);
  assert.equal(text, existsSync(file) ? readFileSync(file, 'utf8') : '', `${file}: UPDATE=1 rewrites it`);
}

for (const recipe of readdirSync(root).sort()) {
  test(`${recipe}: its pipeline, and what it does`, { skip }, async () => {
    const { env = {}, options = {}, prints = {}, loads, effect } = recipe.startsWith('registry-') ? {} : effects[recipe];
    const generated = await rig.scenario({ repo: repositoryOf(recipe), env: { ...build, ...agent, ...env }, git: [['remote', 'add', 'origin', 'https://github.com/acme/app.git']], run: false, ...options });
    passed(generated);
    const text = generated.generated.stdout;
    golden(path.join(root, recipe, 'pipeline.yml'), text);
    for (const [file, words] of Object.entries(prints)) {
      const printed = await execute(program, words, { cwd: generated.checkout, env: { PATH: process.env.PATH, HOME: place, ...build } });
      assert.equal(printed.exitStatus, 0, printed.stderr);
      golden(path.join(root, recipe, file), printed.stdout);
    }
    if (!effect) return;
    const { host } = rig.registry;
    const run = await rig.runSteps({
      ...options, checkout: generated.checkout, text: text.replaceAll('https://registry.example.com', `http://${host}`).replaceAll('registry.example.com', host), agentEnv: { ...build, ...(loads && { DOCKER_HOST: daemon.host }), ...options.agentEnv },
    });
    assert.deepEqual(run.steps.filter(({ state }) => state === 'failed' || state === 'blocked'), [], explain(run));
    effect(run, host);
  });
}

test('every recipe says what it is for', () => {
  for (const recipe of readdirSync(root)) assert.match(readFileSync(path.join(root, recipe, 'README.md'), 'utf8'), /^\S[^\n]*\.\n$/, recipe);
});
