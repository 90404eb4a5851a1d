#!/bin/sh
# Prints C that holds the recipes named on the command line, for catalogue.h to declare.
#
#   sh lib/recipe/embed.sh lib/recipe/*.sh >recipe_texts.c
#
# A recipe begins with comments: first a sentence, further down `in:`, `exit:` and, if any,
# `retry:`. They end at the first empty line and are left out; the rest is the body, kept byte
# for byte. A recipe without these parts stops the build. Any POSIX awk will do.
set -eu

LC_ALL=C awk '
function fail(message) {
  print path ": " message >"/dev/stderr"
  failed = 1
  exit 1
}

# A C string of a line and its end; "?" is escaped because ??/ and its kind mean something to C.
function quote(line, ending,    quoted, i, byte) {
  for (i = 1; i <= length(line); i++) {
    byte = substr(line, i, 1)
    quoted = quoted (byte ~ /["?\\]/ ? "\\" byte : byte)
  }
  return "\"" quoted ending "\""
}

# "a, b" to C items that `last` ends; "none" is the empty list.
function list(value, is_text, last,    words, count, i, items) {
  count = value == "none" ? 0 : split(value, words, /, */)
  for (i = 1; i <= count; i++) items = items (is_text ? quote(words[i]) : words[i]) ", "
  return "{" items last "}"
}

function start() {
  path = name = FILENAME
  sub(/.*\//, "", name)
  sub(/[.]sh$/, "", name)
  summary = inputs = exits = body = ""
  retries = "none"
  in_header = 1
}

function finish() {
  if (path == "") return
  if (summary == "" || inputs == "" || exits == "") fail("the header must have a sentence, `in:` and `exit:`")
  if (body == "") fail("nothing follows the header")
  print "    {"
  print "        .name = " quote(name) ","
  print "        .summary = " quote(summary) ","
  print "        .body = TEXT_INIT(" body "),"
  print "        .inputs = (const char *const[])" list(inputs, 1, "NULL") ","
  print "        .exits = (const int[])" list(exits, 0, "0") ","
  print "        .retries = (const int[])" list(retries, 0, "0") ","
  print "    },"
}

BEGIN {
  print "/* Made by lib/recipe/embed.sh; change the recipes, not this. */"
  print "#include \"recipe/catalogue.h\""
  print "\nconst struct recipe recipe_table[] = {"
}
FNR == 1 { finish(); start() }
in_header && /^$/ { in_header = 0; next }
in_header && !/^#/ { fail("an empty line must end the header") }
in_header && FNR == 1 { summary = substr($0, 3) }
in_header && /^# in: / { inputs = substr($0, 7) }
in_header && /^# exit: / { exits = substr($0, 9) }
in_header && /^# retry: / { retries = substr($0, 10) }
!in_header { body = body "\n            " quote($0, "\\n") }
END {
  if (failed) exit 1
  finish()
  print "};\n\nconst size_t recipe_count = sizeof(recipe_table) / sizeof(*recipe_table);"
}
' "$@"
