# Defines how a step logs in to a registry, in the configuration of docker_config.sh.
#
# What follows this recipe, for one registry each, are recipes that get a user name and a
# password. A password goes from file to file in the step's own directory: it is in no
# argument and in no trace of the shell. No docker CLI is needed: the entry is put into
# config.json here, in place of one for the same registry and beside those for others; where
# the agent's own come from a credential store, an empty helper says that this one does not.
# curl asks the registry whether it takes the password, as `docker login` does (/v2/, then
# the realm that it names). It tries again what is transient, and nothing that was refused.
#
#   depot_ask URL OPTION…     its answer in a file, its status in depot_status; options
#                              that hold a secret come on standard input
#   depot_entry HELPER         that credential helper, or the password where it is empty
#   depot_login ADVICE HELPER  the entry, and the registry's answer to the password
#
#   depot_registry  as Docker's configuration names it: a host, for Docker Hub
#                   https://index.docker.io/v1/
#   depot_api       the address of its API
#
# in: depot_scratch, depot_registry, depot_api
# exit: 71
# shellcheck disable=SC2154

depot_stop() { printf '^^^ +++\nCannot log in to %s: %s\n' "$depot_registry" "$1" >&2; exit 71; }
depot_refuse() { head -c 600 "$depot_scratch/answer" >&2 || :; printf '\n' >&2; depot_stop "$1"; }
depot_ask() {
  depot_url=$1 && shift
  depot_status=$(curl --silent --show-error --location --retry 3 --retry-connrefused --max-time 60 --config - --url "$depot_url" \
    --dump-header "$depot_scratch/headers" --output "$depot_scratch/answer" --write-out '%{http_code}' "$@") || :
  case $depot_status in
  '' | 000) depot_stop "no answer from $depot_url, curl says why above: is the name right, and can this agent reach it?" ;;
  429 | 5??) depot_refuse "$depot_url answers $depot_status, also when asked again: try later" ;;
  esac
}
depot_entry() {
  awk -v key="\"$depot_registry\"" -v helper="$1" -v file="$depot_scratch/auth" '
    function put(section, value, old,    rest) {
      value = key ":" value
      if (match(text, key "[ \t]*:[ \t]*" old)) return substr(text, 1, RSTART - 1) value substr(text, RSTART + RLENGTH)
      if (!match(text, section "[ \t]*:[ \t]*[{]") && match(text, /[{]/)) value = section ":{" value "}"
      rest = substr(text, RSTART + RLENGTH)
      return substr(text, 1, RSTART + RLENGTH - 1) value (rest ~ /^[ \t]*}/ ? "" : ",") rest
    }
    { text = text " " $0 }
    END {
      gsub(/"auths"[ \t]*:[ \t]*null/, "\"auths\":{}", text)
      gsub(/"credHelpers"[ \t]*:[ \t]*null/, "\"credHelpers\":{}", text)
      if (helper == "" && (getline auth <file) > 0) text = put("\"auths\"", "{\"auth\":\"" auth "\"}", "[{][^{}]*[}]")
      if (helper != "" || text ~ /"cred(sStore|Helpers)"/) text = put("\"credHelpers\"", "\"" helper "\"", "\"[^\"]*\"")
      print text
    }' "$DOCKER_CONFIG/config.json" >"$depot_scratch/config" || depot_stop "awk cannot put its entry into config.json"
  cat "$depot_scratch/config" >"$DOCKER_CONFIG/config.json" || depot_stop "$DOCKER_CONFIG/config.json cannot be written"
}
depot_login() {
  { printf '%s:' "${depot_username-}"; tr -d '\r\n' <"$depot_scratch/password"; } | base64 | tr -d '\n' >"$depot_scratch/auth"
  [ -s "$depot_scratch/auth" ] || depot_stop "this agent has no base64"
  depot_entry "${2-}"
  command -v curl || { echo "Not checked before the build, as this agent has no curl" && return; }
  { printf 'header = "Authorization: Basic '; cat "$depot_scratch/auth"; echo '"'; } >"$depot_scratch/curl"
  depot_ask "$depot_api" <"$depot_scratch/curl"
  if [ "$depot_status" = 401 ] && grep -i '^www-authenticate: *bearer ' "$depot_scratch/headers" >"$depot_scratch/realm"; then
    depot_service=$(sed -n 's/.*service="\([^"]*\)".*/service=\1/p' "$depot_scratch/realm")
    depot_ask "$(sed -n 's/.*realm="\([^"]*\)".*/\1/p' "$depot_scratch/realm")" --get --data-urlencode "$depot_service" <"$depot_scratch/curl"
  fi
  case $depot_status in
  2??) echo "The registry takes the user $depot_username" ;;
  401 | 403) depot_refuse "it refuses the user $depot_username: $1" ;;
  *) depot_refuse "$depot_api answers $depot_status: is there a registry of that name?" ;;
  esac
}
