/*
 * builds_repositories: every compose model of repositories, as docker compose finds it, beside the steps that build its services.
 *
 * A model is asked for with a clean environment, and with every variable set that its files name; each with a registry in
 * the settings and without one. Of a service there are these ends:
 *
 *   equal        the call is what compose would build
 *   for a reason each difference has one in known.yaml, or stands by what is looked at here (explained)
 *   no call      it is left out, a red step, or stops when it runs: for a reason of known.yaml, by rule; what the reason
 *                says is looked at in the checkout where that can be done (holds)
 *
 * Anything else fails. Checkouts are only read.
 */
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { inTurns } from './builds.mjs';
import { judge } from './builds_judge.mjs';
import { fromCall, fromCompose } from './builds_shape.mjs';
import { openKnown } from './known.mjs';

const part = 'builds';
const defaults = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const overrides = ['compose.override.yml', 'compose.override.yaml', 'docker-compose.override.yml', 'docker-compose.override.yaml'];
const isModel = (names) => defaults.some((name) => names.includes(name));

function git(repository, ...words) {
  const { status, stdout, stderr } = spawnSync('git', ['-C', repository, '-c', 'core.fsmonitor=false', ...words], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${repository}: ${stderr.trim()}`);
  return stdout;
}

const readable = (file) => (fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? fs.readFileSync(file, 'utf8') : '');

/** The files, and those that they name: what is included and extended is among them. */
function withParts(files) {
  const all = new Set(files);
  for (const file of all) for (const [word] of readable(file).matchAll(/[\w./-]+\.ya?ml\b/g)) {
    const part = path.resolve(path.dirname(file), word);
    if (readable(part)) all.add(part);
  }
  return [...all];
}

/** Directories with a compose file of a default name, each with the files that could be parts of the model. */
function modelsOf(repository) {
  const directories = new Map();
  const files = git(repository, 'ls-files', '-z').split('\0').filter((file) => /\.ya?ml$/.test(file));
  for (const file of files) {
    const directory = path.posix.dirname(file);
    directories.set(directory, [...(directories.get(directory) ?? []), path.posix.basename(file)]);
  }
  return [...directories].filter(([, names]) => isModel(names)).map(([directory, names]) => ({
    repository, directory, names, files: withParts(names.filter((name) => /compose/.test(name)).map((name) => path.join(repository, directory, name))),
  }));
}

// --- environments ---

const ofMachine = /^(PATH|HOME|PWD|OLDPWD|SHELL|IFS|TMPDIR|LANG|LC_.*|LD_.*|COMPOSE_.*|DOCKER_.*|DEPOT_.*|RECORD_DIR)$/;
/** Names of variables in the text of the files, and of all arguments: those with a value must not take another. */
function variablesOf({ files }, images) {
  const references = files.flatMap((file) => [...readable(file).matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, name]) => name));
  const names = images.flatMap((image) => image.build_args.map(({ name }) => name)).filter((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  return [...new Set([...references, ...names])].filter((name) => !ofMachine.test(name)).sort();
}

const defaultsIn = ({ files }) => Object.fromEntries(files.flatMap((file) =>
  [...readable(file).matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*):?-([^${}]*)\}/g)].map(([, name, value]) => [name, value])));

const word = (name) => `value-of-${name.toLowerCase().replace(/_+/g, '-')}`.replace(/-+$/, '');

/** Values that a variable may have, the most telling first: what keeps a file valid depends on what it is for. `number` is its own. */
function choicesOf(name, given, number) {
  const isTime = /INTERVAL|TIMEOUT|PERIOD/.test(name);
  const isNumber = /^[0-9]+$/.test(given) || /PORT|SIZE|COUNT|REPLICAS|LIMIT|RETRIES|CPUS?$/.test(name);
  const isBool = /^(true|false)$/i.test(given) || /ENABLED?|DISABLED?|DEBUG|_TTY$|READONLY/.test(name);
  const fitting = /RANGE/.test(name) ? ['7000-7005'] : isNumber ? [number] : isBool ? ['true'] : isTime ? ['30s'] : /MEM/.test(name) ? ['64m'] : [];
  return [...new Set([...fitting, word(name), number, 'true', './value', '64m', '30s', given].filter(Boolean))];
}

/** The next environment: another value for the variable that compose complains of, or null. */
function repaired(environment, choices, error) {
  const blamed = Object.keys(environment).filter((name) => environment[name] !== '' && error.includes(environment[name]) && choices[name].length > 1);
  const name = blamed.sort((a, b) => environment[b].length - environment[a].length)[0];
  if (name === undefined) return null;
  choices[name].shift();
  return { ...environment, [name]: choices[name][0] };
}

/** With all variables set, to values that compose takes. */
async function askSet(model, names, ask) {
  const given = defaultsIn(model);
  const choices = Object.fromEntries(names.map((name, index) => [name, choicesOf(name, given[name] ?? '', String(4700 + index))]));
  const mostRepairs = 100;
  let environment = Object.fromEntries(names.map((name) => [name, choices[name][0]]));
  let answer = await ask(environment);
  for (let i = 0; i < mostRepairs && answer.error !== null; i++) {
    environment = repaired(environment, choices, answer.error);
    if (environment === null) break;
    answer = await ask(environment);
  }
  return answer;
}

// --- what compose says ---

/* What other files give to a model, and what it is given so that compose reads it: none of it is about builds. */
const completions = [
  [/refers to undefined network ([^ :]+)/, (name) => ({ networks: { [name]: {} } })],
  [/refers to undefined volume ([^ :]+)/, (name) => ({ volumes: { [name]: {} } })],
  [/depends on undefined service "([^"]+)"/, (name) => ({ services: { [name]: { image: 'scratch' } } })],
  [/service "([^"]+)" has neither an image nor a build context/, (name) => ({ services: { [name]: { image: 'scratch' } } })],
];

function completed(overlay, error) {
  const [, give] = completions.find(([pattern]) => pattern.test(error)) ?? [];
  if (!give) return null;
  const [key, more] = Object.entries(give(completions.find(([pattern]) => pattern.test(error))[0].exec(error)[1]))[0];
  return { ...overlay, [key]: { ...overlay[key], ...more } };
}

/** The answer, with the overlay that it took. */
async function askCompleted(model, request, { compose, folder }) {
  const mostCompletions = 60;
  const file = path.join(folder, `overlay-${path.basename(model.repository)}.json`);
  const names = model.names;
  const files = [defaults, overrides].map((list) => list.find((name) => names.includes(name))).filter(Boolean);
  let answer = await compose.ask(request);
  for (let i = 0, overlay = {}; i < mostCompletions && answer.error !== null; i++) {
    overlay = completed(overlay, answer.error);
    if (overlay === null) break;
    fs.writeFileSync(file, JSON.stringify(overlay));
    answer = await compose.ask({ ...request, files: [...files, file] });
  }
  return answer;
}

async function askCompose(model, environment, tools) {
  const request = { directory: path.join(model.repository, model.directory), home: tools.home, environment };
  const answer = await askCompleted(model, request, tools);
  if (answer.error !== null) return { environment, error: answer.error, shapes: {}, active: [] };
  const hasProfiles = model.files.some((file) => /^\s+['"]?profiles['"]?:/m.test(readable(file)));
  const all = hasProfiles ? await askCompleted(model, { ...request, profiles: ['*'] }, tools) : answer;
  const targets = { ...all.targets, ...answer.targets };
  const shapes = Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, fromCompose(target, model.repository)]));
  return { environment, error: null, shapes, active: Object.keys(answer.targets) };
}

async function askAll(model, images, tools) {
  const clean = await askCompose(model, {}, tools);
  const names = variablesOf(model, images);
  const set = names.length ? await askSet(model, names, (environment) => askCompose(model, environment, tools)) : null;
  return { model, answers: [['clean', clean], ['set', set]].filter(([, answer]) => answer) };
}

/** The registry that most of what compose names lies in. */
function registryOf(models) {
  const counts = new Map();
  for (const { answers } of models) for (const [, { shapes }] of answers) for (const shape of Object.values(shapes)) for (const tag of shape.tags ?? []) {
    const at = tag.lastIndexOf('/');
    const head = at > 0 ? tag.slice(0, at) : '';
    if (/^[a-z0-9./-]+$/.test(head) && !head.includes('value-of')) counts.set(head, (counts.get(head) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'registry.example/acme';
}

// --- one service ---

const isModelOf = (image, directory) => path.posix.dirname(image.name) === directory;
const isInside = (file) => file !== undefined && !path.isAbsolute(file);

/** Is it so, what a red step says? Rules that are not here are believed: other tests are about them. */
const holds = {
  'compose-not-understood': ({ shape }) => ![shape.context, shape.dockerfile ?? '.', ...Object.values(shape.contexts ?? {})].every(isInside),
  'missing-dockerfile': ({ shape, repository }) => !fs.existsSync(path.join(repository, shape.dockerfile)),
};

function withoutCall(service, { plan, model, active }) {
  const files = model.names.map((name) => path.posix.join(model.directory, name));
  const rules = plan.leftOut.filter((one) => files.includes(one.path)).map((one) => one.rule);
  const rule = rules.find((one) => (one === 'profile') === !active.includes(service)) ?? rules[0];
  return { kind: 'no step', theirs: service, ours: rule ?? 'neither built nor left out' };
}

const errorRules = (image) => [...new Set(image.problems.filter(({ severity }) => severity === 'error').map(({ rule }) => rule))];

function redStep(image, question) {
  const rules = errorRules(image);
  const untrue = rules.find((rule) => holds[rule] && !holds[rule](question));
  return { kind: untrue ? `red step, but it is not so` : 'red step', theirs: question.service, ours: rules.join(' ') || image.problems.map(({ rule }) => rule).join(' ') };
}

const nowFields = ['context', 'dockerfile', 'inline', 'target', 'platforms', 'contexts', 'network', 'shm', 'secrets', 'noCache', 'pull', 'hosts'];

/** What must be known when the pipeline is generated is what compose says without an environment. */
function isDecidedBefore(difference, { service, clean }) {
  return nowFields.includes(difference.kind) && clean.error === null && isDeepStrictEqual(difference.ours, clean.shapes[service]?.[difference.kind]);
}

/** Only tags of compose's are missing, and the files name images that begin with a variable. */
function isOpenTag({ kind, theirs, ours }, { files }) {
  return kind === 'tags' && ours.every((tag) => theirs.includes(tag)) && files.some((file) => /^\s*(image:|-)\s*['"]?\$/m.test(readable(file)));
}

/** Values of `.env` whose name tells of a secret are not read; a note says which. */
function isSecret({ kind, theirs, ours }, { model, plan }) {
  const file = path.posix.join(model.directory, '.env');
  const secrets = plan.notes.filter((note) => note.rule === 'dotenv-secret' && note.path === file).map((note) => /'([^']+)'/.exec(note.message)[1]);
  if (kind !== 'args' || !secrets.length) return false;
  const differing = Object.keys({ ...theirs, ...ours }).filter((name) => theirs?.[name] !== ours?.[name]);
  const text = model.files.map(readable).join('\n');
  return differing.every((name) => secrets.some((secret) => text.split('\n').some((line) => line.includes(name) && line.includes(secret))));
}

function marksOf(difference, service, { clean, model, plan }) {
  if (isSecret(difference, { model, plan })) return ', of a secret in .env';
  if (isDecidedBefore(difference, { service, clean })) return ', decided without the environment';
  return isOpenTag(difference, model) ? ', in a registry that a variable names' : '';
}

function judgeService(service, question, run) {
  const { plan, model, shapes } = question;
  const image = plan.images.find((one) => isModelOf(one, model.directory) && one.services.some(({ name }) => name === service));
  if (!image) return [withoutCall(service, question)];
  const about = { service, shape: shapes[service], repository: model.repository };
  if (image.broken) return [redStep(image, about)];
  const { exitStatus, calls, talk } = run(image);
  if (exitStatus !== 0 || calls.length !== 1) return [{ kind: 'stops', theirs: service, ours: `${exitStatus}: ${talk.trim().split('\n').at(-1)}` }];
  const ours = fromCall(calls[0], model.repository);
  const found = judge({ theirs: shapes, service, ours, image, images: plan.images, registry: question.registry });
  return found.map((one) => ({ ...one, kind: `${one.kind}${marksOf(one, service, question)}` }));
}

async function judgeModel({ model, answers }, { plan, registry }, { steps }) {
  const clean = answers[0][1];
  const found = [];
  for (const [pass, { error, environment, shapes, active }] of answers) {
    if (error !== null) {
      found.push({ pass, error, services: plan.images.filter((image) => isModelOf(image, model.directory)).flatMap(({ services }) => services) });
      continue;
    }
    const runs = new Map();
    for (const image of plan.images.filter((one) => isModelOf(one, model.directory) && one.services.some(({ name }) => shapes[name]) && !one.broken))
      runs.set(image, await steps.run(plan.commands.get(image.key), environment));
    for (const service of Object.keys(shapes)) {
      const question = { plan, model, shapes, active, registry, clean };
      found.push({ pass, service, differences: judgeService(service, question, (image) => runs.get(image)) });
    }
  }
  return found;
}

// --- all ---

async function checkRepository(repository, tools) {
  const models = modelsOf(repository);
  if (!models.length) return [];
  const request = { directory: repository };
  const settings = 'discovery: {include: ["**"]}\n';
  const bare = await tools.steps.plan({ ...request, settings });
  if (bare.exitStatus !== 0) return [{ place: repository, differences: [{ kind: 'exit status', theirs: 0, ours: `${bare.exitStatus}: ${bare.talk}` }] }];
  const asked = [];
  for (const model of models) asked.push(await askAll(model, bare.images.filter((image) => isModelOf(image, model.directory)), tools));
  const registry = registryOf(asked);
  const names = [...new Set(asked.flatMap(({ answers }) => answers.flatMap(([, { environment }]) => Object.keys(environment))))];
  const environment = Object.fromEntries(names.map((name) => [name, '']));
  const found = [];
  for (const chosen of [undefined, registry]) {
    const text = chosen ? `${settings}registry: ${chosen}\ntags: [t]\npush: always\n` : settings;
    const plan = await tools.steps.plan({ ...request, settings: text, environment });
    for (const one of asked) {
      const results = await judgeModel(one, { plan, registry: chosen }, tools);
      const place = `${path.basename(repository)}/${one.model.directory}`;
      found.push(...results.map((result) => ({ place, registry: chosen, ...result })));
    }
  }
  return found;
}

function tell({ place, registry, pass, service }, { kind, theirs, ours }) {
  const show = (value) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 600));
  return `${place}${service ? `, ${service}` : ''} (${pass}${registry ? `, ${registry}` : ''}): ${kind}: compose ${show(theirs)}, ours ${show(ours)}`;
}

const noStep = ['no step', 'red step', 'stops'];

export async function checkRepositories({ repositories, report }, tools) {
  const known = openKnown(part);
  const results = (await inTurns(repositories, (repository) => checkRepository(repository, tools))).flat();
  const services = new Map(); // one of them is looked at up to four times
  const sum = { all: 0, equal: 0, built: 0, reasons: new Map(), refused: 0, models: 0 };
  for (const result of results) {
    if (result.error !== undefined) {
      sum.models++;
      sum.refused += result.services.length;
      report.known(part, `${result.place} (${result.pass}): ${result.error.split('\n').at(-1)}`, 'docker compose refuses the model, so that there is nothing to compare.');
      continue;
    }
    const { differences } = result;
    const name = `${result.place} ${result.service}`;
    const hasStep = !differences.some(({ kind }) => noStep.includes(kind));
    const before = services.get(name) ?? { hasStep: true, isEqual: true };
    services.set(name, { hasStep: before.hasStep && hasStep, isEqual: before.isEqual && !differences.length });
    sum.all++;
    sum.built += Number(hasStep);
    if (!differences.length) { sum.equal++; report.pass(part, 1); }
    for (const difference of differences) {
      const reason = known.reason(difference);
      if (!reason) report.fail(part, tell(result, difference));
      else { report.known(part, tell(result, difference), reason); sum.reasons.set(reason, (sum.reasons.get(reason) ?? 0) + 1); }
    }
  }
  const all = [...services.values()];
  const built = all.filter(({ hasStep }) => hasStep);
  const label = `repositories ${repositories.length}`;
  report.count(part, `${label}, services that compose builds, with a step`, built.length, all.length);
  report.count(part, `${label}, of these equal in every environment`, built.filter(({ isEqual }) => isEqual).length, built.length);
  report.count(part, `${label}, answers of compose, with a step`, sum.built, sum.all, `${sum.models} refuse a model, with ${sum.refused} services of ours`);
  report.count(part, `${label}, calls that are equal`, sum.equal, sum.built);
  for (const [reason, count] of sum.reasons) report.count(part, `    for a reason: ${reason.slice(0, 60)}…`, count, sum.all);
}
