#!/bin/sh
# Cases of what a step reports, over metadata files that the real Depot CLI wrote (its hosts renamed); part of run.
# shellcheck disable=SC2016,SC2034,SC2154

# build_told FILE TELLS: a step after a build that wrote tests/recipe/metadata/FILE.json.
build_told() {
  agent && step scratch "depot_metadata='$root/tests/recipe/metadata/$1.json'" "depot_tells='$2'" \
    'printf "%s\n" "#1 [depot] build: https://depot.dev/b/1" "#5 0.1 [depot] build: https://other.test" >"$depot_scratch/log"' report
  stand_in buildkite-agent 'case $1 in annotate) { echo "body $(cat)" >>"'"$work/agent/calls"'"; } ;; esac'
}

report_cases() {
  both='meta-data annotation'
  single=sha256:d3acf90efc4286eefb6f512c991233fce6b5624c93afc48de8cf67eac9d66fed
  index=sha256:aa3827dd7d8d8361a3a78091226f62b9f6a3d6483540f544b7f6cc9f2c16d49a
  web=sha256:aa3827dd7d8d8361a3a78091226f62b9f6a3d6483540f544b7f6cc9f2c16d49a
  build_told single "$both" && step "depot_report '' services/api linux/amd64 registry.test:5000/a/b:1 registry.test:5000/a/b:2" 'echo on'
  expect 'an image, pushed' 0 "services/api is built: registry.test:5000/a/b@$single
meta-data set image-reference:services/api registry.test:5000/a/b@$single
meta-data set image:services/api "'{"name":"services/api","state":"built","reference":"registry.test:5000/a/b@'"$single"'","digest":"'"$single"'","tags":["registry.test:5000/a/b:1","registry.test:5000/a/b:2"],"platforms":["linux/amd64"],"project":"p","build":"build1","url":"https://depot.dev/b/1","commit":"c0ffee"}
annotate --append --style info --context depot-images
body <details><summary><code>services/api</code> built for linux/amd64, <a href="https://depot.dev/b/1">Depot build</a></summary><pre>docker pull registry.test:5000/a/b@'"$single"'</pre><p>registry.test:5000/a/b:1,registry.test:5000/a/b:2</p></details>
on' BUILDKITE_COMMIT=c0ffee
  build_told platforms "$both" && step "depot_report '' m linux/amd64,linux/arm64 registry.test:5000/a/m:1"
  expect 'several platforms: the digest of the index' 0 "image-reference:m registry.test:5000/a/m@$index
"'"platforms":["linux/amd64","linux/arm64"]'
  build_told single "$both" && step "depot_report '' m linux/amd64 registry.test:5000/a/m"
  expect 'a registry with a port, and no tag' 0 "image-reference:m registry.test:5000/a/m@$single"
  build_told bake "$both" && step 'depot_report web shop/web linux/amd64 registry.test:5000/a/w:1' 'depot_report base base linux/amd64 registry.test:5000/a/base:1'
  expect 'targets of a bake' 0 "image-reference:shop/web registry.test:5000/a/w@$web
image-reference:base registry.test:5000/a/base@$single
"'"project":"p","build":"build5"'
  build_told bake-part "$both" && step 'depot_report web web linux/amd64 r/w:1' 'depot_report base base linux/amd64 r/base:1' 'echo on'
  expect 'a target that exported nothing' 0 "image-reference:web r/w@$single
Note: no digest of base is known
on
!image-reference:base"
  build_told saved "$both" && step "depot_report '' a linux/amd64"
  expect 'an image, saved' 0 "a is saved: registry.depot.dev/p@$single
"'"state":"saved"
"tags":["registry.depot.dev/p:build4"]'
  build_told bake-saved "$both" && step 'depot_report web a linux/amd64'
  expect 'a target, saved' 0 '"tags":["registry.depot.dev/p:build8-web"]'
  for missing in nothing none; do
    build_told "$missing" "$both" && step "depot_report '' a linux/amd64 r/a:1" 'echo on'
    expect "no digest: $missing" 0 'Note: no digest of a is known
on
!buildkite-agent'
  done
}

report_setting_cases() {
  odd='it\"s \u003cb\u003e | `x` $(id) ä'
  build_told single "$both" && step "depot_report '' '$odd' linux/amd64 r/a:1"
  expect 'a name that is not plain' 0 "image-reference:$odd r/a@$single
{\"name\":\"$odd\",
<summary><code>$odd</code>"
  build_told single meta-data && step "depot_report '' a linux/amd64 r/a:1"
  expect 'meta-data alone' 0 'image:a
!annotate'
  build_told single annotation && step "depot_report '' a linux/amd64 r/a:1"
  expect 'an annotation alone' 0 'annotate
!meta-data set'
  build_told single "$both" && lacks buildkite-agent && step "depot_report '' a linux/amd64 r/a:1" 'echo on'
  expect 'no agent on PATH' 0 "a is built: r/a@$single
on
!not found"
  build_told single "$both" && stand_in buildkite-agent 'exit 1' && step "depot_report '' a linux/amd64 r/a:1" 'echo on'
  expect 'an agent that fails' 0 'on'
  build_told single "$both" && step 'set --' 'for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do set -- "$@" "r/$(printf %0100d "$n"):$n"; done' \
    "depot_report '' a linux/amd64 \"\$@\""
  expect 'more tags than a kilobyte holds' 0 ':5"],"platforms"
!:6"'
  build_told single "$both" && step 'rm "$depot_scratch/log"' "depot_became=retagged" "depot_report '' a linux/amd64 r/a:1"
  expect 'without a log, and retagged' 0 '"state":"retagged"
"url":""
!href'
}
