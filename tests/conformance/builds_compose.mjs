/*
 * builds_compose: what docker compose says it would build, without an engine and without a network.
 *
 *   const compose = await openCompose(references, report, part)    →  null, after one `skip` line, when it is not here
 *   await compose.ask({ directory, home, environment, profiles, files })  →  { error, targets }; targets by service, as they are printed
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const version = /2\.40\./; // what the cases were held beside

const folders = () => [
  process.env.REFERENCES, path.join(os.homedir(), '.docker/cli-plugins'), '/usr/local/lib/docker/cli-plugins', '/usr/libexec/docker/cli-plugins',
  ...(process.env.PATH ?? '').split(':'),
].filter(Boolean);

const run = (program, words, options) => new Promise((resolve) => {
  execFile(program, words, { maxBuffer: 1 << 28, timeout: 60000, ...options }, (failure, output, talk) => {
    resolve({ status: failure ? failure.code ?? failure.signal ?? 255 : 0, output, talk });
  });
});

/** Warnings come as lines of a log; the error is what stands besides. */
const errorOf = (talk) => talk.split('\n').filter((line) => line && !line.startsWith('time=')).join('\n') || talk;

async function ask(program, { directory, home, environment = {}, profiles = [], files = [] }) {
  const words = [...files.flatMap((file) => ['-f', file]), ...profiles.flatMap((name) => ['--profile', name]), 'build', '--print'];
  const env = { PATH: process.env.PATH, HOME: home, ...environment };
  const { status, output, talk } = await run(program, words, { cwd: directory, env });
  if (status !== 0) return { error: errorOf(talk).trim(), targets: {} };
  return { error: null, targets: output.trim() ? JSON.parse(output).target ?? {} : {} };
}

export async function openCompose(references, report, part) {
  const name = 'docker-compose';
  const program = references.tool?.(name) ?? folders().map((folder) => path.resolve(folder, name)).find((file) => fs.existsSync(file));
  const said = program && (await run(program, ['version'], {})).output.trim();
  if (!program) report.skip(part, `${name}: not here; the cases are held to what they expect`);
  else if (!version.test(said)) report.skip(part, `${name}: the cases were not written beside ${said.split('\n')[0]}`);
  else return { ask: (request) => ask(program, request) };
  return null;
}
