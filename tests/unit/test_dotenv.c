#include "check.h"

#include "base/buffer.h"
#include "docker/dotenv.h"

/* "A=1;B=2" in order of first mention; a space stands for nothing else than itself. */
static struct text show(struct arena *arena, const struct variables *variables) {
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < variables->defaults.count; i++) {
        const struct map_entry *entry = &variables->defaults.entries[i];
        if (i > 0) buffer_add_byte(&buffer, ';');
        buffer_add(&buffer, entry->key);
        buffer_add_byte(&buffer, '=');
        buffer_add(&buffer, *(const struct text *)entry->value);
    }
    return buffer_text(&buffer);
}

static const struct {
    const char *file;
    const char *expected; /* NULL: refused */
    const char *why;
} rows[] = {
    {"", "", "an empty file"},
    {"\n\n  \n", "", "blank lines"},
    {"# A=1\n", "", "a comment"},
    {"  # A=1\nB=2", "B=2", "an indented one"},
    {"#", "", "a comment that the file ends"},
    {"A=1", "A=1", "no newline at the end"},
    {"A=1\n", "A=1", "one statement"},
    {"A=1\r\nB=2\r\n", "A=1;B=2", "Windows line ends"},
    {"\xEF\xBB\xBF"
     "A=1\n",
     "A=1", "a byte order mark"},
    {"A=\nB=2\n", "A=;B=2", "an empty value"},
    {"A= \nB=2\n", "A=;B=2", "blanks only"},
    {"A=1\nA=2\n", "A=2", "the last one counts"},
    {"  A = 1\n", "A=1", "blanks around"},
    {"A\t=\t1\n", "A=1", "tabs too"},
    {"A: 1\n", "A=1", "a colon separates as well"},
    {"A:1\n", "A=1", NULL},
    {"A:=1\n", "A==1", "the first of both counts"},
    {"A=b=c\n", "A=b=c", "only the first `=`"},
    {"A=b:c\n", "A=b:c", NULL},
    {"=1\nB=2\n", "B=2", "a value without name is of no use"},
    {"export A=1\n", "A=1", "the shell's word"},
    {"export  \t A=1\n", "A=1", "with any blanks"},
    {"exportA=1\n", "exportA=1", "which needs one"},
    {"export=1\n", "export=1", "or is a name"},
    {"A\nB=2\n", "B=2", "a name alone inherits, which here is nothing"},
    {"export A\nB=2\n", "B=2", NULL},
    {"A=1\nB", "A=1", "also at the end of the file"},
    {"a.b-c[0]=1\n", "a.b-c[0]=1", "more in a name than a shell allows"},
    {"1A=1\n", "1A=1", "it may begin with a digit"},
    {"\xC3\xA9=1\n", "\xC3\xA9=1", "and have letters beyond ASCII"},
    {"A B=1\n", NULL, "a space in a name"},
    {"A B\n", NULL, "also without value"},
    {"A+B=1\n", NULL, "a character that is none of a name"},
    {"A$=1\n", NULL, NULL},
    {"\"A\"=1\n", NULL, "a quoted name"},
    {"A/B\n", NULL, "a line of something else"},

    /* unquoted */
    {"A=x y\n", "A=x y", "spaces inside"},
    {"A=x  \n", "A=x", "not at the end"},
    {"A=x # c\n", "A=x", "a comment"},
    {"A=x #\n", "A=x", NULL},
    {"A=x#y\n", "A=x#y", "which needs a space before it"},
    {"A=#x\n", "A=#x", "none at the beginning"},
    {"A= #x\n", "A=#x", "for the blanks before the value are gone by then"},
    {"A=x\t#y\n", "A=x\t#y", "a tab does not do"},
    {"A=it's\n", "A=it's", "a quote inside is a character"},
    {"A=a\\nb\n", "A=a\\nb", "no escapes"},
    {"A=`x`\n", "A=`x`", "back quotes mean nothing"},
    {"A=\\$B\n", "A=\\", "nor does a backslash before a dollar"},
    {"A=1\nB=$A\n", "A=1;B=1", "a reference to what stands above"},
    {"A=1\nB=${A}2\n", "A=1;B=12", NULL},
    {"B=$A\nA=1\n", "B=;A=1", "not to what stands below"},
    {"A=${X:-d}\n", "A=d", "a default"},
    {"A=\nB=${A:-d}${A-e}\n", "A=;B=d", "empty is set"},
    {"A=${X:?m}\n", NULL, "a required variable"},
    {"A=${X\n", NULL, "a template that is none"},
    {"A=$$X\n", "A=$X", "an escaped dollar"},
    {"A=$1\n", "A=$1", "a dollar that is none"},
    {"A=1\nA=$A$A\n", "A=11", "a name may use its own earlier value"},

    /* single quotes */
    {"A='x'\n", "A=x", "quotes go"},
    {"A=''\n", "A=", NULL},
    {"A=' x '\n", "A= x ", "blanks stay"},
    {"A='x # y'\n", "A=x # y", "and so does a hash"},
    {"A='x' # c\n", "A=x", "a comment after it"},
    {"A='$B ${C'\n", "A=$B ${C", "no interpolation"},
    {"A='a\\nb'\n", "A=a\\nb", "no escapes"},
    {"A='it\\'s'\n", "A=it's", "but for the quote"},
    {"A='a\nb'\nB=2\n", "A=a\nb;B=2", "it may span lines"},
    {"A='x'B=2\n", "A=x;B=2", "what follows is the next statement"},
    {"A='x\n", NULL, "no end"},
    {"A='\n", NULL, NULL},

    /* double quotes */
    {"A=\"x y\"\n", "A=x y", "quotes go"},
    {"A=\"a\\nb\\tc\"\n", "A=a\nb\tc", "escapes"},
    {"A=\"\\\\\"\n", "A=\\", "a backslash"},
    {"A=\"a\\\"b\"\n", "A=a\"b", "a quote"},
    {"A=\"it's\"\n", "A=it's", "the other quote"},
    {"A=\"\\x41\"\n", "A=\\x41", "other escapes stay"},
    {"A=\"\\c\"\n", "A=\\c", "even one that compose has in its list"},
    {"A=\"\\0101\"\n", "A=A", "three octal digits after a zero"},
    {"A=\"\\0351\"\n", "A=\xC3\xA9", "are a code point"},
    {"A=\"\\012\"\n", "A=\\12", "two digits lose the zero only"},
    {"A=\"\\0\"\n", "A=\\", "as does none"},
    {"A=\"\\0777\"\n", "A=\\777", "and one that is too large"},
    {"A=\"\\0189\"\n", "A=\\189", "or not octal"},
    {"A=1\nB=\"<$A>\"\n", "A=1;B=<1>", "interpolation"},
    {"A=\"\\$B\"\n", "A=$B", "but for an escaped dollar"},
    {"A=\"$$B\"\n", "A=$B", "of either kind"},
    {"A=\"a\nb\"\nB=2\n", "A=a\nb;B=2", "it may span lines"},
    {"A=\"\n", NULL, "no end"},
    {"A=\"x\\\"\n", NULL, "an escaped quote is no end"},
    {"A=\"x\" y\nB=2\n", "A=x;B=2", "what follows is a statement: here a name alone"},
};

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *why = rows[i].why == NULL ? rows[i].file : rows[i].why;
        struct diagnostics diagnostics = diag_in(arena);
        struct variables variables = {0};
        const struct source *source = source_create(arena, TEXT(".env"), text_from(rows[i].file));
        bool ok = dotenv_parse(arena, source, &diagnostics, &variables);
        CHECK(ok == (rows[i].expected != NULL), "<%s> %s", rows[i].file, why);
        CHECK(ok == !diag_has_errors(&diagnostics), "<%s> a refusal is reported", rows[i].file);
        if (ok && rows[i].expected != NULL) CHECK_TEXT(show(arena, &variables), rows[i].expected, why);
    }
}

/* What is secret is neither kept nor shown, and neither is what is made from it. */
static const struct {
    const char *file;
    const char *expected;
    size_t notes;
    const char *why;
} secrets[] = {
    {"DB_PASSWORD=hunter2\nA=1\n", "A=1", 1, "by its name"},
    {"db_password=hunter2\n", "", 1, "in lower case"},
    {"TOKEN='hunter2'\n", "", 1, "quoted"},
    {"X_TOKEN=hunter2\nURL=http://u:$X_TOKEN@h\nA=1\n", "A=1", 2, "a value made with it"},
    {"X_TOKEN=hunter2\nU=$X_TOKEN\nV=$U\n", "", 3, "at second hand"},
    {"U=${X_TOKEN:-hunter2}\n", "", 1, "or with a secret that is not set"},
    {"A=hunter2\n", "A=hunter2", 0, "a name says it, not a value"},
};

static void test_secrets(struct arena *arena) {
    for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        struct variables variables = {0};
        const struct source *source = source_create(arena, TEXT(".env"), text_from(secrets[i].file));
        CHECK(dotenv_parse(arena, source, &diagnostics, &variables), "%s", secrets[i].why);
        CHECK_TEXT(show(arena, &variables), secrets[i].expected, secrets[i].why);
        CHECK(diag_count(&diagnostics, DIAG_NOTE) == secrets[i].notes, "%s", secrets[i].why);
    }
}

/* No message and no excerpt may show a value. */
static void test_nothing_shown(struct arena *arena) {
    static const char *const files[] = {
        "X_TOKEN=hunter2\n", "A=1\nX_TOKEN=${hunter2\n", "KEY='\nhunter2/x\n'\nhunter2+x\n", "X_TOKEN=\"hunter2\n",
        "hunter2 x=1\n",
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        struct variables variables = {0};
        dotenv_parse(arena, source_create(arena, TEXT("d/.env"), text_from(files[i])), &diagnostics, &variables);
        CHECK(diagnostics.list.count == 1, "<%s> is reported", files[i]);
        if (diagnostics.list.count == 0) continue;
        const struct diagnostic *diagnostic = diagnostics.list.items[0];
        CHECK(!text_contains(diagnostic->message, TEXT("hunter2")), "%.*s", TEXT_ARG(diagnostic->message));
        CHECK_TEXT(diagnostic->place.source->path, "d/.env", "the file is named");
        CHECK(diagnostic->place.line > 0, "and the line");
        CHECK(source_line(diagnostic->place.source, diagnostic->place.line).len == 0, "which is not shown");
    }
}

static void test_place(struct arena *arena) {
    struct diagnostics diagnostics = diag_in(arena);
    struct variables variables = {0};
    dotenv_parse(arena, source_create(arena, TEXT(".env"), TEXT("A='x\ny'\n  B_TOKEN=1\nC!=1\n")), &diagnostics,
                 &variables);
    CHECK(diagnostics.list.count == 2, "a note and an error");
    const struct diagnostic *note = diagnostics.list.items[0], *error = diagnostics.list.items[1];
    CHECK(note->place.line == 3 && note->place.column == 3, "%u:%u", note->place.line, note->place.column);
    CHECK(error->place.line == 4 && error->place.column == 2, "%u:%u", error->place.line, error->place.column);
}

/* Each line doubles the one above: refused before it fills the memory. */
static void test_growth(struct arena *arena) {
    struct buffer file = buffer_in(arena);
    struct diagnostics diagnostics = diag_in(arena);
    struct variables variables = {0};
    buffer_add_string(&file, "A=xxxxxxxx\n");
    for (int i = 0; i < 60; i++)
        buffer_add_string(&file, "A=$A$A\n");
    const struct source *source = source_create(arena, TEXT(".env"), buffer_text(&file));
    CHECK(!dotenv_parse(arena, source, &diagnostics, &variables), "a value has a limit");
    file.len = 0;
    buffer_add_string(&file, "A=");
    buffer_add_repeated(&file, 'x', 100000);
    for (int i = 0; i < 1000; i++)
        buffer_add_string(&file, "\nB=$A");
    source = source_create(arena, TEXT(".env"), buffer_text(&file));
    CHECK(!dotenv_parse(arena, source, &diagnostics, &variables), "and so have all together");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_secrets(&arena);
    test_nothing_shown(&arena);
    test_place(&arena);
    test_growth(&arena);
    arena_finish(&arena);
    return check_done("dotenv");
}
