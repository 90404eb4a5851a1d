#include "docker/hcl_functions.h"

#include "base/buffer.h"
#include "base/rune.h"

#include <string.h>

#define OLD_LIMIT 100 /* bytes of what is replaced: it is looked for at each place */

static bool is_ascii(struct text text) {
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80) return false;
    return true;
}

static bool replace(struct arena *arena, const struct texts *arguments, size_t limit, struct text *out) {
    struct text text = arguments->items[0], old = arguments->items[1], new = arguments->items[2];
    struct buffer buffer = buffer_in(arena);
    if (old.len == 0 || old.len > OLD_LIMIT) return false;
    for (size_t i = 0; i < text.len;) {
        bool is_old = text.len - i >= old.len && memcmp(text.ptr + i, old.ptr, old.len) == 0;
        if (is_old) buffer_add(&buffer, new);
        if (!is_old) buffer_add_byte(&buffer, text.ptr[i]);
        i += is_old ? old.len : 1;
        if (buffer.len > limit) return false;
    }
    *out = buffer_text(&buffer);
    return true;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What a target's name does not take becomes '_', one for each character. */
static bool sanitize(struct arena *arena, const struct texts *arguments, size_t limit, struct text *out) {
    struct text text = arguments->items[0];
    struct buffer buffer = buffer_in(arena);
    if (text.len > limit) return false;
    for (size_t i = 0, len = 0; i < text.len; i += len) {
        rune_at(text, i, &len);
        char c = text.ptr[i];
        bool stays = is_letter(c) || (c >= '0' && c <= '9') || c == '-';
        buffer_add_byte(&buffer, (char)(stays ? c : '_'));
    }
    *out = buffer_text(&buffer);
    return true;
}

static bool lower(struct arena *arena, const struct texts *arguments, size_t limit, struct text *out) {
    struct text text = arguments->items[0];
    if (text.len > limit || !is_ascii(text)) return false;
    *out = text_lower(arena, text);
    return true;
}

static bool upper(struct arena *arena, const struct texts *arguments, size_t limit, struct text *out) {
    struct text text = arguments->items[0];
    struct buffer buffer = buffer_in(arena);
    if (text.len > limit || !is_ascii(text)) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        buffer_add_byte(&buffer, (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
    }
    *out = buffer_text(&buffer);
    return true;
}

static const struct function {
    const char *name;
    size_t arguments;
    bool (*call)(struct arena *arena, const struct texts *arguments, size_t limit, struct text *out);
} functions[] = {
    {"replace", 3, replace},
    {"sanitize", 1, sanitize},
    {"lower", 1, lower},
    {"upper", 1, upper},
};

static const struct function *find_function(struct text name) {
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        if (text_is(name, functions[i].name)) return &functions[i];
    return NULL;
}

size_t hcl_function_arguments(struct text name) {
    const struct function *function = find_function(name);
    return function == NULL ? 0 : function->arguments;
}

bool hcl_function_call(struct arena *arena, struct text name, const struct texts *arguments, size_t limit,
                       struct text *out) {
    const struct function *function = find_function(name);
    if (function == NULL || arguments->count != function->arguments) return false;
    if (!function->call(arena, arguments, limit, out)) return false;
    if (out->len == 0) *out = TEXT("");
    return true;
}
