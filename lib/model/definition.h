/*
 * definition: how an image is declared to be built, and whether two declarations are the same.
 *
 * Only what reaches the builder, the registry or the step counts: neither where in a file it stands nor what the file says beside.
 */
#ifndef DEPOT_MODEL_DEFINITION_H
#define DEPOT_MODEL_DEFINITION_H

#include "model/image.h"

/*
 * What differs first between the image as it is and as it was, as people call it: "build arguments", "settings (tags)"; NULL
 * when nothing does.
 */
const char *definition_difference(struct arena *arena, const struct image *now, const struct image *before);

#endif
