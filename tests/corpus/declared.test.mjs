/*
 * declared.test: the readers of the truth, one row per spelling that public repositories use.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { readDeclarations } from './declared.mjs';
import { readBake } from './declared_bake.mjs';
import { interpolate, readCompose } from './declared_compose.mjs';
import { readWorkflow } from './declared_workflow.mjs';
import { shares } from './inference.mjs';
import { localSources } from './local_sources.mjs';

const read = (reader, file, files) => reader(file, (name) => files[name]).map(({ context, dockerfile }) => [context, dockerfile]);

test('compose: spellings of build', () => {
  const text = `
services:
  image: { image: x }
  short: { build: ./a }
  long: { build: { context: "\${DIR:-b}", dockerfile: d.Dockerfile } }
  environment: { build: { context: "\${FROM_ENV}" } }
  unset: { build: "\${NOTHING}" }
  inline: { build: { context: ., dockerfile_inline: "FROM x" } }
`;
  assert.deepEqual(read(readCompose, 'x/compose.yaml', { 'x/compose.yaml': text, 'x/.env': 'FROM_ENV="c" # no' }),
    [['./a', 'Dockerfile'], ['b', 'd.Dockerfile'], ['c', 'Dockerfile'], [undefined, 'Dockerfile']]);
});

test('compose: a file over a base file takes its context', () => {
  const files = {
    'docker-compose.yml': 'services: { a: { build: { context: sub, dockerfile: D } } }',
    'docker-compose.dev.yml': 'services: { a: { build: { target: dev } } }',
  };
  assert.deepEqual(read(readCompose, 'docker-compose.dev.yml', files), [['sub', 'D']]);
});

const variables = new Map([['SET', 'v'], ['EMPTY', '']]);
const interpolations = [
  ['$SET/${SET}', 'v/v'],
  ['${EMPTY:-d}|${EMPTY-d}', 'd|'],
  ['${NONE-d}', 'd'],
  ['$$SET', '$SET'],
  ['${SET:+w}${NONE:+w}', 'w'],
  ['$NONE', undefined],
];
for (const [text, expected] of interpolations) test(`compose: ${text}`, () => assert.equal(interpolate(text, variables), expected));

test('bake: HCL with variables, inheritance, comments and nested maps', () => {
  const text = `
variable "DIR" { default = "sub" }
variable "COMPUTED" { default = "\${DIR}" }
target "_common" { args = { context = "not this" } }
target "part" { context = "p" /* "x" */ }
target "a" { // dockerfile = "no"
  inherits = ["_common", "part"]
  dockerfile = "\${DIR}/Dockerfile"
  contexts = { dockerfile = "no" }
}
target "computed" { context = join("/", ["a"]) }
`.replaceAll('{ default', '{\n default').replaceAll('{ args', '{\n args').replaceAll('{ context = "p"', '{\n context = "p"').replaceAll('{ context = join', '{\n context = join').replaceAll('" }', '"\n}');
  assert.deepEqual(read(readBake, 'docker-bake.hcl', { 'docker-bake.hcl': text }),
    [['p', 'Dockerfile'], ['p', 'sub/Dockerfile'], [undefined, 'Dockerfile']]);
});

test('bake: JSON', () => {
  const text = JSON.stringify({ target: { a: { context: 'x' }, b: { inherits: ['a'], dockerfile: 'D' }, c: { 'dockerfile-inline': 'FROM x' } } });
  assert.deepEqual(read(readBake, 'docker-bake.json', { 'docker-bake.json': text }), [['x', 'Dockerfile'], ['x', 'D']]);
});

test('workflow: defaults, matrix, a checkout into a directory', () => {
  const text = `
jobs:
  plain:
    steps:
      - uses: docker/build-push-action@v6
      - uses: depot/build-push-action@v1
        with: { context: src, file: src/a.Dockerfile }
      - uses: docker/build-push-action@v6
        with: { context: "{{defaultContext}}:sub", file: D }
      - uses: docker/build-push-action@v6
        with: { context: "\${{ inputs.context }}" }
  matrix:
    strategy: { matrix: { name: [a, b], include: [{ name: a, file: x/a }, { name: c, file: x/c }] } }
    steps:
      - uses: docker/build-push-action@v6
        with: { context: ., file: "\${{ matrix.file }}" }
  below:
    steps:
      - uses: actions/checkout@v4
        with: { path: release }
      - uses: docker/build-push-action@v6
        with: { context: release, file: release/cmd/Dockerfile }
`;
  assert.deepEqual(read(readWorkflow, '.github/workflows/a.yml', { '.github/workflows/a.yml': text }), [
    ['.', 'Dockerfile'], ['src', 'src/a.Dockerfile'], ['sub', 'D'], [undefined, 'Dockerfile'],
    ['.', 'x/a'], ['.', undefined], ['.', 'x/c'], ['.', 'cmd/Dockerfile'],
  ]);
});

test('only what is tracked, inside and local is a truth', () => {
  const checkout = { directory: '/nonexistent', files: new Set(['a/dockerfile']) };
  assert.equal(readDeclarations(checkout).dockerfiles.size, 0);
});

const dockerfiles = [
  ['FROM a\nCOPY --from=b /x /y\nADD https://example.com/x /y\nRUN <<E\nCOPY no /no\nE', []],
  ['FROM a\nCOPY --chown=a \\\n  # comment\n  one two /to/\nadd ["three four", "/to"]', ['one', 'two', 'three four']],
  ['FROM a\nRUN --mount=type=bind,source=x,target=/x --mount=type=cache,target=/c --mount=target=. true', ['x', '.']],
];
dockerfiles.forEach(([text, expected], at) => test(`sources ${at + 1}`, () => assert.deepEqual(localSources(text), expected)));

test('shares: idle ones count for neither side, left out ones against', () => {
  const rows = ['right', 'right', 'wrong', 'left-out', 'idle'].map((verdict) => ({ verdict, whole: verdict, isSame: verdict === 'right' }));
  assert.deepEqual(shares(rows), { all: 50, found: 200 / 3, builds: 75, exact: 40, whole: 60 });
});
