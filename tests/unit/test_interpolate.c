#include "check.h"

#include "base/buffer.h"
#include "docker/compose_interpolate.h"

#include <stdlib.h>

/* SET is "v", EMPTY is "", PATH_ is "a/b"; all else is unset. `expected` NULL: refused. */
static const struct {
    const char *template;
    const char *spelling; /* of the parsed value; NULL when it is refused */
    const char *result;   /* evaluated; NULL when a required variable is missing */
    const char *why;
} rows[] = {
    /* what is no reference */
    {"", "", "", "empty"},
    {"plain", "plain", "plain", "no dollar"},
    {"$", "$$", "$", "a dollar at the end stays"},
    {"a$", "a$$", "a$", "also after text"},
    {"$$", "$$", "$", "two dollars are one"},
    {"$$$", "$$$$", "$$", "the third stands alone"},
    {"$$$$", "$$$$", "$$", "two pairs"},
    {"$1", "$$1", "$1", "a digit begins no name"},
    {"$(pwd)", "$$(pwd)", "$(pwd)", "command substitution is text"},
    {"$ SET", "$$ SET", "$ SET", "a space after the dollar"},
    {"$-", "$$-", "$-", "an operator without a name"},
    {"100%", "100%", "100%", "nothing special"},
    {"\\$SET", "\\${SET}", "\\v", "a backslash does not escape"},
    {"{SET}", "{SET}", "{SET}", "braces without dollar"},
    {"$}", "$$}", "$}", "a closing brace after a dollar"},

    /* plain references */
    {"$SET", "${SET}", "v", "a name"},
    {"${SET}", "${SET}", "v", "a name in braces"},
    {"$UNSET", "${UNSET}", "", "unset is empty"},
    {"${UNSET}", "${UNSET}", "", "also in braces"},
    {"$EMPTY", "${EMPTY}", "", "empty is empty"},
    {"a$SET", "a${SET}", "av", "text before"},
    {"$SET-b", "${SET}-b", "v-b", "without braces there is no operator"},
    {"$SET:-b", "${SET}:-b", "v:-b", "the same with a colon"},
    {"$SETx", "${SETx}", "", "the longest name counts"},
    {"${SET}x", "${SET}x", "vx", "braces end it"},
    {"$SET$SET", "${SET}${SET}", "vv", "one after the other"},
    {"$_a1", "${_a1}", "", "underscore and digits"},
    {"$set", "${set}", "", "lower case is another name"},
    {"$$SET", "$$SET", "$SET", "an escaped dollar before a name"},
    {"$$$SET", "$$${SET}", "$v", "and a reference after it"},
    {"$${SET}", "$${SET}", "${SET}", "an escaped dollar before a brace"},
    {"$SET.png", "${SET}.png", "v.png", "a point ends a name"},
    {"${SET}}", "${SET}}", "v}", "a brace too many stays"},

    /* operators, set, empty and unset */
    {"${SET:-d}", "${SET:-d}", "v", ":- set"},
    {"${EMPTY:-d}", "${EMPTY:-d}", "d", ":- empty"},
    {"${UNSET:-d}", "${UNSET:-d}", "d", ":- unset"},
    {"${SET-d}", "${SET-d}", "v", "- set"},
    {"${EMPTY-d}", "${EMPTY-d}", "", "- empty is set"},
    {"${UNSET-d}", "${UNSET-d}", "d", "- unset"},
    {"${SET:+d}", "${SET:+d}", "d", ":+ set"},
    {"${EMPTY:+d}", "${EMPTY:+d}", "", ":+ empty"},
    {"${UNSET:+d}", "${UNSET:+d}", "", ":+ unset"},
    {"${SET+d}", "${SET+d}", "d", "+ set"},
    {"${EMPTY+d}", "${EMPTY+d}", "d", "+ empty is set"},
    {"${UNSET+d}", "${UNSET+d}", "", "+ unset"},
    {"${SET:?m}", "${SET:?m}", "v", ":? set"},
    {"${EMPTY:?m}", "${EMPTY:?m}", NULL, ":? empty"},
    {"${UNSET:?m}", "${UNSET:?m}", NULL, ":? unset"},
    {"${SET?m}", "${SET?m}", "v", "? set"},
    {"${EMPTY?m}", "${EMPTY?m}", "", "? empty is set"},
    {"${UNSET?m}", "${UNSET?m}", NULL, "? unset"},
    {"${UNSET:-}", "${UNSET:-}", "", "an empty default"},
    {"${UNSET:?}", "${UNSET:?}", NULL, "an empty message"},
    {"${UNSET-:-x}", "${UNSET-:-x}", ":-x", "the operator nearest to the name counts"},
    {"${UNSET:-a-b?c+d}", "${UNSET:-a-b?c+d}", "a-b?c+d", "operators in a word are text"},
    {"${UNSET--}", "${UNSET--}", "-", "a dash as default"},
    {"${UNSET:--}", "${UNSET:--}", "-", "a dash after :-"},
    {"${UNSET:-http://h:80/}", "${UNSET:-http://h:80/}", "http://h:80/", "colons in a word"},
    {"${UNSET:- a b }", "${UNSET:- a b }", " a b ", "spaces belong to the word"},
    {"${UNSET:-\"q\"}", "${UNSET:-\"q\"}", "\"q\"", "quotes belong to the word"},

    /* nesting */
    {"${UNSET:-$SET}", "${UNSET:-${SET}}", "v", "a reference in a word"},
    {"${UNSET:-${SET}}", "${UNSET:-${SET}}", "v", "in braces"},
    {"${UNSET:-${ALSO:-d}}", "${UNSET:-${ALSO:-d}}", "d", "two levels"},
    {"${UNSET:-a${ALSO:-b}c}d", "${UNSET:-a${ALSO:-b}c}d", "abcd", "text around both"},
    {"${SET:+<${SET}>}", "${SET:+<${SET}>}", "<v>", "in an alternative"},
    {"${UNSET:-$$}", "${UNSET:-$$}", "$", "an escaped dollar in a word"},
    {"${UNSET:?need ${SET}}", "${UNSET:?need ${SET}}", NULL, "in a message"},
    {"${UNSET:-${ALSO:-${THIRD:-x}}}/${SET}", "${UNSET:-${ALSO:-${THIRD:-x}}}/${SET}", "x/v", "three levels"},

    /* several on one line: the pattern takes the last brace, the code cuts at the first that balances */
    {"${SET:-a}${UNSET:-b}", "${SET:-a}${UNSET:-b}", "vb", "two with words"},
    {"${SET}-${UNSET:-b}", "${SET}-${UNSET:-b}", "v-b", "a dash between two is text"},
    {"${UNSET:-a}:${SET}:}", "${UNSET:-a}:${SET}:}", "a:v:}", "and a brace at the end"},
    {"${UNSET:-a} {b} }", "${UNSET:-a} {b} }", "a {b} }", "braces after it are text"},
    {"${UNSET:-a}\n${SET:-b}", "${UNSET:-a}\n${SET:-b}", "a\nv", "each on its line"},

    /* getFirstBraceClosingIndex: a `{` raises the level and hides the next byte */
    {"${UNSET:-{}}z", "${UNSET:-{}}z", "{}z", "the `}` after `{` is hidden, so nothing balances: no cut"},
    {"${UNSET:-{x}}z", "${UNSET:-{x}}z", "{x}z", "the x is hidden, the braces balance"},
    {"${UNSET:-{xy}}z", "${UNSET:-{xy}}z", "{xy}z", "the same with more in it"},
    {"${UNSET:-{{x}}}z", "${UNSET:-{{x}}}z", "{{x}}z",
     "the second `{` is hidden: the first `}` but one ends it, and the rest is text"},
    {"${UNSET:-{a}", "${UNSET:-{a}", "{a", "too few braces: the last one of the line ends it"},
    {"${UNSET:-a}b}", "${UNSET:-a}b}", "ab}", "too many: the first that balances"},
    {"${UNSET:-{}}${SET}", NULL, NULL, "nothing balances up to the last brace of the line: the word is `{}}${SET`"},
    {"${UNSET:-{}}\n${SET}", "${UNSET:-{}}\n${SET}", "{}\nv", "on its own line it is fine"},

    /* refused */
    {"${", NULL, NULL, "nothing in it"},
    {"${}", NULL, NULL, "no name"},
    {"${SET", NULL, NULL, "no end"},
    {"${1}", NULL, NULL, "a digit begins no name"},
    {"${ SET}", NULL, NULL, "a space before the name"},
    {"${SET }", NULL, NULL, "a space after it"},
    {"${SET:}", NULL, NULL, "a colon alone is no operator"},
    {"${SET:=d}", NULL, NULL, "the shell's := is none of compose"},
    {"${SET#x}", NULL, NULL, "nor are its patterns"},
    {"${SET%x}", NULL, NULL, NULL},
    {"${SET/a/b}", NULL, NULL, NULL},
    {"${#SET}", NULL, NULL, "nor its length"},
    {"${!SET}", NULL, NULL, "nor its indirection"},
    {"${${SET}}", NULL, NULL, "a name does not come from a variable"},
    {"${SET.x}", NULL, NULL, "a point in the name"},
    {"${SET-x", NULL, NULL, "an operator without end"},
    {"${SET:-a\nb}", NULL, NULL, "`.` does not match a newline"},
    {"${SET:-\n}", NULL, NULL, "the same right after the operator"},
    {"ok $SET ${", NULL, NULL, "after what was fine"},
    {"${UNSET:-${}}", NULL, NULL, "inside a word that is used"},
    {"${SET:-${}}", NULL, NULL, "inside one that is not: refused here all the same"},
    {"$$${", NULL, NULL, "after an escaped dollar"},
};

static void test_rows(struct arena *arena, const struct variables *variables) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *why = rows[i].why == NULL ? rows[i].template : rows[i].why;
        struct value value = {0};
        struct text problem = {0};
        bool ok = compose_interpolate(arena, text_from(rows[i].template), &value, &problem);
        CHECK(ok == (rows[i].spelling != NULL), "row %zu: %s", i, why);
        CHECK(compose_is_template(text_from(rows[i].template), &problem) == ok, "<%s> the test agrees", why);
        if (!ok || rows[i].spelling == NULL) continue;
        struct compose_evaluation evaluation;
        CHECK_TEXT(value_spelling(arena, &value), rows[i].spelling, why);
        bool evaluated = compose_evaluate(arena, &value, variables, &evaluation);
        CHECK(evaluated == (rows[i].result != NULL), "<%s> %s", rows[i].template, why);
        if (evaluated && rows[i].result != NULL) CHECK_TEXT(evaluation.text, rows[i].result, why);
    }
}

static const struct {
    const char *template;
    const char *problem;
} messages[] = {
    {"${X:?}", "required variable X is missing a value"},
    {"${X:?say $SET}", "required variable X is missing a value: say v"},
    {"${X?say}", "required variable X is missing a value: say"},
    {"${A:-${X?deep}}", "required variable X is missing a value: deep"},
    {"${X:?${Y:?inner}}", "required variable Y is missing a value: inner"},
};

static void test_messages(struct arena *arena, const struct variables *variables) {
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
        struct value value = {0};
        struct text problem;
        struct compose_evaluation evaluation;
        CHECK(compose_interpolate(arena, text_from(messages[i].template), &value, &problem), "%s",
              messages[i].template);
        CHECK(!compose_evaluate(arena, &value, variables, &evaluation), "%s", messages[i].template);
        CHECK_TEXT(evaluation.problem, messages[i].problem, messages[i].template);
    }
}

/* Only what was asked for is assumed: a default that is not used asks for nothing. */
static void test_unset(struct arena *arena, const struct variables *variables) {
    struct value value = {0};
    struct text problem;
    struct compose_evaluation evaluation;
    compose_interpolate(arena, TEXT("$A$SET$A${SET:-$B}${C:-$D}"), &value, &problem);
    CHECK(compose_evaluate(arena, &value, variables, &evaluation), "all have a value");
    CHECK(evaluation.unset.count == 3, "A, C and D: %zu", evaluation.unset.count);
    CHECK(!texts_has(&evaluation.unset, TEXT("B")), "B stands in a default that SET makes needless");
}

static struct text nested(struct arena *arena, size_t depth) {
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < depth; i++)
        buffer_add_string(&buffer, "${X:-");
    buffer_add_repeated(&buffer, '}', depth);
    return buffer_text(&buffer);
}

static void test_limits(struct arena *arena, const struct variables *variables) {
    struct value value = {0};
    struct text problem;
    CHECK(compose_interpolate(arena, nested(arena, COMPOSE_NESTING_LIMIT), &value, &problem), "as deep as allowed");
    CHECK(!compose_interpolate(arena, nested(arena, COMPOSE_NESTING_LIMIT + 1), &value, &problem), "one deeper");
    struct buffer many = buffer_in(arena);
    for (size_t i = 0; i < 200000; i++)
        buffer_add_string(&many, "${UNSET:-x}");
    CHECK(compose_interpolate(arena, buffer_text(&many), &value, &problem), "many on one line take linear time");
    CHECK(value.pieces.count == 200000, "each is a piece: %zu", value.pieces.count);
    struct compose_evaluation evaluation;
    CHECK(!compose_evaluate(arena, &value, variables, &evaluation), "longer than a value may be");
}

static void test_any_bytes(struct arena *arena, const struct variables *variables) {
    struct value value = {0};
    struct text problem, bytes = text_of("a\0${X:-\xFF\0}\xC3", 11);
    struct compose_evaluation evaluation;
    CHECK(compose_interpolate(arena, bytes, &value, &problem), "NUL and invalid UTF-8 are bytes like others");
    CHECK(compose_evaluate(arena, &value, variables, &evaluation), "and stay");
    CHECK(text_equal(evaluation.text, text_of("a\0\xFF\0\xC3", 5)), "%zu bytes", evaluation.text.len);
}

int main(void) {
    struct arena arena;
    struct variables variables = {0};
    arena_init(&arena);
    variables_set(&arena, &variables, TEXT("SET"), TEXT("v"));
    variables_set(&arena, &variables, TEXT("EMPTY"), TEXT(""));
    test_rows(&arena, &variables);
    test_messages(&arena, &variables);
    test_unset(&arena, &variables);
    test_limits(&arena, &variables);
    test_any_bytes(&arena, &variables);
    arena_finish(&arena);
    return check_done("interpolate");
}
