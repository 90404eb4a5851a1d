/*
 * plugins: what plugins do to a job before its command, as far as our pipelines lean on them.
 *
 * The rule: every plugin is written down; `kubernetes` delivers the environment of its containers
 * (literal, secretKeyRef, envFrom) from the secrets of a cluster that the test made up, docker-login
 * and ecr leave a config.json as `docker login` would. A secret that the cluster lacks is an exception:
 * the pod would never start.
 *
 *   pluginsOf(step)                              [{ name, version, config }]
 *   applyPlugins(step, env, { directory, cluster, ecrPassword })   → { weak, strong }: environment under and over the job's own
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export function pluginsOf(step) {
  const entries = [step.plugins ?? []].flat().map((plugin) => (typeof plugin === 'string' ? [plugin, {}] : Object.entries(plugin)[0]));
  return entries.map(([reference, config]) => {
    const [name, version = ''] = reference.split('#');
    return { name, version, config: config ?? {} };
  });
}

const shortName = (name) => name.replace(/^.*\//, '').replace(/-buildkite-plugin(\.git)?$/, '');

export function applyPlugins(step, env, options) {
  const result = { weak: {}, strong: {} };
  const logins = {};
  for (const { name, config } of pluginsOf(step)) {
    const short = shortName(name);
    if (short === 'kubernetes') Object.assign(result.weak, kubernetesEnvironment(step.key, config, options.cluster ?? {}));
    if (short === 'docker-login') Object.assign(logins, dockerLogin(config, env));
    if (short === 'ecr') Object.assign(logins, ecrLogin(config, options.ecrPassword ?? 'password-of-ecr'));
  }
  if (Object.keys(logins).length) result.strong.DOCKER_CONFIG = writeDockerConfig(options.directory, logins);
  return result;
}

/* Of the container that runs the command: the first of podSpec, or `container-0` of a patch; what commandParams give to it comes first. */
function kubernetesEnvironment(key, { podSpec, podSpecPatch, commandParams = {} }, cluster) {
  const patched = podSpecPatch?.containers?.find(({ name }) => name === 'container-0');
  return Object.assign({}, ...[{ envFrom: commandParams.envFrom }, podSpec?.containers?.[0], patched].filter(Boolean).map((container) => containerEnvironment(key, container, cluster)));
}

function containerEnvironment(key, { envFrom = [], env = [] }, cluster) {
  const secret = (name, optional) => {
    if (cluster[name] === undefined && !optional) throw new Error(`${key}: the cluster has no secret ${name}`);
    return cluster[name] ?? {};
  };
  const all = envFrom.map(({ secretRef, prefix = '' }) => Object.fromEntries(Object.entries(secretRef ? secret(secretRef.name, secretRef.optional) : {})
    .map(([name, value]) => [prefix + name, value])));
  const each = env.map(({ name, value = '', valueFrom }) => {
    const reference = valueFrom?.secretKeyRef;
    if (!reference) return { [name]: valueFrom ? '' : String(value) };
    const found = secret(reference.name, reference.optional)[reference.key];
    if (found === undefined && !reference.optional) throw new Error(`${key}: the secret ${reference.name} has no ${reference.key}`);
    return found === undefined ? {} : { [name]: found };
  });
  return Object.assign({}, ...all, ...each);
}

function dockerLogin({ server = 'https://index.docker.io/v1/', username, 'password-env': variable = 'DOCKER_LOGIN_PASSWORD' }, env) {
  if (!env[variable]) throw new Error(`docker-login: ${variable} is not set`);
  return { [server]: auth(username, env[variable]) };
}

function ecrLogin({ login, 'account-ids': dashed, account_ids: accounts = dashed, region = 'us-east-1' }, password) {
  if (login !== true && login !== 'true') return {};
  return Object.assign({}, ...[accounts ?? []].flat().map((account) => ({
    [account === 'public.ecr.aws' ? account : `${account}.dkr.ecr.${region}.amazonaws.com`]: auth('AWS', password),
  })));
}

const auth = (username, password) => ({ auth: Buffer.from(`${username}:${password}`).toString('base64') });

function writeDockerConfig(directory, auths) {
  const folder = path.join(directory, 'docker-config');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ auths }));
  return folder;
}
