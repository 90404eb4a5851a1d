/*
 * made_up: repositories full of what public ones rarely have: links in chains and circles, ignore files that take back, wildcards
 * in the middle of paths, files that become directories. Each commit changes a few of them.
 *
 *   makeRepository(directory, seed, commits)    the same on every machine
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const BUILDS = 10; // services of the compose file
const PLAIN = 6; // Dockerfiles whose context is inferred

const FILES =
  'a|b.x|c.x|d/a|d/b.x|d/e/f|d/e/g.x|d/e/h/i|k/a|k/l/m|k/l/n.x|o/p/q/r|o/p/s|sp ace/t u|!n|d-1/a|d.1/a|.hid/a|.x|go.mod|cmd/x/main.go'.split('|');
const LINKS = {
  'l-file': 'd/a', 'l-dir': 'd', 'l-chain': 'l-dir', 'l-deep': 'l-chain/e', 'l-abs': '/k/l', 'l-out': '../../k', 'l-gone': 'nothing/here',
  'd/l-up': '../k', 'd/e/l-sib': '../b.x', 'k/l/l-root': '/', 'k/l-here': '.', 'o/l-file.x': '../b.x', 'l-slash': 'k/',
};
const TARGETS = [...Object.values(LINKS), 'o', 'k', 'o/p', '../k', '../d/b.x'];
const IGNORED = '*|**|d|k|e|*.x|l-*|a|o|**/a|k/l|d/e|.*|l-dir|# c|builds'.split('|');
const ARGUMENTS = ['d', 'k/l', 'o'];

/** A generator of choices, the same on every machine (mulberry32). */
function dice(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count) => Math.floor(next() * count);
  return { next, below, is: (share) => next() < share, pick: (list) => list[below(list.length)], list: (count, make) => Array.from({ length: count }, (_, i) => make(i)) };
}

/* --- texts --- */

function makeSource({ next, below, is, pick }) {
  if (is(0.04)) return pick(['.', '*']);
  let elements = pick([...FILES, ...Object.keys(LINKS), ...Object.keys(LINKS)]).split('/');
  const kind = next();
  if (kind < 0.35) elements = elements.slice(0, 1 + below(elements.length));
  else if (kind < 0.5) elements.push(...pick(['a', 'e', 'b.x', 'e/f', '*.x', '*', 'l-up/a', 'nothing']).split('/'));
  if (is(0.3)) {
    const at = below(elements.length);
    const one = elements[at];
    elements[at] = pick(['*', `${one[0]}*`, `*${one.slice(-1)}`, `${one.slice(0, -1)}?`, '?*', `[${one[0]}]${one.slice(1)}`, 'l-*', '*.x']);
  }
  return pick(['', '', './', '/']) + elements.join('/') + pick(['', '', '/']);
}

function makeInstruction(from) {
  const kind = from.next();
  if (kind < 0.12) return `RUN --mount=type=bind,target=/m,source=${makeSource(from).replaceAll(' ', '')} true`;
  if (kind < 0.2) return 'COPY $DIR /x/';
  const sources = from.list(1 + Math.floor(from.next() ** 2 * 3), () => makeSource(from));
  const exclude = from.is(0.12) ? `--exclude=${from.pick(['*.x', 'e', '**/a', 'e/*'])} ` : '';
  return `${kind < 0.3 ? 'ADD' : 'COPY'} ${exclude}${JSON.stringify([...sources, '/to/'])}`;
}

function makeDockerfile(from) {
  const stage = (base, name) => [`FROM ${base} AS ${name}`, `ARG DIR=${from.pick(ARGUMENTS)}`, ...from.list(1 + from.below(2), () => makeInstruction(from))];
  const lines = stage('alpine', 'one');
  if (from.is(0.5)) {
    lines.push(...stage(from.pick(['alpine', 'one']), 'two'));
    if (from.is(0.4)) lines.push('COPY --from=one /to /to');
  }
  return `${lines.join('\n')}\n`;
}

const makeIgnore = (from) => from.list(1 + from.below(4), () => `${from.is(0.35) ? '!' : ''}${from.pick(IGNORED)}\n`).join('');

function makeCompose(builds) {
  const service = ({ context, target, argument }, i) => [
    `  s${i}:`, '    build:', `      context: ${context}`, `      dockerfile: ${path.posix.relative(context, `builds/${i}.Dockerfile`)}`,
    ...(target ? [`      target: ${target}`] : []), ...(argument ? ['      args:', `        DIR: ${argument}`] : []),
  ];
  return `services:\n${builds.flatMap(service).join('\n')}\n`;
}

/* --- the tree: nothing is written through a link --- */

function openTree(root) {
  const at = (name) => path.join(root, name);
  const stat = (name) => fs.lstatSync(at(name), { throwIfNoEntry: false });
  /* Whether only directories, or nothing, lead to it. */
  const isReal = (name) => {
    for (let slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
      const parent = stat(name.slice(0, slash));
      if (!parent) return true;
      if (!parent.isDirectory()) return false;
    }
    return true;
  };
  const exists = (name) => isReal(name) && stat(name) !== undefined;
  const remove = (name) => exists(name) && fs.rmSync(at(name), { recursive: true });
  const place = (name, make) => {
    if (!isReal(name) || stat(name)) return;
    fs.mkdirSync(path.dirname(at(name)), { recursive: true });
    make(at(name));
  };
  const write = (name, text) => {
    if (exists(name) && stat(name).isDirectory()) return;
    remove(name);
    place(name, (file) => fs.writeFileSync(file, text));
  };
  const link = (name, target) => {
    remove(name);
    place(name, (file) => fs.symlinkSync(target, file));
  };
  const move = (name, to) => exists(name) && !exists(to) && place(to, (file) => fs.renameSync(at(name), file));
  const toggle = (name) => exists(name) && stat(name).isFile() && fs.chmodSync(at(name), stat(name).mode ^ 0o111);
  return { write, link, remove, move, toggle };
}

/* --- commits --- */

const near = (from, others) => from.pick(FILES) + from.pick(others);
const ignoreFile = (from) => from.pick(['.dockerignore', 'd/.dockerignore', 'k/.dockerignore', `builds/${from.below(BUILDS)}.Dockerfile.dockerignore`]);

/* What a commit does, with how often. `any` is a tracked file that no build is made of. */
const changes = [
  [12, ({ tree, from, number }) => tree.write(near(from, ['', '.x', '/new', '2']), `new ${number}`)],
  [25, ({ tree, any, number, isLink }) => isLink(any) || tree.write(any, `${any} ${number}`)],
  [10, ({ tree, any }) => tree.remove(any)],
  [8, ({ tree, any, from }) => tree.move(any, near(from, ['', '.x', 'r']))],
  [12, ({ tree, from }) => tree.link(from.pick([...Object.keys(LINKS), 'd', 'k/l', 'a', 'd/e']), from.pick(TARGETS))],
  [12, ({ tree, from }) => tree.write(ignoreFile(from), makeIgnore(from))],
  [3, ({ tree, from }) => tree.remove(ignoreFile(from))],
  [5, ({ tree, from }) => tree.write(`builds/${from.below(BUILDS)}.Dockerfile`, makeDockerfile(from))],
  [3, ({ tree, from }) => tree.write(`${from.pick(['d', 'k', 'plain'])}/p${from.below(PLAIN + 2)}.Dockerfile`, makeDockerfile(from))],
  [2, ({ tree, from, number }) => tree.write('.env', `D=${from.pick(['d', 'k', 'o'])}\nE=${number}\n`)],
  [2, ({ tree, any }) => tree.toggle(any)],
  [5, ({ tree, from, builds }) => {
    Object.assign(from.pick(builds), from.pick([{ context: from.pick(['.', 'd', 'k']) }, { target: from.pick([null, 'one']) }, { argument: from.pick([null, 'k/l', '${D}']) }]));
    tree.write('compose.yaml', makeCompose(builds));
  }],
];
const weighted = changes.flatMap(([weight, change]) => Array.from({ length: weight }, () => change));

function git(directory, ...words) {
  const identity = ['-c', 'user.name=made up', '-c', 'user.email=made-up@example.invalid', '-c', 'core.hooksPath=/dev/null'];
  const environment = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_AUTHOR_DATE: '1700000000 +0000', GIT_COMMITTER_DATE: '1700000000 +0000' };
  const result = spawnSync('git', ['-C', directory, ...identity, ...words], { env: environment, maxBuffer: 1 << 28 });
  if (result.status !== 0) throw new Error(`git ${words[0]}: ${result.stderr}`);
  return result.stdout.toString();
}

function commit(directory, message) {
  git(directory, 'add', '-A');
  git(directory, 'commit', '-q', '--allow-empty', '-m', message);
}

const isOfBuilds = (name) => name.startsWith('builds/') || name.endsWith('Dockerfile') || name.endsWith('.dockerignore') || name === 'compose.yaml' || name === '.env';

export function makeRepository(directory, seed, commits) {
  const from = dice(seed * 7919);
  const tree = openTree(directory);
  fs.mkdirSync(directory, { recursive: true });
  git(directory, 'init', '-q');
  for (const file of FILES) tree.write(file, file);
  for (const [name, target] of Object.entries(LINKS)) if (from.is(0.7)) tree.link(name, target);
  const builds = from.list(BUILDS, () => ({ context: from.pick(['.', '.', '.', 'd', 'k', 'd/e']), target: null, argument: from.pick([null, null, 'd/e', 'k', '${D}', '${D:-o}']) }));
  for (let i = 0; i < BUILDS; i++) {
    tree.write(`builds/${i}.Dockerfile`, makeDockerfile(from));
    if (from.is(0.4)) tree.write(`builds/${i}.Dockerfile.dockerignore`, makeIgnore(from));
  }
  for (let i = 0; i < PLAIN; i++) tree.write(`${from.pick(['d', 'k', 'o/p', 'd/e', 'plain'])}/p${i}.Dockerfile`, makeDockerfile(from));
  if (from.is(0.6)) tree.write('.dockerignore', makeIgnore(from));
  tree.write('compose.yaml', makeCompose(builds));
  tree.write('.env', 'D=d\n');
  commit(directory, 'the first');
  for (let number = 1; number <= commits; number++) {
    const entries = git(directory, 'ls-files', '-s', '-z').split('\0').filter(Boolean);
    const links = new Set(entries.filter((one) => one.startsWith('120000')).map((one) => one.slice(one.indexOf('\t') + 1)));
    const files = entries.map((one) => one.slice(one.indexOf('\t') + 1)).filter((name) => !isOfBuilds(name));
    for (let left = from.pick([1, 1, 1, 2, 4]); left > 0 && files.length > 0; left--) {
      from.pick(weighted)({ tree, from, builds, number, any: from.pick(files), isLink: (name) => links.has(name) });
    }
    commit(directory, `change ${number}`);
  }
}
