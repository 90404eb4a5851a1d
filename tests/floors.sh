#!/bin/sh
# floors: base format docker+repo+recipe model plan pipeline report src
#
# A file may include headers of its own folder and of the folders to the left of it in the list
# above, never to the right and never a sibling's (joined by '+'). The narrow doors are checked
# too. Prints each arrow that runs the wrong way; exit 1 when there is one.
set -eu
cd "$(dirname "$0")/.."

order=$(sed -n '2s/^# floors: //p' "$0")
failures=$(mktemp)
trap 'rm -f "$failures"' EXIT

complain() { printf '%s\n' "$1" | tee -a "$failures"; }

# The level of a folder, counted from the left; siblings share one. Nothing for a folder that is not in the list.
level() {
  n=0
  for group in $order; do
    n=$((n + 1))
    case "+$group+" in *"+$1+"*) echo "$n" && return ;; esac
  done
}

folder_of() {
  case $1 in
    src/*) echo src ;;
    lib/*) rest=${1#lib/} && echo "${rest%%/*}" ;;
  esac
}

# file:folder-it-includes:header, for every #include "folder/header.h" and for src's own headers.
includes() {
  grep -Eno '^#include "[^"]+"' lib/*/*.[ch] src/*.[ch] | sed -E 's/^([^:]+):[0-9]+:#include "(([^"\/]+)\/)?([^"]+)"/\1 \3 \4/'
}

includes | while read -r file folder header; do
  [ -n "$header" ] || { header=$folder; folder=src; }
  own=$(folder_of "$file")
  [ "$own" != "$folder" ] || continue
  from=$(level "$own"); to=$(level "$folder")
  [ -n "$to" ] || complain "$file: includes $folder/$header, and '$folder' is not in the list"
  [ -z "$to" ] || [ "$to" -lt "$from" ] || complain "$file: $own may not include $folder/$header"
done

# door PATTERN WHERE WHAT: only files whose path matches WHERE may match PATTERN.
door() {
  grep -lE "$1" lib/*/*.[ch] src/*.[ch] | grep -Ev "$2" | while read -r file; do complain "$file: $3"; done
}

door '#include <yaml.h>|#include <jansson.h>|#include <pcre2.h>' '^lib/format/' 'only lib/format includes these libraries'
door '#include "base/process.h"' '^(lib/repo|src)/|^lib/base/process(_[a-z]+)?\.[ch]' 'only lib/repo and src run processes'
door '\(struct shell\)|struct shell [a-z_]+ = \{' '^lib/pipeline/shell\.[ch]' 'a struct shell is made in shell.c only'
door '#include "format/(yaml|json)_write.h"' '^lib/(format|report)/|^lib/pipeline/emit\.c|^src/' 'inside pipeline only emit.c writes'
door '\b(printf|puts|putchar|exit|getenv|secure_getenv)\(' '^src/|^lib/base/arena\.c' 'only src prints, exits or reads the environment'
door '\b(posix_spawnp?|fork|popen|system)\(' '^lib/base/process_spawn\.c' 'only process_spawn.c starts programs'
door '"buildkite-agent"' '^src/agent\.c|^lib/recipe/tools\.c' 'only agent.c runs buildkite-agent (tools.c names it)'

[ ! -s "$failures" ]
