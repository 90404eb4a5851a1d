# Says so when DEPOT_PROJECT_ID names another project than the one that is used.
#
#   depot_project         the id that the build is given
#   depot_project_origin  what names it, such as services/api/depot.json
#
# in: depot_project, depot_project_origin
# exit: none
# shellcheck disable=SC2154

if [ "${DEPOT_PROJECT_ID:-$depot_project}" != "$depot_project" ]; then
  printf 'Note: the project is %s, from %s; DEPOT_PROJECT_ID (%s) is not used.\n' \
    "$depot_project" "$depot_project_origin" "$DEPOT_PROJECT_ID" >&2
fi
