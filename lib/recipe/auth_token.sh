# Stops when the step was given no DEPOT_TOKEN. No trace of the shell shows its value.
#
# in: none
# exit: 72

if [ "${DEPOT_TOKEN:+given}" != given ]; then
  printf '%s\n' '^^^ +++' "DEPOT_TOKEN is empty in this step. Give it by a Buildkite secret, a Kubernetes secret or" \
    "an agent hook, never by 'env:' in a pipeline. Builds of forks are usually given none." >&2
  exit 72
fi
