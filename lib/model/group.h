/*
 * group: the setting `group`, text with {name}, {directory} and {project}.
 *
 * {directory} is that of the Dockerfile, or of the compose file where there is none; at the root of the repository the repository's
 * name. An image without a project has no {project}, and stands in no group then.
 */
#ifndef DEPOT_MODEL_GROUP_H
#define DEPOT_MODEL_GROUP_H

#include "model/workspace.h"

/* What is wrong with the template; absent when nothing is. */
struct text group_problem(struct arena *arena, struct text template);

/* The label of the group that the image stands in; absent: in none. */
struct text group_label(struct arena *arena, const struct workspace *workspace, const struct image *image);

#endif
