/*
 * json: JSON, read by two readers and written by two writers.
 *
 * Checked: where json_read and yaml_read both take the bytes, their trees are the same; what is read can be written as JSON
 * and as YAML, and read from both again it is the same; a refusal has a place and printable words.
 */
#include "fuzz.h"

#include "format/json_read.h"
#include "format/json_write.h"
#include "format/yaml_read.h"
#include "format/yaml_write.h"

/* --- two readers --- */

/* YAML folds lines at these, which JSON takes for characters. */
static bool has_line_breaks(struct text text) {
    return text_contains(text, TEXT("\xC2\x85")) || text_contains(text, TEXT("\xE2\x80\xA8")) ||
           text_contains(text, TEXT("\xE2\x80\xA9")) || text_contains(text, TEXT("\xEF\xBB\xBF"));
}

/* A number that YAML has as it was written. */
static bool same_number(struct arena *arena, const struct node *json, const struct node *yaml) {
    char *text = text_string(arena, yaml->text), *end;
    struct text again = text_format(arena, "%ld", strtol(text, &end, 10));
    if (*end != '\0') again = text_format(arena, "%g", strtod(text, NULL));
    return text_equal(json->text, again);
}

static void check_agrees(struct arena *arena, const struct node *json, const struct node *yaml);

static void check_scalar(struct arena *arena, const struct node *json, const struct node *yaml) {
    FUZZ_CHECK(node_is_scalar(yaml), "%s", node_kind_name(yaml));
    bool is_plain = yaml->style == NODE_STYLE_PLAIN, same = text_equal(json->text, yaml->text);
    switch (json->kind) {
    case NODE_NULL:
        FUZZ_CHECK(yaml->kind == NODE_NULL, "null is <%.*s>", TEXT_ARG(yaml->text));
        break;
    case NODE_STRING:
        FUZZ_CHECK(same || (is_plain && same_number(arena, json, yaml)), "<%.*s> and <%.*s>", TEXT_ARG(json->text),
                   TEXT_ARG(yaml->text));
        break;
    case NODE_NUMBER:
        FUZZ_CHECK(is_plain && same_number(arena, json, yaml), "<%.*s> and <%.*s>", TEXT_ARG(json->text),
                   TEXT_ARG(yaml->text));
        break;
    default:
        FUZZ_CHECK(is_plain && same, "<%.*s> and <%.*s>", TEXT_ARG(json->text), TEXT_ARG(yaml->text));
    }
}

static void check_collection(struct arena *arena, const struct node *json, const struct node *yaml) {
    FUZZ_CHECK(json->kind == yaml->kind, "%s and %s", node_kind_name(json), node_kind_name(yaml));
    FUZZ_CHECK(json->count == yaml->count, "%zu and %zu", json->count, yaml->count);
    size_t items = json->kind == NODE_MAPPING ? 2 * json->count : json->count;
    for (size_t i = 0; i < items; i++)
        check_agrees(arena, json->items[i], yaml->items[i]);
}

static void check_agrees(struct arena *arena, const struct node *json, const struct node *yaml) {
    if (node_is_scalar(json)) {
        check_scalar(arena, json, yaml);
    } else {
        check_collection(arena, json, yaml);
    }
}

/* --- two writers --- */

static bool same(const struct node *a, const struct node *b) {
    if (a->kind != b->kind) return false;
    if (node_is_scalar(a)) return text_equal(a->text, b->text);
    size_t items = a->kind == NODE_MAPPING ? 2 * a->count : a->count;
    if (a->count != b->count) return false;
    for (size_t i = 0; i < items; i++)
        if (!same(a->items[i], b->items[i])) return false;
    return true;
}

static void check_json_again(struct arena *arena, const struct node *node) {
    struct buffer first = buffer_in(arena), second = buffer_in(arena);
    FUZZ_CHECK(json_write(&first, node), "what was read can be written");
    const struct node *again = json_read(arena, buffer_text(&first));
    FUZZ_CHECK(again != NULL && same(node, again), "<%.*s>", TEXT_ARG(buffer_text(&first)));
    FUZZ_CHECK(json_write(&second, again) && text_equal(buffer_text(&first), buffer_text(&second)), "the same bytes");
}

static unsigned depth_of(const struct node *node) {
    unsigned deepest = 0;
    if (node_is_scalar(node)) return 0;
    size_t items = node->kind == NODE_MAPPING ? 2 * node->count : node->count;
    for (size_t i = 0; i < items; i++) {
        unsigned depth = depth_of(node->items[i]);
        if (depth > deepest) deepest = depth;
    }
    return deepest + 1;
}

static void check_yaml_again(struct arena *arena, const struct node *node) {
    struct buffer written = buffer_in(arena);
    struct diagnostics problems = diag_in(arena);
    const struct node *again = NULL;
    if (depth_of(node) >= YAML_DEPTH_LIMIT) return;
    FUZZ_CHECK(yaml_write(&written, node, false), "what was read can be written");
    const struct source *source = source_create(arena, TEXT("written.yml"), buffer_text(&written));
    FUZZ_CHECK(yaml_read_one(arena, source, &problems, &again), "<%.*s>", TEXT_ARG(buffer_text(&written)));
    check_agrees(arena, node, again);
}

/* --- what is refused --- */

static void check_refusal(struct arena *arena, const struct diagnostics *problems) {
    struct buffer written = buffer_in(arena);
    FUZZ_CHECK(problems->list.count == 1 && diag_has_errors(problems), "%zu problems", problems->list.count);
    diag_write(&written, problems, DIAG_NOTE, false);
    FUZZ_CHECK(fuzz_is_printable(buffer_text(&written)), "reports are printable");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    arena_init(&arena);
    struct text text = fuzz_text(data, size);
    struct diagnostics problems = diag_in(&arena);
    const struct node *yaml = NULL, *json = json_read(&arena, text);
    bool ok = yaml_read_one(&arena, source_create(&arena, TEXT("file.json"), text), &problems, &yaml);
    if (!ok) check_refusal(&arena, &problems);
    if (json != NULL && ok && !has_line_breaks(text)) check_agrees(&arena, json, yaml);
    if (json != NULL) check_json_again(&arena, json);
    if (json != NULL) check_yaml_again(&arena, json);
    arena_finish(&arena);
    return 0;
}
