#include "report/settings_keys.h"

#include "base/map.h"
#include "model/settings.h"
#include "report/wrap.h"

#define HELP_COLUMN 26

struct keys {
    struct buffer *buffer;
    struct map seen; /* of tables and fields, by the bytes of their address */
    size_t width;
};

/* False when it was there before. */
static bool note(struct keys *keys, const void *address) {
    struct text bytes = text_copy(keys->buffer->arena, text_of((const char *)&address, sizeof(address)));
    if (map_has(&keys->seen, bytes)) return false;
    map_set(keys->buffer->arena, &keys->seen, bytes, keys);
    return true;
}

static size_t longest_word(struct text text) {
    struct text word;
    size_t longest = 0;
    while (text.len > 0 && text_next(&text, ' ', &word))
        if (word.len > longest) longest = word.len;
    return longest;
}

/* A word that has no room in the column stands below the key. */
static void write_field(struct keys *keys, const struct record_field *field, size_t depth) {
    size_t indent = 2 + 2 * depth, used = indent + strlen(field->key), column = HELP_COLUMN;
    if (longest_word(text_from(field->help)) + HELP_COLUMN > keys->width) column = 4;
    buffer_add_repeated(keys->buffer, ' ', indent);
    buffer_add_string(keys->buffer, field->key);
    if (used + 2 > column) {
        buffer_add_byte(keys->buffer, '\n');
        used = 0;
    }
    buffer_add_repeated(keys->buffer, ' ', column - used);
    wrap_add(keys->buffer, text_from(field->help), column, column, keys->width);
}

static void write_table(struct keys *keys, const struct record_table *table, size_t depth) {
    if (!note(keys, table)) return;
    for (size_t i = 0; i < table->count; i++) {
        const struct record_field *field = &table->fields[i];
        bool is_inline = field->type == &record_inline;
        if (field->key == NULL && !is_inline) continue; /* keys of somebody else's */
        if (!is_inline) write_field(keys, field, depth);
        if (field->table != NULL) write_table(keys, field->table, depth + !is_inline);
    }
}

void settings_keys_write(struct buffer *buffer, size_t width) {
    struct keys keys = {.buffer = buffer, .width = width};
    write_table(&keys, &settings_table, 0);
}
