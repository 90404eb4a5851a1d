# Uses the depot on PATH, and stops when there is none.
#
# in: none
# exit: 70

echo "~~~ Depot CLI"
if ! depot --version; then
  printf '%s\n' '^^^ +++' "There is no working depot on this agent's PATH. Install the Depot CLI on the agent, or let" \
    "the step install it: 'install: pinned' in .buildkite/depot-pipeline.yml" >&2
  exit 70
fi
