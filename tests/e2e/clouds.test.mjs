/*
 * clouds.test: one complete example a kind of registry (fixtures/recipes/registry-*), logged in to by real curl and the
 * real Depot CLI, and every way in which that can fail.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { account, provider, role, startClouds } from './clouds.mjs';
import { explain, inEveryShell, passed, solveOf, stopped } from './expect.mjs';
import { missingProgram, startRig } from './scenario.mjs';
import { missingShellcheck, shellcheck } from './shellcheck.mjs';
import { find } from './toolbox.mjs';

const skip = missingProgram || (find('curl') ? false : 'curl is not installed');
let rig;
let clouds;
before(async () => {
  rig = await startRig();
  clouds = await startClouds();
});
after(() => Promise.all([rig.close(), clouds.close()]));

const agent = `record buildkite-agent "$@" >/dev/null
test "$1 $2" = 'oidc request-token' || exit 0
test -z "\${RIG_OIDC_REFUSED:-}" || { echo 'fatal: POST oidc/tokens: 403 Forbidden' >&2; exit 1; }
while [ "$1" != --audience ]; do shift; done
printf 'jwt:%s\\n' "$2"`;
const env = { BUILDKITE_COMMIT: '0123456789abcdef0123456789abcdef01234567', BUILDKITE_BRANCH: 'main', BUILDKITE_REPO: 'git@github.com:acme/shop.git' };
const slugs = { BUILDKITE_ORGANIZATION_SLUG: 'acme', BUILDKITE_PIPELINE_SLUG: 'shop' };
const subject = /the subject organization:acme:pipeline:shop:ref:refs\/heads\/BRANCH:commit:COMMIT:step:build-/;

/* The example of a kind; `scripts` beside curl and the agent, `answers` of hosts before their usual ones. */
async function example(kind, { agentEnv = {}, scripts = {}, answers = {}, ...options } = {}) {
  clouds.reset();
  for (const [host, codes] of Object.entries(answers)) clouds.answer(host, ...codes);
  return rig.scenario({
    repo: `recipes/registry-${kind}`, env, standIn: ['depot'], scripts: { curl: clouds.script, 'buildkite-agent': agent, ...scripts },
    agentEnv: { ...slugs, ...agentEnv }, ...options,
  });
}
const log = (run) => run.steps.map(({ stdout, stderr }) => stdout + stderr).join('');
const asked = () => clouds.requests.map(({ method, host, path }) => `${method} ${host}${path.split('?')[0]}`);
const hidden = (run, ...words) => {
  const seen = log(run) + ['curl', 'depot', 'buildkite-agent'].flatMap((name) => run.calls(name)).map(({ argv }) => argv.join(' ')).join('\n');
  for (const word of words) assert.ok(!seen.includes(word), `${word} is in the log or in an argument\n${explain(run)}`);
};

const ecr = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const google = 'europe-docker.pkg.dev';

/* kind, options, the build's logins, what is asked of whom, secrets that nobody may see. */
const rows = [
  ['ghcr', { agentEnv: { GHCR_TOKEN: 's3cret' } }, { 'ghcr.io': { username: 'acme-ci', password: 's3cret' } }, ['GET ghcr.io/v2/', 'GET ghcr.io/token'], ['s3cret']],
  ['docker-hub', { agentEnv: { HUB_USER: 'acme', HUB_TOKEN: 'hub-token' } }, { 'registry-1.docker.io': { username: 'acme', password: 'hub-token' } },
    ['GET registry-1.docker.io/v2/', 'GET auth.docker.io/token'], ['hub-token']],
  ['generic', { agentEnv: { QUAY_TOKEN: 'quay' } }, { 'quay.io': { username: 'acme', password: 'quay' } }, ['GET quay.io/v2/', 'GET quay.io/v2/auth'], []],
  ['ecr', {}, { [ecr]: { username: 'AWS', password: 'ecr-password' } },
    ['POST sts.us-east-1.amazonaws.com/', 'POST api.ecr.us-east-1.amazonaws.com/', `GET ${ecr}/v2/`], ['ecr-password', 'of+the+role', 'session/token', 'jwt:']],
  ['ecr-agent', { agentEnv: { AWS_ACCESS_KEY_ID: 'AKIAOFTHEAGENT', AWS_SECRET_ACCESS_KEY: 'secret/of+the+agent' } }, { [ecr]: { username: 'AWS', password: 'ecr-password' } },
    ['POST api.ecr.us-east-1.amazonaws.com/', `GET ${ecr}/v2/`], ['of+the+agent']],
  ['ecr-public', {}, { 'public.ecr.aws': { username: 'AWS', password: 'public-password' } },
    ['POST sts.us-east-1.amazonaws.com/', 'POST api.ecr-public.us-east-1.amazonaws.com/', 'GET public.ecr.aws/v2/', 'GET public.ecr.aws/token/'], ['public-password']],
  ['google', {}, { [google]: { username: 'oauth2accesstoken', password: 'of-the-account' } },
    ['POST sts.googleapis.com/v1/token', `POST iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account}:generateAccessToken`, `GET ${google}/v2/`, `GET ${google}/v2/token`],
    ['of-the-account', 'of-the-pool', 'jwt:']],
  ['google-agent', {}, { [google]: { username: 'oauth2accesstoken', password: 'of-the-machine' } },
    ['GET metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token', `GET ${google}/v2/`, `GET ${google}/v2/token`], ['of-the-machine']],
  ['buildkite', {}, { 'packages.buildkite.com': { username: 'buildkite', password: 'jwt:https://packages.buildkite.com/acme/images' } }, ['GET packages.buildkite.com/v2/'], ['jwt:']],
  ['depot', {}, { 'org123.registry.depot.dev': { username: 'x-token', password: 'token-of-the-agent' } }, ['GET org123.registry.depot.dev/v2/'], ['token-of-the-agent']],
];
for (const [kind, options, logins, calls, secrets] of rows) {
  inEveryShell(test, `${kind}: the build has the login`, { skip }, async (shell) => {
    const run = await example(kind, { ...options, shell });
    passed(run);
    assert.deepEqual(solveOf(run).logins, logins, explain(run));
    assert.deepEqual(asked(), calls, explain(run));
    hidden(run, ...secrets);
  });
}

test('bases: two registries in one configuration; the one of the bases also where nothing is pushed', { skip }, async () => {
  const run = await example('bases', { agentEnv: { GHCR_TOKEN: 's3cret' } });
  passed(run);
  assert.deepEqual(solveOf(run).logins, { 'ghcr.io': { username: 'acme-ci', password: 's3cret' } });
  assert.equal(asked().at(-1), `GET ${ecr}/v2/`);
  const pulled = await example('bases', { env: { ...env, BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main', BUILDKITE_PULL_REQUEST_REPO: 'git@github.com:acme/shop' } });
  passed(pulled);
  assert.deepEqual(asked(), ['POST sts.us-east-1.amazonaws.com/', 'POST api.ecr.us-east-1.amazonaws.com/', `GET ${ecr}/v2/`]);
});

test('the aws CLI is taken where it is there, with the role by the job\'s token', { skip }, async () => {
  const aws = 'record aws "$@" >/dev/null\ntest "$AWS_ROLE_ARN $(cat "$AWS_WEB_IDENTITY_TOKEN_FILE") ${AWS_ACCESS_KEY_ID-none}" = "$RIG_ROLE jwt:sts.amazonaws.com none" && echo ecr-password';
  const run = await example('ecr', { scripts: { aws }, agentEnv: { RIG_ROLE: role, AWS_ACCESS_KEY_ID: 'x' } });
  passed(run);
  assert.deepEqual(run.calls('aws').map(({ argv }) => argv), [['ecr', 'get-login-password', '--region', 'us-east-1']]);
  assert.deepEqual(solveOf(run).logins, { [ecr]: { username: 'AWS', password: 'ecr-password' } });
  const failing = await example('ecr-agent', { scripts: { aws: 'echo "Unable to locate credentials" >&2; exit 255' } });
  stopped(failing, 71, ['Unable to locate credentials', 'is there a role, and does it allow ecr:GetAuthorizationToken?']);
});

test('gcloud is taken where it is there', { skip }, async () => {
  const run = await example('google-agent', { scripts: { gcloud: 'test "$*" = "auth print-access-token" && echo of-gcloud' } });
  passed(run);
  assert.deepEqual(solveOf(run).logins, { [google]: { username: 'oauth2accesstoken', password: 'of-gcloud' } });
  stopped(await example('google-agent', { scripts: { gcloud: 'echo "You do not currently have an active account" >&2; exit 1' } }), 71, ['active account', "give the login a 'provider'"]);
});

test('an endpoint of the agent\'s own, and the role of a Kubernetes service account', { skip }, async () => {
  const run = await example('ecr-agent', {
    prepare: () => {}, agentEnv: { AWS_ENDPOINT_URL_STS: 'http://sts.us-east-1.amazonaws.com/', AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: '/dev/null' },
  });
  stopped(run, 71, `trust policy of`);
  assert.deepEqual(asked(), ['POST sts.us-east-1.amazonaws.com/']);
});

test('depot without a token: a pull token, which the registry takes', { skip }, async () => {
  const run = await example('depot', { login: 'oidc', scripts: { 'buildkite-agent': agent } });
  passed(run);
  assert.deepEqual(solveOf(run).logins, { 'org123.registry.depot.dev': { username: 'x-token', password: 'pull-token' } });
});

test('a token of Buildkite is asked for again when the registry is called, for it lives five minutes', { skip }, async () => {
  const run = await example('buildkite');
  passed(run);
  const tokens = run.calls('buildkite-agent').filter(({ argv }) => argv[0] === 'oidc').map(({ argv }) => argv.slice(2));
  assert.ok(tokens.length >= 2, explain(run));
  for (const words of tokens) assert.deepEqual(words, ['--audience', 'https://packages.buildkite.com/acme/images', '--lifetime', '300']);
});

/* What goes wrong, where, and what the step then says; status 71 and no build. */
const denied = '<Error><Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error>';
const failures = [
  ['a wrong password', 'ghcr', { agentEnv: { GHCR_TOKEN: 'wrong' } }, ['denied', 'it refuses the user acme-ci: is the password in GHCR_TOKEN still valid']],
  ['a wrong password at Docker Hub', 'docker-hub', { agentEnv: { HUB_USER: 'acme', HUB_TOKEN: 'wrong' } }, ['it refuses the user acme', 'HUB_TOKEN']],
  ['no such registry', 'generic', { agentEnv: { QUAY_TOKEN: 'x' }, answers: { 'quay.io': [404] } }, 'https://quay.io/v2/ answers 404: is there a registry of that name?'],
  ['a registry that is down', 'generic', { agentEnv: { QUAY_TOKEN: 'x' }, answers: { 'quay.io': [503, 503, 503, 503] } }, 'https://quay.io/v2/ answers 503, also when asked again'],
  ['a role that does not trust the job', 'ecr', { answers: { 'sts.us-east-1.amazonaws.com': [[403, denied]] } },
    ['Not authorized to perform sts:AssumeRoleWithWebIdentity', `the trust policy of ${role} must let in`, 'the audience sts.amazonaws.com', subject]],
  ['a role that may not push', 'ecr', { answers: { 'api.ecr.us-east-1.amazonaws.com': [[400, '{"__type":"AccessDeniedException","Message":"no"}']] } },
    ['AccessDeniedException', 'does it allow ecr:GetAuthorizationToken?']],
  ['wrong keys', 'ecr-agent', { agentEnv: { AWS_ACCESS_KEY_ID: 'AKIAOFTHEAGENT', AWS_SECRET_ACCESS_KEY: 'wrong' } }, ['InvalidSignatureException', 'AWS says why above']],
  ['no role and no keys', 'ecr-agent', {}, "without the aws CLI this needs 'role' in the login"],
  ['an ECR of another account', 'ecr', { answers: { [ecr]: [401] } }, 'does the account of the registry let this role in?'],
  ['no OIDC token', 'ecr', { agentEnv: { RIG_OIDC_REFUSED: '1' } }, ['403 Forbidden', 'Buildkite gives this job no OIDC token for sts.amazonaws.com']],
  ['no agent', 'ecr', { scripts: { 'buildkite-agent': 'exit 127' } }, 'no OIDC token for sts.amazonaws.com'],
  ['a provider that does not trust the job', 'google', { answers: { 'sts.googleapis.com': [[400, '{"error":"unauthorized_client"}']] } },
    ['unauthorized_client', `the provider ${provider} must trust the issuer https://agent.buildkite.com`, subject]],
  ['a service account that does not trust the pool', 'google', { answers: { 'iamcredentials.googleapis.com': [[403, '{"error":{"status":"PERMISSION_DENIED"}}']] } },
    ['PERMISSION_DENIED', `${account} must give roles/iam.workloadIdentityUser`, subject]],
  ['an account that may not write', 'google', { answers: { [google]: [403] } }, 'roles/artifactregistry.writer'],
  ['no metadata server', 'google-agent', { answers: { 'metadata.google.internal': [404] } }, "give the login a 'provider'"],
  ['a policy of Buildkite that does not trust the job', 'buildkite', { answers: { 'packages.buildkite.com': [401] } }, ["the registry's OIDC policy must let in", subject]],
  ['a token of another organization', 'depot', { answers: { 'org123.registry.depot.dev': [401] } }, "does the token belong to the registry's organization?"],
  ['no helper', 'helper', {}, "docker-credential-ecr-login is not on this step's PATH"],
  ['no pull token', 'depot', { login: 'none', scripts: { 'buildkite-agent': agent, depot: 'test "$1" != pull-token || { echo "missing API token" >&2; exit 1; }\nexec "$RIG_DEPOT" "$@"' } },
    ['missing API token', 'depot says why above']],
];
for (const [what, kind, options, words] of failures) {
  test(`${kind}: ${what}: status 71 with the remedy`, { skip }, async () => {
    const run = await example(kind, options);
    stopped(run, 71, words);
    assert.deepEqual(run.builds, []);
  });
}

test('what is transient is tried again: 503, 429 and a connection that is refused', { skip }, async () => {
  const run = await example('ecr', { answers: { 'sts.us-east-1.amazonaws.com': [503], 'api.ecr.us-east-1.amazonaws.com': [429], [ecr]: [500] } });
  passed(run);
  assert.equal(clouds.requests.length, 6);
});

test('what is refused is not', { skip }, async () => {
  stopped(await example('ghcr', { agentEnv: { GHCR_TOKEN: 'wrong' } }), 71, 'refuses');
  assert.deepEqual(asked(), ['GET ghcr.io/v2/', 'GET ghcr.io/token']);
});

test('every emitted command passes shellcheck', { skip: skip || missingShellcheck }, async () => assert.deepEqual(await shellcheck(rig), []));
