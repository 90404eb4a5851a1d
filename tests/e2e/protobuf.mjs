/*
 * protobuf: just enough of the wire format to talk to the Depot CLI.
 *
 * The rule: a message is an object from field name to [number, type]. A type is 'string',
 * 'bytes', 'number', 'bool', 'map' (string to string), another message, or a list of one
 * of these for a repeated field. Unknown fields are skipped; absent ones decode to '', 0,
 * false, {}, [] or null (message).
 *
 * Limits: no groups, no fixed-width or packed fields, numbers up to 2^53.
 */

const entry = { key: [1, 'string'], value: [2, 'string'] };

export function decode(bytes, message) {
  const fields = Object.entries(message);
  const byNumber = new Map(fields.map(([name, [number, type]]) => [number, { name, type }]));
  const result = Object.fromEntries(fields.map(([name, [, type]]) => [name, empty(type)]));
  for (const { number, value } of wire(Buffer.from(bytes))) {
    const field = byNumber.get(number);
    if (!field) continue;
    if (Array.isArray(field.type)) result[field.name].push(read(value, field.type[0]));
    else if (field.type === 'map') Object.assign(result[field.name], pair(decode(value, entry)));
    else result[field.name] = read(value, field.type);
  }
  return result;
}

export function encode(values, message) {
  const parts = [];
  for (const [name, [number, type]] of Object.entries(message)) {
    const value = values[name];
    if (value === undefined || value === null) continue;
    if (Array.isArray(type)) for (const item of value) parts.push(write(number, item, type[0]));
    else if (type === 'map') for (const [k, v] of Object.entries(value)) parts.push(write(number, { key: k, value: v }, entry));
    else parts.push(write(number, value, type));
  }
  return Buffer.concat(parts);
}

const pair = ({ key, value }) => ({ [key]: value });

function empty(type) {
  if (Array.isArray(type)) return [];
  return { string: '', bytes: Buffer.alloc(0), number: 0, bool: false, map: {} }[type] ?? null;
}

function read(value, type) {
  if (type === 'string') return value.toString();
  if (type === 'bytes' || type === 'number') return value;
  return type === 'bool' ? value !== 0 : decode(value, type);
}

function write(number, value, type) {
  if (type === 'number' || type === 'bool') return Buffer.concat([varint(number << 3), varint(Number(value))]);
  const bytes = typeof type === 'object' ? encode(value, type) : Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(n) {
  const bytes = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return Buffer.from([...bytes, n]);
}

const fixedWidth = { 1: 8, 5: 4 };

function* wire(bytes) {
  let at = 0;
  const number = () => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('protobuf: cut short');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = number();
    const kind = tag & 7;
    if (kind !== 0 && kind !== 2 && !fixedWidth[kind]) throw new Error(`protobuf: wire type ${kind}`);
    if (kind === 0) { yield { number: Math.floor(tag / 8), value: number() }; continue; }
    const length = fixedWidth[kind] ?? number();
    yield { number: Math.floor(tag / 8), value: bytes.subarray(at, at += length) };
  }
}
