/* Rows follow frontend/dockerfile/shell/lex.go; each expectation was also asked of BuildKit's own lexer. */
#include "base/buffer.h"
#include "check.h"
#include "docker/expand.h"

/* x=abc/ab.c  y="a b"  e=""  later is unknown; nothing else is set. */
static enum expand_state find(const void *self, struct text name, struct text *out) {
    (void)self;
    if (text_is(name, "later")) return EXPAND_UNKNOWN;
    *out = text_is(name, "x") ? TEXT("abc/ab.c") : text_is(name, "y") ? TEXT("a b") : TEXT("");
    return text_is(name, "x") || text_is(name, "y") || text_is(name, "e") ? EXPAND_SET : EXPAND_UNSET;
}

static const struct expand_scope scope = {.find = find};

static const struct {
    const char *word, *expected, *error; /* error: the failure is expected, and these are its words */
} words[] = {
    {"", "", NULL},
    {"plain", "plain", NULL},
    {"$x", "abc/ab.c", NULL},
    {"${x}", "abc/ab.c", NULL},
    {"a$x.b", "aabc/ab.c.b", NULL},
    {"$xy", "", NULL}, /* the longest name, not the one that is set */
    {"$x_", "", NULL},
    {"$", "$", NULL},
    {"a$/b", "a$/b", NULL}, /* no name begins here */
    {"$12a", "a", NULL},    /* a run of digits is a name */
    {"$?x", "x", NULL},     /* so is one special character */
    {"\\$x", "$x", NULL},
    {"'$x'", "$x", NULL},
    {"\"$x\"", "abc/ab.c", NULL},
    {"\"\\$x\"", "$x", NULL},
    {"\"a\\b\"", "a\\b", NULL}, /* in double quotes the escape is for \" $ and itself only */
    {"a\\b", "ab", NULL},
    {"a\\", "a", NULL}, /* an escape at the end is dropped */
    {"'a\"b'\"c'd\"", "a\"bc'd", NULL},
    {"a b", "a b", NULL}, /* one word: white space stays */
    {"<<a", "<<a", NULL},
    {"${x:-d}", "abc/ab.c", NULL},
    {"${u:-d}", "d", NULL},
    {"${u-d}", "d", NULL},
    {"${e:-d}", "d", NULL},
    {"${e-d}", "", NULL}, /* set, though empty */
    {"${u:+d}", "", NULL},
    {"${x:+d}", "d", NULL},
    {"${e+d}", "d", NULL},
    {"${e:+d}", "", NULL},
    {"${u:-$x}", "abc/ab.c", NULL},
    {"${u:-${v:-w}}", "w", NULL},
    {"${u:-'a}b'}", "a}b", NULL},
    {"${u:-\\}}", "}", NULL},
    {"${x:?no}", "abc/ab.c", NULL},
    {"${x#a}", "bc/ab.c", NULL},
    {"${x#*b}", "c/ab.c", NULL},
    {"${x##*b}", ".c", NULL},
    {"${x%c}", "abc/ab.", NULL},
    {"${x%b*}", "abc/a", NULL},
    {"${x%%b*}", "a", NULL},
    {"${x#?b}", "c/ab.c", NULL},
    {"${x#q}", "abc/ab.c", NULL},
    {"${x#*\\/}", "ab.c", NULL},
    {"${x%%.*}", "abc/ab", NULL},
    {"${x/b/-}", "a-c/ab.c", NULL},
    {"${x//b/-}", "a-c/a-.c", NULL},
    {"${x//a?/_}", "_c/_.c", NULL},
    {"${x/*b/_}", "_.c", NULL}, /* a star takes as much as it can */
    {"${x//*/_}", "_", NULL},   /* the empty match after all of it is not replaced again */
    {"${y// /}", "ab", NULL},
    {"${u/a/b}", "", NULL},
    {"\xEF\xBB\xBF"
     "a",
     "a", NULL},                                      /* Go's scanner drops a byte order mark at the front */
    {"a\xFF", "a\xEF\xBF\xBD", NULL},                 /* malformed UTF-8 becomes U+FFFD */
    {"$x\xE2\x80\x94", "abc/ab.c\xE2\x80\x94", NULL}, /* a dash is no letter */
    {"$x\xC3\xA9", "", NULL},                         /* é is one, and so part of the name */
    {"${", NULL, "syntax error: missing '}'"},
    {"${}", NULL, "syntax error: bad substitution"},
    {"${:-a}", NULL, "syntax error: bad substitution"},
    {"${{x}}", NULL, "syntax error: bad substitution"}, /* a template that was not rendered */
    {"${x", NULL, "unsupported modifier (?) in substitution"},
    {"${docker.base}", NULL, "unsupported modifier (.) in substitution"}, /* Maven's way */
    {"${x:=d}", NULL, "unsupported modifier (:=) in substitution"},
    {"${x:#d}", NULL, "unsupported modifier (:#) in substitution"},
    {"${x:-d", NULL, "syntax error: missing '}'"},
    {"${x/a}", NULL, "syntax error: missing '/' in ${}"},
    {"${u:?}", NULL, "u: is not allowed to be unset"},
    {"${e:?}", NULL, "e: is not allowed to be empty"},
    {"${u?give it}", NULL, "u: give it"},
    {"'a", NULL, "unexpected end of statement while looking for matching single-quote"},
    {"\"a", NULL, "unexpected end of statement while looking for matching double-quote"},
};

static const struct {
    const char *line, *expected[4];
} splits[] = {
    {"a b", {"a", "b"}},
    {"  a\t b ", {"a", "b"}},
    {"'a b' c", {"a b", "c"}},
    {"$y", {"a", "b"}},  /* an unquoted expansion is split */
    {"\"$y\"", {"a b"}}, /* a quoted one is not */
    {"a\\ b", {"a b"}},
    {"'' a", {"a"}},               /* an empty word vanishes */
    {"x << EOF", {"x", "<< EOF"}}, /* blanks after `<<` belong to the word */
    {"ab${u:-c}", {"c"}},          /* BuildKit loses what stood before a nested word */
};

static void test_words(struct arena *arena) {
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct expand_result got = expand_word(arena, text_from(words[i].word), '\\', scope);
        CHECK((got.failure != EXPAND_FINE) == (words[i].error != NULL), "%s", words[i].word);
        if (words[i].error != NULL) CHECK_TEXT(text_from(got.error), words[i].error, words[i].word);
        if (words[i].error == NULL) CHECK_TEXT(got.text, words[i].expected, words[i].word);
    }
}

static void test_splits(struct arena *arena) {
    for (size_t i = 0; i < sizeof(splits) / sizeof(splits[0]); i++) {
        struct texts got = {0};
        CHECK(expand_words(arena, text_from(splits[i].line), '\\', 0, scope, &got) == NULL, "%s", splits[i].line);
        for (size_t j = 0; j < got.count; j++)
            CHECK_TEXT(got.items[j], splits[i].expected[j] == NULL ? "(nothing)" : splits[i].expected[j],
                       splits[i].line);
        CHECK(got.count < 4 && splits[i].expected[got.count] == NULL, "%s: %zu words", splits[i].line, got.count);
    }
}

/* What is not known marks the result, and only where the result depends on it. */
static void test_marks(struct arena *arena) {
    static const struct {
        const char *word;
        bool unset, unknown;
        enum expand_failure failure;
    } rows[] = {
        {"$x", false, false, EXPAND_FINE},          {"$u", true, false, EXPAND_FINE},
        {"${u:-d}", false, false, EXPAND_FINE},     {"$later", false, true, EXPAND_FINE},
        {"${later:-d}", false, true, EXPAND_FINE},  {"${later:?}", false, true, EXPAND_FINE},
        {"${later#a}", false, true, EXPAND_FINE},   {"${u#a}", true, false, EXPAND_FINE},
        {"${u:-$later}", false, true, EXPAND_FINE}, {"${u:?}", false, false, EXPAND_REQUIRED},
        {"${u.a}", false, false, EXPAND_SYNTAX},    {"'$later'", false, false, EXPAND_FINE},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct expand_result got = expand_word(arena, text_from(rows[i].word), '\\', scope);
        CHECK(got.unset == rows[i].unset, "%s: unset", rows[i].word);
        CHECK(got.unknown == rows[i].unknown, "%s: unknown", rows[i].word);
        CHECK(got.failure == rows[i].failure, "%s: failure %d", rows[i].word, got.failure);
    }
}

static void test_escape(struct arena *arena) {
    CHECK_TEXT(expand_word(arena, TEXT("c:\\a`$x"), '`', scope).text, "c:\\a$x", "backtick");
}

/* Hostile words: deep nesting, and a pattern that would be quadratic. */
static void test_limits(struct arena *arena) {
    struct buffer nested = buffer_in(arena), many = buffer_in(arena);
    for (size_t i = 0; i < 5000; i++)
        buffer_add_string(&nested, "${u:-");
    CHECK(expand_word(arena, buffer_text(&nested), '\\', scope).failure == EXPAND_LIMIT, "nesting");
    size_t work = 1000;
    struct expand_scope poor = {.find = find, .work = &work};
    for (size_t i = 0; i < 1000; i++)
        buffer_add_string(&many, "${x}");
    CHECK(expand_word(arena, buffer_text(&many), '\\', poor).failure == EXPAND_LIMIT, "work is shared");
    CHECK(work == 0, "work is used up");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_words(&arena);
    test_splits(&arena);
    test_marks(&arena);
    test_escape(&arena);
    test_limits(&arena);
    arena_finish(&arena);
    return check_done("expand");
}
