/*
 * internet: the hosts that `depot push` insists on, behind a proxy on loopback.
 *
 * The rule: the CLI speaks only TLS to registries and to blob.depot.dev; a proxy (HTTPS_PROXY) ends that TLS with a certificate made
 * for the run and hands each request to one of ours: registry.depot.dev is the place where the rig saves builds, blob.depot.dev copies
 * blobs from there to the registry that it is told, and every other host of `registries` is that registry. Everything else is refused.
 *
 *   const internet = await startInternet({ saved: registry, registries: { 'registry.example.com': registry } });
 *   …run depot, or the real curl, with internet.environment…
 *   internet.blobs      [{ build, digest, host, repository }] that blob.depot.dev was asked to copy
 *   missingOpenssl      why it cannot start here, or false
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { find } from './toolbox.mjs';

export const missingOpenssl = find('openssl') ? false : 'no openssl on this machine';

export async function startInternet({ saved, registries }) {
  const internet = { blobs: [], reset, close };
  const directory = mkdtempSync(path.join(os.tmpdir(), 'depot-pipeline-internet-'));
  const hosts = ['registry.depot.dev', 'blob.depot.dev', ...Object.keys(registries)];
  const { key, cert } = certificate(directory, hosts);
  const ends = https.createServer({ key, cert }, (request, response) => serve(request, response).catch((error) => response.writeHead(502).end(String(error))));
  const proxy = http.createServer((_request, response) => response.writeHead(403).end());
  const sockets = new Set();
  proxy.on('connection', (socket) => sockets.add(socket.on('close', () => sockets.delete(socket))));
  proxy.on('connect', ({ url }, socket) => {
    socket.on('error', () => {});
    if (!hosts.includes(url.replace(/:443$/, ''))) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    return ends.emit('connection', socket);
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${proxy.address().port}`;
  internet.environment = { HTTPS_PROXY: address, https_proxy: address, SSL_CERT_FILE: path.join(directory, 'cert.pem'), CURL_CA_BUNDLE: path.join(directory, 'cert.pem') };
  return internet;

  async function serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { host } = request.headers;
    if (host === 'blob.depot.dev') return response.writeHead(await copyBlob(request.url, JSON.parse(body))).end();
    const [to, url] = host === 'registry.depot.dev' ? [saved, request.url.replace(/^\/v2\/(?=.)/, '/v2/registry.depot.dev/')] : [registries[host], request.url];
    const answer = await send(to.host, request.method, url, { ...request.headers, host: to.host }, body);
    return response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  /* POST /blobs/<build>/<digest>: as Depot does it, from its registry to the one of the request. The answer is a status. */
  async function copyBlob(url, { registryHost, repositoryNamespace, registryToken, tokenScheme }) {
    const [, build, digest] = url.match(/^\/blobs\/([^/]+)\/(.+)$/);
    const target = registries[registryHost];
    internet.blobs.push({ build, digest, host: registryHost, repository: repositoryNamespace });
    const project = saved.saved().find((name) => name.endsWith(`:${build}`) || name.includes(`:${build}-`))?.split(':')[0];
    const blob = await send(saved.host, 'GET', `/v2/registry.depot.dev/${project}/blobs/${digest}`);
    const authorization = `${tokenScheme} ${registryToken}`;
    const begun = await send(target.host, 'POST', `/v2/${repositoryNamespace}/blobs/uploads/`, { authorization });
    if (begun.status !== 202) return begun.status;
    const place = new URL(begun.headers.location, `http://${target.host}`);
    place.searchParams.set('digest', digest);
    const done = await send(target.host, 'PUT', place.pathname + place.search, { authorization, 'content-type': 'application/octet-stream', 'content-length': blob.body.length }, blob.body);
    return done.status === 201 ? 200 : done.status;
  }

  function reset() {
    internet.blobs.length = 0;
  }

  function close() {
    for (const socket of sockets) socket.destroy();
    rmSync(directory, { recursive: true, force: true });
    return new Promise((resolve) => proxy.close(resolve));
  }
}

function certificate(directory, hosts) {
  const [keyFile, certFile] = ['key.pem', 'cert.pem'].map((name) => path.join(directory, name));
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=rig',
    '-addext', `subjectAltName=${hosts.map((host) => `DNS:${host}`).join()}`, '-keyout', keyFile, '-out', certFile]);
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
  return { key: readFileSync(keyFile), cert: readFileSync(certFile) };
}

/* One request over plain HTTP, whole: { status, headers, body }. */
function send(host, method, url, headers = {}, body = undefined) {
  return new Promise((resolve, reject) => {
    const [hostname, port] = host.split(':');
    const request = http.request({ hostname, port, method, path: url, headers }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
    });
    request.on('error', reject).end(body);
  });
}
