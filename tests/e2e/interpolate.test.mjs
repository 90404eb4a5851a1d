/*
 * interpolate.test: one row per form of the agent's grammar; the odd
 * row says why it is there. Third column: the result, or `error` where the upload is refused.
 */
import test from 'node:test';
import assert from 'node:assert/strict';
import { interpolate, interpolatePipeline, InterpolationError } from './interpolate.mjs';

const error = Symbol('error');
const environment = new Map([['V', 'value'], ['EMPTY', ''], ['FOO_BAR', 'fb'], ['FOO', 'f'], ['Ä1', 'umlaut'], ['U', 'aéb']]);

const table = [
  ['plain', 'plain'],
  ['', ''],
  ['$V', 'value'],
  ['${V}', 'value'],
  ['$NONE|${NONE}', '|'],
  ['$FOO_BAR', 'fb', 'a name is as long as it can be'],
  ['$FOO.bar $FOO-bar', 'f.bar f-bar'],
  ['$Ä1', 'umlaut', 'letters are Unicode letters'],
  ['${V:-x}', 'value'],
  ['${EMPTY:-x}', 'x'],
  ['${EMPTY-x}', ''],
  ['${NONE-x}', 'x'],
  ['${NONE:-a${V}b}', 'avalueb'],
  ['${NONE:-{a}b}', '{ab}', 'a plain brace does not nest: the first } ends it'],
  ['${NONE:-$}', '$'],
  ['${NONE:-\\}$$X', '\\$X', 'the one spelling of a literal \\$'],
  ['${V?}', 'value'],
  ['${NONE?gone}', error],
  ['${V:-${NONE?gone}}', 'value', 'an unused default is not expanded'],
  ['${V:-${NONE:?gone}}', error, 'but it is parsed'],
  ['${V:1}', 'alue'],
  ['${V:1:2}', 'al'],
  ['${V: -3}', 'lue'],
  ['${V:1:-1}', 'alu'],
  ['${V:99}', ''],
  ['${V:-99}', 'value', 'this is a default, not an offset'],
  ['${V: -99}', 'value'],
  ['${V:+1}', 'alue', 'the silent trap'],
  ['${U:0:3}', 'aé', 'bytes, not characters'],
  ['$$', '$'],
  ['$$V', '$V'],
  ['$${V}', '${V}'],
  ['$$$V', '$value'],
  ['\\$V', '$V'],
  ['\\\\$V', '\\\\value', 'two backslashes stay two and shield nothing'],
  ['\\\\\\$V', '\\\\$V'],
  ['\\$$V', '$value', 'why doubling alone is wrong'],
  ['\\n', '\\n'],
  ['$(date) $((1+1))', '$(date) $((1+1))'],
  ['$1 $@ $? $# $! $* $- $_X $ $', '$1 $@ $? $# $! $* $- $_X $ $'],
  ['{{matrix}}', '{{matrix}}'],
  ...['${NONE:?msg}', '${V:+x}', '${V:=x}', '${V#p}', '${V%p}', '${V/a/b}', '${V^^}', '${V[0]}', '${#V}',
    '${!V}', '${1}', '${@}', '${_X}', '${}', '${V', '${V:-x', '${V:}', '${V:a}', '${ V}'].map((text) => [text, error]),
];

for (const [text, expected, why = ''] of table) {
  test(`${JSON.stringify(text)} ${why}`, () => {
    if (expected === error) assert.throws(() => interpolate(text, environment), InterpolationError);
    else assert.equal(interpolate(text, environment), expected);
  });
}

test('a pipeline: env first and in order, keys too, numbers and secrets left alone', () => {
  const document = {
    env: { A: '$V', B: '$A-b', V: 'own' },
    secrets: ['$V'],
    steps: [{ label: '$B $V', timeout_in_minutes: 60, plugins: [{ 'x#$A': { deep: ['$$A'] } }], signature: { value: '$V' } }],
  };
  assert.deepEqual(interpolatePipeline(document, environment), {
    env: { A: 'value', B: 'value-b', V: 'own' },
    secrets: ['$V'],
    steps: [{ label: 'value-b own', timeout_in_minutes: 60, plugins: [{ 'x#value': { deep: ['$A'] } }], signature: { value: '$V' } }],
  });
});

test('a bare list of steps is a pipeline', () => {
  assert.deepEqual(interpolatePipeline(['wait', { command: '$V' }], environment), { steps: ['wait', { command: 'value' }] });
});
