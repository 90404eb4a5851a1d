#include "pipeline/compose_overlay.h"

#include "base/path.h"
#include "pipeline/links.h"

struct text compose_overlay_service(const struct plan_image *planned) {
    return planned->image->build->service;
}

bool compose_overlay_knows(const struct plan_image *planned, const struct plan_link *link) {
    return link->is_service && link->base->image->compose == planned->image->compose;
}

bool compose_overlay_sets(const struct plan_image *planned, const struct plan_argument *argument) {
    const struct list *pairs = &planned->image->settings->build.build_args;
    for (size_t i = 0; i < pairs->count; i++)
        if (text_equal(((const struct record_pair *)pairs->items[i])->name, argument->name)) return true;
    return false;
}

static bool has_image(const struct list *images, const struct plan_image *planned) {
    for (size_t i = 0; i < images->count; i++)
        if (images->items[i] == planned) return true;
    return false;
}

struct list compose_overlay_bases(struct arena *arena, const struct list *images) {
    struct list all = {0}, bases = {0};
    for (size_t i = 0; i < images->count; i++)
        list_add(arena, &all, images->items[i]);
    for (size_t i = 0; i < all.count; i++) {
        const struct plan_image *planned = all.items[i];
        for (size_t j = 0; j < planned->links.count; j++) {
            const struct plan_image *base = ((const struct plan_link *)planned->links.items[j])->base;
            if (base->image->compose != planned->image->compose || has_image(&all, base)) continue;
            list_add(arena, &all, (void *)base);
            list_add(arena, &bases, (void *)base);
        }
    }
    return bases;
}

void compose_overlay_quote(struct buffer *out, struct text text) {
    buffer_add_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\') buffer_add_byte(out, '\\');
        if (c < ' ' || c == 0x7F) {
            buffer_format(out, "\\u%04x", c);
        } else {
            buffer_add_byte(out, text.ptr[i]);
        }
    }
    buffer_add_byte(out, '"');
}

static void add_value(struct buffer *out, const struct value *value) {
    compose_overlay_quote(out, value_spelling(out->arena, value));
}

static void add_literal(struct buffer *out, struct text text) {
    struct value value = value_literal(out->arena, text);
    add_value(out, &value);
}

/* "name": of a mapping that has `begun` already, or begins with it. */
static void add_key(struct buffer *out, bool has_begun, struct text name) {
    buffer_add_string(out, has_begun ? ", " : "{");
    compose_overlay_quote(out, name);
    buffer_add_string(out, ": ");
}

/* Whatever the file has there is replaced. */
static void add_list(struct buffer *out, const char *key, const struct list *values, size_t first) {
    add_key(out, true, text_from(key));
    buffer_add_string(out, "!override [");
    for (size_t i = first; i < values->count; i++) {
        if (i > first) buffer_add_string(out, ", ");
        add_value(out, values->items[i]);
    }
    buffer_add_byte(out, ']');
}

/* {"platform": "linux/amd64", "build": {"platforms": !override ["linux/amd64"]: compose wants the one to be among the others. */
static void add_platforms(struct buffer *out, bool has_begun, const struct list *platforms) {
    add_key(out, has_begun, TEXT("platform"));
    add_literal(out, *(const struct text *)platforms->items[0]);
    add_key(out, true, TEXT("build"));
    add_key(out, false, TEXT("platforms"));
    buffer_add_string(out, "!override [");
    for (size_t i = 0; i < platforms->count; i++) {
        if (i > 0) buffer_add_string(out, ", ");
        add_literal(out, *(const struct text *)platforms->items[i]);
    }
    buffer_add_byte(out, ']');
}

static void add_arguments(struct buffer *out, const struct plan_image *planned) {
    bool has_begun = false;
    for (size_t i = 0; i < planned->arguments.count; i++) {
        const struct plan_argument *argument = planned->arguments.items[i];
        if (!compose_overlay_sets(planned, argument)) continue;
        if (!has_begun) add_key(out, true, TEXT("args"));
        add_key(out, has_begun, argument->name);
        if (argument->from_environment) {
            buffer_add_string(out, "null");
        } else {
            add_value(out, &argument->value);
        }
        has_begun = true;
    }
    if (has_begun) buffer_add_byte(out, '}');
}

/* What stands for an image that it is built from; false when nothing does, or the file itself says it. */
static bool find_link(struct arena *arena, const struct plan_image *planned, const struct plan_link *link,
                      struct value *out) {
    const struct plan_image *base = link->base;
    if (!base->is_built || compose_overlay_knows(planned, link)) return false;
    if (base->image->compose == planned->image->compose) {
        value_add_text(arena, out, text_concat(arena, TEXT("service:"), compose_overlay_service(base)));
        return true;
    }
    if (!plan_image_pushes(base)) return false;
    value_add_text(arena, out, TEXT("docker-image://"));
    value_add(arena, out, base->destinations.items[0]);
    return true;
}

static void add_links(struct buffer *out, const struct plan_image *planned) {
    bool has_begun = false;
    for (size_t i = 0; i < planned->links.count; i++) {
        const struct plan_link *link = planned->links.items[i];
        struct value value = {0};
        if (!find_link(out->arena, planned, link, &value)) continue;
        if (!has_begun) add_key(out, true, TEXT("additional_contexts"));
        add_key(out, has_begun, link->name);
        add_value(out, &value);
        has_begun = true;
    }
    if (has_begun) buffer_add_byte(out, '}');
}

static void add_labels(struct buffer *out, const struct plan_image *planned) {
    for (size_t i = 0; i < planned->labels.count; i++) {
        const struct compose_pair *label = planned->labels.items[i];
        if (i == 0) add_key(out, true, TEXT("labels"));
        add_key(out, i > 0, label->name);
        add_value(out, &label->value);
    }
    if (planned->labels.count > 0) buffer_add_byte(out, '}');
}

static void add_attestation(struct buffer *out, const char *key, const struct value *value) {
    if (value->pieces.count == 0) return;
    add_key(out, true, text_from(key));
    add_value(out, value);
}

/* compose keeps them at the top; the build names those that it takes. */
static void add_secrets(struct buffer *out, const struct plan_image *planned) {
    for (size_t i = 0; i < planned->secrets.count; i++) {
        if (i == 0) add_key(out, true, TEXT("secrets"));
        buffer_add_string(out, i == 0 ? "[" : ", ");
        add_literal(out, ((const struct compose_secret *)planned->secrets.items[i])->id);
    }
    if (planned->secrets.count > 0) buffer_add_byte(out, ']');
}

static void add_delivery(struct buffer *out, const struct plan_image *planned) {
    add_labels(out, planned);
    if (planned->replaces_cache) add_list(out, "cache_from", &planned->cache_from, 0);
    if (planned->sets_attestations) add_attestation(out, "provenance", &planned->provenance);
    if (planned->sets_attestations) add_attestation(out, "sbom", &planned->sbom);
    if (planned->no_cache) add_key(out, true, TEXT("no_cache"));
    if (planned->no_cache) buffer_add_string(out, "true");
    add_secrets(out, planned);
}

/* Seen from the project directory. */
static void add_settings(struct buffer *out, const struct plan_image *planned) {
    const struct image *image = planned->image;
    if (image->settings->context.node != NULL) {
        add_key(out, true, TEXT("context"));
        add_literal(out, path_relative(out->arena, image->compose->directory, image->context));
    }
    if (image->settings->target.node != NULL) {
        add_key(out, true, TEXT("target"));
        add_literal(out, image->target);
    }
}

static void end_service(struct buffer *out, const struct plan_image *planned) {
    add_settings(out, planned);
    add_arguments(out, planned);
    add_links(out, planned);
    add_delivery(out, planned);
    buffer_add_string(out, "}}");
}

static void add_service(struct buffer *out, const struct plan_image *planned) {
    const struct list *references = plan_image_references(planned);
    if (references->count > 0) {
        add_key(out, false, TEXT("image"));
        add_value(out, references->items[0]);
    }
    add_platforms(out, references->count > 0, &planned->image->platforms);
    if (references->count > 0) add_list(out, "tags", references, 1);
    /* that is a push, too */
    if (!plan_image_pushes(planned) || planned->replaces_cache) add_list(out, "cache_to", &planned->cache_to, 0);
    end_service(out, planned);
}

/* What comes along does so for the platforms of the others, and exports no cache. */
static void add_bases(struct buffer *out, const struct list *images) {
    static const struct list none;
    struct list bases = compose_overlay_bases(out->arena, images), platforms = links_platforms(out->arena, images);
    for (size_t i = 0; i < bases.count; i++) {
        const struct plan_image *base = bases.items[i];
        for (size_t j = 0; j < base->image->services.count; j++) {
            add_key(out, true, ((const struct image_service *)base->image->services.items[j])->name);
            add_platforms(out, false, &platforms);
            add_list(out, "cache_to", &none, 0);
            end_service(out, base);
        }
    }
}

static void add_top_secrets(struct buffer *out, const struct list *images, struct texts *seen) {
    for (size_t i = 0; i < images->count; i++) {
        const struct plan_image *planned = images->items[i];
        for (size_t j = 0; j < planned->secrets.count; j++) {
            const struct compose_secret *secret = planned->secrets.items[j];
            if (texts_has(seen, secret->id)) continue;
            if (seen->count == 0) buffer_add_string(out, "\nsecrets: ");
            add_key(out, seen->count > 0, secret->id);
            buffer_add_string(out, "!override ");
            add_key(out, false, TEXT("environment"));
            add_literal(out, secret->environment);
            buffer_add_byte(out, '}');
            texts_add(out->arena, seen, secret->id);
        }
    }
}

struct text compose_overlay(struct arena *arena, const struct list *images) {
    struct buffer out = buffer_in(arena);
    buffer_add_string(&out, "services: ");
    for (size_t i = 0; i < images->count; i++) {
        const struct plan_image *planned = images->items[i];
        add_key(&out, i > 0, compose_overlay_service(planned));
        add_service(&out, planned);
    }
    add_bases(&out, images);
    buffer_add_byte(&out, '}');
    struct texts secrets = {0};
    struct list bases = compose_overlay_bases(arena, images);
    add_top_secrets(&out, images, &secrets);
    add_top_secrets(&out, &bases, &secrets);
    if (secrets.count > 0) buffer_add_byte(&out, '}');
    return buffer_text(&out);
}
