/*
 * truth: what an image is made of at a commit, said by BuildKit and git.
 *
 *   const truth = openTruth(reference, cacheFile)
 *   await truth.read(side, commit, tree, preview)  →  Map: name of an image → { digest } or { apart: why it cannot be judged }
 *   await truth.list(side, commit, image)          →  Map: each thing that makes the image what it is → its state
 *   truth.close()
 *
 * A digest is over how the image is built (as the preview of that tree says), the Dockerfile's bytes, and path, mode and content of
 * every tracked file that the build reads. Which files these are is said by `reference`, made of
 * ../conformance/reference/context.go: BuildKit's frontend, then the filtered walk of the checkout. Our reader of inputs has no
 * part in it. A submodule is one thing; it counts where its directory is read, or what is asked for lies in it.
 *
 * Answers are kept in `cacheFile` by tree and build.
 */
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { readArguments } from './arguments.mjs';
import { readTracked } from './history.mjs';

const FORM = 2; // of what is kept: another one when digests are made in another way

const hash = (...texts) => {
  const all = createHash('sha256');
  for (const text of texts) all.update(text).update('\0');
  return all.digest('hex');
};

// The reference takes and gives bytes, one character up to U+00FF each.
const characters = (text) => Buffer.from(text).toString('latin1');

/* Answers of the reference to requests about one checkout. */
function ask(reference, repository, requests) {
  return new Promise((resolve, reject) => {
    const program = spawn(reference, { stdio: ['pipe', 'pipe', 'pipe'] });
    const [output, talk] = [[], []];
    program.stdout.on('data', (data) => output.push(data));
    program.stderr.on('data', (data) => talk.push(data));
    program.on('error', reject);
    program.on('close', (status) => {
      if (status !== 0) return reject(new Error(`the reference broke in ${repository}: ${Buffer.concat(talk)}`));
      return resolve(splitLines(Buffer.concat(output)).slice(1).map((line) => JSON.parse(line)));
    });
    program.stdin.on('error', () => {}); // it ended early, which its status tells
    program.stdin.end([{ repository: characters(repository) }, ...requests].map((request) => `${JSON.stringify(request)}\n`).join(''));
  });
}

/* The answers of a large repository together are longer than a string can be. */
function* lines(buffer) {
  for (let start = 0, end; start < buffer.length; start = end + 1) {
    end = buffer.indexOf('\n', start);
    if (end < 0) end = buffer.length;
    yield buffer.toString('utf8', start, end);
  }
}
const splitLines = (buffer) => [...lines(buffer)];

function whyApart(image) {
  if (image.broken) return 'ours is broken';
  if (image.dockerfile === null) return 'no Dockerfile of its own, or a remote context';
  if (/:\/\/|^git@|^github\.com\//.test(image.context.path)) return 'a remote context';
  if (image.contexts?.length > 0) return 'named contexts';
  return null;
}

/* Where the context is, which may be behind a link. */
function resolveContext(side, image) {
  const root = fs.realpathSync(side.directory);
  const directory = path.join(root, image.context.path);
  const inside = path.relative(root, fs.existsSync(directory) ? fs.realpathSync(directory) : directory);
  return inside === '' ? '.' : inside.startsWith('../') || inside === '..' ? image.context.path : inside;
}

function describe(side, image) {
  const { known, spelled } = readArguments(side.directory, image);
  const context = characters(resolveContext(side, image));
  return {
    requests: image.platforms.map((platform) => ({
      dockerfile: characters(image.dockerfile), context, target: image.target ?? '', args: known, platform,
    })),
    definition: JSON.stringify([image.dockerfile, image.context.path, image.target, spelled, image.platforms]),
  };
}

/*
 * What is to be asked again of a build that is refused: the same with a stand-in for each argument that only the step's environment
 * gives to the name of an image to start from. Which image that is does not matter here.
 */
function withStandIns(requests, dockerfile) {
  const names = dockerfile.match(/^[ \t]*FROM[ \t].*$/gim)?.flatMap((one) => [...one.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name)) ?? [];
  const args = {};
  for (const name of names) if (!new RegExp(`^[ \\t]*ARG[ \\t].*\\b${name}=["']?[^"'\\s]`, 'im').test(dockerfile)) args[name] = 'stand-in';
  return requests.map((request) => ({ ...request, args: { ...args, ...request.args } }));
}

/* What is read of the files that git tracks: path → state. `answers`: one for each platform. */
function readFiles(answers, tracked) {
  const files = new Map();
  for (const { sent, unread, missing } of answers) {
    const left = new Set(unread);
    for (const one of sent ?? []) if (tracked.has(one) && !left.has(one)) files.set(one, tracked.get(one));
    for (const [one, state] of missing ? tracked.submodules : []) {
      if (missing.some((asked) => asked.startsWith(`${one}/`))) files.set(one, state);
    }
  }
  return files;
}

async function openTracked(side, commit) {
  const tracked = await readTracked(side.directory, commit);
  tracked.submodules = [...tracked].filter(([, state]) => state.startsWith('160000'));
  return tracked;
}

/* Of two trees with the same files in contexts of other names a build makes the same. */
const inContext = (name, context) => (context === '.' ? name : name.slice(context.length + 1));

function summarize(answers, tracked, { directory, context }) {
  const refused = answers.find(({ error }) => error);
  if (refused) return { error: refused.error.replace(`${directory}/`, '') };
  const files = [...readFiles(answers, tracked)].map(([name, state]) => `${inContext(name, context)}\0${state}`).sort();
  return { files: files.length, digest: hash(...files) };
}

function openCache(file) {
  const known = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  let isNew = false;
  return {
    get: (key) => known[key],
    set: (key, value) => {
      known[key] = value;
      isNew = true;
    },
    close: () => {
      if (!isNew) return;
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(known));
      fs.renameSync(`${file}.${process.pid}`, file);
      isNew = false;
    },
  };
}

/* Nothing where there is none: the reference says so too. */
function dockerfileText(side, image) {
  const file = path.join(side.directory, image.dockerfile);
  return fs.existsSync(file) ? fs.readFileSync(file) : Buffer.alloc(0);
}

export function openTruth(reference, cacheFile) {
  const cache = openCache(cacheFile);

  /* Answers to lists of requests, one list for each build. */
  async function askAll(side, builds) {
    const answer = async (lists) => {
      const answers = await ask(reference, side.directory, lists.flat());
      return lists.map(({ length }) => answers.splice(0, length));
    };
    const found = await answer(builds.map(({ requests }) => requests));
    const refused = builds.map((_, i) => i).filter((i) => found[i].some(({ error }) => error));
    if (refused.length > 0) {
      const again = await answer(refused.map((i) => withStandIns(builds[i].requests, dockerfileText(side, builds[i].image).toString())));
      refused.forEach((i, at) => { found[i] = again[at]; });
    }
    return found;
  }

  async function read(side, commit, tree, preview) {
    const images = preview.images.map((image) => {
      const apart = whyApart(image);
      if (apart) return { image, apart };
      const described = describe(side, image);
      return { image, ...described, key: hash(`${FORM}`, path.basename(reference), tree, JSON.stringify(described.requests)) };
    });
    const unknown = images.filter(({ apart, key }) => !apart && cache.get(key) === undefined);
    if (unknown.length > 0) {
      const tracked = await openTracked(side, commit);
      const answers = await askAll(side, unknown);
      unknown.forEach(({ key, requests: [{ context }] }, i) => {
        cache.set(key, summarize(answers[i], tracked, { directory: side.directory, context }));
      });
    }
    return new Map(images.map(({ image, apart, definition, key }) => {
      if (apart) return [image.name, { apart }];
      const { error, digest, files } = cache.get(key);
      if (error) return [image.name, { apart: 'the reference refuses', error }];
      return [image.name, { files, digest: hash(definition, dockerfileText(side, image), digest) }];
    }));
  }

  /** The same not as a digest, for people. */
  async function list(side, commit, image) {
    const { requests, definition } = describe(side, image);
    const [answers] = await askAll(side, [{ image, requests }]);
    const files = readFiles(answers, await openTracked(side, commit));
    return new Map([['(how it is built)', definition], ['(its Dockerfile)', hash(dockerfileText(side, image))], ...files]);
  }

  return { read, list, close: cache.close };
}

/** The entries in which two lists differ, with "+" where the second has more, "-" less, "~" another. */
export function difference(before, after) {
  const names = [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));
  return names.sort().map((name) => `${!before.has(name) ? '+' : !after.has(name) ? '-' : '~'}${name}`);
}
