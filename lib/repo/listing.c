#include "repo/listing.h"

static const char *const heads[] = {
    [PATH_FILE] = "H 100644 - 0\t",
    [PATH_EXECUTABLE] = "H 100755 - 0\t",
    [PATH_SYMLINK] = "H 120000 - 0\t",
    [PATH_SUBMODULE] = "H 160000 - 0\t",
};

void listing_add(struct buffer *buffer, enum path_kind kind, struct text path) {
    buffer_add_string(buffer, heads[kind]);
    buffer_add(buffer, path);
    buffer_add_byte(buffer, '\0');
}

static bool read_kind(struct text mode, enum path_kind *out) {
    static const struct {
        const char *mode;
        enum path_kind kind;
    } kinds[] = {
        {"100644", PATH_FILE},
        {"100755", PATH_EXECUTABLE},
        {"120000", PATH_SYMLINK},
        {"160000", PATH_SUBMODULE},
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!text_is(mode, kinds[i].mode)) continue;
        *out = kinds[i].kind;
        return true;
    }
    /* group-writable files, from times when git still recorded that */
    *out = PATH_FILE;
    return text_is(mode, "100664");
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_object(struct text hex, unsigned char out[OBJECT_ID_MAX]) {
    if (hex.len % 2 != 0 || hex.len > (size_t)2 * OBJECT_ID_MAX) return false;
    for (size_t i = 0; i < hex.len / 2; i++) {
        int high = hex_digit(hex.ptr[2 * i]), low = hex_digit(hex.ptr[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* Everything before the tab. */
static bool read_head(struct listing_cursor *cursor, struct text head, struct path_entry *entry) {
    struct text tag, mode, object;
    if (!text_next(&head, ' ', &tag) || !text_next(&head, ' ', &mode) || !text_next(&head, ' ', &object)) return false;
    if (!read_kind(mode, &entry->kind)) return false;
    entry->skip_worktree = text_is(tag, "S");
    entry->object = NULL;
    if (text_is(object, "-")) return true;
    entry->object = cursor->object;
    return read_object(object, cursor->object);
}

bool listing_next(struct listing_cursor *cursor, struct path_entry *out) {
    while (cursor->rest.len > 0) {
        struct text rest = cursor->rest, record;
        size_t tab = text_find(rest, '\t');
        if (tab == TEXT_NONE) return false;
        struct text head = text_first(rest, tab);
        rest = text_from_offset(rest, tab + 1);
        if (!text_has(rest, '\0') || !text_next(&rest, '\0', &record) || record.len == 0) return false;
        struct path_entry entry = {.path = record};
        if (!read_head(cursor, head, &entry)) return false;
        cursor->rest = rest;
        if (text_equal(cursor->previous, record)) continue;
        cursor->previous = record;
        *out = entry;
        return true;
    }
    return false;
}
