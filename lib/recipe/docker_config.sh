# Gives the step a Docker configuration of its own, which starts as a copy of the agent's.
#
# What a step logs in to or configures so never reaches another job, and goes when it ends.
# Contexts and plugins come along because config.json refers to them. -H, because the files
# of a mounted Kubernetes secret are links; chmod, because the copy of a directory that nobody may write to is one, too.
# An empty config.json is one for Docker, and no JSON for anybody else.
#
# in: depot_scratch
# exit: 71
# shellcheck disable=SC2154

depot_agent_config=${DOCKER_CONFIG:-${HOME-}/.docker}
export DOCKER_CONFIG="$depot_scratch/docker"
mkdir "$DOCKER_CONFIG" && : >"$DOCKER_CONFIG/config.json" || exit 71
for depot_item in config.json contexts cli-plugins; do
  [ ! -e "$depot_agent_config/$depot_item" ] || cp -RH "$depot_agent_config/$depot_item" "$DOCKER_CONFIG" || exit 71
done
chmod -R u+w "$DOCKER_CONFIG" && { grep -q '{' "$DOCKER_CONFIG/config.json" || echo '{}' >"$DOCKER_CONFIG/config.json"; } || exit 71
