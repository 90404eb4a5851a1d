#!/bin/sh
# Prints C that holds the sheets named on the command line, for sheet.h to declare.
#
#   sh lib/report/embed.sh lib/report/sheets/* >sheet_texts.c
#
# A sheet is kept byte for byte. Any POSIX awk will do.
set -eu

LC_ALL=C awk '
# A C string of a line and its end; "?" is escaped because ??/ and its kind mean something to C.
function quote(line, ending,    quoted, i, byte) {
  for (i = 1; i <= length(line); i++) {
    byte = substr(line, i, 1)
    quoted = quoted (byte ~ /["?\\]/ ? "\\" byte : byte)
  }
  return "\"" quoted ending "\""
}

BEGIN {
  print "/* Made by lib/report/embed.sh; change the sheets, not this. */"
  print "#include \"report/sheet.h\""
  print "\nconst struct sheet sheet_table[] = {"
}
FNR == 1 {
  if (NR > 1) print "    )},"
  name = FILENAME
  sub(/.*\//, "", name)
  print "    {" quote(name, "") ", TEXT_INIT("
}
{ print "        " quote($0, "\\n") }
END { print "    )},\n};\n\nconst size_t sheet_count = sizeof(sheet_table) / sizeof(*sheet_table);" }
' "$@"
