/*
 * toolbox: hostile repositories, and one run of the program in one of them.
 *
 * The rule: a repository is made with a clean git first and poisoned after, and whatever in it could
 * be executed leaves a file in `marks`, where nothing must ever be. A run has ten seconds and 64 MiB.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const program = path.resolve(process.env.PROGRAM ?? fileURLToPath(new URL('../../build/depot-pipeline', import.meta.url)));
export const seconds = Number(process.env.SECONDS_LIMIT ?? 10);
export const mebibytes = 64;

export const work = mkdtempSync(path.join(tmpdir(), 'hostile-'));
export const marks = path.join(work, 'marks');
mkdirSync(marks);
process.on('exit', () => {
  spawnSync('chmod', ['-R', 'u+rwX', work]);
  rmSync(work, { recursive: true, force: true });
});

/* A program that whoever runs it will be known by. */
export const evil = path.join(work, 'evil');
writeFileSync(evil, `#!/bin/sh\nprintf '%s\\n' "$0 $*" >>'${marks}/executed'\n`);
chmodSync(evil, 0o755);

/* A sanitizer needs memory of its own, and GNU time is what measures it. */
export const isSanitized = readFileSync(program).includes('__asan_init');
const hasTime = !isSanitized && spawnSync('/usr/bin/time', ['-f', '%M', 'true']).status === 0;
export const measuresMemory = hasTime;

const joined = (...parts) => Buffer.concat(parts.flatMap((part, i) => (i ? [Buffer.from('/'), Buffer.from(part)] : [Buffer.from(part)])));
const parent = (name) => name.subarray(0, Math.max(0, name.lastIndexOf(0x2F)));

let made = 0;

export class Repository {
  constructor(name) {
    made += 1;
    this.root = path.join(work, 'repositories', `${made}-${name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60)}`);
    mkdirSync(this.root, { recursive: true });
    this.git('init', '-q', '-b', 'main');
  }

  git(...words) {
    const env = { PATH: process.env.PATH, HOME: work, GIT_CONFIG_NOSYSTEM: '1' };
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'core.longpaths=true'];
    const result = spawnSync('git', [...identity, ...words], { cwd: this.root, env, encoding: 'utf8' });
    if (result.status !== 0) throw new Error(`git ${words.join(' ')}: ${result.stderr}`);
    return result.stdout;
  }

  /* A name is text or bytes. */
  file(name, content = '') {
    const bytes = Buffer.from(name);
    mkdirSync(joined(this.root, parent(bytes)), { recursive: true });
    writeFileSync(joined(this.root, bytes), content);
    return this;
  }

  link(name, target) {
    symlinkSync(target, path.join(this.root, name));
    return this;
  }

  fifo(name) {
    this.shell('mkfifo "$1"', name);
    return this;
  }

  /* As large as one likes, and takes no room. */
  sparse(name, size, start = '') {
    this.file(name, start);
    truncateSync(path.join(this.root, name), size);
    return this;
  }

  shell(script, ...words) {
    const result = spawnSync('sh', ['-e', '-c', script, 'sh', ...words], { cwd: this.root, encoding: 'utf8' });
    if (result.status !== 0) throw new Error(`${script}: ${result.stderr}`);
    return this;
  }

  commit() {
    this.git('add', '-A', '-f');
    this.git('commit', '-q', '-m', 'all');
    return this;
  }

  /* In the index as it would be on disk, which it need not be. */
  track(name, mode = '100644', content = 'FROM scratch\n') {
    const hash = spawnSync('git', ['hash-object', '-w', '--stdin'], { cwd: this.root, input: content, encoding: 'utf8' }).stdout.trim();
    const line = Buffer.concat([Buffer.from(`${mode} ${hash}\t`), Buffer.from(name), Buffer.from([0])]);
    const result = spawnSync('git', ['update-index', '-z', '--index-info'], { cwd: this.root, input: line, encoding: 'utf8' });
    if (result.status !== 0) throw new Error(result.stderr);
    return this;
  }
}

/* Only what a test gives reaches the program. */
const environment = () => ({ PATH: `${process.env.PATH}:${work}`, HOME: work, TMPDIR: work, LC_ALL: 'C.UTF-8', NO_COLOR: '1',
  ASAN_OPTIONS: 'detect_leaks=1:exitcode=99', UBSAN_OPTIONS: 'halt_on_error=1:exitcode=99' });

/* Runs the program; `redirect` is shell text after it, `as` a command in front of it. */
export function run(words, { cwd, env = {}, redirect = '', as = [] } = {}) {
  const measured = path.join(work, 'measured');
  rmSync(measured, { force: true });
  const time = hasTime && !as.length && !redirect ? ['/usr/bin/time', '-q', '-o', measured, '-f', '%M'] : [];
  const command = [...as, 'timeout', '-k', '1', String(seconds), ...time, program, ...words];
  const started = process.hrtime.bigint();
  const result = spawnSync('sh', ['-c', `"$@" ${redirect}`, 'sh', ...command], {
    cwd, env: { ...environment(), ...env }, maxBuffer: 1 << 28, timeout: (seconds + 5) * 1000, input: '',
  });
  return {
    status: result.status,
    stdout: result.stdout,
    stderr: result.stderr.toString(),
    took: Number(process.hrtime.bigint() - started) / 1e9,
    mebibytes: existsSync(measured) ? Number(readFileSync(measured, 'utf8')) / 1024 : 0,
  };
}

/* What was executed although nothing must be; forgotten with the question. */
export function executed() {
  const found = readdirSync(marks).map((name) => `${name}: ${readFileSync(path.join(marks, name), 'utf8').trim()}`);
  for (const name of readdirSync(marks)) rmSync(path.join(marks, name), { recursive: true });
  return found;
}

/* A `depot` that keeps what it is given, on a PATH of its own; of a context that is a link, what it leads to. */
const recorder = path.join(work, 'recorder');
mkdirSync(recorder);
writeFileSync(path.join(recorder, 'depot'), `#!/bin/sh
case $1 in
build)
  for last; do :; done
  if [ -L "$last" ]; then
    target=$(readlink "$last"; echo .)
    target=\${target%??}
    target=\${target#"$PWD"/}
    case $target in -*) target=./$target ;; esac
    set -- "$@" "$target"
  fi
  printf '%s\\0' "$@" end-of-call >>"$RECORD" ;;
*) echo 'depot version 99.0.0 (test)' ;;
esac
`);
chmodSync(path.join(recorder, 'depot'), 0o755);

/* The argument lists, as bytes in latin1, that the commands of steps give to `depot build`. */
export function calls(commands, { shell, cwd }) {
  const record = path.join(work, 'record');
  writeFileSync(record, '');
  const problems = [];
  for (const command of commands) {
    const env = { PATH: `${recorder}:${path.dirname(evil)}:${process.env.PATH}`, HOME: work, TMPDIR: work, RECORD: record, DEPOT_PROJECT_ID: 'p', LC_ALL: 'C.UTF-8' };
    const [name, ...words] = shell;
    const result = spawnSync(name, [...words, '-e', '-c', command], { cwd, env, timeout: 20_000 });
    if (result.status !== 0) problems.push(`a step fails with ${result.status}: ${result.stderr.toString().slice(0, 300)}`);
  }
  const words = readFileSync(record, 'latin1').split('\0').slice(0, -1);
  const lists = [[]];
  for (const word of words) word === 'end-of-call' ? lists.push([]) : lists.at(-1).push(word);
  return { lists: lists.slice(0, -1), problems };
}
