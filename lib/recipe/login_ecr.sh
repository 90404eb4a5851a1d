# Logs in to Amazon ECR, with the aws CLI where it is there, else with curl alone.
#
#   depot_service   ecr, or ecr-public
#   depot_region    that of the registry; us-east-1 for the public one
#   depot_domain    amazonaws.com, or amazonaws.com.cn
#   depot_role      empty, or the ARN of a role that trusts the job's OIDC token; with one
#                   login_oidc.sh stands above
#
# The credentials are in variables of a subshell, in files and in what curl reads, never in
# an argument. Asking STS for a role's credentials needs no signature; asking ECR does, and
# curl makes it (7.87 or newer). AWS_ENDPOINT_URL_STS, _ECR and _ECR_PUBLIC count in both.
#
# in: depot_scratch, depot_registry, depot_service, depot_region, depot_domain, depot_role
# exit: 71
# shellcheck disable=SC2034,SC2154

echo "~~~ Log in to $depot_registry"
depot_username=AWS
depot_refuse_aws() {
  if grep -Eq 'WebIdentity|IdentityToken|OpenIDConnect' "$depot_scratch/answer"; then
    depot_refuse "the trust policy of ${depot_role:-the role} must let in, from the provider agent.buildkite.com, the audience sts.amazonaws.com and the subject ${depot_subject-of its jobs}"
  fi
  depot_refuse "AWS says why above: is there a role, and does it allow $depot_service:GetAuthorizationToken?"
}
(
  if [ -n "$depot_role" ]; then
    depot_oidc sts.amazonaws.com
    unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE
    export AWS_ROLE_ARN="$depot_role" AWS_WEB_IDENTITY_TOKEN_FILE="$depot_scratch/oidc"
    export AWS_ROLE_SESSION_NAME="buildkite-${BUILDKITE_JOB_ID:-job}"
  fi
  if command -v aws; then
    aws "$depot_service" get-login-password --region "$depot_region" >"$depot_scratch/password" 2>"$depot_scratch/answer" ||
      depot_refuse_aws
  else
    command -v curl || depot_stop "this agent needs the aws CLI or curl"
    if [ -n "${AWS_ACCESS_KEY_ID:-}" ]; then
      awk 'BEGIN { printf "user = \"%s:%s\"\n", ENVIRON["AWS_ACCESS_KEY_ID"], ENVIRON["AWS_SECRET_ACCESS_KEY"]
        if (ENVIRON["AWS_SESSION_TOKEN"] != "") printf "header = \"X-Amz-Security-Token: %s\"\n", ENVIRON["AWS_SESSION_TOKEN"] }' >"$depot_scratch/curl"
    else
      [ -n "${AWS_WEB_IDENTITY_TOKEN_FILE:-}" ] ||
        depot_stop "without the aws CLI this needs 'role' in the login of the settings, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the step"
      depot_endpoint=${AWS_ENDPOINT_URL_STS:-https://sts.$depot_region.$depot_domain}
      depot_ask "${depot_endpoint%/}/" --data Action=AssumeRoleWithWebIdentity \
        --data Version=2011-06-15 --data-urlencode "RoleArn=$AWS_ROLE_ARN" --data "RoleSessionName=${AWS_ROLE_SESSION_NAME:-buildkite}" \
        --data-urlencode "WebIdentityToken@$AWS_WEB_IDENTITY_TOKEN_FILE" </dev/null
      [ "$depot_status" = 200 ] || depot_refuse_aws
      awk 'BEGIN { RS = "<"; FS = ">" } $1 == "AccessKeyId" { id = $2 } $1 == "SecretAccessKey" { key = $2 } $1 == "SessionToken" { token = $2 }
        END { printf "user = \"%s:%s\"\nheader = \"X-Amz-Security-Token: %s\"\n", id, key, token }' "$depot_scratch/answer" >"$depot_scratch/curl"
    fi
    case $depot_service in
    ecr) depot_endpoint=${AWS_ENDPOINT_URL_ECR:-https://api.ecr.$depot_region.$depot_domain} depot_target=AmazonEC2ContainerRegistry_V20150921 ;;
    *) depot_endpoint=${AWS_ENDPOINT_URL_ECR_PUBLIC:-https://api.ecr-public.us-east-1.amazonaws.com} depot_target=SpencerFrontendService ;;
    esac
    depot_ask "${depot_endpoint%/}/" --aws-sigv4 "aws:amz:$depot_region:$depot_service" \
      --header "X-Amz-Target: $depot_target.GetAuthorizationToken" --header 'Content-Type: application/x-amz-json-1.1' --data '{}' <"$depot_scratch/curl"
    [ "$depot_status" = 200 ] || depot_refuse_aws
    sed -n 's/.*"authorizationToken" *: *"\([^"]*\)".*/\1/p' "$depot_scratch/answer" | base64 -d | sed 's/^AWS://' >"$depot_scratch/password"
  fi
)
depot_login "the token is that of AWS: does the account of the registry let this role in?"
