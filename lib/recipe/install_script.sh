# Downloads the vendor's installer and runs it, as two commands that are each checked.
#
# `curl … | sh` would hide a failed download. The installer itself checks no checksum;
# install_pinned.sh does.
#
# in: depot_version, depot_scratch
# exit: 70
# retry: 70
# shellcheck disable=SC2154

echo "~~~ Depot CLI $depot_version"
depot_stop() { printf '^^^ +++\nCannot install the Depot CLI: %s\n' "$1" >&2; exit 70; }
curl -fsSL --retry 3 -o "$depot_scratch/install.sh" https://depot.dev/install-cli.sh ||
  depot_stop "the download failed; curl must reach https://depot.dev/install-cli.sh"
DEPOT_INSTALL_DIR="$depot_scratch/bin" sh "$depot_scratch/install.sh" "$depot_version" ||
  depot_stop "the vendor's installer failed, see above"
export PATH="$depot_scratch/bin:$PATH"
depot --version || depot_stop "depot does not run on this agent; is $depot_scratch mounted noexec?"
