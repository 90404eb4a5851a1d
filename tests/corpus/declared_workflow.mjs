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
    .flatMap((step) => combinations(job.strategy?.matrix).map((matrix) => row(step.with ?? {}, matrix, `${file}: ${name}`))));
}

function row(inputs, matrix, from) {
  const [context, file] = [inputs.context, inputs.file].map((input) => (input === undefined || input === '' ? undefined : expand(String(input), matrix)));
  const isGit = !inputs.context || /^\{\{\s*defaultContext\s*\}\}/.test(inputs.context);
  const directory = isGit ? context?.replace(/^\{\{[^}]*\}\}:?/, '') || '.' : context?.value;
  const plain = { bases: ['.'], from };
  if (!isGit && inputs.file) return { ...plain, context: context.value, dockerfile: file.value, countsFromBase: true };
  return { ...plain, context: isGit ? directory : context.value, dockerfile: inputs.file ? file.value : 'Dockerfile' };
}

/* { value }: the text, undefined when an expression is not one of the matrix. */
function expand(text, matrix) {
  let isClear = true;
  const value = text.trim().replace(/\$\{\{\s*([^}]*?)\s*\}\}/g, (all, expression) => {
    if (expression === 'github.workspace') return '.';
    const found = expression.startsWith('matrix.') ? expression.slice(7).split('.').reduce((at, key) => at?.[key], matrix) : undefined;
    if (found === undefined || found === null || typeof found === 'object') isClear = false;
    return found;
  });
  return { value: isClear ? value : undefined, replace: (...words) => text.trim().replace(...words) };
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
