/*
 * compose_field: one value of a service's `build`, from its node to text, struct value or list.
 *
 * Interpolation happens here, on the values that builds use. A value that may stay open until
 * the step runs is a struct value; one that must be known now (`literal`) is evaluated with `.env` as the
 * whole environment, and each variable this assumes to be unset is a note (rule "compose-variable").
 *
 * Two severities of trouble: what compose refuses whatever the environment is an error (rule
 * "compose-schema", in compose's words) and clears `is_valid`, for the tools then refuse the
 * whole file; what concerns one service clears its `is_understood`.
 */
#ifndef DEPOT_DOCKER_COMPOSE_FIELD_H
#define DEPOT_DOCKER_COMPOSE_FIELD_H

#include "base/map.h"
#include "docker/compose.h"
#include "format/node.h"

struct compose_origin;

/* What reading the builds of one model needs. */
struct compose_reader {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct map *origins;          /* of sources: see compose_loader */
    const struct compose_origin *usual; /* of what is from no file */
    bool is_local;                      /* see compose_request */
    struct files *files;                /* for the `env_file` of services */
    const struct node *secrets;         /* top-level `secrets`; NULL when there are none */
    struct map secret_index;            /* name → const struct node *; filled when the first one is looked for */
    const struct map *services;         /* name → const struct node * */
    const struct texts *known_keys;     /* of `build`, for the nearest word */
    bool is_valid;                      /* cleared by an error that refuses the whole file */
};

/* The service that is being read; `path` names the value for messages: "build.target". */
struct compose_field {
    struct compose_reader *reader;
    struct compose_build *build;
    const char *path;
    const struct node *node;
};

/* What the texts of the value mean. */
const struct compose_origin *compose_field_origin(const struct compose_field *field);

/* A string, as it stays: references are kept. False when it is none; reported. */
bool compose_field_value(const struct compose_field *field, struct value *out);

/* The same, evaluated. False when it is no string or a required variable is missing; reported. */
bool compose_field_literal(const struct compose_field *field, struct text *out);

/* true, false, and the strings that compose takes for them. */
bool compose_field_bool(const struct compose_field *field, bool *out);

/* A list of strings, repeats dropped: struct value * are added to `out`. */
void compose_field_values(const struct compose_field *field, struct list *out);

/* A list of strings, evaluated, repeats dropped: struct text * are added to `out`. */
void compose_field_literals(const struct compose_field *field, struct list *out);

/*
 * A mapping, or a list of "name=value": struct compose_argument * are added to `out`, each name once with its last value,
 * in order of first mention. `from_environment` says that there is no value.
 */
void compose_field_pairs(const struct compose_field *field, struct list *out);

/* For list_sort of such pairs: by name. */
int compose_field_pair_order(const void *a, const void *b);

/* `value` evaluated, with a note for each variable assumed unset. False when a required one is missing; reported. */
bool compose_field_evaluate(const struct compose_field *field, const struct value *value, struct text *out);

/* The same service at another value. */
struct compose_field compose_field_at(const struct compose_field *field, const struct node *node, const char *path);

/* A path seen from `dir` to one from the root. False when it leaves the repository; reported. */
bool compose_field_path(const struct compose_field *field, struct text dir, struct text path, struct text *out);

/* Adds `name`, the byte and `value` as one struct value * to `out`. */
void compose_field_add_joined(const struct compose_field *field, struct list *out, struct text name, char byte,
                              const struct value *value);

/* Refuses the file: "services.web.build.target must be a string". */
void compose_field_refuse(const struct compose_field *field, const char *problem);

/* Something about this service is not understood or wrong; a printf format and its arguments. */
void compose_field_doubt(const struct compose_field *field, enum severity severity, const char *rule,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
