/*
 * declared: which context a repository itself declares for each of its Dockerfiles.
 *
 * Three places say so: compose files, bake files and build-push-action steps of workflows. Each reader
 * gives rows { context, dockerfile, bases, from }: two paths as written, the directories
 * they may count from, and where that stands. This file makes paths from the top of them.
 *
 * The rule: only what is certain counts. A value that a variable without a default decides, a remote
 * context, a path outside and a Dockerfile that is not tracked are no truth; they are counted as `unclear`.
 */
import path from 'node:path';
import { readText } from './checkout.mjs';
import { isBakeName, readBake } from './declared_bake.mjs';
import { isComposeName, readCompose } from './declared_compose.mjs';
import { isWorkflowPath, readWorkflow } from './declared_workflow.mjs';

const vendored = /(^|\/)(vendor|node_modules|third_party)\//;

/* What has to be out of sight when the program guesses. */
export const isDeclaring = (file) => {
  const name = path.posix.basename(file);
  return isComposeName(name) || isBakeName(name) || isWorkflowPath(file);
};

function readerOf(file) {
  const name = path.posix.basename(file);
  if (isComposeName(name)) return readCompose;
  if (isBakeName(name)) return readBake;
  return readWorkflow;
}

/* { dockerfiles: Map of path → [{ context, from }], unclear: [text] } */
export function readDeclarations(checkout) {
  const found = { dockerfiles: new Map(), unclear: [] };
  for (const file of [...checkout.files].filter((name) => isDeclaring(name) && !vendored.test(name)).sort()) {
    let rows;
    try {
      rows = readerOf(file)(file, (name) => (checkout.files.has(name) ? readText(checkout, name) : undefined));
    } catch (error) {
      found.unclear.push(`${file}: not readable: ${error.message.split('\n')[0]}`);
      continue;
    }
    for (const row of rows) addRow(checkout, found, row);
  }
  return { ...found, unclear: [...new Set(found.unclear)] };
}

function addRow(checkout, found, row) {
  const resolved = row.bases.map((base) => resolve(row, base));
  const certain = resolved.find(({ dockerfile }) => dockerfile && existing(checkout, dockerfile));
  if (!certain) {
    const { problem } = resolved[0];
    found.unclear.push(`${row.from}: ${problem ?? `no file ${resolved[0].dockerfile} is tracked`}`);
    return;
  }
  const dockerfile = existing(checkout, certain.dockerfile);
  const rows = found.dockerfiles.get(dockerfile) ?? [];
  if (!rows.some(({ context }) => context === certain.context)) rows.push({ context: certain.context, from: row.from });
  found.dockerfiles.set(dockerfile, rows);
}

/* BuildKit also looks for a missing "Dockerfile" in small letters. */
function existing(checkout, dockerfile) {
  const lower = dockerfile.replace(/(^|\/)Dockerfile$/, '$1dockerfile');
  return [dockerfile, lower].find((name) => checkout.files.has(name));
}

function resolve({ context, dockerfile, countsFromBase }, base) {
  if (context === undefined || dockerfile === undefined) return { problem: 'a variable decides' };
  if (isRemote(context)) return { problem: `the context ${context} is remote` };
  const directory = join(base, context);
  const file = join(countsFromBase ? base : directory, dockerfile);
  if (isOutside(directory) || isOutside(file)) return { problem: `${context} leads out of the repository` };
  return { context: directory, dockerfile: file };
}

const join = (base, word) => (word.startsWith('/') ? word : path.posix.join(base, word).replace(/(.)\/$/, '$1'));
const isOutside = (word) => /^(\/|\.\.(\/|$)|~)/.test(word);
const isRemote = (word) => /^[a-z][a-z0-9+.-]*:|^git@|^github\.com\/|\.git(#|$)/i.test(word);
