/*
 * dockerfile_images: the images of Dockerfiles that nothing declares.
 *
 * Each is an image of its own with an inferred context.
 */
#ifndef DEPOT_MODEL_DOCKERFILE_IMAGES_H
#define DEPOT_MODEL_DOCKERFILE_IMAGES_H

#include "model/scanner.h"

/* After compose_images_add. False when the list of paths broke; reported. */
bool dockerfile_images_add(struct scanner *scanner);

#endif
