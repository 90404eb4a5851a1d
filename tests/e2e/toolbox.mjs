/*
 * toolbox: a directory that is the whole PATH of a step.
 *
 * The rule: a step finds exactly what a test put there: links to the tools of a small agent
 * image, the stand-ins of bin/ that were asked for, and `sh`, which is the shell under test.
 * What is not there is "not found", however much the machine has.
 */
import { accessSync, chmodSync, constants, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const standIns = path.join(here, 'bin');

/* The real Depot CLI as npm installed it. */
export const depotCli = path.join(here, '../node_modules/@depot/cli-linux-x64/bin/depot');

/* What a minimal agent image has: an sh, coreutils, and little else. */
export const smallImage = [
  'awk', 'base64', 'basename', 'cat', 'chmod', 'cp', 'cut', 'date', 'dirname', 'env', 'false', 'find', 'grep', 'gzip', 'head', 'id', 'ln',
  'ls', 'mkdir', 'mktemp', 'mv', 'od', 'printenv', 'printf', 'pwd', 'readlink', 'rm', 'rmdir', 'sed', 'sha256sum', 'sleep', 'sort', 'tail', 'tar',
  'tee', 'test', 'touch', 'tr', 'true', 'tty', 'uname', 'wc', 'xargs',
];

/* The shells an agent may run a command with; `find` tells which of them this machine has. */
export const shells = {
  dash: ['dash', '-e', '-c'],
  busybox: ['busybox', 'sh', '-e', '-c'],
  bash: ['bash', '-e', '-c'],
};

/* The file that `name` means on the PATH of this process, or undefined. */
export function find(name) {
  return (process.env.PATH ?? '').split(':').filter(Boolean).map((directory) => path.join(directory, name)).find(isExecutable);
}

export const availableShells = () => Object.keys(shells).filter((name) => find(shells[name][0]));

/*
 * Makes `directory` such a PATH. `standIn` names scripts of bin/; 'depot' among them is the real
 * CLI behind a recording shim. `tools` are taken from this machine; a missing one is left out.
 * `scripts` are programs of the test's own, { name: shell text }, and replace a tool or stand-in of that name.
 */
export function makeToolbox(directory, { standIn = ['depot', 'curl', 'docker', 'buildkite-agent'], tools = smallImage, scripts = {}, shell = 'dash' } = {}) {
  mkdirSync(directory, { recursive: true });
  const link = (target, name) => target && symlinkSync(target, path.join(directory, name));
  for (const name of tools) if (!scripts[name]) link(find(name), name);
  for (const name of ['record', ...standIn]) if (!scripts[name]) link(path.join(standIns, name), name);
  const [program] = shells[shell];
  if (program === 'busybox') link(find(program), 'busybox');
  link(find(program), 'sh');
  for (const [name, text] of Object.entries(scripts)) addTool(directory, name, text);
  return directory;
}

function addTool(directory, name, text) {
  const file = path.join(directory, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

/*
 * What the stand-ins wrote down: [{ name, number, argv, cwd, env, stdin?, files }], by name and number.
 */
export function recordings(directory, name = undefined) {
  const calls = readdirSync(directory).map((entry) => {
    const [, tool, number] = entry.match(/^(.+)\.([0-9]+)$/);
    return { name: tool, number: Number(number), ...recording(path.join(directory, entry)) };
  });
  return calls.filter((call) => !name || call.name === name)
    .sort((a, b) => a.name.localeCompare(b.name) || a.number - b.number);
}

function recording(directory) {
  const files = Object.fromEntries(readdirSync(directory).map((file) => [file, readFileSync(path.join(directory, file), 'utf8')]));
  const { argv, cwd, env, stdin } = files;
  return {
    argv: argv.split('\0').slice(0, -1),
    cwd: cwd.trimEnd(),
    env: Object.fromEntries(env.split('\n').filter((line) => line.includes('=')).map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    })),
    stdin,
    files: Object.fromEntries(Object.entries(files).filter(([file]) => file.startsWith('file.')).map(([file, text]) => [file.slice(5), text])),
  };
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
