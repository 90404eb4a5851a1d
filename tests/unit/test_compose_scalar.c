#include "check.h"

#include "docker/compose_scalar.h"

static const char *const kinds[] = {
    [COMPOSE_NULL] = "null",   [COMPOSE_BOOL] = "bool",           [COMPOSE_INT] = "int",
    [COMPOSE_FLOAT] = "float", [COMPOSE_TIMESTAMP] = "timestamp", [COMPOSE_STRING] = "string",
};

static const struct {
    const char *plain;
    enum compose_scalar_kind kind;
    const char *text;
    const char *why;
} rows[] = {
    {"", COMPOSE_NULL, "", "nothing"},
    {"~", COMPOSE_NULL, "", "a tilde"},
    {"null", COMPOSE_NULL, "", "the word"},
    {"Null", COMPOSE_NULL, "", "capitalised"},
    {"NULL", COMPOSE_NULL, "", "in capitals"},
    {"nULL", COMPOSE_STRING, "nULL", "no other mix"},
    {"true", COMPOSE_BOOL, "true", "the word"},
    {"True", COMPOSE_BOOL, "true", "prints in lower case"},
    {"FALSE", COMPOSE_BOOL, "false", "in capitals"},
    {"tRUE", COMPOSE_STRING, "tRUE", "no other mix"},
    {"yes", COMPOSE_STRING, "yes", "YAML 1.1's words are strings"},
    {"on", COMPOSE_STRING, "on", NULL},
    {"y", COMPOSE_STRING, "y", NULL},
    {"No", COMPOSE_STRING, "No", NULL},

    {"0", COMPOSE_INT, "0", "zero"},
    {"7", COMPOSE_INT, "7", "a digit"},
    {"+7", COMPOSE_INT, "7", "a plus is not printed"},
    {"-7", COMPOSE_INT, "-7", "a minus is"},
    {"-0", COMPOSE_INT, "0", "there is no negative integer zero"},
    {"1_000", COMPOSE_INT, "1000", "underscores go"},
    {"1__0_", COMPOSE_INT, "10", "wherever they stand"},
    {"_1", COMPOSE_STRING, "_1", "but not in front"},
    {"010", COMPOSE_INT, "8", "a leading zero is octal"},
    {"-010", COMPOSE_INT, "-8", "with a sign too"},
    {"0777", COMPOSE_INT, "511", "file modes change when they are printed"},
    {"08", COMPOSE_FLOAT, "8", "no octal number, so a float"},
    {"019", COMPOSE_FLOAT, "19", NULL},
    {"012345678", COMPOSE_FLOAT, "1.2345678e+07", "and printed as one"},
    {"0x1F", COMPOSE_INT, "31", "hexadecimal"},
    {"0X1f", COMPOSE_INT, "31", "with a capital X"},
    {"-0x10", COMPOSE_INT, "-16", "with a sign"},
    {"0x", COMPOSE_STRING, "0x", "without a digit"},
    {"0xg", COMPOSE_STRING, "0xg", "with another letter"},
    {"0o17", COMPOSE_INT, "15", "YAML 1.2's octal"},
    {"0o8", COMPOSE_STRING, "0o8", "with a digit too large"},
    {"0b101", COMPOSE_INT, "5", "binary"},
    {"0b12", COMPOSE_STRING, "0b12", "with a digit too large"},
    {"0b-1", COMPOSE_INT, "-1", "go-yaml looks past the prefix a second time, and there a sign is fine"},
    {"0o-7", COMPOSE_INT, "-7", NULL},
    {"-0b-1", COMPOSE_STRING, "-0b-1", "but not two of them"},
    {"9223372036854775807", COMPOSE_INT, "9223372036854775807", "the largest signed"},
    {"9223372036854775808", COMPOSE_INT, "9223372036854775808", "unsigned has one bit more"},
    {"18446744073709551615", COMPOSE_INT, "18446744073709551615", "the largest unsigned"},
    {"18446744073709551616", COMPOSE_FLOAT, "1.8446744073709552e+19", "beyond it is a float"},
    {"-9223372036854775808", COMPOSE_INT, "-9223372036854775808", "the smallest"},
    {"-9223372036854775809", COMPOSE_FLOAT, "-9.223372036854776e+18", "the float below it"},
    {"0xffffffffffffffffff", COMPOSE_STRING, "0xffffffffffffffffff", "no float has an x"},

    {"1.5", COMPOSE_FLOAT, "1.5", "a float"},
    {"1.10", COMPOSE_FLOAT, "1.1", "a version number loses its zero"},
    {"3.0", COMPOSE_FLOAT, "3", "or its fraction"},
    {"1.", COMPOSE_FLOAT, "1", "a point at the end"},
    {".5", COMPOSE_FLOAT, "0.5", "a point in front"},
    {"-.5", COMPOSE_FLOAT, "-0.5", "after a sign"},
    {".", COMPOSE_STRING, ".", "a point alone"},
    {"..", COMPOSE_STRING, "..", "two of them: a path"},
    {"./x", COMPOSE_STRING, "./x", "a path"},
    {"1.2.3", COMPOSE_STRING, "1.2.3", "two points"},
    {"1e3", COMPOSE_FLOAT, "1000", "an exponent"},
    {"1E+3", COMPOSE_FLOAT, "1000", "a capital and a sign"},
    {"1e", COMPOSE_STRING, "1e", "without digits"},
    {"e3", COMPOSE_STRING, "e3", "without a number"},
    {"100000.0", COMPOSE_FLOAT, "100000", "six digits are plain"},
    {"999999.5", COMPOSE_FLOAT, "999999.5", "with a fraction too"},
    {"1e6", COMPOSE_FLOAT, "1e+06", "seven are not"},
    {"1234567.0", COMPOSE_FLOAT, "1.234567e+06", NULL},
    {"685_230.15", COMPOSE_FLOAT, "685230.15", "underscores go"},
    {"0.0001", COMPOSE_FLOAT, "0.0001", "four places"},
    {"0.00001", COMPOSE_FLOAT, "1e-05", "five"},
    {"0.1e-3", COMPOSE_FLOAT, "0.0001", "however it is written"},
    {"-0.0", COMPOSE_FLOAT, "-0", "a float has a negative zero"},
    {"0.1", COMPOSE_FLOAT, "0.1", "the shortest digits that read back"},
    {"0.30000000000000004", COMPOSE_FLOAT, "0.30000000000000004", "all seventeen where they are needed"},
    {"5e-324", COMPOSE_FLOAT, "5e-324", "the smallest of all"},
    {"1e-400", COMPOSE_FLOAT, "0", "smaller ones are zero"},
    {"1e400", COMPOSE_STRING, "1e400", "larger ones are strings"},
    {"1e22", COMPOSE_FLOAT, "1e+22", NULL},
    {"1e100", COMPOSE_FLOAT, "1e+100", "three digits of exponent"},
    {".5_0", COMPOSE_FLOAT, "0.5", "between digits an underscore may stand"},
    {"._5", COMPOSE_STRING, "._5", "else not, when a point comes first"},
    {".5__0", COMPOSE_STRING, ".5__0", NULL},
    {".5_", COMPOSE_STRING, ".5_", NULL},
    {".inf", COMPOSE_FLOAT, "+Inf", "as Go prints it"},
    {"-.INF", COMPOSE_FLOAT, "-Inf", NULL},
    {".NaN", COMPOSE_FLOAT, "NaN", NULL},
    {".iNf", COMPOSE_STRING, ".iNf", "no other mix"},
    {"inf", COMPOSE_STRING, "inf", "the point is needed"},
    {"0x1p-2", COMPOSE_STRING, "0x1p-2", "no hexadecimal floats"},
    {"190:20:30", COMPOSE_STRING, "190:20:30", "no base 60"},
    {"1 000", COMPOSE_STRING, "1 000", "a space"},
    {"12abc", COMPOSE_STRING, "12abc", "a commit"},
    {"1e5a", COMPOSE_STRING, "1e5a", "another one"},
    {"12345e10", COMPOSE_FLOAT, "1.2345e+14", "a short commit that is a number"},
    {"-", COMPOSE_STRING, "-", "a dash alone"},
    {"+", COMPOSE_STRING, "+", NULL},
    {"--1", COMPOSE_STRING, "--1", "an option"},
    {"linux/amd64", COMPOSE_STRING, "linux/amd64", "text"},

    {"2024-01-02", COMPOSE_TIMESTAMP, "2024-01-02", "a date"},
    {"2024-1-2", COMPOSE_TIMESTAMP, "2024-1-2", "short fields"},
    {"2024-02-29", COMPOSE_TIMESTAMP, "2024-02-29", "a leap year"},
    {"2023-02-29", COMPOSE_STRING, "2023-02-29", "no leap year"},
    {"1900-02-29", COMPOSE_STRING, "1900-02-29", "nor this century"},
    {"2024-13-01", COMPOSE_STRING, "2024-13-01", "no such month"},
    {"2024-00-01", COMPOSE_STRING, "2024-00-01", NULL},
    {"2024-01-32", COMPOSE_STRING, "2024-01-32", "no such day"},
    {"2024-01", COMPOSE_STRING, "2024-01", "a month is no date"},
    {"24-01-02", COMPOSE_STRING, "24-01-02", "two digits of a year"},
    {"2024-01-02T03:04:05Z", COMPOSE_TIMESTAMP, "2024-01-02T03:04:05Z", "RFC 3339"},
    {"2024-01-02t3:4:5.678+02:00", COMPOSE_TIMESTAMP, "2024-01-02t3:4:5.678+02:00", "with all it may have"},
    {"2024-01-02 03:04:05", COMPOSE_TIMESTAMP, "2024-01-02 03:04:05", "a space and no zone"},
    {"2024-01-02T03:04:05", COMPOSE_STRING, "2024-01-02T03:04:05", "a T without a zone"},
    {"2024-01-02 25:04:05", COMPOSE_STRING, "2024-01-02 25:04:05", "no such hour"},
    {"2024-01-02x", COMPOSE_STRING, "2024-01-02x", "more after it"},
};

static void test_plain(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *why = rows[i].why == NULL ? rows[i].plain : rows[i].why;
        struct compose_scalar scalar = compose_scalar_of_plain(arena, text_from(rows[i].plain));
        CHECK(scalar.kind == rows[i].kind, "<%s> is %s, not %s: %s", rows[i].plain, kinds[scalar.kind],
              kinds[rows[i].kind], why);
        CHECK_TEXT(scalar.text, rows[i].text, why);
    }
}

static const struct {
    enum node_kind kind;
    enum node_style style;
    const char *tag;
    const char *text;
    enum compose_scalar_kind expected;
    const char *printed;
    const char *why;
} nodes[] = {
    {NODE_STRING, NODE_STYLE_PLAIN, NULL, "1e6", COMPOSE_FLOAT, "1e+06", "plain"},
    {NODE_STRING, NODE_STYLE_QUOTED, NULL, "1e6", COMPOSE_STRING, "1e6", "quoted"},
    {NODE_STRING, NODE_STYLE_QUOTED, NULL, "", COMPOSE_STRING, "", "an empty string is not null"},
    {NODE_NULL, NODE_STYLE_PLAIN, NULL, "~", COMPOSE_NULL, "", "null"},
    {NODE_STRING, NODE_STYLE_PLAIN, "!!str", "010", COMPOSE_STRING, "010", "a tag keeps the text"},
    {NODE_STRING, NODE_STYLE_PLAIN, "!!str", "", COMPOSE_STRING, "", "and makes nothing a string"},
    {NODE_STRING, NODE_STYLE_QUOTED, "!!int", "010", COMPOSE_INT, "8", "or a string a number"},
    {NODE_STRING, NODE_STYLE_PLAIN, "!!float", "1", COMPOSE_FLOAT, "1", "an integer as float"},
    {NODE_STRING, NODE_STYLE_PLAIN, "!!float", "1000000", COMPOSE_FLOAT, "1e+06", "prints as one"},
    {NODE_STRING, NODE_STYLE_PLAIN, "!!int", "x", COMPOSE_STRING, "x", "a tag that does not fit"},
    {NODE_STRING, NODE_STYLE_QUOTED, "!!bool", "true", COMPOSE_BOOL, "true", NULL},
    {NODE_STRING, NODE_STYLE_PLAIN, "!!binary", "aGVsbG8=", COMPOSE_STRING, "hello", "base64"},
    {NODE_STRING, NODE_STYLE_QUOTED, "!!binary", "aGVs\nbG8=\n", COMPOSE_STRING, "hello", "of a block"},
    {NODE_STRING, NODE_STYLE_PLAIN, "!!binary", "AAAA", COMPOSE_STRING, "AAAA", "of bytes that are no text"},
    {NODE_STRING, NODE_STYLE_PLAIN, "!!binary", "////", COMPOSE_STRING, "////", "nor UTF-8"},
    {NODE_STRING, NODE_STYLE_PLAIN, "!!binary", "x", COMPOSE_STRING, "x", "that is none"},
    {NODE_STRING, NODE_STYLE_PLAIN, "!mine", "5", COMPOSE_STRING, "5", "a tag of one's own"},
};

static void test_nodes(struct arena *arena) {
    for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
        const char *why = nodes[i].why == NULL ? nodes[i].text : nodes[i].why;
        struct node node = {.kind = nodes[i].kind, .style = nodes[i].style, .text = text_from(nodes[i].text)};
        node.tag = nodes[i].tag;
        struct compose_scalar scalar = compose_scalar_of(arena, &node);
        CHECK(scalar.kind == nodes[i].expected, "<%s> is %s: %s", nodes[i].text, kinds[scalar.kind], why);
        CHECK_TEXT(scalar.text, nodes[i].printed, why);
    }
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_plain(&arena);
    test_nodes(&arena);
    arena_finish(&arena);
    return check_done("compose_scalar");
}
