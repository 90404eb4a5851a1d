/*
 * What a build reads of its context: `inspect --inputs` beside BuildKit's frontend and walk (reference/context.go), for every
 * Dockerfile of the repositories, with its own directory as the context and with the root of the repository.
 *
 * Ours may be larger where it says why ("widened"), and smaller by what is sent and not read: what COPY --exclude leaves out, and the
 * rest of the context when it is sent because of a RUN --mount=type=tmpfs only. Larger also where two sources lead through one
 * symbolic link: fsutil follows it for the first of them only.
 */
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const NAME = /^(Dockerfile([.-].*)?|.+\.[Dd]ockerfile|Containerfile.*)$/;
const TRACKED_LIMIT = 60000;
const DOCKERFILES = 300;
const FAILURES_SHOWN = Number(process.env.CONFORMANCE_SHOWN ?? 20);
const WORKERS = Math.max(2, os.cpus().length);

// Paths are bytes, one character up to U+00FF each.
const characters = (buffer) => buffer.toString('latin1');
const bytes = (text) => Buffer.from(text, 'latin1');
const words = (text) =>
  characters(text)
    .split('\0')
    .filter((one) => one !== '');

function git(repository, ...command) {
  const result = spawnSync('git', ['-C', repository, '-c', 'core.fsmonitor=false', ...command], { maxBuffer: 1 << 30 });
  return result.stdout;
}

/** Tracked paths, and which of them are submodules. */
function readTracked(repository) {
  const entries = words(git(repository, 'ls-files', '-s', '-z'));
  const paths = new Set(entries.map((one) => one.slice(one.indexOf('\t') + 1)));
  const submodules = new Set(entries.filter((one) => one.startsWith('160000')).map((one) => one.slice(one.indexOf('\t') + 1)));
  return { paths, submodules };
}

function findBuilds(repository, paths) {
  const isFile = (one) => fs.lstatSync(Buffer.concat([bytes(repository), bytes('/' + one)]), { throwIfNoEntry: false })?.isFile();
  const dockerfiles = [...paths].filter((one) => NAME.test(path.posix.basename(one)) && !one.endsWith('.dockerignore') && isFile(one));
  return dockerfiles.flatMap((dockerfile) => [...new Set([path.posix.dirname(dockerfile), '.'])].map((context) => ({ dockerfile, context })));
}

function askReference(program, repository, builds) {
  const requests = [{ repository }, ...builds].map((request) => JSON.stringify(request) + '\n').join('');
  const result = spawnSync(program, { input: requests, maxBuffer: 1 << 30 });
  if (result.status !== 0) throw new Error(`the reference broke in ${repository}: ${result.stderr}`);
  return result.stdout
    .toString()
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line));
}

async function run(program, repository, build, ...options) {
  const command = ['inspect', '-C', repository, '--inputs', build.dockerfile, '--context', build.context, ...options];
  try {
    return { status: 0, stdout: (await promisify(execFile)(program, command, { encoding: 'buffer', maxBuffer: 1 << 28 })).stdout };
  } catch (error) {
    return { status: error.code ?? 255, stdout: error.stdout ?? Buffer.alloc(0), stderr: String(error.stderr ?? error) };
  }
}

/** Each answer of ours to each build, several at a time. JSON has no names that are not UTF-8: then they are asked for once more. */
async function askOurs(program, repository, builds, tracked) {
  const isText = [...tracked.paths].every((one) => characters(Buffer.from(bytes(one).toString('utf8'))) === one);
  const answers = [];
  let next = 0;
  const work = async () => {
    for (let i = next++; i < builds.length; i = next++) {
      const { status, stdout, stderr } = await run(program, repository, builds[i], '--format', 'json');
      const json = status === 0 ? JSON.parse(stdout) : { files: [] };
      const files = isText ? json.files.map((one) => characters(Buffer.from(one))) : words((await run(program, repository, builds[i], '-z')).stdout);
      answers[i] = { status, stderr, files: new Set(files), widened: json.widened ?? null, sources: json.sources ?? [] };
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return answers;
}

const some = (list) =>
  list
    .slice(0, 3)
    .map((one) => JSON.stringify(one))
    .join(' ') + (list.length > 3 ? ` and ${list.length - 3} more` : '');

/** { kind } of an agreement, or { problem }. */
function compare(ours, theirs, tracked) {
  if (theirs.error?.startsWith('panic: ')) return { problem: `the reference broke: ${theirs.error}` };
  if (theirs.error && ours.status === 1) return { kind: 'both refuse' };
  // A wildcard in what is a file, behind a link: nothing is there to be copied, but it is the walk that says so.
  if (theirs.error?.startsWith('readdir: ')) return { kind: 'refused, over a link into a file' };
  if (theirs.error && ours.status === 0)
    return ours.widened ? { kind: 'refused, ours widens' } : { problem: `a build fails (${theirs.error}), ours lists ${ours.files.size} files` };
  if (ours.status !== 0) return { problem: `ours ended with ${ours.status}: ${ours.stderr?.split('\n')[0]}` };
  const missing = new Set(theirs.missing);
  const unclear = new Set(theirs.unclear);
  const name = ({ path }) => characters(Buffer.from(path));
  // A submodule is an empty directory in a checkout, and stands for all that is in it.
  const isCertain = (one) => one.path !== '.' && !unclear.has(name(one)) && !(one.state === 'found' && tracked.submodules.size > 0);
  const wrong = theirs.sent && ours.sources.filter(isCertain).find((one) => (one.state === 'missing') !== missing.has(name(one)));
  if (wrong)
    return { problem: `ours says that ${wrong.path} is ${wrong.state}; ${wrong.state === 'missing' ? 'there is a file' : 'no file'} for it` };
  const sent = new Set((theirs.sent ?? []).filter((one) => tracked.paths.has(one)));
  const unread = new Set(theirs.unread);
  const apart = new Set(theirs.apart);
  const more = [...ours.files].filter((one) => !sent.has(one) && !tracked.submodules.has(one));
  const less = [...sent].filter((one) => !ours.files.has(one));
  const lost = less.filter((one) => !unread.has(one));
  if (lost.length > 0) return { problem: `ours lacks ${some(lost)}${ours.widened ? `, although it is wider: ${ours.widened}` : ''}` };
  const extra = more.filter((one) => !apart.has(one));
  if (extra.length > 0 && !ours.widened) return { problem: `ours alone has ${some(extra)}` };
  if (ours.widened) return { kind: more.length > 0 ? 'wider' : 'equal, says it is wider' };
  if (more.length > 0) return { kind: 'larger, by a link that BuildKit follows only once' };
  return {
    kind:
      less.length > 0
        ? 'smaller, by --exclude or a tmpfs mount'
        : sent.size === 0
          ? theirs.sent
            ? 'equal, no tracked file'
            : 'equal, no context'
          : 'equal',
  };
}

async function checkFound({ program, repositories, report }, reference) {
  const part = 'inputs';
  const kinds = new Map();
  const reasons = new Map();
  let all = 0;
  let agreed = 0;
  for (const repository of repositories) {
    const tracked = readTracked(repository);
    if (tracked.paths.size > TRACKED_LIMIT) {
      report.skip(part, `${path.basename(repository)}: ${tracked.paths.size} tracked files`);
      continue;
    }
    const builds = findBuilds(repository, tracked.paths);
    if (builds.length === 0) continue;
    const theirs = askReference(reference, repository, builds);
    const ours = await askOurs(program, repository, builds, tracked);
    builds.forEach((build, i) => {
      const { kind, problem } = compare(ours[i], theirs[i], tracked);
      all++;
      if (problem) return report.fail(part, `${path.basename(repository)}/${build.dockerfile} with context ${build.context}: ${problem}`);
      agreed++;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (kind !== 'wider') return undefined;
      const reason = ours[i].widened.replace(/^.* (matches|cannot)/, 'a source $1').replace(/^.*(depends on)/, 'a source $1');
      return reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    });
  }
  report.pass(part, agreed);
  for (const [kind, count] of [...kinds].sort((a, b) => b[1] - a[1])) report.count(part, kind, count, all);
  for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1])) report.count(part, `wider: ${reason}`, count, all);
}

// --- made up ---

/** A generator of numbers below 1, the same on every machine (mulberry32). */
function numbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const pick = (next, list) => list[Math.floor(next() * list.length)];

const FILES =
  'a|b.x|c.x|d/a|d/b.x|d/e/f|d/e/g.x|d/e/h/i|k/a|k/l/m|k/l/n.x|o/p/q/r|o/p/s|sp ace/t u|st*r/v|[w]/x|é/y|!n|#h|z$|d-1/a|d.1/a|Dockerfile|.hid/a|.x'.split(
    '|',
  );
// Where each leads. Out of the context, in a circle, to nothing, to a directory, to a link, absolute, to the context itself.
const LINKS = {
  'l-file': 'd/a',
  'l-dir': 'd',
  'l-chain': 'l-dir',
  'l-deep': 'l-chain/e',
  'l-abs': '/k/l',
  'l-out': '../../k',
  'l-gone': 'nothing/here',
  'l-self': 'l-self',
  'l-round': 'l-round2',
  'l-round2': 'l-round',
  'd/l-up': '../k',
  'd/e/l-sib': '../b.x',
  'd/e/l-own': 'h',
  'k/l/l-root': '/',
  'k/l-here': '.',
  'o/l-file.x': '../b.x',
  'o/p/l-in': 'q/../s',
  'l-slash': 'k/',
  'l-within': 'l-within/a',
  'l-star': 'st*r',
  'd/l-abs.x': '/d/e/g.x',
};

/** A path or a link, cut or made longer, with a wildcard in it or without, spelled in one way or another. */
function makeSource(next) {
  let elements = pick(next, next() < 0.6 ? [...FILES, ...Object.keys(LINKS)] : Object.keys(LINKS)).split('/');
  const dice = next();
  if (dice < 0.3) elements.length = 1 + Math.floor(next() * elements.length);
  else if (dice < 0.55) elements.push(...pick(next, ['a', 'e', 'b.x', 'e/f', 'l/m', 'l', '*.x', '*', 'l-up/a', 'e/l-own', 'nothing']).split('/'));
  if (next() < 0.25) {
    const at = Math.floor(next() * elements.length);
    const one = elements[at];
    const first = one[0] === '-' ? 'a' : one[0];
    elements[at] = pick(next, [
      '*',
      `${first}*`,
      `*${one.slice(-1)}`,
      one.replace(/.$/, '?'),
      '?*',
      `[${first}]${one.slice(1)}`,
      '[^d]*',
      'l-*',
      '**',
    ]);
  }
  const text = elements.join(pick(next, ['/', '/', '/', '//', '/./']));
  return pick(next, ['', '', '', '', './', '/', '../', 'a/../']) + text + pick(next, ['', '', '', '', '/', '/.']);
}

function makeInstruction(next) {
  const source = () => (next() < 0.04 ? pick(next, ['.', '/', './', '*']) : makeSource(next));
  const dice = next();
  if (dice < 0.15) return `RUN --mount=type=bind,target=/m,source=${source().replace(/[ "\\,].*/, '')} true`;
  const sources = Array.from({ length: 1 + Math.floor(next() ** 2 * 3) }, source);
  const flags = next() < 0.1 ? `--exclude=${pick(next, ['*.x', 'e', '**/a', 'e/*', '!a', 'l*'])} ` : '';
  return `${dice < 0.3 ? 'ADD' : 'COPY'} ${flags}${JSON.stringify([...sources, '/to/'])}`;
}

function makeDockerfile(next) {
  const lines = Array.from({ length: 1 + Math.floor(next() * 3) }, () => makeInstruction(next));
  if (next() < 0.15) lines.push('FROM alpine', 'COPY --from=0 /to /to', makeInstruction(next));
  return `FROM alpine\nWORKDIR /w\n${lines.join('\n')}\n`;
}

function makeIgnore(next) {
  const element = () =>
    pick(next, ['*', '**', 'd', 'k', 'e', '*.x', 'l-*', 'l', 'a', '?*', 'o', '**/a', 'k/l', 'd/e', '.*', 'l-dir', 'st*r', '[^d]*']);
  const line = () => (next() < 0.4 ? '!' : '') + (next() < 0.6 ? element() : `${element()}/${element()}`);
  return Array.from({ length: 1 + Math.floor(next() * 4) }, line).join('\n') + '\n';
}

function makeRepository(directory) {
  for (const file of FILES) {
    fs.mkdirSync(path.join(directory, path.dirname(file)), { recursive: true });
    fs.writeFileSync(path.join(directory, file), file);
  }
  for (const [link, target] of Object.entries(LINKS)) fs.symlinkSync(target, path.join(directory, link));
  git(directory, 'init', '-q');
  git(directory, 'add', '-A');
}

/** A build in one line. */
function describe(build, directory) {
  const read = (file) => (fs.existsSync(path.join(directory, file)) ? fs.readFileSync(path.join(directory, file), 'utf8').trimEnd() : '');
  const texts = [read(build.dockerfile).replace('FROM alpine\nWORKDIR /w\n', ''), read(`${build.dockerfile}.dockerignore`)];
  return texts
    .filter(Boolean)
    .map((text) => text.replaceAll('\n', '⏎'))
    .join('  ignoring ');
}

async function checkMadeUp({ program, report }, reference) {
  const part = 'inputs made up';
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-inputs-'));
  const rounds = Number(process.env.CONFORMANCE_ROUNDS ?? 1);
  const next = numbers(Number(process.env.CONFORMANCE_SEED ?? 1) * 7919);
  const kinds = new Map();
  let failures = 0;
  let all = 0;
  try {
    makeRepository(directory);
    const tracked = readTracked(directory);
    for (let round = 0; round < rounds; round++) {
      fs.mkdirSync(path.join(directory, 'builds'), { recursive: true });
      const builds = Array.from({ length: DOCKERFILES }, (_, i) => {
        const dockerfile = `builds/${i}.Dockerfile`;
        fs.writeFileSync(path.join(directory, dockerfile), makeDockerfile(next));
        if (next() < 0.5) fs.writeFileSync(path.join(directory, dockerfile + '.dockerignore'), makeIgnore(next));
        return { dockerfile, context: next() < 0.8 ? '.' : pick(next, ['d', 'k', 'd/e']) };
      });
      const theirs = askReference(reference, directory, builds);
      const ours = await askOurs(program, directory, builds, tracked);
      builds.forEach((build, i) => {
        const { kind, problem } = compare(ours[i], theirs[i], tracked);
        all++;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        if (problem && ++failures <= FAILURES_SHOWN) report.fail(part, `${describe(build, directory)}  in ${build.context}: ${problem}`);
      });
      fs.rmSync(path.join(directory, 'builds'), { recursive: true });
    }
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
  report.pass(part, all - failures);
  if (failures > FAILURES_SHOWN) report.fail(part, `${failures - FAILURES_SHOWN} more that differ`);
  for (const [kind, count] of [...kinds].filter(([kind]) => kind).sort((a, b) => b[1] - a[1])) report.count(part, kind, count, all);
}

export async function check(context) {
  const reference = await context.references.go('context');
  if (!reference) return context.report.skip('inputs', 'without the reference');
  await checkFound(context, reference);
  return checkMadeUp(context, reference);
}

export const parts = { checkFound, checkMadeUp };
