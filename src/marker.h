/*
 * marker: what this step has uploaded in this build before, as meta-data of the build.
 *
 * After each document its hash is written down, under a key of the step, of the prefix of its step keys, and of the
 * document's number. So a step that is run again knows what is there: Buildkite takes a step key once in a build.
 */
#ifndef DEPOT_SRC_MARKER_H
#define DEPOT_SRC_MARKER_H

#include "session.h"

enum marker {
    MARKER_NONE,  /* nothing was uploaded, as far as is known */
    MARKER_SAME,  /* this very document, of as many */
    MARKER_OTHER, /* another one */
};

/* Asks the agent. `document` counts from 0. */
enum marker marker_read(struct session *session, size_t document);

/* False when the agent could not write it down. */
bool marker_write(struct session *session, size_t document);

#endif
