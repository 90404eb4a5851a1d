/*
 * tools: which programs of the agent a login or a builder needs, and which agent images are known to have them.
 *
 * The rule: only what is certain counts. An image that is not in the table may have anything; of one that is, a program
 * that is not named is not there. The README prints this table.
 *
 * Limits: an image is known by its name alone; its tags are taken to hold the same.
 */
#ifndef DEPOT_RECIPE_TOOLS_H
#define DEPOT_RECIPE_TOOLS_H

#include "base/buffer.h"

/* What a login may be by, as far as tools go, and what else needs some. */
enum tools_purpose {
    TOOLS_PASSWORD,
    TOOLS_ECR,
    TOOLS_ROLE, /* of AWS, by the job's OIDC token */
    TOOLS_GOOGLE,
    TOOLS_PROVIDER, /* of Google, by the job's OIDC token */
    TOOLS_BUILDKITE,
    TOOLS_DEPOT,
    TOOLS_HELPER,
    TOOLS_PLUGIN_DOCKER_LOGIN,
    TOOLS_PLUGIN_ECR,
    TOOLS_DOCKER, /* no login: builders of Docker's, and what is loaded into it */
    TOOLS_PURPOSES
};

struct tools_image;

/* The known image that a reference means, whatever its tag; NULL: nothing is known of it. */
const struct tools_image *tools_find_image(struct text reference);

/* What it lacks, for people ("aws"); NULL when nothing. */
const char *tools_lacking(const struct tools_image *image, enum tools_purpose purpose);

/* The table, as Markdown. */
void tools_write(struct buffer *buffer);

#endif
