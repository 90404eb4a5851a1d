/*
 * compose_tools: what docker buildx, docker compose and Depot's CLI make of compose files, in one shape.
 *
 *   const tools = await openTools(references, report, part)   →  [{ name, ask }], those that are here
 *   await tools[i].ask({ root, home, request, environment })  →  { error, targets, group, text }; null: it cannot be asked this
 *   readRequest(root, words)                                  →  the words behind `inspect`, as { files, directory, … }
 *
 * The shape is that of `docker buildx bake --print`. Depot's differs from it by what its older copy of the code prints
 * and drops; compose's by absolute paths, by text where bake has objects, and by what compose adds for its own use.
 * Nothing here needs an engine or a network.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/* The versions that the cases were written beside: others differ where they do, and would fail cases. */
const versions = { 'docker-buildx': /v?0\.29\./, 'docker-compose': /2\.40\./, depot: /2\.102\./ };

/* What Depot's bake has no place for (it has flags of `depot build` for each). */
const unknownToDepot = ['shm-size', 'ulimits', 'extra-hosts', 'entitlements', 'pull', 'no-cache'];

export const run = (program, words, options) => new Promise((resolve) => {
  execFile(program, words, { maxBuffer: 1 << 28, timeout: 60000, ...options }, (failure, output, talk) => {
    resolve({ status: failure ? failure.code ?? failure.signal ?? 255 : 0, output, talk });
  });
});

/** Options and files of `inspect`, and the project directory they mean. */
export function readRequest(root, words) {
  const request = { files: [], profiles: [], environmentFiles: [], directory: null };
  const options = { '--profile': request.profiles, '--env-file': request.environmentFiles };
  for (const rest = [...words]; rest.length;) {
    const word = rest.shift();
    if (word === '--project-directory') request.directory = path.resolve(root, rest.shift());
    else if (options[word]) options[word].push(rest.shift());
    else if (word.startsWith('-')) throw new Error(`unknown option of a case: ${word}`);
    else request.files.push(path.resolve(root, word));
  }
  request.isGiven = request.directory !== null;
  request.directory ??= path.dirname(request.files[0]);
  request.hasBakeFiles = request.files.some((file) => /\.(hcl|json)$/.test(file));
  return request;
}

/** Names of the machine out of a text: the checkout is /case/checkout, the home /home. */
export const neutral = (text, { root, home }) => text.replaceAll(path.dirname(root), '/case').replaceAll(home, '/home');

/** A refusal. What was killed, or could not be started, has not answered. */
function failed(status, talk, where) {
  if (typeof status !== 'number') throw new Error(`a tool did not answer: ${status} ${talk}`);
  return { error: neutral(talk, where), targets: null };
}

function readOutput(output, where) {
  const text = neutral(output, where);
  const { group, target } = JSON.parse(text);
  return { error: null, targets: target ?? {}, group, text };
}

// --- buildx ---

const fileWords = ({ files, directory }) => files.flatMap((file) => ['-f', path.relative(directory, file)]);
const isForBake = ({ profiles, environmentFiles }) => !profiles.length && !environmentFiles.length;

async function askBuildx(program, { request, environment, ...where }) {
  if (!isForBake(request)) return null;
  const words = ['bake', '--progress=quiet', '--print', ...fileWords(request)];
  const { status, output, talk } = await run(program, words, { cwd: request.directory, env: environment });
  return status === 0 ? readOutput(output, where) : failed(status, talk, where);
}

// --- depot ---

const depotVariables = { DEPOT_TOKEN: 'x', DEPOT_PROJECT_ID: 'x', DEPOT_NO_UPDATE_NOTIFIER: '1', DEPOT_DISABLE_OTEL: '1' };

const without = (object, names) => Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
const mapValues = (object, change) => Object.fromEntries(Object.entries(object ?? {}).map(([name, value]) => [name, change(value)]));

/** It prints an empty network where there is none. */
const fromDepot = (target) => without(target, [...unknownToDepot, ...(target.network === '' ? ['network'] : [])]);

/** A target of buildx's shape, as Depot prints it: `$${` and `%%{` of HCL are not escaped; here paths are cleaned on both sides. */
export function asDepot(target) {
  const text = JSON.stringify(without(target, unknownToDepot)).replaceAll('$${', '${').replaceAll('%%{', '%{');
  const out = JSON.parse(text);
  if (out.context && !out.context.includes(':')) out.context = path.normalize(out.context);
  return out;
}

async function askDepot(program, { request, environment, ...where }) {
  if (!isForBake(request)) return null;
  const words = ['bake', '--print', ...fileWords(request)];
  const { status, output, talk } = await run(program, words, { cwd: request.directory, env: { ...environment, ...depotVariables } });
  if (status !== 0 && /could not find any target matching '\*'/.test(talk)) return { error: null, targets: {}, group: null, text: '' };
  if (status !== 0) return failed(status, talk, where);
  const answer = readOutput(output, where);
  return { ...answer, targets: mapValues(answer.targets, fromDepot) };
}

// --- compose ---

/** "a=1,b=2" to { a: "1", b: "2" }; a text without "=" is the name of an image. */
function fromPairs(text) {
  if (!text.includes('=')) return { ref: text, type: 'registry' };
  return Object.fromEntries(text.split(',').map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]));
}

const relative = (file, from) => (`${file}/`.startsWith('/case/') ? path.relative(from, file) || '.' : file);

/** As go-units writes a number of bytes: four digits and a unit. */
function humanSize(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Number((bytes / 1024 ** power).toPrecision(4))}${units[power]}`;
}

const composeFields = {
  context: (value, { directory }) => relative(value, directory),
  contexts: (value, { directory }) => mapValues(value, (one) => relative(one, directory)),
  dockerfile: (value, { context = '' }) => {
    const folder = `${path.normalize(context)}/`;
    return value.startsWith(folder) ? value.slice(folder.length) : relative(value, context);
  },
  'shm-size': (value) => humanSize(Number(value)),
  'cache-from': (value) => value.map(fromPairs),
  'cache-to': (value) => value.map(fromPairs),
  secret: (value, { directory }) => value.map(fromPairs).map(({ type, ...secret }) => ({ ...secret, ...(secret.src && { src: relative(secret.src, directory) }) })),
  ssh: (value, { directory }) => value.map((one) => {
    const [id, file] = one.split('=');
    return file ? { id, paths: file.split(',').map((each) => relative(each, directory)) } : { id };
  }),
  attest: (value) => value.map(fromPairs),
};

/** What compose adds for itself goes: its labels, its output, the tag of a service that names no image. */
function fromCompose(target, directory) {
  const out = { context: '.' };
  const labels = target.labels ?? {};
  const ownTag = `${labels['com.docker.compose.project']}-${labels['com.docker.compose.service']}`;
  for (const [name, value] of Object.entries(without(target, ['output', 'labels', 'tags']))) {
    const change = composeFields[name] ?? ((same) => same);
    out[name] = change(value, { directory, context: target.context });
  }
  if (!out.dockerfile) out.dockerfile = 'Dockerfile';
  const kept = without(labels, Object.keys(labels).filter((name) => name.startsWith('com.docker.compose.')));
  if (Object.keys(kept).length) out.labels = kept;
  const tags = (target.tags ?? []).filter((tag) => tag !== ownTag);
  if (tags.length) out.tags = tags;
  return out;
}

const inOrder = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
const unrepeated = (list) => list && [...new Set(list.map((one) => JSON.stringify(typeof one === 'string' ? one : inOrder(one))))];
const sorted = (list) => unrepeated(list)?.sort();

/**
 * A target of buildx's shape in the terms of both: compose leaves it to bake to drop repeats, to join the context and
 * the Dockerfile, and to see that a network of the host needs an entitlement; it escapes one of HCL's two templates.
 */
export function asCompose(target) {
  const out = JSON.parse(JSON.stringify(target).replaceAll('%%{', '%{'));
  for (const name of ['tags', 'platforms', 'cache-from', 'cache-to', 'secret']) if (out[name]) out[name] = unrepeated(out[name]);
  for (const name of ['attest', 'ssh', 'ulimits', 'entitlements']) if (out[name]) out[name] = sorted(out[name]);
  if (out.dockerfile) out.dockerfile = path.normalize(out.dockerfile);
  if (out.network === 'host') out.entitlements = out.entitlements?.filter((one) => one !== '"network.host"');
  if (!out.entitlements?.length) delete out.entitlements;
  return out;
}

async function askCompose(program, { request, environment, ...where }) {
  if (request.hasBakeFiles) return null;
  const words = request.files.flatMap((file) => ['-f', file]);
  if (request.isGiven) words.push('--project-directory', request.directory);
  for (const file of request.environmentFiles) words.push('--env-file', file);
  for (const profile of request.profiles.length ? request.profiles : ['*']) words.push('--profile', profile);
  const { status, output, talk } = await run(program, [...words, 'build', '--print'], { cwd: where.root, env: environment });
  if (status !== 0) return failed(status, talk, where);
  if (!output.trim()) return { error: null, targets: {}, group: null, text: '' };
  const answer = readOutput(output, where);
  const directory = neutral(request.directory, where);
  return { ...answer, targets: mapValues(answer.targets, (target) => fromCompose(target, directory)) };
}

// --- all ---

const answers = fileURLToPath(new URL('../../build/conformance/answers', import.meta.url));

/** What a tool has said once it need not be asked again: `asked` names all that its answer depends on. */
export async function remember(asked, ask) {
  const file = path.join(answers, `${createHash('sha256').update(JSON.stringify(asked)).digest('hex')}.json`);
  if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8'));
  const answer = await ask();
  fs.mkdirSync(answers, { recursive: true });
  fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(answer));
  fs.renameSync(`${file}.${process.pid}`, file);
  return answer;
}

const asSame = (target) => target;
const kinds = [
  { name: 'buildx', program: 'docker-buildx', asks: askBuildx, as: asSame },
  { name: 'depot', program: 'depot', asks: askDepot, as: asDepot },
  { name: 'compose', program: 'docker-compose', asks: askCompose, as: asCompose },
];

export async function openTools(references, report, part) {
  const tools = [];
  for (const { name, program, asks, as } of kinds) {
    const file = references.tool(program);
    const said = file && (await run(file, ['version'], { env: { ...process.env, ...depotVariables } })).output;
    if (!file) report.skip(part, `${program}: not here; tests/conformance/get-tools gets it from Debian`);
    else if (!versions[program].test(said)) report.skip(part, `${program}: the cases were not written beside ${said.trim().split('\n')[0]}`);
    else tools.push({ name, version: said, as, ask: (question) => asks(file, question) });
  }
  return tools;
}
