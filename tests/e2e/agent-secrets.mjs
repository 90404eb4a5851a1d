/*
 * agent-secrets: the two searches for secrets with which agent 4 refuses an upload, written from its description.
 *
 * The rule: what is searched is the pipeline after interpolation. By name: a variable in an `env` (of the top, of a step, of a
 * step in a group, of a trigger's build) that is named like a secret and whose value is more than a bare substitution. By value:
 * a variable of the uploader named like a secret, of six bytes or more, whose value stands anywhere, also as Go escapes it.
 *
 *   refusals(documents, environment)   lines that name the field, or the variable and the place
 */
const patterns = ['PASSWORD', 'SECRET', 'TOKEN', 'PRIVATE_KEY', 'SSH_KEY', 'ACCESS_KEY', 'SECRET_KEY', 'CONNECTION_STRING', 'API_KEY'];
const shortest = 6;

export const isSecretName = (name) => patterns.some((pattern) => name.endsWith(`_${pattern}`));

export function refusals(documents, environment = {}) {
  return documents.flatMap((document) => [...byName(document), ...byValue(document, environment)]);
}

function byName(document) {
  const found = (env, where) => Object.entries(env ?? {})
    .filter(([name, value]) => isSecretName(name) && !/^\$(\w+|\{\w+\})$/.test(String(value)))
    .map(([name]) => `agent 4 refuses ${where}: ${name}`);
  const steps = (list, where) => (list ?? []).flatMap((step, n) => {
    if (step === null || typeof step !== 'object') return [];
    const place = `${where}/steps/${n}${step.key ? ` (${step.key})` : ''}`;
    return [...found(step.env, `${place}/env`), ...found(step.trigger ? step.build?.env : {}, `${place}/build/env`), ...steps(step.steps, place)];
  });
  return [...found(document.env, '/env'), ...steps(document.steps, '')];
}

function byValue(document, environment) {
  const secrets = Object.entries(environment).filter(([name, value]) => isSecretName(name) && Buffer.byteLength(value) >= shortest);
  return secrets.flatMap(([name, value]) => [...places(document, '', [value, escaped(value)])].map((where) => `agent 4 refuses the value of ${name} at ${where}`));
}

function* places(value, where, needles) {
  if (typeof value === 'string' && needles.some((needle) => value.includes(needle))) yield where;
  if (value === null || typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) {
    if (needles.some((needle) => key.includes(needle))) yield `${where}/${key}`;
    yield* places(item, `${where}/${key}`, needles);
  }
}

/* As strconv.Quote spells it, without the quotes, as far as text goes. */
const escaped = (value) => JSON.stringify(value).slice(1, -1);
