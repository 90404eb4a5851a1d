# Logs in to Depot's own registry: with the step's token, else with a pull token, which reads only.
#
# in: depot_scratch, depot_registry, depot_project
# exit: 71
# shellcheck disable=SC2034,SC2154

echo "~~~ Log in to $depot_registry"
depot_username=x-token
if [ -n "${DEPOT_TOKEN:+given}" ]; then
  printenv DEPOT_TOKEN >"$depot_scratch/password"
else
  depot pull-token --project "$depot_project" >"$depot_scratch/password" ||
    depot_stop "depot says why above: without DEPOT_TOKEN it gets a token for the project $depot_project"
fi
depot_login "does the token belong to the registry's organization?"
