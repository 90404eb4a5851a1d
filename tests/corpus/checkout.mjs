/*
 * checkout: what git knows of a repository, and runs of the program in it.
 *
 * The rule: nothing in a checkout is changed and nothing of it is run. Files are hidden from the
 * program by a copy of the index without them (GIT_INDEX_FILE), never by moving them.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/* The environment of a build, or of the user, would choose another path through the program. */
export const bareEnvironment = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_TERMINAL_PROMPT: '0',
};

const outputLimit = 256 * 1024 * 1024;

function git(directory, words, options = {}) {
  const result = spawnSync('git', ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-C', directory, ...words],
    { env: { ...bareEnvironment, ...options.env }, input: options.input, maxBuffer: outputLimit });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`git ${words[0]} in ${directory}: ${result.stderr.toString().trim()}`);
  return result.stdout;
}

const submoduleMode = '160000';

/* The tracked files and the directories they lie in, as paths from the top of the repository. */
export function openCheckout(directory) {
  const entries = git(directory, ['ls-files', '-s', '-z']).toString().split('\0').filter(Boolean)
    .map((line) => ({ mode: line.slice(0, 6), path: line.slice(line.indexOf('\t') + 1) }));
  const files = new Set(entries.filter(({ mode }) => mode !== submoduleMode).map((entry) => entry.path));
  const directories = new Set(['.']);
  for (const file of files) {
    for (let at = path.posix.dirname(file); !directories.has(at); at = path.posix.dirname(at)) directories.add(at);
  }
  return { directory, name: path.basename(directory), files, directories };
}

/* A tracked file's text from the disk, else from git; undefined when neither has it. */
export function readText(checkout, file) {
  try {
    return fs.readFileSync(path.join(checkout.directory, file), 'utf8');
  } catch {
    try {
      return git(checkout.directory, ['show', `:${file}`]).toString();
    } catch {
      return undefined;
    }
  }
}

/* Calls `use` with the path of an index that does not have `hidden`. */
export function withoutFiles(checkout, hidden, use) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'corpus-'));
  const index = path.join(scratch, 'index');
  try {
    const own = git(checkout.directory, ['rev-parse', '--git-path', 'index']).toString().trim();
    fs.copyFileSync(path.resolve(checkout.directory, own), index);
    const input = hidden.map((file) => `${file}\0`).join('');
    git(checkout.directory, ['update-index', '--force-remove', '-z', '--stdin'], { env: { GIT_INDEX_FILE: index }, input });
    return use(index);
  } finally {
    fs.rmSync(scratch, { recursive: true });
  }
}

const isInstalled = (name) => !spawnSync(name, ['--version'], { stdio: 'ignore' }).error;
const [hasTime, hasTimeout] = ['time', 'timeout'].map(isInstalled);

/*
 * Runs the program. `peak` is that of its largest process in MiB, undefined without time(1). The limit is
 * kept by timeout(1), because ending time(1) would leave the program running.
 */
export function execute(words, { directory, seconds, environment = {} }) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'corpus-'));
  const report = path.join(scratch, 'peak');
  const wrapped = [...(hasTime ? ['time', '-f', '%M', '-o', report] : []),
    ...(hasTimeout ? ['timeout', '-k', '1', String(seconds)] : []), ...words, '-C', directory];
  const start = process.hrtime.bigint();
  const result = spawnSync(wrapped[0], wrapped.slice(1), {
    env: { ...bareEnvironment, ...environment }, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: outputLimit,
    timeout: hasTimeout ? undefined : seconds * 1000,
  });
  const took = Number(process.hrtime.bigint() - start) / 1e9;
  const peak = hasTime ? Number(fs.readFileSync(report, 'utf8').trim().split('\n').pop()) / 1024 : undefined;
  fs.rmSync(scratch, { recursive: true });
  if (result.error) throw result.error;
  return { status: result.status ?? 128, output: result.stdout, talk: result.stderr.toString(), took, peak };
}
