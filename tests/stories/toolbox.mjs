/*
 * toolbox: scripted git repositories, builds of them, and what the program says.
 *
 * The rule: git and the program see a made environment and nothing else, so a story has the same commits on every machine.
 */
import { execFile, execFileSync } from 'node:child_process';
import { accessSync, appendFileSync, chmodSync, constants, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { allSteps, dependencies, parsePipeline } from '../e2e/pipeline.mjs';

export const program = path.resolve(process.env.PROGRAM ?? fileURLToPath(new URL('../../build/depot-pipeline', import.meta.url)));
accessSync(program, constants.X_OK);
const bin = fileURLToPath(new URL('bin', import.meta.url));

export const work = mkdtempSync(path.join(tmpdir(), 'stories-'));
const home = path.join(work, 'home');
mkdirSync(home);
process.on('exit', () => {
  if (!process.env.KEEP) rmSync(work, { recursive: true, force: true });
});

let made = 0;
export const place = (name) => path.join(work, `${(made += 1)}-${name}`);

/* ---- repositories ------------------------------------------------------------------------- */

const clean = { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C.UTF-8' };
const author = Object.fromEntries(['AUTHOR', 'COMMITTER'].flatMap((who) =>
  [[`GIT_${who}_NAME`, 'A'], [`GIT_${who}_EMAIL`, 'a@example.org'], [`GIT_${who}_DATE`, '2024-01-01T00:00:00Z']]));

function git(cwd, words, input) {
  const config = ['-c', 'init.defaultBranch=main', '-c', 'advice.detachedHead=false', '-c', 'protocol.file.allow=always', '-c', 'gc.auto=0'];
  return execFileSync('git', [...config, ...words], { cwd, env: { ...clean, ...author, GIT_TERMINAL_PROMPT: '0' }, encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] }).trim();
}

export class Repository {
  constructor(root) {
    this.root = root;
  }

  git(...words) {
    return git(this.root, words);
  }

  path(name) {
    return path.join(this.root, name);
  }

  /* { path: content }; null deletes; { link: TARGET }, { executable: CONTENT }. */
  write(files) {
    for (const [name, content] of Object.entries(files)) {
      const file = this.path(name);
      rmSync(file, { recursive: true, force: true });
      if (content === null) continue;
      mkdirSync(path.dirname(file), { recursive: true });
      const { link, executable } = typeof content === 'object' ? content : {};
      if (link !== undefined) symlinkSync(link, file);
      else writeFileSync(file, executable ?? content);
      if (executable !== undefined) chmodSync(file, 0o755);
    }
    return this;
  }

  append(name, text) {
    appendFileSync(this.path(name), text);
    return this;
  }

  /* Commits files, or with none an empty commit; its id. */
  commit(files = {}, message = 'work') {
    this.write(files);
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', message);
    return this.head();
  }

  head(revision = 'HEAD') {
    return this.git('rev-parse', revision);
  }

  /* Goes to the branch, which is made where it is not. */
  branch(name, start) {
    const exists = this.git('branch', '--list', name) !== '';
    this.git('checkout', '-q', ...(exists ? [name] : ['-b', name, ...(start ? [start] : [])]));
    return this;
  }

  /* Many commits that change nothing. */
  lengthen(count) {
    const branch = this.git('symbolic-ref', 'HEAD');
    const line = (n) => `commit ${branch}\ncommitter A <a@example.org> 1704067200 +0000\ndata 1\nx\n${n ? '' : `from ${this.head()}\n`}\n`;
    git(this.root, ['fast-import', '--quiet'], Array.from({ length: count }, (_, n) => line(n)).join(''));
    return this;
  }

  merge(branch) {
    this.git('merge', '-q', '--no-ff', '-m', `merge ${branch}`, branch);
    return this.head();
  }

  /* A submodule is its commit, and needs no other repository here. */
  submodule(name, commit) {
    this.git('update-index', '--add', '--cacheinfo', `160000,${commit},${name}`);
    mkdirSync(this.path(name), { recursive: true });
    return this;
  }

  get count() {
    return Number(this.git('rev-list', '--count', 'HEAD'));
  }

  get isShallow() {
    return existsSync(this.path('.git/shallow'));
  }
}

/* A repository whose first commit on main holds the files. */
export function repository(files, name = 'repository') {
  const root = place(name);
  mkdirSync(root);
  const made = new Repository(root);
  made.git('init', '-q');
  made.git('config', 'uploadpack.allowFilter', 'true');
  if (files) made.commit(files, 'first');
  return made;
}

/* By file://, as over a network: depth and filters count. */
export function clone(origin, ...options) {
  const root = place('clone');
  git(work, ['clone', '-q', ...options, `file://${origin.root}`, root]);
  return new Repository(root);
}

/* As an agent leaves it: HEAD detached at the commit that is built. */
export function checkout(origin, revision = 'HEAD', ...options) {
  const copy = clone(origin, ...options);
  copy.git('checkout', '-q', '--detach', origin.head(revision));
  return copy;
}

/* Two images and a page. */
export const shop = {
  'api/Dockerfile': 'FROM scratch\nCOPY main /\n',
  'api/main': '1\n',
  'web/Dockerfile': 'FROM scratch\nCOPY main /\n',
  'web/main': '1\n',
  'README.md': 'shop\n',
};

export const settings = (text) => ({ '.buildkite/depot-pipeline.yml': text });

/* ---- builds ------------------------------------------------------------------------------------ */

export const zero = '0'.repeat(40);

/* The variables of a job, as agents set them: those that do not apply are empty. */
export function job(repository, { branch = 'main', ...more } = {}) {
  return {
    CI: 'true', BUILDKITE: 'true', BUILDKITE_JOB_ID: '018f7a3e-9e4b-4d8e-8c1e-6b1f0f6f0a11', BUILDKITE_BUILD_NUMBER: '42',
    BUILDKITE_ORGANIZATION_SLUG: 'acme', BUILDKITE_PIPELINE_SLUG: 'shop', BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main',
    BUILDKITE_REPO: 'git@github.com:acme/shop.git', BUILDKITE_BRANCH: branch, BUILDKITE_COMMIT: repository.head(), BUILDKITE_TAG: '',
    BUILDKITE_SOURCE: 'webhook', BUILDKITE_PULL_REQUEST: 'false', BUILDKITE_PULL_REQUEST_BASE_BRANCH: '', BUILDKITE_PULL_REQUEST_REPO: '',
    BUILDKITE_REBUILT_FROM_BUILD_ID: '', ...more,
  };
}

export const pullRequest = (repository, { into = 'main', branch = 'feature', ...more } = {}) => job(repository, {
  branch, BUILDKITE_PULL_REQUEST: '12', BUILDKITE_PULL_REQUEST_BASE_BRANCH: into, BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/acme/shop.git', ...more,
});

export const fork = (repository, more) => pullRequest(repository, { branch: 'stranger:feature', BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/stranger/shop.git', ...more });

export const queue = (repository, { commit, into = 'main', ...more }) => job(repository, {
  branch: 'gh-readonly-queue/main/pr-12', BUILDKITE_MERGE_QUEUE_BASE_COMMIT: commit, BUILDKITE_MERGE_QUEUE_BASE_BRANCH: into, ...more,
});

/* The agent knows the webhook of the push. */
export function webhook(body) {
  const directory = place('meta-data');
  mkdirSync(directory);
  writeFileSync(path.join(directory, 'buildkite:webhook'), typeof body === 'string' ? body : JSON.stringify(body));
  return { STORY_META_DATA: directory };
}

export const pushed = (before, after) => webhook({ ref: 'refs/heads/main', before, after, commits: [{ id: after, message: 'work' }] });

/* ---- servers ------------------------------------------------------------------------------------- */

/* On loopback until the test ends; what it was asked is in `requests`. */
export async function serve(test, answer) {
  const requests = [];
  const server = http.createServer((request, response) => {
    requests.push({ url: request.url, headers: request.headers });
    answer(request, response);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const close = () => {
    server.close();
    server.closeAllConnections?.();
  };
  test.after(close);
  return { url: `http://127.0.0.1:${server.address().port}`, requests, close };
}

/* ---- the program ------------------------------------------------------------------------------------ */

const LIMIT = 20; /* seconds */

/* { status, stdout, stderr, seconds } */
export function run(repository, words, { env = {}, input = '', cwd = repository.root } = {}) {
  const started = process.hrtime.bigint();
  return new Promise((resolve) => {
    const child = execFile(program, words, {
      cwd, encoding: 'buffer', maxBuffer: 1 << 26, timeout: LIMIT * 1000, killSignal: 'SIGKILL',
      env: { ...clean, PATH: `${bin}:${process.env.PATH}`, TMPDIR: work, NO_COLOR: '1', ...env },
    }, (error, stdout, stderr) => resolve({
      status: error?.killed ? `killed after ${LIMIT} seconds` : error?.code ?? 0, stdout: stdout.toString(), stderr: stderr.toString(), seconds: Number(process.hrtime.bigint() - started) / 1e9,
    }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

const byName = (list) => Object.fromEntries(list.map((image) => [image.name, image]));

/* What `preview --format json` says; `built` and `affected` are names. */
export async function preview(repository, { words = [], ...options } = {}) {
  const result = await run(repository, ['preview', '--format', 'json', ...words], options);
  assert.equal(result.status, 0, result.stderr || undefined);
  const said = JSON.parse(result.stdout);
  const names = (which) => said.images.filter((image) => image[which]).map(({ name }) => name);
  return { ...said, ...result, image: byName(said.images), built: names('built'), affected: names('affected'), warnings: rules(result.stderr) };
}

/* What the messages end in: the names of rules. */
const rules = (text) => [...text.matchAll(/\[([a-z-]+)\]$/gm)].map(([, rule]) => rule);

/* The pipeline that `generate` prints, as steps by their key. */
export async function generate(repository, { words = [], ...options } = {}) {
  const result = await run(repository, ['generate', ...words], options);
  assert.equal(result.status, 0, result.stderr);
  const steps = allSteps(parsePipeline(result.stdout)).map(({ step }) => step).filter(({ command }) => command !== undefined); /* groups are none */
  return { ...result, steps, keys: steps.map(({ key }) => key), step: Object.fromEntries(steps.map((step) => [step.key, step])) };
}

export const commandOf = (step) => [step.command].flat().join('\n');
export const dependsOn = (step) => dependencies(step).map(({ step: key }) => key);

/* { rung, built, and what else is asked: warnings, everything, sentence, remedy } */
export function expectChange(said, { rung, built, warnings = [], sentence, remedy, everything = false }) {
  const got = { rung: said.change.rung, everything: said.change.everything, built: said.built, warnings: said.warnings };
  assert.deepEqual(got, { rung, everything, built, warnings }, `${said.change.sentence}\n${said.stderr}`);
  if (sentence) assert.match(said.change.sentence, sentence);
  if (remedy) assert.match(said.change.remedy ?? '', remedy);
  else assert.equal(said.change.remedy, null);
}

/* --base HEAD~1, and what is built and why: { name: rule }. */
export async function expectBuilt(repository, wanted, { words = [], ...options } = {}) {
  const said = await preview(repository, { words: ['--base', 'HEAD~1', ...words], ...options });
  const got = Object.fromEntries(said.images.filter(({ built }) => built).map(({ name, why }) => [name, why.rule]));
  assert.deepEqual(got, wanted, said.images.map(({ name, why }) => `${name}: ${why?.sentence}`).join('\n') + said.stderr);
  return said;
}
