/*
 * declared_workflow: steps of GitHub workflows and actions that use docker/ or depot/build-push-action.
 *
 * Literal inputs, also by way of a literal `matrix`. `file` counts from the workspace; the
 * action's default context is the repository itself, and there `file` counts from the context.
 */
import { parseDocument } from 'yaml';

export const isWorkflowPath = (file) => /^\.github\/(workflows\/[^/]+|actions\/.*\/action)\.ya?ml$/.test(file);

export function readWorkflow(file, readFile) {
  const document = parseDocument(readFile(file) ?? '', { merge: true, uniqueKeys: false, logLevel: 'silent' });
  if (document.errors.length) throw document.errors[0];
  const value = document.toJS({ maxAliasCount: 10000 });
  const jobs = [...Object.entries(value?.jobs ?? {}), ['runs', value?.runs]];
  return jobs.flatMap(([name, job]) => (Array.isArray(job?.steps) ? job.steps : [])
    .filter((step) => /^(docker|depot)\/build-push-action@/.test(step?.uses ?? ''))
    .flatMap((step) => combinations(job.strategy?.matrix).map((matrix) => row(step.with ?? {}, matrix, `${file}: ${name}`)))
    .map((one) => fromCheckout(one, job.steps)));
}

/* A job that checks the repository out into `path:` has that before every path. */
function fromCheckout(one, steps) {
  const places = steps.filter((step) => /^actions\/checkout@/.test(step?.uses ?? '') && step.with?.path)
    .map((step) => String(step.with.path).replace(/^\.\/|\/$/g, ''));
  const strip = (text) => {
    const place = places.find((prefix) => text === prefix || text?.replace(/^\.\//, '').startsWith(`${prefix}/`));
    return place === undefined ? text : text.replace(/^\.\//, '').slice(place.length + 1) || '.';
  };
  return { ...one, context: strip(one.context), dockerfile: one.countsFromBase ? strip(one.dockerfile) : one.dockerfile };
}

const gitContext = /^\{\{\s*defaultContext\s*\}\}:?/;

function row(inputs, matrix, from) {
  const isGit = !inputs.context || gitContext.test(inputs.context);
  const context = expand(isGit ? String(inputs.context ?? '').replace(gitContext, '') || '.' : inputs.context, matrix);
  const dockerfile = expand(inputs.file || 'Dockerfile', matrix);
  return { bases: ['.'], from, context, dockerfile, countsFromBase: Boolean(!isGit && inputs.file) };
}

/* The text with its expressions replaced; undefined when one is not of the matrix. */
function expand(text, matrix) {
  let isClear = true;
  const value = String(text).trim().replace(/\$\{\{\s*([^}]*?)\s*\}\}/g, (all, expression) => {
    if (expression === 'github.workspace') return '.';
    const found = expression.startsWith('matrix.') ? expression.slice(7).split('.').reduce((at, key) => at?.[key], matrix) : undefined;
    if (found === undefined || found === null || typeof found === 'object') isClear = false;
    return found;
  });
  return isClear ? value : undefined;
}

/* The jobs of a literal matrix, as GitHub makes them from lists and `include`. */
function combinations(matrix) {
  if (!matrix || typeof matrix !== 'object') return [{}];
  const axes = Object.entries(matrix).filter(([key, list]) => !['include', 'exclude'].includes(key) && Array.isArray(list));
  const product = axes.reduce((all, [key, list]) => all.flatMap((one) => list.map((value) => ({ ...one, [key]: value }))), axes.length ? [{}] : []);
  const extra = (Array.isArray(matrix.include) ? matrix.include : []).filter((entry) => entry && typeof entry === 'object');
  const jobs = product.map((one) => ({ ...one }));
  for (const entry of extra) {
    const fitting = jobs.filter((_, at) => at < product.length && Object.entries(product[at]).every(([key, value]) => entry[key] === undefined || entry[key] === value));
    if (fitting.length) for (const job of fitting) Object.assign(job, entry);
    else jobs.push({ ...entry });
  }
  return jobs.length ? jobs.slice(0, 512) : [{}];
}
