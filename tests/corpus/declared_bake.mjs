/*
 * declared_bake: the targets of docker-bake.json and docker-bake.hcl.
 *
 * The HCL is read by patterns, not parsed: literal strings, `${X}` of variables with a literal default, and
 * `inherits`. What is computed otherwise (functions, matrix) has no value here. Paths count from where bake is
 * run: the file's directory, else the top of the repository.
 */
import path from 'node:path';

export const isBakeName = (name) => /^docker-bake(\.[^/]+)?\.(hcl|json)$/i.test(name);

export function readBake(file, readFile) {
  const text = readFile(file) ?? '';
  const { targets, variables } = file.endsWith('.json') ? readJson(text) : readHcl(text);
  const bases = [...new Set([path.posix.dirname(file), '.'])];
  const inherited = new Set([...targets.values()].flatMap(({ inherits }) => inherits));
  return [...targets.keys()].filter((name) => isBuilt(name, targets.get(name), inherited)).flatMap((name) => {
    const target = { context: '.', dockerfile: 'Dockerfile', ...withInherited(targets, name) };
    if (target.isInline) return [];
    return [{ context: literal(target.context, variables), dockerfile: literal(target.dockerfile, variables), bases, from: `${file}: ${name}` }];
  });
}

/* A target that is only a part of others declares no build by saying nothing of a Dockerfile. */
const isBuilt = (name, { context, dockerfile }, inherited) =>
  !name.startsWith('_') && (!inherited.has(name) || context !== undefined || dockerfile !== undefined);

function withInherited(targets, name, depth = 0) {
  const own = targets.get(name);
  if (!own || depth > 16) return {};
  const parts = [...own.inherits.map((other) => withInherited(targets, other, depth + 1)), own];
  return Object.assign({}, ...parts.map((part) => Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined))));
}

function readJson(text) {
  const { target = {}, variable = {} } = JSON.parse(text);
  const targets = new Map(Object.entries(target).map(([name, value]) => [name, {
    context: value.context, dockerfile: value.dockerfile, isInline: value['dockerfile-inline'] !== undefined || undefined, inherits: [value.inherits ?? []].flat(),
  }]));
  return { targets, variables: new Map(Object.entries(variable).map(([name, value]) => [name, value?.default])) };
}

function readHcl(text) {
  const bare = withoutComments(text);
  const targets = new Map(blocks(bare, 'target').map(([name, body]) => {
    const flat = withoutNested(body);
    const inherits = [...(/\binherits\s*=\s*\[([^\]]*)\]/.exec(body)?.[1] ?? '').matchAll(/"([^"]*)"/g)].map((match) => match[1]);
    const isInline = /^\s*dockerfile-inline\s*=/m.test(flat) || undefined;
    return [name, { context: attribute(flat, 'context'), dockerfile: attribute(flat, 'dockerfile'), isInline, inherits }];
  }));
  const variables = new Map(blocks(bare, 'variable').map(([name, body]) => [name, attribute(body, 'default')]));
  return { targets, variables };
}

const withoutComments = (text) => text.replace(/"(?:[^"\\\n]|\\.)*"|\/\*[^]*?\*\/|(?:#|\/\/).*/g, (part) => (part.startsWith('"') ? part : ''));

/* [name, body] of every `kind "name" { body }`. */
function blocks(text, kind) {
  const found = [];
  for (const match of text.matchAll(new RegExp(`^\\s*${kind}\\s+"([^"]+)"\\s*\\{`, 'gm'))) {
    const start = match.index + match[0].length;
    found.push([match[1], text.slice(start, closing(text, start))]);
  }
  return found;
}

function closing(text, start) {
  let depth = 1;
  for (const part of text.slice(start).matchAll(/"(?:[^"\\\n]|\\.)*"|[{}]/g)) {
    if (part[0] === '{') depth += 1;
    if (part[0] === '}') depth -= 1;
    if (depth === 0) return start + part.index;
  }
  return text.length;
}

const withoutNested = (body) => {
  let flat = body;
  for (let before; before !== flat;) {
    before = flat;
    flat = flat.replace(/(=\s*)(?:\{[^{}]*\}|\[[^[\]]*\])/g, '$1null');
  }
  return flat;
};

/* A literal string; `\0` where there is a value of another kind, which `literal` turns into none. */
function attribute(body, name) {
  const match = new RegExp(`^\\s*"?${name}"?\\s*=\\s*(?:"((?:[^"\\\\\\n]|\\\\.)*)"\\s*$|(\\S))`, 'm').exec(body);
  return match ? match[1] ?? '\0' : undefined;
}

function literal(text, variables) {
  const result = text.replace(/\$\{\s*(\w+)\s*\}/g, (all, name) => variables.get(name) ?? '\0');
  return /\0|\$\{/.test(result) ? undefined : result;
}
