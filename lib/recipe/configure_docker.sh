# Has docker build on Depot, in the configuration of docker_config.sh, and defines depot_is_on_depot, which fails if it did not.
#
#   depot_project  the id of the project to build in
#   depot_needs    a command that works where docker has what it needs: docker compose version
#
# The driver containers are shared by all jobs of a host and keep the token that they were made with, which one of OIDC is good for
# minutes only: those that have another and that no build uses are removed. Variables that would have Docker build locally,
# without a word, are unset. What is wrong with Depot run.sh knows; what is wrong with Docker is known here. A login may
# follow before the next image, so nothing here has a name of login.sh.
#
# in: depot_project, depot_needs, depot_scratch
# exit: 72
# shellcheck disable=SC2086,SC2154

echo "~~~ Docker on Depot"
depot_refuse_docker() { printf '^^^ +++\nCannot build by docker on Depot: %s\n' "$1" >&2; exit 72; }
depot_is_on_depot() {
  ! grep -q '\[depot\] ' "$depot_scratch/log" || return 0
  [ "$DOCKER_CONFIG" = "$depot_scratch/docker" ] || depot_refuse_docker "this was built locally: DOCKER_CONFIG was changed to $DOCKER_CONFIG"
  depot_refuse_docker "this was built locally: is 'docker' Docker's own CLI? If a wrapper sets DOCKER_BUILDKIT or BUILDX_BUILDER, remove it"
}
$depot_needs || depot_refuse_docker "'$depot_needs' does not work, so this agent's docker CLI or a plugin of it is missing"
export DEPOT_PROJECT_ID="$depot_project"
unset DOCKER_BUILDKIT BUILDX_BUILDER BUILDX_CONFIG
printenv DEPOT_TOKEN | sed 's/^/DEPOT_TOKEN=/' >"$depot_scratch/token" || :
for depot_container in "buildx_buildkit_depot_${depot_project}_amd64" "buildx_buildkit_depot_${depot_project}_arm64"; do
  docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$depot_container" 2>/dev/null | grep -qxFf "$depot_scratch/token" ||
    docker top "$depot_container" 2>/dev/null | grep -q dial-stdio || docker rm --force "$depot_container" >/dev/null 2>&1 || :
done
depot_try depot configure-docker --project "$depot_project" || {
  depot_known 72 'client version .* too' "The engine is too old or too new for DOCKER_API_VERSION: set it in the agent's environment to the version above."
  depot_known 72 'TLS data|docker endpoint' "depot takes no engine from DOCKER_TLS_VERIFY: make a docker context of it and name that in DOCKER_CONTEXT, or give the step an engine without TLS."
  depot_known 72 'privileged' "The engine must let containers be privileged, for the builder that docker is given is one."
  depot_known 72 'public.ecr.aws' "The engine must reach public.ecr.aws, from where it gets the builder's image."
  depot_advise 72
}
grep -qsF "\"depot_$depot_project\"" "$DOCKER_CONFIG/buildx/current" ||
  depot_refuse_docker "depot configure-docker did not make its builder the current one, so the build would be a local one"
