#include "check.h"

#include "base/buffer.h"
#include "repo/changes.h"

#define OLD "1111111111111111111111111111111111111111"
#define NEW "2222222222222222222222222222222222222222"
#define NONE "0000000000000000000000000000000000000000"
#define RECORD(modes, ids, status, path) ":" modes " " ids " " status "\0" path "\0"

/* Texts with NULs in them. */
#define BYTES(literal)                                                                                                 \
    { "" literal, sizeof(literal) - 1 }

static const struct {
    struct text raw;
    const char *expected; /* status and path of each, in the order that is kept; NULL: refused */
    const char *why;
} rows[] = {
    {BYTES(""), "", "nothing changed"},
    {BYTES(RECORD("100644 100644", OLD " " NEW, "M", "a/b")), "Ma/b ", "one"},
    {BYTES(RECORD("000000 100644", NONE " " NEW, "A", "x\ny")), "Ax\ny ", "any byte but NUL"},
    {BYTES(RECORD("100644 000000", OLD " " NONE, "D", "b") RECORD("100644 120000", OLD " " NEW, "T", "a")), "Ma Db ",
     "sorted; a change of kind is a change"},
    {BYTES(RECORD("100644 100644", OLD " " NEW, "M", "a") RECORD("100644 100644", OLD " " NEW, "M", "a")), "Ma ",
     "each once"},
    {BYTES(":100644 100644 " OLD " " NEW " M\0a"), NULL, "cut"},
    {BYTES("100644 100644 " OLD " " NEW " M\0a\0"), NULL, "no colon"},
    {BYTES(RECORD("100644 100644", OLD, "M", "a")), NULL, "a word too few"},
    {BYTES(RECORD("100644 100644", OLD " " NEW, "M", "")), NULL, "no path"},
};

static struct text shown(struct arena *arena, const struct changes *changes) {
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < changes->count; i++) {
        static const char letters[] = {
            [CHANGE_ADDED] = 'A', [CHANGE_DELETED] = 'D', [CHANGE_MODIFIED] = 'M', [CHANGE_GIVEN] = 'G'};
        buffer_add_byte(&buffer, letters[changes->items[i].status]);
        buffer_add(&buffer, changes->items[i].path);
        buffer_add_byte(&buffer, ' ');
    }
    return buffer.len == 0 ? TEXT("") : buffer_text(&buffer);
}

static void check_raw(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct changes changes = {0};
        bool ok = changes_parse(arena, rows[i].raw, &changes);
        CHECK(ok == (rows[i].expected != NULL), "%s", rows[i].why);
        if (ok && rows[i].expected != NULL) CHECK_TEXT(shown(arena, &changes), rows[i].expected, rows[i].why);
    }
    struct changes changes;
    struct text raw =
        BYTES(RECORD("160000 120000", OLD " " NEW, "T", "sub") RECORD("000000 100755", NONE " " NEW, "A", "x"));
    CHECK(changes_parse(arena, raw, &changes), "kinds");
    CHECK(changes.items[0].old_kind == PATH_SUBMODULE && changes.items[0].new_kind == PATH_SYMLINK, "of both sides");
    CHECK_TEXT(changes.items[0].old_object, OLD, "the old blob");
    CHECK(!text_is_given(changes.items[1].old_object) && changes.items[1].new_kind == PATH_EXECUTABLE,
          "none of what is new");
}

static void check_names(struct arena *arena) {
    static const struct {
        struct text names;
        const char *expected;
    } lists[] = {
        {BYTES("b\na\n"), "Ga Gb "},
        {BYTES("a\r\nb c\n"), "Ga Gb c "},
        {BYTES("a\nb\0c\r\0"), "Ga\nb Gc\r "},
        {BYTES("./a//b\n\n"), "Ga/b "},
        {BYTES("a"), "Ga "},
        {BYTES(""), ""},
    };
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        struct changes changes;
        changes_parse_names(arena, lists[i].names, &changes);
        CHECK_TEXT(shown(arena, &changes), lists[i].expected, "names");
    }
}

static void check_questions(struct arena *arena) {
    struct changes changes;
    changes_parse_names(arena, TEXT("a.b\na/b\nz\n"), &changes);
    CHECK(changes_find(&changes, TEXT("a/b")) == &changes.items[1], "found");
    CHECK(changes_find(&changes, TEXT("a")) == NULL, "a directory is no change");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    check_raw(&arena);
    check_names(&arena);
    check_questions(&arena);
    arena_finish(&arena);
    return check_done("changes");
}
