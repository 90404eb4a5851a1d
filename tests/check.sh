#!/bin/sh
# check: everything that decides whether a change is good; `make check` and CI run this and nothing else.
#
# Each part says in its last line how many tests passed, failed and were skipped; a part that says nothing
# counts as one test. The last line here is the sum: N passed, N failed, N skipped.
# ONLY='unit cli' runs some parts; a failed part's log stays in build/check/.
set -u

BUILD=${BUILD:-build}
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here" || exit 1
logs=$here/$BUILD/check
mkdir -p "$logs"
passed=0 failed=0 skipped=0
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
target() { make --no-print-directory -j "$jobs" "$@"; }

# The number before a word in the last line of a log: "12 passed, 1 failed" and "failed" give 1.
number() { tail -n 1 "$2" | grep -Eo "[0-9]+ $1" | grep -Eo '[0-9]+' || echo 0; }

part() { # NAME COMMAND...
  name=$1 && shift
  case " ${ONLY:-$name} " in *" $name "*) ;; *) return ;; esac
  log=$logs/$name.log
  start=$(date +%s)
  "$@" >"$log" 2>&1 && status=0 || status=$?
  if tail -n 1 "$log" | grep -Eq '[0-9]+ passed, [0-9]+ failed'; then
    p=$(number passed "$log") f=$(number failed "$log") s=$(number skipped "$log")
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
  else
    p=$((status == 0)) f=$((status != 0)) s=0
  fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  word=ok && [ "$f" -eq 0 ] || word=FAILED
  printf '%-7s %-12s %6d passed %4d failed %4d skipped %5ds\n' "$word" "$name" "$p" "$f" "$s" $(($(date +%s) - start))
  [ "$s" -eq 0 ] || grep -E '^skip' "$log" | head -n 5 | sed 's/^/          /'
  [ "$f" -eq 0 ] || { tail -n 40 "$log" | sed 's/^/          /'; }
}

all_shell() { git ls-files '*.sh' 'tests/*/run' 'tests/*/gate' 'tests/bench/*' 'tests/e2e/bin/*' tests/e2e/get-engine .ci/run | xargs grep -lE '^#!/bin/sh' | xargs shellcheck; }
npm_install() { [ -d tests/node_modules/yaml ] || (cd tests && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error); }
schema_is_current() { "$BUILD/depot-pipeline" schema | cmp - schemas/depot-pipeline.schema.json; }

# The installed files, and nothing else, come and go.
install_works() {
  target install DESTDIR="$logs/root" PREFIX=/usr && "$logs/root/usr/bin/depot-pipeline" version &&
    target uninstall DESTDIR="$logs/root" PREFIX=/usr && [ -z "$(find "$logs/root" -type f)" ]
}

part npm npm_install
part floors tests/floors.sh
part shellcheck all_shell
part gcc target BUILD="$BUILD/gcc" CC=gcc WERROR=1 all
part clang target BUILD="$BUILD/clang" CC=clang WERROR=1 all
part format target check-format
part headers target check-headers
part schema schema_is_current
part install install_works
part unit target check-unit
part cli target check-cli
part rules env PROGRAM="$here/$BUILD/depot-pipeline" sh tests/rules.sh
part readme env PROGRAM="$here/$BUILD/depot-pipeline" sh tests/readme.sh
part conformance tests/conformance/run
part recipe env PATH="$here/tests/node_modules/@depot/cli-linux-x64/bin:$PATH" sh tests/recipe/run
part property sh tests/property/run
part secrets node tests/property/secrets.mjs
part hostile sh tests/hostile/run
part stories sh tests/stories/run
part affected sh tests/affected/check
part e2e node tests/e2e/run.mjs
part recipes node tests/recipes/run.mjs
part gate tests/bench/gate
part fuzz target check-fuzz
part sanitize target sanitize
part threads target check-threads
part valgrind target valgrind
part tidy target tidy

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
