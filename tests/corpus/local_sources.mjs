/*
 * local_sources: what a Dockerfile takes from its context, told by a reader that is not ours.
 *
 * Continued lines, comments, heredocs, the JSON form, --from and bind mounts; all stages, also those that the last
 * one does not need. The sources are as written: variables stay.
 */
export function localSources(text) {
  return instructions(text).flatMap(({ word, rest }) => {
    if (word === 'COPY' || word === 'ADD') return copied(rest);
    return word === 'RUN' ? mounted(rest) : [];
  });
}

function instructions(text) {
  const escape = /^#\s*escape\s*=\s*`/im.test(text) ? '`' : '\\';
  const found = [];
  let line = '';
  let endings = [];
  for (const raw of text.split(/\r?\n/)) {
    if (endings.length) {
      if (raw.trim() === endings[0]) endings.shift();
      continue;
    }
    if (/^\s*(#|$)/.test(raw)) continue;
    const isContinued = raw.trimEnd().endsWith(escape);
    line += ` ${isContinued ? raw.trimEnd().slice(0, -1) : raw}`;
    if (isContinued) continue;
    const [, word = '', rest = ''] = /^\s*(\w+)\s+([^]*)$/.exec(line) ?? [];
    found.push({ word: word.toUpperCase(), rest });
    if (/^(RUN|COPY|ADD)$/i.test(word)) endings = [...rest.matchAll(/<<-?["']?(\w+)["']?/g)].map((match) => match[1]);
    line = '';
  }
  return found;
}

function copied(rest) {
  const flags = rest.match(/^(\s*--\S+)*/)[0];
  if (/--from=/.test(flags)) return [];
  const words = wordsOf(rest.slice(flags.length).trim());
  return words.slice(0, -1).filter((word) => !/^(<<|[a-z]+:\/\/|git@)/i.test(word));
}

function wordsOf(text) {
  if (text.startsWith('[')) {
    try {
      return JSON.parse(text);
    } catch { /* then it is plain words */ }
  }
  return text.split(/\s+/);
}

const mounted = (rest) => [...rest.matchAll(/--mount=(\S+)/g)].map((match) => match[1])
  .filter((mount) => (!/\btype=/.test(mount) || /\btype=bind\b/.test(mount)) && !/\bfrom=/.test(mount))
  .map((mount) => /\b(?:source|src)=([^,]*)/.exec(mount)?.[1] ?? '.');
