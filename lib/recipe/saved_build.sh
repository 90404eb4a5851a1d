# Finds the build that has saved an image in Depot's registry, so that a later step can push it from there.
#
#   depot_image   the name under which the step of that build keeps what it says of the image as meta-data
#
# Sets depot_build to the build's id. Not DEPOT_BUILD_ID, which would make the CLI join that build.
#
# in: depot_image
# exit: 74
# shellcheck disable=SC2154,SC2034

depot_build="$(buildkite-agent meta-data get "image:$depot_image" --default '{}' |
  sed -n 's/.*"build":"\([^"]*\)".*/\1/p')" || :
if [ -z "$depot_build" ]; then
  echo "^^^ +++"
  echo "Nothing is known of the saved $depot_image: the step that builds it keeps its build's id as meta-data; retry that step, and look in its log for why it did not" >&2
  exit 74
fi
