#include "pipeline/secrets.h"

#include "base/variables.h"
#include "pipeline/interpolation.h"

static void read_one(struct arena *arena, struct text entry, bool interpolates, struct list *out) {
    size_t at = text_find(entry, '=');
    if (at == TEXT_NONE) return;
    struct text name = text_first(entry, at), value = text_from_offset(entry, at + 1);
    if (value.len < SECRETS_SHORTEST || !variables_is_redacted_name(name)) return;
    struct secret *secret = arena_alloc(arena, sizeof(*secret));
    *secret = (struct secret){.name = name, .value = interpolates ? interpolation_escape(arena, value) : value};
    list_add(arena, out, secret);
}

void secrets_read(struct arena *arena, const char *const *environment, bool interpolates, struct list *out) {
    for (size_t i = 0; environment[i] != NULL; i++)
        read_one(arena, text_from(environment[i]), interpolates, out);
}

const struct secret *secrets_find(const struct list *secrets, struct text text) {
    for (size_t i = 0; i < secrets->count; i++) {
        const struct secret *secret = secrets->items[i];
        if (text_contains(text, secret->value)) return secret;
    }
    return NULL;
}
