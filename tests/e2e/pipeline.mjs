/*
 * pipeline: reads pipeline text and knows the rules that Buildkite's server applies to it.
 *
 * The rule: a rule that is broken becomes a line of text, never an exception; only text that
 * is no YAML throws. Parsed with npm `yaml`, which is not our parser. Several documents of
 * one text are one build: keys are unique across them.
 */
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { interpolatePipeline } from './interpolate.mjs';

/* The documents of a text as plain values. A warning is an error: the agent would print one. */
export function parsePipeline(text) {
  const documents = parseAllDocuments(text, { version: '1.2', merge: false, uniqueKeys: true });
  if (!documents.length) throw new Error('no document: the agent would upload nothing and exit 0');
  return documents.map((document) => {
    for (const problem of [...document.errors, ...document.warnings]) throw problem;
    const value = document.toJS();
    if (value === null || typeof value !== 'object') throw new Error('a document is not a pipeline');
    return Array.isArray(value) ? { steps: value } : value;
  });
}

/* Every step with the group it is in, in document order; a group comes before its steps. */
export function allSteps(documents) {
  return documents.flatMap(({ steps }) => (steps ?? []).flatMap((step) =>
    [{ step, group: null }, ...(step?.steps ?? []).map((inner) => ({ step: inner, group: step }))]));
}

/* `depends_on` in its three spellings, as [{ step, allow_failure }]. */
export function dependencies(step) {
  return [step?.depends_on ?? []].flat().map((entry) =>
    (typeof entry === 'string' ? { step: entry, allow_failure: false } : { allow_failure: false, ...entry }));
}

/*
 * The broken rules of keys and dependencies. `known` are keys of other steps of the build,
 * such as the bootstrap step's.
 */
export function checkKeys(documents, known = []) {
  const problems = [];
  const seen = new Set(known);
  const steps = allSteps(documents);
  for (const { step } of steps) {
    if (typeof step === 'string' || step === null) continue;
    const name = JSON.stringify(step.label ?? step.group ?? step.key ?? '?');
    if (step.key === undefined) problems.push(`${name}: no key`);
    else if (!/^[A-Za-z0-9_-]{1,100}$/.test(step.key)) problems.push(`${name}: key ${JSON.stringify(step.key)} is not [A-Za-z0-9_-]{1,100}`);
    else if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(step.key)) problems.push(`${name}: key looks like a UUID`);
    else if (seen.has(step.key)) problems.push(`${name}: key ${step.key} is used twice`);
    seen.add(step.key);
  }
  for (const { step } of steps) {
    for (const { step: key } of dependencies(step)) if (!seen.has(key)) problems.push(`${step.key}: depends on ${key}, which does not exist`);
  }
  for (const { key } of cycle(steps)) problems.push(`${key}: waits for itself`);
  return problems;
}

/* The steps that never become ready. */
function cycle(steps) {
  const waiting = new Map(steps.filter(({ step }) => step?.key).map(({ step }) => [step.key, step]));
  for (let count = -1; count !== waiting.size;) {
    count = waiting.size;
    for (const [key, step] of waiting) if (dependencies(step).every((d) => !waiting.has(d.step))) waiting.delete(key);
  }
  return [...waiting.values()];
}

/*
 * The strings that an upload would change: those that come out differently under `environment`
 * than under an empty one, or are refused. A pipeline without upload-time variables has none.
 */
export function uploadTimeProblems(document, environment) {
  const attempt = (env) => {
    try {
      return { value: interpolatePipeline(document, env) };
    } catch (error) {
      return { error };
    }
  };
  const [bare, full] = [attempt(new Map()), attempt(environment)];
  if (bare.error || full.error) return [`the upload is refused: ${(bare.error ?? full.error).message}`];
  return differences(bare.value, full.value, '').map((where) => `${where}: depends on a variable of the upload`);
}

/* The places where two values differ, as paths. */
export function differences(a, b, where) {
  if (isDeepStrictEqual(a, b)) return [];
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return [where];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => differences(a?.[key], b?.[key], `${where}/${key}`));
}
