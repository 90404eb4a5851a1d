/*
 * control-plane: a Depot API on loopback that records every call of the real Depot CLI.
 *
 * The rule: what the CLI says is written down, what it hears is chosen by the test. It
 * speaks what the CLI speaks: HTTP/2 without TLS (DEPOT_API_URL=http://127.0.0.1:PORT), the
 * Connect protocol, protobuf bodies. The field numbers are those of depot/cli
 * `proto/depot/cli/v1/build.proto` and `push.proto`. A build it grants continues at `buildkit` (buildkit.mjs); what is saved
 * goes to `registry.depot.dev/<project>:<build>`, below the host of `registry` where one is given.
 *
 *   const plane = await startControlPlane({ buildkit });
 *   plane.answer('permission_denied', 'no such project for you');
 *   …run depot with plane.environment…
 *   plane.calls    [{ method, token, request }], oldest first
 *   plane.builds   the decoded CreateBuild requests, each with its token, and `result` once finished
 *   plane.pushes   the decoded StartPush requests of `depot push`, each with its token, and `result` once finished
 *   await plane.close();
 */
import http2 from 'node:http2';
import { gunzipSync } from 'node:zlib';
import { decode, encode } from './protobuf.mjs';

const Output = { kind: [1, 'string'], attributes: [2, 'map'] };
const Options = {
  command: [1, 'number'], tags: [2, ['string']], outputs: [3, [Output]], push: [4, 'bool'], load: [5, 'bool'],
  targetName: [6, 'string'], lint: [7, 'bool'], save: [8, 'bool'], saveTags: [9, ['string']],
};
const CreateBuild = { projectId: [1, 'string'], options: [2, [Options]] };
const Tag = { tag: [1, 'string'], push: [2, 'bool'] };
const Created = {
  buildId: [1, 'string'], buildToken: [2, 'string'], buildUrl: [5, 'string'], projectId: [6, 'string'], additionalTags: [8, [Tag]],
};
const Failure = { error: [1, 'string'] };
const FinishBuild = { buildId: [1, 'string'], success: [2, {}], error: [3, Failure], canceled: [4, {}] };
const Connection = { buildId: [1, 'string'], platform: [2, 'number'] };
const Active = { endpoint: [1, 'string'], serverName: [2, 'string'] };
const Connected = { active: [2, Active] };
const BuildId = { buildId: [1, 'string'] };
const Built = { buildId: [1, 'string'], projectId: [2, 'string'], buildUrl: [3, 'string'] };
const PullInfo = { reference: [1, 'string'], username: [2, 'string'], password: [3, 'string'], options: [4, [Options]] };
const PullTokenFor = { projectId: [1, 'string'], buildId: [2, 'string'] };
const PullToken = { token: [1, 'string'] };
const StartPush = { tag: [1, 'string'], buildId: [2, 'string'] };
const Started = { pushId: [1, 'string'] };
const FinishPush = { pushId: [1, 'string'], buildId: [2, 'string'], error: [3, 'string'] };
const Project = { id: [1, 'string'], name: [2, 'string'] };
const Projects = { projects: [1, [Project]] };

const commands = ['', 'build', 'bake', 'buildx'];
const platforms = ['', 'amd64', 'arm64'];

/* Connect's error codes, as HTTP statuses. */
const statusOf = { permission_denied: 403, unauthenticated: 401, not_found: 404, unavailable: 503, internal: 500, unimplemented: 404 };

export async function startControlPlane({ buildkit = null, projects = [], registry = null } = {}) {
  const plane = { calls: [], builds: [], pushes: [], refusals: new Map(), close, answer, reset };
  const server = http2.createServer();
  const sessions = new Set();
  server.on('session', (session) => sessions.add(session.on('close', () => sessions.delete(session))));
  server.on('stream', (stream, headers) => {
    const chunks = [];
    stream.on('error', () => {});
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => respond(stream, headers, Buffer.concat(chunks)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  plane.url = `http://127.0.0.1:${server.address().port}`;

  /* Everything that makes a Depot CLI talk to us, quietly, and to nobody else. */
  plane.environment = {
    DEPOT_API_URL: plane.url, DEPOT_NO_UPDATE_NOTIFIER: '1', DEPOT_DISABLE_OTEL: '1', DEPOT_ERROR_TELEMETRY: '0',
  };

  const methods = {
    CreateBuild: (bytes, token) => {
      const build = { ...decode(bytes, CreateBuild), token };
      build.options.forEach((option) => { option.command = commands[option.command] ?? option.command; });
      build.buildId = `build${plane.builds.push(build)}`;
      const { buildId, projectId } = build;
      const saved = build.options.filter((option) => option.save);
      const tags = saved.length ? [buildId, ...new Set(saved.flatMap((option) => option.saveTags))] : [];
      return reply('CreateBuild', build, Created, {
        buildId, projectId, buildToken: `token-of-${buildId}`, buildUrl: `https://depot.dev/${buildId}`,
        additionalTags: tags.map((tag) => ({ tag: savedAs(projectId, tag), push: true })),
      });
    },
    GetBuildKitConnection: async (bytes) => {
      const request = decode(bytes, Connection);
      request.platform = platforms[request.platform] ?? request.platform;
      if (!buildkit) return { request, error: { code: 'unavailable', message: 'the rig has no builder' } };
      return { request, response: encode({ active: { endpoint: await buildkit.endpoint(request), serverName: 'rig' } }, Connected) };
    },
    FinishBuild: (bytes) => {
      const request = decode(bytes, FinishBuild);
      const build = plane.builds.find(({ buildId }) => buildId === request.buildId);
      if (build) build.result = request.error?.error ?? (request.canceled ? 'canceled' : 'success');
      return { request };
    },
    GetBuild: (bytes) => {
      const request = decode(bytes, BuildId);
      return known(request, ({ buildId, projectId }) => reply('GetBuild', request, Built, { buildId, projectId, buildUrl: `https://depot.dev/${buildId}` }));
    },
    GetPullInfo: (bytes) => {
      const request = decode(bytes, BuildId);
      return known(request, ({ buildId, projectId, options }) => reply('GetPullInfo', request, PullInfo,
        { reference: `registry.depot.dev/${projectId}:${buildId}`, username: 'x-token', password: 'pull-token', options: options.map((option) => ({ ...option, command: commands.indexOf(option.command) })) }));
    },
    GetPullToken: (bytes) => reply('GetPullToken', decode(bytes, PullTokenFor), PullToken, { token: 'pull-token' }),
    StartPush: (bytes, token) => {
      const push = { ...decode(bytes, StartPush), token };
      return known(push, () => reply('StartPush', push, Started, { pushId: `push${plane.pushes.push(push)}` }));
    },
    FinishPush: (bytes) => {
      const request = decode(bytes, FinishPush);
      const push = plane.pushes[Number(request.pushId.slice('push'.length)) - 1];
      if (push) push.result = request.error || 'success';
      return { request };
    },
    ListProjects: () => reply('ListProjects', null, Projects, { projects: [...projects, ...projectsOfBuilds()] }),
  };

  const savedAs = (projectId, tag) => `${registry ? `${registry.host}/` : ''}registry.depot.dev/${projectId}:${tag}`;

  /* `depot push --project` wants to see its project in the list. */
  function projectsOfBuilds() {
    const ids = new Set(plane.builds.map(({ projectId }) => projectId));
    return [...ids].filter((id) => id && !projects.some((project) => project.id === id)).map((id) => ({ id, name: id }));
  }

  /* An answer about a build that there is. */
  function known(request, tell) {
    const build = plane.builds.find(({ buildId }) => buildId === request.buildId);
    return build ? tell(build) : { request, error: { code: 'not_found', message: `there is no build ${request.buildId}` } };
  }

  /* What the test chose to be answered: the message, or the refusal. */
  function reply(method, request, message, values) {
    const error = plane.refusals.get(method);
    return error ? { request, error } : { request, response: encode(values, message) };
  }

  return plane;

  /* From now on `method` (CreateBuild, ListProjects, StartPush…) answers `code`; 'ok' grants it again. */
  function answer(code, message = `the rig answers ${code}`, method = 'CreateBuild') {
    if (code === 'ok') plane.refusals.delete(method);
    else plane.refusals.set(method, { code, message });
  }

  function reset() {
    plane.calls.length = plane.builds.length = plane.pushes.length = 0;
    plane.refusals.clear();
  }

  function close() {
    for (const session of sessions) session.destroy();
    return new Promise((resolve) => server.close(resolve));
  }

  async function respond(stream, headers, body) {
    const method = headers[':path'].split('/').pop();
    const token = (headers.authorization ?? '').replace(/^Bearer /, '');
    const type = headers['content-type'] ?? '';
    const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    if (type.startsWith('application/connect+')) {
      plane.calls.push({ method, token, request: null });
      return send(stream, 200, type, Buffer.concat([envelope(0, Buffer.alloc(0)), envelope(2, Buffer.from('{}'))]));
    }
    const { request = null, response = Buffer.alloc(0), error = null } = await methods[method]?.(bytes, token) ?? {};
    plane.calls.push({ method, token, request });
    if (error) return send(stream, statusOf[error.code], 'application/json', JSON.stringify(error));
    return send(stream, 200, 'application/proto', response);
  }
}

const send = (stream, status, type, body) => {
  if (stream.destroyed) return;
  stream.respond({ ':status': status, 'content-type': type });
  stream.end(body);
};

/* A message of a Connect stream: flags, length, bytes. */
function envelope(flags, bytes) {
  const head = Buffer.alloc(5);
  head[0] = flags;
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
