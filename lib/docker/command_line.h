/*
 * command_line: one logical line to its command, flags and words, before anything is judged
 * (frontend/dockerfile/parser: split_command.go, line_parsers.go).
 *
 * Each command has a form that says how what follows the flags is split. An unknown command
 * is split into nothing, so that the same line can be refused by its name later.
 */
#ifndef DEPOT_DOCKER_COMMAND_LINE_H
#define DEPOT_DOCKER_COMMAND_LINE_H

#include "docker/dockerfile.h"

struct command_line {
    struct text name;   /* as written */
    struct place place; /* of the name; the caller sets it */
    bool is_known;
    enum instruction_kind kind;
    struct texts flags; /* "--name=value", their quotes removed */
    struct texts words; /* by the form of the command; ENV and LABEL give pairs instead */
    struct list pairs;  /* of struct pair */
    bool is_json;
    struct list heredocs;               /* of struct heredoc */
    const struct command_line *trigger; /* of ONBUILD */
};

/* False when BuildKit's parser refuses the line; `problem` then says why. */
bool command_line_parse(struct arena *arena, struct text line, char escape, struct command_line *out,
                        struct text *problem);

/* True for ADD, COPY and RUN, and ONBUILD of one, unless in JSON form. */
bool command_line_takes_heredocs(const struct command_line *line);

#endif
