#!/bin/sh
# readme: what README.md shows is so. Each ```yaml block is a settings file that the program takes (documents of one block are
# files of their own; ```yml is for pipelines), each link to a section leads to one, and each key of the schema is described:
# those of the settings in the table's first column, those inside others anywhere. The statuses that are retried are those of the
# table.
#
# PROGRAM names the program. The last line is: N passed, N failed
set -u

here=$(cd "$(dirname "$0")/.." && pwd)
program=${PROGRAM:-$here/build/depot-pipeline}
readme=$here/README.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

fail() { printf 'FAILED %s\n' "$1" && failed=$((failed + 1)); }
pass() { passed=$((passed + 1)); }

# The images that the examples name.
make_repository() {
  for directory in services/api services/mailer tools/lint shop/legacy libs/auth; do mkdir -p "$work/repo/$directory"; done
  for directory in services/api services/mailer tools/lint; do echo 'FROM alpine' >"$work/repo/$directory/Dockerfile"; done
  printf 'FROM alpine\nCOPY auth.go /\n' >"$work/repo/libs/auth/Dockerfile" && : >"$work/repo/libs/auth/auth.go"
  printf 'services:\n  legacy: {build: legacy}\n' >"$work/repo/shop/compose.yaml"
  echo 'FROM alpine' >"$work/repo/shop/legacy/Dockerfile"
  (cd "$work/repo" && git init -q -b main . && git add -A)
}

# block-12.1.yml: the first document of the block whose fence is on line 12
split_blocks() {
  awk -v to="$work/block-" '
    /^```/ && inside { inside = 0; close(file); next }
    /^```yaml$/ { inside = 1; line = NR; part = 1; file = to line "." part ".yml"; next }
    inside && /^---$/ { close(file); file = to line "." ++part ".yml"; next }
    inside { print > file }
  ' "$readme"
}

check_blocks() {
  for block in "$work"/block-*.yml; do
    [ -f "$block" ] || { fail 'README.md shows no settings'; continue; }
    where=${block##*block-} && where="README.md:${where%.yml}"
    for event in branch tag pr; do
      set -- --event "$event" --branch work
      [ "$event" != tag ] || set -- --event tag --tag v1.2.3
      if (cd "$work/repo" && "$program" settings --config "$block" "$@" >/dev/null 2>"$work/said"); then pass; else
        fail "$where: refused"
        cat "$work/said"
      fi
    done
  done
}

# GitHub makes them so: small letters, signs go, spaces become '-'.
anchors() {
  sed -nE 's/^##+ //p' "$readme" | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

check_links() {
  anchors >"$work/anchors"
  grep -oE '\]\(#[^)]*\)' "$readme" | sed -E 's/^..#(.*).$/\1/' | sort -u >"$work/links"
  while read -r link; do
    if grep -qxF -e "$link" "$work/anchors"; then pass; else fail "README.md has no section #$link"; fi
  done <"$work/links"
  grep -oE '\]\([^#)][^)]*\)' "$readme" | sed -E 's/^..(.*).$/\1/' | grep -v '^https\?:' | sort -u >"$work/files"
  while read -r file; do
    if [ -e "$here/$file" ]; then pass; else fail "README.md links to $file, which is not there"; fi
  done <"$work/files"
}

# "key" for those of the settings and of images, "section.key" for those inside others; a profile has those of the settings.
keys_of_schema() {
  "$program" schema | awk '
    /^  "definitions"/ { inside = 1 }
    inside && match($0, /^    "[a-z_]+": \{/) { split($0, part, "\""); section = part[2] "." }
    { match($0, /^ */); depth = RLENGTH }
    /"properties": \{/ { open = 1; level = depth + 2; next }
    open && depth < level { open = 0 }
    open && depth == level && /": \{/ { split($0, part, "\""); print section part[2] }
  ' | sed -E 's/^(images|profile)\.//; s/^kubernetes_[a-z]+\./kubernetes./' | sort -u
}

is_described() { # KEY
  case $1 in
    match) ;;
    *.*) grep -qE "(^|[^a-z_-])${1#*.}(\`|:|[,}] )" "$readme" ;;
    *) grep -qF "\`$1\`" "$work/column" ;;
  esac
}

check_keys() {
  keys_of_schema >"$work/keys"
  awk -F '|' '/^## /{ inside = $0 == "## Settings" } inside && /^\| `/ { print $2 }' "$readme" >"$work/column"
  while read -r key; do
    if is_described "$key"; then pass; else fail "README.md does not describe the setting $key"; fi
  done <"$work/keys"
  grep -oE '[a-z_]+' "$work/column" | sort -u >"$work/told"
  while read -r key; do
    if grep -qx -e "$key" "$work/keys"; then pass; else fail "README.md has a row for $key, which is no setting"; fi
  done <"$work/told"
}

# The statuses that a step is run again for, there and in the table.
check_retries() {
  (cd "$work/repo" && "$program" generate --quiet --all --project x19jffd9zf 2>&1) |
    sed -nE 's/.*exit_status: "?(-?[0-9]+).*/\1/p' | sort -u >"$work/retried"
  awk -F '|' '/^\| -?[0-9]+[ ,]/ && $5 ~ /^ twice/ { split($2, part, "[ ,]+"); print part[2] }' "$readme" | sort -u >"$work/promised"
  if [ -s "$work/retried" ] && cmp -s "$work/retried" "$work/promised"; then pass; else
    fail "README.md says that $(xargs <"$work/promised") are retried, steps retry $(xargs <"$work/retried")"
  fi
}

# The help of an option names each word that its setting takes.
check_options() {
  for option in push builder install auth unaffected; do
    help=$("$program" help | grep -E "^ +--$option ")
    words=$("$program" schema | awk -v key="    \"$option\": {" '
      index($0, key) { inside = 1 }
      inside && /"enum": \[/ { listed = 1; next }
      listed && /\]/ { exit }
      listed { gsub(/[",]/, ""); print }')
    [ -n "$words" ] || fail "the schema has no words of $option"
    for word in $words; do
      if printf '%s\n' "$help" | grep -qw -e "$word"; then pass; else fail "help does not say --$option $word"; fi
    done
  done
}

make_repository
split_blocks
check_blocks
check_links
check_keys
check_retries
check_options
[ "$(wc -l <"$work/keys")" -gt 80 ] || fail 'the keys of the schema were not found'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
