# Defines functions that speak with container registries (OCI distribution), by curl and awk.
#
#   depot_manifest_get REPOSITORY REFERENCE >FILE   a manifest or an index by tag or digest, its digest checked;
#                                                   depot_digest and depot_type say what it is
#   depot_manifest_put REPOSITORY TAG FILE [TYPE]   the same bytes under a tag; TYPE: that of the last one that was got
#   depot_sizes REPOSITORY FILE                     prints "linux/amd64 123", a line a platform: bytes as they are kept,
#                                                   layers and configuration; "- 123" for one without an index
#   depot_label REPOSITORY FILE NAME                prints a label of the (first) image
#   depot_json <FILE                                prints each value after its path, with tabs between
#   depot_explain WHAT MISSING                      why the last one failed and what helps; MISSING where it was a 404
#   depot_finish                                    ends the step when anything was explained
#
# REPOSITORY is host/name as Docker writes it, "acme/api" at Docker Hub too. A function that fails has status 1 and
# leaves the answer's HTTP status in depot_status: 000 where there was none, "digest" where the bytes were others.
#
# Logins are those of $DOCKER_CONFIG/config.json: helpers, entries, identity tokens. They are sent when a registry asks
# (Basic, or Bearer and its server of tokens), without encryption only to this host. They stand in files of
# $depot_scratch, which awk writes and curl reads: in no argument and in no trace of the shell.
#
# in: depot_scratch
# exit: 71, 74
# shellcheck disable=SC2015,SC2034,SC2154

depot_failed=
depot_json() {
  awk '{
    text = $0
    while (match(text, /"([^"\\]|\\.)*"|[][{}:,]|[^][{}:," \t\r]+/)) {
      word = substr(text, RSTART, RLENGTH); text = substr(text, RSTART + RLENGTH)
      if (word == "{" || word == "[") { kind[++depth] = word; part[depth] = word == "[" ? 0 : "" }
      else if (word == "}" || word == "]") depth--
      else if (word == ",") part[depth] = kind[depth] == "[" ? part[depth] + 1 : ""
      else if (word != ":") {
        gsub(/^"|"$/, "", word)
        if (kind[depth] == "{" && part[depth] == "") { part[depth] = word; continue }
        for (i = 1; i <= depth; i++) printf "%s\t", part[i]
        print word
      }
    }
  }'
}
depot_place() { # REPOSITORY
  case ${1%%/*} in *.* | *:* | localhost) depot_host=${1%%/*} depot_path=${1#*/} ;; *) depot_host=docker.io depot_path=$1 ;; esac
  depot_at=https://$depot_host
  case $depot_host/$depot_path in
  docker.io/*/* | index.docker.io/*/*) depot_host=docker.io depot_at=https://registry-1.docker.io ;;
  docker.io/* | index.docker.io/*) depot_host=docker.io depot_at=https://registry-1.docker.io depot_path=library/$depot_path ;;
  localhost/* | localhost:*/* | 127.0.0.1/* | 127.0.0.1:*/*) depot_at=http://$depot_host ;;
  esac
  [ "$depot_at/$depot_path" = "${depot_asked-}" ] || { : >"$depot_scratch/asked" && depot_asked=$depot_at/$depot_path; }
}
depot_credentials() { # into the file login: what curl logs in to depot_host with; empty without a login
  : >"$depot_scratch/login"
  depot_json <"${DOCKER_CONFIG:-${HOME-}/.docker}/config.json" 2>/dev/null | awk -F '\t' -v host="$depot_host" '
    function server(name) { sub(/^https?:\/\//, "", name); sub(/\/.*/, "", name); return name ~ /^(index|registry-1)\.docker\.io$/ ? "docker.io" : name }
    $1 == "credsStore" { store = $2 }
    $1 == "credHelpers" && server($2) == host { helper = $3; named = 1 }
    $1 == "auths" && server($2) == host && $3 == "auth" && $4 != "" { entry = "header = \"Authorization: Basic " $4 "\"" }
    $1 == "auths" && server($2) == host && $3 == "identitytoken" && $4 != "" { token = "data-urlencode = \"refresh_token=" $4 "\"" }
    END { if (!named) helper = store; if (helper != "") print "helper = " helper; else if (token != "") print token; else if (entry != "") print entry }' >"$depot_scratch/login" || :
  depot_helper=$(sed -n 's/^helper = //p' "$depot_scratch/login")
  [ -n "$depot_helper" ] || return 0
  [ "$depot_host" = docker.io ] && depot_server=https://index.docker.io/v1/ || depot_server=$depot_host
  echo "$depot_server" | "docker-credential-$depot_helper" get | depot_json | awk -F '\t' '
    { gsub(/\\u0026/, "\\&", $2); gsub(/\\u003c/, "<", $2); gsub(/\\u003e/, ">", $2) }
    $1 == "Username" { user = $2 }
    $1 == "Secret" { secret = $2 }
    END { if (user == "<token>") print "data-urlencode = \"refresh_token=" secret "\""; else if (secret != "") print "user = \"" user ":" secret "\"" }' >"$depot_scratch/login" || :
}
depot_challenge() { # what the registry asked for, into the file asked
  depot_credentials
  awk -v at="$depot_at" '
    function value(name, rest) { rest = $0; if (!sub(".*[ ,]" name "=\"", "", rest)) return ""; sub(/".*/, "", rest); gsub(/\\/, "", rest); return rest }
    tolower($1) != "www-authenticate:" || tolower($2) != "bearer" { next }
    { realm = value("realm"); service = value("service"); scope = value("scope") }
    END {
      if (realm ~ /^https:\/\// || at ~ /^http:/) print "url = \"" realm "\"\ndata-urlencode = \"service=" service "\"\ndata-urlencode = \"scope=" scope "\""
    }' "$depot_scratch/headers" >"$depot_scratch/challenge"
  grep -q '^url = "http' "$depot_scratch/challenge" || {
    ! grep -qi '^www-authenticate: *basic' "$depot_scratch/headers" || cp "$depot_scratch/login" "$depot_scratch/asked"
    return 0
  }
  if grep -q refresh_token "$depot_scratch/login"; then
    printf '%s\n' 'data = "grant_type=refresh_token"' 'data = "client_id=depot-pipeline"'
  else echo get; fi >>"$depot_scratch/challenge"
  cat "$depot_scratch/login" >>"$depot_scratch/challenge"
  curl -sS --retry 3 --connect-timeout 10 --max-time 60 -K "$depot_scratch/challenge" | depot_json | awk -F '\t' '
    $1 == "token" || $1 == "access_token" { token = $2 }
    END { if (token != "") print "header = \"Authorization: Bearer " token "\"" }' >"$depot_scratch/asked" || :
}
depot_http() { # METHOD PATH OPTION...: the answer is in the files headers and answer
  depot_method=$1 depot_url=$depot_at/v2/$depot_path/$2 && shift 2
  for depot_try in first last; do
    depot_status=$(curl -sSL --retry 3 --connect-timeout 10 --max-time 120 --max-filesize 8000000 -K "$depot_scratch/asked" \
      -D "$depot_scratch/headers" -o "$depot_scratch/answer" -w '%{http_code}' -X "$depot_method" "$@" "$depot_url") || depot_status=000
    [ "$depot_status $depot_try" = '401 first' ] && depot_challenge || return 0
  done
}
depot_header() { sed -n "s/^$1: *\([^;[:space:]]*\).*/\1/p" "$depot_scratch/headers" | tail -n 1; }
depot_manifest_get() {
  depot_place "$1"
  depot_http GET "manifests/$2" -H 'Accept: application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json' \
    -H 'Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json'
  [ "$depot_status" = 200 ] || return 1
  depot_type=$(depot_header '[Cc]ontent-[Tt]ype') depot_said=$(depot_header '[Dd]ocker-[Cc]ontent-[Dd]igest')
  depot_digest=sha256:$({ sha256sum || shasum -a 256; } <"$depot_scratch/answer" 2>/dev/null | cut -d ' ' -f 1)
  case $2 in sha256:*) depot_said=$2 ;; esac
  [ "${depot_said:-$depot_digest}" = "$depot_digest" ] || { depot_status=digest && return 1; }
  cat "$depot_scratch/answer"
}
depot_manifest_put() {
  depot_place "$1"
  depot_http PUT "manifests/$2" -H "Content-Type: ${4:-$depot_type}" --data-binary "@$3"
  case $depot_status in 20[0-4]) ;; *) return 1 ;; esac
}
depot_platforms_of() { # FILE: prints "linux/amd64 sha256:..." of an index, without attestations; nothing of a manifest
  depot_json <"$1" | awk -F '\t' '
    $1 == "manifests" && $3 == "digest" { digest[$2] = $4; if ($2 >= count) count = $2 + 1 }
    $1 == "manifests" && $3 == "platform" && $4 ~ /^(os|architecture|variant)$/ { platform[$2, $4] = $5 }
    END {
      for (i = 0; i < count; i++) {
        os = platform[i, "os"]; variant = platform[i, "variant"]
        if (os != "" && os != "unknown") print os "/" platform[i, "architecture"] (variant == "" ? "" : "/" variant) " " digest[i]
      }
    }'
}
depot_sum() { depot_json | awk -F '\t' '$1 == "config" && $2 == "size" || $1 == "layers" && $3 == "size" { sum += $NF } END { printf "%.0f\n", sum }'; }
depot_sizes() {
  depot_platforms_of "$2" >"$depot_scratch/platforms"
  [ -s "$depot_scratch/platforms" ] || echo "- $(depot_sum <"$2")"
  while read -r depot_platform depot_part; do
    depot_manifest_get "$1" "$depot_part" >"$depot_scratch/part" || return 1
    echo "$depot_platform $(depot_sum <"$depot_scratch/part")"
  done <"$depot_scratch/platforms"
}
depot_label() {
  depot_part=$(depot_platforms_of "$2" | sed -n '1s/.* //p')
  if [ -n "$depot_part" ]; then depot_manifest_get "$1" "$depot_part" >"$depot_scratch/part" || return 1; else cp "$2" "$depot_scratch/part"; fi
  depot_place "$1" && depot_http GET "blobs/$(depot_json <"$depot_scratch/part" | awk -F '\t' '$1 == "config" && $2 == "digest" { print $3 }')"
  [ "$depot_status" = 200 ] || return 1
  depot_json <"$depot_scratch/answer" | awk -F '\t' -v name="$3" '$1 == "config" && $2 == "Labels" && $3 == name { print $4 }'
}
depot_explain() {
  depot_why=74
  case $depot_status in
  401 | 403) depot_why=71 && set -- "$1" 'the registry refused it; is there a login for it (login: in the settings)?' ;;
  404) ;;
  000) set -- "$1" 'curl cannot reach the registry, see above' ;;
  digest) set -- "$1" 'the registry sent other bytes than its digest says' ;;
  *) set -- "$1" "the registry answered $depot_status: $(head -c 300 "$depot_scratch/answer")" ;;
  esac
  printf '^^^ +++\n%s: %s\n' "$1" "$2" >&2
  [ "$depot_failed" = 71 ] || depot_failed=$depot_why
}
depot_finish() {
  case $depot_failed in 71) exit 71 ;; 74) exit 74 ;; esac
}
