# Finds the build that has saved an image in Depot's registry, so that a later step can push it from there.
#
#   depot_image   the name under which the step of that build keeps what it says of the image as meta-data
#
# Sets depot_build to the build's id. Not DEPOT_BUILD_ID, which would make the CLI join that build. What report.sh reads is
# written for it, for a push keeps the digest: the step can tell where the image went.
#
# in: depot_scratch, depot_image
# exit: 74
# shellcheck disable=SC2154,SC2034

buildkite-agent meta-data get "image:$depot_image" --default '{}' >"$depot_scratch/told.json" || :
depot_told() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$depot_scratch/told.json"; }
depot_build=$(depot_told build)
if [ -z "$depot_build" ]; then
  echo "^^^ +++"
  echo "Nothing is known of the saved $depot_image: the step that builds it keeps its build's id as meta-data; retry that step, and look in its log for why it did not" >&2
  exit 74
fi
printf '{\n  "containerimage.digest": "%s",\n  "buildID": "%s",\n  "projectID": "%s",\n  "depot.page": "%s"\n}\n' "$(depot_told digest)" \
  "$depot_build" "$(depot_told project)" "$(depot_told url)" >"$depot_scratch/build.json"
