/*
 * validity: is what the program says of a repository a pipeline that Buildkite takes?
 *
 * Every check is a row { name, problems }; no problem is a pass. Two referees can be named by variables of the
 * environment: REFEREE_SCHEMA, a file with Buildkite's published schema, and REFEREE_PIPELINE, a command
 * that reads a pipeline, replaces variables as the agent does and prints one JSON value a document.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import Ajv from 'ajv';
import { check as checkPipeline } from '../e2e/check-pipeline.mjs';
import { interpolatePipeline } from '../e2e/interpolate.mjs';
import { allSteps, parsePipeline } from '../e2e/pipeline.mjs';
import { execute } from './checkout.mjs';

export function checkRepository(checkout, { program, seconds, mebibytes }) {
  const run = (...words) => execute([program, ...words], { directory: checkout.directory, seconds });
  const first = run('generate');
  const text = first.output.toString();
  const second = run('generate');
  const preview = run('preview', '--format', 'json', '--no-untracked');
  const facts = { took: first.took, peak: first.peak, jobs: 0, red: [] };
  const checks = [
    { name: 'generate', problems: ended(first) },
    { name: 'preview', problems: ended(preview) },
    { name: 'limits', problems: limits([first, preview], seconds, mebibytes) },
    { name: 'same bytes', problems: first.output.equals(second.output) ? [] : ['two runs differ'] },
    { name: 'pipeline', problems: checkPipeline(text) },
    { name: 'preview agrees', problems: guarded(() => agreement(parsePipeline(text), JSON.parse(preview.output), facts)) },
  ];
  if (process.env.REFEREE_SCHEMA) checks.push({ name: 'published schema', problems: guarded(() => refereeSchema(text)) });
  if (process.env.REFEREE_PIPELINE) checks.push({ name: 'agent', problems: guarded(() => refereePipeline(text)) });
  return { checks, facts };
}

function guarded(check) {
  try {
    return check();
  } catch (error) {
    return [error.message.split('\n')[0]];
  }
}

function ended({ status, talk }) {
  if (status === 0) return [];
  const how = status === 124 ? 'not within the time limit' : status >= 128 ? `crashed (${status})` : `exit status ${status}`;
  return [`${how}: ${talk.trim().split('\n').slice(-2).join(' | ')}`];
}

function limits(runs, seconds, mebibytes) {
  const peak = Math.max(...runs.map((run) => run.peak ?? 0));
  return [...(peak > mebibytes ? [`${peak.toFixed(0)} MiB, the limit is ${mebibytes}`] : []),
    ...runs.filter(({ took }) => took > seconds).map(({ took }) => `${took.toFixed(1)} s, the limit is ${seconds}`)];
}

/* Each image has its step; a broken one, and only that, says why. Fills `facts`. */
function agreement(documents, preview, facts) {
  const keys = new Set(allSteps(documents).map(({ step }) => step?.key));
  facts.jobs = preview.jobs;
  facts.red = preview.images.filter(({ broken }) => broken).map((image) => ({
    name: image.name, dockerfile: image.dockerfile,
    why: image.problems.filter(({ severity }) => severity === 'error').map((one) => `${one.path ?? ''}:${one.line ?? ''} ${one.message} [${one.rule}]`),
  }));
  const jobs = allSteps(documents).filter(({ step }) => !step?.steps).length;
  return [
    ...preview.images.filter(({ key }) => !keys.has(key)).map(({ name }) => `${name} has no step`),
    ...preview.images.filter(({ broken, problems }) => broken !== problems.some(({ severity }) => severity === 'error')).map(({ name }) => `${name}: broken without an error, or the reverse`),
    ...(jobs === preview.jobs ? [] : [`${jobs} jobs, the preview says ${preview.jobs}`]),
  ];
}

let published;

function refereeSchema(text) {
  published ??= new Ajv({ allErrors: true, strict: false, logger: false }).compile(JSON.parse(readFileSync(process.env.REFEREE_SCHEMA, 'utf8')));
  return parsePipeline(text).flatMap((document) => (published(document) ? [] : published.errors.map((error) => `${error.instancePath || '/'} ${error.message}`)));
}

/* The command's own reading is the same with an empty and a full environment, without a warning, and gives our commands. */
function refereePipeline(text) {
  const full = Object.fromEntries((text.match(/[A-Za-z]\w*/g) ?? []).filter((name) => name !== 'PATH').slice(0, 5000).map((name) => [name, `referee-${name}`]));
  const [bare, other] = [{}, full].map((variables) => referee(text, variables));
  const problems = [...bare.problems, ...other.problems];
  if (problems.length) return problems;
  if (bare.output !== other.output) return ['the result depends on the environment of the upload'];
  const theirs = commands(bare.output.split(/(?<=^\})\n(?=\{)/m).map((json) => JSON.parse(json)));
  const ours = commands(parsePipeline(text).map((document) => interpolatePipeline(document)));
  return isDeepStrictEqual(theirs, ours) ? [] : ['its commands are not those that our own interpolation gives'];
}

function referee(text, variables) {
  const [command, ...words] = process.env.REFEREE_PIPELINE.split(' ');
  const result = spawnSync(command, words, { input: text, env: { ...variables, PATH: process.env.PATH }, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  if (result.error) throw result.error;
  const said = result.stderr.trim().split('\n')[0];
  return { output: result.stdout, problems: result.status !== 0 || said ? [`exit status ${result.status}: ${said}`] : [] };
}

const commands = (documents) => allSteps(documents).map(({ step }) => [step.key, [step.command ?? step.commands ?? []].flat().join('\n')]);
