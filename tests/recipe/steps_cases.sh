#!/bin/sh
# Cases of steps after a build, which ask what the step of the build told; part of run.
# shellcheck disable=SC2016,SC2034,SC2154

# told JSON: what `meta-data get` of the image gives; nothing: it was never set.
told() {
  agent && printf '%s\n' "${1-}" >"$work/agent/told"
  stand_in buildkite-agent "case \$2 in get) [ -s '$work/agent/told' ] && grep . '$work/agent/told' || echo \"\$5\" ;; esac"
}

steps_cases() {
  saved='{"name":"shop/web","state":"saved","reference":"registry.depot.dev/p@sha256:aa","digest":"sha256:aa","tags":["registry.depot.dev/p:b7","registry.depot.dev/p:main"],"platforms":["linux/amd64"],"project":"p","build":"b7","url":"https://depot.dev/b7","commit":"c"}'
  told "$saved" && step scratch "depot_image='shop/web'" saved_build 'echo "build=$depot_build"'
  expect 'the build that has saved it' 0 'build=b7
meta-data get image:shop/web --default {}'
  told && step scratch "depot_image='shop/web'" saved_build 'echo on'
  expect 'nothing is known of the build' 74 '^^^ +++
Nothing is known of the saved shop/web
!on'
  agent && step scratch "depot_image='shop/web'" saved_build 'echo on'
  expect 'no agent' 74 'Nothing is known of the saved shop/web
!on'
  told "$saved" && step scratch "depot_image='shop/web'" saved_build report "depot_report '' shop/web linux/amd64 r.io:5000/web:1 r.io/web:1"
  expect 'pushed from there: the same build and digest, another place' 0 'shop/web is built: r.io:5000/web@sha256:aa
meta-data set image-reference:shop/web r.io:5000/web@sha256:aa
"state":"built","reference":"r.io:5000/web@sha256:aa","digest":"sha256:aa","tags":["r.io:5000/web:1","r.io/web:1"]
"project":"p","build":"b7","url":"https://depot.dev/b7"'
  facts='printf "<%s>\n" "$IMAGE" "$IMAGE_NAME" "$IMAGE_PATH" "$IMAGE_REFERENCE" "$IMAGE_DIGEST" "$IMAGE_BUILD" "$IMAGE_PROJECT" | tr -d "\n"; printenv IMAGE'
  told "$saved" && step "depot_image='shop/web'" "depot_name='shop/web'" "depot_path='shop/web/Dockerfile'" 'depot_reference=' image_facts "$facts"
  expect 'a saved image' 0 '<registry.depot.dev/p@sha256:aa><shop/web><shop/web/Dockerfile><registry.depot.dev/p:b7><sha256:aa><b7><p>registry.depot.dev/p@sha256:aa
!Note'
  told '{"reference":"r.io/w@sha256:bb","digest":"sha256:bb","tags":["r.io/w:1"],"project":"p","build":"b8"}'
  step "depot_image='w'" "depot_name='w w'" 'depot_path=' 'depot_reference=r.io/w:2' image_facts "$facts"
  expect 'a pushed one' 0 '<r.io/w@sha256:bb><w w><><r.io/w:2><sha256:bb><b8><p>r.io/w@sha256:bb'
  for reference in r.io:5000/team/w r.io:5000/team/w:1; do
    told '{"digest":"sha256:bb","build":"b8"}'
    step "depot_image='w'" "depot_name='w'" 'depot_path=' "depot_reference='$reference'" image_facts "$facts"
    expect "a registry with a port: $reference" 0 "<r.io:5000/team/w@sha256:bb><w><><$reference><sha256:bb><b8><>r.io:5000/team/w@sha256:bb"
  done
  told && step "depot_image='w'" "depot_name='w'" 'depot_path=' "depot_reference='r.io/w:1'" image_facts "$facts"
  expect 'nothing was told' 0 'Note: the step that builds w did not tell its digest
<r.io/w:1><w><><r.io/w:1><><><>r.io/w:1'
  agent && step "depot_image='w'" "depot_name='w'" 'depot_path=' "depot_reference='r.io/w:1'" image_facts "$facts"
  expect 'no agent to ask' 0 '<r.io/w:1><w><><r.io/w:1><><><>r.io/w:1'
}
