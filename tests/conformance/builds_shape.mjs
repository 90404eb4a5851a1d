/*
 * builds_shape: one build in one shape, whoever says it.
 *
 *   fromCall(call, checkout)          what a recorded `depot build` or `depot bake` builds  →  { shape, targets }
 *   fromCompose(target, root)         a target of `docker compose build --print`            →  shape
 *   differences(theirs, ours)         →  [{ kind, theirs, ours }], one for each field
 *
 * Fields that say nothing are left out. Paths are relative to the root of the repository, which is where a step runs.
 * An option or key that is not known here throws: what is not compared would be a hole.
 */
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const isRemote = (text) => text.includes('://') || /^(git@|github\.com\/|target:|service:)/.test(text);

/**
 * Relative to the root; absolute where that leads outside. Ours run where `root` is, compose read the files in `checkout`:
 * an absolute path of ours stays one, for it would be nowhere when the step runs.
 */
function below(file, { root, checkout }, from = root) {
  if (isRemote(file)) return file;
  if (checkout !== undefined && path.isAbsolute(file)) return path.normalize(file);
  const found = path.relative(root, path.resolve(from, file)) || '.';
  return found === '..' || found.startsWith('../') ? path.resolve(checkout ?? root, found) : found;
}

const unique = (list) => [...new Set(list)];
const sorted = (list) => unique(list).sort();

/** Empty lists, empty mappings and `undefined` go. */
function kept(shape) {
  const says = (value) => value !== undefined && value !== false && (typeof value !== 'object' || Object.keys(value).length > 0);
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => says(value)));
}

const units = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** "64m", "64mb", "1.5 GiB" or a number: as many bytes. */
export function bytesOf(text) {
  const match = /^([0-9.]+)\s*([bkmgt]?)(i?b)?$/i.exec(text);
  if (!match) throw new Error(`no size: ${text}`);
  return Math.floor(Number(match[1]) * units[(match[2] || 'b').toLowerCase()]);
}

const cut = (text, separator) => {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
};

/** The fields of a comma-separated option, as encoding/csv reads one line. */
export function fieldsOf(line) {
  const fields = [];
  for (let rest = line; ;) {
    const match = /^"((?:[^"]|"")*)"(,|$)/s.exec(rest) ?? /^([^",]*)(,|$)/s.exec(rest);
    if (!match) throw new Error(`no comma-separated fields: ${line}`);
    fields.push(match[0].startsWith('"') ? match[1].replaceAll('""', '"') : match[1]);
    if (match[2] === '') return fields;
    rest = rest.slice(match[0].length);
  }
}

function secretOf(option, where) {
  const { id, src, env, ...rest } = Object.fromEntries(fieldsOf(option).map((field) => cut(field, '=')));
  if (Object.keys(rest).length) throw new Error(`a secret with more: ${option}`);
  return [id, src === undefined ? `variable ${env}` : `file ${below(src, where)}`];
}

function sshOf(option, where) {
  const [id, files] = cut(option, '=');
  return files ? `${id}=${files.split(',').map((file) => below(file, where)).join(',')}` : id;
}

// --- ours ---

/** NAME=value; NAME alone is what the environment of the call has, or nothing. */
function addArgument(args, word, environment) {
  const [name, value] = cut(word, '=');
  const given = value ?? environment[name];
  if (given !== undefined) args[name] = given;
}

function addPair(pairs, word, change = (same) => same) {
  const [name, value] = cut(word, '=');
  if (value === undefined) throw new Error(`no value: ${word}`);
  pairs[name] = change(value);
}

const attestation = (type, value) => (value === 'true' ? `type=${type}` : value === 'false' ? `type=${type},disabled=true` : `type=${type},${value}`);

const newBuild = () => ({ args: {}, labels: {}, contexts: {}, platforms: [], cacheFrom: [], cacheTo: [], secrets: {}, ssh: [], hosts: [], ulimits: [], entitlements: [], attest: [], noCacheFilter: [], tags: [] });

/* What each option says; `where` is { root, checkout, environment }. */
const options = {
  '--file': (build, value) => { build.file = value; },
  '--target': (build, value) => { build.target = value; },
  '--platform': (build, value) => { build.platforms.push(...value.split(',')); },
  '--build-arg': (build, value, { environment }) => addArgument(build.args, value, environment),
  '--label': (build, value) => addPair(build.labels, value),
  '--build-context': (build, value, where) => addPair(build.contexts, value, (one) => below(one, where)),
  '--cache-from': (build, value) => { build.cacheFrom.push(value); },
  '--cache-to': (build, value) => { build.cacheTo.push(value); },
  '--secret': (build, value, where) => { const [id, source] = secretOf(value, where); build.secrets[id] = source; },
  '--ssh': (build, value, where) => { build.ssh.push(sshOf(value, where)); },
  '--add-host': (build, value) => { const [name, address] = cut(value, ':'); build.hosts.push(`${name}=${address}`); },
  '--network': (build, value) => { build.network = value; },
  '--shm-size': (build, value) => { build.shm = bytesOf(value); },
  '--ulimit': (build, value) => { build.ulimits.push(value); },
  '--allow': (build, value) => { build.entitlements.push(value); },
  '--attest': (build, value) => { build.attest.push(value); },
  '--provenance': (build, value) => { build.attest.push(attestation('provenance', value)); },
  '--sbom': (build, value) => { build.attest.push(attestation('sbom', value)); },
  '--no-cache-filter': (build, value) => { build.noCacheFilter.push(value); },
  '--tag': (build, value) => { build.tags.push(value); },
};
const flags = {
  '--no-cache': (build) => { build.noCache = true; },
  '--pull': (build) => { build.pull = true; },
  '--push': (build) => { build.push = true; },
};
const silent = ['--project', '--progress', '--metadata-file'];

function finish(build, where, { context, fileIsFromContext, stdin, own }) {
  const { file, ...rest } = build;
  const { root, link } = where;
  const isLocal = !isRemote(context);
  const folder = link ? path.relative(root, link) || '.' : below(context, where);
  const shape = { ...rest, context: folder };
  if (file === '-') shape.inline = stdin;
  else if (own !== undefined) shape.inline = own;
  else if (!isLocal) shape.dockerfile = file ?? 'Dockerfile';
  else if (file === undefined) shape.dockerfile = path.join(folder, 'Dockerfile');
  else shape.dockerfile = below(file, where, fileIsFromContext ? path.resolve(root, folder) : root);
  return normal(shape);
}

function normal(shape) {
  const lists = Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, Array.isArray(value) ? (/^cache/.test(name) ? unique(value) : sorted(value)) : value]));
  if (lists.network === 'host') lists.entitlements = (lists.entitlements ?? []).filter((one) => one !== 'network.host'); // it goes without saying
  return kept(lists);
}

function readBuild(words, where, stdin, own) {
  const build = newBuild();
  const places = [];
  for (const rest = [...words]; rest.length;) {
    const word = rest.shift();
    if (options[word]) options[word](build, rest.shift(), where);
    else if (flags[word]) flags[word](build);
    else if (silent.includes(word)) rest.shift();
    else if (word.startsWith('-') && word !== '-') throw new Error(`unknown option of 'depot build': ${word}`);
    else places.push(word);
  }
  if (places.length !== 1) throw new Error(`'depot build' with ${places.length} contexts: ${places.join(' ')}`);
  return finish(build, where, { context: places[0], stdin, own });
}

/* Keys of `--set`, in words of `depot build`. */
const keys = {
  dockerfile: '--file', target: '--target', platform: '--platform', args: '--build-arg', labels: '--label', contexts: '--build-context',
  'cache-from': '--cache-from', 'cache-to': '--cache-to', secrets: '--secret', ssh: '--ssh', network: '--network', 'shm-size': '--shm-size',
  tags: '--tag', attest: '--attest', 'no-cache-filter': '--no-cache-filter',
};

function set(targets, text, where) {
  const [before, value] = cut(text, '=');
  const [name, key, ...inner] = before.split('.');
  const target = targets[name];
  if (!target) throw new Error(`--set of a target that is not there: ${text}`);
  if (key === 'context') target.context = value;
  else if (['no-cache', 'pull', 'push'].includes(key)) flags[`--${key}`](target.build);
  else if (!keys[key]) throw new Error(`unknown key of --set: ${text}`);
  else if (!['args', 'labels', 'contexts'].includes(key)) options[keys[key]](target.build, value, where);
  else options[keys[key]](target.build, value === undefined ? inner.join('.') : `${inner.join('.')}=${value}`, where);
}

function readBake(words, where, own) {
  const targets = Object.fromEntries(Object.keys(JSON.parse(own).target).map((name) => [name, { build: newBuild(), context: '.' }]));
  const wanted = [];
  let pushes = false;
  for (const rest = [...words]; rest.length;) {
    const word = rest.shift();
    if (word === '--set') set(targets, rest.shift(), where);
    else if (word === '--push') pushes = true;
    else if (word === '--file') rest.shift();
    else if (silent.includes(word)) rest.shift();
    else if (word.startsWith('-')) throw new Error(`unknown option of 'depot bake': ${word}`);
    else wanted.push(word);
  }
  if (wanted.length !== 1 || !targets[wanted[0]]) throw new Error(`'depot bake' of ${wanted.join(' ') || 'nothing'}`);
  if (pushes) targets[wanted[0]].build.push = true;
  const shapes = Object.fromEntries(Object.entries(targets).map(([name, { build, context }]) =>
    [name, finish(build, { ...where, link: undefined }, { context, fileIsFromContext: true })]));
  return { shape: shapes[wanted[0]], targets: shapes };
}

/**
 * `call` is { argv, cwd, stdin, files, environment }; files.read is the file of the step's own that it reads, files.link
 * where a context leads that is a symbolic link of the step's own.
 */
export function fromCall({ argv: [verb, ...words], cwd, stdin = '', files = {}, environment }, checkout) {
  const where = { root: cwd, checkout, environment, link: files.link?.trimEnd() };
  if (verb === 'build') return { shape: readBuild(words, where, stdin, files.read), targets: {} };
  if (verb === 'bake') return readBake(words, where, files.read);
  throw new Error(`a call of 'depot ${verb}'`);
}

// --- compose's ---

const composeLabel = 'com.docker.compose.';

/** Compose writes secrets without quotes: "id=s,type=file,src=/a,b". */
function composeSecret(text, where) {
  const [, id, kind, source] = /^id=(.*),type=(?:file|env),(src|env)=(.*)$/s.exec(text) ?? [];
  if (id === undefined) throw new Error(`a secret of compose: ${text}`);
  return [id, kind === 'env' ? `variable ${source}` : `file ${below(source, where)}`];
}

/** What bake would read as a template is escaped in arguments, and there alone. */
const unescaped = (args) => Object.fromEntries(Object.entries(args ?? {}).map(([name, value]) => [name, value.replaceAll('$${', '${')]));

function composeTags({ tags = [], labels = {} }) {
  const own = `${labels[`${composeLabel}project`]}-${labels[`${composeLabel}service`]}`;
  return tags.filter((tag) => tag !== own);
}

const composeKeys = ['context', 'contexts', 'dockerfile', 'dockerfile-inline', 'args', 'labels', 'tags', 'cache-from', 'cache-to', 'secret', 'ssh', 'platforms',
  'target', 'pull', 'no-cache', 'network', 'shm-size', 'ulimits', 'entitlements', 'extra-hosts', 'output', 'attest'];

export function fromCompose(target, root) {
  const unknown = Object.keys(target).find((key) => !composeKeys.includes(key));
  if (unknown) throw new Error(`docker compose says '${unknown}' of a build, which is not compared`);
  const mapped = (object, change) => Object.fromEntries(Object.entries(object ?? {}).map(([name, value]) => [name, change(value)]));
  const where = { root };
  const file = isRemote(target.context) ? target.dockerfile : below(target.dockerfile ?? '', where);
  return normal({
    context: below(target.context, where),
    dockerfile: target['dockerfile-inline'] === undefined ? file : undefined,
    inline: target['dockerfile-inline'],
    target: target.target,
    args: unescaped(target.args),
    labels: Object.fromEntries(Object.entries(target.labels ?? {}).filter(([name]) => !name.startsWith(composeLabel))),
    contexts: mapped(target.contexts, (value) => (path.isAbsolute(value) ? below(value, where) : value)),
    platforms: target.platforms?.length ? target.platforms : ['linux/amd64'], // our default
    cacheFrom: target['cache-from'] ?? [],
    cacheTo: target['cache-to'] ?? [],
    secrets: Object.fromEntries((target.secret ?? []).map((one) => composeSecret(one, where))),
    ssh: (target.ssh ?? []).map((one) => sshOf(one, where)),
    hosts: Object.entries(target['extra-hosts'] ?? {}).flatMap(([name, addresses]) => addresses.split(',').map((address) => `${name}=${address}`)),
    network: target.network,
    shm: target['shm-size'] && bytesOf(target['shm-size']),
    ulimits: target.ulimits ?? [],
    entitlements: target.entitlements ?? [],
    attest: target.attest ?? [],
    noCache: target['no-cache'],
    pull: target.pull,
    tags: composeTags(target),
  });
}

// --- both ---

export function differences(theirs, ours) {
  const fields = unique([...Object.keys(theirs), ...Object.keys(ours)]).sort();
  return fields.filter((field) => !isDeepStrictEqual(theirs[field], ours[field])).map((kind) => ({ kind, theirs: theirs[kind], ours: ours[kind] }));
}
