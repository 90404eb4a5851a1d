/*
 * history: commits of a repository, and work trees that move from one to the other.
 *
 * The checkout itself is only read: a work tree is a clone that borrows its objects, in a scratch folder.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NEWEST = 25; // commits looked at for each that is taken

/* What a person's configuration says about git would choose another path through it. */
export const bareEnvironment = { PATH: process.env.PATH, HOME: '/nonexistent' };
const environment = { ...bareEnvironment, LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1' };

export async function git(directory, ...words) {
  const options = { env: environment, encoding: 'latin1', maxBuffer: 1 << 30 };
  const { stdout } = await run('git', ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-C', directory, ...words], options);
  return stdout;
}

/*
 * `count` commits with their first parents, [{ commit, parent, tree, parentTree }], newest first: spread evenly over the newest
 * commits of the first-parent history that change a file.
 */
export async function chooseCommits(repository, count) {
  const log = await git(repository, 'log', '--first-parent', `--max-count=${count * NEWEST + 1}`, '--format=%H %T %P', 'HEAD', '--');
  const rows = log.split('\n').filter(Boolean).map((line) => line.split(' '));
  const trees = new Map(rows.map(([commit, tree]) => [commit, tree]));
  const changing = rows
    .map(([commit, tree, parent]) => ({ commit, parent, tree, parentTree: trees.get(parent) }))
    .filter(({ tree, parentTree }) => parentTree !== undefined && parentTree !== tree);
  if (changing.length <= count) return changing;
  return Array.from({ length: count }, (_, i) => changing[Math.floor((i * changing.length) / count)]);
}

/** A work tree of a repository in `directory`, which is made. `move(commit)` puts it there, with nothing untracked. */
export async function openSide(repository, directory) {
  await git('.', 'clone', '-q', '--shared', '--no-checkout', repository, directory);
  return {
    directory,
    move: async (commit) => {
      await git(directory, 'checkout', '-q', '--detach', '--force', commit);
      await git(directory, 'clean', '-ffdxq');
    },
  };
}

/** What git tracks at a commit: path → "MODE ID". A submodule is one entry of mode 160000. Paths are bytes, one character each. */
export async function readTracked(directory, commit) {
  const entries = (await git(directory, 'ls-tree', '-r', '-z', '--full-tree', commit)).split('\0').filter(Boolean);
  return new Map(entries.map((entry) => {
    const tab = entry.indexOf('\t');
    const [mode, , id] = entry.slice(0, tab).split(' ');
    return [entry.slice(tab + 1), `${mode} ${id}`];
  }));
}
