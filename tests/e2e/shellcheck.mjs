/*
 * shellcheck: the commands of emitted steps under `shellcheck -s sh`.
 *
 * The rule: a finding of any severity is a line, but for those that are meant: SC2015 and SC2086,
 * which the recipes disable in their own headers, and SC1003, SC1078, SC1079, SC2016 and SC2088, because
 * text from the repository that looks like more than text stands in single quotes on purpose.
 *
 *   test('…', { skip: missingShellcheck }, () => assert.deepEqual(await shellcheck(rig), []));
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { execute } from './scenario.mjs';
import { find } from './toolbox.mjs';

export const missingShellcheck = find('shellcheck') ? false : 'no shellcheck on this machine';

/* The findings in all that `rig` has emitted so far. */
export async function shellcheck(rig) {
  const files = [...rig.commands].map((command, number) => {
    const file = path.join(rig.workspace, `command-${number}.sh`);
    writeFileSync(file, command);
    return file;
  });
  const { stdout, stderr } = await execute(find('shellcheck'),
    ['--shell', 'sh', '--norc', '--format', 'gcc', '--exclude', 'SC1003,SC1078,SC1079,SC2015,SC2016,SC2086,SC2088', ...files], { cwd: rig.workspace, env: process.env });
  return [...new Set((stdout + stderr).split('\n').filter(Boolean))];
}
