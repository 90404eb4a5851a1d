/*
 * kubernetes: what the controller of the Agent Stack for Kubernetes makes of a plugin, of Helm values, and of a pod.
 *
 * The rule: as strict as the controller, which decodes its configuration with unknown fields disallowed, and whose linter
 * does the same with a plugin: a key that is not listed is a violation, and so is a value of another type. Of PodSpec and Container the fields of core/v1
 * that a build may want are listed. Written from the structs of the controller (internal/controller/config,
 * KubernetesPlugin) and of core/v1.
 *
 *   checkPlugin(plugin), checkValues(values)   violations, one line each
 *   pluginOf(step)   what its plugin is given      podEnvironment(step, cluster)   the variables that its command has from there
 */
import Ajv from 'ajv';
import { applyPlugins, pluginsOf } from './plugins.mjs';

const text = { type: 'string' };
const flag = { type: 'boolean' };
const count = { type: 'integer' };
const texts = { type: 'object', additionalProperties: text };
const list = (items) => ({ type: 'array', items });
const object = (properties, required = []) => ({ type: 'object', properties, required, additionalProperties: false });
const refer = (name) => ({ $ref: `#/definitions/${name}` });

const quantities = { type: 'object', additionalProperties: { anyOf: [{ type: 'number' }, { type: 'string', pattern: '^[0-9.]+([numkMGTPE]i?|e[0-9]+)?$' }] } };
const resources = object({ requests: quantities, limits: quantities });
const selector = object({ name: text, key: text, optional: flag }, ['name', 'key']);
const variable = object({
  name: { type: 'string', pattern: '^[-._a-zA-Z][-._a-zA-Z0-9]*$' }, value: text,
  valueFrom: object({ secretKeyRef: selector, configMapKeyRef: selector, fieldRef: object({ fieldPath: text }), resourceFieldRef: { type: 'object' } }),
}, ['name']);
const source = object({ prefix: text, secretRef: object({ name: text, optional: flag }), configMapRef: object({ name: text, optional: flag }) });
const mount = object({ name: text, mountPath: text, subPath: text, subPathExpr: text, readOnly: flag }, ['name', 'mountPath']);
const volume = object({
  name: text, emptyDir: object({ medium: text, sizeLimit: text }), hostPath: object({ path: text, type: text }, ['path']),
  persistentVolumeClaim: object({ claimName: text, readOnly: flag }, ['claimName']), secret: { type: 'object' }, configMap: { type: 'object' }, ephemeral: { type: 'object' },
}, ['name']);
const probe = object({
  exec: object({ command: list(text) }), periodSeconds: count, timeoutSeconds: count, failureThreshold: count, initialDelaySeconds: count, successThreshold: count,
});
const container = object({
  name: text, image: text, command: list(text), args: list(text), env: list(variable), envFrom: list(source), resources, volumeMounts: list(mount),
  startupProbe: probe, readinessProbe: probe, livenessProbe: probe, securityContext: { type: 'object' }, imagePullPolicy: text, workingDir: text, restartPolicy: text, tty: flag,
});
const podSpec = object({
  containers: list(refer('container')), initContainers: list(refer('container')), volumes: list(volume), serviceAccountName: text, automountServiceAccountToken: flag,
  nodeSelector: texts, tolerations: list({ type: 'object' }), affinity: { type: 'object' }, imagePullSecrets: list(object({ name: text })), hostNetwork: flag,
  securityContext: { type: 'object' }, priorityClassName: text, runtimeClassName: text, terminationGracePeriodSeconds: count, topologySpreadConstraints: list({ type: 'object' }),
});
const checkout = object({
  skip: flag, checkoutFlags: text, cleanFlags: text, cloneFlags: text, fetchFlags: text, noSubmodules: flag, submoduleCloneConfig: list(text),
  gitMirrors: object({ path: text, volume, cloneFlags: text, lockTimeout: count, skipUpdate: flag }), gitCredentialsSecret: { type: 'object' },
  envFrom: list(source), extraVolumeMounts: list(mount),
});
const command = object({ interposer: { enum: ['buildkite', 'vector', 'legacy'] }, envFrom: list(source), extraVolumeMounts: list(mount) });
const metadata = object({ labels: texts, annotations: texts });
const plugin = object({
  podSpec: refer('podSpec'), podSpecPatch: refer('podSpec'), podTemplate: text, gitEnvFrom: list(source), sidecars: list(refer('container')), metadata,
  extraVolumeMounts: list(mount), checkout, commandParams: command, sidecarParams: object({ envFrom: list(source), extraVolumeMounts: list(mount) }), jobActiveDeadlineSeconds: count,
});
const values = object({
  agentToken: text, agentStackSecret: { type: 'string', minLength: 1 }, image: text, resources,
  config: object({
    tags: list({ type: 'string', pattern: '^[^=]+=[^=]+$' }), queue: text, image: text, namespace: text, 'max-in-flight': count, 'prohibit-kubernetes-plugin': flag,
    'default-checkout-params': checkout, 'default-command-params': command, 'default-metadata': metadata, 'pod-spec-patch': refer('podSpec'),
    'resource-classes': { type: 'object' }, 'default-resource-class-name': text,
  }),
}, ['config']);

const ajv = new Ajv({ allErrors: true });
const definitions = { container, podSpec };
const validators = { plugin: ajv.compile({ ...plugin, definitions }), values: ajv.compile({ ...values, definitions }) };
const run = (validate, data) => (validate(data) ? [] : validate.errors.map((error) => `${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`));

export const checkPlugin = (data) => [...run(validators.plugin, data), ...checkMounts(data)];
export const checkValues = (data) => run(validators.values, data);

/* A mount whose volume nobody declares makes a pod that the cluster refuses. */
function checkMounts(data) {
  const patch = data.podSpecPatch ?? {};
  const volumes = new Set(['workspace', ...[...(patch.volumes ?? []), ...(data.podSpec?.volumes ?? [])].map(({ name }) => name)]);
  if (data.checkout?.gitMirrors?.volume) volumes.add(data.checkout.gitMirrors.volume.name);
  const mounts = [...(patch.containers ?? []), ...(data.sidecars ?? [])].flatMap(({ volumeMounts = [] }) => volumeMounts);
  return [...mounts, ...(data.commandParams?.extraVolumeMounts ?? [])].filter(({ name }) => !volumes.has(name)).map(({ name }) => `the volume ${name} is mounted and not there`);
}

/* The one plugin of a step, or undefined. Two would be read over each other. */
export function pluginOf(step) {
  const found = pluginsOf(step).filter(({ name }) => name === 'kubernetes');
  if (found.length > 1) throw new Error('two kubernetes plugins');
  return found[0]?.config;
}

/* The variables that the command's container has from the plugin. */
export const podEnvironment = (step, cluster) => applyPlugins(step, {}, { cluster }).weak;
