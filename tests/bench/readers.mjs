/*
 * readers: the two readers of container files by themselves.
 *
 * Paths and patterns are made here, the same ones each time: 500,000 paths in 50,000 directories; 12 patterns as a
 * repository has them, and 200 of which more than half are true globs. What is measured is the whole
 * process, with reading the paths and writing those that are left out.
 */
import fs from 'node:fs';
import path from 'node:path';

const services = 500;
const kinds = ['src', 'pkg', 'internal', 'docs', 'test'];
const endings = ['go', 'ts', 'js', 'md', 'json', 'yml', 'txt', 'png', 'py', 'css', 'test.js', 'log'];

function pad(number, width) {
  return String(number).padStart(width, '0');
}

function* paths() {
  for (let service = 0; service < services; service++) {
    const home = `services/team${pad(Math.floor(service / 25), 2)}/svc${pad(service, 4)}`;
    for (const kind of kinds) {
      for (let module = 0; module < 20; module++) {
        for (let file = 0; file < 10; file++) {
          yield `${home}/${kind}${module % 4}/mod${pad(module, 2)}/file${pad(file, 3)}.${endings[(file * 7 + module) % 12]}`;
        }
      }
    }
  }
}

const few = ['.git', '**/node_modules', '**/*.log', '*.md', 'docs/**', '**/.cache', 'services/**/test*',
  '!services/team00/svc0001/test1', 'tmp/', 'dist', '**/*.tmp', '.env*'];

function many() {
  const list = [...few];
  for (let i = 0; i < 38; i++) list.push(`services/team${pad(i % 20, 2)}/svc${pad((i * 13) % services, 4)}/docs*`);
  for (let i = 0; i < 40; i++) list.push(`**/*.gen${i}.go`);
  for (let i = 0; i < 34; i++) list.push(`services/*/svc${pad((i * 11) % services, 4)}/src?/mod${pad(i % 20, 2)}`);
  for (let i = 0; i < 40; i++) list.push(`build/out${i}`);
  for (let i = 0; i < 36; i++) list.push(`**/cache${i}`);
  return list;
}

/* Writes the three files; returns their paths and how many paths there are. */
function makeLists(directory) {
  const names = { paths: 'paths', few: 'few.dockerignore', many: 'many.dockerignore' };
  const files = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, path.join(directory, name)]));
  const list = [...paths()].sort();
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(files.paths, `${list.join('\n')}\n`);
  fs.writeFileSync(files.few, `${few.join('\n')}\n`);
  fs.writeFileSync(files.many, `${many().join('\n')}\n`);
  return { ...files, count: list.length };
}

function filter(program, patterns, lists) {
  return ['sh', '-c', 'exec "$0" inspect --ignore "$1" <"$2"', program, patterns, lists.paths];
}

/* One word of a command is bounded, so the names come from a file; both sides pay for xargs. */
function overDockerfiles(command, list) {
  return ['xargs', '-s', '1000000', '-n', '5000', '-a', list, ...command];
}

function listDockerfiles(tree, file) {
  const list = fs.readdirSync(tree, { recursive: true }).filter((name) => path.basename(name) === 'Dockerfile');
  const chosen = list.sort().slice(0, 5000);
  fs.writeFileSync(file, chosen.map((name) => `${path.join(tree, name)}\n`).join(''));
  return chosen.length;
}

/* `tools`: { program, directory, timesOf, median, ratio, rounds, makeTree } of run.mjs. */
export function readerRows({ program, directory, timesOf, median, ratio, rounds, makeTree }) {
  const lists = makeLists(path.join(directory, 'lists'));
  const own = filter(program, lists.few, lists);
  return [
    {
      what: '.dockerignore, 12 patterns, a path',
      measure: () => {
        const times = Array.from({ length: rounds }, () => timesOf([own], 3)[0]);
        return { value: (median(times) / lists.count) * 1e9, unit: 'ns', goal: 100, note: `${lists.count} paths` };
      },
    },
    {
      what: 'the same, 200 patterns to 12',
      measure: () => ({ value: ratio(filter(program, lists.many, lists), own, 3), unit: 'x', goal: 5 }),
    },
    {
      what: 'time, 5,000 Dockerfiles, to `cat`',
      measure: () => {
        const list = path.join(directory, 'lists/dockerfiles');
        const count = listDockerfiles(makeTree('readers'), list);
        const value = ratio(overDockerfiles([program, 'inspect'], list), overDockerfiles(['cat'], list), 3);
        return { value, unit: 'x', goal: 3, note: `${count} files` };
      },
    },
  ];
}
