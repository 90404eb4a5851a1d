#!/bin/sh
# hunt: runs each fuzz-NAME given for so many seconds: hunt.sh SECONDS PROGRAM...
#
# Begins with the corpus and with what earlier runs found; new inputs and crashes go beside the programs, into
# NAME.finds/ and NAME.crashes/. Exit status 1 when something crashed, took longer than 5 s or more than 1 GiB.
set -u
seconds=$1 && shift
here=$(cd "$(dirname "$0")" && pwd)
failed=0

# The longest input that makes sense; the readers' own limits are above it.
longest() { case $1 in dockerfile | ignore | lint) echo 65536 ;; compose | bake) echo 16384 ;; expand) echo 8192 ;; *) echo 4096 ;; esac; }

for program; do
  name=${program##*/fuzz-}
  finds=${program%/*}/$name.finds crashes=${program%/*}/$name.crashes
  mkdir -p "$finds" "$crashes"
  echo "== $name"
  ASAN_OPTIONS=quarantine_size_mb=32 nice -n 19 "$program" "$finds" "$here/corpus/$name" \
    -artifact_prefix="$crashes/" -dict="$here/$name.dict" -max_len="$(longest "$name")" -timeout=5 -len_control=20 \
    -rss_limit_mb=1024 -max_total_time="$seconds" -print_final_stats=1 -verbosity=1 2>"$crashes/log" || failed=1
  grep -E 'DONE|^stat::|does not hold|ERROR|runtime error|Test unit written' "$crashes/log"
done
[ "$failed" -eq 0 ]
