/*
 * secrets: no output of any command holds the value of a variable that is named like a secret.
 *
 *   node secrets.mjs [--rounds N] [--seed S]
 *
 * The rule: each round makes up an environment in which every secret-named variable has a random value, a repository that asks
 * for them in every way it can (settings, compose and bake files, .env files, a remote with a password in it), random settings and
 * a kind of build, and runs every command in it. Whatever comes out (standard output and error, files written, everything that
 * buildkite-agent and curl are called with) is searched for the values, plain and as JSON, URLs and base64 spell them, and what is
 * uploaded by the two searches of agent 4 (../e2e/agent-secrets.mjs). Calls of an agent may hold a token nowhere.
 * The last line: "N passed, N failed", each a command in a round; a failure shows the seed of its round.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { refusals } from '../e2e/agent-secrets.mjs';
import { makeRepository, program } from '../e2e/scenario.mjs';
import { makeToolbox, recordings, smallImage } from '../e2e/toolbox.mjs';
import { upload } from '../e2e/runner.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/* mulberry32: the same rounds for the same seed. */
function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  };
  return {
    chance: (p) => next() < p,
    pick: (list) => list[Math.floor(next() * list.length)],
    hex: (length) => Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join(''),
  };
}

const names = ['DEPOT_TOKEN', 'BUILDKITE_AGENT_ACCESS_TOKEN', 'BUILDKITE_API_TOKEN', 'GHCR_TOKEN', 'REGISTRY_PASSWORD', 'DOCKER_LOGIN_PASSWORD', 'NPM_TOKEN',
  'API_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'DB_PASSWORD', 'CLIENT_SECRET', 'SIGNING_PRIVATE_KEY', 'DEPLOY_SSH_KEY', 'S3_ACCESS_KEY',
  'DB_CONNECTION_STRING', 'MAPS_API_KEY', 'WEBHOOK_SECRET_KEY', 'DEPOT_API_TOKEN', 'DEPOT_PUSH_REGISTRY_PASSWORD', 'DEPOT_CACHE_TOKEN', 'GOOGLE_OAUTH_ACCESS_TOKEN'];

/* What is around the random part, which alone is searched for: a part of a secret is one too. */
const shapes = [(core) => core, (core) => `x${core}$HOME`, (core) => `"${core}'\\`, (core) => `ü ${core}\nsecond line`, (core) => `https://user:${core}@example.com/`, (core) => `{{${core}}}`];

/* Ways in which a repository asks for them. */
const files = {
  'depot.json': '{"id":"x19jffd9zf"}\n',
  'api/Dockerfile': 'FROM scratch AS base\nARG NPM_TOKEN\nARG API_TOKEN\nRUN --mount=type=secret,id=npm true\nFROM base\nCOPY x /\n', 'api/x': '',
  'compose.yaml': 'services:\n'
    + '  web:\n    image: "registry.example/${API_TOKEN}/web:${NPM_TOKEN-none}"\n    environment: {DB_PASSWORD: "${DB_PASSWORD}"}\n'
    + '    build:\n      context: ./web\n      args: {NPM_TOKEN: , A: "${API_TOKEN}", B: "${DB_PASSWORD:-fallback}", C: "x-${CLIENT_SECRET:+set}", D: "${DATABASE}", MAPS_API_KEY: "${MAPS_API_KEY}"}\n'
    + '      labels: {l: "${WEBHOOK_SECRET_KEY}"}\n      secrets: [npm, file]\n      cache_from: ["type=registry,ref=registry.example/${API_TOKEN}"]\n      ssh: ["k=${DEPLOY_SSH_KEY}"]\n'
    + '  strict:\n    build: {context: ./strict, args: {X: "${API_TOKEN:?wanted}"}}\n'
    + 'secrets:\n  npm: {environment: NPM_TOKEN}\n  file: {file: "./${CLIENT_SECRET}"}\n',
  'web/Dockerfile': 'FROM scratch\n', 'strict/Dockerfile': 'FROM scratch\n', 'broken/Dockerfile': 'FROM scratch\nCOPPY $NPM_TOKEN /\n',
  'torn/compose.yaml': 'services:\n  x:\n    build:\n      contxt: "${API_TOKEN}"\n      args: {A: "${B"}\n',
  'bake/docker-bake.hcl': 'variable "NPM_TOKEN" {}\nvariable "TAG" { default = "t" }\ntarget "baked" {\n  context = "."\n  args = { NPM_TOKEN = NPM_TOKEN, T = "${TAG}-${NPM_TOKEN}" }\n  secret = ["id=npm,env=NPM_TOKEN"]\n  tags = ["registry.example/x:${NPM_TOKEN}"]\n}\n',
  'bake/Dockerfile': 'FROM scratch\n',
};

/* Pieces of settings, by key; a round takes some of each. */
const settings = {
  registry: ['registry.example/acme', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme', 'ghcr.io/acme'],
  tags: ['["{sha}", "{env:API_TOKEN}"]', '["{branch}-{env:NPM_TOKEN}"]', '[t]'],
  build_args: ['{NPM_TOKEN: , A: "{env:DB_PASSWORD}", B: "$API_TOKEN ${API_TOKEN}"}', '{MAPS_API_KEY: "{env:MAPS_API_KEY}"}'],
  login: ['{username: me, password_variable: REGISTRY_PASSWORD}', '{registry: ghcr.io, username_variable: CLIENT_SECRET, password_variable: GHCR_TOKEN}'],
  auth: ['token', 'oidc', 'auto', 'token\ntoken_secret: depot_token'],
  install: ['pinned', 'script', 'none'],
  cli: ['{url: "https://mirror.example/{version}/"}'],
  push: ['always', 'never', 'auto'],
  platforms: ['[linux/amd64, linux/arm64]'],
  builder: ['bake', 'compose', 'depot'],
  bundle: ['project', 'file', '2'],
  unaffected: ['skip', 'keep', 'omit'],
  base: ['{token_variable: BUILDKITE_API_TOKEN}', '{default_branch: all}', '{command: "echo nothing"}'],
  step: ['{env: {A: "$API_TOKEN ${NPM_TOKEN}"}, secrets: {NPM_TOKEN: npm}}', '{plugins: [{"docker-login#v3.0.0": {username: "$CLIENT_SECRET", password-env: REGISTRY_PASSWORD}}], notify: [{slack: "#$API_TOKEN"}]}'],
  discovery: ['{exclude: ["broken/**"]}', '{profiles: ["$API_TOKEN"]}'],
  key_prefix: ['"p-"'],
  labels: ['{team: "{env:API_TOKEN}", note: "$NPM_TOKEN"}'],
  oci_labels: ['true'],
  build_secrets: ['{npm: NPM_TOKEN, db: DB_PASSWORD}'],
  cache: ['{repository: registry.example/cache/x, write: always}'],
  kubernetes: ['{secrets: [all], env: [{name: NPM_TOKEN, secret: npm, key: t}]}', '{image: "ghcr.io/acme/agent:3", docker: sidecar}'],
  profiles: ['{pull_request: {tags: ["{env:NPM_TOKEN}"]}, fork: {build_args: {NPM_TOKEN: }}}'],
  /* Mistakes, which are rare, and whose messages quote what they complain of. */
  registri: ['"$API_TOKEN"'],
  project: ['"${DEPOT_TOKEN}"', '{env: DEPOT_TOKEN}'],
  token_secret: ['"$API_TOKEN"'],
};
const mistakes = ['registri', 'project', 'token_secret'];

const commit = '0123456789abcdef0123456789abcdef01234567';
const events = [
  {}, { BUILDKITE_BRANCH: 'main' }, { BUILDKITE_BRANCH: 'main', BUILDKITE_TAG: 'v1.2.3' }, { BUILDKITE_BRANCH: 'main', BUILDKITE_SOURCE: 'schedule' },
  { BUILDKITE_BRANCH: 'patch', BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main', BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/acme/shop' },
  { BUILDKITE_BRANCH: 'patch', BUILDKITE_PULL_REQUEST: '7', BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main', BUILDKITE_PULL_REQUEST_REPO: 'https://github.com/stranger/shop' },
];

/* Every command, in every mode: [words, what it is run as]. `job` is a job of Buildkite, `laptop` is none. */
const commands = [
  [['generate']], [['generate', '--format', 'json']], [['generate', '--no-interpolation']], [['generate', '--verbose']], [['generate', '--output', 'out.yml']],
  [['generate', '--all', '--only', 'web']], [['generate', '--registry', '$API_TOKEN']], [['--base', 'nowhere']], [['--config', 'none.yml']],
  [['upload']], [['upload', '--dry-run', '--verbose']], [['upload'], { RIG_AGENT_FAILS: 'pipeline upload', RIG_AGENT_STATUS: '1' }], [['upload'], { BUILDKITE_RETRY_COUNT: '1' }],
  [['preview']], [['preview', '--format', 'json']], [['preview', '--verbose', '--color', 'always']], [['explain']], [['explain', 'web']], [['explain', '--path', 'web/Dockerfile']], [['explain', '--files']],
  [['check']], [['check', '--verbose']], [['check', '--format', 'json']], [['test']],
  [['inspect', 'compose.yaml']], [['inspect', '--format', 'json', 'compose.yaml']], [['inspect', 'api/Dockerfile']], [['inspect', 'bake/docker-bake.hcl']], [['inspect', 'torn/compose.yaml']],
  [['settings']], [['settings', '--show-origin']], [['settings', '--format', 'json', 'web']], [['schema']], [['version']], [['help', 'rules']],
  [['k8s', 'values']], [['k8s', 'secret']], [['k8s', 'image']], [['k8s', 'bootstrap']], [['k8s', 'trust']],
];

/* ---- one round ----------------------------------------------------------------------------- */

const option = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : otherwise);

async function makeRound(place, random) {
  const cores = Object.fromEntries([...names, 'remote', 'dotenv', 'address'].map((name) => [name, random.hex(20)]));
  const secrets = Object.fromEntries(names.map((name) => [name, random.pick(shapes)(cores[name])]));
  const chosen = Object.entries(settings).filter(([key]) => random.chance(mistakes.includes(key) ? 0.05 : 0.45)).map(([key, values]) => `${key}: ${random.pick(values)}\n`);
  const fixture = random.chance(0.15);
  const checkout = path.join(place, 'checkout');
  const dotenv = { '.env': `API_TOKEN=${cores.dotenv}\nDB_PASSWORD='${cores.dotenv}'\nDATABASE=postgres://u:${cores.address}@db/x\n` };
  const remote = `https://robot:${cores.remote}@github.com/acme/shop.git`;
  await makeRepository(checkout, {
    repo: [fixture ? 'shop' : { ...files, ...dotenv }, fixture ? { 'services/api/src/main.go': 'x' } : { 'web/x': 'changed' }],
    settings: fixture ? undefined : chosen.join(''), git: [['remote', 'add', 'origin', remote]],
  });
  const job = {
    BUILDKITE: 'true', CI: 'true', BUILDKITE_JOB_ID: 'job1', BUILDKITE_COMMIT: 'HEAD', BUILDKITE_REPO: remote, BUILDKITE_AGENT_META_DATA_QUEUE: 'q',
    BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main', BUILDKITE_ORGANIZATION_SLUG: 'acme', BUILDKITE_PIPELINE_SLUG: 'shop', BUILDKITE_BUILD_NUMBER: '7', ...random.pick(events),
  };
  return { cores, secrets, checkout, environment: random.chance(0.75) ? job : {}, settings: chosen.join('') };
}

/* The spellings of a core that would show it; a core is hexadecimal, so most ways of quoting leave it as it is. */
const spellings = (core) => [core, Buffer.from(core).toString('hex'), ...[0, 1, 2].map((shift) => Buffer.from('.'.repeat(shift) + core).toString('base64').slice(shift ? 4 : 0, -4))];

function run(words, extra, { checkout, environment, secrets }, place) {
  rmSync(place, { recursive: true, force: true });
  for (const name of ['records', 'tmp', 'home', 'meta-data', 'annotations', 'artifacts']) mkdirSync(path.join(place, name), { recursive: true });
  const env = {
    ...secrets, ...environment, ...extra, PATH: makeToolbox(path.join(place, 'bin'), { standIn: ['buildkite-agent', 'curl'], tools: [...smallImage, 'git'] }),
    HOME: path.join(place, 'home'), TMPDIR: path.join(place, 'tmp'), LC_ALL: 'C.UTF-8', RECORD_DIR: path.join(place, 'records'),
    RIG_META_DATA: path.join(place, 'meta-data'), RIG_ANNOTATIONS: path.join(place, 'annotations'), RIG_ARTIFACTS: path.join(place, 'artifacts'),
  };
  const before = new Set(listing(checkout));
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: checkout, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const written = listing(checkout).filter((file) => !before.has(file)).map((file) => path.join(checkout, file));
  const left = ['tmp', 'home', 'meta-data', 'annotations', 'artifacts'].flatMap((name) => listing(path.join(place, name)).map((file) => path.join(place, name, file)));
  const calls = recordings(path.join(place, 'records'));
  const shown = {
    'standard output': stdout, 'standard error': stderr,
    ...Object.fromEntries([...written, ...left].map((file) => [path.relative(place, file), readFileSync(file, 'utf8')])),
    ...Object.fromEntries(calls.flatMap((call) => [[`argv of ${call.name} ${call.argv.slice(0, 2).join(' ')}`, call.argv.join('\n')],
      ...Object.entries({ stdin: call.name === 'curl' ? '' : call.stdin ?? '', ...call.files }).map(([file, text]) => [`${file} of ${call.name} ${call.argv.slice(0, 2).join(' ')}`, text])])),
  };
  for (const file of written) rmSync(file);
  return { status, stdout, stderr, shown, env };
}

function listing(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true }).filter((file) => !file.startsWith('.git/') && statSync(path.join(directory, file)).isFile());
}

/* What is wrong with the output of a command, one line each. */
function problems(words, result, { cores }) {
  const leaks = Object.entries(cores).flatMap(([name, core]) => Object.entries(result.shown)
    .filter(([, text]) => spellings(core).some((spelling) => text.includes(spelling))).map(([where]) => `the value of ${name} is in ${where}`));
  const uploads = words[0] === 'upload' ? Object.entries(result.shown).filter(([where]) => / of buildkite-agent pipeline upload$/.test(where) && !where.startsWith('argv')).map(([, text]) => text)
    : result.status === 0 && words[0] === 'generate' && !words.includes('--output') ? [result.stdout] : [];
  const refused = uploads.filter(Boolean).flatMap((text) => refusals(upload(text, result.env, { interpolates: !words.includes('--no-interpolation') }), result.env));
  return [...leaks, ...refused];
}

const known = (words, { stderr }) => !/unknown command|no command/.test(stderr) || !['settings', 'k8s'].includes(words[0]);

async function main() {
  const seed = option('--seed', randomInt(2 ** 31));
  const count = { passed: 0, failed: 0 };
  const statuses = {};
  const place = mkdtempSync(path.join(tmpdir(), 'depot-pipeline-secrets-'));
  for (let round = 0; round < option('--rounds', 12); round += 1) {
    const random = generator(seed + round);
    const world = await makeRound(path.join(place, String(round)), random);
    const planted = problems(['help'], run(['help', world.cores.NPM_TOKEN], {}, world, path.join(place, 'run')), world);
    count[planted.length ? 'passed' : 'failed'] += 1;
    if (!planted.length) console.log('FAILED: a value that was planted is not found');
    for (const [words, extra = {}] of commands) {
      const result = run(words, extra, world, path.join(place, 'run'));
      if (!known(words, result)) continue;
      statuses[result.status] = (statuses[result.status] ?? 0) + 1;
      const found = problems(words, result, world);
      count[found.length ? 'failed' : 'passed'] += 1;
      if (found.length) console.log(`FAILED: ${words.join(' ')} (--seed ${seed + round} --rounds 1)\n    ${found.slice(0, 5).join('\n    ')}\n${world.settings.replace(/^/gm, '      ')}`);
    }
    rmSync(path.join(place, String(round)), { recursive: true });
  }
  rmSync(place, { recursive: true });
  console.log(`exit statuses of the commands: ${Object.entries(statuses).map(([status, times]) => `${status} ${times} times`).join(', ')}`);
  console.log(`${count.passed} passed, ${count.failed} failed`);
  process.exitCode = count.failed ? 1 : 0;
}

await main();
