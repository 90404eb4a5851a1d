#include "pipeline/secrets.h"

#include "base/buffer.h"
#include "base/variables.h"
#include "pipeline/interpolation.h"

#include <string.h>

/* What a string of Go needs escaped and a variable may hold. */
static struct text quote(struct arena *arena, struct text value) {
    static const char *const plain = "\a\b\f\n\r\t\v\\\"", *const letters = "abfnrtv\\\"";
    struct buffer quoted = buffer_in(arena);
    for (size_t i = 0; i < value.len; i++) {
        const char *found = strchr(plain, value.ptr[i]);
        unsigned char c = (unsigned char)value.ptr[i];
        if (found != NULL) {
            buffer_format(&quoted, "\\%c", letters[found - plain]);
        } else if (c < 0x20 || c == 0x7F) {
            buffer_format(&quoted, "\\x%02x", c);
        } else {
            buffer_add_byte(&quoted, value.ptr[i]);
        }
    }
    return buffer_text(&quoted);
}

static void read_one(struct arena *arena, struct text entry, bool interpolates, struct list *out) {
    size_t at = text_find(entry, '=');
    if (at == TEXT_NONE) return;
    struct text name = text_first(entry, at), value = text_from_offset(entry, at + 1);
    if (value.len < SECRETS_SHORTEST || !variables_is_redacted_name(name)) return;
    struct secret *secret = arena_alloc(arena, sizeof(*secret));
    *secret = (struct secret){.name = name,
                              .value = interpolates ? interpolation_escape(arena, value) : value,
                              .plain = value,
                              .quoted = quote(arena, value)};
    list_add(arena, out, secret);
}

void secrets_read(struct arena *arena, const char *const *environment, bool interpolates, struct list *out) {
    for (size_t i = 0; environment[i] != NULL; i++)
        read_one(arena, text_from(environment[i]), interpolates, out);
}

const struct secret *secrets_find(const struct list *secrets, struct text text) {
    for (size_t i = 0; i < secrets->count; i++) {
        const struct secret *secret = secrets->items[i];
        if (text_contains(text, secret->value) || text_contains(text, secret->quoted)) return secret;
    }
    return NULL;
}

const struct node *secrets_origin(const struct node *settings, const struct secret *secret) {
    if (settings == NULL) return NULL;
    if (node_is_scalar(settings)) return text_contains(settings->text, secret->plain) ? settings : NULL;
    for (size_t i = 0; i < settings->count; i++) {
        bool is_mapping = settings->kind == NODE_MAPPING;
        const struct node *found = secrets_origin(is_mapping ? node_value(settings, i) : settings->items[i], secret);
        if (found == NULL && is_mapping) found = secrets_origin(node_key(settings, i), secret);
        if (found != NULL) return found;
    }
    return NULL;
}
