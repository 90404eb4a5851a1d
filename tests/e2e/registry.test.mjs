/*
 * registry.test: the recipes that speak with a registry, where it wants a token for each repository and action.
 *
 * (tests/recipe has them against a real registry, with a login of Basic.)
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { inEveryShell } from './expect.mjs';
import { refreshToken } from './registry.mjs';
import { missingDepot, startRig } from './scenario.mjs';
import { find } from './toolbox.mjs';

const skip = missingDepot || (find('curl') ? false : 'there is no curl');
const root = fileURLToPath(new URL('../..', import.meta.url));
const password = `it's "s3cret" \\ & <b>`;
let rig;
let host;
before(async () => {
  rig = await startRig({ registryLogin: { username: 'ann', password, bearer: true } });
  ({ host } = rig.registry);
});
after(() => rig.close());

const recipe = (name) => readFileSync(`${root}/lib/recipe/${name}.sh`, 'utf8').replace(/^[^]*?\n\n/, '');
const login = { auths: { 'https://index.docker.io/v1/': { auth: 'eDp5' } } };
const logins = {
  entry: () => ({ auths: { [host]: { auth: Buffer.from(`ann:${password}`).toString('base64') } } }),
  identity: () => ({ auths: { [host]: { auth: Buffer.from('00000000-0000-0000-0000-000000000000:').toString('base64'), identitytoken: refreshToken } } }),
  helper: () => ({ credsStore: 'other', credHelpers: { [host]: 'rig' } }),
  'helper with a token': () => ({ credHelpers: { [host]: 'rig-token' } }),
};
const helper = (answer) => `read -r server && [ "$1 $server" = "get ${host}" ] && cat <<'END'\n${JSON.stringify(answer).replaceAll('&', '\\u0026').replaceAll('<', '\\u003c')}\nEND`;

/* A step of recipes and lines; `published` is there already. */
async function step(lines, { shell, config = logins.entry(), published = [] }) {
  const command = ['umask 077', recipe('scratch'), ...lines].join('\n');
  const text = JSON.stringify({ steps: [{ key: 'step', label: 'step', command: command.replaceAll('$', '$$$$') }] });
  const run = await rig.runSteps({
    text, checkout: root + 'fixtures', shell, dockerConfig: JSON.stringify(config),
    prepare: ({ registry }) => published.forEach((name) => registry.publish([`${host}/${name}`], 'amd64')),
    scripts: {
      curl: `exec ${find('curl')} "$@"`,
      'docker-credential-rig': helper({ ServerURL: host, Username: 'ann', Secret: password }),
      'docker-credential-rig-token': helper({ ServerURL: host, Username: '<token>', Secret: refreshToken }),
    },
  });
  return { ...run, result: run.steps[0] };
}

for (const [kind, config] of Object.entries(logins)) {
  inEveryShell(test, `a tag is set with tokens that are asked for twice: login by ${kind}`, { skip }, async (shell) => {
    const lines = [recipe('report'), recipe('registry_http'), recipe('retag'), 'set -x', `depot_retag app linux/amd64 ${host}/acme/app:one ${host}/acme/app:two`, 'depot_finish'];
    const { result, calls } = await step(lines, { shell, config: { ...login, ...config() }, published: ['acme/app:one'] });
    assert.equal(result.exitStatus, 0, result.stderr.slice(-2000));
    const [one, two] = ['one', 'two'].map((tag) => rig.registry.tag('acme/app', tag));
    assert.deepEqual([two.digest, two.type], [one.digest, one.type]);
    assert.ok(calls('buildkite-agent').some(({ argv }) => argv[2] === 'image-reference:app' && argv[3] === `${host}/acme/app@${one.digest}`));
    const base64 = Buffer.from(`ann:${password}`).toString('base64');
    for (const secret of ['s3cret', base64, 'refresh token of']) assert.ok(!result.stderr.includes(secret) && !result.stdout.includes(secret), secret);
    assert.doesNotMatch(result.stderr, /Bearer [A-Za-z0-9]{8}/);
  });
}

inEveryShell(test, 'a login that the token server refuses: status 71', { skip }, async (shell) => {
  const lines = [recipe('report'), recipe('registry_http'), recipe('retag'), `depot_retag app linux/amd64 ${host}/acme/app:one ${host}/acme/app:two`, 'depot_finish'];
  const config = { auths: { [host]: { auth: Buffer.from('ann:wrong').toString('base64') } } };
  const { result } = await step(lines, { shell, config, published: ['acme/app:one'] });
  assert.equal(result.exitStatus, 71);
  assert.match(result.stderr, /the registry refused it; is there a login/);
  assert.equal(rig.registry.tag('acme/app', 'two'), undefined);
});

test('the list of all images, with sizes', { skip }, async () => {
  const first = await step([], { published: ['acme/app:one'] });
  assert.equal(first.result.exitStatus, 0);
  const { digest } = rig.registry.tag('acme/app', 'one');
  const record = { name: 'app', state: 'built', reference: `${host}/acme/app@${digest}`, digest, tags: [`${host}/acme/app:one`], platforms: ['linux/amd64'], project: 'p', build: 'b', url: 'https://depot.dev/b', commit: 'c' };
  const lines = [recipe('registry_http'), "depot_images='lost\napp'", recipe('images')];
  const command = ['umask 077', recipe('scratch'), ...lines].join('\n');
  const text = JSON.stringify({ steps: [{ key: 'images', label: 'images', command: command.replaceAll('$', '$$$$') }] });
  const run = await rig.runSteps({
    text, checkout: root + 'fixtures', dockerConfig: JSON.stringify(logins.entry()), metaData: { 'image:app': JSON.stringify(record) },
    prepare: ({ registry }) => registry.publish([`${host}/acme/app:one`], 'amd64'), scripts: { curl: `exec ${find('curl')} "$@"` },
  });
  assert.equal(run.steps[0].exitStatus, 0, run.steps[0].stderr);
  const upload = run.calls('buildkite-agent').find(({ argv }) => argv.join(' ') === 'artifact upload images.json');
  const list = JSON.parse(upload.files['images.json']);
  const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(`${root}/schemas/depot-images.schema.json`, 'utf8')));
  assert.ok(validate(list), JSON.stringify(validate.errors));
  const { images } = list;
  const config = JSON.parse(rig.registry.tag('acme/app', 'one').body).config.size;
  assert.deepEqual(images, [{ ...record, sizes: { 'linux/amd64': config } }, { name: 'lost', state: 'failed' }]);
});
