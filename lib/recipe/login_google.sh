# Logs in to Google's Artifact Registry by workload identity federation, with curl alone.
#
#   depot_provider         projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/NAME
#   depot_service_account  empty, or the address of the account that the job acts as
#
# The job's OIDC token becomes one of the pool's, and that one of the service account.
# gcloud's variables for other endpoints count.
#
# in: depot_scratch, depot_registry, depot_provider, depot_service_account
# exit: 71
# shellcheck disable=SC2034,SC2154

echo "~~~ Log in to $depot_registry"
depot_username=oauth2accesstoken
command -v curl || depot_stop "this agent needs curl"
depot_oidc "//iam.googleapis.com/$depot_provider"
depot_ask "${CLOUDSDK_API_ENDPOINT_OVERRIDES_STS:-https://sts.googleapis.com/}v1/token" \
  --data-urlencode grant_type=urn:ietf:params:oauth:grant-type:token-exchange --data-urlencode "audience=//iam.googleapis.com/$depot_provider" \
  --data-urlencode scope=https://www.googleapis.com/auth/cloud-platform --data-urlencode "subject_token@$depot_scratch/oidc" \
  --data-urlencode subject_token_type=urn:ietf:params:oauth:token-type:jwt \
  --data-urlencode requested_token_type=urn:ietf:params:oauth:token-type:access_token </dev/null
[ "$depot_status" = 200 ] ||
  depot_refuse "the provider $depot_provider must trust the issuer https://agent.buildkite.com, and its condition the subject $depot_subject"
sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p' "$depot_scratch/answer" >"$depot_scratch/password"
if [ -n "$depot_service_account" ]; then
  { printf 'header = "Authorization: Bearer '; tr -d '\n' <"$depot_scratch/password"; echo '"'; } >"$depot_scratch/curl"
  depot_ask "${CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS:-https://iamcredentials.googleapis.com/}v1/projects/-/serviceAccounts/$depot_service_account:generateAccessToken" \
    --header 'Content-Type: application/json' --data '{"scope":["https://www.googleapis.com/auth/cloud-platform"]}' <"$depot_scratch/curl"
  [ "$depot_status" = 200 ] ||
    depot_refuse "$depot_service_account must give roles/iam.workloadIdentityUser to the pool's principal of the subject $depot_subject"
  sed -n 's/.*"accessToken" *: *"\([^"]*\)".*/\1/p' "$depot_scratch/answer" >"$depot_scratch/password"
fi
depot_login "does the account have roles/artifactregistry.writer in the registry's project?"
