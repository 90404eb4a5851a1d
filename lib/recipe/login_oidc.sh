# Defines how a login gets the job's OIDC token, and what a trust policy must let in.
#
# The agent itself tries again what is transient.
#
#   depot_oidc AUDIENCE OPTION…  the token in a file
#
# in: depot_scratch
# exit: 71
# shellcheck disable=SC2034,SC2154

depot_subject="organization:${BUILDKITE_ORGANIZATION_SLUG-ORGANIZATION}:pipeline:${BUILDKITE_PIPELINE_SLUG-PIPELINE}"
depot_subject="$depot_subject:ref:refs/heads/BRANCH:commit:COMMIT:step:${BUILDKITE_STEP_KEY-KEY}"
depot_oidc() {
  command -v buildkite-agent || depot_stop "its OIDC token comes from buildkite-agent, which is not on this step's PATH"
  depot_audience=$1 && shift
  if ! buildkite-agent oidc request-token --audience "$depot_audience" "$@" >"$depot_scratch/jwt"; then
    depot_stop "Buildkite gives this job no OIDC token for $depot_audience, the agent says why above"
  fi
  tr -d '\r\n' <"$depot_scratch/jwt" >"$depot_scratch/oidc"
}
