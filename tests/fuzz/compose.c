/*
 * compose: a model of compose files.
 *
 * The input is up to four files, each after a NUL: compose.yaml, compose.override.yaml, other.yaml and .env, all in one
 * directory. The override is merged over the first when it is there; the third is there for `extends` and `include`.
 *
 * Checked: a file is refused exactly when an error is reported that does not belong to one build; everything that comes out
 * can be read, the same again gives the same; paths are clean and inside the repository; names and places are given; what is
 * reported is printable.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "base/path.h"
#include "docker/compose.h"
#include "format/node.h"

#define DIRECTORY "app"

struct loaded {
    bool ok;
    struct compose_model model;
    struct diagnostics diagnostics;
};

/* --- the files --- */

static void add_files(struct arena *arena, struct text rest, struct files_memory *out) {
    static const char *const names[] = {"compose.yaml", "compose.override.yaml", "other.yaml", ".env"};
    files_memory_init(out);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        bool is_there = i == 0 || rest.len > 0;
        struct text bytes = i + 1 < sizeof(names) / sizeof(*names) ? fuzz_part(&rest) : rest;
        if (!is_there || (i > 0 && bytes.len == 0)) continue;
        files_memory_add(out, arena, text_format(arena, DIRECTORY "/%s", names[i]), text_copy(arena, bytes));
    }
}

static struct loaded load(struct arena *arena, struct files_memory *files) {
    struct loaded loaded = {.diagnostics = diag_in(arena)};
    struct compose_request request = {0};
    texts_add(arena, &request.paths, TEXT(DIRECTORY "/compose.yaml"));
    if (map_has(&files->sources, TEXT(DIRECTORY "/compose.override.yaml")))
        texts_add(arena, &request.paths, TEXT(DIRECTORY "/compose.override.yaml"));
    loaded.ok = compose_load(arena, &files->files, &request, &loaded.diagnostics, &loaded.model);
    return loaded;
}

/* --- all that came out, as text: reading it is half of the test --- */

static void show_text(struct buffer *out, const char *name, struct text text) {
    if (text_is_given(text)) buffer_format(out, " %s=<", name);
    if (text_is_given(text)) buffer_add(out, text);
    if (text_is_given(text)) buffer_add_byte(out, '>');
}

static void show_value(struct buffer *out, const char *name, const struct value *value) {
    show_text(out, name, value_spelling(out->arena, value));
}

static void show_place(struct buffer *out, struct place place) {
    FUZZ_CHECK(place.source != NULL && place.line > 0, "a place in a file");
    buffer_format(out, "@%.*s:%u:%u", TEXT_ARG(place.source->path), place.line, place.column);
}

static void show_values(struct buffer *out, const char *name, const struct list *values) {
    for (size_t i = 0; i < values->count; i++)
        show_value(out, name, values->items[i]);
}

static void show_texts(struct buffer *out, const char *name, const struct list *texts) {
    for (size_t i = 0; i < texts->count; i++)
        show_text(out, name, *(const struct text *)texts->items[i]);
}

static void show_arguments(struct buffer *out, const char *name, const struct list *arguments) {
    for (size_t i = 0; i < arguments->count; i++) {
        const struct compose_argument *argument = arguments->items[i];
        FUZZ_CHECK(text_is_given(argument->name), "%s %zu has a name", name, i);
        FUZZ_CHECK(!argument->from_environment || argument->value.pieces.count == 0, "%s %zu has no value", name, i);
        show_text(out, name, argument->name);
        show_value(out, argument->from_environment ? "(environment)" : "is", &argument->value);
        show_place(out, argument->place);
    }
}

static void show_pairs(struct buffer *out, const char *name, const struct list *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct compose_pair *pair = pairs->items[i];
        show_text(out, name, pair->name);
        show_value(out, pair->is_path ? "path" : "is", &pair->value);
        show_place(out, pair->place);
    }
}

static void show_secrets(struct buffer *out, const struct list *secrets) {
    for (size_t i = 0; i < secrets->count; i++) {
        const struct compose_secret *secret = secrets->items[i];
        FUZZ_CHECK(text_is_given(secret->id), "secret %zu has an id", i);
        FUZZ_CHECK(text_is_given(secret->file) != text_is_given(secret->environment), "secret %zu has one source", i);
        show_text(out, "secret", secret->id);
        show_text(out, "source", secret->source);
        show_text(out, "file", secret->file);
        show_text(out, "environment", secret->environment);
    }
}

static void show_node(struct buffer *out, const struct node *node) {
    bool is_scalar = node_is_scalar(node);
    size_t items = is_scalar ? 0 : node->kind == NODE_MAPPING ? 2 * node->count : node->count;
    if (is_scalar) show_text(out, "", node->text);
    for (size_t i = 0; i < items; i++)
        show_node(out, node->items[i]);
}

static void show_extras(struct buffer *out, const struct compose_extras *extras) {
    if (extras == NULL) return;
    show_values(out, "ulimit", &extras->ulimits);
    show_values(out, "entitlement", &extras->entitlements);
    show_values(out, "no-cache-filter", &extras->no_cache_filter);
    show_value(out, "provenance", &extras->provenance);
    show_value(out, "sbom", &extras->sbom);
    show_text(out, "isolation", extras->isolation);
    show_arguments(out, "environment", &extras->environment);
    for (size_t i = 0; i < extras->env_files.count; i++)
        show_text(out, "env-file", extras->env_files.items[i]);
    for (size_t i = 0; i < extras->external_secrets.count; i++)
        show_text(out, "external", extras->external_secrets.items[i]);
    if (extras->x_bake != NULL) show_node(out, extras->x_bake);
}

static void show_variables(struct buffer *out, const struct variables *variables) {
    for (size_t i = 0; variables != NULL && i < variables->defaults.count; i++) {
        show_text(out, "variable", variables->defaults.entries[i].key);
        show_text(out, "is", *(const struct text *)variables->defaults.entries[i].value);
    }
}

static void show_build(struct buffer *out, const struct compose_build *build) {
    const struct {
        const char *name;
        struct text text;
    } texts[] = {{"context", build->context},
                 {"dockerfile", build->dockerfile},
                 {"remote", build->remote_dockerfile},
                 {"inline", build->dockerfile_inline},
                 {"target", build->target},
                 {"network", build->network},
                 {"shm", build->shm_size},
                 {"project", build->project}};
    show_text(out, "\nservice", build->service);
    show_place(out, build->place);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        show_text(out, texts[i].name, texts[i].text);
    show_arguments(out, "argument", &build->arguments);
    show_values(out, "tag", &build->tags);
    show_texts(out, "platform", &build->platforms);
    show_pairs(out, "context", &build->contexts);
    show_pairs(out, "label", &build->labels);
    show_values(out, "cache-from", &build->cache_from);
    show_values(out, "cache-to", &build->cache_to);
    show_secrets(out, &build->secrets);
    show_values(out, "ssh", &build->ssh);
    show_values(out, "host", &build->extra_hosts);
    show_texts(out, "profile", &build->profiles);
    show_extras(out, build->extras);
    show_variables(out, build->variables);
    buffer_format(out, " %d%d%d%d", build->context_is_remote, build->no_cache, build->pull, build->is_understood);
}

static struct text fingerprint(struct arena *arena, const struct loaded *loaded) {
    struct buffer out = buffer_in(arena);
    diag_write(&out, &loaded->diagnostics, DIAG_NOTE, false);
    FUZZ_CHECK(out.len == 0 || fuzz_is_printable(buffer_text(&out)), "reports are printable");
    buffer_format(&out, "%s %zu", loaded->ok ? "ok" : "refused", loaded->model.service_count);
    show_text(&out, "name", loaded->model.name);
    show_text(&out, "directory", loaded->model.directory);
    for (size_t i = 0; i < loaded->model.builds.count; i++)
        show_build(&out, loaded->model.builds.items[i]);
    for (size_t i = 0; i < loaded->model.parts.count; i++)
        show_text(&out, "part", loaded->model.parts.items[i]);
    show_variables(&out, loaded->model.variables);
    return buffer_text(&out);
}

/* --- paths --- */

static void check_path(struct arena *arena, struct text path, const char *what) {
    if (!text_is_given(path)) return;
    FUZZ_CHECK(text_equal(path_clean(arena, path), path), "%s <%.*s> is clean", what, TEXT_ARG(path));
    FUZZ_CHECK(!path_is_absolute(path) && !path_escapes(path), "%s <%.*s> is inside", what, TEXT_ARG(path));
}

static void check_contexts(struct arena *arena, const struct compose_build *build) {
    for (size_t i = 0; i < build->contexts.count; i++) {
        const struct compose_pair *pair = build->contexts.items[i];
        if (!pair->is_path) continue;
        FUZZ_CHECK(value_is_literal(&pair->value), "a path is known");
        check_path(arena, value_text(arena, &pair->value), "a named context");
    }
}

static void check_build(struct arena *arena, const struct compose_build *build) {
    FUZZ_CHECK(text_is_given(build->service), "a service has a name");
    if (!build->is_understood) return;
    FUZZ_CHECK(text_is_given(build->context), "a build has a context");
    FUZZ_CHECK(!text_is_given(build->dockerfile) || !text_is_given(build->dockerfile_inline), "one Dockerfile");
    FUZZ_CHECK(text_is_given(build->dockerfile) || text_is_given(build->dockerfile_inline) || build->context_is_remote,
               "a Dockerfile");
    if (!build->context_is_remote) check_path(arena, build->context, "the context");
    check_path(arena, build->dockerfile, "the Dockerfile");
    check_contexts(arena, build);
    for (size_t i = 0; i < build->secrets.count; i++) {
        const struct compose_secret *secret = build->secrets.items[i];
        if (!path_is_absolute(secret->file)) check_path(arena, secret->file, "a secret's file");
    }
}

/* --- refusals --- */

static void check_refusal(struct arena *arena, const struct loaded *loaded) {
    bool all_understood = true;
    for (size_t i = 0; i < loaded->model.builds.count; i++) {
        check_build(arena, loaded->model.builds.items[i]);
        all_understood &= ((const struct compose_build *)loaded->model.builds.items[i])->is_understood;
    }
    for (size_t i = 0; i < loaded->model.parts.count; i++)
        check_path(arena, loaded->model.parts.items[i], "a part");
    bool has_errors = diag_has_errors(&loaded->diagnostics);
    FUZZ_CHECK(loaded->ok || has_errors, "a refusal has an error");
    FUZZ_CHECK(loaded->ok || loaded->model.source == NULL, "what is refused gives nothing");
    FUZZ_CHECK(!loaded->ok || !has_errors || !all_understood, "an error refuses the file or one of its builds");
    FUZZ_CHECK(!loaded->ok || loaded->model.builds.count <= loaded->model.service_count, "%zu builds of %zu services",
               loaded->model.builds.count, loaded->model.service_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct files_memory files;
    arena_init(&arena);
    add_files(&arena, fuzz_text(data, size), &files);
    struct loaded loaded = load(&arena, &files), again = load(&arena, &files);
    check_refusal(&arena, &loaded);
    struct text first = fingerprint(&arena, &loaded), second = fingerprint(&arena, &again);
    FUZZ_CHECK(text_equal(first, second), "<%.*s> and <%.*s>", TEXT_ARG(first), TEXT_ARG(second));
    arena_finish(&arena);
    return 0;
}
