/*
 * oidc: the one call of the Buildkite API that a job's Depot CLI makes.
 *
 * The rule: POST /v3/jobs/<id>/oidc/tokens is recorded and answered as the test chose. No
 * other path exists.
 *
 *   const oidc = await startOidc();
 *   oidc.answer(403, 'not allowed');
 *   …run depot with oidc.environment and no DEPOT_TOKEN…
 *   oidc.requests   [{ job, authorization, body }]
 */
import http from 'node:http';

export async function startOidc({ token = 'jwt-of-the-job' } = {}) {
  const oidc = { requests: [], answer, reset, close };
  let status = 200;
  let message = '';
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const [, job] = request.url.match(/^\/v3\/jobs\/([^/]+)\/oidc\/tokens$/) ?? [];
    if (!job || request.method !== 'POST') return response.writeHead(404).end();
    oidc.requests.push({ job, authorization: request.headers.authorization, body: JSON.parse(Buffer.concat(chunks)) });
    response.writeHead(status, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(status < 300 ? { token } : { message }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

  /* What the agent gives to every job. */
  oidc.environment = {
    BUILDKITE: 'true', BUILDKITE_JOB_ID: 'job1', BUILDKITE_AGENT_ACCESS_TOKEN: 'agent-token',
    BUILDKITE_AGENT_ENDPOINT: `http://127.0.0.1:${server.address().port}/v3`,
  };
  return oidc;

  function answer(code, text = '') {
    status = code;
    message = text;
  }

  function reset() {
    oidc.requests.length = 0;
    answer(200);
  }

  function close() {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  }
}
