/*
 * script: the command of one step, as lines of POSIX sh for a person to read.
 *
 * Only `struct shell` pieces go in. A call is written with long options, one a line; the
 * assignments that its words need go above it.
 */
#ifndef DEPOT_PIPELINE_SCRIPT_H
#define DEPOT_PIPELINE_SCRIPT_H

#include "pipeline/shell.h"

struct script {
    struct arena *arena;
    struct shell_scope scope;
    struct buffer text;
    bool goes_on; /* it stands behind other lines */
};

struct script script_in(struct arena *arena);

/* One line, or a fragment of several that ends in a line end. */
void script_line(struct script *script, struct shell line);
void script_blank(struct script *script);

/* `echo "~~~ …"`: what Buildkite shows as a section of the log. `marker` is "~~~", "---" or "+++". */
void script_heading(struct script *script, const char *marker, struct text words);

/* name=value; the name is the program's own. */
void script_assign(struct script *script, const char *name, struct shell value);

/* printf '%s' 'text' >path: a file with nothing added. */
void script_file(struct script *script, const char *path, struct shell text);

/* export NAME="${NAME-value}": a default that the step's environment beats. */
void script_export_default(struct script *script, struct text name, struct text value);

/* All of it: a view that is valid until more is added. */
struct shell script_shell(const struct script *script);

/* A command with its options, collected and then written. */
struct call {
    struct script *script;
    struct texts pieces; /* of what is written when the call ends, once what its words need stands above it */
};

struct call call_begin(struct script *script, struct shell program);
void call_flag(struct call *call, const char *option);
void call_option(struct call *call, const char *option, struct shell value);
void call_text(struct call *call, const char *option, struct text value); /* nothing when absent */
void call_value(struct call *call, const char *option, const struct value *value);
void call_word(struct call *call, struct shell word);
void call_close(struct call *call); /* the ")" of a program that began with "(" */
void call_end(struct call *call);

#endif
