/* files: contents that are meant to break who reads them. */

const long = (text, times) => text.repeat(times);
const gibibyte = 2 ** 30;
const dockerfile = 'FROM scratch\nCOPY . .\n';
const compose = (text) => `services:\n  s:\n    build:\n      context: .\n${text}`;
const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`).join('\n')}\n`;
const mergeBomb = `x0: &x0 {a: 1}\n${Array.from({ length: 60 }, (_, i) => `x${i + 1}: &x${i + 1} {<<: [${Array(9).fill(`*x${i}`).join(', ')}], k${i}: 1}`).join('\n')}\nservices:\n  s:\n    <<: *x60\n    build: .\n`;
const settingsFile = '.buildkite/depot-pipeline.yml';

/* One Dockerfile, whatever it holds: a pipeline comes out, with a red step when `red`. */
const oneDockerfile = (name, content, more = {}) => ({
  name: `a Dockerfile: ${name}`,
  status: 0,
  make: (repository) => { repository.file('good/Dockerfile', 'FROM scratch\n').file('Dockerfile', content).commit(); },
  ...more,
});
const red = { check: 1, says: /Dockerfile(:\d+:\d+)?: error: .*\[[a-z-]+\]/, pipeline: (steps) => {
  const broken = steps.filter((step) => /exit 1\n$/.test(step.command));
  return broken.length === 1 && steps.length === 2 ? [] : [`${broken.length} of ${steps.length} steps are red, expected 1 of 2`];
} };

const oneCompose = (name, content, more = {}) => ({
  name: `a compose file: ${name}`,
  status: 0,
  make: (repository) => { repository.file('Dockerfile', dockerfile).file('compose.yaml', content).commit(); },
  ...more,
});

/* Settings that cannot be read stop everything, with a place. */
const oneSettings = (name, content, more = {}) => ({
  name: `settings: ${name}`,
  make: (repository) => { repository.file('Dockerfile', dockerfile).file('long/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!/Dockerfile', dockerfile).file(settingsFile, content).commit(); },
  ...more,
});
const refused = { status: 1, check: 1, says: /depot-pipeline\.yml(:\d+:\d+)?: error: .*\[[a-z-]+\]/ };

const oneProject = (name, content, file = 'depot.json') => ({
  name: `${file}: ${name}`,
  status: 0,
  make: (repository) => { repository.file('Dockerfile', dockerfile).file(file, content).commit(); },
});

export function fileCases({ evil }) {
  return [
    { name: 'a Dockerfile of 1 GB', status: 0, check: 1, says: /huge\/Dockerfile: error/, make: (repository) => {
      repository.file('Dockerfile', dockerfile).file('huge/Dockerfile', dockerfile).commit().sparse('huge/Dockerfile', gibibyte, dockerfile);
    } },
    { name: 'everything of 1 GB', make: (repository) => {
      const names = ['compose.yaml', 'depot.json', '.env', '.dockerignore', settingsFile, 'sub/compose.yaml', 'sub/depot-pipeline.yml', '.gitignore', '.gitattributes'];
      for (const name of names) repository.file(name, '');
      repository.file('Dockerfile', dockerfile).commit();
      for (const name of names) repository.sparse(name, gibibyte);
    } },
    { name: 'FIFOs', make: (repository) => {
      for (const name of ['Dockerfile', 'compose.yaml', 'depot.json', '.env', settingsFile, '.gitignore', 'a/Dockerfile', 'a/Dockerfile.dockerignore']) repository.file(name, 'x');
      repository.commit();
      for (const name of ['Dockerfile', 'compose.yaml', 'depot.json', '.env', settingsFile, '.gitignore', 'a/Dockerfile', 'a/Dockerfile.dockerignore']) repository.shell('rm "$1"', name).fifo(name);
    } },
    { name: 'FIFOs that nobody tracks', words: ['--untracked'], status: 0, make: (repository) => {
      repository.file('a/Dockerfile', dockerfile).commit().fifo('Dockerfile').fifo('compose.yaml').fifo('depot.json');
    } },
    { name: 'a .gitignore that is a FIFO', words: ['--untracked'], slow: true, make: (repository) => {
      repository.file('Dockerfile', dockerfile).commit().fifo('.gitignore');
    } },
    { name: 'directories in place of files', make: (repository) => {
      for (const name of ['Dockerfile/x', 'compose.yaml/x', 'depot.json/x', '.env/x', `${settingsFile}/x`, 'a/Dockerfile']) repository.file(name, 'x');
      repository.commit();
    } },
    { name: 'symbolic links that loop, dangle and leave', status: 0, words: ['--untracked'], make: (repository) => {
      repository.file('ok/Dockerfile', dockerfile).link('Dockerfile', 'Dockerfile').link('loop', '.').link('up', '..').link('root', '/').link('compose.yaml', '/etc/passwd')
        .link('depot.json', '../../outside').link('Dockerfile.zero', '/dev/zero').link('Dockerfile.dangling', 'nowhere').link('Dockerfile.proc', '/proc/self/environ').link('a', 'b').link('b', 'a');
      repository.git('add', '-A', '-f');
    } },
    { name: 'a context that is a link to the root', make: (repository) => {
      repository.file('compose.yaml', 'services:\n  s: {build: {context: out}}\n  t: {build: {context: ../../..}}\n  u: {build: {context: /, dockerfile: /etc/passwd}}\n  v: {build: {context: ., dockerfile: ../../../../etc/passwd}}\n').link('out', '/').commit();
    }, status: 0 },
    ...['depth/'].map(() => ({ name: 'directories 1000 deep', status: 0, words: ['--untracked'], make: (repository) => {
      repository.shell("i=0; while [ $i -lt 1000 ]; do mkdir d; cd d; i=$((i + 1)); done; echo 'FROM scratch' >Dockerfile");
    } })),

    oneDockerfile('empty', '', red),
    oneDockerfile('NUL bytes', Buffer.alloc(5000), red),
    oneDockerfile('a NUL in a COPY', 'FROM scratch\nCOPY a\0b /\n'),
    oneDockerfile('no UTF-8', Buffer.from([...Buffer.from('FROM scratch\nCOPY '), 0xFF, 0xFE, 0x20, 0x2F, 0x0A])),
    oneDockerfile('an unknown instruction that is shell', `FROM scratch\nBOOM $(${evil}) \`${evil}\` '"\\$X\n`, red),
    oneDockerfile('terminal escapes', 'FROM scratch\n\x1B]0;x\x07\x1B[2J bad\n', red),
    oneDockerfile('no end of a heredoc', 'FROM scratch\nRUN <<EOF\nx\n'),
    oneDockerfile('a thousand heredocs on a line', `FROM scratch\nRUN ${Array.from({ length: 1000 }, (_, i) => `<<E${i}`).join(' ')}\n`),
    oneDockerfile('a line of 900 kB', `FROM scratch\nRUN ${long('a ', 450_000)}\n`),
    oneDockerfile('100000 continuation lines', `FROM scratch\nRUN ${long('\\\n', 100_000)}x\n`),
    oneDockerfile('ends in a backslash', 'FROM scratch\nRUN x \\'),
    oneDockerfile('20000 stages', Array.from({ length: 20_000 }, (_, i) => `FROM ${i ? `s${i - 1}` : 'scratch'} AS s${i}\n`).join('')),
    oneDockerfile('20000 stages that all copy from one', `FROM scratch AS s0\n${Array.from({ length: 20_000 }, (_, i) => `FROM s${i} AS s${i + 1}\nCOPY --from=s0 a b\n`).join('')}`),
    oneDockerfile('20000 errors', `FROM scratch\n${long('NOPE x\n', 20_000)}`, red),
    oneDockerfile('nested expansions', `FROM scratch\nARG A=${long('${A:-', 5000)}x${long('}', 5000)}\nCOPY \${A} /\n`),
    oneDockerfile('expansions that double', `${Array.from({ length: 60 }, (_, i) => `ARG A${i + 1}=\${A${i}:-x}\${A${i}:-x}\n`).join('')}FROM scratch:\${A60}\nCOPY \${A60} /\n`),
    oneDockerfile('a pattern that backtracks', `FROM scratch\nARG A=${long('a', 5000)}\nARG B=\${A##${long('*a', 2000)}b}\nCOPY \${B} /\n`),
    oneDockerfile('many directives', `${long('# escape=`\n', 50_000)}FROM scratch\n`),
    oneDockerfile('JSON nested 100000 deep', `FROM scratch\nCMD ${long('[', 100_000)}\nCOPY ${long('[', 100_000)}\n`),
    oneDockerfile('flags', `FROM scratch\nRUN ${long('--mount=type=bind,from=x,source=a,target=b ', 20_000)} x\n`),
    oneDockerfile('a COPY of everything', `FROM scratch\nCOPY ${long('../', 1000)}etc/passwd ${long('[', 1000)} ${long('*', 1000)} /\n`),
    oneDockerfile('a .dockerignore that backtracks', dockerfile, { make: (repository) => {
      repository.file('Dockerfile', dockerfile).file('.dockerignore', `${long('**/a*', 2000)}b\n${long('*a', 5000)}b\n${long('[', 5000)}\n!${long('**/', 3000)}\n`).file(`${long('a', 200)}/${long('a', 200)}/x`, '').commit();
    } }),

    oneCompose('alias bomb', `${bomb}services:\n  s:\n    build: .\n    x: *a40\n`, { says: /compose\.yaml:\d+:\d+: error/ }),
    oneCompose('alias bomb under labels', `${bomb}services:\n  s:\n    build:\n      context: .\n      labels: *a40\n`),
    oneCompose('merge bomb', mergeBomb),
    oneCompose('alias to itself', 'a: &a [*a]\nservices: &s\n  s: *s\n'),
    oneCompose('100000 deep in brackets', `services: ${long('[', 100_000)}`),
    oneCompose('100000 deep in braces', `services: ${long('{a: ', 100_000)}`),
    oneCompose('5000 deep by indentation', Array.from({ length: 5000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')),
    oneCompose('100000 deep by dashes', `services:\n  ${long('- ', 100_000)}x\n`),
    oneCompose('nested interpolation', compose(`      args:\n        A: "${long('${A:-', 20_000)}x${long('}', 20_000)}"\n`)),
    oneCompose('interpolation 90 deep', compose(`      args:\n        A: "${long('${A:-$$(x)', 90)}x${long('}', 90)}"\n`)),
    oneCompose('unclosed interpolation', compose(`      args:\n        A: "${long('${A:-', 20_000)}"\n`)),
    oneCompose('required variables', compose(`      args:\n        A: "\${UNSET:?$(${evil})}"\n        B: "\${UNSET?\`${evil}\`}"\n`)),
    oneCompose('extends itself', 'services:\n  s: {build: ., extends: {service: s}}\n  t: {build: ., extends: {service: u}}\n  u: {build: ., extends: {service: t, file: compose.yaml}}\n'),
    oneCompose('includes itself', 'include: [compose.yaml, ./compose.yaml, ../../../../etc/passwd, /dev/zero]\nservices:\n  s: {build: .}\n'),
    oneCompose('tags', `services: !!python/object/apply:os.system ["${evil}"]\n`),
    oneCompose('names', `name: "$(${evil})"\nservices:\n  "$(${evil})": {build: .}\n  "a\\nb": {build: .}\n`),
    oneCompose('binary', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 37) % 256))),
    oneCompose('NUL in a string', 'services:\n  s:\n    build:\n      context: "a\\0b"\n      dockerfile: "a\\0b"\n      args: {A: "a\\0b"}\n      tags: ["a\\0b"]\n'),
    oneCompose('a key of 1 MB', `services:\n  ${long('k', 1_000_000)}:\n    build: .\n`),
    oneCompose('50000 services', `services:\n${Array.from({ length: 50_000 }, (_, i) => `  s${i}: {image: x}\n`).join('')}  s: {build: .}\n`),
    oneCompose('an inline Dockerfile', compose(`      dockerfile_inline: |\n        FROM scratch\n        RUN $(${evil}) '"\\$X \`${evil}\`\n`)),
    oneCompose('a CR, a BOM and no end of line', '\uFEFFservices:\r\n  s:\r\n    build: .'),
    oneCompose('flow in one line of 250 kB', `services: {s: {build: {context: ., args: {${Array.from({ length: 25_000 }, (_, i) => `a${i}: x`).join(', ')}}}}}\n`, { mebibytes: 128 }), /* the preview's JSON is a tree of jansson's besides ours */
    { name: 'a hostile .env', status: 0, make: (repository) => {
      const lines = ['A=$(evil)', 'B=`evil`', `C=${long('${C:-', 20_000)}x`, 'D="unclosed', "E='unclosed", `F=${long('$F', 20_000)}`, '=x', 'export', 'G H=I', '\0=\0', 'K=\xFF', `L${long('L', 100_000)}=x`];
      repository.file('Dockerfile', dockerfile).file('compose.yaml', compose('      args: {A: "${A}", B: "${B}", C: "${C}", F: "$F", K: "$K"}\n')).file('.env', `${lines.map((line) => line.replaceAll('evil', evil)).join('\n')}\n`).commit();
    } },
    { name: 'an .env whose values double', status: 0, make: (repository) => {
      repository.file('Dockerfile', dockerfile).file('compose.yaml', compose('      args: {A: "${A60}"}\n')).file('.env', `A0=xxxxxxxx\n${Array.from({ length: 60 }, (_, i) => `A${i + 1}=$A${i}$A${i}`).join('\n')}\n`).commit();
    } },

    oneProject('not JSON', `{"id": "$(${evil})`),
    oneProject('an id that is shell', `{"id": "$(${evil})'\\"\\n\\\\$X \`${evil}\`"}`),
    oneProject('an id with NUL', '{"id": "a\\u0000b"}'),
    oneProject('100000 deep', `{"id": ${long('[', 100_000)}`),
    oneProject('1 MB of an id', `{"id": "${long('x', 1_000_000)}"}`),
    oneProject('binary', Buffer.from([0xFF, 0xFE, 0, 1, 2])),
    oneProject('no object', '"x"'),
    oneProject('alias bomb', `${bomb}id: *a40\n`, 'depot.yml'),
    oneProject('tag', 'id: !!binary aGVsbG8=\n', 'depot.yml'),

    oneSettings('alias bomb', `${bomb}platforms: *a40\n`, refused),
    oneSettings('merge bomb', mergeBomb, refused),
    oneSettings('100000 deep', `step: ${long('{a: ', 100_000)}`, refused),
    oneSettings('100000 deep in brackets', `images: ${long('[', 100_000)}`, refused),
    oneSettings('binary', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 37) % 256)), refused),
    oneSettings('no UTF-8', Buffer.from([...Buffer.from('registry: "'), 0xFF, ...Buffer.from('"\n')]), refused),
    oneSettings('900 kB of one key', `registry: ${long('x', 900_000)}\n`),
    oneSettings('5 MB', `# ${long('x', 5_000_000)}\nregistry: x\n`),
    oneSettings('a regex that backtracks', `images:\n  - match: {regex: "${long('(a+)+', 20)}$"}\n    name: x\n`),
    oneSettings('a regex with nested repeats', 'images:\n  - match: {regex: "((((a{1,1000}){1,1000}){1,1000}){1,1000})b"}\n    name: x\n'),
    oneSettings('a regex 10000 deep', `images:\n  - match: {regex: "${long('(', 10_000)}a${long(')', 10_000)}"}\n    name: x\n`, refused),
    oneSettings('a regex that recurses', 'images:\n  - match: {regex: "(?R)*a|((?1))"}\n    name: x\n'),
    oneSettings('a regex with a callout and \\C', 'images:\n  - match: {regex: "(?C\'x\')\\\\C*(*NO_START_OPT)a"}\n    name: x\n'),
    oneSettings('globs', `discovery: {exclude: ["${long('**/a*', 3000)}", "${long('{a,', 3000)}", "${long('[', 3000)}"], include: "${long('*a', 5000)}b"}\n`),
    oneSettings('a context outside', 'images:\n  - match: {path: Dockerfile}\n    context: ../../..\n'),
    oneSettings('strings that are shell', `registry: "ghcr.io/$(${evil})"\nproject: "$(${evil})'\\"\\\\$X"\nplatforms: ["linux/$(${evil})"]\ntags: ["$(${evil})", "{branch}$X"]\nbuild_args: {"A$(${evil})": "\`${evil}\`", B: "$X\\n\\x7f\\\\$"}\n`),
    oneSettings('build arguments that are shell', `build_args: {A: "$(${evil}) \`${evil}\`", B: "$X\\n\\x7f\\\\$", C: "-n\\n"}\nstep: {label: "$(${evil}) \\\\$X", agents: {queue: "$X\\e[2J"}}\n`, { status: 0 }),
    oneSettings('templates', `tags: ["{env:HOME}", "{env:${long('A', 10_000)}}", "${long('{', 10_000)}", "{branch"]\nregistry: x.test/y\n`),
    oneSettings('one key for all steps', 'step: {key: same}\n', { status: [1, 4] }),
    oneSettings('a secret in env', 'step: {env: {MY_TOKEN: x}}\n', { status: [1, 4] }),
    oneSettings('a key with a dollar', 'step: {env: {"$X": x}}\n', { status: [1, 4] }),
    oneSettings('NUL in strings', 'registry: "a\\0b"\nproject: "a\\0b"\nbuild_args: {A: "a\\0b"}\nstep: {label: "a\\0b"}\nplatforms: ["a\\0b"]\n'),
    oneSettings('NUL in a build argument', 'build_args: {A: "a\\0b"}\n'),
    oneSettings('NUL in a project', 'project: "a\\0b"\n'),
    oneSettings('NUL in a step', 'step: {label: "a\\0b", env: {"A\\0B": x}}\n'),
    oneSettings('NUL in a version', 'cli: {version: "2\\00", url: "x\\0", sha256: {linux_amd64: "\\0"}}\n'),
    oneSettings('cli settings that are shell', `cli: {version: "2.0.0$(${evil})", url: "https://x/'$(${evil})\\n", sha256: {"linux_amd64": "$(${evil})"}}\nlogin: {registry: "$(${evil})", username: "$(${evil})", password_variable: "X$(${evil})"}\n`),
  ];
}
