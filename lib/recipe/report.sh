# Defines depot_report: tells the build where an image went, once it is there.
#
#   depot_report TARGET NAME PLATFORMS REFERENCE...
#     TARGET     of a bake; '' for a build
#     NAME       of the image, as it stands between the quotes of JSON, with \u003c for '<' and so on for '>' and '&'
#     PLATFORMS  linux/amd64,linux/arm64
#     REFERENCE  where it was pushed to; none: it was saved, and the metadata file tells under which names
#
#   depot_metadata  the file of the call's --metadata-file, where it is not build.json in $depot_scratch. The CLI writes
#                   it indented, one key a line. Only containerimage.digest is right for several platforms; the
#                   descriptor's is that of one of them
#   depot_tells     what is told, where it is not both: meta-data, or annotation
#   depot_became    what became of the image, where that is not "built"
#
# Meta-data image:NAME is a line of JSON of about a kilobyte at most (more tags are left out), image-reference:NAME is
# repository@digest alone. What is appended to the annotation is one HTML block without a line end: it looks alike
# whether Buildkite joins the parts directly, by a line end or by an empty line. Nothing here fails the step, for the
# image is where it should be. The address of Depot's page of the build stands in the log that depot_run keeps; of a saved
# build, saved_build.sh has put it into the metadata file.
#
# in: depot_scratch
# exit: none
# shellcheck disable=SC2015,SC2086,SC2154

depot_fact() { sed -n "${2:+/^  \"$2\": /,/^  [^ ]/}s/^ *\"$1\": \"\(.*\)\".*/\1/p" "${depot_metadata:-$depot_scratch/build.json}" 2>/dev/null | head -n 1; }
depot_report() {
  depot_name=$2 depot_platforms=$3 depot_state=${depot_became:-built} depot_digest=$(depot_fact containerimage.digest "$1") || :
  depot_names=$(depot_fact image.name "$1" | tr , ' ') || :
  [ $# -gt 3 ] || { depot_state=saved && set -- "$1" "$2" "$3" $depot_names; }
  [ $# -gt 3 ] && [ -n "$depot_digest" ] || { printf 'Note: no digest of %s is known\n' "$2"; return 0; }
  shift 3 && depot_place=$1@$depot_digest depot_tags=
  case ${1##*/} in *:*) depot_place=${1%:*}@$depot_digest ;; esac
  for depot_tag; do [ "${#depot_tags}" -gt 500 ] || depot_tags="$depot_tags${depot_tags:+,}\"$depot_tag\""; done
  depot_page=$({ depot_fact depot.page && sed -n 's/^#[0-9]* \[depot\] build: \(http[^ "<>&]*\).*/\1/p' "$depot_scratch/log"; } 2>/dev/null | head -n 1) || :
  set -- "$(printf '{"name":"%s","state":"%s","reference":"%s","digest":"%s","tags":[%s],"platforms":["%s"],' "$depot_name" "$depot_state" \
      "$depot_place" "$depot_digest" "$depot_tags" "$(echo "$depot_platforms" | sed 's/,/","/g')"
    printf '"project":"%s","build":"%s","url":"%s","commit":"%s"}' "$(depot_fact projectID)" "$(depot_fact buildID)" "$depot_page" "${BUILDKITE_COMMIT-}")" \
    "<details><summary><code>$depot_name</code> $depot_state for $depot_platforms${depot_page:+, <a href=\"$depot_page\">Depot build</a>}</summary><pre>docker pull $depot_place</pre><p>$(echo "$depot_tags" | tr -d '"')</p></details>"
  printf '%s is %s: %s\n' "$depot_name" "$depot_state" "$depot_place"
  command -v buildkite-agent >/dev/null || return 0
  case ${depot_tells-meta-data} in *meta-data*) buildkite-agent meta-data set "image:$depot_name" "$1" & buildkite-agent meta-data set "image-reference:$depot_name" "$depot_place" & ;; esac
  case ${depot_tells-annotation} in *annotation*) printf '%s' "$2" | buildkite-agent annotate --append --style info --context depot-images & ;; esac
  wait
}
