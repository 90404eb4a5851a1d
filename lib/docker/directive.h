/*
 * directive: `# escape=…`, `# syntax=…` and `# check=…` at the top of a Dockerfile
 * (frontend/dockerfile/parser/directives.go).
 *
 * They are read twice, as BuildKit does: line by line while parsing, which knows `#` alone,
 * and once for the frontend image, which also takes `//`, a first line `#!` and a JSON object.
 */
#ifndef DEPOT_DOCKER_DIRECTIVE_H
#define DEPOT_DOCKER_DIRECTIVE_H

#include "base/text.h"

enum directive_kind { DIRECTIVE_NONE, DIRECTIVE_SYNTAX, DIRECTIVE_ESCAPE, DIRECTIVE_CHECK };

/* What a line, without its end, says after `comment` ("#" or "//"); NONE for any other line. */
enum directive_kind directive_match(struct text line, const char *comment, struct text *value);

const char *directive_name(enum directive_kind kind);

/* The frontend image that a file asks for (DetectSyntax); absent when it asks for none. */
struct text directive_syntax(struct arena *arena, struct text bytes);

/* True for an image that reads Dockerfiles as BuildKit does: docker/dockerfile, from any registry. */
bool directive_is_docker(struct arena *arena, struct text syntax);

#endif
