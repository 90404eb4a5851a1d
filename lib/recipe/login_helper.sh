# Has a credential helper of the agent log in to one registry, whatever the agent's own configuration says.
#
#   depot_helper    the program is docker-credential-<this>
#
# in: depot_scratch, depot_registry, depot_helper
# exit: 71
# shellcheck disable=SC2034,SC2154

echo "~~~ Log in to $depot_registry"
command -v "docker-credential-$depot_helper" || depot_stop "docker-credential-$depot_helper is not on this step's PATH"
printf '%s' "$depot_registry" | "docker-credential-$depot_helper" get >"$depot_scratch/answer" 2>&1 ||
  depot_refuse "docker-credential-$depot_helper says why above"
depot_entry "$depot_helper"
