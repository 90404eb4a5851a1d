# Stops when neither the repository nor the agent names a Depot project.
#
# in: none
# exit: 72

if [ -z "${DEPOT_PROJECT_ID-}" ]; then
  printf '%s\n' '^^^ +++' 'No Depot project is known for this image. Name one in one of three ways:' \
    '- DEPOT_PROJECT_ID in the environment of the agents' \
    "- depot.json beside the Dockerfile or above it, made by 'depot init' and committed" \
    '- project: in .buildkite/depot-pipeline.yml' >&2
  exit 72
fi
