/*
 * hello.test: the smallest repository there is, from its files to the builder. Also the example of a scenario.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { missingProgram, startRig } from './scenario.mjs';

let rig;
before(async () => { rig = await startRig(); });
after(() => rig.close());

test('one Dockerfile and a depot.json, no settings', { skip: missingProgram }, async () => {
  const run = await rig.scenario({
    repo: { Dockerfile: 'FROM scratch\nCOPY greeting /\n', greeting: 'hello\n', 'depot.json': '{"id":"x19jffd9zf"}\n' },
    args: ['--queue', 'kubernetes'],
    env: { BUILDKITE_BRANCH: 'main' },
  });
  assert.equal(run.generated.exitStatus, 0, run.generated.stderr);
  assert.deepEqual(run.violations, []);
  assert.deepEqual(run.steps.map(({ state }) => state), ['passed']);
  assert.deepEqual(run.builds.map(({ projectId, options: [{ push, save }] }) => ({ projectId, push, save })),
    [{ projectId: 'x19jffd9zf', push: false, save: false }]);
  assert.deepEqual(run.solves.map(({ platform, file, context }) => ({ platform, file, context })),
    [{ platform: 'linux/amd64', file: 'Dockerfile', context: ['Dockerfile', 'depot.json', 'greeting'] }]);
});
