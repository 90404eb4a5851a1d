/*
 * compose_keys: what a build is entrusted with: `ssh` and `secrets` of a service's `build`.
 *
 * A secret's id is its `target`, else its name; its source is a file or a variable of the step's environment. One that is kept elsewhere
 * (`external`) gives the build nothing, as in docker compose.
 */
#ifndef DEPOT_DOCKER_COMPOSE_KEYS_H
#define DEPOT_DOCKER_COMPOSE_KEYS_H

#include "docker/compose_field.h"

void compose_keys_ssh(const struct compose_field *field);
void compose_keys_secrets(const struct compose_field *field);

/*
 * The path of a key as a step at the root finds it, `directory` being that of the file. One that begins with a variable stays: it
 * may be absolute. "~" is $HOME of the step.
 */
struct value compose_keys_ssh_path(struct arena *arena, struct text directory, const struct value *path);

#endif
