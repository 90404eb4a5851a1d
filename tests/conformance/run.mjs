/*
 * run: our readers beside independent references; the last line is `N passed, N failed, N skipped`.
 *
 *   node run.mjs [--only PART] [--engine] [DIR…]
 *
 * Each part (dockerfile.mjs, ignore.mjs, inputs.mjs, compose.mjs) exports `check({ program, repositories, references, report,
 * asksEngine })`. A DIR is a git checkout, or holds git checkouts. PROGRAM names the program.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openReferences } from './references.mjs';
import { openReport } from './report.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const parts = ['dockerfile', 'ignore', 'inputs', 'compose', 'builds'];

const isCheckout = (directory) => fs.existsSync(path.join(directory, '.git'));

function checkouts(directory) {
  if (isCheckout(directory)) return [path.resolve(directory)];
  return fs.readdirSync(directory).sort().map((name) => path.resolve(directory, name)).filter(isCheckout);
}

function readOptions(words) {
  const options = { parts, directories: [], asksEngine: false };
  for (const rest = [...words]; rest.length;) {
    const word = rest.shift();
    if (word === '--only') options.parts = [rest.shift()];
    else if (word === '--engine') options.asksEngine = true;
    else if (word.startsWith('-')) throw new Error(`unknown option: ${word}`);
    else options.directories.push(word);
  }
  if (!options.parts.every((part) => parts.includes(part))) throw new Error(`--only takes one of ${parts.join(', ')}`);
  return options;
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  const program = path.resolve(process.env.PROGRAM || path.join(here, '../../build/depot-pipeline'));
  const repositories = options.directories.flatMap(checkouts);
  const report = openReport();
  const references = openReferences(report);
  for (const part of options.parts) {
    const file = path.join(here, `${part}.mjs`);
    if (!fs.existsSync(file)) continue;
    const { check } = await import(file);
    try {
      await check({ program, repositories, references, report, asksEngine: options.asksEngine });
    } catch (error) {
      report.fail(part, `broke off: ${error.stack}`);
    }
  }
  return report.finish() ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`conformance: ${error.stack ?? error}`);
  process.exitCode = 1;
}
