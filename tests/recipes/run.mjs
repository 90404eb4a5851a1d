/* run: the recipes, one last line: `N passed, N failed, N skipped`. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runFiles } from '../run_files.mjs';

await runFiles(path.dirname(fileURLToPath(import.meta.url)), process.argv.slice(2));
