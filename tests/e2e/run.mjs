/*
 * run: every end-to-end test; the last line is `N passed, N failed, N skipped`.
 *
 *   node run.mjs [FILE.test.mjs…]
 *
 * The rule: a test file is *.test.mjs of this directory and runs by itself under `node --test`
 * too; each has servers of its own, so files run side by side. A test that cannot run here is
 * skipped with its reason, never passed. KEEP=1 leaves the directories of the scenarios behind.
 */
import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const named = process.argv.slice(2).map((file) => path.resolve(file));
const files = named.length ? named : readdirSync(here).filter((file) => file.endsWith('.test.mjs')).sort().map((file) => path.join(here, file));

const count = { passed: 0, failed: 0, skipped: 0 };

/* A file is reported as a test of its own by some versions of Node; it counts only where it failed by itself. */
const isFile = ({ name }) => name.endsWith('.test.mjs');

function pass(test) {
  if (isFile(test)) return;
  if (test.skip === undefined) count.passed += 1;
  else {
    count.skipped += 1;
    console.log(`skipped: ${test.name}: ${test.skip}`);
  }
}

function fail(test) {
  const { error } = test.details;
  if (isFile(test) && error?.failureType === 'subtestsFailed') return;
  count.failed += 1;
  console.log(`FAILED: ${test.name}`);
  console.log(String(error?.cause?.stack ?? error?.cause ?? error).replace(/^/gm, '    '));
}

for await (const { type, data } of run({ files, concurrency: os.cpus().length })) {
  if (type === 'test:pass') pass(data);
  if (type === 'test:fail') fail(data);
}
process.exitCode = count.failed ? 1 : 0;
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
