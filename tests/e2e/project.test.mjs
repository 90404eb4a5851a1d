/*
 * project.test: the project that the program reads is the one that the Depot CLI would take.
 *
 * The real CLI is run in each directory, and refused when it asks for a build: what it asked for is enough.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startControlPlane } from './control-plane.mjs';
import { execute, makeRepository, missingProgram, program } from './scenario.mjs';
import { depotCli } from './toolbox.mjs';

const skip = missingProgram;
let plane;
let workspace;
let env;
before(async () => {
  plane = await startControlPlane();
  workspace = mkdtempSync(path.join(os.tmpdir(), 'depot-pipeline-project-'));
  const HOME = path.join(workspace, 'home');
  mkdirSync(HOME);
  env = { PATH: process.env.PATH, HOME, XDG_CONFIG_HOME: HOME, CI: '1', DEPOT_TOKEN: 'x', ...plane.environment };
});
after(async () => {
  await plane.close();
  rmSync(workspace, { recursive: true, force: true });
});

/* What the CLI asks a build for; '' when it names no project. */
async function askedFor(args, cwd) {
  plane.reset();
  plane.answer('permission_denied');
  const { stdout, stderr } = await execute(depotCli, args, { cwd, env });
  const [call, ...others] = plane.calls.filter(({ method }) => method === 'CreateBuild');
  assert.ok(call && others.length === 0, `one build of ${args.join(' ')}: ${stdout}${stderr}`);
  return call.request.projectId;
}

let count = 0;
async function repositoryOf(repo) {
  const directory = path.join(workspace, `repository-${(count += 1)}`);
  await makeRepository(directory, { repo });
  return directory;
}

async function projectsOf(cwd) {
  const { exitStatus, stdout, stderr } = await execute(program, ['preview', '--format', 'json'], { cwd, env });
  assert.equal(exitStatus, 0, stderr);
  return new Map(JSON.parse(stdout).images.map(({ name, project }) => [name, project?.id ?? '']));
}

const files = [
  '{"id":"x19jffd9zf"}', 'id: x19jffd9zf', '{"id": "x19jffd9zf",}', '# c\nid: x19jffd9zf # d', '\ufeff{"id": "x19jffd9zf"}\r\n',
  '{\n\t"id":\t"x19jffd9zf"\n}', '{"id": "\\u0078\\u00319jffd9zf"}', '{"id": "a", "id": "b"}', 'id: 0123e4', 'id: 1_0', 'id: true',
  'id: 2020-01-01', 'id: " abc "', 'id: x\n---\n{ broken', 'id: x\n...\n@', '{"id": "x"} // c', '{"id": "x"}}', '{\n"id": "x", // c\n}',
  'base: &b {id: m}\n<<: *b\nid: e', 'base: &b {id: m}\nid: e\n<<: *b', 'a: &a {id: a}\nb: &b {id: b}\n<<: [*a, *b]',
  'id: >-\n  a\n  b', 'id: |\n  a\n', "url: 'a\\/b'\nid: x", 'id: !!str 5', 'id: !other x',
  '', '{}', '[]', 'x', 'null', 'id: ~', 'id: ""', 'id: [a]', 'id: {a: b}', 'ID: x', '{"projectID": "x"}', '// c\nid: x', '{"id": "x"',
  '{"id": "a", "id": []}', '{"id": [], "id": "b"}', '{"id": "a", "id": null}', 'id: x\nname: [a', '<<: 5\nid: x', '[a]: b\nid: x',
  '"<<": {id: x}', '%YAML 1.2\n---\nid: x', '--- \n---\nid: x', 'b: *u\nid: x', '{"url": "a\\/b", "id": "x"}', '\tid: x', 'id:x',
];

test('a project file means to both the same', { skip }, async () => {
  const repo = {};
  files.forEach((text, i) => Object.assign(repo, { [`d${i}/Dockerfile`]: 'FROM scratch\n', [`d${i}/depot.json`]: text }));
  const directory = await repositoryOf(repo);
  const projects = await projectsOf(directory);
  for (const [i, text] of files.entries()) {
    const asked = await askedFor(['build', '.'], path.join(directory, `d${i}`));
    assert.equal(projects.get(`d${i}`), asked, JSON.stringify(text));
  }
});

test('the nearest file, the first of a directory, whatever it holds', { skip }, async () => {
  const image = (name) => ({ [`${name}/Dockerfile`]: 'FROM scratch\n' });
  const directory = await repositoryOf({
    'depot.json': 'id: root', ...image('a'), ...image('a/b'), 'a/depot.yml': 'id: a', ...image('broken'), 'broken/depot.json': '{',
    ...image('both'), 'both/depot.json': '{}', 'both/depot.yml': 'id: both', ...image('folder'), 'folder/depot.json/x': '',
    ...image('dotted'), 'dotted/.depot.json': 'id: dotted', 'dotted/.depot/depot.json': 'id: inner',
  });
  const projects = await projectsOf(directory);
  assert.equal(projects.size, 6);
  for (const [name, id] of projects) {
    assert.equal(id, await askedFor(['build', '-f', `${name}/Dockerfile`, name], directory), name);
  }
});

const extensions = [
  '{project-id: p}', '{project-id: 1234567890}', '{project-id: 0123}', '{project-id: 0123456789}', '{project-id: 1e3}', '{project-id: true}',
  '{project-id: "0123"}', '{project-id: " p "}', '{project-id: "${UNSET:-p}"}', '{project-id: null}', '{project-id: ""}', 'null', '{}',
  '{project_id: p}', '{Project-ID: p}', '{id: p}', '{project-id: p, other: q}',
];

test('x-depot means to both the same', { skip }, async () => {
  const service = (text, i) => `  s${i}:\n    image: acme/s${i}\n    build:\n      context: .\n      args: [I=${i}]\n      x-depot: ${text}\n`;
  const compose = `services:\n${extensions.map(service).join('')}`;
  const directory = await repositoryOf({ 'depot.json': 'id: root', Dockerfile: 'FROM scratch\nARG I\n', 'compose.yaml': compose });
  const projects = await projectsOf(directory);
  for (const [i, text] of extensions.entries()) {
    assert.equal(projects.get(`s${i}`), await askedFor(['bake', '-f', 'compose.yaml', `s${i}`], directory), text);
  }
});
