/* linear_compose: compose files, their scalars, .env, project files and JSON that look slow. */
#include "linear.h"

#include "docker/compose.h"
#include "docker/compose_interpolate.h"
#include "docker/depot.h"
#include "docker/dotenv.h"
#include "format/json_read.h"
#include "format/json_write.h"
#include "format/yaml_read.h"

/* --- readers --- */

/* compose.yaml, a NUL, other.yaml, a NUL, .env; the latter two need not be there. */
static bool run_compose(struct arena *arena, struct text input) {
    static const char *const names[] = {"compose.yaml", "other.yaml", ".env"};
    struct files_memory files;
    struct diagnostics diagnostics = diag_in(arena);
    struct compose_request request = {0};
    struct compose_model model;
    struct buffer written = buffer_in(arena);
    struct text bytes;
    files_memory_init(&files);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names) && text_next(&input, '\0', &bytes); i++)
        files_memory_add(&files, arena, text_from(names[i]), bytes);
    texts_add(arena, &request.paths, TEXT("compose.yaml"));
    bool ok = compose_load(arena, &files.files, &request, &diagnostics, &model);
    diag_sort(&diagnostics);
    diag_write(&written, &diagnostics, DIAG_NOTE, false);
    return ok;
}

/* What is refused at a limit counts as well. */
static bool run_compose_limit(struct arena *arena, struct text input) {
    run_compose(arena, input);
    return true;
}

static bool run_interpolate(struct arena *arena, struct text input) {
    struct value value;
    struct text problem;
    struct texts names = {0};
    struct compose_evaluation evaluation;
    struct variables none = {0};
    if (!compose_is_template(input, &problem) || !compose_interpolate(arena, input, &value, &problem)) return false;
    value_names(arena, &value, &names);
    value_spelling(arena, &value);
    return compose_evaluate(arena, &value, &none, &evaluation) && value_equal(&value, &value);
}

static bool run_interpolate_limit(struct arena *arena, struct text input) {
    run_interpolate(arena, input);
    return true;
}

static bool run_dotenv(struct arena *arena, struct text input) {
    struct diagnostics diagnostics = diag_in(arena);
    struct variables variables = {0};
    struct buffer written = buffer_in(arena);
    bool ok = dotenv_parse(arena, source_create(arena, TEXT(".env"), input), &diagnostics, &variables);
    diag_write(&written, &diagnostics, DIAG_NOTE, false);
    return ok;
}

static bool run_project(struct arena *arena, struct text input) {
    struct diagnostics diagnostics = diag_in(arena);
    struct depot_file file;
    struct buffer written = buffer_in(arena);
    depot_parse(arena, source_create(arena, TEXT("depot.json"), input), &diagnostics, &file);
    diag_write(&written, &diagnostics, DIAG_NOTE, false);
    return true;
}

static bool run_json(struct arena *arena, struct text input) {
    struct diagnostics diagnostics = diag_in(arena);
    const struct node *yaml = NULL, *json = json_read(arena, input);
    struct buffer written = buffer_in(arena);
    yaml_read_one(arena, source_create(arena, TEXT("a.json"), input), &diagnostics, &yaml);
    return json != NULL && json_write(&written, json);
}

/* --- scalars --- */

static void distinct_names(struct buffer *out, size_t n) {
    repeat(out, n, "$a%zu ");
}

static void defaults(struct buffer *out, size_t n) {
    repeat(out, n, "${a%zu:-${b%zu:-c}}");
}

static void lone_braces(struct buffer *out, size_t n) {
    repeat(out, n, "${a%zu:-{}");
}

static void open_braces(struct buffer *out, size_t n) {
    repeat(out, n, "${a%zu:-x{{");
    buffer_add_byte(out, '}');
}

static void deep_words(struct buffer *out, size_t n) {
    for (size_t i = 0; i < n; i++) {
        for (size_t depth = 0; depth < COMPOSE_NESTING_LIMIT; depth++)
            buffer_add_string(out, "${u:-");
        buffer_add_repeated(out, '}', COMPOSE_NESTING_LIMIT);
    }
}

static void dollars(struct buffer *out, size_t n) {
    repeat(out, n, "$$a$ $1%zu");
}

/* --- .env --- */

static void env_chain(struct buffer *out, size_t n) {
    buffer_add_string(out, "A0=x\n");
    repeat(out, n, "A%zu=$A%zu ${B%zu}\n");
}

static void env_wide(struct buffer *out, size_t n) {
    buffer_add_string(out, "A=");
    repeat(out, n, "${B%zu}");
    buffer_add_byte(out, '\n');
}

static void env_secrets(struct buffer *out, size_t n) {
    repeat(out, n, "A%zu_TOKEN=x\nB%zu=http://a:b@c%zu/:////@:\n");
}

static void env_blanks(struct buffer *out, size_t n) {
    repeat(out, n, "A%zu =  b #  c \t \n\n   \n# d\n");
    buffer_add_string(out, "B=");
    buffer_add_repeated(out, ' ', n);
}

static void env_quotes(struct buffer *out, size_t n) {
    repeat(out, n, "A%zu=\"\\n\\\\\\\"\\0101 $$ \n\"\n");
}

/* --- project files --- */

static void project_ids(struct buffer *out, size_t n) {
    repeat(out, n, "id: a%zu\n<<: {id: b%zu}\n");
}

static void project_merges(struct buffer *out, size_t n) {
    buffer_add_string(out, "a0: &a0 {id: x}\n");
    for (size_t i = 0; i < n; i++)
        buffer_format(out, "a%zu: &a%zu {<<: [*a%zu, *a%zu]}\n", i + 1, i + 1, i, i);
    buffer_format(out, "<<: *a%zu\n", n);
}

static void project_slashes(struct buffer *out, size_t n) {
    repeat(out, n, "// %zu \\/\n");
}

/* --- JSON --- */

static void json_deep(struct buffer *out, size_t n) {
    buffer_add_repeated(out, '[', n);
    buffer_add_repeated(out, ']', n);
}

static void json_keys(struct buffer *out, size_t n) {
    buffer_add_byte(out, '{');
    repeat(out, n, "\"k%zu\": [\"\\u00e9\\n\", %zu],");
    buffer_add_string(out, "\"\": null}");
}

/* --- compose files --- */

static void many_services(struct buffer *out, size_t n) {
    buffer_add_string(out, "services:\n");
    repeat(out, n, "  s%zu: {build: {context: d%zu, args: [A%zu=b], x-depot: {id: p}}, image: \"a:${T}\"}\n");
}

static void one_build(struct buffer *out, const char *key, size_t n, const char *item) {
    buffer_format(out, "services:\n  a:\n    build:\n      context: .\n      %s:\n", key);
    repeat(out, n, item);
}

static void many_arguments(struct buffer *out, size_t n) {
    one_build(out, "args", n, "        - A%zu=${B%zu:-c}\n");
}

static void many_tags(struct buffer *out, size_t n) {
    one_build(out, "tags", n, "        - a:${T%zu}\n");
}

static void many_contexts(struct buffer *out, size_t n) {
    one_build(out, "additional_contexts", n, "        c%zu: ../../d%zu\n");
}

static void many_labels(struct buffer *out, size_t n) {
    one_build(out, "labels", n, "        - l%zu=x\n");
}

static void many_hosts(struct buffer *out, size_t n) {
    one_build(out, "extra_hosts", n, "        - h%zu=[::1]\n");
}

static void many_caches(struct buffer *out, size_t n) {
    one_build(out, "cache_from", n, "        - type=registry,ref=r%zu\n");
}

static void many_platforms(struct buffer *out, size_t n) {
    one_build(out, "platforms", n, "        - linux/p%zu\n");
}

static void many_secrets(struct buffer *out, size_t n) {
    one_build(out, "secrets", n, "        - s%zu\n");
    buffer_add_string(out, "secrets:\n");
    repeat(out, n, "  s%zu: {file: ./f%zu}\n");
}

static void many_environments(struct buffer *out, size_t n) {
    one_build(out, "args", n, "        - A%zu\n");
    buffer_add_string(out, "    environment:\n");
    repeat(out, n, "      A%zu: b\n");
}

static void unknown_keys(struct buffer *out, size_t n) {
    buffer_add_string(out, "services:\n  a:\n    build:\n      context: .\n");
    repeat(out, n, "      x-depot%zu: {a: b}\n");
}

static void many_documents(struct buffer *out, size_t n) {
    repeat(out, n, "services: {a: {build: {context: ., args: [A%zu=b]}}, s%zu: {build: .}}\n---\n");
}

static void extends_one(struct buffer *out, size_t n) {
    buffer_add_string(out, "services:\n  base: {build: {context: ., args: [A=b]}}\n");
    repeat(out, n, "  s%zu: {extends: base, build: {target: t%zu}}\n");
}

static void extends_chain(struct buffer *out, size_t n) {
    buffer_add_string(out, "services:\n  s0: {build: {context: .}}\n");
    for (size_t i = 0; i < n; i++)
        buffer_format(out, "  s%zu: {extends: s%zu, build: {args: [A%zu=b]}}\n", i + 1, i, i);
}

static void extends_other(struct buffer *out, size_t n) {
    buffer_add_string(out, "services:\n");
    repeat(out, n, "  s%zu: {extends: {file: other.yaml, service: t%zu}}\n");
    buffer_add_byte(out, '\0');
    buffer_add_string(out, "services:\n");
    repeat(out, n + 1, "  t%zu: {build: d%zu}\n");
}

static void includes(struct buffer *out, size_t n) {
    buffer_add_string(out, "include:\n");
    repeat(out, n, "  - {path: other.yaml, project_directory: d%zu}\n");
    buffer_add_byte(out, '\0');
    buffer_add_string(out, "name: n\nx: y\n");
}

static void doubling_includes(struct buffer *out, size_t n) {
    buffer_add_string(out, "include: [other.yaml, other.yaml]\n");
    (void)n;
    buffer_add_byte(out, '\0');
    buffer_add_string(out, "include: [other.yaml, other.yaml]\n");
}

static void aliases(struct buffer *out, size_t n) {
    buffer_add_string(out, "x-b: &b {context: ., args: &a {A: '1'}}\nservices:\n");
    repeat(out, n, "  s%zu: {build: {<<: *b, args: {<<: *a, B: '%zu'}}}\n");
}

static void alias_bomb(struct buffer *out, size_t n) {
    buffer_add_string(out, "x0: &x0 [a, a, a, a, a, a, a, a]\n");
    for (size_t i = 0; i < n; i++)
        buffer_format(out, "x%zu: &x%zu [*x%zu, *x%zu, *x%zu, *x%zu]\n", i + 1, i + 1, i, i, i, i);
}

static void argument_bomb(struct buffer *out, size_t n) {
    buffer_add_string(out, "x: &a\n");
    repeat(out, n, "  A%zu: b\n");
    buffer_add_string(out, "services:\n");
    repeat(out, n, "  s%zu: {build: {context: ., args: *a}}\n");
}

static void misplaced(struct buffer *out, size_t n) {
    buffer_add_string(out, "x-depot: {project-id: p}\nservices:\n");
    repeat(out, n, "  s%zu: {build: {context: ., x-depot: {project-id: 0%zu}}, x-depot: {project_id: q}}\n");
}

const struct linear_row linear_compose[] = {
    {"scalar: distinct unset names", run_interpolate, distinct_names, 300, false},
    {"scalar: ${a:-${b:-c}} on one line", run_interpolate, defaults, 200, false},
    {"scalar: ${a:-{} on one line", run_interpolate_limit, lone_braces, 200, true},
    {"scalar: braces that nothing closes", run_interpolate_limit, open_braces, 200, true},
    {"scalar: words 100 deep", run_interpolate, deep_words, 10, false},
    {"scalar: dollars of all kinds", run_interpolate, dollars, 300, false},
    {".env: each name of the one above", run_dotenv, env_chain, 300, false},
    {".env: a value of many names", run_dotenv, env_wide, 300, false},
    {".env: secrets", run_dotenv, env_secrets, 300, false},
    {".env: blanks", run_dotenv, env_blanks, 300, false},
    {".env: quotes", run_dotenv, env_quotes, 300, false},
    {"project: ids and merges", run_project, project_ids, 300, false},
    {"project: merges of merges", run_project, project_merges, 100, true},
    {"project: slashes", run_project, project_slashes, 300, false},
    {"JSON: deep", run_json, json_deep, 100, true},
    {"JSON: keys", run_json, json_keys, 300, false},
    {"compose: services", run_compose, many_services, 200, false},
    {"compose: arguments of one build", run_compose, many_arguments, 200, false},
    {"compose: tags of one build", run_compose, many_tags, 200, false},
    {"compose: contexts of one build", run_compose, many_contexts, 200, false},
    {"compose: labels of one build", run_compose, many_labels, 200, false},
    {"compose: hosts of one build", run_compose, many_hosts, 200, false},
    {"compose: caches of one build", run_compose, many_caches, 200, false},
    {"compose: platforms of one build", run_compose, many_platforms, 200, false},
    {"compose: secrets of one build", run_compose, many_secrets, 200, false},
    {"compose: environment of one service", run_compose, many_environments, 200, false},
    {"compose: extension keys of one build", run_compose, unknown_keys, 200, false},
    {"compose: documents", run_compose_limit, many_documents, 50, true},
    {"compose: services that extend one", run_compose, extends_one, 100, false},
    {"compose: services that extend each other", run_compose_limit, extends_chain, 30, true},
    {"compose: services that extend another file's", run_compose, extends_other, 100, false},
    {"compose: includes of one file", run_compose, includes, 100, false},
    {"compose: includes that double", run_compose_limit, doubling_includes, 1, true},
    {"compose: aliases and merges", run_compose, aliases, 200, false},
    {"compose: aliases of aliases", run_compose_limit, alias_bomb, 5, true},
    {"compose: one alias of many arguments", run_compose_limit, argument_bomb, 60, true},
    {"compose: misplaced x-depot", run_compose, misplaced, 200, false},
    {0},
};
