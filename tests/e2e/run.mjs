/*
 * run: every end-to-end test; the last line is `N passed, N failed, N skipped`.
 *
 *   node run.mjs [FILE.test.mjs…]
 *
 * The rule: a test file is *.test.mjs of this directory and runs by itself under `node --test`
 * too; each has servers of its own, so files run side by side. A test that cannot run here is
 * skipped with its reason, never passed. KEEP=1 leaves the directories of the scenarios behind.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runFiles } from '../run_files.mjs';

await runFiles(path.dirname(fileURLToPath(import.meta.url)), process.argv.slice(2));
