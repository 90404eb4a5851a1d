#include "check.h"

#include "docker/base64.h"

static const struct {
    const char *text;
    const char *decoded; /* NULL: malformed */
    const char *why;
} rows[] = {
    {"", "", "nothing"},
    {"aA==", "h", "one byte"},
    {"aGU=", "he", "two"},
    {"aGVs", "hel", "three"},
    {"aGVsbG8=", "hello", "five"},
    {"aGVs\nbG8=\r\n", "hello", "ends of lines"},
    {"+/+/", "\xfb\xff\xbf", "the last two digits"},
    {"aGVsbG8", NULL, "without padding"},
    {"aA=", NULL, "with half of it"},
    {"a===", NULL, "one digit is no byte"},
    {"====", NULL, "padding alone"},
    {"aA==aA==", NULL, "something behind the padding"},
    {"a A=", NULL, "a blank"},
    {"-_-_", NULL, "the alphabet of URLs"},
};

int main(void) {
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct text decoded = {0};
        bool ok = base64_decode(&arena, text_from(rows[i].text), &decoded);
        CHECK(ok == (rows[i].decoded != NULL), "<%s> is %s: %s", rows[i].text, ok ? "read" : "refused", rows[i].why);
        if (ok && rows[i].decoded != NULL) CHECK_TEXT(decoded, rows[i].decoded, rows[i].why);
    }
    arena_finish(&arena);
    return check_done("base64");
}
