#!/bin/sh
# Prints released.c, the table of released Depot CLIs, from the history of Depot's own Homebrew formula:
#
#   git clone https://github.com/depot/homebrew-tap
#   sh lib/recipe/versions.sh homebrew-tap >lib/recipe/released.c
#
# Depot's release job commits depot.rb once a release, with the sha256 of each archive. All versions from
# VERSIONS_MINIMUM on are kept, the newest first; a version without one of the four platforms stops the script.
set -eu

minimum=$(sed -n 's/#define VERSIONS_MINIMUM "\(.*\)"/\1/p' "$(dirname "$0")/versions.h")
git -C "$1" log --format=%H HEAD -- depot.rb | while read -r commit; do
  # the newest commit of a version counts; lines of: version platform sha256
  git -C "$1" show "$commit:depot.rb" | awk '
    $1 == "version" { version = $2; gsub(/"/, "", version) }
    $1 == "url" { platform = $2; sub(/.*depot_[0-9.]*_/, "", platform); sub(/[.]tar[.]gz.*/, "", platform) }
    $1 == "sha256" { gsub(/"/, "", $2); print version, platform, $2 }'
done | grep -E '^[0-9]+[.][0-9]+[.][0-9]+ (linux|darwin)_(amd64|arm64) [0-9a-f]{64}$' | sort -s -t. -k1,1nr -k2,2nr -k3,3nr |
  awk -v minimum="$minimum" '
  function older(a, b,    x, y, i) {
    split(a, x, "."); split(b, y, ".")
    for (i = 1; i <= 3; i++) if (x[i] != y[i]) return x[i] + 0 < y[i] + 0
    return 0
  }
  function row(platform) {
    if (!((version, platform) in sums)) { print version " has no " platform >"/dev/stderr"; failed = 1; exit 1 }
    return "{\"" platform "\", \"" sums[version, platform] "\"}"
  }
  function finish() {
    if (version == "") return
    print "    {\"" version "\","
    print "     {" row("linux_amd64") ",\n      " row("linux_arm64") ","
    print "      " row("darwin_amd64") ",\n      " row("darwin_arm64") "}},"
  }
  BEGIN {
    print "/* Made by lib/recipe/versions.sh from github.com/depot/homebrew-tap; run it again, do not change this. */"
    print "#include \"recipe/versions.h\"\n\nconst struct version versions_table[] = {"
  }
  older($1, minimum) { next }
  $1 != version { finish(); version = $1 }
  !(($1, $2) in sums) { sums[$1, $2] = $3 }
  END {
    if (!failed) finish()
    if (failed || version == "") exit 1
    print "};\n\nconst size_t versions_count = sizeof(versions_table) / sizeof(*versions_table);"
  }'
