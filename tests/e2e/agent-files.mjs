/*
 * agent-files: what a build keeps beside its jobs, as files: meta-data, annotations, artifacts.
 *
 * The rule: one directory each for a run, which the stand-in of bin/buildkite-agent reads and writes; a
 * key or context is a file name with its slashes spelt %2F (`fileOf`). Here they are read back.
 *
 *   readMetaData(directory)       { key: value }
 *   readAnnotations(directory)    { context: { style, bodies } }: `bodies` in the order they were appended
 *   readArtifacts(directory)      { path: text }
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const fileOf = (key) => key.replaceAll('%', '%25').replaceAll('/', '%2F');
const keyOf = (file) => file.replaceAll('%2F', '/').replaceAll('%25', '%');
const read = (...parts) => readFileSync(path.join(...parts), 'utf8');

export const readMetaData = (directory) => Object.fromEntries(readdirSync(directory).sort().map((file) => [keyOf(file), read(directory, file)]));

export const readAnnotations = (directory) => Object.fromEntries(readdirSync(directory).sort().map((context) => {
  const bodies = readdirSync(path.join(directory, context)).filter((name) => name.startsWith('body.'));
  bodies.sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
  return [keyOf(context), { style: read(directory, context, 'style'), bodies: bodies.map((name) => read(directory, context, name)) }];
}));

export const readArtifacts = (directory) => Object.fromEntries(walk(directory, '').sort().map((file) => [file, read(directory, file)]));

function walk(directory, below) {
  return readdirSync(path.join(directory, below), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(below, entry.name);
    return entry.isDirectory() ? walk(directory, name) : [name];
  });
}

/* The files that artifact_paths (a text with `;`, or a list) name in a checkout, copied to `store`; a pattern that matches nothing is none. */
export function collectArtifacts(patterns, directory, store) {
  const globs = [patterns ?? []].flat().flatMap((text) => text.split(';')).map((glob) => glob.trim()).filter(Boolean);
  if (!globs.length) return [];
  const expressions = globs.map((glob) => new RegExp(`^${globSource(glob.replace(/^\.\//, ''))}$`));
  const files = walk(directory, '').filter((file) => expressions.some((expression) => expression.test(file))).sort();
  if (store) for (const file of files) {
    mkdirSync(path.dirname(path.join(store, file)), { recursive: true });
    copyFileSync(path.join(directory, file), path.join(store, file));
  }
  return files;
}

const globSource = (glob) => glob.replace(/[.+^$()|[\]\\]/g, '\\$&').replace(/\*\*\/|\*\*|\*|\?|\{|\}|,/g, (token) =>
  ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]', '{': '(?:', '}': ')', ',': '|' })[token]);
