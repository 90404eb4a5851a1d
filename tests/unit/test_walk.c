#include "repo/walk.h"
#include "scratch.h"

#include "repo/listing.h"

#include <fcntl.h>

static const struct row {
    const char *name;
    const char *commands;
    const char *expected;
} rows[] = {
    {"empty", "true", ""},
    {"byte order of full paths", "mkdir a && touch a.c a0 a/x a/y 'a b' Z", "Z|a b|a.c|a/x|a/y|a0|"},
    {"nested", "mkdir -p a/b a/b-c && touch a/b/f a/b-c/f a/b.txt", "a/b-c/f|a/b.txt|a/b/f|"},
    {"git is left out", "mkdir .git sub && touch .git/HEAD sub/.git sub/f .gitignore", ".gitignore|sub/f|"},
    {"links are not followed", "mkdir d && touch d/f && ln -s d l && ln -s / root && ln -s l l2", "d/f|l@|l2@|root@|"},
    {"neither FIFOs nor sockets", "mkfifo p && touch f", "f|"},
    {"odd names", "touch -- -x '*' '\\' \"$(printf '\\377')\"", "*|-x|\\|\xff|"},
    {"empty directories", "mkdir -p a/b/c", ""},
};

static struct text show(struct arena *arena, struct text listing) {
    struct buffer out = buffer_in(arena);
    struct listing_cursor cursor = {.rest = listing};
    struct path_entry entry;
    while (listing_next(&cursor, &entry)) {
        buffer_add(&out, entry.path);
        if (entry.kind == PATH_SYMLINK) buffer_add_byte(&out, '@');
        buffer_add_byte(&out, '|');
        CHECK(entry.object == NULL && !entry.skip_worktree, "a walk knows no objects");
    }
    CHECK(cursor.rest.len == 0, "the listing is well-formed");
    return buffer_text(&out);
}

static struct text walk(struct arena *arena, struct diagnostics *diagnostics) {
    int fd = open("r", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct text listing = walk_list(arena, fd, diagnostics);
    close(fd);
    return listing;
}

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        char command[1000];
        snprintf(command, sizeof(command), "rm -rf r && mkdir r && cd r && %s", rows[i].commands);
        CHECK(sh(command), "%s", rows[i].name);
        CHECK_TEXT(show(arena, walk(arena, &diagnostics)), rows[i].expected, rows[i].name);
        CHECK(diagnostics.list.count == 0, "%s", rows[i].name);
    }
}

static void test_depth(struct arena *arena) {
    struct diagnostics diagnostics = diag_in(arena);
    CHECK(sh("rm -rf r && mkdir r && cd r && p=$(printf 'd/%.0s' $(seq 100)) && mkdir -p $p/e && touch ${p}seen "
             "$p/e/not"),
          "deep");
    struct listing_cursor cursor = {.rest = walk(arena, &diagnostics)};
    struct path_entry entry;
    CHECK(listing_next(&cursor, &entry) && text_ends(entry.path, "d/seen"), "level 100 is read");
    CHECK(!listing_next(&cursor, &entry), "level 101 is not");
    CHECK(count_rule(&diagnostics, "walk-limit") == 1, "and that is said");
}

static void test_unreadable(struct arena *arena) {
    struct diagnostics diagnostics = diag_in(arena);
    if (geteuid() == 0) return; /* root reads everything */
    CHECK(sh("rm -rf r && mkdir -p r/a r/b && touch r/a/f r/b/f && chmod 0 r/a"), "unreadable");
    CHECK_TEXT(show(arena, walk(arena, &diagnostics)), "b/f|", "the rest is read");
    CHECK(count_rule(&diagnostics, "unreadable-directory") == 1, "reported");
    const struct diagnostic *diagnostic = diagnostics.list.items[0];
    CHECK_TEXT(diagnostic->place.source->path, "a", "with its path");
    CHECK(sh("chmod 755 r/a"), "back");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    scratch_begin();
    test_rows(&arena);
    test_depth(&arena);
    test_unreadable(&arena);
    scratch_end();
    arena_finish(&arena);
    return check_done("walk");
}
