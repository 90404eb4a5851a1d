/*
 * cases: the case files of a part, as README.md describes them.
 *
 *   readCases('dockerfile')  →  [{ file, index, shows, … }], in the order of the files
 *
 * A key that is not known is a mistake of the file: an expectation that is not looked at would say nothing.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const here = fileURLToPath(new URL('.', import.meta.url));

export function readCases(part, keys) {
  const folder = path.join(here, part);
  const files = fs.readdirSync(folder).filter((name) => name.endsWith('.yaml')).sort();
  const cases = files.flatMap((file) => parse(fs.readFileSync(path.join(folder, file), 'utf8'))
    .map((row, index) => ({ file: `${part}/${file}`, index, ...row })));
  const seen = new Set();
  for (const row of cases) {
    const where = `${row.file}, case ${row.index + 1}`;
    if (typeof row.shows !== 'string') throw new Error(`${where}: 'shows' is missing`);
    if (seen.has(row.shows)) throw new Error(`${where}: another case shows the same: ${row.shows}`);
    seen.add(row.shows);
    for (const key of Object.keys(row)) {
      if (!['file', 'index', 'shows', ...keys].includes(key)) throw new Error(`${where}: unknown key '${key}'`);
    }
  }
  return cases;
}
