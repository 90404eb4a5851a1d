/*
 * run: how fast `generate --all` is, as ratios to public tools on the same trees.
 *
 *     tests/bench/run [small] [medium] [large] [readers] [targets] [--json FILE] [--gate]
 *
 * The rule that makes it honest: both sides of a ratio are measured in turn, in this run, on
 * this machine; a ratio is taken round by round and the median of the rounds is printed. Times
 * alone are not: they moved by a factor of two between hours while the ratios held.
 *
 * PROGRAM names the program (build/depot-pipeline), BENCH_DIR where the trees are kept between
 * runs (build/bench; 2.5 GB for large). The exit status is 0 when everything could be measured;
 * with --gate it is 1 when a goal was missed; 2 when nothing could be measured.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { affectedRows } from './affected.mjs';
import { readerRows } from './readers.mjs';
import { targetRows } from './targets.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const program = path.resolve(process.env.PROGRAM || path.join(root, 'build/depot-pipeline'));
const benchDirectory = path.resolve(process.env.BENCH_DIR || path.join(root, 'build/bench'));

/* The environment of a build would choose another path through the program. */
const environment = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  PROGRAM: program,
  BENCH_DIR: benchDirectory,
};

const rounds = 7;
/* Runs a side and round: short commands need more of them for a steady median. */
const runsPerRound = { small: 40, medium: 10, large: 3 };

class Failure extends Error {}

function execute(command, options = {}) {
  const result = spawnSync(command[0], command.slice(1), {
    env: environment, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], ...options,
  });
  if (result.error) throw new Failure(`${command[0]}: ${result.error.message}`);
  return result;
}

function executeOrFail(command, options) {
  const result = execute(command, options);
  if (result.status !== 0) {
    const said = (result.stderr || '').trim().split('\n').slice(-3).join('\n');
    const how = result.status ?? result.signal;
    throw new Failure(`${command.join(' ')}: exit status ${how}\n${said}`);
  }
  return result;
}

function isInstalled(name) {
  return !spawnSync(name, ['--version'], { stdio: 'ignore' }).error;
}

function firstInstalled(names) {
  return names.find(isInstalled);
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/* ---- trees ----------------------------------------------------------------------------- */

/* tenth is large with a tenth of everything: the other end of the line in "10 times as much". */
const treeArguments = {
  small: ['--size', 'small'],
  medium: ['--size', 'medium'],
  large: ['--size', 'large'],
  tenth: ['--size', 'large', '--services', '500', '--files', '50000', '--libs', '20',
    '--bases', '5', '--changed', '1,100,5000'],
  readers: ['--size', 'large', '--files', '30000', '--changed', '1,10,100'],
  shared: ['--size', 'large', '--shared-library', '--index-only', '--changed', '1,1000'],
};

function makeTree(name) {
  const directory = path.join(benchDirectory, name);
  fs.mkdirSync(benchDirectory, { recursive: true });
  process.stderr.write(`tree ${name}\n`);
  executeOrFail([path.join(here, 'tree'), ...treeArguments[name], '--replace', directory]);
  return directory;
}

function generateAll(tree) {
  return [program, 'generate', '--all', '-C', tree];
}

/* ---- two ways to time a pair of commands ------------------------------------------------ */

function quote(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function timesByHyperfine(commands, runs) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  const file = path.join(directory, 'times.json');
  try {
    executeOrFail(['hyperfine', '-N', '--warmup', '1', '--runs', String(runs), '--style', 'none',
      '--export-json', file, ...commands.map((command) => command.map(quote).join(' '))]);
    return JSON.parse(fs.readFileSync(file, 'utf8')).results.map((result) => result.median);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

/* Node's own start of a child is in both sides: ratios of short commands come nearer to 1. */
function timesByNode(commands, runs) {
  const times = commands.map(() => []);
  for (let run = 0; run < runs; run++) {
    commands.forEach((command, side) => {
      const start = process.hrtime.bigint();
      executeOrFail(command);
      times[side].push(Number(process.hrtime.bigint() - start) / 1e9);
    });
  }
  return times.map(median);
}

const timesOf = isInstalled('hyperfine') ? timesByHyperfine : timesByNode;
const timer = timesOf === timesByHyperfine ? 'hyperfine' : 'a loop in node';

function ratio(command, reference, runs) {
  timesOf([command, reference], 1); /* the first touch of a tree is another measurement */
  const pairs = [];
  for (let round = 0; round < rounds; round++) {
    const [own, other] = timesOf([command, reference], runs);
    pairs.push(own / other);
  }
  return median(pairs);
}

/* ---- rows: each returns { value, unit, goal }, and perhaps a note, or { skipped } -------- */

function ratioRow(name, goal, referenceOf) {
  return {
    what: `time, to \`${name}\``,
    measure: (size, tree) => {
      const reference = referenceOf(tree);
      if (!reference) return { skipped: `${name.split(' ')[0]} is not installed` };
      return { value: ratio(generateAll(tree), reference, runsPerRound[size]), unit: 'x', goal };
    },
  };
}

const toListing = ratioRow('git ls-files', 1.5, (tree) => ['git', '-C', tree, 'ls-files']);

const toVersion = ratioRow('git --version', 3, () => ['git', '--version']);

const toFind = ratioRow('fd -H -I Dockerfile', 1 / 3, (tree) => {
  const fd = firstInstalled(['fd', 'fdfind']);
  return fd && [fd, '-H', '-I', '--base-directory', tree, 'Dockerfile'];
});

const linear = {
  what: 'time, 10 x services and files',
  measure: (size, tree) => {
    const value = ratio(generateAll(tree), generateAll(makeTree('tenth')), runsPerRound[size]);
    return { value, unit: 'x', goal: 11 };
  },
};

const pythonPeak = `
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)`;

/* Both ways report the largest process of the run in KiB, as the last line of standard error. */
function peakCommand() {
  if (isInstalled('time')) return { words: ['time', '-f', '%M'], note: 'by time' };
  if (isInstalled('python3')) {
    return { words: ['python3', '-c', pythonPeak], note: 'by python3: not below its own 10 MiB' };
  }
  return null;
}

const memory = {
  what: 'peak memory, largest process',
  measure: (size, tree) => {
    const peak = peakCommand();
    if (!peak) return { skipped: 'neither time nor python3 is installed' };
    const { stderr } = executeOrFail([...peak.words, ...generateAll(tree)]);
    const kibibytes = Number(stderr.trim().split('\n').pop());
    return { value: kibibytes / 1024, unit: 'MiB', goal: 32, note: peak.note };
  },
};

/* The budget has nothing for ordinary files: one call for each would be far above it. */
const systemCalls = {
  what: 'system calls, 4 a container file + 300',
  measure: (size, tree) => {
    const result = execute([path.join(here, 'syscalls'), tree],
      { stdio: ['ignore', 'pipe', 'pipe'] });
    if (result.status === 77) return { skipped: result.stderr.trim() };
    if (result.status !== 0) throw new Failure(`syscalls: ${result.stderr.trim()}`);
    const [calls, files, children] = result.stdout.match(/\d+/g).map(Number);
    return {
      value: calls, unit: 'calls', goal: 4 * files + 300,
      note: `${files} container files read, ${children} children`,
    };
  },
};

const rowsOf = {
  small: [toVersion, systemCalls],
  medium: [toListing, toFind, memory, systemCalls],
  large: [toListing, toFind, memory, systemCalls, linear],
  readers: null,
  targets: null,
};
const rowsWithoutTree = { readers: readerRows, targets: targetRows };

const tools = {
  program, directory: benchDirectory, timesOf, median, ratio, rounds, runsPerRound, makeTree, executeOrFail,
};

function measure(size) {
  const own = rowsWithoutTree[size];
  const tree = own ? null : makeTree(size);
  const rows = own ? own(tools) : [...rowsOf[size], ...affectedRows(size, tools)];
  return rows.map(({ what, measure: measureRow }) => {
    process.stderr.write(`  ${what}\n`);
    const row = { tree: size, what, ...measureRow(size, tree) };
    return row.skipped ? row : { ...row, met: row.value <= row.goal };
  });
}

/* ---- the table -------------------------------------------------------------------------- */

function format(value, unit) {
  return unit === 'calls' ? value.toLocaleString('en') : `${value.toPrecision(3)} ${unit}`;
}

function cells(row) {
  if (row.skipped) return [row.tree, row.what, '-', '-', `skipped: ${row.skipped}`];
  const met = row.met ? 'yes' : 'NO';
  return [row.tree, row.what, format(row.value, row.unit), `<= ${format(row.goal, row.unit)}`,
    row.note ? `${met} (${row.note})` : met];
}

function printTable(rows) {
  const lines = [['tree', 'what', 'measured', 'goal', 'met?'], ...rows.map(cells)];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines) {
    console.log(line.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
  }
  console.log(`\ntimed by ${timer}, median of ${rounds} rounds`);
}

/* ---- command line ----------------------------------------------------------------------- */

function readArguments(words) {
  const options = { sizes: [], json: null, gate: false };
  while (words.length > 0) {
    const word = words.shift();
    if (Object.hasOwn(rowsOf, word)) options.sizes.push(word);
    else if (word === '--gate') options.gate = true;
    else if (word === '--json' && words.length > 0) options.json = words.shift();
    else throw new Failure('usage: run [small] [medium] [large] [readers] [targets] [--json FILE] [--gate]');
  }
  if (options.sizes.length === 0) options.sizes = Object.keys(rowsOf);
  return options;
}

function main() {
  const options = readArguments(process.argv.slice(2));
  if (!fs.existsSync(program)) {
    throw new Failure(`${program} does not exist: build it, or set PROGRAM`);
  }
  const rows = options.sizes.flatMap(measure);
  printTable(rows);
  if (options.json) {
    fs.writeFileSync(options.json, `${JSON.stringify({ timer, rounds, rows }, null, 2)}\n`);
  }
  if (options.gate && rows.some((row) => row.met === false)) process.exitCode = 1;
}

try {
  main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`run: ${error.message}`);
  process.exitCode = 2;
}
