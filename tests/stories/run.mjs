/*
 * run: every story; the last line is `N passed, N failed, N skipped`.
 *
 *   tests/stories/run [FILE.test.mjs…]
 *
 * A story is a repository with a history, a build or a person who looks at it, and what the program says of it. Needs git, curl
 * and Node 18; nothing leaves loopback. PROGRAM names the program, KEEP=1 leaves the repositories behind.
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

/* Files, and tests that hold others, count only where they failed by themselves. */
const holdsOthers = ({ name, details }) => name.endsWith('.test.mjs') || details.type === 'suite';

function pass(test) {
  if (holdsOthers(test)) return;
  if (test.skip === undefined) count.passed += 1;
  else {
    count.skipped += 1;
    console.log(`skipped: ${test.name}: ${test.skip}`);
  }
}

function fail(test) {
  const { error } = test.details;
  if (error?.failureType === 'subtestsFailed') return;
  count.failed += 1;
  console.log(`FAILED: ${test.name}`);
  const lines = String(error?.cause?.stack ?? error?.cause ?? error).split('\n');
  const isOurs = (line) => !/^ +at /.test(line) || line.includes('/tests/stories/');
  console.log(lines.filter(isOurs).map((line) => `    ${line}`).join('\n'));
}

for await (const { type, data } of run({ files, concurrency: os.cpus().length })) {
  if (type === 'test:pass') pass(data);
  if (type === 'test:fail') fail(data);
}
process.exitCode = count.failed ? 1 : 0;
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
