/*
 * output: where results go. A file appears whole or not at all.
 */
#ifndef DEPOT_SRC_OUTPUT_H
#define DEPOT_SRC_OUTPUT_H

#include "session.h"

/* Writes texts (struct text) one after the other to --output or standard output. False when that failed; reported. */
bool output_write(struct session *session, const struct list *texts);

/* The pipeline, all of its documents. */
bool output_write_documents(struct session *session);

/* One text. */
bool output_write_text(struct session *session, struct text text);

/* Writes a file at `path`, first beside it under another name, then in its place. False when that failed; reported. */
bool output_write_file(struct session *session, const char *path, const struct list *texts);

#endif
