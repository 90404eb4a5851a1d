/* names: paths that are shell, YAML, Buildkite's or no text at all. */

import path from 'node:path';

/* Components of a path: anything but '/' and NUL. */
const hostileNames = (mark) => [
  'with space', ' leading', 'trailing ', "it's", '"quoted"', '`touch mark`', '$(touch mark)', '$HOME', '${X:-y}', '$$', '\\', '\\$X', '\\\\$X',
  'back\\slash', '-n', '--push', '-', '--', 'new\nline', 'ends\n', '\n', '\n\n', 'tab\there', 'cr\r', '\x01\x1B[2Jred', '\x7F', 'é', '日本', '\u2028', '\u0085',
  '\uFEFF', '\u202Etxt', '*', '?', '[a]', '{a,b}', '!', '#', ' # comment', '&', ';', '|', '<>', '~', '~root', '%s%n', '%', ':', ': ', '- ', '...', '---', 'true', 'null',
  '0x1F', '{{matrix}}', 'a=b', 'a,b', '@', '!!str', '&a', '<<', 'github.com', 'http:', 'git@host:x', 'ssh:', 'C:\\x', "'$X'", "\\'", "$'x'", '(', ')', '{', '}', '"$(touch mark)"',
].map((name) => Buffer.from(name.replaceAll('touch mark', mark))).concat([
  Buffer.from([0xFF]), Buffer.from([0xC3, 0x28]), Buffer.from([0xE9, 0x5C, 0x24]), Buffer.from([0x80, 0x0A]), Buffer.from([0xED, 0xA0, 0x80]), Buffer.from([0x2D, 0x6E, 0x0A]),
]);

const join = (a, b) => Buffer.concat([a, Buffer.from('/'), Buffer.from(b)]);

/* What a path must not be taken for gets "./" before it: an option, standard input, a URL. */
const safe = (path) => (/^(-|https?:|git:|ssh:|git@|github\.com\/)|:\/\//.test(path.toString('latin1')) ? join(Buffer.from('.'), path) : path);

export function nameCases({ evil }) {
  const mark = path.basename(evil); /* a name has no '/': what it would execute is found on PATH */
  const names = hostileNames(mark);
  return [
    {
      name: 'directories with hostile names',
      status: 0,
      make(repository) {
        for (const name of names) repository.file(join(name, 'Dockerfile'), 'FROM scratch\n');
        repository.commit();
      },
      builds: names.filter((name) => !/^\{\{/.test(name)).map( /* `{{` is a template, which is left out */(name) => [safe(join(name, 'Dockerfile')), safe(name)]),
    },
    {
      name: 'Dockerfiles with hostile names',
      status: 0,
      make(repository) {
        for (const name of names) repository.file(Buffer.concat([Buffer.from('d/Dockerfile.'), name]), 'FROM scratch\n');
        repository.commit();
      },
    },
    {
      name: 'a compose service for each name',
      status: 0,
      make(repository) {
        const text = names.filter((name) => Buffer.from(name.toString()).equals(name));
        const quoted = (name) => JSON.stringify(name.toString()).replaceAll('$', '$$$$').replaceAll('\x7F', '\\x7f').replaceAll('\u0085', '\\x85').replaceAll('\u2028', '\\L').replaceAll('\uFEFF', '\\uFEFF');
        repository.file('compose.yaml', `services:\n${text.map((name, i) => `  s${i}:\n    build:\n      context: ${quoted(join(Buffer.from('./x'), name))}\n      args:\n        A: ${quoted(name)}\n      tags: [${quoted(name)}]\n      labels:\n        ${quoted(name)}: ${quoted(name)}\n`).join('')}`);
        for (const name of text) repository.file(join(join(Buffer.from('x'), name), 'Dockerfile'), 'FROM scratch\n');
        repository.commit();
      },
    },
    {
      name: 'paths of 4000 bytes',
      status: 0,
      make(repository) {
        const long = 'd'.repeat(240);
        repository.shell(`i=0; while [ $i -lt 16 ]; do mkdir ${long}; cd ${long}; i=$((i + 1)); done; printf 'FROM scratch\\n' >Dockerfile`);
        repository.track(`${`${long}/`.repeat(16)}Dockerfile`);
        repository.track(`${'e/'.repeat(1995)}Dockerfile`);
        repository.track(`${'$(x)/'.repeat(790)}Dockerfile`);
      },
    },
    {
      name: 'paths longer than the system takes',
      make(repository) {
        repository.track(`${'f'.repeat(5000)}/Dockerfile`).track(`${'g/'.repeat(20000)}Dockerfile`);
      },
    },
    {
      name: 'names that would be the same key',
      status: 0,
      make(repository) {
        for (const name of ['a b', 'a-b', 'a_b', 'a.b', 'a?b', 'a*b', 'a/b', 'A-B', `${'x'.repeat(120)}1`, `${'x'.repeat(120)}2`]) repository.file(`${name}/Dockerfile`, 'FROM scratch\n');
        repository.commit();
      },
    },
    {
      name: 'a remote with a hostile name',
      status: 0,
      make(repository) {
        repository.file('Dockerfile', 'FROM scratch\n').commit();
        repository.git('config', 'remote.origin.url', `https://x/$(${evil})\n'"\\$X.git`);
      },
    },
  ];
}
