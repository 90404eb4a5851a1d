# Has `docker compose build` build on Depot, in the configuration of docker_config.sh.
#
#   depot_project   the id of the project to build in
#
# The driver containers are shared by all jobs of a host and keep the token that they were made
# with. One of OIDC is good for minutes only, so without DEPOT_TOKEN those are removed that no build
# uses. Variables that would have Docker build locally, without a word, are unset.
#
# in: depot_project
# exit: 72
# shellcheck disable=SC2154

echo "~~~ Docker on Depot"
depot_stop() { printf '^^^ +++\nCannot build by docker on Depot: %s\n' "$1" >&2; exit 72; }
docker compose version || depot_stop "this agent needs the docker CLI with its compose and buildx plugins"
export DEPOT_PROJECT_ID="$depot_project"
unset DOCKER_BUILDKIT BUILDX_BUILDER BUILDX_CONFIG
for depot_container in "buildx_buildkit_depot_${depot_project}_amd64" "buildx_buildkit_depot_${depot_project}_arm64"; do
  [ "${DEPOT_TOKEN:+given}" = given ] || docker top "$depot_container" 2>/dev/null | grep -q dial-stdio ||
    docker rm --force "$depot_container" >/dev/null 2>&1 || :
done
depot configure-docker --project "$depot_project" ||
  depot_stop "depot says why above; it needs a Docker daemon that runs privileged containers"
grep -qsF "\"depot_$depot_project\"" "$DOCKER_CONFIG/buildx/current" ||
  depot_stop "depot configure-docker did not make its builder the current one, so the build would be a local one"
