/* Rows follow buildkite/interpolate parser.go; tests/e2e/interpolate.test.mjs compares with the agent itself. */
#include "check.h"

#include "base/buffer.h"
#include "pipeline/interpolation.h"

#define NEVER "${DEPOT_PIPELINE_NEVER_SET:-\\}"

static const struct {
    const char *text, *escaped, *why;
} rows[] = {
    {"", "", "nothing"},
    {"plain \\ text", "plain \\ text", "a backslash alone is nothing to the agent"},
    {"$", "$$", "one dollar"},
    {"$$", "$$$$", "two"},
    {"a$b$", "a$$b$$", "in a text"},
    {"${X:-y}", "$${X:-y}", "an expansion of the shell"},
    {"\\$", NEVER "$$", "a backslash would be taken for the agent's escape"},
    {"\\\\$", "\\\\$$", "an even run is none"},
    {"\\\\\\$", "\\\\" NEVER "$$", "an odd one is"},
    {"\\$\\$", NEVER "$$" NEVER "$$", "twice"},
    {"\\$$", NEVER "$$$$", "the second dollar has no backslash before it"},
    {"$\\", "$$\\", "a backslash behind it"},
    {"\\$x\\", NEVER "$$x\\", "and text after it"},
};

static const struct {
    const char *text;
    bool escaped;
} others[] = {
    {"$", false},       {"$$$", false},
    {"$x", false},      {"${X}", false},
    {"\\$$", false},    {"\\$", false},
    {"$$", true},       {"$$$$", true},
    {NEVER "$$", true}, {"\\" NEVER, false},
    {NEVER, true},      {"", true},
    {"\\", true},       {"${DEPOT_PIPELINE_NEVER_SET:-x}", false},
};

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct text escaped = interpolation_escape(arena, text_from(rows[i].text));
        CHECK_TEXT(escaped, rows[i].escaped, rows[i].why);
        CHECK(interpolation_is_escaped(escaped), "%s", rows[i].why);
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        CHECK(interpolation_is_escaped(text_from(others[i].text)) == others[i].escaped, "<%s>", others[i].text);
    struct text plain = TEXT("plain");
    CHECK(interpolation_escape(arena, plain).ptr == plain.ptr, "no copy without a dollar");
}

/* What the agent does, for the forms that interpolation_escape writes; false at anything else. */
static bool interpolate(struct text text, struct buffer *out) {
    for (size_t i = 0; i < text.len; i++) {
        struct text rest = text_from_offset(text, i);
        if (text_starts(rest, "\\$")) return false;
        if (text_starts(rest, "\\\\")) {
            buffer_add(out, text_first(rest, 2)); /* the agent keeps both */
            i++;
        } else if (text_starts(rest, "$$")) {
            buffer_add_byte(out, '$');
            i++;
        } else if (text_starts(rest, NEVER)) {
            buffer_add_byte(out, '\\');
            i += sizeof(NEVER) - 2;
        } else if (rest.ptr[0] == '$') {
            return false;
        } else {
            buffer_add_byte(out, rest.ptr[0]);
        }
    }
    return true;
}

/* Every text of up to nine of these four bytes comes back. */
static void test_all(struct arena *arena) {
    static const char bytes[] = "$\\{x";
    for (size_t len = 0; len <= 9; len++)
        for (unsigned code = 0; code < 1u << 2 * len; code++) {
            struct arena_mark mark = arena_mark(arena);
            char text[9];
            for (size_t k = 0; k < len; k++)
                text[k] = bytes[code >> 2 * k & 3];
            struct text escaped = interpolation_escape(arena, text_of(text, len));
            struct buffer back = buffer_in(arena);
            bool ok = interpolate(escaped, &back) && text_equal(buffer_text(&back), text_of(text, len));
            CHECK(ok && interpolation_is_escaped(escaped), "<%.*s>", (int)len, text);
            arena_release(arena, mark);
        }
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_all(&arena);
    arena_finish(&arena);
    return check_done("interpolation");
}
