/*
 * project: a project file of the Depot CLI.
 *
 * Checked: never an error; one warning at least when there is no id, at most one when there is; an id is not empty and holds
 * no NUL; the same again gives the same; what follows the end of the document does not matter; JSON with one id gives
 * that one; what is reported is printable and stands in the file.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "docker/depot.h"
#include "format/json_read.h"

static struct depot_file parse(struct arena *arena, struct text bytes, struct diagnostics *diagnostics) {
    struct depot_file file;
    *diagnostics = diag_in(arena);
    depot_parse(arena, source_create(arena, TEXT("depot.json"), bytes), diagnostics, &file);
    FUZZ_CHECK(!diag_has_errors(diagnostics), "never an error");
    FUZZ_CHECK(file.source != NULL && file.place.source == file.source, "a place in the file");
    if (text_is_given(file.id)) {
        FUZZ_CHECK(file.id.len > 0 && !text_has(file.id, '\0'), "<%.*s>", TEXT_ARG(file.id));
        FUZZ_CHECK(diagnostics->list.count == !depot_is_usual_id(file.id), "<%.*s>", TEXT_ARG(file.id));
    } else {
        FUZZ_CHECK(diagnostics->list.count == 1, "%zu reasons", diagnostics->list.count);
    }
    return file;
}

static void check_reports(struct arena *arena, const struct diagnostics *diagnostics, struct text bytes) {
    struct buffer written = buffer_in(arena);
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct diagnostic *one = diagnostics->list.items[i];
        FUZZ_CHECK(one->place.source != NULL && one->place.line <= bytes.len + 1, "line %u", one->place.line);
    }
    diag_write(&written, diagnostics, DIAG_NOTE, false);
    FUZZ_CHECK(fuzz_is_printable(buffer_text(&written)), "reports are printable");
}

/* Block scalars take the lines before the end for their own; half a character is a mistake only when something follows. */
static void check_end(struct arena *arena, struct text bytes, const struct depot_file *file) {
    struct diagnostics diagnostics;
    struct buffer longer = buffer_in(arena);
    if (!text_is_given(file->id) || text_has(bytes, '|') || text_has(bytes, '>')) return;
    if (!text_is_utf8(bytes)) return;
    buffer_add(&longer, bytes);
    buffer_add_string(&longer, "\n...\n[\"");
    struct depot_file other = parse(arena, buffer_text(&longer), &diagnostics);
    FUZZ_CHECK(fuzz_same(file->id, other.id), "<%.*s> and <%.*s>", TEXT_ARG(file->id), TEXT_ARG(other.id));
}

/* Both take the last of several; but for line breaks that YAML folds, they read the same. */
static void check_json(struct arena *arena, struct text bytes, const struct depot_file *file) {
    const struct node *json = json_read(arena, bytes), *id = node_find(json, "id");
    bool is_string = id != NULL && id->kind == NODE_STRING && id->text.len > 0;
    for (size_t i = 0; i < bytes.len; i++)
        if ((unsigned char)bytes.ptr[i] >= 0x80) return;
    if (!is_string || !text_is_given(file->id) || !text_contains(bytes, TEXT("\"id\""))) return;
    if (text_contains(bytes, text_format(arena, "\"%.*s\"", TEXT_ARG(id->text))))
        FUZZ_CHECK(text_equal(file->id, id->text), "<%.*s> and <%.*s>", TEXT_ARG(file->id), TEXT_ARG(id->text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct diagnostics diagnostics, again;
    arena_init(&arena);
    struct text bytes = fuzz_text(data, size);
    struct depot_file file = parse(&arena, bytes, &diagnostics), other = parse(&arena, bytes, &again);
    FUZZ_CHECK(fuzz_same(file.id, other.id), "the same again");
    check_reports(&arena, &diagnostics, bytes);
    check_end(&arena, bytes, &file);
    check_json(&arena, bytes, &file);
    arena_finish(&arena);
    return 0;
}
