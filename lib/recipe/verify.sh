# Says which projects and token a step has, and whether Depot takes them.
#
#   depot_projects  of the images, in words; empty: none is named
#
# Only a token that is missing or refused is an error: a Depot that does not answer may do so for the builds, and a token of
# one project may not list it. `depot projects list` prints "Project ID,Name" where nobody watches.
#
# in: depot_scratch, depot_projects
# exit: 72
# shellcheck disable=SC2154

echo "+++ Depot as this step sees it"
echo "Project: ${depot_projects:-none; name one in depot.json, in DEPOT_PROJECT_ID or by project: in the settings}"
[ -n "${DEPOT_TOKEN-}" ] && echo 'Token: DEPOT_TOKEN' || echo 'Token: OIDC of Buildkite, or a login that the agent keeps'
if depot projects list >"$depot_scratch/projects" 2>"$depot_scratch/said"; then
  cat "$depot_scratch/projects"
  for depot_item in $depot_projects; do
    grep -q "^$depot_item," "$depot_scratch/projects" ||
      echo "Note: $depot_item is not in the list; a token of one project may not list it, and still build in it" >&2
  done
else
  cat "$depot_scratch/said" >&2
  if grep -Eq 'missing API token|unauthenticated|permission_denied|invalid HTTP header' "$depot_scratch/said"; then
    printf '%s\n' '^^^ +++' "Depot does not take this step's token: give the step DEPOT_TOKEN, or let the Depot project trust this" \
      'pipeline (OIDC). With DEPOT_DEBUG_OIDC=1 the log tells why OIDC failed.' >&2
    exit 72
  fi
  echo 'Note: Depot did not list its projects; the builds may still work' >&2
fi
