#!/bin/sh
# Cases of the recipes that speak with a registry, against a real one (docker-registry, with a login); part of run.
#
# registry_begin pushes acme/app:one, an image of one platform whose label is the first commit of a small repository, and
# acme/app:two, an index of two platforms with an attestation, whose label is the second. The password has what shell,
# JSON and curl would each read otherwise.
# shellcheck disable=SC2016,SC2034,SC2154

registry_password='s3cret "w\ord'
registry_hash='ann:$2b$04$6JYu4EVBtY08mw01xJq3LuN9pVnig/UZZr0yfxYEHS8gs7bfh9Ewu'

at_registry() { curl -sS -f -o /dev/null -u "ann:$registry_password" "$@"; }
sum_of() { sha256sum <"$1" | cut -d ' ' -f 1; }

# put_blob FILE: prints its descriptor, but for the media type.
put_blob() {
  upload=$(curl -sS -f -u "ann:$registry_password" -D - -o /dev/null -X POST "http://$registry/v2/acme/app/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  case $upload in *\?*) upload="$upload&" ;; *) upload="$upload?" ;; esac
  at_registry -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$1" "${upload}digest=sha256:$(sum_of "$1")" >&2
  printf '"digest":"sha256:%s","size":%s' "$(sum_of "$1")" "$(wc -c <"$1" | tr -d ' ')"
}

oci=application/vnd.oci.image
put_manifest() { at_registry -X PUT -H "Content-Type: $oci.$1.v1+json" --data-binary "@$3" "http://$registry/v2/acme/app/manifests/$2"; } # KIND TAG FILE

# push_image TAG ARCHITECTURE COMMIT: leaves its manifest in $work/push/TAG.
push_image() {
  head -c "${#1}000" /dev/zero | gzip -n >"$work/push/layer"
  printf '{"architecture":"%s","os":"linux","config":{"Labels":{"a \\"b\\"":"c,d","org.opencontainers.image.revision":"%s"}},"rootfs":{"type":"layers","diff_ids":[]},"history":[{"created_by":"RUN echo \\"{[,:\\\\\\" # x"}]}' "$2" "$3" >"$work/push/config"
  printf '{\n  "schemaVersion": 2,\n  "mediaType": "%s.manifest.v1+json",\n  "config": {"mediaType": "%s.config.v1+json", %s},\n  "layers": [ {"mediaType": "%s.layer.v1.tar+gzip",%s} ]\n}' \
    "$oci" "$oci" "$(put_blob "$work/push/config")" "$oci" "$(put_blob "$work/push/layer")" >"$work/push/$1"
  put_manifest manifest "$1" "$work/push/$1"
  size_of=$(($(wc -c <"$work/push/config") + $(wc -c <"$work/push/layer")))
}
entry() { printf '{"mediaType":"%s.manifest.v1+json","digest":"sha256:%s","size":%s,"platform":{%s}}' "$oci" "$(sum_of "$work/push/$1")" "$(wc -c <"$work/push/$1" | tr -d ' ')" "$2"; }

registry_begin() {
  registry_program=$(command -v docker-registry) || return 1
  command -v curl >/dev/null && command -v git >/dev/null || return 1
  registry=127.0.0.1:$((20000 + $$ % 20000))
  mkdir "$work/push" && echo "$registry_hash" >"$work/push/htpasswd"
  printf 'version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: %s/push/data}}\nhttp: {addr: %s}\nauth: {htpasswd: {realm: rig, path: %s/push/htpasswd}}\n' \
    "$work" "$registry" "$work" >"$work/push/config.yml"
  "$registry_program" serve "$work/push/config.yml" >"$work/push/log" 2>&1 &
  registry_process=$!
  for _ in 1 2 3 4 5 6 7 8 9 10; do at_registry "http://$registry/v2/" 2>/dev/null && break; sleep 0.3; done
  export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
  git init -q -b main "$work/push/git"
  commit() { git -C "$work/push/git" -c user.name=a -c user.email=a@b.test commit -q --allow-empty -m "$1" && git -C "$work/push/git" rev-parse HEAD; }
  first=$(commit 1) && second=$(commit 2) && git -C "$work/push/git" checkout -q -b other "$first" && third=$(commit 3)
  git clone -q --depth 1 -b main "file://$work/push/git" "$work/push/shallow"
  git clone -q --depth 1 -b main "file://$work/push/git" "$work/push/cut" && git -C "$work/push/cut" remote set-url origin /nonexistent
  push_image one amd64 "$first" && one_size=$size_of one=sha256:$(sum_of "$work/push/one")
  push_image amd amd64 "$second" && push_image arm arm64 "$second" && arm_size=$size_of
  printf '{"schemaVersion":2,"mediaType":"%s.index.v1+json","manifests":[%s,%s,%s]}' "$oci" "$(entry amd '"architecture":"amd64","os":"linux"')" \
    "$(entry arm '"os":"linux","architecture":"arm64","variant":"v8"')" "$(entry one '"architecture":"unknown","os":"unknown"')" >"$work/push/two"
  put_manifest index two "$work/push/two" && two=sha256:$(sum_of "$work/push/two")
  push_image side amd64 "$third" && push_image bare amd64 none
}

# speaks [CONFIG]: an agent with curl and git and a step with the functions; CONFIG is its config.json.
speaks() {
  agent && step 'umask 077' scratch report registry_http
  for tool in curl git wc; do ln -s "$(command -v $tool)" "$work/agent/bin/$tool"; done
  mkdir "$work/agent/home/.docker"
  printf '%s' "${1-$registry_config}" >"$work/agent/home/.docker/config.json"
  stand_in buildkite-agent 'case "$1 $2" in
    annotate*) { echo "body $(cat)" >>"'"$work/agent/calls"'"; } ;;
    "meta-data get") cat "'"$work/push"'/told/${3#image:}" 2>/dev/null || : ;;
    "artifact upload") cp "$3" "'"$work/agent/kept"'" ;;
  esac'
}

registry_entries() { printf '{"auths":{"other.test":{"auth":"eDp5"},"%s":{\n\t"auth": "%s" }},"credsStore":""}' "$1" "$(printf 'ann:%s' "$registry_password" | base64)"; }
app() { echo "$registry/acme/app:$1"; }
tag_is() { # NAME DIGEST: a verdict of what the tag points at
  reason= && [ "$(curl -sS -u "ann:$registry_password" -H "Accept: $oci.index.v1+json, $oci.manifest.v1+json" "http://$registry/v2/acme/app/manifests/$1" | sha256sum | cut -d ' ' -f 1)" = "${2#sha256:}" ] || reason="$1 is not $2"
  verdict "$1 points at $2"
}

registry_cases() {
  registry_config=$(registry_entries "$registry")
  read_two='depot_manifest_get "'$registry'/acme/app" two >"$depot_scratch/two" && echo "got $depot_digest $depot_type"'
  for config in "$registry_config" "$(registry_entries "http://$registry/v1/")" '{"credHelpers":{"'"$registry"'":"test"},"auths":{"'"$registry"'":{}}}' '{"credsStore":"test"}'; do
    speaks "$config" && stand_in docker-credential-test 'read -r server && [ "$1 $server" = "get '"$registry"'" ] && printf "%s\n" '"'"'{"ServerURL":"x","Username":"ann","Secret":"s3cret \"w\\ord"}'"'" && step 'set -x' "$read_two"
    expect "a manifest, with $config" 0 "got $two $oci.index.v1+json
!s3cret
!$(printf 'ann:%s' "$registry_password" | base64)"
  done
  speaks && step "$read_two" "depot_sizes $registry/acme/app \"\$depot_scratch/two\"" \
    "depot_manifest_get $registry/acme/app one >\"\$depot_scratch/one\" && depot_sizes $registry/acme/app \"\$depot_scratch/one\"" \
    "depot_label $registry/acme/app \"\$depot_scratch/two\" org.opencontainers.image.revision"
  expect 'sizes and a label' 0 "linux/amd64 $arm_size
linux/arm64/v8 $arm_size
- $one_size
$second
!unknown"
  speaks '{}' && step "$read_two || depot_explain 'Cannot read' ''" depot_finish
  expect 'no login: status 71' 71 '^^^ +++
Cannot read: the registry refused it; is there a login for it'
  speaks && rm "$work/agent/home/.docker/config.json" && step "$read_two || depot_explain 'Cannot read' ''" depot_finish
  expect 'no configuration: status 71' 71 'Cannot read: the registry refused it'
  speaks && step 'depot_manifest_get 127.0.0.1:1/a b >"$depot_scratch/x" || depot_explain "Cannot read" ""' depot_finish
  expect 'no registry: status 74' 74 'Cannot read: curl cannot reach the registry'
}

retag_cases() {
  speaks && step retag "depot_tells='meta-data annotation'" "depot_retag shop/app linux/amd64,linux/arm64 $(app two) $(app new) $(app other)" depot_finish 'echo it went on'
  expect 'tags of this commit' 0 "shop/app is retagged: $registry/acme/app@$two
"'"state":"retagged"'"
\"tags\":[\"$(app new)\",\"$(app other)\"],\"platforms\":[\"linux/amd64\",\"linux/arm64\"]
it went on"
  tag_is new "$two"
  tag_is other "$two"
  speaks && step retag "depot_tells='meta-data'" "depot_retag a linux/amd64 $(app gone) $(app x)" "depot_retag b linux/amd64 $(app one) $(app y)" depot_finish
  expect 'one that was never pushed: the others are tagged, then status 74' 74 "a: no $registry/acme/app:gone to point at: nobody pushed it; build it once, with --only a or --all
b is retagged: $registry/acme/app@$one
!image:a"
  speaks '{}' && step retag "depot_tells='meta-data'" "depot_retag a linux/amd64 $(app one) $(app x)" depot_finish
  expect 'retag without a login: status 71' 71 "a: no $registry/acme/app:one to point at: the registry refused it"
}

# moves REPOSITORY SOURCE TARGET
moves() { speaks && step "cd '$work/push/$1'" move_tags "depot_move app $(app "$2") $(app "$3")" depot_finish 'echo it went on'; }

move_cases() {
  git -C "$work/push/git" checkout -q main
  moves git one latest
  expect 'a tag that is new' 0 "$(app latest) points at $one
it went on"
  moves git two latest
  expect 'forward' 0 "$(app latest) points at $two"
  moves git two latest
  expect 'again' 0 "$(app latest) is there already"
  git -C "$work/push/git" checkout -q "$first"
  moves git one latest
  expect 'not back' 0 "$(app latest) stays: $second is not before this commit
it went on"
  tag_is latest "$two"
  git -C "$work/push/git" checkout -q other
  moves git side latest
  expect 'not to another branch' 0 "$(app latest) stays: $second is not before this commit"
  for label in bare one; do
    put_manifest manifest "from-$label" "$work/push/$label"
    moves git side "from-$label"
    expect "over $label" 0 "$(app "from-$label") points at"
  done
  put_manifest manifest from-side "$work/push/side"
  moves git bare from-side
  expect 'our own image has no commit, so labels are not ours' 0 "$(app from-side) points at"
  put_manifest manifest deep "$work/push/one"
  cp -R "$work/push/shallow" "$work/push/deepened"
  moves deepened two deep
  expect 'a shallow clone is deepened' 0 "$(app deep) points at $two"
  rm -rf "$work/push/deepened"
  put_manifest manifest deep "$work/push/one"
  moves cut two deep
  expect 'history that cannot be had: status 74' 74 "this step cannot tell whether $first is before its own commit"
  tag_is deep "$one"
  moves git gone latest
  expect 'a source that is not there: status 74' 74 "app: no $registry/acme/app:gone to point at: nobody pushed it; its own step says why
!it went on"
}

images_cases() {
  mkdir -p "$work/push/told"
  tell() { printf '{"name":"%s","state":"%s","reference":"%s","digest":"%s","tags":["%s"],"platforms":[%s],"project":"p","build":"b1","url":"https://depot.dev/b","commit":"c"}' "$@"; }
  tell web built "$registry/acme/app@$two" "$two" "$(app two)" '"linux/amd64","linux/arm64/v8"' >"$work/push/told/web"
  tell api retagged "$registry/acme/app@$one" "$one" "$(app one)" '"linux/amd64"' >"$work/push/told/api"
  tell old saved "nowhere.invalid/p@$one" "$one" nowhere.invalid/p:b1 '"linux/amd64"' >"$work/push/told/old"
  speaks && stand_in_curl_for_invalid && step "depot_images='web
lost
api'" images
  expect 'all images of a build' 0 'meta-data get image:web --default
annotate --style error --context depot-images
<td><code>lost</code></td><td>failed</td>
<td><code>web</code></td><td>built</td><td><code>'"$registry/acme/app@$two"'</code></td><td><code>two</code></td><td>linux/amd64 0.0 MB, linux/arm64/v8 0.0 MB</td><td><a href="https://depot.dev/b">build</a></td></tr></table>
artifact upload images.json' BUILDKITE_BUILD_URL=https://b.test BUILDKITE_COMMIT=c0ffee
  reason=
  printf '{"version":1,"build":"https://b.test","commit":"c0ffee","images":[\n%s,\n%s,\n%s\n]}\n' "$(sed 's/}$/,"sizes":{"linux\/amd64":'"$one_size"'}}/' "$work/push/told/api")" '{"name":"lost","state":"failed"}' \
    "$(sed 's/}$/,"sizes":{"linux\/amd64":'"$arm_size"',"linux\/arm64\/v8":'"$arm_size"'}}/' "$work/push/told/web")" | cmp - "$work/agent/kept" >"$work/output" 2>&1 || reason='another images.json'
  verdict 'images.json'
  speaks && stand_in_curl_for_invalid && step "depot_images='old'" images
  expect 'a registry that cannot be asked' 0 'annotate --style success --context depot-images
<td><code>old</code></td><td>saved</td>
<td>linux/amd64</td>'
}
stand_in_curl_for_invalid() { rm "$work/agent/bin/curl" && stand_in curl 'case "$*" in *nowhere.invalid*) exit 6 ;; esac; exec '"$(command -v curl)"' "$@"'; }
