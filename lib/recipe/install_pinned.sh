# Uses the depot on PATH when it is new enough, else downloads one release and checks it.
#
#   depot_version  the release to download, such as 2.102.6
#   depot_minimum  the oldest release to be content with; `sort -c` compares it, number by
#                  number, with what depot answers: depot version 2.102.12 (2026-09-22)
#   depot_url      where releases are kept: URL/v2.102.6/depot_2.102.6_linux_amd64.tar.gz
#   depot_sha256   words such as linux_amd64=7665d4…, between spaces or line ends, for the
#                  platforms of the agents: linux_amd64, linux_arm64, darwin_amd64, darwin_arm64
#   depot_scratch  made by scratch.sh; the program stays there until the step ends
#
# in: depot_version, depot_minimum, depot_url, depot_sha256, depot_scratch
# exit: 70
# retry: 70
# shellcheck disable=SC2015,SC2086,SC2154

echo "~~~ Depot CLI"
depot_stop() { printf '^^^ +++\nCannot install the Depot CLI: %s\n' "$1" >&2; exit 70; }
depot_found=$(depot --version 2>/dev/null | sed -n 's/^depot version \([0-9.]*\).*/\1/p') || :
if ! printf '%s\n' "$depot_minimum" "$depot_found" | sort -c -t. -k1,1n -k2,2n -k3,3n 2>/dev/null; then
  depot_platform=$(uname -sm | tr 'A-Z ' 'a-z_' | sed 's/x86_64/amd64/; s/aarch64/arm64/')
  depot_expected=$(echo "$depot_sha256" | tr ' ' '\n' | sed -n "s/^$depot_platform=//p")
  [ -n "$depot_expected" ] || depot_stop "no checksum is known for $depot_platform; put depot on the agent's PATH"
  depot_from=$depot_url/v$depot_version/depot_${depot_version}_$depot_platform.tar.gz
  depot_archive=$depot_scratch/depot.tar.gz
  echo "Found ${depot_found:-no depot}, need $depot_minimum or newer: downloading $depot_from"
  command -v curl >/dev/null && depot_get='curl -fsSL --retry 3 -o' || depot_get='wget -qO'
  $depot_get "$depot_archive" "$depot_from" || depot_stop "the download failed; curl or wget must reach $depot_from"
  depot_sum=$({ sha256sum || shasum -a 256; } <"$depot_archive" 2>/dev/null | cut -d ' ' -f 1) || :
  [ "$depot_sum" = "$depot_expected" ] || depot_stop "its sha256 is ${depot_sum:-unknown}, not $depot_expected"
  tar -xzf "$depot_archive" -C "$depot_scratch" bin/depot || depot_stop "the archive does not hold bin/depot"
  export PATH="$depot_scratch/bin:$PATH"
fi
depot --version || depot_stop "depot does not run on this agent; is $depot_scratch mounted noexec?"
