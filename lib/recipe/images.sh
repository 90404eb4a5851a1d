# Collects what the steps told of their images into images.json and one table on the build's page.
#
#   depot_images  names as the steps report them (for depot_report), one a line; what none has told of is "failed"
#
# images.json is kept as an artifact: images sorted by name, one a line, each as its meta-data has it and with its sizes
# by platform, where the registry tells them. The table replaces what the steps appended. It and the sizes go as far as
# 500 images. registry_http.sh stands above this; without a login for the registry there are no sizes.
#
# in: depot_scratch, depot_images
# exit: none
# shellcheck disable=SC2015,SC2154

echo "~~~ Images of this build"
depot_sized() { # RECORD: with "sizes" in it
  depot_place_of=$(printf '%s\n' "$1" | depot_json | awk -F '\t' '$1 == "reference" { print $2 }')
  depot_only=$(printf '%s\n' "$1" | depot_json | awk -F '\t' '$1 == "platforms" && $2 == 0 { print $3 }')
  depot_manifest_get "${depot_place_of%@*}" "${depot_place_of#*@}" >"$depot_scratch/image" &&
    depot_sizes "${depot_place_of%@*}" "$depot_scratch/image" >"$depot_scratch/sizes" || { printf '%s\n' "$1" && return 0; }
  printf '%s,"sizes":{%s}}\n' "${1%\}}" "$(awk -v only="$depot_only" '{ printf "%s\"%s\":%s", (NR > 1 ? "," : ""), ($1 == "-" ? only : $1), $2 }' "$depot_scratch/sizes")"
}
mkdir "$depot_scratch/told" && printf '%s\n' "$depot_images" | LC_ALL=C sort -u >"$depot_scratch/names" && depot_n=100000
while read -r depot_image; do
  depot_n=$((depot_n + 1))
  buildkite-agent meta-data get "image:$depot_image" --default '' >"$depot_scratch/told/$depot_n" &
  [ "$((depot_n % 8))" != 0 ] || wait
done <"$depot_scratch/names"
wait
depot_n=100000
while read -r depot_image; do
  depot_n=$((depot_n + 1)) && read -r depot_record <"$depot_scratch/told/$depot_n" || [ -n "$depot_record" ] || depot_record=
  case $depot_record in
  '') printf '{"name":"%s","state":"failed"}\n' "$depot_image" ;;
  *'"reference":'*) if [ "$depot_n" -le 100500 ]; then depot_sized "$depot_record"; else printf '%s\n' "$depot_record"; fi ;;
  *) printf '%s\n' "$depot_record" ;;
  esac
done <"$depot_scratch/names" >"$depot_scratch/records"
{ printf '{"version":1,"build":"%s","commit":"%s","images":[\n' "${BUILDKITE_BUILD_URL-}" "${BUILDKITE_COMMIT-}"
  sed '$!s/$/,/' "$depot_scratch/records" && echo ']}'; } >"$depot_scratch/images.json"
depot_json <"$depot_scratch/images.json" | awk -F '\t' '
  function row(    i, on) {
    for (i = 1; i <= count; i++) on = on (i > 1 ? ", " : "") of[i] (of[i] in size ? sprintf(" %.1f MB", size[of[i]] / 1000000) : "")
    if (n++ < 500) rows = rows "<tr><td><code>" name "</code></td><td>" state "</td><td>" (place == "" ? "" : "<code>" place "</code>") "</td><td>" tags \
      "</td><td>" on "</td><td>" (url ~ /^http/ ? "<a href=\"" url "\">build</a>" : "") "</td></tr>"
    name = state = place = tags = url = ""; count = 0; split("", size)
  }
  BEGIN { now = "none" }
  $1 != "images" { next }
  $2 != now { if (now != "none") row(); now = $2 }
  $3 == "name" { name = $4 }
  $3 == "state" { state = $4 }
  $3 == "reference" { place = $4 }
  $3 == "url" { url = $4 }
  $3 == "tags" { sub(/.*:/, "", $5); tags = tags (tags == "" ? "" : ", ") "<code>" $5 "</code>" }
  $3 == "platforms" { of[++count] = $5 }
  $3 == "sizes" { size[$4] = $5 }
  END {
    if (now != "none") row()
    print "<table><tr><th>image</th><th></th><th>reference</th><th>tags</th><th>platforms</th><th>Depot</th></tr>" rows "</table>" \
      (n > 500 ? "<p>and " n - 500 " more in images.json</p>" : "")
  }' >"$depot_scratch/table"
depot_style=success && ! grep -q '"state":"failed"' "$depot_scratch/images.json" || depot_style=error
buildkite-agent annotate --style "$depot_style" --context depot-images <"$depot_scratch/table" || echo 'Note: the build could not be annotated'
cd "$depot_scratch" && buildkite-agent artifact upload images.json
