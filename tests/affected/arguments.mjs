/*
 * arguments: the values that build arguments have in a build, as far as committed files tell.
 *
 * The preview spells what a compose file takes from variables as the compose file does. The `.env` beside that file decides, read
 * by a reader that is not ours; what it does not decide is known only when the step runs, and is no value here.
 */
import fs from 'node:fs';
import path from 'node:path';
import { interpolate } from '../corpus/declared_compose.mjs';

const ROW = /^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=[ \t]*(?:'([^']*)'|"([^"]*)"|([^#\n]*?))[ \t]*(?:#.*)?\r?$/gm;

export function readDotenv(text) {
  const variables = new Map();
  for (const [, name, single, double, bare] of text.matchAll(ROW)) {
    const value = single ?? interpolate(double ?? bare ?? '', variables);
    if (value !== undefined) variables.set(name, value);
  }
  return variables;
}

function readVariables(directory, composeFile) {
  if (!composeFile) return new Map();
  try {
    return readDotenv(fs.readFileSync(path.join(directory, path.dirname(composeFile), '.env'), 'utf8'));
  } catch {
    return new Map();
  }
}

/** `{ known, spelled }` of an image of a preview: values by name where they are known, and all as they decide a build. */
export function readArguments(directory, image) {
  const variables = readVariables(directory, image.services[0]?.path);
  const known = {};
  const spelled = image.build_args.map(({ name, value }) => {
    const text = value === null ? variables.get(name) : interpolate(value, variables);
    if (text !== undefined) known[name] = text;
    return [name, text ?? null, text === undefined ? value : null];
  });
  return { known, spelled };
}
