/*
 * names: what an image is called when nobody says.
 *
 * The directory of the declaring file joined with the service or the Dockerfile's suffix:
 * services/api, shop/web, tools/lint; at the root the service or suffix alone, or the repository's name. A
 * name depends on the image's own path only, so adding an image never renames another, and never on the
 * directory of the checkout.
 */
#ifndef DEPOT_MODEL_NAMES_H
#define DEPOT_MODEL_NAMES_H

#include "base/text.h"

/* "api" in "shop/compose.yaml" is shop/api. */
struct text names_of_service(struct arena *arena, struct text compose_directory, struct text service);

/* "services/api/Dockerfile" is services/api, "tools/Dockerfile.lint" and "tools/lint.Dockerfile" are tools/lint. */
struct text names_of_dockerfile(struct arena *arena, struct text path, struct text repository);

/* For the rare image whose usual name is another's: the whole path of its file. */
struct text names_of_file(struct arena *arena, struct text path);

#endif
