# Defines depot_inspect: writes the metadata file that `docker compose build` does not, from what the registry has.
#
#   depot_inspect REFERENCE
#
# docker and its buildx plugin are there, or the build would not have been made.
#
# in: depot_scratch
# exit: none
# shellcheck disable=SC2034,SC2154

depot_inspect() {
  depot_metadata=$depot_scratch/inspected.json
  docker buildx imagetools inspect --format '{{"{\n  \"containerimage.digest\": \""}}{{.Manifest.Digest}}{{"\"\n}\n"}}' "$1" >"$depot_metadata" || :
}
