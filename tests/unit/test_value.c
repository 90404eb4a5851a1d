#include "check.h"

#include "base/value.h"
#include "base/variables.h"

/* A value from a small notation: "a|$X|b" is literal a, plain reference X, literal b; "$X:-w" has an operator and a word. */
static struct value make(struct arena *arena, const char *notation) {
    struct value value = {0};
    struct text rest = text_from(notation), part;
    while (text_next(&rest, '|', &part)) {
        size_t at = text_find(part, ':');
        if (!text_starts(part, "$")) {
            value_add_text(arena, &value, part);
        } else if (at == TEXT_NONE) {
            value_add_reference(arena, &value, text_from_offset(part, 1), VALUE_PLAIN, (struct value){0});
        } else {
            struct value word = value_literal(arena, text_from_offset(part, at + 2));
            value_add_reference(arena, &value, text_first(text_from_offset(part, 1), at - 1), VALUE_DEFAULT, word);
        }
    }
    return value;
}

static const struct {
    const char *notation;
    const char *spelling;
    bool literal;
    const char *why;
} spellings[] = {
    {"", "", true, "nothing at all"},
    {"abc", "abc", true, "one piece"},
    {"ab|c", "abc", true, "two pieces are one text"},
    {"a|$X|b", "a${X}b", false, "a plain reference gets braces, so that the b is no part of the name"},
    {"$X:-w", "${X:-w}", false, "a default"},
    {"cost $5", "cost $$5", true, "a literal dollar is doubled: the spelling reads back as the same value"},
    {"$X:-a}b", "${X:-a}b}", false, "a brace in a word cannot be escaped in compose either"},
};

static void test_spelling(struct arena *arena) {
    for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
        struct value value = make(arena, spellings[i].notation);
        CHECK_TEXT(value_spelling(arena, &value), spellings[i].spelling, spellings[i].why);
        CHECK(value_is_literal(&value) == spellings[i].literal, "%s", spellings[i].why);
    }
    struct value two = make(arena, "ab|c"), none = {0};
    CHECK_TEXT(value_text(arena, &two), "abc", "pieces are joined");
    CHECK(value_text(arena, &none).len == 0 && text_is_given(value_text(arena, &none)), "empty, not absent");
}

static const struct {
    const char *a, *b;
    bool equal;
    const char *why;
} equals[] = {
    {"abc", "abc", true, "the same"},
    {"ab|c", "a|bc", true, "literals may be split anywhere"},
    {"a|b|c", "abc", true, "in any number of pieces"},
    {"abc", "abd", false, "a byte differs"},
    {"abc", "ab", false, "one is longer"},
    {"", "", true, "both empty"},
    {"", "a", false, "one empty"},
    {"$X", "$X", true, "the same name"},
    {"$X", "$Y", false, "other name"},
    {"$X", "X", false, "a reference is not its name"},
    {"$X", "$X:-", false, "an operator makes a difference even with an empty word"},
    {"$X:-a", "$X:-a", true, "the same word"},
    {"$X:-a", "$X:-b", false, "other word"},
    {"a|$X|b", "a|$X|c", false, "differs after a reference"},
    {"a|$X", "a|$X|b", false, "goes on after a reference"},
};

static void test_equal(struct arena *arena) {
    for (size_t i = 0; i < sizeof(equals) / sizeof(*equals); i++) {
        struct value a = make(arena, equals[i].a), b = make(arena, equals[i].b);
        CHECK(value_equal(&a, &b) == equals[i].equal, "%s: <%s> <%s>", equals[i].why, equals[i].a, equals[i].b);
        CHECK(value_equal(&b, &a) == equals[i].equal, "%s: <%s> <%s>", equals[i].why, equals[i].b, equals[i].a);
    }
}

static const struct {
    const char *notation;
    bool cuts;
    const char *before, *after;
    const char *why;
} cuts[] = {
    {"A=b", true, "A", "b", "in one piece"},
    {"A=b=c", true, "A", "b=c", "the first counts"},
    {"A=", true, "A", "", "nothing after"},
    {"=b", true, "", "b", "nothing before"},
    {"A", false, "", "", "none"},
    {"A=|$X", true, "A", "${X}", "pieces after it go along"},
    {"$X|=1", true, "${X}", "1", "pieces before it too"},
    {"$X:-a=b", false, "", "", "not inside a word"},
};

static void test_cut(struct arena *arena) {
    for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
        struct value value = make(arena, cuts[i].notation), before = {0}, after = {0};
        CHECK(value_cut(arena, &value, '=', &before, &after) == cuts[i].cuts, "%s", cuts[i].why);
        CHECK_TEXT(value_spelling(arena, &before), cuts[i].before, cuts[i].why);
        CHECK_TEXT(value_spelling(arena, &after), cuts[i].after, cuts[i].why);
    }
}

static void test_names(struct arena *arena) {
    struct value value = make(arena, "$B|$A|$B"), word = make(arena, "$C|$A");
    value_add_reference(arena, &value, TEXT("D"), VALUE_REQUIRED, word);
    struct texts names = {0};
    value_names(arena, &value, &names);
    CHECK(names.count == 4, "B A D C, each once: %zu", names.count);
    CHECK(texts_has(&names, TEXT("C")), "names in words count");
}

static const struct {
    const char *name;
    bool secret, valid;
} names[] = {
    {"DEPOT_TOKEN", true, true},
    {"depot_token", true, true}, /* a file's author may write lower case; the agent would not redact it, we do */
    {"TOKEN", true, true},
    {"TOKENS", false, true},
    {"TOKENIZER", false, true},
    {"MY_TOKEN_FILE", false, true}, /* a path, as the agent's list has it */
    {"DB_PASSWORD", true, true},
    {"PGPASSWORD", true, true}, /* no underscore, but the one everybody has */
    {"PASSWORDLESS", false, true},
    {"AWS_SECRET_ACCESS_KEY", true, true},
    {"SIGNING_SECRET", true, true},
    {"SECRET_NAME", false, true},
    {"X_API_KEY", true, true},
    {"STORAGE_CONNECTION_STRING", true, true},
    {"GIT_SSH_KEY", true, true},
    {"CACHE_KEY", false, true},
    {"PATH", false, true},
    {"", false, false},
    {"1A", false, false},
    {"_1", false, true},
    {"app.name", false, false},
    {"a-b", false, false},
};

static void test_variable_names(void) {
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct text name = text_from(names[i].name);
        CHECK(variables_is_secret_name(name) == names[i].secret, "%.*s", TEXT_ARG(name));
        CHECK(variables_is_name(name) == names[i].valid, "%.*s", TEXT_ARG(name));
    }
}

static void test_variables(struct arena *arena) {
    struct variables variables = {0};
    CHECK(variables_find(&variables, TEXT("A")) == NULL, "nothing is known at first");
    variables_set(arena, &variables, TEXT("A"), TEXT("1"));
    variables_set(arena, &variables, TEXT("E"), TEXT(""));
    variables_set(arena, &variables, TEXT("A"), TEXT("2"));
    CHECK_TEXT(*variables_find(&variables, TEXT("A")), "2", "the last value counts");
    CHECK(variables_find(&variables, TEXT("E")) != NULL, "an empty value is a value");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_spelling(&arena);
    test_equal(&arena);
    test_cut(&arena);
    test_names(&arena);
    test_variable_names();
    test_variables(&arena);
    arena_finish(&arena);
    return check_done("value");
}
