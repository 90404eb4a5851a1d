# Logs in with a user name and a password that the step has in a variable.
#
#   depot_username           a word, or the "${VARIABLE-}" that holds it
#   depot_password_variable  the name, [A-Za-z_][A-Za-z0-9_]*, of the variable with the
#                            password; only printenv reads it
#
# in: depot_scratch, depot_registry, depot_username, depot_password_variable
# exit: 71
# shellcheck disable=SC2034,SC2154

echo "~~~ Log in to $depot_registry"
[ -n "$depot_username" ] || depot_stop "the user name is empty in this step"
{ printenv "$depot_password_variable" || :; } | tr -d '\r\n' >"$depot_scratch/password"
[ -s "$depot_scratch/password" ] || depot_stop "$depot_password_variable is empty in this step"
depot_login "is the password in $depot_password_variable still valid, and is it this user's?"
