/*
 * Ignore files: which paths of a context they leave out, ours beside BuildKit's own walk (reference/ignore.go).
 *
 *   rules    patterns/*.yaml: expectations written by hand, ours and the reference against each of them
 *   random   made-up ignore files over one tree with difficult names
 *   found    the ignore files of the repositories, over all tracked files below them
 *
 * CONFORMANCE_ROUNDS=50 makes the random part 50 times as long, CONFORMANCE_SEED=n another one.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import YAML from 'yaml';

const here = path.dirname(new URL(import.meta.url).pathname);
const LISTS = 2000;
const WORKERS = Math.max(2, os.cpus().length);
const FAILURES_SHOWN = Number(process.env.CONFORMANCE_SHOWN ?? 20);

// Bytes are kept as strings of characters up to U+00FF. Where a person writes, in YAML, a character is its UTF-8, and ⟨hex⟩ is raw bytes.
const bytes = (text) => Buffer.from(text, 'latin1');
const characters = (buffer) => buffer.toString('latin1');
const written = (text) =>
  text
    .split(/(⟨[0-9a-f ]+⟩)/)
    .map((part, i) => characters(i % 2 ? Buffer.from(part.slice(1, -1).replaceAll(' ', ''), 'hex') : Buffer.from(part, 'utf8')))
    .join('');
/** As in the rows: what is no UTF-8, or not to be seen, as ⟨hex⟩. */
const shown = (text) =>
  '"' +
  text.replace(/(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+|[^ -~]+/g, (run) => {
    const decoded = bytes(run).toString('utf8');
    return characters(Buffer.from(decoded)) === run && !/[\p{C}\p{Z}]/u.test(decoded)
      ? decoded
      : run === '\n'
        ? '\\n'
        : `⟨${bytes(run).toString('hex')}⟩`;
  }) +
  '"';

// --- the two that are compared ---

/** Each answer of the reference to each request. */
function askReference(program, requests) {
  const result = spawnSync(program, { input: requests.map((request) => JSON.stringify(request) + '\n').join(''), maxBuffer: 1 << 30 });
  if (result.status !== 0) throw new Error(`the reference broke: ${result.stderr}`);
  return result.stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function readAnswer(tree, answer) {
  const set = (digits) => new Set(tree.filter((_, i) => digits?.[i] === '1'));
  return { error: answer.error, out: set(answer.out), aloneError: answer.alone_error, alone: set(answer.alone) };
}

/** What a tree gives for each of the ignore files: { out: Set of paths } or { error }. */
function askReferenceOf(program, tree, ignores, how = {}) {
  const answers = askReference(program, [{ tree, ...how }, ...ignores.map((ignore) => ({ ignore }))]).slice(1);
  return answers.map((answer) => readAnswer(tree, answer));
}

/** One shell runs many of ours. After the paths of each comes an empty one, and its exit status. */
const LOOP = 'for f; do p=$f.paths; [ -e "$p" ] || p=$PATHS; "$PROGRAM" inspect --ignore "$f" -z <"$p" 2>/dev/null; printf "\\0%d\\0" $?; done';

function runShell(program, paths, files) {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', LOOP, 'sh', ...files], {
      env: { ...process.env, PROGRAM: program, PATHS: paths },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', () => resolve(characters(Buffer.concat(chunks)).split('\0')));
  });
}

function readRuns(items) {
  const runs = [];
  let out = new Set();
  for (let i = 0; i < items.length - 1; i++) {
    if (items[i] !== '') {
      out.add(items[i]);
      continue;
    }
    const status = Number(items[++i]);
    runs.push({ status, out, error: status === 0 ? undefined : `exit status ${status}` });
    out = new Set();
  }
  return runs;
}

/** `trees`: where the ignore files are not all about one. */
async function askOurs(program, tree, ignores, trees = []) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-ignore-'));
  const write = (name, text) => fs.writeFileSync(path.join(directory, name), bytes(text));
  const writePaths = (name, paths) => write(name, paths.map((one) => one + '\0').join(''));
  try {
    writePaths('paths', tree);
    trees.forEach((paths, i) => writePaths(`${i}.paths`, paths));
    ignores.forEach((ignore, i) => write(String(i), ignore));
    const files = ignores.map((_, i) => path.join(directory, String(i)));
    const share = Math.ceil(files.length / WORKERS);
    const parts = [];
    for (let i = 0; i < files.length; i += share) parts.push(runShell(program, path.join(directory, 'paths'), files.slice(i, i + share)));
    return (await Promise.all(parts)).flatMap(readRuns);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

/** Nothing when they agree. Ours ends with 1 where a build fails. */
function difference(ours, theirs) {
  if (ours.status > 1) return `ours ended with ${ours.status}`;
  if (theirs.error) return ours.error ? undefined : `a build fails (${theirs.error}), ours does not`;
  if (ours.error) return 'ours fails, a build does not';
  const more = [...ours.out].filter((one) => !theirs.out.has(one));
  const less = [...theirs.out].filter((one) => !ours.out.has(one));
  if (more.length === 0 && less.length === 0) return undefined;
  const list = (what, paths) =>
    paths.length === 0 ? [] : [`${what} ${paths.slice(0, 3).map(shown).join(' ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`];
  return [...list('ours alone leaves out', more), ...list('the build alone leaves out', less)].join('; ');
}

// --- rules ---

function readRows() {
  const directory = path.join(here, 'patterns');
  return fs
    .readdirSync(directory)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) =>
      YAML.parse(fs.readFileSync(path.join(directory, name), 'utf8')).map((row) => ({
        name: `${name}: ${row.shows}`,
        ignore: written(row.ignore),
        paths: row.paths.map(written),
        out: new Set((row.out ?? []).map(written)),
        alone: row.alone && new Set(row.alone.map(written)), // where MatchesOrParentMatches says something else
        error: row.error,
        known: row.known,
      })),
    );
}

const setsEqual = (a, b) => a.size === b.size && [...a].every((one) => b.has(one));
const list = (set) => (set.size === 0 ? 'nothing' : [...set].map(shown).join(' '));

/** How an answer of the reference differs from what the row says. */
function rowMistake(row, answer) {
  if (row.error) return answer.error?.includes(row.error) ? undefined : `the reference says ${answer.error ?? 'that it builds'}`;
  if (answer.error) return `the reference fails: ${answer.error}`;
  if (!setsEqual(row.out, answer.out)) return `the reference leaves out ${list(answer.out)}`;
  if (answer.aloneError) return row.alone ? `path by path it fails: ${answer.aloneError}` : undefined;
  if (!setsEqual(row.alone ?? row.out, answer.alone)) return `path by path the reference leaves out ${list(answer.alone)}`;
  return undefined;
}

/** For each row its answers: with files on disk, and with a tree in memory. */
function askReferenceOfRows(program, rows) {
  const ask = (how) =>
    askReference(
      program,
      rows.flatMap((row) => [{ tree: row.paths, ...how }, { ignore: row.ignore }]),
    ).filter((_, i) => i % 2);
  const onDisk = ask({ on_disk: true });
  const inMemory = ask({});
  return rows.map((row, i) => [onDisk[i], inMemory[i]].map((answer) => readAnswer(row.paths, answer)));
}

async function checkRows({ program, report }, reference) {
  const part = 'ignore rules';
  const rows = readRows();
  const theirs = reference ? askReferenceOfRows(reference, rows) : rows.map(() => []);
  const ours = await askOurs(
    program,
    [],
    rows.map((row) => row.ignore),
    rows.map((row) => row.paths),
  );
  let agreed = 0;
  rows.forEach((row, i) => {
    const mistakes = theirs[i].map((answer) => rowMistake(row, answer)).filter(Boolean);
    const same = ours[i].status <= 1 && (row.error ? ours[i].error : !ours[i].error && setsEqual(row.out, ours[i].out));
    const problem = `ours ${ours[i].error ? `fails (${ours[i].error})` : `leaves out ${list(ours[i].out)}`}`;
    if (!same && row.known && mistakes.length === 0) return report.known(part, `${row.name}: ${problem}`, row.known);
    if (!same) mistakes.push(problem);
    if (mistakes.length === 0) return agreed++;
    return report.fail(part, `${row.name}: expected ${row.error ? `'${row.error}'` : list(row.out)}; ${[...new Set(mistakes)].join('; ')}`);
  });
  report.pass(part, agreed);
  report.count(part, 'rows that hold for ours and for the reference', agreed, rows.length);
}

// --- random ---

/** A generator of numbers below 1, the same on every machine (mulberry32). */
function numbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const words = (text) => text.trim().split(/\s+/).map(written);

const PLAIN = words('a b c ab ba abc A a.b .a a1 1 node x-y');
const NASTY = [
  ...words(String.raw`..a ... a* * ? [a] a] [ ] ^a a^ {a} a{2} aa a+ + (a) $ a$ - a-b _ ~ a\b \ \d ! # a,b %41 aaa a|b !a #a é ế ſ K 😀 中`),
  ...[' !a', 'a ', 'a b', '\n', 'a\nb', '\na', 'a\n', '\t', 'a\tb', '\r', 'a\r', '\x01', '\x7f', '\v', '\f'],
  ...['\u2028', '\uFEFFa', '\uFFFD', '\u0085', '\u00A0a', 'n\u0303'].map(written),
  ...['\xff', 'a\xff', '\xff\xfe', '\xc3', '\xe2\x82', '\xed\xa0\x80', '\xc0\x80', 'a\x80b'],
];
const CLASSES = [
  ...words(String.raw`[a-c] [^a] [!a] [ab] [^/] [a/] [é-ſ] [^b-d] [a-b-d] [.] [a^] [\]a] [\^a] [a\-c] [+-a] [^-a] [[a] [a[] [*] [a?] [**]`),
  ...words(String.raw`[$|(] [{}] [\d] [^\d] [\w-] [a-\d] [c-a] [b-b] [[:alpha:]] [[:^digit:]a] [[.a.]] [[=a=]] [:alpha:] [[:x:]] [a&&b] [a--b]`),
  ...words(String.raw`[\n] [\b] [\pL] [\s] [\S] [^\S] [\Qa] []a] [^]a] [a [] [^] [-a] [a-] [a\] [a-z [[] []] [\x61] [\x{61}-c] [\141] [\1] [a-c-e]`),
  ...['[ -~]', '[\x01-\x7f]', '[\xff]', '[\xff-\xff]', '[!-\xff]', '[^\n]'],
];
const ESCAPES = [
  ...words(String.raw`\a \b \* \? \[ \] \\ \{ \| \. \! \# \/ \- \^ \$ \d \D \w \W \s \S \o \n \t \v \f \r \x61 \x{61} \x{1F600} \x6 \x \x{}`),
  ...words(
    String.raw`\141 \1 \12 \0 \8 \A \z \Z \B \C \G \K \R \X \h \H \N \pL \p{L} \PL \p{Greek} \p{^L} \p \Qa*\E \Q \E \c \e \u \U \é \😀 \~ \, \: \_ \<`,
  ),
  ...['\\ ', '\\\xff', '\\\x01', '\\'],
];
const LIVE = [
  ...words(String.raw`a|b | |a a| {2} a{2} a{1,2} a{,2} { } a{ a{2 a{x} a{2}{3} a{2}* a{1001} a{1000} {0} a{0} a{2,1} *{2} ?{2} **{2} [ab]{2} a{01}`),
  ...words(String.raw`^ a^b ^a ^a|b a|^b a||b || $ (a|b) (?i)a ( ) + a+ a?+ . a.b \d{2} \b{2} ^{2} |{2} a{2}? a{2}+ a{1,} **\1 a{999999999}`),
  'a{1 }',
];
const BLANKS = [' ', '\t', '\v', '\f', '\r', ...['\u0085', '\u00A0', '\u2003', '\u3000', '\uFEFF', '\u200B', '\u1680'].map(written)];
const CHARACTERS = [
  ...words(String.raw`a b c / / * ** ? [ ] ^ - \ ! # . .. { } | ( ) + $ , 1 2 d A é`),
  ...[' ', '\xff', written('\uFFFD'), written('\uFEFF'), '\t', '\0'],
];

const pick = (next, list) => list[Math.floor(next() * list.length)];

/** About 400 files, no name both a file and a directory. */
function makeTree() {
  const next = numbers(7);
  const files = new Set();
  const directories = new Set();
  const name = () => (next() < 0.6 ? pick(next, PLAIN) : pick(next, NASTY));
  const add = (file) => {
    const elements = file.split('/');
    const above = elements.slice(1).map((_, i) => elements.slice(0, i + 1).join('/'));
    if (files.has(file) || directories.has(file) || above.some((one) => files.has(one))) return;
    files.add(file);
    above.forEach((one) => directories.add(one));
  };
  for (const one of ['a/b/c/a/b/c/a/b/c/a', 'a/a/a/a/a/a/a/a/b', 'b/a/b', 'ab/c', 'c/ab/a']) add(one);
  for (const one of [...PLAIN, ...NASTY]) {
    add(`${pick(next, ['a', 'a/b', 'b', 'b/a', 'A', 'c/a'])}/${one}`);
    if (next() < 0.5) add(`${one}/${name()}`);
    if (next() < 0.7) add(one);
  }
  while (files.size < 400) add(Array.from({ length: 1 + Math.floor(next() * 4) }, name).join('/'));
  return [...files];
}

/** A row of pieces of one kind or another; the wilder, the more of them break a build. */
function makePattern(next, tree, wildness) {
  const element = () => {
    const dice = next();
    if (dice < 0.3) return pick(next, PLAIN);
    if (dice < 0.42) return pick(next, ['*', '*', '?', 'a*', '*b', '*.b', '?b', 'a?', '*a*', 'a*b']);
    if (dice < 0.55) return pick(next, ['**', '**', '**', '***', 'a**', '**a', '**b*', 'a**b', '**?']);
    if (wildness >= 1 && dice < 0.67) return pick(next, ['', 'a', '*']) + pick(next, CLASSES) + pick(next, ['', 'b', '*']);
    if (wildness >= 1 && dice < 0.75) return pick(next, ['', 'a', '*']) + pick(next, ESCAPES) + pick(next, ['', 'b', '*']);
    if (wildness >= 2 && dice < 0.87) return pick(next, ['', 'a', '*']) + pick(next, LIVE) + pick(next, ['', 'b', '*', '/*']);
    return pick(next, next() < 0.5 ? PLAIN : NASTY);
  };
  let elements;
  if (next() < 0.5) {
    elements = pick(next, tree).split('/');
    if (next() < 0.5) elements.length = 1 + Math.floor(next() * elements.length);
    elements = elements.map((one) => {
      const dice = next();
      if (dice < 0.65) return one;
      if (dice < 0.75) return element();
      const at = Math.floor(next() * (one.length + 1));
      if (dice < 0.9) return one.slice(0, at) + pick(next, ['*', '?', '**', '\\']) + one.slice(at + (next() < 0.5 ? 1 : 0));
      return one.slice(0, at);
    });
    if (next() < 0.2) elements.splice(Math.floor(next() * (elements.length + 1)), 0, pick(next, ['**', '**', '*', '.', '..']));
  } else if (wildness >= 3 && next() < 0.5) {
    elements = [Array.from({ length: 1 + Math.floor(next() * 7) }, () => pick(next, CHARACTERS)).join('')];
  } else {
    elements = Array.from({ length: 1 + Math.floor(next() ** 2 * 4) }, element);
  }
  const joint = () => (next() < 0.05 ? pick(next, ['//', '/./', '/../']) : '/');
  return elements.reduce((text, one) => text + joint() + one) + (next() < 0.12 ? pick(next, ['/', '/*', '/**', '/.', '**', '*', '//']) : '');
}

function makeLine(next, tree, wildness) {
  let text = makePattern(next, tree, wildness).replaceAll('\n', wildness >= 3 ? '\n' : '');
  const blank = () => (wildness >= 1 && next() < 0.1 ? pick(next, BLANKS) : '');
  if (next() < 0.08) text = pick(next, ['/', './', '//', '../', '/../']) + text;
  if (next() < 0.35) text = '!' + blank() + text;
  if (next() < 0.02) text = pick(next, ['!', '#']) + text;
  return blank() + text + blank();
}

function makeIgnore(next, tree) {
  const wildness = pick(next, [0, 0, 1, 1, 2, 3]);
  const lines = Array.from({ length: 1 + Math.floor(next() ** 2 * 9) }, () => makeLine(next, tree, wildness));
  if (next() < 0.15) lines.push(pick(next, lines)); // one again, behind exceptions from it
  if (next() < 0.1) lines.splice(Math.floor(next() * lines.length), 0, pick(next, ['', '# a', '  ', ' # a']));
  const bom = next() < 0.04 ? '\xEF\xBB\xBF' : '';
  const end = next() < 0.08 ? '\r\n' : '\n';
  return bom + lines.join(end) + (next() < 0.7 ? end : '');
}

/** Takes away lines, then bytes, while the two still differ. `differ`: which of several do. */
async function smallest(ignore, differ) {
  for (const separator of ['\n', '']) {
    let parts = ignore.split(separator);
    for (let size = parts.length; size >= 1;) {
      const fewer = [];
      for (let at = 0; at + size <= parts.length; at++) fewer.push([...parts.slice(0, at), ...parts.slice(at + size)]);
      const found = (await differ(fewer.map((one) => one.join(separator)))).indexOf(true);
      if (found >= 0) parts = fewer[found];
      else size = Math.floor(size / 2);
    }
    ignore = parts.join(separator);
  }
  return ignore;
}

/** One difference as small as it can be made: of ignore file and of paths. */
async function explain(program, reference, tree, ignore) {
  const ask = async (paths, texts) => {
    const ours = await askOurs(program, paths, texts);
    const theirs = askReferenceOf(reference, paths, texts);
    return texts.map((_, i) => difference(ours[i], theirs[i]));
  };
  const [ours] = await askOurs(program, tree, [ignore]);
  const [theirs] = askReferenceOf(reference, tree, [ignore]);
  const one = tree.find((name) => ours.error || theirs.error || ours.out.has(name) !== theirs.out.has(name));
  const paths = (await ask([one], [ignore]))[0] ? [one] : tree;
  const least = await smallest(ignore, async (texts) => (await ask(paths, texts)).map((result) => result !== undefined));
  return { least, message: `${shown(least)}${paths.length === 1 ? ` on ${shown(paths[0])}` : ''}: ${(await ask(paths, [least]))[0]}` };
}

async function checkRandom({ program, report }, reference) {
  const part = 'ignore random';
  const rounds = Number(process.env.CONFORMANCE_ROUNDS ?? 1);
  const seed = Number(process.env.CONFORMANCE_SEED ?? 1);
  const tree = makeTree();
  const seen = new Set();
  let failures = 0;
  let agreed = 0;
  let failing = 0;
  let apart = 0;
  let empty = 0;
  let useful = 0;
  for (let round = 0; round < rounds; round++) {
    const next = numbers(seed * 100003 + round);
    const ignores = Array.from({ length: LISTS }, () => makeIgnore(next, tree));
    const ours = await askOurs(program, tree, ignores);
    const theirs = askReferenceOf(reference, tree, ignores);
    for (let i = 0; i < ignores.length; i++) {
      if (theirs[i].error) failing++;
      else if (theirs[i].out.size > 0 && theirs[i].out.size < tree.length) useful++;
      if (!theirs[i].error && !theirs[i].aloneError && !setsEqual(theirs[i].out, theirs[i].alone)) apart++;
      if (!theirs[i].error && !theirs[i].aloneError && [...theirs[i].alone].some((one) => !theirs[i].out.has(one))) empty++;
      if (!difference(ours[i], theirs[i])) {
        agreed++;
        continue;
      }
      failures++;
      if (seen.size >= FAILURES_SHOWN) continue;
      const { least, message } = await explain(program, reference, tree, ignores[i]);
      if (!seen.has(least)) report.fail(part, `seed ${seed}, round ${round}, list ${i}: ${message}`);
      seen.add(least);
    }
  }
  report.pass(part, agreed);
  const all = rounds * LISTS;
  if (failures > seen.size) report.fail(part, `${failures - seen.size} more that differ`);
  report.count(part, `lists that agree, over ${tree.length} files`, agreed, all);
  report.count(part, 'lists that leave some out and not all', useful, all);
  report.count(part, 'lists that a build fails with', failing, all);
  report.count(part, 'lists that path by path would leave out others', apart, all);
  report.count(part, 'lists with files whose name is sent and whose content is not', empty, all);
}

// --- found ---

const git = (repository, ...words) =>
  characters(spawnSync('git', ['-C', repository, '-c', 'core.fsmonitor=false', ...words], { maxBuffer: 1 << 30 }).stdout);

/** Paths below each directory that has an ignore file; a file "x/Dockerfile.dockerignore" counts for its own directory. */
function readIgnores(repository) {
  const tracked = git(repository, 'ls-files', '-z')
    .split('\0')
    .filter((one) => one !== '');
  return tracked
    .filter((one) => /(^|[/.])dockerignore$/.test(one))
    .map((file) => {
      const directory = path.posix.dirname(file);
      const prefix = directory === '.' ? '' : directory + '/';
      const root = path.join(repository, directory);
      return { file, root, paths: tracked.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length)) };
    });
}

/** A tracked file that is not in the checkout is not walked either; a submodule is a directory. */
const isThere = (root, one) => fs.lstatSync(Buffer.concat([bytes(root), bytes('/' + one)]), { throwIfNoEntry: false }) !== undefined;

async function checkFound({ program, repositories, report }, reference) {
  const part = 'ignore found';
  let all = 0;
  let agreed = 0;
  let files = 0;
  for (const repository of repositories) {
    for (const { file, root, paths } of readIgnores(repository)) {
      const source = path.join(repository, file);
      if (!fs.statSync(source, { throwIfNoEntry: false })?.isFile()) continue;
      const present = paths.filter((one) => isThere(root, one));
      const ignore = characters(fs.readFileSync(source));
      all++;
      files += present.length;
      const [theirs] = askReferenceOf(reference, present, [ignore], { root });
      const [ours] = await askOurs(program, present, [ignore]);
      const differs = difference(ours, theirs);
      if (!differs) agreed++;
      else report.fail(part, `${path.basename(repository)}/${file}: ${differs}`);
      if (!theirs.error && !setsEqual(theirs.out, theirs.alone))
        report.count(
          part,
          `${path.basename(repository)}/${file}: files that path by path would be other`,
          [...theirs.alone].filter((one) => !theirs.out.has(one)).length,
          present.length,
        );
    }
  }
  report.pass(part, agreed);
  report.count(part, `ignore files that agree, over ${files} paths`, agreed, all);
}

export async function check(context) {
  const reference = await context.references.go('ignore');
  await checkRows(context, reference);
  if (!reference) {
    context.report.skip('ignore random', 'without the reference');
    context.report.skip('ignore found', 'without the reference');
    return;
  }
  await checkRandom(context, reference);
  await checkFound(context, reference);
}

export const parts = { checkRows, checkRandom, checkFound };
