# Defines depot_move: tags such as latest move forward only, never back to an older commit.
#
#   depot_move NAME SOURCE TARGET...
#     SOURCE      the reference that this build pushed; for a target in another repository the same tag there
#     TARGET      the references that are to point at it
#   depot_finish  once, after the last: fails when the registry refused one of them; all are tried before
#
# What a tag points at tells its commit by the label org.opencontainers.image.revision. Where that is this commit or one
# before it, where there is no such label, or our own image has another (so labels come from a base image), the tag
# moves. Else it stays, and the log says so: a newer build was faster, or the history was rewritten. A shallow clone is
# deepened. Only steps that run one at a time may use this, for the look and the
# move are two requests. registry_http.sh stands above this.
#
# in: depot_scratch
# exit: 74
# shellcheck disable=SC2154

depot_revision() { depot_label "$1" "$2" org.opencontainers.image.revision | grep -Ex '[0-9a-f]{40}([0-9a-f]{24})?'; }
depot_is_before() { # COMMIT: is it part of this commit's history? Where that is cut short, more of it is fetched
  depot_more='200 5000 1000000'
  until git merge-base --is-ancestor "$1" HEAD 2>/dev/null; do
    [ "$(git rev-parse --is-shallow-repository 2>/dev/null)" != false ] || return 1
    { [ -n "$depot_more" ] && git fetch --quiet --no-tags --deepen="${depot_more%% *}"; } || {
      printf '%s\n' '^^^ +++' "No tag can be moved: this step cannot tell whether $1 is before its own commit." \
        'It needs git, a checkout with history, and the right to fetch more of it.' >&2
      exit 74
    }
    depot_more=${depot_more#"${depot_more%% *}"} && depot_more=${depot_more# }
  done
}
depot_may_move() { # REPOSITORY: does what the file now holds give way to the file manifest?
  depot_there=$(depot_revision "$1" "$depot_scratch/now") || return 0
  [ "$(depot_revision "$1" "$depot_scratch/manifest")" = "$(git rev-parse HEAD 2>/dev/null || echo "${BUILDKITE_COMMIT-}")" ] || return 0
  depot_is_before "$depot_there"
}
depot_move() {
  depot_image=$1 depot_source=${2##*:} && shift 2
  for depot_target; do
    depot_from=${depot_target%:*}
    depot_manifest_get "$depot_from" "$depot_source" >"$depot_scratch/manifest" ||
      { depot_explain "$depot_image: no $depot_from:$depot_source to point at" 'nobody pushed it; its own step says why'; return 0; }
    depot_new=$depot_digest depot_kind=$depot_type
    if depot_manifest_get "$depot_from" "${depot_target##*:}" >"$depot_scratch/now"; then
      [ "$depot_digest" != "$depot_new" ] || { echo "$depot_target is there already" && continue; }
      depot_may_move "$depot_from" || { echo "$depot_target stays: $depot_there is not before this commit" && continue; }
    elif [ "$depot_status" != 404 ]; then
      depot_explain "$depot_image: cannot look at $depot_target" '' && continue
    fi
    depot_manifest_put "$depot_from" "${depot_target##*:}" "$depot_scratch/manifest" "$depot_kind" ||
      { depot_explain "$depot_image: cannot move $depot_target" 'there is no such repository'; continue; }
    echo "$depot_target points at $depot_new"
  done
}
