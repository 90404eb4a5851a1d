# Logs in to one registry, right before the push, in the configuration of docker_config.sh.
#
#   depot_registry           as Docker names it: host[:port][/path], for Docker Hub
#                            https://index.docker.io/v1/; nothing that JSON would escape
#   depot_username           a word, or the "${VARIABLE-}" that holds it
#   depot_password_variable  the name, [A-Za-z_][A-Za-z0-9_]*, of the variable that holds the
#                            password. Only printenv reads it: it is in no argument, no file
#                            but config.json, and in no trace of the shell
#
# Without the docker CLI config.json is written here, but only in place of one that says
# nothing: the shell has no tool to add to it with.
#
# in: depot_registry, depot_username, depot_password_variable
# exit: 71
# shellcheck disable=SC2154

echo "~~~ Log in to $depot_registry"
depot_stop() { printf '^^^ +++\nCannot log in to %s: %s\n' "$depot_registry" "$1" >&2; exit 71; }
[ -n "$depot_username" ] || depot_stop "the user name is empty in this step"
printenv "$depot_password_variable" | grep -q . || depot_stop "$depot_password_variable is empty in this step"
if command -v docker; then
  printenv "$depot_password_variable" | docker login --username "$depot_username" --password-stdin "$depot_registry" ||
    depot_stop "docker says why above; the password is that of $depot_password_variable"
elif ! command -v base64 || tr -d '[:space:]' <"$DOCKER_CONFIG/config.json" | grep -Eqvx '[{]("auths":[{][}])?[}]'; then
  depot_stop "this agent needs the docker CLI to log in, as its config.json has entries or it has no base64"
else
  { printf '{"auths":{"%s":{"auth":"' "$depot_registry"
    { printf '%s:' "$depot_username"; printenv "$depot_password_variable"; } | tr -d '\r\n' | base64 | tr -d '\n'
    echo '"}}}'; } >"$DOCKER_CONFIG/config.json"
fi
