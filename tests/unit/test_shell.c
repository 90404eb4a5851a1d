#include "pipeline/shell.h"
#include "scratch.h"

static const struct {
    struct text text;
    const char *word; /* NULL: only what the shell makes of it counts */
    const char *why;
} words[] = {
    {TEXT_INIT("plain"), "plain", "bare"},
    {TEXT_INIT("a/b.c:d@e%f+g,h=i-j_K9"), "a/b.c:d@e%f+g,h=i-j_K9", "bare in every shell"},
    {TEXT_INIT(""), "''", "the empty word"},
    {TEXT_INIT("a b"), "'a b'", "a space"},
    {TEXT_INIT("it's"), "'it'\\''s'", "a single quote"},
    {TEXT_INIT("''"), "''\\'''\\'''", "two of them"},
    {TEXT_INIT("$HOME `id` $(id) \"x\""), "'$HOME `id` $(id) \"x\"'", "nothing is expanded"},
    {TEXT_INIT("a\\$b"), "'a\\''$b'", "no backslash before a dollar"},
    {TEXT_INIT("\\\\$"), "'\\\\''$'", "nor two"},
    {TEXT_INIT("\\"), "'\\'", "a backslash"},
    {TEXT_INIT("'$"), NULL, "a quote, then a dollar"},
    {TEXT_INIT("~"), "'~'", "home"},
    {TEXT_INIT("*?[a]{b,c}"), NULL, "globs and braces"},
    {TEXT_INIT("!"), NULL, "history"},
    {TEXT_INIT("#x"), NULL, "a comment"},
    {TEXT_INIT("a;b|c&d<e>f"), NULL, "operators"},
    {TEXT_INIT("-n"), "-n", "an option is the caller's business"},
    {TEXT_INIT("a\nb"), "\"$depot_v1\"", "a line end goes into a variable"},
    {TEXT_INIT("a\n\n"), NULL, "at the end, where $(…) would drop it"},
    {TEXT_INIT("\n"), NULL, "alone"},
    {TEXT_INIT("a\tb\r\033\x7F\x01"), NULL, "control characters"},
    {TEXT_INIT("a\001"
               "1"),
     NULL, "octal before a digit"},
    {TEXT_INIT("%s%d%%\n\\n\\c"), NULL, "what printf takes for its own"},
    {TEXT_INIT("\xFF\xFE"), NULL, "bytes that are not UTF-8"},
    {TEXT_INIT("caf\xE9"), NULL, "Latin-1: the last byte begins a character in UTF-8"},
    {TEXT_INIT("x\xC3"), NULL, "a cut character just before the dot of the assignment"},
    {TEXT_INIT("x\xE2\x80"), NULL, "a longer one"},
    {TEXT_INIT("\xC3\xA9 \xF0\x9F\x90\xB3"), "'\xC3\xA9 \xF0\x9F\x90\xB3'", "UTF-8 as it is"},
    {TEXT_INIT("\xC2\x85"), NULL, "a line end of YAML 1.1"},
    {TEXT_INIT("\xE2\x80\xA8"), NULL, "U+2028"},
    {TEXT_INIT("\xEF\xBB\xBFx"), NULL, "a byte order mark"},
};

static bool is_safe(struct text shell) {
    if (!text_is_utf8(shell) || text_contains(shell, TEXT("\\$"))) return false;
    for (size_t i = 0; i < shell.len; i++)
        if ((unsigned char)shell.ptr[i] < 0x20 && shell.ptr[i] != '\n') return false;
    return true;
}

/* Both what is to be run and what must come out, word by word, each with a NUL behind it. */
struct batch {
    struct arena *arena;
    struct shell_scope scope;
    struct buffer script, expected;
};

static void batch_add(struct batch *batch, struct shell word, struct text expected) {
    struct shell assignments = shell_take_assignments(&batch->scope);
    CHECK(is_safe(word.text) && is_safe(assignments.text), "<%.*s>", TEXT_ARG(expected));
    buffer_add(&batch->script, assignments.text);
    buffer_format(&batch->script, "printf '%%s\\0' %.*s\n", TEXT_ARG(word.text));
    buffer_add(&batch->expected, expected);
    buffer_add_byte(&batch->expected, '\0');
}

static const char *const shells[] = {
    "sh -eu",
    "dash -eu",
    "bash -eu",
    "bash --posix -eu",
    "busybox sh -eu",
    "mksh -eu",
    "zsh --emulate sh -eu",
    "LC_ALL=C.UTF-8 bash -eu",
    "LC_ALL=C.UTF-8 sh -eu",
    "LC_ALL=C.UTF-8 busybox sh -eu",
};

static bool is_installed(struct arena *arena, const char *shell) {
    struct text name = text_from(shell);
    if (text_starts(name, "LC_ALL")) name = text_from_offset(name, text_find(name, ' ') + 1);
    name = text_first(name, text_find(name, ' '));
    char *command = text_string(arena, text_format(arena, "command -v %.*s >/dev/null", TEXT_ARG(name)));
    return system(command) == 0; // NOLINT(cert-env33-c)
}

static void batch_run(struct batch *batch) {
    write_file("script", buffer_text(&batch->script));
    for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
        if (!is_installed(batch->arena, shells[i])) continue;
        struct text got =
            sh_output(batch->arena, text_string(batch->arena, text_format(batch->arena, "%s script", shells[i])));
        struct text rest = got, expected = buffer_text(&batch->expected), one, other;
        size_t number = 0, wrong = 0;
        while (text_next(&expected, '\0', &other)) {
            bool same = text_next(&rest, '\0', &one) && text_equal(one, other);
            if (!same && wrong++ < 3) CHECK(same, "%s: word %zu: <%.*s>", shells[i], number, TEXT_ARG(other));
            number++;
        }
        CHECK(text_equal(got, buffer_text(&batch->expected)), "%s: %zu words", shells[i], number);
    }
}

static struct batch batch_in(struct arena *arena) {
    return (struct batch){
        .arena = arena, .scope = shell_scope_in(arena), .script = buffer_in(arena), .expected = buffer_in(arena)};
}

static void test_words(struct arena *arena) {
    struct batch batch = batch_in(arena);
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        struct shell_scope scope = shell_scope_in(arena);
        struct shell word = shell_word(&scope, words[i].text);
        if (words[i].word != NULL) CHECK_TEXT(word.text, words[i].word, words[i].why);
        batch_add(&batch, shell_word(&batch.scope, words[i].text), words[i].text);
        batch_add(&batch, shell_document(&batch.scope, words[i].text), words[i].text);
    }
    for (unsigned byte = 1; byte < 256; byte++) { /* each byte at the beginning, in the middle, at the end */
        char text[] = {'a', (char)byte, 'b', (char)byte};
        batch_add(&batch, shell_word(&batch.scope, text_of(text, 4)), text_copy(arena, text_of(text, 4)));
        batch_add(&batch, shell_word(&batch.scope, text_of(text + 1, 2)), text_copy(arena, text_of(text + 1, 2)));
        batch_add(&batch, shell_word(&batch.scope, text_of(text + 3, 1)), text_copy(arena, text_of(text + 3, 1)));
    }
    static const char *const pieces[] = {"'", "\"", "$",  "\\", "`", " ", "a",   "1",
                                         "{", "}",  "\n", "%",  "!", "~", "\xFF"};
    unsigned state = 5;
    for (unsigned i = 0; i < 1500; i++) {
        struct buffer text = buffer_in(arena);
        for (unsigned count = (state >> 16) % 8; count > 0; count--) {
            state = state * 1664525u + 1013904223u;
            buffer_add_string(&text, pieces[(state >> 8) % (sizeof(pieces) / sizeof(*pieces))]);
        }
        state = state * 1664525u + 1013904223u;
        batch_add(&batch, shell_word(&batch.scope, buffer_text(&text)), buffer_text(&text));
    }
    batch_run(&batch);
}

/* "lit|$NAME|$NAME:-word": `|` between pieces; a word in the same notation with `;` between its pieces. */
static struct value make(struct arena *arena, struct text notation, char separator) {
    struct value value = {0};
    struct text part;
    static const char *const operators[] = {"", ":-", "-", ":+", "+", ":?", "?"};
    while (text_next(&notation, separator, &part)) {
        if (!text_starts(part, "$") || part.len == 1) {
            value_add_text(arena, &value, part);
            continue;
        }
        size_t end = 1;
        while (end < part.len && ((part.ptr[end] >= 'A' && part.ptr[end] <= 'Z') || part.ptr[end] == '_'))
            end++;
        struct text rest = text_from_offset(part, end);
        enum value_operator operator= VALUE_PLAIN;
        for (int i = 1; i < 7; i++)
            if (text_starts(rest, operators[i])) {
                operator=(enum value_operator) i;
                rest = text_from_offset(rest, strlen(operators[i]));
                break;
            }
        struct value word = operator== VALUE_PLAIN ? (struct value){0}
                                                   : make(arena, rest, separator == '|' ? ';' : '\1');
        value_add_reference(arena, &value, text_first(text_from_offset(part, 1), end - 1), operator, word);
    }
    return value;
}

/* SET is "s t", EMPTY is "", UNSET is not set. */
static const struct {
    const char *notation, *expected, *why;
} values[] = {
    {"plain", "plain", "a literal"},
    {"$SET", "s t", "a reference is one word"},
    {"a|$SET|b", "as tb", "between literals"},
    {"$EMPTY", "", "empty"},
    {"$UNSET", "", "unset, also under -u"},
    {"$UNSET:-d", "d", "a bare default"},
    {"$UNSET:-d e", "d e", "one with a space"},
    {"$EMPTY:-d", "d", "empty counts as unset"},
    {"$EMPTY-d", "", "here it does not"},
    {"$UNSET-d", "d", "unset does"},
    {"$SET:-d", "s t", "set"},
    {"$SET:+d", "d", "an alternative"},
    {"$EMPTY:+d", "", "empty has none"},
    {"$EMPTY+d", "d", "here it has"},
    {"$UNSET+d", "", "unset has not"},
    {"$SET:?x y", "s t", "required and there"},
    {"$SET?", "s t", "without words"},
    {"$EMPTY?x", "", "set is enough"},
    {"$UNSET:-", "", "an empty default"},
    {"$UNSET:-it's \"$x\" `y` \\z }", "it's \"$x\" `y` \\z }", "quotes in a default"},
    {"$UNSET:-\\$", "\\$", "the hardest of them"},
    {"$UNSET:-a\nb", "a\nb", "a line end in a default"},
    {"$UNSET:-a;$SET;b", "as tb", "a reference in a default"},
    {"$UNSET:-a b;$SET;c d", "a bs tc d", "with text that needs quotes around it"},
    {"$UNSET:-x y;z", "x yz", "text behind a variable is no part of its name"},
    {"$UNSET:-$EMPTY:-d", "d", "a default in a default"},
    {"$UNSET:-$EMPTY:-d e", "d e", "with quotes"},
    {"$SET:-$UNSET:?must not be looked at", "s t", "the word of a set variable is not evaluated"},
    {"$SET:-$UNSET:?no", "s t", "nor a bare one"},
    {"$UNSET:+$UNSET:?no", "", "nor an alternative that is not taken"},
    {"it's |$SET| `x`", "it's s t `x`", "literals that do not fit double quotes"},
    {"$|$SET|\\", "$s t\\", "a dollar before, a backslash behind"},
    {"\\|$SET", "\\s t", "a backslash before"},
    {"a\nb|$SET|\xFF", "a\nbs t\xFF", "line ends and bytes beside a reference"},
    {"!|$SET", "!s t", "no history"},
    {"x=|$UNSET:-~", "x=~", "no home in a default"},
    {"$UNSET:-*", "*", "no files either"},
};

static void test_values(struct arena *arena) {
    struct batch batch = batch_in(arena);
    buffer_add_string(&batch.script, "SET='s t'; EMPTY=; unset UNSET || :\n");
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        struct value value = make(arena, text_from(values[i].notation), '|');
        batch_add(&batch, shell_value(&batch.scope, &value), text_from(values[i].expected));
    }
    batch_run(&batch);
}

static const struct {
    const char *notation, *assignments, *word;
} spellings[] = {
    {"a|$SET|b", "", "\"a${SET-}b\""},
    {"$X:-d", "", "\"${X:-d}\""},
    {"$X:-d e", "depot_v1='d e'\n", "\"${X:-$depot_v1}\""},
    {"$X:-$Y:?no", "", "\"${X:-${Y:?no}}\""},
    {"`|$X", "", "'`'\"${X-}\""},
    {"$UID:-d", "depot_v1=$(printenv UID) || unset depot_v1\n", "\"${depot_v1:-d}\""},
    {"a b", "", "'a b'"},
};

static void test_spellings(struct arena *arena) {
    for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
        struct shell_scope scope = shell_scope_in(arena);
        struct value value = make(arena, text_from(spellings[i].notation), '|');
        struct shell word = shell_value(&scope, &value);
        CHECK_TEXT(word.text, spellings[i].word, spellings[i].notation);
        CHECK_TEXT(shell_take_assignments(&scope).text, spellings[i].assignments, spellings[i].notation);
        CHECK_TEXT(shell_take_assignments(&scope).text, "", "they are taken once");
    }
    struct shell joined = shell_join(arena, shell_constant("a "), shell_constant("b"));
    CHECK_TEXT(joined.text, "a b", "pieces joined");
    CHECK(shell_sets(TEXT("depot_found")), "a variable of the script");
    CHECK(!shell_sets(TEXT("DEPOT_TOKEN")), "a variable of the agent");
}

/* `:?` ends the step with its message when the variable is not there. */
static void test_required(struct arena *arena) {
    static const char *const notations[] = {"$UNSET:?is needed", "$UNSET?", "$EMPTY:?x", "$UNSET:-$UNSET:?a b"};
    for (size_t i = 0; i < sizeof(notations) / sizeof(*notations); i++) {
        struct batch batch = batch_in(arena);
        struct value value = make(arena, text_from(notations[i]), '|');
        struct shell word = shell_value(&batch.scope, &value);
        batch_add(&batch, word, TEXT(""));
        write_file("script", buffer_text(&batch.script));
        CHECK(system("EMPTY= sh -e script 2>errors") != 0, "%s", notations[i]); // NOLINT(cert-env33-c)
    }
    CHECK(text_contains(read_file(arena, "errors"), TEXT("a b")), "the message is told");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    scratch_begin();
    test_words(&arena);
    test_values(&arena);
    test_spellings(&arena);
    test_required(&arena);
    scratch_end();
    arena_finish(&arena);
    return check_done("shell");
}
