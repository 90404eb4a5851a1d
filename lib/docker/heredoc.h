/*
 * heredoc: which words of a line begin a heredoc (parser.go heredocsFromLine).
 *
 * `<<EOF`, `<<-EOF`, `3<<EOF`, `<< "EOF"`: what the shell lexer sees as one word. A line
 * that the lexer cannot split (an open quote) has none.
 */
#ifndef DEPOT_DOCKER_HEREDOC_H
#define DEPOT_DOCKER_HEREDOC_H

#include "base/list.h"

struct heredoc_word {
    struct text name;
    bool expand; /* the name was not quoted */
    bool chomp;  /* `<<-` */
};

/* One word; false when it is no heredoc. */
bool heredoc_match(struct arena *arena, struct text word, struct heredoc_word *out);

/* Adds a struct heredoc_word for each one in the line. */
void heredoc_find(struct arena *arena, struct text line, struct list *out);

#endif
