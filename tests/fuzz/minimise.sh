#!/bin/sh
# minimise: makes the corpus as small as it can be: minimise.sh PROGRAM..., after hunt.sh, with the same programs.
#
# Of what is in the corpus and what was found, libFuzzer keeps few that reach all code together. Files that people
# named (not 40 hexadecimal digits) stay. Not while hunt.sh runs, which removes files too.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

for program; do
  name=${program##*/fuzz-}
  corpus=$here/corpus/$name kept=$(mktemp -d)
  "$program" -set_cover_merge=1 -use_counters=0 -max_len=65536 "$kept" "$corpus" "${program%/*}/$name.finds" 2>/dev/null
  find "$corpus" -type f | grep -E '/[0-9a-f]{40}$' | while read -r file; do rm "$file"; done
  # what is there by a name is not kept twice
  for file in "$kept"/*; do
    if ! find "$corpus" -type f -size "$(wc -c <"$file")c" -exec cmp -s "$file" {} \; -print | grep -q .; then
      mv "$file" "$corpus/"
    fi
  done
  rm -r "$kept"
  echo "$name: $(find "$corpus" -type f | wc -l) files"
done
