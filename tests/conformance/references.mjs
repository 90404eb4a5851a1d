/*
 * references: the programs that answer beside ours, built from BuildKit's own packages.
 *
 *   const references = openReferences(report);
 *   await references.go('dockerfile')   →  path of a program made of reference/dockerfile.go and
 *                                          reference/dockerfile_*.go; null, after one `skip` line, when it cannot be had
 *   references.tool('docker-buildx')    →  path of a program that is fetched, not built; null when it is not here
 *
 * BuildKit's packages come as Debian ships them (./get-references puts them, and a Go that is new enough, into a
 * cache folder). Programs are kept in build/conformance under a name that holds the hash of what they are made of.
 * REFERENCES names a folder of ready-made programs (dockerfile, ignore, context), which are then used instead.
 *
 * Tools are looked for in REFERENCES, in the cache folder that ./get-tools fills, in node_modules (the Depot CLI), where
 * docker keeps its plugins, and on PATH.
 */
import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('reference', import.meta.url));
const output = fileURLToPath(new URL('../../build/conformance', import.meta.url));
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'depot-pipeline/references');
const packages = path.join(cache, 'usr/share/gocode');
const toolFolders = [
  process.env.REFERENCES,
  path.join(cache, '../tools'),
  fileURLToPath(new URL('../node_modules/@depot/cli-linux-x64/bin', import.meta.url)),
  path.join(os.homedir(), '.docker/cli-plugins'),
  '/usr/local/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
  ...(process.env.PATH ?? '').split(':'),
].filter(Boolean);
const oldestGo = [1, 24];
const tags = 'dfexcludepatterns,dfparents,dfrundevice,dfrunsecurity'; // flags that BuildKit has taken in since

class Missing extends Error {}

const isThere = (file) => fs.existsSync(file);

function sources(name) {
  const files = fs.readdirSync(folder).filter((file) => file === `${name}.go` || (file.startsWith(`${name}_`) && file.endsWith('.go')));
  if (!files.length) throw new Missing(`there is no reference/${name}.go`);
  return files.sort().map((file) => path.join(folder, file));
}

/** The first Go that is new enough: the one on PATH, or the one that get-references keeps. */
async function findGo() {
  const kept = isThere(`${cache}/usr/lib`)
    ? fs.readdirSync(`${cache}/usr/lib`).filter((name) => name.startsWith('go-')).map((name) => `${cache}/usr/lib/${name}/bin/go`)
    : [];
  for (const go of ['go', ...kept]) {
    try {
      const environment = { ...process.env, GOTOOLCHAIN: 'local' };
      if (go !== 'go') environment.GOROOT = path.dirname(path.dirname(go));
      const { stdout } = await run(go, ['env', 'GOVERSION', 'GOROOT'], { env: environment });
      const [version, root] = stdout.trim().split('\n');
      const [major, minor] = version.replace(/^go/, '').split('.').map(Number);
      if (major > oldestGo[0] || (major === oldestGo[0] && minor >= oldestGo[1])) return { go, root, version };
    } catch {
      // not there, or not for this machine
    }
  }
  throw new Missing(`no Go ${oldestGo.join('.')} or newer on PATH; tests/conformance/get-references gets one`);
}

async function build(name) {
  const files = sources(name);
  if (!isThere(`${packages}/src/github.com/moby/buildkit`)) {
    throw new Missing("BuildKit's packages are not here; tests/conformance/get-references gets them from Debian");
  }
  const { go, root, version } = await findGo();
  const hash = createHash('sha256').update(version).update(tags);
  for (const file of [...files, `${cache}/versions`]) if (isThere(file)) hash.update(fs.readFileSync(file));
  const program = path.join(output, `${name}-${hash.digest('hex').slice(0, 16)}`);
  if (isThere(program)) return program;
  fs.mkdirSync(output, { recursive: true });
  const scratch = `${program}.${process.pid}`;
  const env = { ...process.env, GOROOT: root, GOPATH: packages, GO111MODULE: 'off', GOFLAGS: '', GOTOOLCHAIN: 'local', CGO_ENABLED: '0', GOCACHE: path.join(cache, 'build') };
  try {
    await run(go, ['build', '-trimpath', '-tags', tags, '-o', scratch, ...files], { env, maxBuffer: 1 << 24 });
  } catch (error) {
    throw new Missing(`reference/${name}.go does not build: ${(error.stderr || error.message).trim().split('\n').slice(0, 4).join(' | ')}`);
  }
  fs.renameSync(scratch, program);
  return program;
}

async function find(name) {
  const ready = process.env.REFERENCES && path.resolve(process.env.REFERENCES, name);
  if (ready && isThere(ready)) return ready;
  return build(name);
}

const tool = (name) => toolFolders.map((directory) => path.resolve(directory, name)).find(isThere) ?? null;

/** `report.skip(part, message)` is told of what cannot be had, once for each program. */
export function openReferences(report) {
  const known = new Map();
  const go = (name) => {
    if (!known.has(name)) {
      known.set(name, find(name).catch((error) => {
        if (!(error instanceof Missing)) throw error;
        report.skip(name, `reference ${name}: ${error.message}`);
        return null;
      }));
    }
    return known.get(name);
  };
  return { go, tool, cache };
}
