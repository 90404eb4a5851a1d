/*
 * inspect_targets: what compose and bake files build, as `docker buildx bake --print` prints it.
 *
 * As if it were asked in the project directory: paths are seen from there, and so is `.env`. Variables of the environment count, but for
 * those whose names tell of a secret: they are unset here, and a warning says so.
 */
#ifndef DEPOT_SRC_INSPECT_TARGETS_H
#define DEPOT_SRC_INSPECT_TARGETS_H

#include "session.h"

/* Do the names of the files tell that they are compose or bake files? One is enough. */
bool inspect_targets_wanted(const struct texts *words);

/* Prints them. */
enum status inspect_targets(struct session *session);

#endif
