#include "check.h"

#include "base/buffer.h"
#include "base/files.h"

static const struct {
    struct text text;
    bool utf8;
    const char *printable;
    const char *why;
} bytes[] = {
    {TEXT_INIT(""), true, "", "empty"},
    {TEXT_INIT("plain"), true, "plain", "ASCII"},
    {TEXT_INIT("a\0b"), true, "a?b", "NUL is UTF-8, but nothing to print"},
    {TEXT_INIT("a\tb\nc\r"), true, "a?b?c?", "line ends would forge a line of the log"},
    {TEXT_INIT("\033[31m"), true, "?[31m", "a terminal escape"},
    {TEXT_INIT("\x7F"), true, "?", "DEL"},
    {TEXT_INIT("\xC2\x80"), true, "?", "the first of C1"},
    {TEXT_INIT("\xC2\x85"), true, "?", "NEL ends a line in YAML 1.1"},
    {TEXT_INIT("\xC2\x9F"), true, "?", "the last of C1"},
    {TEXT_INIT("\xC2\xA0"), true, "\xC2\xA0", "a no-break space is text"},
    {TEXT_INIT("\xE2\x80\xA8|\xE2\x80\xA9"), true, "?|?", "Unicode line breaks"},
    {TEXT_INIT("\xE2\x80\xAA\xE2\x80\xAE"), true, "??", "bidirectional overrides reorder what is read"},
    {TEXT_INIT("\xE2\x81\xA6|\xE2\x81\xA9"), true, "?|?", "and so do isolates"},
    {TEXT_INIT("\xE2\x81\xA5|\xE2\x81\xAA"), true, "\xE2\x81\xA5|\xE2\x81\xAA", "their neighbours do not"},
    {TEXT_INIT("\xE2\x80\xA7\xE2\x80\xAF"), true, "\xE2\x80\xA7\xE2\x80\xAF", "neighbours of the above"},
    {TEXT_INIT("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\xB3"), true, "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\xB3",
     "2, 3 and 4 bytes"},
    {TEXT_INIT("\xC0\xAF"), false, "??", "overlong '/', the oldest trick"},
    {TEXT_INIT("\xC1\xBF"), false, "??", "overlong in two"},
    {TEXT_INIT("\xE0\x9F\xBF"), false, "???", "overlong in three"},
    {TEXT_INIT("\xE0\xA0\x80"), true, "\xE0\xA0\x80", "the first of three"},
    {TEXT_INIT("\xF0\x8F\xBF\xBF"), false, "????", "overlong in four"},
    {TEXT_INIT("\xF0\x90\x80\x80"), true, "\xF0\x90\x80\x80", "the first of four"},
    {TEXT_INIT("\xED\x9F\xBF"), true, "\xED\x9F\xBF", "before the surrogates"},
    {TEXT_INIT("\xED\xA0\x80"), false, "???", "a surrogate"},
    {TEXT_INIT("\xEE\x80\x80"), true, "\xEE\x80\x80", "after the surrogates"},
    {TEXT_INIT("\xF4\x8F\xBF\xBF"), true, "\xF4\x8F\xBF\xBF", "U+10FFFF, the last"},
    {TEXT_INIT("\xF4\x90\x80\x80"), false, "????", "past the last"},
    {TEXT_INIT("\xF5\x80\x80\x80"), false, "????", "no such lead byte"},
    {TEXT_INIT("\xFF\xFE"), false, "??", "a UTF-16 mark"},
    {TEXT_INIT("\x80"), false, "?", "a lone continuation"},
    {TEXT_INIT("a\xC3"), false, "a?", "cut after the lead byte"},
    {TEXT_INIT("\xE2\x82"), false, "??", "cut in the middle"},
    {TEXT_INIT("\xE2\x82x"), false, "??x", "broken off by a letter, which stays"},
    {TEXT_INIT("\xF0\x9F\x90\xC3\xA9"), false, "???\xC3\xA9", "broken off by a whole character, which stays"},
};

static void test_bytes(struct arena *arena) {
    for (size_t i = 0; i < sizeof(bytes) / sizeof(*bytes); i++) {
        CHECK(text_is_utf8(bytes[i].text) == bytes[i].utf8, "%s", bytes[i].why);
        struct text printable = text_printable(arena, bytes[i].text);
        CHECK_TEXT(printable, bytes[i].printable, bytes[i].why);
        CHECK(text_is_utf8(printable), "what is printable is UTF-8: %s", bytes[i].why);
        CHECK_TEXT(text_printable(arena, printable), bytes[i].printable, "once is enough");
    }
}

/* Every sequence of up to three bytes: the decoder written the other way round, from the code point. */
static bool is_one_character(const unsigned char *p, size_t len) {
    static const unsigned least[] = {0, 0, 0x80, 0x800};
    unsigned code = len == 1 ? p[0] : len == 2 ? p[0] & 0x1Fu : p[0] & 0x0Fu;
    static const unsigned char mask[] = {0, 0x80, 0xE0, 0xF0}, mark[] = {0, 0, 0xC0, 0xE0};
    if ((p[0] & mask[len]) != mark[len]) return false;
    for (size_t i = 1; i < len; i++) {
        if (p[i] >> 6 != 2) return false;
        code = code << 6 | (p[i] & 0x3Fu);
    }
    return code >= least[len] && !(code >= 0xD800 && code < 0xE000);
}

static bool is_utf8(const unsigned char *p, size_t len) {
    if (len == 0) return true;
    for (size_t first = 1; first <= len; first++)
        if (is_one_character(p, first) && is_utf8(p + first, len - first)) return true;
    return false;
}

static void test_all_short(void) {
    unsigned wrong = 0;
    for (unsigned code = 0; code < 0x1000000; code++) {
        unsigned char p[3] = {(unsigned char)(code >> 16), (unsigned char)(code >> 8), (unsigned char)code};
        if (p[0] < 0xC0 && (code & 0xFFFF) > 0x300) continue; /* starts with a character of one byte: seen before */
        wrong += text_is_utf8(text_of((const char *)p, 3)) != is_utf8(p, 3);
    }
    CHECK(wrong == 0, "%u sequences of three bytes", wrong);
}

static const struct {
    const char *a, *b;
    int order;
    bool equal_ignoring_case;
} pairs[] = {
    {"", "", 0, true},
    {"", "a", -1, false},
    {"a", "b", -1, false},
    {"a", "A", 1, true},
    {"a", "ab", -1, false},
    {"[", "{", -1, false},
    /* 32 apart, but no letters */ {"@", "`", -1, false},
    {"\xC3\x84", "\xC3\xA4", -1, false},
    /* ASCII only */ {"z", "\x80", -1, false}, /* bytes are unsigned */
};

static void test_compare(void) {
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        struct text a = text_from(pairs[i].a), b = text_from(pairs[i].b);
        int there = text_compare(a, b), back = text_compare(b, a);
        CHECK((there > 0) - (there < 0) == pairs[i].order, "<%s> <%s>", pairs[i].a, pairs[i].b);
        CHECK((back > 0) - (back < 0) == -pairs[i].order, "<%s> <%s>", pairs[i].b, pairs[i].a);
        CHECK(text_equal(a, b) == (pairs[i].order == 0), "<%s> <%s>", pairs[i].a, pairs[i].b);
        CHECK(text_equal_ignoring_case(a, b) == pairs[i].equal_ignoring_case, "<%s> <%s>", pairs[i].a, pairs[i].b);
    }
    CHECK(text_equal((struct text){0}, TEXT("")), "absent and empty hold the same bytes");
    CHECK(!text_equal(TEXT("a\0b"), TEXT("a\0c")), "a NUL ends nothing");
    CHECK(text_hash(TEXT("a\0b")) != text_hash(TEXT("a\0c")), "nor does it for the hash");
}

static void test_find(void) {
    struct text text = TEXT("a/b\0/c");
    CHECK(text_find(text, '/') == 1 && text_find_last(text, '/') == 4, "both ends");
    CHECK(text_find(text, '\0') == 3, "NUL is a byte");
    CHECK(text_find(text, 'x') == TEXT_NONE && text_find_last(text, 'x') == TEXT_NONE, "none");
    CHECK(text_find((struct text){0}, 'x') == TEXT_NONE && text_find_last((struct text){0}, 'x') == TEXT_NONE,
          "absent");
    CHECK(text_has(text, 'c') && !text_has(text, 'd'), "has");
    CHECK(text_contains(text, TEXT("b\0/")) && !text_contains(text, TEXT("b/")), "a part with a NUL");
    CHECK(text_contains(TEXT(""), TEXT("")) && !text_contains(TEXT(""), TEXT("a")), "the empty part is in everything");
    CHECK(text_starts(TEXT("ab"), "ab") && text_starts(TEXT("ab"), "") && !text_starts(TEXT("a"), "ab"), "starts");
    CHECK(text_ends(TEXT("ab"), "ab") && text_ends(TEXT("ab"), "") && !text_ends(TEXT("b"), "ab"), "ends");
    CHECK(text_starts((struct text){0}, "") && text_ends((struct text){0}, ""), "the absent text too");
}

static const struct {
    struct text text;
    const char *trimmed, *right;
} trims[] = {
    {TEXT_INIT(" \t\v\f\r\na b\n"), "a b", " \t\v\f\r\na b"},
    {TEXT_INIT("\n\n"), "", ""},
    {TEXT_INIT(""), "", ""},
    {TEXT_INIT("\xC2\xA0x"), "\xC2\xA0x", "\xC2\xA0x"}, /* ASCII white space only */
    {TEXT_INIT("a\n\n"), "a", "a"},
};

static void test_parts(struct arena *arena) {
    for (size_t i = 0; i < sizeof(trims) / sizeof(*trims); i++) {
        CHECK_TEXT(text_trim(trims[i].text), trims[i].trimmed, "trim");
        CHECK_TEXT(text_trim_right(trims[i].text, "\n"), trims[i].right, "trim right");
    }
    CHECK(text_trim_right(TEXT("a\0"), "\n").len == 2, "NUL is not in a set of bytes");
    CHECK(!text_is_given(text_from_offset((struct text){0}, 5)), "a part of the absent text is absent");
    CHECK_TEXT(text_from_offset(TEXT("abc"), 9), "", "the offset is clamped");
    CHECK_TEXT(text_first(TEXT("abc"), 9), "abc", "the length is clamped");
    CHECK_TEXT(text_lower(arena, TEXT("AZ[\xC3\x84")), "az[\xC3\x84", "only ASCII letters have small ones");
    CHECK_TEXT(text_format(arena, "%s-%d", "a", 7), "a-7", "format");
    CHECK_TEXT(text_concat(arena, (struct text){0}, TEXT("b")), "b", "an absent part adds nothing");
    CHECK(strcmp(text_string(arena, (struct text){0}), "") == 0, "a C string of nothing");
    CHECK(!text_is_given(text_copy(arena, (struct text){0})), "a copy of the absent text is absent");
    CHECK(text_is_given(text_copy(arena, TEXT(""))), "and one of the empty text is empty");
}

static const struct {
    const char *text;
    const char *parts; /* each with '|' after it */
} splits[] = {
    {"a,b", "a|b|"}, {"a", "a|"}, {"", "|"}, {",", "||"}, {",a,", "|a||"},
};

static void test_next(struct arena *arena) {
    for (size_t i = 0; i < sizeof(splits) / sizeof(*splits); i++) {
        struct buffer got = buffer_in(arena);
        struct text rest = text_from(splits[i].text), part;
        while (text_next(&rest, ',', &part)) {
            buffer_add(&got, part);
            buffer_add_byte(&got, '|');
        }
        CHECK_TEXT(buffer_text(&got), splits[i].parts, splits[i].text);
    }
    struct text rest = {0}, part;
    CHECK(!text_next(&rest, ',', &part), "the absent text has no parts");
}

static void test_buffer(struct arena *arena) {
    struct buffer buffer = buffer_in(arena);
    CHECK(text_is_given(buffer_text(&buffer)), "an empty buffer is an empty text");
    for (unsigned i = 0; i < 100000; i++)
        buffer_format(&buffer, "%u,", i % 10);
    buffer_add_repeated(&buffer, 'x', 70000);
    buffer_add_repeated(&buffer, 'x', 0);
    buffer_add_string(&buffer, NULL);
    struct text text = buffer_text(&buffer);
    bool same = text.len == 270000;
    for (size_t i = 0; same && i < 200000; i++)
        same = text.ptr[i] == (i % 2 == 1 ? ',' : (char)('0' + i / 2 % 10));
    CHECK(same && text.ptr[200000] == 'x' && text.ptr[269999] == 'x', "every byte is where it was put");
}

static const struct {
    enum files_status status;
    size_t limit;
    const char *words;
} reasons[] = {
    {FILES_OK, 0, "was read"},
    {FILES_MISSING, 0, "does not exist"},
    {FILES_TOO_LARGE, 1024 * 1024, "is larger than 1 MiB, the most that is read"},
    {FILES_TOO_LARGE, 64 * 1024, "is larger than 64 KiB, the most that is read"},
    {FILES_NOT_REGULAR, 0, "is not a regular file"},
    {FILES_OUTSIDE, 0, "is a symbolic link that leaves the repository or never ends"},
    {FILES_UNREADABLE, 0, "cannot be read"},
};

static void test_files(struct arena *arena) {
    for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
        CHECK_TEXT(files_reason(arena, reasons[i].status, reasons[i].limit), reasons[i].words, "a reason");
    struct files_memory memory;
    const struct source *source = NULL;
    files_memory_init(&memory);
    files_memory_add(&memory, arena, TEXT("a"), TEXT("12345"));
    CHECK(files_read(&memory.files, arena, TEXT("b"), 10, &source) == FILES_MISSING, "not there");
    CHECK(files_read(&memory.files, arena, TEXT("a"), 4, &source) == FILES_TOO_LARGE && source == NULL, "untouched");
    CHECK(files_read(&memory.files, arena, TEXT("a"), 5, &source) == FILES_OK && source != NULL, "just fits");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_bytes(&arena);
    test_all_short();
    test_compare();
    test_find();
    test_parts(&arena);
    test_next(&arena);
    test_buffer(&arena);
    test_files(&arena);
    arena_finish(&arena);
    return check_done("text");
}
