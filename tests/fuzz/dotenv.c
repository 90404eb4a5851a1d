/*
 * dotenv: a `.env` file.
 *
 * Checked: an error is reported exactly when the file is refused; the same again gives the same;
 * no name of a secret and no address with a password is stored; what is reported is printable, has a place and shows
 * nothing of the file; a text with just the names that came out, each in quotes and after `export`, gives the same values.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "docker/dotenv.h"

static bool parse(struct arena *arena, struct text bytes, struct diagnostics *diagnostics, struct variables *out) {
    const struct source *source = source_create(arena, TEXT(".env"), bytes);
    *diagnostics = diag_in(arena);
    *out = (struct variables){0};
    bool ok = dotenv_parse(arena, source, diagnostics, out);
    FUZZ_CHECK(ok != diag_has_errors(diagnostics), "refused exactly when an error is reported");
    return ok;
}

static void check_reports(struct arena *arena, const struct diagnostics *diagnostics, struct text bytes) {
    struct buffer written = buffer_in(arena);
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct diagnostic *one = diagnostics->list.items[i];
        FUZZ_CHECK(one->rule != NULL && one->message.len > 0, "what and why");
        FUZZ_CHECK(one->place.source != NULL && one->place.source->bytes.len == 0, "no excerpt can be made");
        FUZZ_CHECK(one->place.line <= bytes.len + 1, "line %u", one->place.line);
    }
    diag_write(&written, diagnostics, DIAG_NOTE, false);
    FUZZ_CHECK(fuzz_is_printable(buffer_text(&written)), "reports are printable");
}

static void check_same(const struct variables *a, const struct variables *b) {
    FUZZ_CHECK(a->defaults.count == b->defaults.count, "%zu and %zu names", a->defaults.count, b->defaults.count);
    for (size_t i = 0; i < a->defaults.count; i++) {
        struct text name = a->defaults.entries[i].key;
        const struct text *left = variables_find(a, name), *right = variables_find(b, name);
        FUZZ_CHECK(right != NULL && text_equal(*left, *right), "<%.*s>", TEXT_ARG(name));
    }
}

/* "//user:word@" of an address: what must not be there. */
static bool has_password(struct text value) {
    for (size_t i = 0; i + 2 < value.len; i++) {
        if (value.ptr[i] != ':' || value.ptr[i + 1] != '/' || value.ptr[i + 2] != '/') continue;
        bool colon = false;
        for (size_t j = i + 3; j < value.len && value.ptr[j] != '/' && value.ptr[j] != ' '; j++) {
            if (colon && value.ptr[j] == '@') return true;
            colon |= value.ptr[j] == ':';
        }
    }
    return false;
}

static void check_secrets(const struct variables *variables) {
    for (size_t i = 0; i < variables->defaults.count; i++) {
        struct text name = variables->defaults.entries[i].key, value = *variables_find(variables, name);
        FUZZ_CHECK(name.len > 0, "a name");
        FUZZ_CHECK(!variables_is_secret_name(name), "<%.*s>", TEXT_ARG(name));
        FUZZ_CHECK(!has_password(value), "<%.*s>", TEXT_ARG(value));
    }
}

static void check_quoted(struct arena *arena, const struct variables *variables) {
    struct buffer file = buffer_in(arena);
    struct variables expected = {0}, again;
    struct diagnostics diagnostics;
    buffer_add_string(&file, "# so that a byte order mark at the front of the first name stays\n");
    for (size_t i = 0; i < variables->defaults.count; i++) {
        struct text name = variables->defaults.entries[i].key, value = *variables_find(variables, name);
        if (text_has(value, '\\')) continue; /* before a quote it cannot be written */
        variables_set(arena, &expected, name, value);
        buffer_format(&file, "export %.*s='", TEXT_ARG(name));
        for (size_t j = 0; j < value.len; j++) {
            if (value.ptr[j] == '\'') buffer_add_byte(&file, '\\');
            buffer_add_byte(&file, value.ptr[j]);
        }
        buffer_add_string(&file, "'\n");
    }
    FUZZ_CHECK(parse(arena, buffer_text(&file), &diagnostics, &again), "<%.*s>", (int)file.len, file.ptr);
    check_same(&expected, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct diagnostics diagnostics, other_diagnostics;
    struct variables variables, other;
    struct text bytes = fuzz_text(data, size);
    arena_init(&arena);
    bool ok = parse(&arena, bytes, &diagnostics, &variables);
    check_reports(&arena, &diagnostics, bytes);
    FUZZ_CHECK(parse(&arena, bytes, &other_diagnostics, &other) == ok, "the same again");
    if (ok) {
        check_same(&variables, &other);
        check_secrets(&variables);
        check_quoted(&arena, &variables);
    }
    arena_finish(&arena);
    return 0;
}
