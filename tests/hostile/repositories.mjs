/* repositories: a .git that tries to have something run, read or waited for. */
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ordinary = (repository) => repository.file('Dockerfile', 'FROM scratch\nCOPY a /\n').file('a', 'a').file('compose.yaml', 'services:\n  s: {build: .}\n').commit();
const inGit = (repository, name) => path.join(repository.root, '.git', name);

/* Where neither the program nor git can list the files, that is the system, not the settings. */
const index = (name, change, more = {}) => ({
  name: `an index that is ${name}`,
  status: [0, 3],
  make(repository) {
    ordinary(repository);
    const file = inGit(repository, 'index');
    const bytes = change(readFileSync(file), repository);
    if (bytes) writeFileSync(file, bytes);
  },
  ...more,
});

/* No clone brings these, but an agent's checkout is whoever's ran before. */
const gitWaits = new Set(['an include of a FIFO', 'excludes in a FIFO']);

const part = (name, what) => ({
  name: `.git/${name} is ${what}`,
  make(repository) {
    ordinary(repository);
    repository.shell('rm -rf ".git/$1"; mkdir -p "$(dirname ".git/$1")"', name);
    if (what === 'a FIFO') repository.fifo(`.git/${name}`);
    if (what === '1 GB') repository.sparse(`.git/${name}`, 2 ** 30);
    if (what === 'a directory') repository.file(`.git/${name}/x`, 'x');
    if (what === 'a loop') repository.link(`.git/${name}`, path.basename(name));
    if (what === '/dev/zero') repository.link(`.git/${name}`, '/dev/zero');
    if (what === 'random') repository.file(`.git/${name}`, Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 151) % 256)));
  },
});

/* Everything in git's configuration that names a program. */
const programs = (evil) => `
[core]
	fsmonitor = ${evil}
	hooksPath = hooks-of-mine
	pager = ${evil}
	editor = ${evil}
	sshCommand = ${evil}
	gitProxy = ${evil}
	askPass = ${evil}
	alternateRefsCommand = ${evil}
[alias]
	ls-files = !${evil}
	cat-file = !${evil}
	diff = !${evil}
	rev-parse = !${evil}
	show = !${evil}
[diff]
	external = ${evil}
[diff "x"]
	command = ${evil}
	textconv = ${evil}
[filter "x"]
	clean = ${evil}
	smudge = ${evil}
	process = ${evil}
	required = true
[merge "x"]
	driver = ${evil}
[credential]
	helper = !${evil}
[gpg]
	program = ${evil}
[remote "origin"]
	url = ext::${evil}
	uploadpack = ${evil}
	promisor = true
	partialclonefilter = blob:none
	fetch = +refs/heads/*:refs/remotes/origin/*
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[uploadpack]
	packObjectsHook = ${evil}
[extensions]
	partialClone = origin
[pager]
	ls-files = ${evil}
	cat-file = ${evil}
`;

const poisonConfig = (repository, evil) => {
  appendFileSync(inGit(repository, 'config'), programs(evil));
  repository.file('.gitattributes', '* filter=x diff=x merge=x\n');
  for (const hook of ['post-index-change', 'pre-auto-gc', 'reference-transaction', 'post-checkout', 'fsmonitor-watchman']) {
    repository.file(`hooks-of-mine/${hook}`, `#!/bin/sh\n${evil} hook\n`).file(`.git/hooks/${hook}`, `#!/bin/sh\n${evil} hook\n`)
      .shell('chmod +x "$1" "$2"', `hooks-of-mine/${hook}`, `.git/hooks/${hook}`);
  }
};

export function repositoryCases({ evil, work }) {
  const configured = (name, more, options = {}) => ({
    name: `programs in git's configuration: ${name}`,
    status: [0, 3],
    ...options,
    make(repository) {
      ordinary(repository);
      const result = more(repository);
      poisonConfig(repository, evil);
      return result;
    },
  });
  const forkEnv = { BUILDKITE: 'true', BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_REPO: 'https://evil/x', BUILDKITE_REPO: 'https://good/x', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main', BUILDKITE_BRANCH: 'b' };
  return [
    configured('an ordinary index', () => {}, { status: 0 }),
    configured('an index only git reads', (repository) => { writeFileSync(inGit(repository, 'index'), 'DIRC'); }, { status: [0, 1, 3] }),
    configured('a split index', (repository) => { repository.git('update-index', '--split-index'); }),
    configured('index version 4', (repository) => { repository.git('update-index', '--index-version', '4'); }),
    configured('an index with a file system monitor', (repository) => { repository.git('update-index', '--fsmonitor'); }),
    configured('an untracked cache', (repository) => { repository.git('update-index', '--force-untracked-cache'); }, { words: ['--untracked'] }),
    configured('a sparse index', (repository) => { repository.file('d/e/f', 'x').commit().git('sparse-checkout', 'init', '--cone', '--sparse-index'); }),
    configured('blobs that are missing', (repository) => {
      repository.git('update-index', '--skip-worktree', 'Dockerfile', 'compose.yaml');
      rmSync(path.join(repository.root, 'Dockerfile'));
      rmSync(path.join(repository.root, 'compose.yaml'));
      repository.shell('rm -rf .git/objects/??');
    }),
    configured('a fork', (repository) => { repository.git('update-ref', 'refs/remotes/origin/main', 'HEAD'); }, { env: forkEnv }),
    configured('a fork whose base branch is an option', () => {}, { env: { ...forkEnv, BUILDKITE_PULL_REQUEST_BASE_BRANCH: '--upload-pack=evil' } }),
    configured('a fork whose base branch is text', () => {}, { env: { ...forkEnv, BUILDKITE_PULL_REQUEST_BASE_BRANCH: `x:$(${evil})\n../..` } }),
    configured('GIT_ variables', () => ({ env: {
      GIT_EXTERNAL_DIFF: evil, GIT_SSH_COMMAND: evil, GIT_SSH: evil, GIT_PAGER: evil, PAGER: evil, GIT_ASKPASS: evil, GIT_EDITOR: evil, GIT_PROXY_COMMAND: evil,
      GIT_CONFIG_COUNT: '2', GIT_CONFIG_KEY_0: 'core.fsmonitor', GIT_CONFIG_VALUE_0: evil, GIT_CONFIG_KEY_1: 'alias.ls-files', GIT_CONFIG_VALUE_1: `!${evil}`,
      GIT_CONFIG_PARAMETERS: `'core.fsmonitor'='${evil}'`, GIT_NO_LAZY_FETCH: '0', GIT_TERMINAL_PROMPT: '1', GIT_OPTIONAL_LOCKS: '1' } })),
    configured('GIT_ variables and an index only git reads', (repository) => {
      repository.git('update-index', '--split-index');
      return { env: { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.fsmonitor', GIT_CONFIG_VALUE_0: evil, GIT_CONFIG_PARAMETERS: `'core.fsmonitor'='${evil}'`, GIT_PAGER: evil } };
    }),
    { name: 'GIT_ variables that name other places', make(repository) {
      ordinary(repository);
      return { env: { GIT_DIR: '/nonexistent', GIT_WORK_TREE: '/', GIT_INDEX_FILE: '/dev/zero', GIT_OBJECT_DIRECTORY: '/dev/null', GIT_COMMON_DIR: '/' } };
    } },
    { name: 'GIT_INDEX_FILE is endless', make(repository) { ordinary(repository); return { env: { GIT_INDEX_FILE: '/dev/zero' } }; } },

    index('empty', () => Buffer.alloc(0)),
    index('cut in the header', (bytes) => bytes.subarray(0, 8)),
    index('cut in an entry', (bytes) => bytes.subarray(0, 90)),
    index('cut before the checksum', (bytes) => bytes.subarray(0, bytes.length - 20)),
    index('random', (bytes) => Buffer.from(bytes.map((_, i) => (i * 89) % 256))),
    index('of another version', (bytes) => { bytes[7] = 99; return bytes; }),
    index('of four thousand million entries', (bytes) => { bytes.writeUInt32BE(0xFFFFFFFF, 8); return bytes; }),
    index('with a length beyond its end', (bytes) => { bytes.writeUInt16BE(0x0FFF, 12 + 60); return bytes; }),
    index('with a mandatory extension', (bytes) => Buffer.concat([bytes.subarray(0, bytes.length - 20), Buffer.from('evil\0\0\0\x04abcd'), bytes.subarray(bytes.length - 20)])),
    index('with an endless extension', (bytes) => Buffer.concat([bytes.subarray(0, bytes.length - 20), Buffer.from('TREE'), Buffer.from([0xFF, 0xFF, 0xFF, 0xFF]), bytes.subarray(bytes.length - 20)])),
    index('1 GB long', (_, repository) => { truncateSync(inGit(repository, 'index'), 2 ** 30); }, { status: [0, 1, 3] }),
    index('full of paths that leave', (bytes) => Buffer.from(bytes.toString('latin1').replace('Dockerfile', '../ckerfil'), 'latin1')),
    index('full of absolute paths', (bytes) => Buffer.from(bytes.toString('latin1').replace('Dockerfile', '/etc/passw'), 'latin1')),
    index('full of .git', (bytes) => Buffer.from(bytes.toString('latin1').replace('Dockerfile', '.git/Docke'), 'latin1')),
    index('out of order', (bytes) => Buffer.from(bytes.toString('latin1').replace('Dockerfile', 'zockerfile'), 'latin1')),
    ...['index', 'HEAD', 'config', 'packed-refs', 'refs/heads/main', 'shallow', 'objects/info/alternates', 'commondir', 'info/exclude', 'config.worktree'].flatMap((name) =>
      ['a FIFO', '1 GB', 'a directory', 'a loop', '/dev/zero', 'random'].map((what) => part(name, what))),
    ...[['a FIFO', (repository) => repository.fifo('.git')], ['1 GB', (repository) => repository.sparse('.git', 2 ** 30)], ['itself', (repository) => repository.file('.git', 'gitdir: .git\n')],
      ['elsewhere', (repository) => repository.file('.git', `gitdir: ${work}\n`)], ['endless', (repository) => repository.link('.git', '/dev/zero')], ['a device', (repository) => repository.file('.git', 'gitdir: /dev/zero\n')],
      ['a loop', (repository) => repository.link('.git', '.git')], ['a dangling link', (repository) => repository.link('.git', 'nowhere')], ['shell', (repository) => repository.file('.git', `gitdir: $(${evil})\n`)],
    ].map(([what, make]) => ({ name: `.git is ${what}`, make: (repository) => { make(ordinary(repository).shell('rm -rf .git')); } })),
    ...['HEAD is a hostile branch'].map((name) => ({ name, status: [0, 3], make(repository) {
      ordinary(repository);
      writeFileSync(inGit(repository, 'HEAD'), `ref: refs/heads/$(${evil})\x1B[2J\n`);
    } })),
    ...[['an include of a FIFO', (repository) => { repository.fifo('fifo'); return `[include]\n\tpath = ${repository.root}/fifo\n`; }], ['an include of itself', () => '[include]\n\tpath = config\n'],
      ['an include of a device', () => '[include]\n\tpath = /dev/zero\n'], ['a work tree elsewhere', () => '[core]\n\tworktree = /etc\n'], ['another object format', () => '[extensions]\n\tobjectFormat = sha256\n'],
      ['excludes in a FIFO', (repository) => { repository.fifo('fifo'); return `[core]\n\texcludesFile = ${repository.root}/fifo\n`; }],
      ['attributes in a FIFO', (repository) => { repository.fifo('fifo'); return `[core]\n\tattributesFile = ${repository.root}/fifo\n`; }],
      ['an unknown format', () => '[core]\n\trepositoryformatversion = 99\n'], ['a line of 1 MB', () => `[core]\n\tx = ${'y'.repeat(1_000_000)}\n`], ['nonsense', () => '[[[[\n= \\\n'],
    ].map(([name, make]) => ({ name: `git's configuration has ${name}`, slow: gitWaits.has(name), words: ['--untracked'], make(repository) {
      ordinary(repository);
      appendFileSync(inGit(repository, 'config'), make(repository));
    } })),
    { name: 'everything at once', make(repository) {
      for (const name of ['a b', "it's", `$(${path.basename(evil)})`, '-n', 'new\nline']) repository.file(`${name}/Dockerfile`, 'FROM scratch\n');
      repository.file(Buffer.from([0xFF, 0x2F, 0x44, 0x6F, 0x63, 0x6B, 0x65, 0x72, 0x66, 0x69, 0x6C, 0x65]), 'FROM scratch\n').file('broken/Dockerfile', 'BOOM\n').file('bomb/compose.yaml', 'services: [[[[')
        .file('huge/Dockerfile', 'x').commit().sparse('huge/Dockerfile', 2 ** 30, 'FROM scratch\n').fifo('Dockerfile').link('loop', 'loop');
      repository.track('missing/Dockerfile').track('link/Dockerfile', '120000', '/etc/passwd').track('fifo/Dockerfile').shell('mkdir -p fifo; mkfifo fifo/Dockerfile');
      poisonConfig(repository, evil);
    }, status: 0 },
  ];
}
