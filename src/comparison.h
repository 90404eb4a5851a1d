/*
 * comparison: what this build is compared with, and the other side where it is needed.
 *
 *   begin ─▶ (scan) ─▶ end: the base, the changes ─▶ the tree before, if how images are declared may have changed ─▶ watches
 *
 * git compares while the scan goes on.
 */
#ifndef DEPOT_SRC_COMPARISON_H
#define DEPOT_SRC_COMPARISON_H

#include "session.h"

/* The facts of the build: those of the environment, or of a rehearsal (--event). */
struct event comparison_event(struct session *session);

/* Of the pipeline, or as far as git tells; absent when neither does. */
struct text comparison_default_branch(struct session *session);

/* False when --changed-files cannot be read: reported. */
bool comparison_begin(struct session *session);

/* After the scan. False when the paths broke: reported. */
bool comparison_end(struct session *session);

/* The plan anew, as if these names (as changes_parse_names takes them) had changed. False when the paths broke: reported. */
bool comparison_suppose(struct session *session, struct text names);

void comparison_cancel(struct session *session);

#endif
