/*
 * dockerfile: bytes of a Dockerfile to its instructions and stages, as BuildKit reads them.
 *
 * Follows moby/buildkit frontend/dockerfile/parser (lines, directives, heredocs, forms)
 * and frontend/dockerfile/instructions (commands, flags, stages). Nothing is expanded
 * here: texts are as written. A file that BuildKit refuses is refused here, with the
 * place and BuildKit's own words.
 *
 * Files: dockerfile_lines (bytes to logical lines), command_line (a line to words),
 * instructions (words to an instruction, judged), dockerfile (instructions to stages).
 *
 * Limits: a physical line of 65,535 bytes (BuildKit's own). The size of a file is bounded by
 * whoever reads it, to DOCKERFILE_SIZE_LIMIT bytes.
 */
#ifndef DEPOT_DOCKER_DOCKERFILE_H
#define DEPOT_DOCKER_DOCKERFILE_H

#include "base/diag.h"

#define DOCKERFILE_SIZE_LIMIT ((size_t)1024 * 1024)

enum instruction_kind {
    INSTRUCTION_ADD,
    INSTRUCTION_ARG,
    INSTRUCTION_CMD,
    INSTRUCTION_COPY,
    INSTRUCTION_ENTRYPOINT,
    INSTRUCTION_ENV,
    INSTRUCTION_EXPOSE,
    INSTRUCTION_FROM,
    INSTRUCTION_HEALTHCHECK,
    INSTRUCTION_LABEL,
    INSTRUCTION_MAINTAINER,
    INSTRUCTION_ONBUILD,
    INSTRUCTION_RUN,
    INSTRUCTION_SHELL,
    INSTRUCTION_STOPSIGNAL,
    INSTRUCTION_USER,
    INSTRUCTION_VOLUME,
    INSTRUCTION_WORKDIR,
};

/* `NAME=value` of ARG, ENV and LABEL; an ARG without a default has an absent value. */
struct pair {
    struct text name;
    struct text value;
};

struct flag {
    struct text name;  /* without the dashes */
    struct text value; /* absent for a bare flag */
};

struct heredoc {
    struct text name;
    struct text content; /* the lines as they stand in the file, also after `<<-` */
    bool expand;         /* the name was not quoted */
};

struct instruction {
    enum instruction_kind kind;
    struct place place;     /* of the command word */
    struct list flags;      /* of struct flag, in order */
    bool is_json;           /* the arguments were a JSON array */
    struct texts arguments; /* COPY/ADD: sources (heredocs left out), then destination; RUN shell form: one text */
    struct list pairs;      /* of struct pair: ARG, ENV, LABEL */
    struct list heredocs;   /* of struct heredoc: RUN, COPY, ADD */
    const struct instruction *onbuild; /* ONBUILD: what it triggers; NULL when that has a problem */
    struct text problem;               /* ONBUILD: why a stage FROM this one is refused; absent when it is not */
};

struct stage {
    size_t index;
    struct text name;         /* lower-cased; absent when the stage has none */
    struct text base;         /* as written */
    struct text platform;     /* value of --platform as written; absent when none */
    struct place place;       /* of its FROM */
    struct list instructions; /* of struct instruction, FROM left out */
};

struct dockerfile {
    const struct source *source;
    struct text syntax; /* frontend image of a syntax directive; absent when none */
    bool is_foreign;    /* a frontend that is not docker/dockerfile: do not trust this reading */
    char escape;
    struct list arguments; /* of struct instruction: the ARGs before the first FROM */
    struct list stages;    /* of struct stage; at least one, unless the file is foreign */
};

/*
 * False when BuildKit would refuse the file; the first error (rule "dockerfile-syntax") has been
 * reported and `out` is untouched. A foreign file is never refused: what cannot be read is left out.
 */
bool dockerfile_parse(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                      const struct dockerfile **out);

/* The value of a flag such as "from"; the absent text when the instruction does not have it. */
struct text instruction_flag(const struct instruction *instruction, const char *name);

const char *instruction_name(enum instruction_kind kind); /* "COPY" */

#endif
