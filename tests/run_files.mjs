/*
 * run_files: the test files of a directory, or those that are named, under node:test; the last line is
 * `N passed, N failed, N skipped`. A test that cannot run here is skipped with its reason, never passed.
 */
import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from 'node:test';

/* Files, and tests that hold others, count only where they failed by themselves. */
const holdsOthers = ({ name, details }) => name.endsWith('.test.mjs') || details.type === 'suite';

function pass(count, test) {
  if (holdsOthers(test)) return;
  if (test.skip === undefined) count.passed += 1;
  else {
    count.skipped += 1;
    console.log(`skipped: ${test.name}: ${test.skip}`);
  }
}

/* Of the stack only what is in the directory. */
function fail(count, test, directory) {
  const { error } = test.details;
  if (error?.failureType === 'subtestsFailed') return;
  count.failed += 1;
  console.log(`FAILED: ${test.name}`);
  const lines = String(error?.cause?.stack ?? error?.cause ?? error).split('\n');
  const isOurs = (line) => !/^ +at /.test(line) || line.includes(directory);
  console.log(lines.filter(isOurs).map((line) => `    ${line}`).join('\n'));
}

export async function runFiles(directory, words) {
  const all = readdirSync(directory).filter((file) => file.endsWith('.test.mjs')).sort().map((file) => path.join(directory, file));
  const files = words.length ? words.map((file) => path.resolve(file)) : all;
  const count = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of run({ files, concurrency: os.cpus().length })) {
    if (type === 'test:pass') pass(count, data);
    if (type === 'test:fail') fail(count, data, directory);
  }
  process.exitCode = count.failed ? 1 : 0;
  console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
}
