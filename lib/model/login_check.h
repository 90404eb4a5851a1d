/*
 * login_check: what a table cannot say of logins: which keys go together, and what a value looks like.
 *
 * No message holds a value that may be a secret.
 */
#ifndef DEPOT_MODEL_LOGIN_CHECK_H
#define DEPOT_MODEL_LOGIN_CHECK_H

#include "base/diag.h"
#include "model/settings_login.h"

struct login_context {
    struct text registry;     /* of the images; absent when it is not known here */
    const struct node *step;  /* attributes of the step, or NULL */
    const struct node *image; /* the container image that the step runs in; NULL: not known */
};

/* Reports what is wrong with each of `logins` (of struct login_settings); false when anything is. */
bool login_check(struct arena *arena, const struct list *logins, const struct login_context *context,
                 struct diagnostics *diagnostics);

/* The rest of it, once it is known where the logins are made: plugins beside `if`, tools that the image lacks. */
bool login_check_step(const struct list *logins, const struct login_context *context, struct diagnostics *diagnostics);

#endif
