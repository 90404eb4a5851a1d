# Logs in to a registry of Buildkite Package Registries with the job's OIDC token.
#
# Such a token lives five minutes, less than many a build, so a credential helper asks for
# a new one whenever the registry is called.
#
#   depot_packages  packages.buildkite.com/ORGANIZATION/REGISTRY
#
# in: depot_scratch, depot_packages
# exit: 71
# shellcheck disable=SC2034,SC2154

echo "~~~ Log in to $depot_packages"
depot_username=buildkite
depot_oidc "https://$depot_packages" --lifetime 300
cp "$depot_scratch/oidc" "$depot_scratch/password"
mkdir "$depot_scratch/helper" || exit 71
echo '#!/bin/sh -e' >"$depot_scratch/helper/docker-credential-depot-buildkite"
cat >>"$depot_scratch/helper/docker-credential-depot-buildkite" <<'END'
depot_token=$(buildkite-agent oidc request-token --audience "https://$depot_packages" --lifetime 300)
printf '{"ServerURL":"%s","Username":"buildkite","Secret":"%s"}\n' "$depot_packages" "$depot_token"
END
chmod +x "$depot_scratch/helper/docker-credential-depot-buildkite"
export PATH="$depot_scratch/helper:$PATH" depot_packages
depot_login "the registry's OIDC policy must let in the issuer https://agent.buildkite.com and the subject $depot_subject" depot-buildkite
