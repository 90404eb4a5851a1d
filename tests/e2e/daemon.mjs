/*
 * daemon: as much of a Docker engine as `depot configure-docker` asks for, with the failures that a test wants.
 *
 *   const daemon = await startDaemon({ '/images/create': [500, 'no such host'] });   // path → status and message
 *   …DOCKER_HOST=daemon.host…                     daemon.calls   'POST /images/create', … without the API's version
 *   await daemon.close();
 *
 * The rule: it has no image and no container. `version` is the newest API it speaks; a newer client is refused, in the engine's words.
 */
import http from 'node:http';

export async function startDaemon(failures = {}, { version = '1.51' } = {}) {
  const calls = [];
  const server = http.createServer((request, response) => {
    const [, spoken, path] = request.url.match(/^(?:\/v([0-9.]+))?([^?]*)/);
    calls.push(`${request.method} ${path}`);
    const answer = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json', 'api-version': version, 'ostype': 'linux' });
      response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
    };
    request.resume();
    request.on('end', () => {
      const failure = Object.entries(failures).find(([prefix]) => path.startsWith(prefix))?.[1];
      if (spoken && Number(spoken.split('.')[1]) > Number(version.split('.')[1])) {
        answer(400, { message: `client version ${spoken} is too new. Maximum supported API version is ${version}` });
      } else if (failure) answer(failure[0], { message: failure[1] });
      else if (path === '/_ping') answer(200, 'OK');
      else if (path === '/images/create') answer(200, {});
      else if (path === '/info') answer(200, { ID: 'rig', OSType: 'linux', Architecture: 'x86_64', SecurityOptions: [] });
      else if (path === '/containers/create') answer(201, { Id: 'rig', Warnings: [] });
      else if (path.endsWith('/archive')) answer(200, {});
      else answer(404, { message: `No such thing: ${path}` });
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    calls,
    host: `tcp://127.0.0.1:${server.address().port}`,
    close: () => { server.closeAllConnections(); return new Promise((resolve) => server.close(resolve)); },
  };
}
