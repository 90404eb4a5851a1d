/*
 * login: the logins of a step, as shell and as plugins.
 *
 * Each registry is logged in to once in a step, just before the first build that needs it. A login of type plugin is no
 * shell: its plugin runs before the command.
 */
#ifndef DEPOT_PIPELINE_LOGIN_H
#define DEPOT_PIPELINE_LOGIN_H

#include "pipeline/prepare.h"

/* Adds the logins of an image that the script has not made yet. */
void login_add(struct script *script, const struct workspace *workspace, const struct plan_image *planned,
               struct prepared *prepared);

/* The plugins of the logins of all images (of struct plan_image), each once, as items of a step's `plugins`. */
void login_add_plugins(struct arena *arena, const struct list *images, struct list *out);

#endif
