/*
 * dotenv: the `.env` file beside a compose file, in compose-go's grammar (dotenv/parser.go).
 *
 * Statements are `NAME=value` or `NAME: value`, optionally after `export`; a name alone inherits
 * from the environment and so gives nothing. Values are unquoted (to the end of the line,
 * ` #` begins a comment), '…' (as it is) or "…" (escapes, then interpolation); quoted ones may span
 * lines. A value that refers to variables is evaluated with the names above it in the file,
 * others being unset: `.env` gives the same texts wherever the pipeline is generated. Of a name
 * given twice the last value counts.
 *
 * A name that variables_is_secret_name knows is never stored, nor is a value that refers to
 * one: each is reported (note, rule "dotenv-secret") without its value. Places of diagnostics name
 * line and column of a source without bytes, so that no excerpt of the file is ever printed.
 *
 * Limits: DOTENV_EVALUATED_LIMIT bytes that references give in all; letters
 * beyond ASCII are not told from other characters beyond ASCII in names.
 */
#ifndef DEPOT_DOCKER_DOTENV_H
#define DEPOT_DOCKER_DOTENV_H

#include "base/diag.h"
#include "base/variables.h"

#define DOTENV_SIZE_LIMIT ((size_t)1024 * 1024)
#define DOTENV_EVALUATED_LIMIT ((size_t)16 * 1024 * 1024)

/*
 * Adds to `out`, over what is there; what stands above it (variables.h) is asked first where a value refers to a variable.
 * False when compose would refuse the file; the error (rule "dotenv-syntax") has been reported, `out` is not to be used.
 */
bool dotenv_parse(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                  struct variables *out);

#endif
