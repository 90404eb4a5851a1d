/*
 * engine: real Docker engines, one a machine of a build, and two real registries, for as long as a test file runs.
 *
 * The rule: everything listens on loopback or on a socket in a directory of its own, and ends with the tests: only processes
 * started here are ended, by their own ids. Nothing is installed: the programs are looked for in REFERENCES, in the folder that
 * ./get-engine fills, and on PATH. Where one of them is missing, or the engine may not run (no root, a kernel or container that
 * refuses), `missing` says so and the tests are skipped with that reason.
 *
 *   const engine = await startEngine();
 *   engine.missing     why there is none, or false: node:test's `skip`
 *   engine.buildkit    for startControlPlane: the machine of a platform is an engine's own BuildKit
 *   engine.open        a registry for everybody; engine.locked one that wants engine.login { username, password }
 *   engine.environment DOCKER_HOST for the docker CLI (`engine.docker`, its path) and the Depot CLI's --load
 *   engine.busybox     path of a static busybox, for images that have to run
 *   registry.names()   'team/app:1', …         registry.image('team/app', '1')   what is there (see below)
 *
 * Limits: no network for RUN (--network=none) and no image to pull but from these registries; arm64 is built, not run.
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'depot-pipeline/engine/bin');
const folders = [process.env.REFERENCES, cache, ...(process.env.PATH ?? '').split(':')].filter(Boolean);
const programs = ['dockerd', 'docker', 'containerd', 'containerd-shim-runc-v2', 'runc', 'docker-registry', 'busybox'];
const depot = 'registry.depot.dev/'; /* what --save sends to Depot's registry (control-plane.mjs) */
const login = { username: 'robot$api', password: 's3cret' };
/* Of that login, as `htpasswd -B` writes it. */
const passwordFile = `${login.username}:$2b$05$abcdefghijklmnopqrstuuLK7U1u6pVRmL7L1BBM2aS35PSZnDXlK\n`;

function locate(name) {
  return folders.map((folder) => path.resolve(folder, name)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return !readFileSync(file).subarray(0, 2).equals(Buffer.from('#!'));
    } catch {
      return false;
    }
  });
}

export async function startEngine() {
  const found = Object.fromEntries(programs.map((name) => [name, locate(name)]));
  const lacking = programs.filter((name) => !found[name]);
  if (process.platform !== 'linux') return { missing: 'no Docker engine: this is not Linux', close() {} };
  if (lacking.length) return { missing: `no Docker engine: ${lacking.join(', ')} missing, see tests/e2e/get-engine`, close() {} };
  if (process.getuid() !== 0) return { missing: 'no Docker engine: it wants root', close() {} };
  if (spawnSync(found.busybox, ['true']).status !== 0 || !isStatic(found.busybox)) return { missing: 'no Docker engine: no static busybox', close() {} };
  const engine = new Engine(found);
  try {
    await engine.start();
  } catch (error) {
    await engine.close();
    return { missing: `no Docker engine: ${error.message}`, close() {} };
  }
  return engine;
}

const isStatic = (file) => !readFileSync(file).includes('/lib64/ld-linux');

class Engine {
  constructor(found) {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'depot-pipeline-engine-'));
    Object.assign(this, { found, directory, missing: false, login, children: [], servers: [], docker: found.docker, busybox: found.busybox });
    this.environment = { DOCKER_HOST: `unix://${this.socket('amd64')}` };
    this.buildkit = { solves: [], failure: null, endpoint: ({ platform }) => this.bridges.get(platform), reset() {}, close() {} };
    this.bridges = new Map();
    process.once('exit', this.ending = () => this.children.forEach((child) => child.kill()));
  }

  async start() {
    this.open = await this.startRegistry('open', {});
    writeFileSync(path.join(this.directory, 'passwords'), passwordFile);
    this.locked = await this.startRegistry('locked', { auth: { htpasswd: { realm: 'rig', path: path.join(this.directory, 'passwords') } } });
    await Promise.all(['amd64', 'arm64'].map((machine) => this.startDaemon(machine)));
  }

  socket(machine) {
    return path.join(this.directory, `${machine}.sock`);
  }

  async startRegistry(name, settings) {
    const root = path.join(this.directory, name);
    const port = await freePort();
    writeFileSync(`${root}.yml`, JSON.stringify({ version: 0.1, log: { level: 'error' }, storage: { filesystem: { rootdirectory: root }, delete: { enabled: true } }, http: { addr: `127.0.0.1:${port}` }, ...settings }));
    const child = this.run('docker-registry', ['serve', `${root}.yml`], name);
    await this.until(() => connects({ host: '127.0.0.1', port }), name, child);
    return new Registry(`127.0.0.1:${port}`, path.join(root, 'docker/registry/v2'));
  }

  /* Two, as at Depot: the platforms of one build would fight over the image's name in one. */
  async startDaemon(machine) {
    const file = (name) => path.join(this.directory, `${machine}-${name}`);
    const socket = this.socket(machine);
    writeFileSync(file('daemon.json'), JSON.stringify({ features: { 'containerd-snapshotter': true }, 'insecure-registries': [this.open.host, this.locked.host] }));
    const child = this.run('dockerd', ['--config-file', file('daemon.json'), '--bridge=none', '--iptables=false', '--ip6tables=false', '--storage-driver=native',
      '--data-root', file('data'), '--exec-root', file('exec'), '--pidfile', file('pid'), '-H', `unix://${socket}`], machine);
    await this.until(() => spawnSync(this.docker, ['version'], { env: { ...process.env, DOCKER_HOST: `unix://${socket}` } }).status === 0, 'dockerd', child);
    this.bridges.set(machine, await this.bridge(socket));
  }

  /* A child whose output goes to a file; its death is remembered, for `until`. */
  run(name, words, log) {
    const binaries = [...new Set(Object.values(this.found).map((file) => path.dirname(file)))];
    const child = spawn(this.found[name], words, { cwd: this.directory, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: [...binaries, process.env.PATH].join(':') } });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { output.push(data); writeFileSync(path.join(this.directory, `${log}.log`), Buffer.concat(output)); });
    child.on('error', () => {});
    this.children.push(child);
    return { child, lastWords: () => Buffer.concat(output).toString().trim().split('\n').at(-1) };
  }

  async until(isReady, log, { child, lastWords }) {
    for (let tries = 0; tries < 150; tries += 1) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${log} ended: ${lastWords()}`);
      if (await isReady()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${log} does not answer: ${lastWords()}`);
  }

  /* A port that leads to an engine's BuildKit, behind its upgrade from HTTP/1.1. */
  async bridge(socket) {
    const server = net.createServer((client) => upgrade(client, net.connect(socket)));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.servers.push(server);
    return `tcp://127.0.0.1:${server.address().port}`;
  }

  async close() {
    process.off('exit', this.ending);
    for (const server of this.servers) server.close();
    for (const child of this.children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    }
    if (!process.env.KEEP) rmSync(this.directory, { recursive: true, force: true });
  }
}

/*
 * A registry, read where it keeps its files. image() is what a reference means: { digest, mediaType, platforms: { 'linux/amd64':
 * { digest, manifest, config } }, manifest }, attestations left out; undefined where there is none.
 */
class Registry {
  constructor(host, directory) {
    Object.assign(this, { host, directory });
  }

  all() {
    return this.repositories('').flatMap((repository) => this.list('repositories', repository, '_manifests/tags').map((tag) => `${repository}:${tag}`)).sort();
  }

  names() {
    return this.all().filter((name) => !name.startsWith(depot));
  }

  saved() {
    return this.all().filter((name) => name.startsWith(depot)).map((name) => name.slice(depot.length));
  }

  digest(repository, tag) {
    const link = path.join(this.directory, 'repositories', repository, '_manifests/tags', tag, 'current/link');
    return existsSync(link) ? readFileSync(link, 'utf8').trim() : undefined;
  }

  blob(digest) {
    const [, hash] = digest.split(':');
    return readFileSync(path.join(this.directory, 'blobs/sha256', hash.slice(0, 2), hash, 'data'));
  }

  image(repository, reference) {
    const digest = reference.startsWith('sha256:') ? reference : this.digest(repository, reference);
    if (!digest) return undefined;
    const read = (one) => JSON.parse(this.blob(one));
    const top = read(digest);
    const entries = top.manifests?.filter(({ annotations }) => annotations?.['vnd.docker.reference.type'] === undefined) ?? [{ digest }];
    const images = entries.map((entry) => ({ digest: entry.digest, manifest: read(entry.digest) })).filter(({ manifest }) => manifest.config)
      .map((one) => ({ ...one, config: read(one.manifest.config.digest) }));
    return { digest, mediaType: top.mediaType, manifest: top, platforms: Object.fromEntries(images.map((one) => [`${one.config.os}/${one.config.architecture}`, one])) };
  }

  reset() {
    rmSync(path.join(this.directory, 'repositories'), { recursive: true, force: true });
  }

  close() {}

  list(...parts) {
    const place = path.join(this.directory, ...parts);
    return existsSync(place) ? readdirSync(place) : [];
  }

  repositories(below) {
    const names = this.list('repositories', below);
    if (names.includes('_manifests')) return [below];
    return names.filter((name) => !name.startsWith('_')).flatMap((name) => this.repositories(path.join(below, name)));
  }
}

function upgrade(client, upstream) {
    const end = () => { client.destroy(); upstream.destroy(); };
    for (const side of [client, upstream]) side.on('error', end).on('close', end);
    upstream.write('POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    let head = Buffer.alloc(0);
    const greet = (data) => {
      head = Buffer.concat([head, data]);
      const at = head.indexOf('\r\n\r\n');
      if (at < 0) return;
      upstream.off('data', greet);
      if (!head.toString('latin1').startsWith('HTTP/1.1 101')) return end();
      client.write(head.subarray(at + 4));
      upstream.pipe(client);
      client.pipe(upstream);
    };
    upstream.on('data', greet);
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function connects(place) {
  return new Promise((resolve) => {
    const socket = net.connect(place, () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
  });
}
