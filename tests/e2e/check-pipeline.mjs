/*
 * check-pipeline: says what is wrong with a pipeline of ours, one line a violation.
 *
 *   node check-pipeline.mjs [--attributes a,b] [--known key,key] FILE…      ('-' is standard input)
 *
 * The rule: it looks with other eyes than the program. Text: LF, one final newline, no anchor,
 * alias or tag, the same values to a YAML 1.1 reader as to a 1.2 one. Upload: nothing depends
 * on the uploader's environment, be it empty or full. Structure: schema.json, unique keys,
 * dependencies that exist, at most 500 jobs a document. Exit status 1 on any violation.
 *
 * --attributes names step attributes that the user's settings pass through.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { parseAllDocuments, visit } from 'yaml';
import { interpolatePipeline } from './interpolate.mjs';
import { jobsOf } from './jobs.mjs';
import { allSteps, checkKeys, differences, parsePipeline, uploadTimeProblems } from './pipeline.mjs';

const jobLimit = 500;

/* The violations of a text; `interpolates` is false for one that is meant for `--no-interpolation`. */
export function check(text, { attributes = [], known = [], interpolates = true } = {}) {
  let documents;
  try {
    documents = parsePipeline(text);
  } catch (error) {
    return [`no pipeline: ${error.message.split('\n')[0]}`];
  }
  const uploads = !interpolates ? [] : documents.flatMap((document) => uploadTimeProblems(document, fullEnvironment(text)));
  if (uploads.some((problem) => problem.startsWith('the upload is refused'))) return [...checkText(text), ...uploads];
  const uploaded = interpolates ? documents.map((document) => interpolatePipeline(document)) : documents;
  return [...checkText(text), ...uploads, ...uploaded.flatMap((document) => checkSchema(document, attributes)),
    ...checkKeys(uploaded, known), ...uploaded.flatMap(checkSize)];
}

function checkText(text) {
  const problems = [];
  if (/\r/.test(text)) problems.push('text: a carriage return');
  if (!/[^\n]\n$/.test(text)) problems.push('text: not exactly one newline at the end');
  if (text.startsWith('\uFEFF')) problems.push('text: a byte order mark');
  const documents = parseAllDocuments(text);
  for (const document of documents) {
    visit(document, {
      Alias: () => { problems.push('text: an alias'); },
      Node: (_key, node) => {
        if (node.anchor) problems.push(`text: the anchor &${node.anchor}`);
        if (node.tag) problems.push(`text: the tag ${node.tag}`);
      },
    });
  }
  const old = parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS());
  const places = differences(documents.map((document) => document.toJS()), old, '');
  return [...problems, ...places.map((where) => `text: ${where} means something else to a YAML 1.1 reader`)];
}

/* The one variable that a text may ask for, because nobody sets it (lib/pipeline/interpolation.h). */
const neverSet = 'DEPOT_PIPELINE_NEVER_SET';

/* Every name in the text, defined; the values would show at once, and `$` in them is not expanded again. */
const fullEnvironment = (text) => new Map((text.match(/\p{L}[\p{L}\p{N}_]*/gu) ?? [])
  .filter((name) => name !== neverSet)
  .map((name) => [name, `$rig-${randomBytes(4).toString('hex')}`]));

const schemaFile = fileURLToPath(new URL('schema.json', import.meta.url));
const validators = new Map();

function validator(attributes) {
  const name = attributes.join();
  if (!validators.has(name)) {
    const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
    for (const attribute of attributes) schema.definitions.command.properties[attribute] = true;
    validators.set(name, new Ajv({ allErrors: true, allowUnionTypes: true, strictRequired: false, strictTypes: false }).compile(schema));
  }
  return validators.get(name);
}

function checkSchema(document, attributes) {
  const validate = validator(attributes);
  if (validate(document)) return [];
  const precise = validate.errors.filter(({ keyword }) => !['if', 'oneOf', 'anyOf'].includes(keyword));
  return (precise.length ? precise : validate.errors).map(({ instancePath, message, params }) =>
    `schema: ${place(document, instancePath)} ${message}${detail(params)}`);
}

/* `/steps/3/env` with the step's key in it, for who reads it. */
function place(document, pointer) {
  const steps = pointer.match(/^(?:\/steps\/\d+)+/)?.[0] ?? '';
  const step = steps.split('/').slice(1).reduce((value, part) => value?.[part], document);
  return step?.key ? `${pointer} (${step.key})` : pointer || '/';
}

const detail = ({ additionalProperty, propertyName, allowedValues }) =>
  [additionalProperty && `: ${additionalProperty}`, propertyName && `: ${propertyName}`, allowedValues && `: ${allowedValues.join(', ')}`]
    .filter(Boolean).join('');

/* Jobs, counted as the server does: each of a matrix and of `parallelism`. */
function checkSize(document) {
  const count = (step) => (step?.steps ? 0 : step?.command === undefined ? 1 : jobsOf(step).length);
  let jobs = 0;
  try {
    for (const { step } of allSteps([document])) jobs += count(step);
  } catch (error) {
    return [`size: ${error.message}`];
  }
  return jobs > jobLimit ? [`size: ${jobs} jobs in one upload, the limit is ${jobLimit}`] : [];
}

function main(words) {
  const options = { attributes: [], known: [] };
  const files = [];
  while (words.length) {
    const word = words.shift();
    if (word.startsWith('--')) options[word.slice(2)] = words.shift().split(',');
    else files.push(word);
  }
  const problems = files.flatMap((file) => check(readFileSync(file === '-' ? 0 : file, 'utf8'), options).map((line) => `${file}: ${line}`));
  for (const problem of problems) console.log(problem);
  return problems.length || !files.length ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
