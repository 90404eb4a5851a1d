# Logs in to Google's Artifact Registry as who the agent is: by gcloud, else by the metadata server.
#
# in: depot_scratch, depot_registry
# exit: 71
# shellcheck disable=SC2034,SC2154

echo "~~~ Log in to $depot_registry"
depot_username=oauth2accesstoken
if command -v gcloud; then
  gcloud auth print-access-token >"$depot_scratch/password" || depot_stop "gcloud says why above; or give the login a 'provider', to log in by OIDC"
else
  echo "No gcloud: asking the metadata server of Google Cloud. Elsewhere the login needs a 'provider'."
  depot_ask "http://${GCE_METADATA_HOST:-metadata.google.internal}/computeMetadata/v1/instance/service-accounts/default/token" \
    --header 'Metadata-Flavor: Google' </dev/null
  [ "$depot_status" = 200 ] || depot_refuse "the metadata server gives no token; give the login a 'provider', to log in by OIDC"
  sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p' "$depot_scratch/answer" >"$depot_scratch/password"
fi
depot_login "does the account have roles/artifactregistry.writer in the registry's project?"
