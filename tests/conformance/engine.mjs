/*
 * engine: Docker's own engine as a second reference for cases; `--engine` asks it, for it takes a minute or two.
 *
 *   askEngine(cases, report)  →  { left, answers: [{ row, refuses: words or null, targets: [{ name }] or null }] }; or null
 *
 * `docker buildx build --call=outline` reads a Dockerfile as a build does, and builds nothing; `--call=targets` lists its
 * stages. An engine may have no network and may not be asked for more than it has: cases whose stages start from images, or
 * that name a frontend, are left out and counted.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const part = 'dockerfile';
const atOnce = 4;
const needsNetwork = /failed to resolve source metadata|failed to do request|no such host|pull access denied|resolve image config/;
const namesFrontend = /^\uFEFF?(#!.*\n)?\s*(#|\/\/)\s*syntax\s*=|^\s*\{/i;

const docker = (words, input) => new Promise((resolve) => {
  const child = execFile('docker', words, { timeout: 60000, maxBuffer: 1 << 24 }, (failure, output, talk) => resolve({ status: failure ? failure.code ?? 1 : 0, output, talk }));
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
});

async function version() {
  const { status, output } = await docker(['version', '--format', '{{.Server.Version}}']);
  return status === 0 ? output.trim() : null;
}

function build(row, call, context) {
  const words = ['buildx', 'build', `--call=${call},format=json`, '--progress=plain', '-f', '-'];
  if (row.target) words.push('--target', row.target);
  if (row.platform) words.push('--platform', row.platform);
  for (const [name, value] of Object.entries(row.args ?? {})) words.push('--build-arg', `${name}=${value}`);
  return docker([...words, context], row.dockerfile);
}

const lastError = (talk) => talk.split('\n').filter((line) => line.startsWith('ERROR: ')).pop()?.slice('ERROR: '.length) ?? talk.trim().slice(-200);

async function ask(row, context) {
  if (namesFrontend.test(row.dockerfile)) return null;
  const outline = await build(row, 'outline', context);
  if (outline.status !== 0 && needsNetwork.test(outline.talk)) return null;
  if (outline.status !== 0) return { row, refuses: lastError(outline.talk), targets: null };
  const listed = row.stages ? await build(row, 'targets', context) : null;
  return { row, refuses: null, targets: listed?.status === 0 ? JSON.parse(listed.output).targets : null };
}

export async function askEngine(cases, report) {
  if (!(await version())) {
    report.skip(part, 'engine: no Docker engine answers');
    return null;
  }
  const context = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-'));
  const answers = [];
  let next = 0;
  const worker = async () => {
    while (next < cases.length) {
      const answer = await ask(cases[next++], context);
      if (answer) answers.push(answer);
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    fs.rmSync(context, { recursive: true });
  }
  return { left: cases.length - answers.length, answers };
}
