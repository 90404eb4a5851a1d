# Tells the commands of a further step which image they are for.
#
#   depot_image      the name under which the step of the build keeps what it says of the image as meta-data
#   depot_name       the image's name
#   depot_path       its Dockerfile; empty when the compose file holds it
#   depot_reference  the first place where it is published; empty when it is only saved
#
# IMAGE is repository@digest, IMAGE_REFERENCE the first tag, IMAGE_BUILD and IMAGE_PROJECT are Depot's, for `depot pull`. What the
# step of the build did not tell is empty, but IMAGE, which is then the tag.
#
# in: depot_image, depot_name, depot_path, depot_reference
# exit: none
# shellcheck disable=SC2154

depot_facts=$(buildkite-agent meta-data get "image:$depot_image" --default '{}') || depot_facts=
depot_fact() { printf '%s\n' "$depot_facts" | sed -n "s/.*\"$1\":[[]*\"\([^\"]*\)\".*/\1/p"; }
depot_digest=$(depot_fact digest) depot_build=$(depot_fact build) depot_project=$(depot_fact project)
case ${depot_reference##*/} in *:*) depot_repository=${depot_reference%:*} ;; *) depot_repository=$depot_reference ;; esac
depot_place=${depot_digest:+${depot_repository:+$depot_repository@$depot_digest}}
[ -n "$depot_reference" ] || { depot_reference=$(depot_fact tags) && depot_place=$(depot_fact reference); }
[ -n "$depot_place" ] || echo "Note: the step that builds $depot_name did not tell its digest" >&2
export IMAGE_NAME="$depot_name" IMAGE_PATH="$depot_path" IMAGE_REFERENCE="$depot_reference" IMAGE="${depot_place:-$depot_reference}"
export IMAGE_DIGEST="$depot_digest" IMAGE_BUILD="$depot_build" IMAGE_PROJECT="$depot_project"
