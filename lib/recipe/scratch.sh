# Makes a private directory that is removed when the step ends, also when it is cancelled.
#
# A shell has one EXIT trap, so this is the only recipe that sets one, and whoever needs a
# file puts it here. dash ends on a signal without its EXIT trap, hence the second one.
# What cannot be removed does not make a good step a failed one.
#
# in: none
# exit: 70
# retry: 70

depot_scratch=$(mktemp -d) || exit 70
trap 'rm -rf "$depot_scratch" || :' EXIT
trap 'exit 143' HUP INT TERM
