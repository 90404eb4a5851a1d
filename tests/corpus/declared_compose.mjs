/*
 * declared_compose: `services.*.build` of a compose file, read with npm yaml and nothing of ours.
 *
 * Limits: variables come from the .env beside the file only; `extends` and `include` need nothing here, for the
 * other file is read by itself. A file that lies over a base file takes a missing context from it. Where the file's
 * own directory has no such Dockerfile, the top of the repository is tried (`--project-directory .`).
 */
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

export const isComposeName = (name) => /(^|[._-])(docker-)?compose([._-].*)?\.ya?ml$/i.test(name);

const baseNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

export function readCompose(file, readFile) {
  const directory = path.posix.dirname(file);
  const variables = readDotenv(readFile(path.posix.join(directory, '.env')) ?? '');
  const under = readBase(file, readFile);
  return Object.entries(services(readFile(file) ?? '')).flatMap(([name, service]) => {
    const build = spelled(service?.build);
    if (!build || build.dockerfile_inline !== undefined) return [];
    const below = build.context === undefined ? spelled(under[name]?.build) : undefined;
    const context = build.context ?? below?.context ?? '.';
    const dockerfile = build.dockerfile ?? below?.dockerfile ?? 'Dockerfile';
    return [{
      context: interpolate(String(context), variables), dockerfile: interpolate(String(dockerfile), variables),
      bases: [...new Set([directory, '.'])], from: `${file}: ${name}`,
    }];
  });
}

function services(text) {
  const documents = parseAllDocuments(text, { merge: true, uniqueKeys: false, logLevel: 'silent' });
  return Object.assign({}, ...documents.map((document) => {
    if (document.errors.length) throw document.errors[0];
    const value = document.toJS({ maxAliasCount: 10000 });
    return value?.services && typeof value.services === 'object' ? value.services : {};
  }));
}

const spelled = (build) => (typeof build === 'string' ? { context: build } : build ?? undefined);

function readBase(file, readFile) {
  if (baseNames.includes(path.posix.basename(file))) return {};
  for (const name of baseNames) {
    const text = readFile(path.posix.join(path.posix.dirname(file), name));
    if (text === undefined) continue;
    try {
      return services(text);
    } catch {
      return {};
    }
  }
  return {};
}

function readDotenv(text) {
  const rows = text.matchAll(/^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=[ \t]*(?:'([^']*)'|"([^"]*)"|([^#\n]*?))[ \t]*(?:#.*)?$/gm);
  return new Map([...rows].map(([, name, single, double, bare]) => [name, single ?? double ?? bare ?? '']));
}

/* The text with its variables replaced; undefined when one has neither value nor default. */
export function interpolate(text, variables) {
  let isClear = true;
  const result = text.replace(/\$\$|\$\{(\w+)(?:(:?[-+?])([^}]*))?\}|\$(\w+)/g, (all, braced, operator, word, plain) => {
    if (all === '$$') return '$';
    const value = variables.get(braced ?? plain);
    const isGood = value !== undefined && !(operator?.startsWith(':') && value === '');
    if (operator?.endsWith('-')) return isGood ? value : word;
    if (operator?.endsWith('+')) return isGood ? word : '';
    if (value === undefined) isClear = false;
    return value ?? '';
  });
  return isClear ? result : undefined;
}
