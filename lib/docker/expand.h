/*
 * expand: BuildKit's shell lexer for words of a Dockerfile (frontend/dockerfile/shell/lex.go).
 *
 * `$x`, `${x}` and the modifiers - :- + :+ ? :? # ## % %% / // ; quotes are removed.
 *
 * A name is set, unset, or unknown: set by something that is not read here (the image a
 * stage starts from, a build argument that only the step knows). A result that depends on
 * an unknown name says so, and must not be relied on.
 *
 * Limits: EXPAND_DEPTH_LIMIT substitutions inside one another, EXPAND_RESULT_LIMIT bytes
 * of result, EXPAND_WORK_LIMIT steps of matching and copying; passing one is a failure of
 * its own kind. In the replacement of `//`, `$` stands for itself.
 */
#ifndef DEPOT_DOCKER_EXPAND_H
#define DEPOT_DOCKER_EXPAND_H

#include "base/list.h"
#include "base/map.h"

#define EXPAND_DEPTH_LIMIT 100
#define EXPAND_RESULT_LIMIT ((size_t)1024 * 1024)
#define EXPAND_WORK_LIMIT ((size_t)16 * 1024 * 1024)

enum expand_state { EXPAND_UNSET, EXPAND_SET, EXPAND_UNKNOWN };

/* What a name stands for. */
struct expand_scope {
    enum expand_state (*find)(const void *self, struct text name, struct text *out);
    const void *self;
    size_t *work; /* steps left, shared by many expansions; NULL: EXPAND_WORK_LIMIT for each */
};

enum expand_failure {
    EXPAND_FINE,
    EXPAND_SYNTAX,   /* refused whatever the values are */
    EXPAND_REQUIRED, /* ${x:?}: refused because of the values known here */
    EXPAND_LIMIT,    /* one of the limits above; BuildKit might accept it */
};

struct expand_result {
    struct text text;
    enum expand_failure failure;
    const char *error; /* BuildKit's words when the expansion failed; NULL when it succeeded */
    bool unset;        /* a name without default was not set */
    bool unknown;      /* the result depends on an unknown name */
};

enum expand_option {
    EXPAND_PLAIN = 0,
    EXPAND_RAW_QUOTES = 1 << 0,  /* quotes group, and stay in the result */
    EXPAND_RAW_ESCAPES = 1 << 1, /* escapes act, and stay in the result */
    EXPAND_KEEP_UNSET = 1 << 2,  /* a substitution of an unset name stays as it is written */
    EXPAND_NO_QUOTES = 1 << 3,   /* quotes are ordinary characters */
};

/* One word, quotes removed (ProcessWord). `escape` is '\\' or '`'. */
struct expand_result expand_word(struct arena *arena, struct text word, char escape, struct expand_scope scope);

/* The same with options. */
struct expand_result expand_text(struct arena *arena, struct text text, char escape, unsigned options,
                                 struct expand_scope scope);

/*
 * Split into words where unquoted white space or an unquoted expansion gives it (ProcessWords).
 * Returns BuildKit's words when the expansion failed, and then adds nothing; else NULL.
 */
const char *expand_words(struct arena *arena, struct text line, char escape, unsigned options,
                         struct expand_scope scope, struct texts *out);

/* A scope in which nothing is set. */
struct expand_scope expand_nothing(void);

#endif
