/*
 * builds_judge: does a step build what docker compose would build of a service?
 *
 *   judge({ theirs, service, ours, image, images, registry })  →  differences of builds_shape, none when they are equal
 *
 *   theirs    shapes of builds_shape by service                 ours     { shape, targets } of the step's call
 *   image     of `preview --format json`, for the service       images   all of them
 *   registry  of the settings, with `tags: [t]`; absent: nothing is pushed
 *
 * Where ours is another thing on purpose, it is looked at whether it is that thing:
 *
 *   tags        not all that compose names, but the settings' own and of compose's those in the settings' registry
 *   cache-to    only of what is pushed
 *   a service as a context   the reference that this build pushes its image to, or a target of the same call, which must
 *                            itself be what compose builds of that service
 *   an image of the repository in FROM   is handed over in one of these two ways, which compose does not do
 */
import { differences } from './builds_shape.mjs';

const destinationOf = (image, registry) => `${registry}/${image.name.toLowerCase()}:t`;
const without = (shape, ...names) => Object.fromEntries(Object.entries(shape).filter(([name]) => !names.includes(name)));
const directoryOf = ({ name }) => name.split('/').slice(0, -1).join('/');

/** The tags that a step pushes to: by README.md and lib/plan/publish.c. */
function tagsOf({ theirs, image, registry }) {
  const declared = image.services.flatMap(({ name }) => theirs[name]?.tags ?? []);
  return [...new Set([destinationOf(image, registry), ...declared.filter((tag) => tag.startsWith(`${registry}/`))])].sort();
}

/** `depot bake` has no word for hosts and limits; a base of another image is built for that one's platforms. */
const withoutBase = (shape) => without(shape, 'tags', 'push', 'cacheTo', 'platforms', 'hosts');

function judgeContext(name, wanted, given, question) {
  const { theirs, ours, images, registry } = question;
  const wrong = [{ kind: 'contexts', theirs: { [name]: wanted }, ours: { [name]: given } }];
  if (!wanted?.startsWith('target:')) return wanted === given ? [] : wrong;
  const service = wanted.slice('target:'.length);
  const base = images.find((image) => directoryOf(image) === directoryOf(question.image) && image.services.some((one) => one.name === service));
  if (given === `docker-image://${base && destinationOf(base, registry)}`) return [];
  const target = given?.startsWith('target:') && ours.targets[given.slice('target:'.length)];
  if (!target) return wrong;
  const inner = { ...question, service, image: base, ours: { shape: target, targets: ours.targets } };
  return compare(inner, withoutBase, withoutBase).map((one) => ({ ...one, kind: `${one.kind} of the context ${name}` }));
}

/**
 * A name that only ours has must be that of an image which this build makes; a target of the same call must be what
 * compose builds of that image's service, where it has one.
 */
function isHandedOver(given, question) {
  const { image, images, registry, ours, theirs } = question;
  const bases = image.built_from.map((name) => images.find((one) => one.name === name)).filter(Boolean);
  const target = given.startsWith('target:') && ours.targets[given.slice('target:'.length)];
  if (!target) return bases.some((base) => given === `docker-image://${destinationOf(base, registry)}`);
  const isOf = (base) => base.services.filter(({ name }) => theirs[name]).every(({ name }) =>
    !compare({ ...question, service: name, image: base, ours: { shape: target, targets: ours.targets } }, withoutBase, withoutBase).length);
  return bases.some(isOf);
}

function judgeContexts(question, wanted = {}, given = {}) {
  const found = Object.keys(wanted).flatMap((name) => judgeContext(name, wanted[name], given[name], question));
  const more = Object.keys(given).filter((name) => !(name in wanted));
  const kind = (name) => (isHandedOver(given[name], question) ? 'an image of the repository' : 'contexts');
  return [...found, ...more.map((name) => ({ kind: kind(name), theirs: undefined, ours: { [name]: given[name] } }))];
}

function compare(question, ofTheirs, ofOurs) {
  const [theirs, ours] = [ofTheirs(question.theirs[question.service] ?? {}), ofOurs(question.ours.shape)];
  const found = differences(without(theirs, 'contexts'), without(ours, 'contexts'));
  return [...found, ...judgeContexts(question, theirs.contexts, ours.contexts)];
}

const same = (shape) => shape;

export function judge(question) {
  const { image, registry } = question;
  if (registry === undefined) return compare(question, (shape) => without(shape, 'tags', 'cacheTo'), same);
  if (!image.published) return [{ kind: 'published', theirs: 'pushed', ours: image.reason }];
  return compare(question, (shape) => ({ ...shape, tags: tagsOf(question), push: true }), same);
}
