# Defines depot_run: runs a build, tries again what may pass, and says what to do about a failure that is known.
#
#   depot_run depot build … .     which is: depot_try depot build … . || depot_advise "$?"
#
# Output is shown as it comes and kept in $depot_scratch/log; standard input is the file $depot_input, if there is one. The
# failure is the last line that begins with no '#', as progress does; what a RUN or a line of the Dockerfile says is none that
# we know. It has names of files in it: words that may be one, such as connect or immutable, have to stand where prose has them.
# 73 and 74 make Buildkite run the step again, so what no second run would mend has the build's own status.
# `tee` outlives a signal, so that the CLI can still report the build as cancelled.
#
# in: depot_scratch
# exit: 71, 72, 73, 74
# retry: 73, 74
# shellcheck disable=SC2015,SC2016,SC2154

depot_known() { ! printf '%s\n' "$depot_said" | grep -Eiq -e "$2" || { printf '^^^ +++\n%s\n' "$3" >&2; exit "$1"; }; }
depot_run() { depot_try "$@" || depot_advise "$?"; }
depot_try() {
  for depot_pause in 5 30 0; do
    (set +e; "$@" <"${depot_input:-/dev/null}" 2>&1; echo "$?" >"$depot_scratch/status") |
      (trap '' HUP INT TERM; exec tee "$depot_scratch/log") || :
    read -r depot_status <"$depot_scratch/status"
    [ "$depot_status" != 0 ] || return 0
    depot_said=$(sed -n '/^#/!{/./h;};${x;p;}' "$depot_scratch/log")
    case $depot_said in *'process "'* | *'parse error on line'* | *'parse stage name'* | *'invalid HTTP header'*) break ;; esac
    [ "$depot_pause" != 0 ] && printf '%s\n' "$depot_said" | grep -Eiq -e ' (429|50[0234])( |:|$)|too ?many ?requests' \
      -e '(i/o|handshake) timeout|(": |server: |unexpected )EOF|connection (reset|refused)' \
      -e 'failed to copy after|acquire (machine|builder)|^unavailable:|= unavailable' || break
    echo "Trying again in $depot_pause seconds" && sleep "$depot_pause"
  done
  return "$depot_status"
}
depot_advise() {
  case $depot_said in *'process "'* | *'parse error on line'* | *'parse stage name'*) exit "$1" ;; esac
  depot_known 72 'docker daemon|docker\.sock' "No Docker daemon can be reached, and this step needs one: run it where there is one, as in a queue of its own."
  depot_known 71 'docker-credential-|getting credentials' "config.json names a credential helper that this agent lacks or that fails: install it, or take it out of credsStore or credHelpers."
  depot_known "$1" 'metadata for' "A base image cannot be read. Is it there, and is there a login for its registry?"
  depot_known "$1" 'must be lowercase|invalid reference|tag is needed' "No image can have this name: see 'repository:' and 'tags:' in the settings."
  depot_known "$1" '(^| )immutab(le|ility)' "The tag is taken, and the registry lets nobody replace it: use one that is new in each build, such as {sha}."
  depot_known 74 '(push|(PUT|POST) (request|"http)|failed commit).*( 40[13]|denied|authoriz|credentials)' "The registry refused the push. Is there a login for it ('login:' in the settings), may it push, and does the repository exist?"
  depot_known "$1" '(push|(PUT|POST) (request|"http)|failed commit).*( 404|not exist|name unknown)' "The registry has no such repository. Create it first; ECR makes none by itself."
  depot_known 74 'failed to push|failed commit|failed to copy after|(PUT|POST|PATCH|HEAD) request' "The registry did not take the push: it limits requests, is down, cannot be reached, or has the tag and keeps it."
  depot_known 72 'missing API token' "Depot got no token. Give the step DEPOT_TOKEN, or let the Depot project trust this pipeline (OIDC); with DEPOT_DEBUG_OIDC=1 the log tells why OIDC failed."
  depot_known 72 'invalid HTTP header' "DEPOT_TOKEN has a line end in it: store the secret again without one."
  depot_known 72 '^unauthenticated:' "Depot does not know the token: it has expired, was revoked, or is the name of a variable that nothing replaced."
  depot_known 72 '^permission_denied:' "The token is not for this project: check --project above. A project has its own tokens, and trusts pipelines (OIDC) by itself."
  depot_known 72 'project id|no projects found|^not_found:' "Depot has no such project for this token: check --project above."
  depot_known 73 '^(unavailable|deadline_exceeded|internal|unknown):|(^| )(acquire |connect(ing|ed)?[ :]|connection|timeout)|timed out|deadline exceeded|= unavailable|(server:|unexpected) EOF' \
    "No connection to Depot or its builder: the agent must reach api.depot.dev and, without a proxy, the builders. Try again later."
  exit "$1"
}
