/*
 * compose_files: which compose files make which model, each loaded.
 *
 * As docker compose finds them in a directory: COMPOSE_FILE of its `.env`; else the first of the base names that is there, with the first of
 * the override names. The settings name others. A base or override file that no model takes is left out, with the reason.
 * The bake files of a directory are a model, too.
 */
#ifndef DEPOT_MODEL_COMPOSE_FILES_H
#define DEPOT_MODEL_COMPOSE_FILES_H

#include "docker/compose.h"
#include "model/scanner.h"

/* A model's base file with what became of it. All are loaded before any is used, for one may include another. */
struct compose_file {
    struct text path;
    bool ok;
    bool is_bake;                /* a model of bake files */
    struct compose_model model;  /* when it is ok */
    struct list others;          /* of const struct bake_target: those that bake does not build unasked */
    struct diagnostics problems; /* all that was said */
};

/* struct compose_file are added to `out`, those of directories in the order of their paths; models of bake files come last. */
void compose_files_load(struct scanner *scanner, struct list *out);

#endif
