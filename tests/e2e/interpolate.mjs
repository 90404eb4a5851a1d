/*
 * interpolate: what `buildkite-agent pipeline upload` does to `$` in a pipeline.
 *
 * The rule: this file knows the agent's grammar and nothing of our escaper, so that a
 * mistake in one of the two shows as a difference. It follows buildkite/interpolate
 * v0.1.5 (agents since 3.88) and the walk of buildkite/go-pipeline:
 *
 *   text  = { "\\" | "\$" | "$$" | "$(" | "$" not followed by a letter or "{" | expansion | any }
 *   expansion = "$" name | "${" name "}" | "${" name ( ":-" | "-" | "?" ) text "}"
 *             | "${" name ":" number [ ":" number ] "}"
 *
 * "\\" stays two backslashes and shields nothing. Everything else after "${" is an error,
 * also where a shell would accept it (`${X:?}`, `${X#p}`, `${1}`), except `${X:+1}`, which
 * is the substring from 1.
 *
 * An environment is a Map from name to string. Where the agent would refuse the upload
 * this throws an InterpolationError.
 */

export class InterpolationError extends Error {}

const letter = /\p{L}/uy;
const name = /\p{L}[\p{L}\p{N}_]*/uy;
const integer = /^[+-]?[0-9]+$/;

/* The text after interpolation. */
export function interpolate(text, environment = new Map()) {
  return new Reader(text, environment).text('');
}

/*
 * A parsed pipeline after interpolation. Top-level `env` comes first, top to bottom, each
 * result visible to what follows and stronger than the environment; then every string,
 * keys too. Top-level `secrets` and each step's `signature` and `checkout` are left alone.
 */
export function interpolatePipeline(document, environment = new Map()) {
  if (Array.isArray(document)) return { steps: steps(document, environment) };
  const seen = new Map(environment);
  const env = Object.entries(document.env ?? {}).map(([key, value]) => {
    const entry = [interpolate(key, seen), interpolate(String(value ?? ''), seen)];
    seen.set(...entry);
    return entry;
  });
  return Object.fromEntries(Object.entries(document).map(([key, value]) => {
    if (key === 'env') return [key, Object.fromEntries(env)];
    if (key === 'steps') return [key, steps(value, seen)];
    return untouched.has(key) ? [key, value] : [interpolate(key, seen), walk(value, seen)];
  }));
}

/* `secrets` is interpolated in a step but not at the top; a plugin may well have a `checkout` of its own. */
const untouched = new Set(['secrets', 'signature', 'checkout']);
const untouchedInStep = new Set(['signature', 'checkout']);

function steps(list, environment) {
  if (!Array.isArray(list)) return list;
  return list.map((step) => (step === null || typeof step !== 'object' ? walk(step, environment)
    : Object.fromEntries(Object.entries(step).map(([key, value]) => {
      if (key === 'steps') return [key, steps(value, environment)];
      return untouchedInStep.has(key) ? [key, value] : [interpolate(key, environment), walk(value, environment)];
    }))));
}

function walk(value, environment) {
  if (typeof value === 'string') return interpolate(value, environment);
  if (Array.isArray(value)) return value.map((item) => walk(item, environment));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) =>
    [interpolate(key, environment), walk(item, environment)]));
}

/* One pass over one string: expands while it reads; `live` is false where the result is not wanted. */
class Reader {
  constructor(input, environment) {
    this.input = input;
    this.environment = environment;
    this.at = 0;
  }

  text(stop, live = true) {
    let out = '';
    while (this.at < this.input.length && !(stop && this.input[this.at] === stop)) {
      if (this.take('\\\\')) out += '\\\\';
      else if (this.take('\\$') || this.take('$$')) out += '$';
      else if (this.take('$(')) out += '$(';
      else if (this.input[this.at] === '$') out += this.dollar(live);
      else out += this.input[this.at++];
    }
    return out;
  }

  dollar(live) {
    this.at += 1;
    if (this.take('{')) return this.brace(live);
    return this.match(letter, { move: false }) ? this.value(this.match(name)) ?? '' : '$';
  }

  brace(live) {
    const variable = this.match(name) ?? this.fail('expected identifier to start with a letter');
    const value = this.value(variable);
    let result = value ?? '';
    if (this.take(':-')) result = this.otherwise(value, (v) => v !== undefined && v !== '', live);
    else if (this.take('-')) result = this.otherwise(value, (v) => v !== undefined, live);
    else if (this.take('?')) result = this.required(variable, value, live);
    else if (this.take(':')) result = this.substring(value ?? '');
    else if (this.input[this.at] !== '}') this.fail('expected an operator');
    if (!this.take('}')) this.fail('expected brace expansion to end with }');
    return result;
  }

  otherwise(value, isGood, live) {
    const word = this.text('}', live && !isGood(value));
    return isGood(value) ? value : word;
  }

  required(variable, value, live) {
    const message = this.text('}', live && value === undefined);
    if (live && value === undefined) throw new InterpolationError(`$${variable}: ${message || 'not set'}`);
    return value ?? '';
  }

  /* Offsets count bytes; negative ones count from the end; out of range is cut, never an error. */
  substring(value) {
    const bytes = Buffer.from(value);
    const from = clamp(fromEnd(this.number(/[^:}]*/y), bytes.length), 0, bytes.length);
    if (!this.take(':')) return bytes.subarray(from).toString();
    const length = this.number(/[^}]*/y);
    const to = length < 0 ? bytes.length + length : from + length;
    return bytes.subarray(from, clamp(to, from, bytes.length)).toString();
  }

  number(pattern) {
    const digits = this.match(pattern).trim();
    return integer.test(digits) ? Number(digits) : this.fail(`unable to parse number '${digits}'`);
  }

  value(variable) {
    return this.environment.get(variable);
  }

  take(word) {
    if (!this.input.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  match(pattern, { move = true } = {}) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.input)?.[0];
    if (found !== undefined && move) this.at += found.length;
    return found;
  }

  fail(message) {
    throw new InterpolationError(`${message}, at ${this.at} of ${JSON.stringify(this.input)}`);
  }
}

const clamp = (n, low, high) => Math.min(Math.max(n, low), high);
const fromEnd = (n, length) => (n < 0 ? n + length : n);
