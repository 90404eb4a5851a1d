/*
 * inference: how often the program guesses the context that the repository declares.
 *
 * The rule that makes it honest: the program sees an index without every file that the truth was read from.
 * A Dockerfile with several declared contexts is right with any of them. One that takes nothing from its context
 * builds in every context: it is counted apart.
 */
import { readText, withoutFiles } from './checkout.mjs';
import { isDeclaring, readDeclarations } from './declared.mjs';
import { localSources } from './local_sources.mjs';

/* `preview(index)` gives the program's preview as a value. Rows: { dockerfile, declared, guess, verdict, ... } */
export function compare(checkout, preview) {
  const { dockerfiles, unclear } = readDeclarations(checkout);
  const hidden = [...checkout.files].filter(isDeclaring);
  const seen = dockerfiles.size ? withoutFiles(checkout, hidden, preview) : { images: [], left_out: [] };
  const shown = dockerfiles.size ? preview() : seen;
  const rows = [...dockerfiles].sort(([a], [b]) => (a < b ? -1 : 1)).map(([dockerfile, declared]) => ({
    dockerfile, declared, ...judge(checkout, dockerfile, declared, seen),
    whole: judge(checkout, dockerfile, declared, shown).verdict,
  }));
  return { rows, unclear };
}

/* right, wrong, idle (takes nothing from its context), left-out or missing. */
function judge(checkout, dockerfile, declared, { images, left_out: leftOut }) {
  const found = images.filter((image) => image.dockerfile === dockerfile);
  if (!found.length) {
    const reason = leftOut.find(({ path }) => path === dockerfile);
    return { verdict: reason ? 'left-out' : 'missing', why: reason?.reason };
  }
  const right = found.find(({ context }) => declared.some((row) => row.context === context.path));
  const { context } = right ?? found[0];
  const sources = localSources(readText(checkout, dockerfile) ?? '');
  const isIdle = context.origin === 'own' && !sources.length;
  return {
    verdict: isIdle ? 'idle' : right ? 'right' : 'wrong', isSame: Boolean(right),
    guess: context.path, why: context.reason, sources, broken: found.every(({ broken }) => broken),
  };
}

export const count = (rows, verdict) => rows.filter((row) => row.verdict === verdict).length;

/* The share of right ones: { all } with what is left out as wrong, { found } without it; both without idle ones. */
export function shares(rows) {
  const judged = rows.filter(({ verdict }) => verdict !== 'idle');
  const found = judged.filter(({ verdict }) => verdict !== 'left-out');
  const share = (list) => (list.length ? (100 * count(list, 'right')) / list.length : undefined);
  const lenient = rows.filter(({ verdict }) => verdict !== 'left-out');
  return {
    all: share(judged), found: share(found),
    builds: lenient.length ? (100 * (count(lenient, 'right') + count(lenient, 'idle'))) / lenient.length : undefined,
    exact: rows.length ? (100 * rows.filter((row) => row.isSame).length) / rows.length : undefined,
    whole: rows.length ? (100 * rows.filter((row) => ['right', 'idle'].includes(row.whole)).length) / rows.length : undefined,
  };
}
