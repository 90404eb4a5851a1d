/*
 * known: the table of differences that have a reason (known.yaml).
 *
 *   openKnown('dockerfile').reason({ kind, theirs, ours })  →  the reason, or null
 */
import fs from 'node:fs';
import { parse } from 'yaml';

const file = new URL('known.yaml', import.meta.url);

const matches = (pattern, value) => pattern === undefined || new RegExp(pattern, 'm').test(typeof value === 'string' ? value : JSON.stringify(value));

export function openKnown(part) {
  const rows = parse(fs.readFileSync(file, 'utf8')).filter((row) => row.part === part);
  const reason = (found) => rows.find((row) => matches(row.kind, found.kind) && matches(row.theirs, found.theirs) && matches(row.ours, found.ours))?.reason ?? null;
  return { reason };
}
