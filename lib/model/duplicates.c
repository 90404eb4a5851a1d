#include "model/duplicates.h"

#include "base/buffer.h"

/* A count or a choice; fixed in size, so that no two different lists of parts look the same. */
static void add_number(struct buffer *buffer, size_t number) {
    buffer_add(buffer, text_of((const char *)&number, sizeof(number)));
}

static void add_text(struct buffer *buffer, struct text text) {
    add_number(buffer, text.len);
    buffer_add(buffer, text);
}

static void add_value(struct buffer *buffer, const struct value *value) {
    add_number(buffer, value->pieces.count);
    for (size_t i = 0; i < value->pieces.count; i++) {
        const struct value_piece *piece = value->pieces.items[i];
        add_number(buffer, piece->is_reference ? 1 + (size_t)piece->operator: 0);
        add_text(buffer, piece->text);
        if (piece->is_reference) add_value(buffer, &piece->word);
    }
}

static void add_values(struct buffer *buffer, const struct list *values) {
    add_number(buffer, values->count);
    for (size_t i = 0; i < values->count; i++)
        add_value(buffer, values->items[i]);
}

static void add_texts(struct buffer *buffer, const struct list *texts) {
    add_number(buffer, texts->count);
    for (size_t i = 0; i < texts->count; i++)
        add_text(buffer, *(const struct text *)texts->items[i]);
}

static void add_pairs(struct buffer *buffer, const struct list *pairs) {
    add_number(buffer, pairs->count);
    for (size_t i = 0; i < pairs->count; i++) {
        const struct compose_pair *pair = pairs->items[i];
        add_text(buffer, pair->name);
        add_value(buffer, &pair->value);
    }
}

static void add_arguments(struct buffer *buffer, const struct list *arguments) {
    add_number(buffer, arguments->count);
    for (size_t i = 0; i < arguments->count; i++) {
        const struct compose_argument *argument = arguments->items[i];
        add_text(buffer, argument->name);
        add_number(buffer, argument->from_environment);
        add_value(buffer, &argument->value);
    }
}

static void add_secrets(struct buffer *buffer, const struct list *secrets) {
    add_number(buffer, secrets->count);
    for (size_t i = 0; i < secrets->count; i++) {
        const struct compose_secret *secret = secrets->items[i];
        add_text(buffer, secret->id);
        add_text(buffer, secret->file);
        add_text(buffer, secret->environment);
    }
}

static void add_file(struct buffer *buffer, const struct compose_build *build) {
    add_text(buffer, build->dockerfile);
    add_text(buffer, build->remote_dockerfile);
    add_text(buffer, build->dockerfile_inline);
}

static void add_context(struct buffer *buffer, const struct compose_build *build) {
    add_text(buffer, build->context);
}

static void add_target(struct buffer *buffer, const struct compose_build *build) {
    add_text(buffer, build->target);
}

static void add_project(struct buffer *buffer, const struct compose_build *build) {
    add_text(buffer, build->project);
}

static void add_build_arguments(struct buffer *buffer, const struct compose_build *build) {
    add_arguments(buffer, &build->arguments);
}

static void add_platforms(struct buffer *buffer, const struct compose_build *build) {
    add_texts(buffer, &build->platforms);
}

static void add_contexts(struct buffer *buffer, const struct compose_build *build) {
    add_pairs(buffer, &build->contexts);
}

static void add_labels(struct buffer *buffer, const struct compose_build *build) {
    add_pairs(buffer, &build->labels);
}

static void add_caches(struct buffer *buffer, const struct compose_build *build) {
    add_values(buffer, &build->cache_from);
    add_values(buffer, &build->cache_to);
}

static void add_keys(struct buffer *buffer, const struct compose_build *build) {
    add_values(buffer, &build->ssh);
    add_secrets(buffer, &build->secrets);
}

static void add_surroundings(struct buffer *buffer, const struct compose_build *build) {
    add_text(buffer, build->network);
    add_text(buffer, build->shm_size);
    add_values(buffer, &build->extra_hosts);
    add_number(buffer, build->no_cache);
    add_number(buffer, build->pull);
}

static void add_extras(struct buffer *buffer, const struct compose_build *build) {
    static const struct compose_extras none;
    const struct compose_extras *extras = build->extras == NULL ? &none : build->extras;
    add_values(buffer, &extras->ulimits);
    add_values(buffer, &extras->entitlements);
    add_values(buffer, &extras->no_cache_filter);
    add_value(buffer, &extras->provenance);
    add_value(buffer, &extras->sbom);
}

/* Everything that reaches the builder, under the names that people know. */
static const struct {
    const char *name;
    void (*add)(struct buffer *buffer, const struct compose_build *build);
} parts[] = {
    {"Dockerfile", add_file},
    {"context", add_context},
    {"target", add_target},
    {"project", add_project},
    {"build arguments", add_build_arguments},
    {"platforms", add_platforms},
    {"named contexts", add_contexts},
    {"labels", add_labels},
    {"caches", add_caches},
    {"secrets", add_keys},
    {"build options", add_surroundings},
    {"further build options", add_extras},
};
#define PART_COUNT (sizeof(parts) / sizeof(*parts))

struct text duplicates_fingerprint(struct arena *arena, const struct compose_build *build) {
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < PART_COUNT; i++)
        parts[i].add(&buffer, build);
    return buffer_text(&buffer);
}

const char *duplicates_difference(struct arena *arena, const struct compose_build *a, const struct compose_build *b) {
    for (size_t i = 0; i < PART_COUNT; i++) {
        struct buffer left = buffer_in(arena), right = buffer_in(arena);
        parts[i].add(&left, a);
        parts[i].add(&right, b);
        if (!text_equal(buffer_text(&left), buffer_text(&right))) return parts[i].name;
    }
    return NULL;
}
