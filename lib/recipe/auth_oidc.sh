# Makes the Depot CLI use Buildkite's OIDC on an agent that also has a token.
#
# The CLI's order is --token, DEPOT_TOKEN, then DEPOT_API_TOKEN or a login saved on the
# agent, then OIDC (depot/cli, pkg/helpers/token.go). A saved login still wins; the agent's
# owner has to remove it: ~/.config/depot/depot.yaml.
#
# in: none
# exit: none

unset DEPOT_TOKEN DEPOT_API_TOKEN # a token left on the agent would be used in place of OIDC
