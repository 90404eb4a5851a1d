/*
 * registry: a container registry in memory, on loopback, over plain HTTP.
 *
 * The rule: whatever is pushed can be pulled, nothing is checked but the login, and that not for Depot's registry. The fake
 * BuildKit publishes its images here (`publish`), and the Depot CLI then merges the
 * platforms into one index by itself: the only way to see a true multi-platform digest.
 *
 *   const registry = await startRegistry({ username, password });   // without: everybody may
 *   …push to `${registry.host}/team/app:1`…
 *   registry.tag('team/app', '1')      → { digest, type, body } or undefined
 *   registry.refused                   how many requests came without the login
 *   registry.failure = { status: 429, code: 'TOOMANYREQUESTS', message: 'slow down' }   // whoever writes hears this; { reset: true, times: 1 }: the builder
 *   startRegistry({ …, bearer: true })   asks for tokens, as most registries do: one for each repository and action
 *   registry.names()                   'team/app:1', … of all that was pushed, sorted; reset() forgets it
 *   registry.saved()                   'project:build1', … of what --save sent to Depot's registry (control-plane.mjs)
 *
 * Limits: of what the fake BuildKit publishes, manifests and configurations only; a blob is uploaded in one piece.
 */
import { createHash } from 'node:crypto';
import http from 'node:http';

const digestOf = (body) => `sha256:${createHash('sha256').update(body).digest('hex')}`;
const scopeOf = (method, repository) => `repository:${repository}:${method === 'PUT' ? 'pull,push' : 'pull'}`;
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const depot = 'registry.depot.dev/';
const configType = 'application/vnd.oci.image.config.v1+json';

/* The refresh token that stands for the password. */
export const refreshToken = 'refresh token of "the" rig';

export async function startRegistry({ username = '', password = '', bearer = false } = {}) {
  const content = new Map();
  const login = username ? `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` : '';
  const registry = { refused: 0, failure: null, publish, close, names, saved, reset, tag: (repository, tag) => content.get(`${repository} ${tag}`) };
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    answer(request, response, Buffer.concat(chunks));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry.host = `127.0.0.1:${server.address().port}`;
  return registry;

  /* Stores under its digest, and under `reference` where that is a tag. */
  function put(repository, reference, type, body) {
    const item = { digest: digestOf(body), type, body };
    content.set(`${repository} ${item.digest}`, item).set(`${repository} ${reference}`, item);
    return item;
  }

  /* An image of one platform under all `names`; the answer is what a BuildKit exporter reports. */
  function publish(names, architecture) {
    const config = Buffer.from(JSON.stringify({ architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: [] } }));
    const manifest = Buffer.from(JSON.stringify({
      schemaVersion: 2, mediaType: manifestType, layers: [],
      config: { mediaType: configType, size: config.length, digest: digestOf(config) },
    }));
    const digest = digestOf(manifest);
    for (const name of names.filter((n) => n.startsWith(`${registry.host}/`))) {
      const [repository, tag = digest] = name.slice(registry.host.length + 1).split(':');
      put(repository, digestOf(config), configType, config);
      put(repository, tag, manifestType, manifest);
    }
    const descriptor = { mediaType: manifestType, digest, size: manifest.length, platform: { architecture, os: 'linux' } };
    return {
      'containerimage.digest': digest,
      'containerimage.descriptor': Buffer.from(JSON.stringify(descriptor)).toString('base64'),
      'image.name': names.join(),
    };
  }

  /* A token is the scope it was given for. */
  function giveToken({ method, url, headers }, response, body) {
    const query = new URLSearchParams(method === 'POST' ? body.toString() : new URL(url, 'http://rig').search);
    const known = method === 'POST' ? query.get('grant_type') === 'refresh_token' && query.get('refresh_token') === refreshToken : headers.authorization === login;
    if (!known || query.get('service') !== 'rig') return response.writeHead(401).end();
    const token = Buffer.from(query.get('scope')).toString('base64');
    return response.writeHead(200).end(JSON.stringify(method === 'POST' ? { access_token: token } : { token, expires_in: 300 }));
  }

  function isKnown({ method, headers }, repository) {
    if (!bearer) return headers.authorization === login;
    const scope = Buffer.from(headers.authorization?.match(/^Bearer (.+)$/)?.[1] ?? '', 'base64').toString();
    return scope === scopeOf(method, repository) || (method === 'GET' && scope === scopeOf('PUT', repository));
  }

  function answer(request, response, body) {
    const { method, url, headers } = request;
    if (bearer && url.startsWith('/token')) return giveToken(request, response, body);
    const [, repository, kind, reference] = url.match(/^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/) ?? [];
    if (login && !isKnown(request, repository) && !url.startsWith(`/v2/${depot}`)) {
      registry.refused += 1;
      const asked = `Bearer realm="http://${registry.host}/token",service="rig",scope="${scopeOf(method, repository)}"`;
      return response.writeHead(401, { 'www-authenticate': bearer ? asked : 'Basic realm="rig"' }).end();
    }
    if (registry.failure && !['GET', 'HEAD'].includes(method)) {
      const { status, ...error } = registry.failure;
      return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [error] }));
    }
    if (!repository) return response.writeHead(200).end();
    if (method === 'PUT' && kind === 'manifests') {
      const { digest } = put(repository, reference, headers['content-type'], body);
      return response.writeHead(201, { 'docker-content-digest': digest }).end();
    }
    if (method === 'POST' && kind === 'blobs') return response.writeHead(202, { location: `/v2/${repository}/blobs/uploads/1` }).end();
    if (method === 'PUT' && kind === 'blobs') {
      put(repository, new URL(url, 'http://rig').searchParams.get('digest'), 'application/octet-stream', body);
      return response.writeHead(201).end();
    }
    const item = content.get(`${repository} ${reference}`);
    if (!item) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': item.type, 'content-length': item.body.length, 'docker-content-digest': item.digest });
    return response.end(method === 'HEAD' ? undefined : item.body);
  }

  function all() {
    return [...content.keys()].map((key) => key.replace(' ', ':')).filter((name) => !name.includes(':sha256:')).sort();
  }

  function names() {
    return all().filter((name) => !name.startsWith(depot));
  }

  function saved() {
    return all().filter((name) => name.startsWith(depot)).map((name) => name.slice(depot.length));
  }

  function reset() {
    content.clear();
    registry.refused = 0;
    registry.failure = null;
  }

  function close() {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  }
}
