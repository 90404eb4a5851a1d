/*
 * lint_secret: names that sound like a secret (validations.go getSecretsRegex).
 *
 * A word between underscores decides, in any case: APIKEY, auth, db_PASSWORD; unless another word says that it is
 * none, as in PUBLIC_KEY, TOKEN_FILE and KEY_VERSION.
 */
#ifndef DEPOT_DOCKER_LINT_SECRET_H
#define DEPOT_DOCKER_LINT_SECRET_H

#include "base/text.h"

bool lint_secret_is_named(struct text name);

#endif
