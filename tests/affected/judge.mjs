/*
 * judge: what ours says of each image of a commit beside the truth.
 *
 * A verdict is { name, kind, why, widened, … }:
 *   agreed    both say the same; `affected` is what
 *   missed    truly affected, and ours says it is not: the one thing that must not be
 *   over      ours says affected, and nothing that the build reads has changed
 *   flowed    as `over`, because an image that this one starts from is affected: true or not, the digests do not tell
 *   apart     not judged: `reason`
 */
const FLOWED = 'base-image';

function judgeImage(ours, before, after) {
  const verdict = { name: ours.name, affected: ours.affected, built: ours.built, why: ours.why ?? null, widened: ours.widened ?? null };
  if (typeof ours.affected !== 'boolean') throw new Error(`the preview does not say whether ${ours.name} is affected`);
  const apart = after.apart ?? (before?.apart && `before: ${before.apart}`);
  if (apart) return { ...verdict, kind: 'apart', reason: apart, error: after.error ?? before?.error };
  const isAffected = before === undefined || before.digest !== after.digest;
  if (isAffected && !ours.affected) return { ...verdict, kind: 'missed', truly: true, isNew: before === undefined };
  if (isAffected === ours.affected) return { ...verdict, kind: 'agreed', truly: isAffected };
  return { ...verdict, kind: ours.why?.rule === FLOWED ? 'flowed' : 'over', truly: false };
}

/** `before`, `after`: the truth by name (truth.mjs); `preview`: ours of the later tree, beside the earlier one. */
export function judge(preview, before, after) {
  return preview.images.map((image) => judgeImage(image, before.get(image.name), after.get(image.name)));
}

/*
 * Precision of some verdicts: how many ours calls affected, how many are. Where nothing is, one is taken to be, in both numbers.
 * Widened answers are counted elsewhere, what flowed on nowhere.
 */
export function precision(verdicts) {
  const counted = verdicts.filter(({ kind, widened }) => ['agreed', 'missed', 'over'].includes(kind) && !widened);
  const ours = counted.filter(({ affected }) => affected).length;
  const truly = counted.filter((one) => one.truly).length;
  const isSilent = truly === 0;
  return { judged: counted.length, ours, truly, ratio: isSilent ? ours + 1 : ours / truly, counts: truly > 0 || ours > 0 };
}
