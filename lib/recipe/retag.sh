# Defines depot_retag: tags of this commit point at an image that was built before.
#
#   depot_retag NAME PLATFORMS SOURCE TARGET...
#     NAME, PLATFORMS  as for depot_report
#     SOURCE           the reference that was pushed before; for a target in another repository the same tag there
#     TARGET           references that get its manifest, byte by byte: nothing is pulled and nothing built
#   depot_finish       once, after the last: fails when one of them did; all are tried before
#
# What is there is reported as "retagged". report.sh and registry_http.sh stand above this.
#
# in: depot_scratch
# exit: none
# shellcheck disable=SC2034,SC2154

depot_retag() {
  depot_image=$1 depot_for=$2 depot_source=${3##*:} depot_from= && shift 3
  for depot_target; do
    if [ "$depot_from" != "${depot_target%:*}" ]; then
      depot_from=${depot_target%:*}
      depot_manifest_get "$depot_from" "$depot_source" >"$depot_scratch/manifest" ||
        { depot_explain "$depot_image: no $depot_from:$depot_source to point at" "nobody pushed it; build it once, with --only $depot_image or --all"; return 0; }
      depot_new=$depot_digest depot_kind=$depot_type
    fi
    depot_manifest_put "$depot_from" "${depot_target##*:}" "$depot_scratch/manifest" "$depot_kind" ||
      { depot_explain "$depot_image: cannot set $depot_target" 'there is no such repository'; return 0; }
  done
  printf '{\n  "containerimage.digest": "%s"\n}\n' "$depot_new" >"$depot_scratch/retagged.json"
  depot_metadata=$depot_scratch/retagged.json depot_became=retagged
  depot_report '' "$depot_image" "$depot_for" "$@"
}
