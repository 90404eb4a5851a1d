/*
 * dockerfile: our reading of Dockerfiles beside BuildKit's own (reference/dockerfile.go) and an engine's (engine.mjs).
 *
 * A case (dockerfile/*.yaml) has three sides: what it expects, what BuildKit says, what we say. Expectation and BuildKit
 * must agree, expectation and we must agree, and BuildKit and we must agree on all else that both can say. A file of a
 * repository has two sides. What is compared is a view: the same facts, from either side, in the same words.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readCases } from './cases.mjs';
import { askEngine } from './engine.mjs';
import { openKnown } from './known.mjs';

const part = 'dockerfile';
const inputs = ['dockerfile', 'target', 'args', 'platform', 'buildkit', 'why'];
const expectations = ['error', 'blank', 'warning', 'syntax', 'stages', 'commands', 'flags', 'pairs', 'sources', 'dest', 'written', 'reads'];
const isDockerfile = (name) => !name.endsWith('.dockerignore')
  && /^(Dockerfile([.-].+)?|.+\.[Dd]ockerfile|Containerfile.*)$/.test(name);

// --- views ---

const orNull = (value) => (value === '' || value === undefined ? null : value);

const hasFlags = ['copy', 'add', 'run', 'healthcheck'];

const viewCommand = (command) => ({
  op: command.op,
  line: command.line,
  flags: hasFlags.includes(command.op) ? command.flags : [],
  written: ['copy', 'add'].includes(command.op) ? [...command.sources, command.dest] : null,
  sources: ['copy', 'add'].includes(command.op) ? command.sources_expanded : null,
  dest: ['copy', 'add'].includes(command.op) ? orNull(command.dest_expanded) : null,
  pairs: command.pairs?.map(({ name, value }) => [name, value]) ?? null,
});

const viewStage = (stage) => ({
  name: orNull(stage.name),
  base: stage.from_stage === null ? stage.base_expanded : null,
  from_stage: stage.from_stage,
  platform: orNull(stage.platform_expanded),
  line: stage.line,
  reachable: stage.reachable,
  commands: stage.commands.map(viewCommand),
});

const viewArguments = (pairs) => pairs.map(({ name, value }) => [name, value]);

/** `everything`, or the sorted paths that are asked of the context. */
const paths = (all, list) => (all || list.includes('.') ? 'everything' : [...new Set(list)].sort());

function viewReference(answer) {
  const view = {
    error: answer.error ?? null,
    line: answer.error_line ?? null,
    syntax: orNull(answer.syntax),
    arguments: viewArguments(answer.arguments),
    stages: answer.stages.map(viewStage),
    reads: answer.uses_context ? paths(answer.follow_paths === null, answer.follow_paths ?? []) : [],
  };
  return view;
}

const viewOurs = (inspected) => ({
  error: null,
  syntax: inspected.syntax,
  arguments: viewArguments(inspected.arguments.flatMap((command) => command.pairs)),
  stages: inspected.stages.map(viewStage),
  reads: paths(inspected.whole_context !== null, inspected.context.map((input) => input.path)),
  reason: inspected.whole_context,
});

// --- asking ---

/** One process of the reference answers all; the answers come in the order of the questions. */
function askReference(program, questions) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece) => { text += piece; });
    child.on('error', reject);
    child.on('close', (status) => {
      const answers = text.split('\n').filter(Boolean).map((line) => viewReference(JSON.parse(line)));
      if (status === 0 && answers.length === questions.length) resolve(answers);
      else reject(new Error(`${program}: exit status ${status}, ${answers.length} of ${questions.length} answers`));
    });
    child.stdin.on('error', reject);
    child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
  });
}

function askUs(program, file, { target, args, platform }) {
  const words = ['inspect', '--format', 'json'];
  if (target) words.push('--target', target);
  if (platform) words.push('--platform', platform);
  for (const [name, value] of Object.entries(args ?? {})) words.push('--build-arg', `${name}=${value}`);
  return new Promise((resolve) => {
    execFile(program, [...words, path.basename(file)], { cwd: path.dirname(file), maxBuffer: 1 << 28 }, (failure, output, talk) => {
      const first = talk.split('\n').find((line) => / (error|warning): /.test(line)) ?? '';
      const message = first.replace(/^.*?: (error|warning): /, '').replace(/ \[[a-z-]+\]$/, '');
      if (failure && failure.code !== 1) resolve({ error: `exit status ${failure.code ?? failure.signal}: ${talk.trim()}`, isCrash: true });
      else if (failure) resolve({ error: message, line: Number(/:(\d+):\d+: error/.exec(first)?.[1] ?? 0) });
      else resolve({ ...viewOurs(JSON.parse(output)), warning: / warning: /.test(first) ? message : null });
    });
  });
}

/** Our answers, a few at a time: the program is short-lived, and starting it is most of the time. */
async function askUsAll(program, questions) {
  const answers = new Array(questions.length);
  let next = 0;
  const worker = async () => {
    while (next < questions.length) {
      const index = next++;
      answers[index] = await askUs(program, questions[index].path, questions[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, os.cpus().length) }, worker));
  return answers;
}

// --- comparing ---

/** A base that is blank until a build argument is given: BuildKit refuses what it is given now, we warn. */
const isBlank = (theirs, ours) => theirs.error !== null && ours.error === null && ours.warning !== null
  && /should not be blank|empty platform value|failed to parse (stage name|platform)/.test(theirs.error)
  && /needs a build argument/.test(ours.warning);

const isSubset = (part, whole) => Object.entries(part).every(([key, value]) => isDeepStrictEqual(value, whole?.[key]));

const commandsOf = (view) => view.stages.flatMap((stage) => stage.commands);
const copiesOf = (view) => commandsOf(view).filter(({ op }) => op === 'copy' || op === 'add');

/** What of a case's expectation a view does not meet; null when it meets all. */
function unmet(row, view) {
  const wrong = (key, value) => `${key} is ${JSON.stringify(value)}`;
  if (row.error != null) {
    if (view.error === null) return 'is accepted';
    return view.error.includes(row.error) ? null : wrong('error', view.error);
  }
  if (view.error !== null) return wrong('error', view.error);
  const flat = {
    syntax: () => view.syntax,
    commands: () => commandsOf(view).map(({ op }) => op),
    flags: () => commandsOf(view).flatMap(({ flags }) => flags),
    pairs: () => [...view.arguments, ...commandsOf(view).flatMap(({ pairs }) => pairs ?? [])].map(([name, value]) => (value === null ? name : `${name}=${value}`)),
    sources: () => copiesOf(view).flatMap(({ sources }) => sources),
    dest: () => copiesOf(view).map(({ dest }) => dest),
    written: () => copiesOf(view).flatMap(({ written }) => written),
    reads: () => view.reads,
  };
  for (const [key, get] of Object.entries(flat)) {
    if (row[key] === undefined) continue;
    const value = get();
    const wanted = key === 'reads' && Array.isArray(row.reads) ? [...row.reads].sort() : row[key];
    if (!isDeepStrictEqual(value, wanted)) return wrong(key, value);
  }
  if (row.stages !== undefined) {
    const seen = view.stages.map(({ commands, ...stage }) => stage);
    const isMet = seen.length === row.stages.length && row.stages.every((stage, index) => isSubset(stage, seen[index]));
    if (!isMet) return wrong('stages', seen.map((stage, index) => Object.fromEntries(Object.keys(row.stages[index] ?? stage).map((key) => [key, stage[key]]))));
  }
  return null;
}

/** The first difference between what BuildKit says and what we say, as { kind, theirs, ours }; null when there is none. */
function difference(theirs, ours) {
  if ((theirs.error === null) !== (ours.error === null)) {
    return isBlank(theirs, ours) ? null : { kind: 'accept/reject', theirs: theirs.error ?? 'accepted', ours: ours.error ?? 'accepted' };
  }
  if (theirs.error !== null) return null;
  for (const key of ['syntax', 'arguments']) {
    if (!isDeepStrictEqual(theirs[key], ours[key])) return { kind: key, theirs: theirs[key], ours: ours[key] };
  }
  if (theirs.stages.length !== ours.stages.length) return { kind: 'stages', theirs: theirs.stages.length, ours: ours.stages.length };
  for (const [index, stage] of theirs.stages.entries()) {
    const found = stageDifference(stage, ours.stages[index]);
    if (found) return { ...found, kind: `${found.kind} of stage ${index}` };
  }
  return readsDifference(theirs, ours);
}

/** Both sides say what makes them ask for everything, as far as it can be told: known.yaml matches that. */
function readsDifference(theirs, ours) {
  if (isDeepStrictEqual(theirs.reads, ours.reads)) return null;
  const hasTmpfs = theirs.stages.some((stage) => stage.commands.some(({ flags }) => flags.some((flag) => /^--mount=.*type=tmpfs/.test(flag))));
  return {
    kind: 'reads',
    theirs: theirs.reads === 'everything' && hasTmpfs ? 'everything, with a tmpfs mount' : theirs.reads,
    ours: ours.reads === 'everything' ? `everything: ${ours.reason}` : ours.reads,
  };
}

function stageDifference(theirs, ours) {
  for (const key of ['name', 'base', 'from_stage', 'platform', 'line', 'reachable']) {
    if (theirs[key] !== ours[key]) return { kind: key, theirs: theirs[key], ours: ours[key] };
  }
  const list = (commands) => commands.map(({ op, line }) => `${op} at line ${line}`);
  if (!isDeepStrictEqual(list(theirs.commands), list(ours.commands))) return { kind: 'commands', theirs: list(theirs.commands), ours: list(ours.commands) };
  for (const [index, command] of theirs.commands.entries()) {
    for (const key of Object.keys(command)) {
      const other = ours.commands[index][key];
      const isUnasked = ['sources', 'dest'].includes(key) && (command[key] === null || command[key].includes?.(null));
      if (!isUnasked && !isDeepStrictEqual(command[key], other)) {
        return { kind: `${key} of ${command.op} at line ${command.line}`, theirs: command[key], ours: other };
      }
    }
  }
  return null;
}

const tell = (found) => `${found.kind}: BuildKit ${JSON.stringify(found.theirs)}, ours ${JSON.stringify(found.ours)}`;

// --- cases ---

async function checkCases({ program, references, report, asksEngine }) {
  const cases = readCases(part, [...inputs, ...expectations]);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-'));
  try {
    const questions = cases.map((row, index) => {
      fs.writeFileSync(path.join(folder, `${index}`), row.dockerfile);
      return { ...row, path: path.join(folder, `${index}`) };
    });
    const ours = await askUsAll(program, questions);
    const reference = await references.go(part);
    const theirs = reference && await askReference(reference, cases.map(({ dockerfile, target, args, platform }) => ({ dockerfile, target, args, platform })));
    judgeCases(cases, ours, theirs, report);
    if (asksEngine) await checkEngine(cases, report);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function judgeOurs(row, ours) {
  const message = row.warning ?? row.blank;
  if (message === undefined) return unmet(row, ours);
  if (!(ours.warning ?? '').includes(message)) return `warning is ${JSON.stringify(ours.warning ?? ours.error)}`;
  return unmet(row, ours);
}

const judgeTheirs = (row, theirs) => unmet({ ...row, error: row.blank ?? row.error, ...row.buildkit }, theirs);

function judgeCases(cases, ours, theirs, report) {
  const known = openKnown(part);
  let good = 0;
  let alike = 0;
  let reasons = 0;
  for (const [index, row] of cases.entries()) {
    const where = `${row.file}: ${row.shows}`;
    const mistake = judgeOurs(row, ours[index]);
    if (mistake) report.fail(part, `${where}: ours: ${mistake}`);
    else good++;
    report.pass(part, mistake ? 0 : 1);
    if (!theirs) continue;
    const wrong = judgeTheirs(row, theirs[index]);
    const found = wrong ? null : difference(theirs[index], ours[index]);
    if (wrong) {
      report.fail(part, `${where}: BuildKit: ${wrong}`);
    } else if (found && (row.why ?? known.reason(found))) {
      report.known(part, `${where}: ${tell(found)}`, row.why ?? known.reason(found));
      reasons++;
    } else if (row.why) {
      report.fail(part, `${where}: there is no difference to give a reason for`);
    } else if (found) {
      report.fail(part, `${where}: ${tell(found)}`);
    } else {
      report.pass(part, 1);
      alike++;
    }
  }
  report.count(part, 'cases, as they expect', good, cases.length);
  if (theirs) report.count(part, 'cases, beside BuildKit', alike, cases.length, `${reasons} more differ for a reason`);
}

async function checkEngine(cases, report) {
  const engine = await askEngine(cases, report);
  if (!engine) return;
  const known = openKnown(part);
  let good = 0;
  for (const { row, refuses, targets } of engine.answers) {
    const expected = { error: row.error ?? row.blank, ...row.buildkit };
    const isRefusal = expected.error != null;
    const names = targets && targets.map((target) => target.name || null);
    const wanted = row.stages?.every((stage) => 'name' in stage) ? row.stages.map((stage) => stage.name) : null;
    const reason = (refuses !== null) === isRefusal ? null : known.reason({ kind: 'engine', theirs: refuses ?? 'accepted', ours: row.dockerfile });
    if (reason) report.known(part, `${row.file}: ${row.shows}: the engine: ${refuses ?? 'accepts'}`, reason);
    else if (refuses !== null && !isRefusal) report.fail(part, `${row.file}: ${row.shows}: the engine refuses: ${refuses}`);
    else if (refuses === null && isRefusal) report.fail(part, `${row.file}: ${row.shows}: the engine accepts`);
    else if (names && wanted && !isDeepStrictEqual(names, wanted)) report.fail(part, `${row.file}: ${row.shows}: the engine has stages ${JSON.stringify(names)}`);
    else good++;
  }
  report.pass(part, good);
  report.count(part, 'cases, beside an engine', good, engine.answers.length, `${engine.left} more need images or a frontend`);
}

// --- repositories ---

function dockerfilesOf(repository) {
  const listed = spawnSync('git', ['-C', repository, '-c', 'core.fsmonitor=false', 'ls-files', '-z'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (listed.status !== 0) throw new Error(`${repository}: ${listed.stderr.trim()}`);
  return listed.stdout.split('\0').filter((name) => isDockerfile(path.posix.basename(name)))
    .map((name) => path.join(repository, name))
    .filter((file) => fs.lstatSync(file, { throwIfNoEntry: false })?.isFile());
}

/** How far two readings of a file agree, as [counted, agreeing] by what is counted. */
function agreement(theirs, ours) {
  const isAlike = (theirs.error === null) === (ours.error === null) || isBlank(theirs, ours);
  const out = { 'accept/reject': [1, Number(isAlike)] };
  if (!isAlike || theirs.error !== null || ours.error !== null) return out;
  const known = (list) => list.flatMap((stage, index) => stage.commands.flatMap((command, at) => (
    ['copy', 'add'].includes(command.op) ? command.sources.map((source, word) => [`${index}.${at}.${word}`, source]) : [])));
  const mine = new Map(known(ours.stages));
  const asked = known(theirs.stages).filter(([, source]) => source !== null);
  const bare = ({ commands, ...stage }) => ({ ...stage, commands: commands.map(({ op, line, flags, pairs }) => ({ op, line, flags, pairs })) });
  out.stages = [theirs.stages.length, theirs.stages.filter((stage, index) => ours.stages[index] && isDeepStrictEqual(bare(stage), bare(ours.stages[index]))).length];
  out.sources = [asked.length, asked.filter(([key, source]) => mine.get(key) === source).length];
  out['paths asked of the context'] = [1, Number(isDeepStrictEqual(theirs.reads, ours.reads))];
  return out;
}

async function checkRepositories({ program, repositories, references, report }) {
  const reference = await references.go(part);
  if (!reference) return report.skip(part, 'repositories: there is nothing to hold our answers beside');
  const files = repositories.flatMap(dockerfilesOf);
  const questions = files.map((file) => ({ path: file, dockerfile: fs.readFileSync(file, 'utf8') }));
  const theirs = await askReference(reference, questions.map(({ dockerfile }) => ({ dockerfile })));
  const ours = await askUsAll(program, questions);
  const known = openKnown(part);
  const sums = {};
  for (const [index, file] of files.entries()) {
    for (const [label, [all, good]] of Object.entries(agreement(theirs[index], ours[index]))) {
      sums[label] ??= [0, 0];
      sums[label][0] += all;
      sums[label][1] += good;
    }
    const found = difference(theirs[index], ours[index]);
    const place = path.relative(path.dirname(repositories.find((repository) => file.startsWith(`${repository}/`))), file);
    const reason = found && known.reason(found);
    if (!found) report.pass(part, 1);
    else if (reason) report.known(part, `${place}: ${tell(found)}`, reason);
    else report.fail(part, `${place}: ${tell(found)}`);
  }
  for (const [label, [all, good]] of Object.entries(sums)) report.count(part, `repositories ${repositories.length}, ${label}`, good, all);
}

export async function check(context) {
  await checkCases(context);
  if (context.repositories.length) await checkRepositories(context);
}
