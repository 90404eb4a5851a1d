/*
 * run: every story; the last line is `N passed, N failed, N skipped`.
 *
 *   tests/stories/run [FILE.test.mjs…]
 *
 * A story is a repository with a history, a build or a person who looks at it, and what the program says of it. Needs git, curl
 * and Node 18; nothing leaves loopback. PROGRAM names the program, KEEP=1 leaves the repositories behind.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runFiles } from '../run_files.mjs';

await runFiles(path.dirname(fileURLToPath(import.meta.url)), process.argv.slice(2));
