/*
 * declarations.test: compose files, .env, settings and project files: which images are declared otherwise than before.
 */
import test from 'node:test';
import assert from 'node:assert/strict';
import { commandOf, expectBuilt, generate, preview, repository, settings, shop } from './toolbox.mjs';

function change(before, after) {
  const made = repository(before);
  made.commit(after);
  return made;
}

/* ---- compose ---------------------------------------------------------------------------- */

const compose = (text) => ({ 'compose.yaml': `services:\n${text}` });
const two = (api, web = '') => compose(`  api:\n    build: {context: api${api}}\n  web:\n    build: {context: web${web}}\n`);

test('The build arguments of one service change, and that one is built', async () => {
  const files = { ...shop, ...two(', args: {V: "1"}', ', args: {V: "1"}') };
  const said = await expectBuilt(change(files, two(', args: {V: "2"}', ', args: {V: "1"}')), { api: 'definition' });
  assert.match(said.image.api.why.sentence, /arguments/);
});

test('Target, platforms, labels, secrets, a Dockerfile: what a service declares of its build counts', async () => {
  const files = { ...shop, 'api/Dockerfile': 'FROM scratch AS a\nFROM scratch AS b\n', 'api/b.Dockerfile': 'FROM scratch AS a\nFROM scratch\n', ...two(', target: a') };
  for (const now of [', target: b', ', target: a, platforms: [linux/arm64]', ', target: a, labels: {x: y}', ', target: a, no_cache: true', ', target: a, network: host', ', target: a, cache_from: [x/y]']) {
    await expectBuilt(change(files, two(now)), { api: 'definition' });
  }
  const said = await preview(change(files, two(', target: a, dockerfile: b.Dockerfile')), { words: ['--base', 'HEAD~1'] });
  assert.equal(said.image.api.why.sentence, 'its Dockerfile changed (declared at compose.yaml:3)');
});

test('A comment, the order of keys, anchors, quotes: the same is declared, and nothing is built', async () => {
  const files = { ...shop, ...two(', args: {V: "1", W: "2"}') };
  const same = [
    '# hello\nservices:\n  api:\n    build: {context: api, args: {V: "1", W: "2"}} # here\n  web: {build: {context: web}}\n',
    'services:\n  web:\n    build: web\n  api:\n    build:\n      args: [V=1, W=2]\n      context: ./api\n',
    'x-args: &a {V: "1", W: "2"}\nservices:\n  api: {build: {context: api, args: *a}}\n  web: {build: {context: web/}}\n',
  ];
  for (const text of same) await expectBuilt(change(files, { 'compose.yaml': text }), {});
});

test('What a service runs with is not what it is built from: ports, environment, a service without a build', async () => {
  const files = { ...shop, ...two('') };
  await expectBuilt(change(files, compose('  api: {build: api, ports: ["80:80"], environment: {A: b}, depends_on: [db]}\n  web: {build: web}\n  db: {image: postgres}\n')), {});
});

test('A service is taken out of compose, and its Dockerfile stays: built only where the service said more than where it is', async () => {
  const alone = compose('  web: {build: web}\n');
  const said = await expectBuilt(change({ ...shop, ...two('') }, alone), {});
  assert.deepEqual(said.gone, []);
  await expectBuilt(change({ ...shop, ...two(', args: {V: "1"}') }, alone), { api: 'definition' });
});

test('A service is taken out of compose together with its Dockerfile: the image is gone', async () => {
  const said = await expectBuilt(change({ ...shop, ...two('') }, { ...compose('  web: {build: web}\n'), 'api/Dockerfile': null }), {});
  assert.deepEqual(said.gone, ['api']);
});

test('A service is new, and so is its image', async () => {
  const web = '  web: {build: web}\n';
  await expectBuilt(change({ ...shop, ...compose(web) }, compose(`${web}  worker: {build: {context: web, args: {A: b}}}\n`)), { worker: 'new' });
});

test('A second service shares the build of the first: it is the same image, and a tag that it adds counts where something is pushed', async () => {
  const web = '  web: {build: web, image: acme/web}\n';
  const tagged = compose(`${web}  cron: {build: web, image: ghcr.io/acme/cron}\n`);
  await expectBuilt(change({ ...shop, ...compose(web) }, compose(`${web}  cron: {build: web}\n`)), {});
  await expectBuilt(change({ ...shop, ...compose(web) }, tagged), {});
  await expectBuilt(change({ ...shop, ...compose(web), ...settings('registry: ghcr.io/acme\n') }, tagged), { web: 'definition' });
});

test('An override file comes, and with it an argument', async () => {
  await expectBuilt(change({ ...shop, ...two('') }, { 'compose.override.yaml': 'services: {web: {build: {args: {V: "1"}}}}\n' }), { web: 'definition' });
});

test('A value of .env changes: the service that uses it is built, the other one is not', async () => {
  const files = { ...shop, ...two(', args: {V: "${API_VERSION:-0}"}', ', args: {V: "${WEB_VERSION:-0}"}'), '.env': 'API_VERSION=1\nWEB_VERSION=1\nPORT=80\n' };
  await expectBuilt(change(files, { '.env': 'API_VERSION=2\nWEB_VERSION=1\nPORT=80\n' }), { api: 'definition' });
  await expectBuilt(change(files, { '.env': 'API_VERSION=1\nWEB_VERSION=1\nPORT=81\n' }), {});
  await expectBuilt(change(files, { '.env': null }), { api: 'definition', web: 'definition' });
});

test('A value of .env decides which Dockerfile or target is built', async () => {
  const files = { ...shop, 'api/Dockerfile': 'FROM scratch AS a\nFROM scratch AS b\n', ...two(', target: "${STAGE}"'), '.env': 'STAGE=a\n' };
  await expectBuilt(change(files, { '.env': 'STAGE=b\n' }), { api: 'definition' });
});

test('A named context is a directory, and what changes there builds the service', async () => {
  const files = { ...shop, 'api/Dockerfile': 'FROM scratch\nCOPY --from=shared lib /\n', 'shared/lib': '1\n', 'other/lib': '1\n', ...two(', additional_contexts: {shared: ./shared}') };
  await expectBuilt(change(files, { 'shared/lib': '2\n' }), { api: 'named-context' });
  await expectBuilt(change(files, { 'other/lib': '2\n' }), {});
  await expectBuilt(change(files, two(', additional_contexts: {shared: ./other}')), { api: 'definition' });
});

test('An inline Dockerfile changes', async () => {
  const inline = (line) => compose(`  api:\n    build:\n      context: api\n      dockerfile_inline: |\n        FROM scratch\n        ${line}\n  web: {build: web}\n`);
  await expectBuilt(change({ ...shop, ...inline('COPY main /') }, inline('COPY main /x')), { api: 'definition' });
  const said = await preview(change({ ...shop, ...inline('COPY main /') }, { 'api/main': '2\n' }), { words: ['--base', 'HEAD~1'] });
  assert.equal(said.image.api.why.rule, 'source');
});

test('A compose file that the settings name counts as one', async () => {
  const files = { ...shop, ...settings('discovery: {compose: [deploy/stack.yml]}\n'), 'deploy/stack.yml': 'services: {api: {build: {context: ../api, args: {V: "1"}}}}\n' };
  const said = await preview(change(files, { 'deploy/stack.yml': 'services: {api: {build: {context: ../api, args: {V: "2"}}}}\n' }), { words: ['--base', 'HEAD~1'] });
  assert.deepEqual(said.images.filter(({ built }) => built).map(({ dockerfile, why }) => [dockerfile, why.rule]), [['api/Dockerfile', 'definition']]);
});

test('A compose file is broken by the change: what it declares is red, and not silently unaffected', async () => {
  const made = change({ ...shop, ...two('') }, { 'compose.yaml': 'services: [\n' });
  const { steps, keys } = await generate(made, { words: ['--base', 'HEAD~1'] });
  assert.ok(steps.some((step) => /exit 1\n?$/.test(commandOf(step))), keys.join());
});

test('A compose file was broken and is repaired: what it declares is built', async () => {
  const said = await preview(change({ ...shop, 'compose.yaml': 'services: [\n' }, two(', args: {V: "1"}')), { words: ['--base', 'HEAD~1'] });
  assert.ok(said.built.includes('api'), said.built.join());
});

/* ---- settings --------------------------------------------------------------------------------- */

test('An entry of the settings changes: the images that it is for are built', async () => {
  const entry = (value) => settings(`registry: ghcr.io/acme\nimages:\n  - match: {name: api}\n    build_args: {V: "${value}"}\n`);
  const said = await expectBuilt(change({ ...shop, ...entry(1) }, entry(2)), { api: 'definition' });
  assert.match(said.image.api.why.sentence, /settings \(build_args\)/);
});

test('The registry changes: everything goes elsewhere, and is built', async () => {
  await expectBuilt(change({ ...shop, ...settings('registry: ghcr.io/acme\n') }, settings('registry: ghcr.io/other\n')), { api: 'definition', web: 'definition' });
});

test('Settings come, or go, and with them what they say', async () => {
  await expectBuilt(change(shop, settings('platforms: [linux/arm64]\n')), { api: 'definition', web: 'definition' });
  await expectBuilt(change({ ...shop, ...settings('push: never\nimages: [{match: {name: web}, tags: [x]}]\n') }, { '.buildkite/depot-pipeline.yml': null }), { api: 'definition', web: 'definition' });
});

test('A comment in the settings, what concerns the base, tests and names of files: nothing is built', async () => {
  const files = { ...shop, ...settings('registry: ghcr.io/acme\n') };
  for (const now of ['# hello\nregistry: "ghcr.io/acme"\n', 'version: 1\nregistry: ghcr.io/acme\nbase: {default_branch: all}\n', 'registry: ghcr.io/acme\nunaffected: omit\ncontext_limit: 1GB\n', 'registry: ghcr.io/acme\ntests: [{changed: [api/main], builds: [api]}]\n']) {
    await expectBuilt(change(files, settings(now)), {});
  }
});

test('A file of settings beside a Dockerfile changes: that image is built', async () => {
  const files = { ...shop, 'api/depot-pipeline.yml': 'build_args: {V: "1"}\n' };
  await expectBuilt(change(files, { 'api/depot-pipeline.yml': 'build_args: {V: "2"}\n' }), { api: 'definition' });
  await expectBuilt(change(files, { 'web/depot-pipeline.yml': 'target: ""\nplatforms: [linux/arm64]\n' }), { web: 'definition' });
});

test('A profile changes: its kind of build has everything declared otherwise, another kind nothing', async () => {
  const profile = (kind, value) => settings(`profiles: {${kind}: {build_args: {V: "${value}"}}}\n`);
  for (const [kind, words] of [['branch', ['--event', 'branch', '--branch', 'x']], ['tag', ['--event', 'tag', '--tag', 'v1']], ['pull_request', ['--event', 'pr']]]) {
    const made = change({ ...shop, ...profile(kind, 1) }, profile(kind, 2));
    const other = kind === 'branch' ? ['--event', 'pr'] : ['--event', 'branch', '--branch', 'x'];
    assert.equal((await expectBuilt(made, { api: 'definition', web: 'definition' }, { words })).profile, kind);
    assert.equal((await expectBuilt(made, {}, { words: other })).profile, null);
  }
});

test('The settings give an image another name: it is new under that name', async () => {
  const said = await expectBuilt(change({ ...shop, ...settings('images: [{match: {path: api/Dockerfile}, name: one}]\n') }, settings('images: [{match: {path: api/Dockerfile}, name: other}]\n')), { other: 'new' });
  assert.deepEqual(said.gone, ['one']);
});

test('Settings that --config names, of this repository, are settings: what they change is built', async () => {
  const made = change({ ...shop, 'ci/images.yml': 'build_args: {V: "1"}\n' }, { 'ci/images.yml': 'build_args: {V: "2"}\n' });
  await expectBuilt(made, { api: 'definition', web: 'definition' }, { words: ['--config', 'ci/images.yml'] });
});

test('An option stands above the settings, and what it hides does not count', async () => {
  const made = change({ ...shop, ...settings('registry: ghcr.io/acme\n') }, settings('registry: ghcr.io/other\n'));
  await expectBuilt(made, {}, { words: ['--registry', 'quay.io/x'] });
});

test('The step of an image changes, its agents or its timeout: it is built', async () => {
  await expectBuilt(change({ ...shop, ...settings('images: [{match: {name: api}, step: {agents: {queue: a}}}]\n') }, settings('images: [{match: {name: api}, step: {agents: {queue: b}}}]\n')), { api: 'definition' });
});

test('Another way to install or to log in to Depot is no other image: nothing is built', async () => {
  await expectBuilt(change({ ...shop, ...settings('install: pinned\n') }, settings('install: none\nauth: oidc\n')), {});
});

test('The Depot project of a directory changes: the images below it are built', async () => {
  const files = { ...shop, 'depot.json': '{"id": "aaaaaaaaaa"}\n', 'web/depot.json': '{"id": "bbbbbbbbbb"}\n' };
  await expectBuilt(change(files, { 'web/depot.json': '{"id": "cccccccccc"}\n' }), { web: 'definition' });
  await expectBuilt(change(files, { 'depot.json': '{"id": "cccccccccc"}\n' }), { api: 'definition' });
  await expectBuilt(change(files, { 'web/depot.json': null }), { web: 'definition' });
  await expectBuilt(change(files, { 'depot.json': '{ "id" : "aaaaaaaaaa" }\n' }), {});
});

/* ---- watch, ignore, always ---------------------------------------------------------------------- */

const watched = { ...shop, 'api/Dockerfile': 'FROM scratch\nCOPY . /\n', 'api/a.md': '', 'schema/a.proto': '', 'VERSION': '1\n' };

test('The settings have an image watch files that its build does not read', async () => {
  const files = { ...watched, ...settings('images: [{match: {name: api}, watch: ["schema/**"]}]\n') };
  const said = await expectBuilt(change(files, { 'schema/a.proto': '2\n' }), { api: 'watch' });
  assert.match(said.image.api.why.sentence, /'watch: schema\/\*\*' at \.buildkite\/depot-pipeline\.yml:1/);
});

test('The settings have images ignore files that they read', async () => {
  const files = { ...watched, ...settings('ignore: ["**/*.md"]\n') };
  await expectBuilt(change(files, { 'api/a.md': '2\n' }), {});
  await expectBuilt(change(files, { 'api/a.md': '2\n', 'api/main': '2\n' }), { api: 'context' });
});

test('What is ignored is ignored for the Dockerfile, too, and always takes it back', async () => {
  await expectBuilt(change({ ...watched, ...settings('ignore: ["api/**"]\n') }, { 'api/Dockerfile': 'FROM scratch\nCOPY main /\n' }), {});
  await expectBuilt(change({ ...watched, ...settings('ignore: ["**"]\nalways: [VERSION]\n') }, { VERSION: '2\n', 'api/main': '2\n' }), { api: 'always', web: 'always' });
});

test('A watched file that is ignored does not count, and one that is always watched does', async () => {
  await expectBuilt(change({ ...watched, ...settings('watch: ["schema/**"]\nignore: ["schema/**"]\n') }, { 'schema/a.proto': '2\n' }), {});
  await expectBuilt(change({ ...watched, ...settings('watch: ["schema/**"]\nignore: ["schema/**"]\nalways: ["schema/*.proto"]\n') }, { 'schema/a.proto': '2\n' }), { api: 'always', web: 'always' });
});

test('A deleted file, and one that has moved away, is watched as well', async () => {
  await expectBuilt(change({ ...watched, ...settings('watch: ["schema/**"]\n') }, { 'schema/a.proto': null, 'proto/a.proto': '' }), { api: 'watch', web: 'watch' });
});

test('Globs to watch that the commit itself brings count at once', async () => {
  await expectBuilt(change(watched, { ...settings('images: [{match: {name: web}, watch: ["*.md"]}]\n'), 'README.md': '2\n' }), { web: 'watch' });
});
