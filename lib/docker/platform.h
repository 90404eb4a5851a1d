/*
 * platform: "linux/arm64/v8" to its parts, normalised (containerd/platforms).
 *
 * Limits: an operating system alone ("linux") means amd64 here; the reference takes the
 * machine's own architecture. OS features are checked for form and dropped.
 */
#ifndef DEPOT_DOCKER_PLATFORM_H
#define DEPOT_DOCKER_PLATFORM_H

#include "base/text.h"

struct platform {
    struct text os;
    struct text os_version;
    struct text architecture;
    struct text variant; /* "" for most */
};

/* False when the reference refuses the specifier. */
bool platform_parse(struct arena *arena, struct text specifier, struct platform *out);

struct text platform_format(struct arena *arena, const struct platform *platform); /* "linux/arm/v7" */

#endif
