/*
 * compose_repositories: every compose and bake file of repositories, read by us, by docker buildx and by Depot's CLI.
 *
 * A file with a default name is read with the override beside it, as docker compose does; any other alone. Each is read in
 * its own directory and with no environment to speak of. What differs is looked up in known.yaml, by what differs:
 *
 *   kind     "depot accept/reject", "buildx targets", "buildx tags", …
 *   theirs   the last line of their error, "accepted", or the value as JSON
 *   ours     the same of ours; "accepted as an overlay" and "left open: …" where our own warnings say so
 */
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { inTurns, openPlace } from './compose_place.mjs';
import { neutral, readRequest, remember, run } from './compose_tools.mjs';
import { openKnown } from './known.mjs';

const part = 'compose';
const defaults = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const overrides = ['compose.override.yml', 'compose.override.yaml', 'docker-compose.override.yml', 'docker-compose.override.yaml'];
const isCompose = (name) => /(^|[._-])compose([._-].*)?\.ya?ml$/i.test(name);
const isBake = (name) => /^docker-bake.*\.(hcl|json)$/.test(name);

function git(repository, ...words) {
  const { status, stdout, stderr } = spawnSync('git', ['-C', repository, '-c', 'core.fsmonitor=false', ...words], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${repository}: ${stderr.trim()}`);
  return stdout;
}

/** The runs of one directory, as lists of names: a base with its override, and each other file alone. */
function runsOf(names) {
  const base = defaults.find((name) => names.includes(name));
  const override = base && overrides.find((name) => names.includes(name));
  const pair = [base, override].filter(Boolean);
  const alone = names.filter((name) => !pair.includes(name)).map((name) => [name]);
  return pair.length ? [pair, ...alone] : alone;
}

function questionsOf(repository) {
  const commit = git(repository, 'rev-parse', 'HEAD').trim();
  const directories = new Map();
  for (const file of git(repository, 'ls-files', '-z').split('\0')) {
    const name = path.posix.basename(file);
    if (!isCompose(name) && !isBake(name)) continue;
    if (!fs.lstatSync(path.join(repository, file), { throwIfNoEntry: false })?.isFile()) continue;
    const directory = path.posix.dirname(file);
    directories.set(directory, [...(directories.get(directory) ?? []), name]);
  }
  return [...directories].flatMap(([directory, names]) => runsOf(names).map((words) => ({
    root: path.join(repository, directory),
    words,
    commit,
    place: `${path.basename(repository)}/${path.posix.join(directory, words.join(' + '))}`,
    isBake: words.some(isBake),
  })));
}

/** What we say ourselves of files that we accept: is it an overlay, and which attributes of which target are left to bake? */
function readWarnings(talk) {
  const open = new Map();
  for (const [, name, attribute] of talk.matchAll(/ warning: target '([^']*)': '([^']*)' needs evaluation .* \[bake-open\]$/gm)) {
    open.set(name, [...(open.get(name) ?? []), attribute]);
  }
  const hasSecrets = / warning: .* \[(?:dotenv-secret|secret-unset)\]$/m.test(talk);
  return { isOverlay: / warning: an overlay: .* \[compose-overlay\]$/m.test(talk), open, hasSecrets };
}

async function ask(question, { program, tools, place }) {
  const { root, words } = question;
  const where = { root, home: place.home, environment: place.environment };
  const request = readRequest(root, words);
  const theirs = {};
  for (const tool of tools) theirs[tool.name] = await remember([tool.name, tool.version, root, question.commit, words], () => tool.ask({ ...where, request }));
  const { status, output, talk } = await run(program, ['inspect', ...words], { cwd: root, env: place.environment });
  if (status !== 0) return { theirs, ours: { error: status === 1 ? neutral(talk, where) : `exit status ${status}: ${talk}` } };
  const text = neutral(output, where).trimEnd();
  const { group, target } = JSON.parse(text);
  return { theirs, ours: { error: null, group, targets: target, text, ...readWarnings(talk) } };
}

// --- comparing ---

const lastError = (text) => text.trim().split('\n').filter((line) => !/level=warning|^WARNING|^\t/.test(line)).pop() ?? '';
/** Of ours the first error: what follows it may be its consequence. */
const firstError = (text) => text.split('\n').find((line) => /error: /.test(line)) ?? lastError(text);
const plain = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

const isMapping = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Of two mappings the pairs that differ; else both as they are. */
function onlyOf(theirs = 'nothing', ours = 'nothing') {
  if (!isMapping(theirs) || !isMapping(ours)) return { theirs, ours };
  const differs = (key) => !isDeepStrictEqual(theirs[key], ours[key]);
  const pick = (value) => Object.fromEntries(Object.entries(value).filter(([key]) => differs(key)));
  return { theirs: pick(theirs), ours: pick(ours) };
}

const accepted = ({ isOverlay }) => (isOverlay ? 'accepted as an overlay' : 'accepted');

/** A target that one of both lacks. A matrix of ours that is left open, and so is no target of theirs, is any number of theirs. */
function missing(tool, name, theirs, ours) {
  const isOpen = (one) => ['matrix', 'name'].some((word) => ours.open.get(one)?.includes(word)) && !theirs.targets[one];
  const kind = `${tool.name} targets`;
  if (!theirs.targets[name]) return { kind, theirs: 'none', ours: isOpen(name) ? `left open: ${name}` : name };
  return { kind, theirs: name, ours: [...ours.open.keys()].some(isOpen) ? 'left open: a matrix' : 'none' };
}

/** All differences of what one tool and we say, as { kind, theirs, ours }; and how many targets are alike. */
function compare(tool, theirs, ours) {
  if ((theirs.error === null) !== (ours.error === null)) {
    const [left, right] = [theirs.error === null ? 'accepted' : lastError(theirs.error), ours.error === null ? accepted(ours) : firstError(ours.error)];
    return { isAlike: false, targets: 0, alike: 0, found: [{ kind: `${tool.name} accept/reject`, theirs: left, ours: right }] };
  }
  if (theirs.error !== null) return { isAlike: true, targets: 0, alike: 0, found: [] };
  const found = [];
  const names = [...new Set([...Object.keys(theirs.targets), ...Object.keys(ours.targets)])];
  let alike = 0;
  for (const name of names) {
    const [left, right] = [theirs.targets[name], ours.targets[name]].map((target) => target && plain(tool.as(target)));
    const fields = left && right ? Object.keys({ ...left, ...right }).filter((field) => !isDeepStrictEqual(left[field], right[field])) : [];
    if (!left || !right) found.push(missing(tool, name, theirs, ours));
    else if (!fields.length) alike++;
    for (const field of fields) {
      const only = onlyOf(left[field], right[field]);
      if (ours.open.get(name)?.includes(field)) only.ours = `left open: ${JSON.stringify(only.ours)}`;
      if (ours.hasSecrets && isMapping(only.ours) && Object.values(only.ours).every((value) => value === '')) {
        only.ours = `empty, where a secret counts as unset: ${JSON.stringify(only.ours)}`;
      }
      found.push({ kind: `${tool.name} ${field}`, ...only, name });
    }
  }
  if (tool.name === 'buildx' && !found.length && theirs.text.trimEnd() !== ours.text) found.push({ kind: 'buildx text', theirs: theirs.text, ours: ours.text });
  return { isAlike: true, targets: names.length, alike, found };
}

const short = (value) => (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 400);
const tell = (tool, { kind, name, theirs, ours }) => `${kind}${name ? ` of ${name}` : ''}: ${tool.name} ${short(theirs)}, ours ${short(ours)}`;

function judge(tool, questions, answers, report) {
  const known = openKnown(part);
  const sum = { files: 0, alike: 0, both: 0, targets: 0, same: 0, refused: 0, reasons: 0 };
  for (const [index, { place }] of questions.entries()) {
    const { theirs, ours } = answers[index];
    const answer = theirs[tool.name];
    const { isAlike, targets, alike, found } = compare(tool, answer, ours);
    sum.files++;
    sum.alike += Number(isAlike);
    sum.both += Number(answer.error === null && ours.error === null);
    sum.targets += targets;
    sum.same += alike;
    for (const one of found) {
      const reason = known.reason(one);
      if (reason) report.known(part, `${place}: ${tell(tool, one)}`, reason);
      else report.fail(part, `${place}: ${tell(tool, one)}`);
      if (reason) sum[isAlike ? 'reasons' : 'refused']++;
    }
    if (!found.length) report.pass(part, 1);
  }
  return sum;
}

export async function checkRepositories({ program, repositories, report }, tools) {
  const asked = tools.filter(({ name }) => name !== 'compose');
  const all = repositories.flatMap(questionsOf);
  const place = await openPlace();
  try {
    const answers = await inTurns(all, (question) => ask(question, { program, tools: asked, place }));
    for (const tool of asked) {
      for (const [label, isOne] of [['compose files', ({ isBake: is }) => !is], ['bake files', ({ isBake: is }) => is]]) {
        const chosen = all.map((question, index) => [question, answers[index]]).filter(([question]) => isOne(question));
        const sum = judge(tool, chosen.map(([question]) => question), chosen.map(([, answer]) => answer), report);
        report.count(part, `repositories ${repositories.length}, ${label}: ${tool.name} accept/reject`, sum.alike, sum.files, `both accept ${sum.both}${sum.refused ? `, ${sum.refused} differ for a reason` : ''}`);
        report.count(part, `repositories ${repositories.length}, ${label}: ${tool.name} targets`, sum.same, sum.targets, sum.reasons ? `${sum.reasons} differences have a reason` : '');
      }
    }
  } finally {
    place.close();
  }
}
