/*
 * hcl_scan: the tokens of HCL's native syntax, one at a time, with their places.
 *
 * The parser says whether line ends count (they do in bodies and objects, not in brackets). Inside quotes there are no
 * tokens: hcl_parse_template reads bytes there, from `at`, and goes back to tokens for what stands in `${…}`.
 */
#ifndef DEPOT_DOCKER_HCL_SCAN_H
#define DEPOT_DOCKER_HCL_SCAN_H

#include "docker/hcl.h"

enum hcl_token_kind {
    HCL_END,
    HCL_NEWLINE,
    HCL_IDENTIFIER,
    HCL_DIGITS,   /* a number */
    HCL_QUOTE,    /* the opening one */
    HCL_HEREDOC,  /* "<<EOT" or "<<-EOT" with its line end */
    HCL_OPERATOR, /* between two operands; "-", too, which may also stand before one */
    HCL_SIGN,     /* any other, by its text */
};

struct hcl_token {
    enum hcl_token_kind kind;
    struct text text;
    struct place place;
};

struct hcl_reader {
    struct arena *arena;
    const struct source *source; /* for places; of a JSON string `bytes` is not its text */
    struct diagnostics *diagnostics;
    struct text bytes;
    size_t at;
    bool skips_newlines;
    bool has_token;
    bool has_failed;
    unsigned depth;
    struct hcl_token token; /* the next one, when has_token */
    size_t token_end;
    struct place seen; /* where `seen_at` is; the column of a place is counted on from there */
    size_t seen_at;
    bool is_fixed; /* all places are `seen`: the bytes stand somewhere else in the source */
};

struct hcl_reader hcl_reader(struct arena *arena, const struct source *source, struct diagnostics *diagnostics);

/* The next token, without taking it. After an error it is HCL_END. */
const struct hcl_token *hcl_peek(struct hcl_reader *reader);
struct hcl_token hcl_take(struct hcl_reader *reader);

/* Is the next token this sign or operator? hcl_accept takes it if so. */
bool hcl_is_next(struct hcl_reader *reader, const char *text);
bool hcl_accept(struct hcl_reader *reader, const char *text);

/* Whether line ends count from now on. Returns what was, to be given back later. */
bool hcl_skip_newlines(struct hcl_reader *reader, bool skips);

/* The place of a byte that is not before the last one asked for. */
struct place hcl_place(struct hcl_reader *reader, size_t at);

/* Reports, once for a reader. Always false. */
bool hcl_fail(struct hcl_reader *reader, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* One level deeper; false, reported, when that is too deep. Each true wants its hcl_leave. */
bool hcl_enter(struct hcl_reader *reader);
void hcl_leave(struct hcl_reader *reader);

#endif
