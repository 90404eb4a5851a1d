# Stops where no Docker engine answers, before anything is built for it.
#
# in: none
# exit: 72

echo "~~~ Docker"
if ! docker version; then
  printf '%s\n' '^^^ +++' "The image is to be loaded into Docker ('output: load'), and 'docker version' finds no Docker daemon. Run the step where" \
    "there is one ('step: agents:', 'kubernetes: docker: sidecar'), or keep the image in Depot's registry: 'output: save'" >&2
  exit 72
fi
