/*
 * clouds: what Amazon, Google, Buildkite and registries answer to a login, by their real names, on loopback.
 *
 * The rule: a step's own curl makes every call, to the address that it would call anyway. `script` stands before it and
 * does two things: TLS is taken off, and this server is the proxy. So a request arrives with its host, and Signature
 * Version 4 is computed again here from the request as it came: a header that is not signed, or another secret, is 403.
 *
 *   const clouds = await startClouds();
 *   scripts: { curl: clouds.script }
 *   clouds.requests               [{ method, host, path, headers, body }]
 *   clouds.answer(host, …codes)   the next answers of a host, each a status or [status, body]; then the usual one
 *   clouds.token(audience)        the OIDC token that the rig's agent gives for it
 *
 * Limits: one role, one account, one provider; registries know nothing but the login.
 */
import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';

export const provider = 'projects/123456789012/locations/global/workloadIdentityPools/ci/providers/buildkite';
export const role = 'arn:aws:iam::123456789012:role/push';
export const account = 'push@acme.iam.gserviceaccount.com';

const keys = { ASIAOFTHEROLE: 'secret/of+the+role', AKIAOFTHEAGENT: 'secret/of+the+agent' };
const token = (audience) => `jwt:${audience}`;
const hash = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

/* The signature of AWS Version 4 for a request without a query, from the headers that it says are signed. */
function signatureOf({ method, path, headers, body }, secret, scope, signed) {
  const canonical = [method, path, '', ...signed.map((name) => `${name}:${String(headers[name]).trim()}`), '', signed.join(';'), hash(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n');
  return createHmac('sha256', scope.split('/').reduce(hmac, `AWS4${secret}`)).update(text).digest('hex');
}

/* Why a request is not one of this service's, or undefined. */
function refusal(request, service, region) {
  const { headers } = request;
  const [, id, scope, names, signature] = (headers.authorization ?? '').match(/^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), *SignedHeaders=([^,]+), *Signature=(.+)$/) ?? [];
  if (!id) return 'the request is not signed';
  if (!new RegExp(`^[0-9]{8}/${region}/${service}/aws4_request$`).test(scope)) return `the scope is ${scope}`;
  const signed = names.split(';');
  const unsigned = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))].filter((name) => !signed.includes(name));
  if (unsigned.length) return `not signed: ${unsigned}`;
  if (id.startsWith('ASIA') && headers['x-amz-security-token'] !== 'session/token==') return 'the session token is missing';
  return signature === signatureOf(request, keys[id], scope, signed) ? undefined : 'the signature does not match';
}

function sts({ body }) {
  const form = new URLSearchParams(body);
  const right = form.get('Action') === 'AssumeRoleWithWebIdentity' && form.get('Version') === '2011-06-15' && form.get('RoleArn') === role
    && /^[\w+=,.@-]{2,64}$/.test(form.get('RoleSessionName')) && form.get('WebIdentityToken') === token('sts.amazonaws.com');
  if (!right) return [400, `<Error><Code>ValidationError</Code><Message>${body}</Message></Error>`];
  return [200, `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
    <SessionToken>session/token==</SessionToken><SecretAccessKey>${keys.ASIAOFTHEROLE}</SecretAccessKey>
    <AccessKeyId>ASIAOFTHEROLE</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`];
}

function ecr(request, service, region, target, password) {
  const problem = refusal(request, service, region);
  if (problem) return [400, JSON.stringify({ __type: 'InvalidSignatureException', message: problem })];
  if (request.headers['x-amz-target'] !== `${target}.GetAuthorizationToken` || request.body !== '{}') return [400, 'no such operation'];
  const data = { authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'), expiresAt: 1 };
  return [200, JSON.stringify({ authorizationData: service === 'ecr' ? [data] : data })];
}

function googleSts({ body }) {
  const form = Object.fromEntries(new URLSearchParams(body));
  const right = form.grant_type === 'urn:ietf:params:oauth:grant-type:token-exchange' && form.audience === `//iam.googleapis.com/${provider}`
    && form.subject_token === token(`//iam.googleapis.com/${provider}`) && form.subject_token_type === 'urn:ietf:params:oauth:token-type:jwt'
    && form.requested_token_type === 'urn:ietf:params:oauth:token-type:access_token' && form.scope.includes('cloud-platform');
  return right ? [200, '{"access_token":"of-the-pool","token_type":"Bearer","expires_in":3599}'] : [400, `{"error":"invalid_request","error_description":"${body}"}`];
}

function googleAccount({ path, headers, body }) {
  if (headers.authorization !== 'Bearer of-the-pool') return [401, '{"error":{"status":"UNAUTHENTICATED"}}'];
  const right = path === `/v1/projects/-/serviceAccounts/${account}:generateAccessToken` && JSON.parse(body).scope.length === 1;
  return right ? [200, '{\n  "accessToken": "of-the-account",\n  "expireTime": "2026-01-01T00:00:00Z"\n}'] : [404, '{}'];
}

/* Each host's usual answer: [status, body, headers]. */
const usual = {
  'sts.us-east-1.amazonaws.com': sts,
  'api.ecr.us-east-1.amazonaws.com': (request) => ecr(request, 'ecr', 'us-east-1', 'AmazonEC2ContainerRegistry_V20150921', 'ecr-password'),
  'api.ecr-public.us-east-1.amazonaws.com': (request) => ecr(request, 'ecr-public', 'us-east-1', 'SpencerFrontendService', 'public-password'),
  'sts.googleapis.com': googleSts,
  'iamcredentials.googleapis.com': googleAccount,
  'metadata.google.internal': ({ headers }) => (headers['metadata-flavor'] === 'Google' ? [200, '{"access_token":"of-the-machine","expires_in":1}'] : [403, '']),
};

/* The registries: who may come in, and whether they send to a realm for a token. */
const registries = {
  '123456789012.dkr.ecr.us-east-1.amazonaws.com': { logins: ['AWS:ecr-password'] },
  'public.ecr.aws': { logins: ['AWS:public-password'], realm: 'https://public.ecr.aws/token/' },
  'europe-docker.pkg.dev': {
    logins: ['of-the-pool', 'of-the-account', 'of-the-machine', 'of-gcloud'].map((word) => `oauth2accesstoken:${word}`), realm: 'https://europe-docker.pkg.dev/v2/token',
  },
  'packages.buildkite.com': { logins: [`buildkite:${token('https://packages.buildkite.com/acme/images')}`] },
  'ghcr.io': { logins: ['acme-ci:s3cret'], realm: 'https://ghcr.io/token', refused: 403 },
  'registry-1.docker.io': { logins: ['acme:hub-token'], realm: 'https://auth.docker.io/token' },
  'auth.docker.io': { logins: ['acme:hub-token'] },
  'quay.io': { logins: ['acme:quay'], realm: 'https://quay.io/v2/auth' },
  'org123.registry.depot.dev': { logins: ['x-token:token-of-the-agent', 'x-token:pull-token'] },
};

function registry(host, { path, headers }) {
  const { logins, realm, refused = 401 } = registries[host];
  const given = Buffer.from((headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
  if (path.split('?')[0] === '/v2/' && realm) return [401, '{}', { 'WWW-Authenticate': `Bearer realm="${realm}",service="${host}"` }];
  if (path.split('?')[0] !== '/v2/' && !/[?&]service=/.test(path)) return [400, 'no service'];
  return logins.includes(given) ? [200, '{"token":"of-the-registry"}'] : [refused, '{"errors":[{"code":"DENIED","message":"denied"}]}'];
}

export async function startClouds() {
  const next = new Map();
  const clouds = { requests: [], answer: (host, ...codes) => next.set(host, codes), token, reset, close };
  const server = http.createServer(async (incoming, response) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method, headers } = incoming;
    const { host, pathname, search } = new URL(incoming.url, `http://${headers.host}`);
    const request = { method, host, path: pathname + search, headers, body: Buffer.concat(chunks).toString() };
    clouds.requests.push(request);
    const [status, body = '', more = {}] = [next.get(host)?.shift() ?? answerOf(request)].flat();
    if (status === 0) incoming.socket.destroy();
    else response.writeHead(status, more).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  clouds.host = `127.0.0.1:${server.address().port}`;
  clouds.script = `for argument; do
  shift
  case $argument in https://*) argument="http://\${argument#https://}" ;; esac
  set -- "$@" "$argument"
done
record curl "$@" >/dev/null
http_proxy=http://${clouds.host} exec "$RIG_CURL" "$@"`;
  return clouds;

  function answerOf(request) {
    if (usual[request.host]) return usual[request.host](request);
    return registries[request.host] ? registry(request.host, request) : [502, `the rig has no ${request.host}`];
  }

  function reset() {
    clouds.requests.length = 0;
    next.clear();
  }

  function close() {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  }
}
