# Uses the depot of the image that the step runs in, and stops when it runs somewhere else.
#
#   depot_image  as in the step's `image:`, which only Kubernetes and hosted agents follow
#
# in: depot_image
# exit: 70
# shellcheck disable=SC2154

echo "~~~ Depot CLI of $depot_image"
if ! depot --version; then
  printf '%s\n' '^^^ +++' "There is no working depot in this step. It is to run in the image $depot_image: agents on Kubernetes" \
    "and Buildkite's hosted agents do that. For others: 'install: pinned' in .buildkite/depot-pipeline.yml" >&2
  exit 70
fi
