/*
 * compose_images: the images that compose files declare.
 *
 * One model per directory: the first default name that exists, with the override file beside it. A
 * compose file that cannot be read is one broken image, named by its path.
 */
#ifndef DEPOT_MODEL_COMPOSE_IMAGES_H
#define DEPOT_MODEL_COMPOSE_IMAGES_H

#include "model/scanner.h"

void compose_images_add(struct scanner *scanner);

#endif
