/*
 * truth.test: what the truth says of small changes, each to the same repository; and the judge.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { openReferences } from '../conformance/references.mjs';
import { readArguments, readDotenv } from './arguments.mjs';
import { chooseCommits, openSide } from './history.mjs';
import { judge, precision } from './judge.mjs';
import { difference, openTruth } from './truth.mjs';

let missing = '';
const reference = await openReferences({ skip: (part, message) => { missing = message; } }).go('context');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'affected-test-'));
after(() => fs.rmSync(scratch, { recursive: true }));

function git(directory, ...words) {
  const result = spawnSync('git', ['-C', directory, '-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'protocol.file.allow=always', ...words]);
  if (result.status !== 0) throw new Error(`git ${words.join(' ')}: ${result.stderr}`);
  return result.stdout.toString().trim();
}

const base = {
  'app/Dockerfile': 'ARG TREE=src\nFROM alpine AS tools\nCOPY app/tools /t\nFROM alpine\nARG TREE\nCOPY app/$TREE /s\nCOPY lib/*.c link /l/\nCOPY vendor/x/part /v\n',
  '.dockerignore': '**/*.md\n',
  'app/src/a': 'a', 'app/src/b.md': 'b', 'app/other/o': 'o', 'app/tools/t': 't', 'lib/one.c': '1', 'lib/one.h': 'h', 'docs/d': 'd', 'lib/sub/two.c': '2',
};
const image = { name: 'app', dockerfile: 'app/Dockerfile', context: { path: '.' }, target: null, platforms: ['linux/amd64'], build_args: [], services: [], broken: false };

let repositories = 0;

/* The repository before and after a change, as two commits. `change`: path → text, null to remove, or a function of the directory. */
function makeRepository(change) {
  const directory = path.join(scratch, `repository-${++repositories}`);
  fs.mkdirSync(directory);
  git(directory, 'init', '-q');
  const write = (name, text) => {
    const file = path.join(directory, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (text === null) fs.rmSync(file);
    else fs.writeFileSync(file, text);
  };
  for (const [name, text] of Object.entries(base)) write(name, text);
  fs.symlinkSync('docs/d', path.join(directory, 'link'));
  git(directory, 'add', '-A');
  const head = () => ['update-index', '--add', '--cacheinfo'];
  git(directory, ...head(), `160000,${'1'.repeat(40)},vendor/x`, ...head().slice(1), `160000,${'1'.repeat(40)},vendor/y`);
  git(directory, 'commit', '-q', '-m', 'before');
  if (typeof change === 'function') change(directory);
  else for (const [name, text] of Object.entries(change)) write(name, text);
  if (typeof change !== 'function') git(directory, 'add', '--', ...Object.keys(change));
  git(directory, 'commit', '-q', '--allow-empty', '-m', 'after');
  return directory;
}

async function compare(change, before = image, later = before) {
  const repository = makeRepository(change);
  const [pair] = await chooseCommits(repository, 1);
  const truth = openTruth(reference, path.join(scratch, 'cache.json'));
  const sides = {};
  for (const side of ['before', 'after']) sides[side] = await openSide(repository, path.join(scratch, `${side}-${repositories}`));
  await sides.before.move(pair.parent);
  await sides.after.move(pair.commit);
  const was = (await truth.read(sides.before, pair.parent, pair.parentTree, { images: [before] })).get('app');
  const is = (await truth.read(sides.after, pair.commit, pair.tree, { images: [later] })).get('app');
  const [listed, relisted] = [await truth.list(sides.before, pair.parent, before), await truth.list(sides.after, pair.commit, later)];
  truth.close();
  const found = difference(listed, relisted);
  assert.equal(was.digest !== is.digest, found.length > 0, 'digests and lists say the same');
  return found;
}

const dockerfile = base['app/Dockerfile'];
const changes = [
  ['a file that is read', { 'app/src/a': 'A' }, ['~app/src/a']],
  ['its mode', (at) => git(at, 'update-index', '--chmod=+x', 'app/src/a'), ['~app/src/a']],
  ['a new file', { 'app/src/new': '' }, ['+app/src/new']],
  ['a removed file', { 'app/src/a': null }, ['-app/src/a']],
  ['a renamed file', (at) => git(at, 'mv', 'app/src/a', 'app/src/c'), ['+app/src/c', '-app/src/a']],
  ['a file moved out of what is read', (at) => git(at, 'mv', 'lib/one.c', 'lib/one.cc'), ['-lib/one.c']],
  ['what is ignored', { 'app/src/b.md': 'B' }, []],
  ['what no pattern matches', { 'lib/one.h': 'H', 'lib/sub/two.c': 'two' }, []],
  ['what is not asked for', { 'app/other/o': 'O' }, []],
  ['where a link leads', { 'docs/d': 'D' }, ['~docs/d']],
  ['a stage that is not built', { 'app/tools/t': 'T' }, []],
  ['a COPY taken away', { 'app/Dockerfile': dockerfile.replace(/COPY lib.*\n/, '') }, ['~(its Dockerfile)', '-docs/d', '-lib/one.c', '-link']],
  ['an ignore file that leaves out more', { '.dockerignore': '**/*.md\n**/a\n' }, ['-app/src/a']],
  ['an ignore file that leaves out less', { '.dockerignore': '' }, ['+app/src/b.md']],
  ['an ignore file in other words', { '.dockerignore': '# none\n**/*.md\n' }, []],
  ['an ignore file of the Dockerfile', { 'app/Dockerfile.dockerignore': 'app/src/b.md\napp/src/a\n' }, ['-app/src/a']],
  ['a submodule that is read', (at) => git(at, 'update-index', '--cacheinfo', `160000,${'2'.repeat(40)},vendor/x`), ['~vendor/x']],
  ['another submodule', (at) => git(at, 'update-index', '--cacheinfo', `160000,${'2'.repeat(40)},vendor/y`), []],
];
const skip = reference ? false : missing;

for (const [what, change, expected] of changes) {
  test(`a change of ${what}`, { skip }, async () => assert.deepEqual((await compare(change)).sort(), [...expected].sort()));
}

test('the target decides which stages are read', { skip }, async () => {
  assert.deepEqual(await compare({ 'app/tools/t': 'T', 'app/src/a': 'A' }, { ...image, target: 'tools' }), ['~app/tools/t']);
});

test('an argument decides what is copied', { skip }, async () => {
  const other = { ...image, build_args: [{ name: 'TREE', value: 'other' }] };
  assert.deepEqual(await compare({ 'app/src/a': 'A', 'app/other/o': 'O' }, other), ['~app/other/o']);
  assert.deepEqual(await compare({ 'docs/x': '' }, image, other), ['~(how it is built)', '+app/other/o', '-app/src/a']);
});

test('a platform decides what is copied', { skip }, async () => {
  const file = { 'app/Dockerfile': 'FROM scratch\nARG TARGETARCH\nCOPY bin-$TARGETARCH /\n', 'bin-arm64': '', 'bin-amd64': '' };
  const found = await compare(file, image, { ...image, platforms: ['linux/arm64', 'linux/amd64'] });
  assert.deepEqual(found.filter((one) => one.startsWith('+')), ['+bin-amd64', '+bin-arm64']);
});

test('an image to start from that only the step knows', { skip }, async () => {
  const file = { 'app/Dockerfile': 'ARG BASE\nARG KIND=app\nFROM $BASE AS app\nCOPY app/src /\nFROM ${KIND}\n', 'app/src/a': 'A' };
  assert.ok((await compare(file)).includes('~app/src/a'));
});

test('a context behind a link, and a Dockerfile that is one', { skip }, async () => {
  const links = (at, directory) => {
    for (const [link, target] of [['there', directory], ['Dockerfile', 'small']]) {
      fs.rmSync(path.join(at, link), { force: true });
      fs.symlinkSync(target, path.join(at, link));
    }
    fs.writeFileSync(path.join(at, 'small'), 'FROM scratch\nCOPY one.c /\n');
    git(at, 'add', '-A', '--', 'there', 'Dockerfile', 'small');
  };
  const linked = { ...image, dockerfile: 'Dockerfile', context: { path: 'there' } };
  assert.ok((await compare((at) => links(at, 'lib'), linked)).includes('+lib/one.c'));
});

test('a whole context', { skip }, async () => {
  const found = await compare({ 'app/Dockerfile': 'FROM scratch\nCOPY . .\n', 'docs/new': '' });
  for (const one of ['+docs/new', '+vendor/y', '+lib/one.h']) assert.ok(found.includes(one), one);
  assert.ok(!found.includes('+app/src/b.md'));
});

test('arguments: a committed .env decides, and what it does not decide is not known', () => {
  const directory = path.join(scratch, 'env');
  fs.mkdirSync(path.join(directory, 'deploy'), { recursive: true });
  fs.writeFileSync(path.join(directory, 'deploy/.env'), "A=1\nB='$A'\nC=\"${A}.2\" # so\nexport D=${A}-${C}\n");
  const rows = [['A', '${A}'], ['D', 'v${D}'], ['N', null], ['X', '${X}'], ['Y', '${X:-y}'], ['C', null]].map(([name, value]) => ({ name, value }));
  const { known } = readArguments(directory, { services: [{ path: 'deploy/compose.yaml' }], build_args: rows });
  assert.deepEqual(known, { A: '1', D: 'v1-1.2', Y: 'y', C: '1.2' });
  assert.equal(readDotenv("B='$A'").get('B'), '$A');
});

test('judge: verdicts and precision', () => {
  const row = (name, affected, extra) => ({ name, affected, built: affected, why: null, widened: null, ...extra });
  const images = [
    row('same', false), row('changed', true), row('missed', false), row('over', true), row('flowed', true, { why: { rule: 'base-image' } }),
    row('new', true), row('new missed', false), row('wide', true, { widened: { reason: 'r' } }), row('broken', true), row('was broken', true),
  ];
  const digests = (...names) => new Map(names.map(([name, digest]) => [name, digest ? { digest } : { apart: 'ours is broken' }]));
  const before = digests(['same', 1], ['changed', 1], ['missed', 1], ['over', 1], ['flowed', 1], ['wide', 1], ['broken', 1], ['was broken']);
  const later = digests(['same', 1], ['changed', 2], ['missed', 2], ['over', 1], ['flowed', 1], ['new', 1], ['new missed', 1], ['wide', 1], ['broken'], ['was broken', 1]);
  const verdicts = judge({ images }, before, later);
  assert.deepEqual(verdicts.map(({ kind }) => kind), ['agreed', 'agreed', 'missed', 'over', 'flowed', 'agreed', 'missed', 'over', 'apart', 'apart']);
  assert.deepEqual(precision(verdicts), { judged: 6, ours: 3, truly: 4, ratio: 0.75, counts: true });
  assert.equal(precision([verdicts[3]]).ratio, 2);
  assert.throws(() => judge({ images: [{ name: 'x' }] }, before, later), /does not say/);
});
