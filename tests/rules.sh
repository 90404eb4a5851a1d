#!/bin/sh
# rules: each rule that the program may report has a page of help, and no page is of a rule that nobody reports.
#
# A rule is named where it is reported: in a call of one of $callers, in the table of lint, as RULE, or by a choice that
# sets `rule`. A call of diag_add with a variable belongs to a wrapper; those are in $wrappers, and their callers
# in $callers, so that a new way to report a rule is noticed here.
# PROGRAM names the program. The last line is: N passed, N failed
set -u

here=$(cd "$(dirname "$0")/.." && pwd)
program=${PROGRAM:-$here/build/depot-pipeline}
cd "$here" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

callers='diag_add|compose_field_doubt|session_complain|exclude_because|fail|note|report|refuse|refuse_file|leave_out'
wrappers='lib/base/diag.c lib/docker/compose_build.c lib/docker/compose_extends.c lib/docker/compose_extras.c
lib/docker/compose_field.c lib/docker/compose_file.c lib/docker/compose_include.c lib/docker/depot.c
lib/docker/lint_report.c lib/model/scanner.c lib/pipeline/check.c lib/repo/walk.c src/session.c'
name='[a-z]+[0-9]*(-[a-z0-9]+)*'

fail() { printf 'FAILED %s\n' "$1" && failed=$((failed + 1)); }
pass() { passed=$((passed + 1)); }

# Each file on one line: a call may be broken anywhere. Comments go, for they talk of rules.
sources() {
  find lib src -name '*.c' ! -path 'lib/report/rules*' | sort | while read -r file; do
    printf '%s: ' "$file"
    sed 's|/\*.*\*/||' "$file" | tr -s '\n\t ' '   '
    echo
  done
}

# The first text of a call, where nothing but names and one severity stand before it.
names_in_calls() {
  grep -oE "\<($callers)\([^\"();]*(, )?\"$name\"," | sed -E 's/.*"([^"]*)",$/\1/'
}

names_reported() {
  sources >"$work/sources"
  names_in_calls <"$work/sources"
  grep -oE "\{\"$name\", (\"[A-Za-z]+\"|NULL), DIAG_[A-Z]+" "$work/sources" | cut -d'"' -f2
  grep -oE "#define RULE \"$name\"" "$work/sources" | cut -d'"' -f2
  grep -oE "\<rule = [^;]*;" "$work/sources" | grep -oE "\"$name\"" | tr -d '"'
}

names_with_page() {
  "$program" help rules | sed -nE "s/^  ($name)( .*)?$/\1/p"
}

check_pages() {
  while read -r rule; do
    if "$program" help "$rule" 2>&1 | grep -q "^$rule: "; then pass; else fail "$rule is reported and has no page"; fi
  done <"$work/reported"
}

check_reporters() {
  while read -r rule; do
    if grep -qx -e "$rule" "$work/reported"; then pass; else fail "$rule has a page and nobody reports it"; fi
  done <"$work/pages"
}

# diag_add with something else than a name: file by file.
check_wrappers() {
  grep -E '\<diag_add\([^";]*DIAG_[A-Z]+, [^"]|\<diag_add\([^";]*severity' "$work/sources" | cut -d: -f1 >"$work/variable"
  while read -r file; do
    case " $(echo "$wrappers" | tr '\n' ' ') " in
      *" $file "*) pass ;;
      *) fail "$file reports a rule in a way that is not known here" ;;
    esac
  done <"$work/variable"
}

check_width() {
  while read -r rule; do "$program" help "$rule"; done <"$work/pages" | awk 'length > 80' >"$work/wide"
  if [ -s "$work/wide" ]; then fail "wider than 80 columns: $(head -n 1 "$work/wide")"; else pass; fi
}

names_reported | sort -u >"$work/reported"
names_with_page | sort -u >"$work/pages"
[ -s "$work/reported" ] || fail 'no rule was found in the sources'
check_pages
check_reporters
check_wrappers
check_width

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
