/*
 * compose_place: where compose files are read: a folder for cases, a home with nothing in it, an environment to match.
 *
 *   const place = await openPlace()      →  { folder, home, environment, close() }
 *   await inTurns(list, ask)             →  what `ask(one, index)` says to each, in order; a few are asked at a time
 */
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const atOnce = 2;

/** The socket is served by nobody: bake asks only that there is one. */
export async function openPlace() {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-')));
  const home = path.join(folder, 'home');
  fs.mkdirSync(home);
  const socket = path.join(folder, 'agent');
  const server = net.createServer();
  await new Promise((resolve) => server.listen(socket, resolve));
  const close = () => {
    server.close();
    fs.rmSync(folder, { recursive: true });
  };
  return { folder, home, environment: { PATH: process.env.PATH, HOME: home, SSH_AUTH_SOCK: socket }, close };
}

export async function inTurns(list, ask) {
  const answers = new Array(list.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < list.length; index = next++) answers[index] = await ask(list[index], index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answers;
}
