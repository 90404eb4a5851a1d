/*
 * jobs: what Buildkite's server makes of a step: its kind, and the jobs it becomes.
 *
 * The rule: the server's refusals are thrown, with the key; the rest is data. A step is expanded
 * the way its documentation says it: `matrix` by replacing `{{matrix}}` and `{{matrix.name}}` in
 * label, command, env, agents and plugins; `parallelism` by BUILDKITE_PARALLEL_JOB and …_COUNT.
 *
 *   kindOf(step)                     'command', 'block', 'input', 'trigger' or 'group'
 *   jobsOf(step)                     [{ name, step, env, matrix }], one or more for a step of commands
 *   isForgiven(step, exitStatus)     what soft_fail says of a failure
 *   retriesOf(step, exitStatus)      how often retry.automatic would run it again after this
 */
const kinds = ['group', 'block', 'input', 'trigger'];
const replaced = ['label', 'name', 'command', 'commands', 'env', 'agents', 'plugins', 'image'];
const constant = ['key', 'depends_on', 'concurrency_group'];
const limits = { dimensions: 6, elements: 25, jobs: 50, adjustments: 12 };

export const kindOf = (step) => kinds.find((kind) => step[kind] !== undefined) ?? 'command';

export function jobsOf(step) {
  const refuse = (words) => { throw new Error(`the server would refuse this: ${step.key}: ${words}`); };
  if (step.matrix !== undefined) {
    if (step.parallelism !== undefined) refuse('matrix and parallelism');
    return matrixJobs(step, refuse);
  }
  const count = step.parallelism ?? 1;
  if (!Number.isInteger(count) || count < 1) refuse(`parallelism ${count}`);
  return Array.from({ length: count }, (_, n) => ({
    step, matrix: null, name: step.parallelism === undefined ? step.key : `${step.key}.${n}`,
    env: step.parallelism === undefined ? {} : { BUILDKITE_PARALLEL_JOB: String(n), BUILDKITE_PARALLEL_JOB_COUNT: String(count) },
  }));
}

function matrixJobs(step, refuse) {
  for (const attribute of constant) if (/\{\{\s*matrix/.test(JSON.stringify(step[attribute] ?? ''))) refuse(`{{matrix}} in ${attribute}`);
  const { setup, adjustments = [] } = Array.isArray(step.matrix) ? { setup: step.matrix } : step.matrix;
  const dimensions = Array.isArray(setup) ? { '': setup } : setup;
  const names = Object.keys(dimensions);
  if (names.length > limits.dimensions) refuse(`${names.length} dimensions of a matrix`);
  if (Object.values(dimensions).some((list) => list.length > limits.elements)) refuse(`more than ${limits.elements} elements of a matrix`);
  if (adjustments.length > limits.adjustments) refuse(`${adjustments.length} adjustments of a matrix`);
  let cells = names.reduce((rows, name) => rows.flatMap((row) => dimensions[name].map((value) => ({ ...row, [name]: String(value) }))), [{}]);
  const changes = new Map();
  for (const { with: place, ...change } of adjustments) {
    const cell = place !== null && typeof place === 'object' ? place : { '': place };
    if (names.some((name) => cell[name] === undefined)) refuse('an adjustment of a matrix does not name all dimensions');
    const id = identity(cell, names);
    if (!cells.some((row) => identity(row, names) === id)) cells = [...cells, Object.fromEntries(names.map((name) => [name, String(cell[name])]))];
    changes.set(id, change);
  }
  if (cells.length > limits.jobs) refuse(`${cells.length} jobs of a matrix`);
  return cells.map((cell, n) => {
    const filled = Object.fromEntries(Object.entries(step).map(([name, value]) => [name, replaced.includes(name) ? fill(value, cell, refuse) : value]));
    delete filled.matrix;
    return { step: { ...filled, ...changes.get(identity(cell, names)) }, matrix: cell[''] ?? cell, name: `${step.key}.${n}`, env: {} };
  });
}

const identity = (cell, names) => JSON.stringify(names.map((name) => String(cell[name])));

function fill(value, cell, refuse) {
  if (typeof value === 'string') {
    return value.replace(/\{\{\s*matrix(?:\.([A-Za-z0-9_]+))?\s*\}\}/g, (token, name = '') => cell[name] ?? refuse(`${token} is no dimension of its matrix`));
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, cell, refuse));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [fill(name, cell, refuse), fill(item, cell, refuse)]));
}

const covers = (pattern, exitStatus) => [pattern].flat().some((one) => one === exitStatus || (one === '*' && exitStatus !== 0));

export function isForgiven({ soft_fail: soft = false }, exitStatus) {
  return soft === true || (Array.isArray(soft) && soft.some((rule) => covers(rule.exit_status, exitStatus)));
}

/* The first rule that matches decides; rules about agents and signals never match a command's own status. */
export function retriesOf({ retry }, exitStatus) {
  const rules = retry?.automatic;
  if (rules === true) return exitStatus === 0 ? 0 : 2;
  const rule = [rules ?? []].flat().find((one) => one.exit_status !== undefined && one.signal_reason === undefined && covers(one.exit_status, exitStatus));
  return rule ? rule.limit ?? 2 : 0;
}
