#!/bin/sh
# demo: the preview and the pipeline of a sample repository, as a new user would see them.
#
#   demo.sh PROGRAM FIXTURE
#
# The sample is copied into a repository of its own, for the program reads what git tracks.
set -eu

program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$2/." "$work/shop"
cd "$work/shop"
git init -q -b main .
git add -A
git -c user.name=demo -c user.email=demo@example.com -c commit.gpgsign=false commit -q -m sample
git remote add origin https://example.com/acme/shop.git

printf '\n$ depot-pipeline preview\n\n'
"$program" preview --no-untracked
printf '\n$ depot-pipeline generate --queue builders   (its first step)\n\n'
"$program" generate --queue builders | awk '/^- label/ { n++ } n < 2'
printf '\nIn CI the first step is: depot-pipeline upload\n'
