/*
 * buildkit: a BuildKit that builds nothing and remembers what it was asked to build.
 *
 * The rule: it asks the CLI for what a real builder would need, and records the answers.
 * A build of the Depot CLI is three calls: Control/Solve (exporter and cache), LLBBridge/Solve
 * (frontend, with platform, arguments, target, file name) and Control/Session, a tunnel through
 * which the builder calls *back*: for files of the context, for registry logins, for secrets.
 *
 *   const buildkit = await startBuildkit();
 *   buildkit.solves   one a platform, in order of arrival:
 *     { name, buildId, machine, platform, arguments, labels, target, file, dockerfile, context, contexts, attributes,
 *       exporter: { type, attributes }, cacheTo, cacheFrom, logins, secrets, entitlements }
 *   (`name` is the CLI's own argument DEPOT_TARGET: the bake target, or 'default' of a build)
 *   buildkit.failure = 'process "/bin/sh -c make" did not complete'    // the next builds fail with it
 *
 * Message numbers: moby/buildkit api/services/control, frontend/gateway/pb, session/*, fsutil/types.
 * Limits: no SSH forwarding, no export to the client. A context is listed whole, without .git and before any
 * .dockerignore (which is the frontend's work); only Dockerfiles are read. Of a remote context nothing is fetched.
 */
import { createHash } from 'node:crypto';
import http from 'node:http';
import { Duplex } from 'node:stream';
import { decode, encode } from './protobuf.mjs';
import { connect, frame, GrpcError, messages, serve } from './grpc.mjs';

const Cache = { type: [1, 'string'], attributes: [2, 'map'] };
const CacheOptions = { exports: [4, [Cache]], imports: [5, [Cache]] };
const ControlSolve = {
  ref: [1, 'string'], exporter: [3, 'string'], exporterAttributes: [4, 'map'], session: [5, 'string'], frontend: [6, 'string'],
  attributes: [7, 'map'], cache: [8, CacheOptions], entitlements: [9, ['string']],
};
const ControlSolved = { response: [1, 'map'] };
const GatewaySolve = { frontend: [2, 'string'], options: [3, 'map'], cacheImports: [12, [Cache]] };
const Ref = {};
const Result = { ref: [3, Ref] };
const GatewaySolved = { result: [3, Result] };
const RpcStatus = { code: [1, 'number'], message: [2, 'string'] };
const Cap = { id: [1, 'string'], enabled: [2, 'bool'] };
const Pong = { frontendCaps: [1, [Cap]] };
const Return = { error: [2, RpcStatus] };
const Platform = { architecture: [1, 'string'], os: [2, 'string'] };
const Worker = { id: [1, 'string'], platforms: [3, [Platform]] };
const Workers = { record: [1, [Worker]] };
const Bytes = { data: [1, 'bytes'] };
const Stat = { path: [1, 'string'], mode: [2, 'number'], size: [5, 'number'], link: [7, 'string'] };
const Packet = { type: [1, 'number'], stat: [2, Stat], id: [3, 'number'], data: [4, 'bytes'] };
const Host = { host: [1, 'string'] };
const Credentials = { username: [1, 'string'], secret: [2, 'string'] };
const Secret = { id: [1, 'string'] };

/* With `return` the CLI hands its result or its error over at once, instead of giving up after seconds. */
const capabilities = ['solve.base', 'return', 'returnmap', 'proto.refarray', 'importcaches', 'frontend.inputs', 'frontend.caps',
  'reference.attestations', 'gateway.solve.metadata', 'gateway.warnings'].map((id) => ({ id, enabled: true }));

const [STAT, REQUEST, DATA, FIN, FAILED] = [0, 1, 2, 3, 4];
const isDirectory = (stat) => Math.floor(stat.mode / 2 ** 31) % 2 === 1;
const isFile = (stat) => !isDirectory(stat) && !stat.link;

export async function startBuildkit({ registry = null } = {}) {
  const kit = { solves: [], failure: null, registry, endpoint, reset, close };
  const servers = [];
  return kit;

  /* Each machine of each build listens on its own port: that is how a call is known to be its. */
  async function endpoint({ buildId, platform }) {
    const server = await serve(new Machine(kit, buildId, platform).handlers());
    servers.push(server);
    return `tcp://127.0.0.1:${server.port}`;
  }

  function reset() {
    kit.solves.length = 0;
    kit.failure = null;
  }

  function close() {
    return Promise.all(servers.splice(0).map((server) => server.close()));
  }
}

/* A value that somebody will deliver. */
function promised() {
  const box = {};
  box.value = new Promise((resolve) => { box.deliver = resolve; });
  return box;
}

class Machine {
  constructor(kit, buildId, architecture) {
    Object.assign(this, { kit, buildId, architecture, boxes: new Map() });
  }

  /* `kind` of `key`, delivered by one call and awaited by another, in whatever order they come. */
  box(kind, key) {
    const name = `${kind} ${key}`;
    if (!this.boxes.has(name)) this.boxes.set(name, promised());
    return this.boxes.get(name);
  }

  handlers() {
    const unary = (handle) => async function* one(stream, headers) {
      for await (const message of messages(stream)) yield handle(message, headers);
    };
    const job = (headers) => headers['buildkit-controlapi-buildid'];
    const machine = this;
    return {
      '/moby.buildkit.v1.Control/ListWorkers': unary(() => this.workers()),
      '/moby.buildkit.v1.Control/Solve': unary((bytes) => this.control(decode(bytes, ControlSolve))),
      '/moby.buildkit.v1.Control/Session': (stream, headers) => this.session(stream, headers),
      '/moby.buildkit.v1.Control/Status': async function* status(stream) {
        for await (const message of messages(stream)) await machine.box('done', decode(message, { ref: [1, 'string'] }).ref).value;
      },
      '/moby.buildkit.v1.frontend.LLBBridge/Ping': unary(() => encode({ frontendCaps: capabilities }, Pong)),
      '/moby.buildkit.v1.frontend.LLBBridge/Solve': unary((bytes, headers) => this.solve(decode(bytes, GatewaySolve), job(headers))),
      '/moby.buildkit.v1.frontend.LLBBridge/Return': unary((bytes, headers) => {
        this.box('returned', job(headers)).deliver(decode(bytes, Return).error);
        return Buffer.alloc(0);
      }),
    };
  }

  workers() {
    const platforms = [{ architecture: this.architecture, os: 'linux' }];
    return encode({ record: [{ id: 'rig', platforms }] }, Workers);
  }

  /* The outer half of a build: lasts until the inner half has returned, then "exports". */
  async control(request) {
    this.box('control', request.ref).deliver(request);
    const error = await this.box('returned', request.ref).value;
    this.box('done', request.ref).deliver();
    if (error) throw new GrpcError(error.message, error.code);
    return encode({ response: this.export(request) }, ControlSolved);
  }

  async* session(stream, headers) {
    const tunnel = new Duplex({
      read() {},
      write: (data, _encoding, done) => stream.write(frame(encode({ data }, Bytes)), done),
    });
    const session = connect(tunnel);
    this.box('session', headers['x-docker-expose-session-uuid']).deliver(session);
    for await (const message of messages(stream)) tunnel.push(decode(message, Bytes).data);
    session.close();
  }

  /* The inner half: everything about the image. */
  async solve(request, ref) {
    const control = await this.box('control', ref).value;
    const session = await this.box('session', control.session).value;
    const { options: attributes } = request;
    const { DEPOT_TARGET: name = '', ...given } = withPrefix(attributes, 'build-arg:');
    const solve = {
      name,
      buildId: this.buildId,
      machine: this.architecture,
      platform: attributes.platform ?? '',
      arguments: given,
      labels: withPrefix(attributes, 'label:'),
      target: attributes.target ?? '',
      file: attributes.filename ?? '',
      attributes,
      exporter: { type: control.exporter, attributes: control.exporterAttributes },
      cacheTo: control.cache?.exports ?? [],
      cacheFrom: [...(control.cache?.imports ?? []), ...request.cacheImports],
      entitlements: control.entitlements,
    };
    const beside = await transfer(session, attributes.dockerfilekey ?? 'dockerfile', [solve.file]);
    solve.dockerfile = beside.contents[solve.file] ?? null;
    solve.context = attributes.context ?? (await transfer(session, 'context')).paths;
    solve.contexts = await namedContexts(session, withPrefix(attributes, 'context:'));
    solve.logins = await logins(session, solve);
    solve.secrets = await secrets(session, solve.dockerfile ?? '');
    this.kit.solves.push(solve);
    if (this.kit.failure) throw new GrpcError(this.kit.failure);
    if (solve.dockerfile === null && !attributes.context) throw new GrpcError(`failed to read dockerfile: open ${solve.file}: no such file or directory`);
    return encode({ result: { ref: {} } }, GatewaySolved);
  }

  /* What the CLI puts into its metadata file. Several machines are merged in the registry, so they need a real one. */
  export({ exporter, exporterAttributes: attributes }) {
    const names = (attributes.name ?? '').split(',').filter(Boolean);
    if (exporter !== 'image') return {};
    const failure = attributes.push === 'true' && !attributes['push-by-digest'] ? this.kit.registry?.failure : null;
    if (failure && (failure.times === undefined || failure.times-- > 0)) throw new GrpcError(`failed to push ${names[0]}: ${pushFailure(names[0], failure)}`);
    if (this.kit.registry && attributes.push === 'true') return this.kit.registry.publish(names, this.architecture);
    if (attributes['push-by-digest']) return {};
    const digest = `sha256:${createHash('sha256').update(names.join()).digest('hex')}`;
    return { 'containerimage.digest': digest, 'image.name': names.join() };
  }
}

/* What a push of containerd says of it. */
const pushFailure = (name, { status, reset, message }) => (reset
  ? `failed to do request: Put "http://${name}": write tcp 10.0.0.1:1->10.0.0.2:443: write: connection reset by peer`
  : `unexpected status from PUT request to http://${name}: ${status} ${http.STATUS_CODES[status]}: ${message}`);

const withPrefix = (attributes, prefix) => Object.fromEntries(Object.entries(attributes)
  .filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]));

/*
 * Lists a directory that the CLI offers under `name`, and reads the files `wanted` from it.
 * The CLI sends one STAT an entry, then an empty one; a file is asked for by its position.
 */
async function transfer(session, name, wanted = []) {
  const call = session.open('/moby.filesync.v1.FileSync/DiffCopy', { 'dir-name': name });
  const send = (packet) => call.send(encode(packet, Packet));
  const entries = [];
  const reading = new Map();
  let unread = 0;
  for await (const message of call.messages()) {
    const { type, stat, id, data } = decode(message, Packet);
    if (type === FAILED) throw new GrpcError(data.toString());
    if (type === FIN) break;
    if (type === STAT && stat) {
      if (isFile(stat) && wanted.includes(stat.path)) reading.set(entries.length, { path: stat.path, parts: [] });
      entries.push(stat);
      continue;
    }
    if (type === DATA && data.length) {
      reading.get(id).parts.push(Buffer.from(data));
      continue;
    }
    if (type === DATA) unread -= 1;
    else unread = askFor([...reading.keys()], send);
    if (unread === 0) send({ type: FIN });
  }
  call.finish();
  return {
    paths: entries.filter((stat) => !isDirectory(stat)).map(({ path }) => path).filter((path) => !path.startsWith('.git/')).sort(),
    contents: Object.fromEntries([...reading.values()].map(({ path, parts }) => [path, Buffer.concat(parts).toString()])),
  };
}

function askFor(positions, send) {
  for (const id of positions) send({ type: REQUEST, id });
  return positions.length;
}

/* `--build-context name=…`: a directory becomes its listing, anything else stays as it was given. */
async function namedContexts(session, contexts) {
  const result = {};
  for (const [name, value] of Object.entries(contexts)) {
    result[name] = value.startsWith('local:') ? (await transfer(session, value.slice('local:'.length))).paths : value;
  }
  return result;
}

/* The login that the CLI has for every registry this build would touch; null where it has none. */
async function logins(session, { exporter, cacheTo, cacheFrom }) {
  const pushed = exporter.attributes.push === 'true' ? (exporter.attributes.name ?? '').split(',') : [];
  const cached = [...cacheTo, ...cacheFrom].map(({ attributes }) => attributes.ref);
  const result = {};
  for (const host of new Set([...pushed, ...cached].filter(Boolean).map(registryOf))) {
    const answer = await session.call('/moby.filesync.v1.Auth/Credentials', encode({ host }, Host));
    const { username, secret } = decode(answer, Credentials);
    result[host] = username || secret ? { username, password: secret } : null;
  }
  return result;
}

/* Docker's rule: the first part names a registry only if it could be a host name. */
export function registryOf(reference) {
  const [first, ...rest] = reference.split('/');
  return rest.length && /[.:]|^localhost$/.test(first) && first !== 'docker.io' ? first : 'registry-1.docker.io';
}

/* The secrets that the Dockerfile mounts, as the CLI delivers them; null where it refuses. */
async function secrets(session, dockerfile) {
  const mounts = dockerfile.match(/--mount=\S+/g) ?? [];
  const ids = mounts.filter((mount) => mount.includes('type=secret')).map((mount) => mount.match(/[=,]id=([^,\s]+)/)?.[1]);
  const result = {};
  for (const id of new Set(ids.filter(Boolean))) {
    const answer = await session.call('/moby.buildkit.secrets.v1.Secrets/GetSecret', encode({ id }, Secret)).catch(() => null);
    result[id] = answer && decode(answer, Bytes).data.toString();
  }
  return result;
}
