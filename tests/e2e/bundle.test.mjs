/*
 * bundle.test: many images in one step are one bake of the real CLI, and come out as they do by themselves.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { explain, inEveryShell, passed, stepOf, valuesOf } from './expect.mjs';
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
const repo = {
  'depot.json': '{"id":"x19jffd9zf"}\n',
  'web/Dockerfile': 'FROM scratch\nCOPY w /\n', 'web/w': 'w',
  'api/Dockerfile': 'FROM common\nCOPY a /\n', 'api/a': 'a',
  'job/Dockerfile': 'FROM scratch\nARG V\nCOPY j /\n', 'job/j': 'j',
  '.env': 'V=from dotenv\n',
  'compose.yaml': `services:
  web: {build: {context: web, platforms: [linux/amd64, linux/arm64], sbom: true, no_cache_filter: [x]}}
  api: {build: {context: api, additional_contexts: {common: "service:web"}}}
  job: {build: {context: job, args: {V: "\${V:-it's 1}", W: }, labels: {l: "a,b=c", e: "\${V}"}}}
  old: {build: {context: job, extra_hosts: ["h=10.0.0.1"]}}
`,
};
const bakesOf = (run, key) => run.calls('depot').filter((call) => call.argv[0] === 'bake' && stepOf(call) === key);
const dependenciesOf = (run) => Object.fromEntries(run.steps.map(({ key, step }) => [key, step.depends_on ?? []]));
const solvesOf = (run) => Object.fromEntries(run.solves.map((solve) => [`${solve.name} ${solve.platform}`.trim(), solve]));

inEveryShell(test, 'the images of a compose file are one bake, each pushed to its own place', { skip }, async (shell) => {
  const run = await rig.scenario({ shell, env, repo, settings: `registry: ${host}/acme\nbundle: file\n`, agentEnv: { W: 'w w' } });
  passed(run);
  assert.deepEqual(run.steps.map(({ key }) => key), ['bundle-compose-yaml', 'build-old']);
  assert.deepEqual(run.steps.map(({ step }) => step.label), [':docker: compose.yaml', ':docker: old']);
  const bakes = bakesOf(run, 'bundle-compose-yaml');
  assert.equal(bakes.length, 1, explain(run));
  assert.ok(bakes[0].argv.includes('--push'));
  assert.deepEqual(bakes[0].argv.slice(-3), ['web', 'api', 'job']);
  assert.deepEqual(run.builds.map(({ projectId, options }) => [projectId, options.map(({ targetName }) => targetName).sort()]),
    [['x19jffd9zf', ['api', 'job', 'web']], ['x19jffd9zf', ['']]]);
  assert.deepEqual([...run.pushed].sort(), ['api', 'job', 'old', 'web'].map((name) => `acme/${name}:${sha}`));
  const solves = solvesOf(run);
  assert.deepEqual(Object.keys(solves).sort(), ['api linux/amd64', 'default linux/amd64', 'job linux/amd64', 'web linux/amd64', 'web linux/arm64']);
  assert.deepEqual(solves['job linux/amd64'].arguments, { V: 'from dotenv', W: 'w w' });
  assert.deepEqual(solves['job linux/amd64'].labels, { l: 'a,b=c', e: 'from dotenv' });
});

inEveryShell(test, 'directories of any name are targets, and never options', { skip }, async (shell) => {
  const names = ['@app', '-n', `it's "A" $x`, 'a*b?', 'back\\slash'];
  const odd = Object.fromEntries(names.flatMap((name) => [[`${name}/Dockerfile`, 'FROM scratch\nCOPY f /\n'], [`${name}/f`, name]]));
  const run = await rig.scenario({ shell, env, repo: { ...odd, 'depot.json': repo['depot.json'] }, settings: 'bundle: project\n' });
  passed(run);
  const [bake] = bakesOf(run, 'bundle-x19jffd9zf');
  assert.deepEqual(bake.argv.slice(-5).sort(), ['_app', '_n', 'a-b-', 'back-slash', 'it-s--A---x']);
  assert.equal(run.solves.length, 5, explain(run));
});

test('what few builds have reaches the builder, in a bundle and by itself', { skip }, async () => {
  const options = (more) => `services:
  web: {build: {context: web, provenance: "mode=max", sbom: true, no_cache_filter: [x, y]${more}}}
  job: {build: {context: job, provenance: false}}
`;
  const run = await rig.scenario({ env, repo: { ...repo, 'compose.yaml': options('') }, settings: 'bundle: file\n' });
  passed(run);
  const pick = (solve) => Object.fromEntries(['attest:provenance', 'attest:sbom', 'no-cache', 'ulimit'].map((key) => [key, solve.attributes[key]]));
  const solves = solvesOf(run);
  assert.deepEqual(pick(solves['web linux/amd64']), { 'attest:provenance': 'type=provenance,mode=max', 'attest:sbom': 'type=sbom', 'no-cache': 'x,y', ulimit: undefined });
  assert.equal(pick(solves['job linux/amd64'])['attest:provenance'], undefined);
  const alone = await rig.scenario({ env, repo: { ...repo, 'compose.yaml': options(', ulimits: {nofile: {soft: 1, hard: 2}}, privileged: true') }, settings: 'bundle: file\n' });
  passed(alone);
  assert.deepEqual(alone.steps.map(({ key }) => key).sort(), ['build-api', 'build-web', 'bundle-compose-yaml']);
  const web = alone.solves.find(({ entitlements }) => entitlements.length > 0);
  assert.deepEqual([pick(web), web.entitlements], [
    { 'attest:provenance': 'type=provenance,mode=max', 'attest:sbom': 'type=sbom,enabled=true', 'no-cache': 'x,y', ulimit: 'nofile=1:2' }, ['security.insecure'],
  ]);
});

test('what the images are handed over by is a target of the same call', { skip }, async () => {
  const run = await rig.scenario({ env, repo, settings: `registry: ${host}/acme\nbundle: project\n` });
  passed(run);
  assert.deepEqual(run.steps.map(({ key }) => key).sort(), ['build-old', 'bundle-x19jffd9zf']);
  const [bake] = bakesOf(run, 'bundle-x19jffd9zf');
  assert.ok(valuesOf(bake, '--set').includes('api.contexts.common=target:web'), explain(run));
  assert.deepEqual(dependenciesOf(run)['bundle-x19jffd9zf'], []);
});

test('of one call only those are pushed that are to be', { skip }, async () => {
  const run = await rig.scenario({
    env, repo, settings: `registry: ${host}/acme\nbundle: file\nimages:\n  - match: {name: web}\n    push: never\n`,
  });
  passed(run);
  const [bake] = bakesOf(run, 'bundle-compose-yaml');
  assert.ok(!bake.argv.includes('--push'));
  assert.deepEqual([...run.pushed].sort(), ['api', 'job', 'old'].map((name) => `acme/${name}:${sha}`));
  assert.match(run.step('bundle-compose-yaml').stdout, /web is not published: the settings say 'push: never'/);
  assert.equal(run.solves.find(({ name }) => name === 'web').exporter.type, '');
});

test('two projects are two calls of one step, and the second one waits for what it is built from', { skip }, async () => {
  const run = await rig.scenario({
    env, settings: `registry: ${host}/acme\nbundle: file\n`,
    repo: {
      ...repo,
      'compose.yaml': `services:
  web: {build: {context: web}}
  api: {build: {context: api, additional_contexts: {common: "service:web"}, x-depot: {project-id: another123}}}
  job: {build: {context: job}}
`,
    },
  });
  passed(run);
  assert.deepEqual(run.steps.map(({ key }) => key), ['bundle-compose-yaml']);
  assert.deepEqual(run.builds.map(({ projectId, options }) => [projectId, options.map(({ tags }) => tags).flat().sort()]), [
    ['x19jffd9zf', [`${host}/acme/job:${sha}`, `${host}/acme/web:${sha}`]], ['another123', [`${host}/acme/api:${sha}`]],
  ]);
  assert.deepEqual(run.solves.find(({ arguments: given, contexts }) => given && contexts.common).contexts.common, `docker-image://${host}/acme/web:${sha}`);
});

test('three images, two a step: the second step waits for the first', { skip }, async () => {
  const chain = {
    'depot.json': '{"id":"x19jffd9zf"}\n',
    'a/Dockerfile': 'FROM scratch\nCOPY f /\n', 'a/f': '', 'b/Dockerfile': 'FROM scratch\nCOPY f /\n', 'b/f': '',
    'c/Dockerfile': `FROM ${host}/acme/a\nCOPY f /\n`, 'c/f': '',
  };
  const pushed = await rig.scenario({ env, repo: chain, settings: `registry: ${host}/acme\nbundle: 2\n` });
  passed(pushed);
  assert.deepEqual(dependenciesOf(pushed), { 'bundle-x19jffd9zf': [], 'bundle-x19jffd9zf-2': ['bundle-x19jffd9zf'] });
  assert.deepEqual(pushed.step('bundle-x19jffd9zf-2').step.label, ':docker: project x19jffd9zf, part 2');
  const unpushed = await rig.scenario({ env: { ...env, BUILDKITE_PULL_REQUEST: '7' }, repo: chain, settings: `registry: ${host}/acme\nbundle: 2\n` });
  passed(unpushed);
  const [bake] = bakesOf(unpushed, 'bundle-x19jffd9zf-2');
  assert.ok(valuesOf(bake, '--set').includes(`c.contexts.${host}/acme/a=target:a`), explain(unpushed));
  assert.deepEqual(unpushed.pushed, []);
});

test('the login is made once for all of them', { skip }, async () => {
  const run = await rig.scenario({
    env, repo, settings: `registry: ${host}/acme\nbundle: file\nlogin: {username: ann, password_variable: PASSWORD}\n`,
    agentEnv: { PASSWORD: 'secret' },
  });
  passed(run);
  const logins = run.calls('curl').filter((call) => stepOf(call) === 'bundle-compose-yaml');
  assert.equal(logins.length, 1, explain(run));
});

test('the commands have nothing that shellcheck finds', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
