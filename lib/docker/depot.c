#include "docker/depot.h"

#include "format/yaml_read.h"

const char *const depot_file_names[] = {"depot.json", "depot.yml", "depot.yaml", NULL};
const char *const depot_unread_names[] = {".depot.json",      ".depot.yml",        ".depot.yaml", ".depot/depot.json",
                                          ".depot/depot.yml", ".depot/depot.yaml", NULL};

#define RULE "project-file"
#define USUAL_LENGTH 10

/* ---- the form of an id ---- */

static bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool depot_is_usual_id(struct text id) {
    for (size_t i = 0; i < id.len; i++)
        if (!is_letter_or_digit(id.ptr[i])) return false;
    return id.len == USUAL_LENGTH;
}

/* A builder that `depot configure-docker` makes has the id in its name, and buildx takes these characters for one. */
static bool fits_a_builder(struct text id) {
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i], lower = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        if (!is_letter_or_digit(lower) && c != '.' && c != '_' && c != '-') return false;
    }
    return true;
}

void depot_check_id(struct arena *arena, struct text id, struct place place, struct diagnostics *diagnostics) {
    if (depot_is_usual_id(id)) return;
    struct text shown = text_printable(arena, id);
    const char *trouble = "does not look like a project id";
    if (!fits_a_builder(id)) trouble = "has characters that no project id has";
    if (text_trim(id).len < id.len) trouble = "has blanks at an end, which the Depot CLI keeps";
    diag_add(diagnostics, DIAG_WARNING, "project-id", place, "'%.*s' %s: one is ten lower-case letters and digits",
             TEXT_ARG(shown), trouble);
}

/* ---- reading ---- */

struct reading {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct node *id; /* the last one so far; NULL when there is none */
    bool is_refused;       /* the CLI takes nothing of the file; reported */
};

static void warn(struct diagnostics *diagnostics, struct place place, const char *reason) {
    diag_add(diagnostics, DIAG_WARNING, RULE, place, "the Depot CLI finds no project id here: %s", reason);
}

static void refuse(struct reading *reading, const struct node *node, const char *reason) {
    if (!reading->is_refused) warn(reading->diagnostics, node_place(node), reason);
    reading->is_refused = true;
}

/* The first line that begins as a comment of other languages; the absent text when there is none. */
static struct text find_slashes(struct text bytes) {
    struct text line;
    while (bytes.len > 0 && text_next(&bytes, '\n', &line)) {
        struct text trimmed = text_trim(line);
        if (text_starts(trimmed, "//") || text_starts(trimmed, "/*")) return text_first(trimmed, 2);
    }
    return (struct text){0};
}

static void report_syntax(const struct source *source, const struct diagnostics *problems,
                          struct diagnostics *diagnostics) {
    struct text slashes = find_slashes(source->bytes);
    const struct diagnostic *first = problems->list.items[0];
    if (text_is_given(slashes)) {
        diag_add(diagnostics, DIAG_WARNING, RULE, source_place(source, slashes),
                 "the Depot CLI finds no project id here: the file is not valid YAML or JSON, for '%.*s' begins no "
                 "comment",
                 TEXT_ARG(slashes));
    } else {
        diag_add(diagnostics, DIAG_WARNING, RULE, first->place,
                 "the Depot CLI finds no project id here: the file is not valid YAML or JSON (%.*s)",
                 TEXT_ARG(first->message));
    }
}

/*
 * libyaml takes JSON's `\/` for a slash, go-yaml v2 for an error. In a copy it is an escape that both refuse; where it is no
 * escape, the copy is as good as the file.
 */
static const struct source *without_slash_escapes(struct arena *arena, const struct source *source) {
    if (!text_contains(source->bytes, TEXT("\\/"))) return source;
    char *copy = text_string(arena, source->bytes);
    for (size_t i = 0; i + 1 < source->bytes.len; i++)
        if (copy[i] == '\\' && copy[i + 1] == '/') copy[i + 1] = 'q';
    return source_create(arena, source->path, text_of(copy, source->bytes.len));
}

/* NULL when there is none that can be read; reported. */
static const struct node *read_document(struct arena *arena, const struct source *source,
                                        struct diagnostics *diagnostics) {
    struct diagnostics problems = diag_in(arena);
    const struct node *document = NULL, *unused = NULL;
    const struct source *strict = without_slash_escapes(arena, source);
    bool ok = yaml_read_first(arena, source, &problems, &document) &&
              (strict == source || yaml_read_first(arena, strict, &problems, &unused));
    if (ok) return document;
    report_syntax(source, &problems, diagnostics);
    return NULL;
}

/* ---- the key ---- */

/* Tags that make another value of the text, or none at all. */
static bool is_converted(const struct node *id) {
    static const char *const tags[] = {"!!null", "!!bool", "!!int", "!!float", "!!timestamp", "!!binary"};
    for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
        if (text_is(node_tag(id), tags[i])) return true;
    return false;
}

static void take_id(struct reading *reading, const struct node *id) {
    if (!node_is_scalar(id)) {
        refuse(reading, id, "'id' must be a string");
    } else if (is_converted(id)) {
        refuse(reading, id, "'id' has a tag, which is not followed; write it without");
    } else {
        reading->id = id;
    }
}

static bool is_merge_key(const struct node *key) {
    bool is_plain = key->style == NODE_STYLE_PLAIN && key->tag == NULL;
    return text_is(key->text, "<<") && (is_plain || text_is(node_tag(key), "!!merge"));
}

static void take_pairs(struct reading *reading, const struct node *mapping);

/* Of a list, earlier mappings take precedence: they are laid over the later ones. */
static void take_merge(struct reading *reading, const struct node *merged) {
    bool is_list = merged->kind == NODE_SEQUENCE;
    for (size_t i = is_list ? merged->count : 1; i > 0; i--) {
        const struct node *mapping = is_list ? merged->items[i - 1] : merged;
        if (mapping->kind == NODE_MAPPING) {
            take_pairs(reading, mapping);
        } else {
            refuse(reading, mapping, "'<<' takes a mapping or a list of mappings");
        }
    }
}

static void take_pairs(struct reading *reading, const struct node *mapping) {
    for (size_t i = 0; i < mapping->count; i++) {
        const struct node *key = node_key(mapping, i), *value = node_value(mapping, i);
        if (!node_is_scalar(key)) {
            refuse(reading, key, "a key must be a string");
        } else if (is_merge_key(key)) {
            take_merge(reading, value);
        } else if (text_is(key->text, "id")) {
            take_id(reading, value);
        }
    }
}

/* Spellings that README files and other tools use for the one key, `id`; the likeliest first. */
static const struct node *find_misspelt(const struct node *document) {
    static const char *const spellings[] = {"id", "projectid", "project_id", "project-id", "project", "name"};
    for (size_t j = 0; j < sizeof(spellings) / sizeof(spellings[0]); j++)
        for (size_t i = 0; i < document->count; i++)
            if (text_equal_ignoring_case(node_key(document, i)->text, text_from(spellings[j])))
                return node_key(document, i);
    return NULL;
}

static void report_no_key(struct diagnostics *diagnostics, const struct node *document) {
    const struct node *misspelt = find_misspelt(document);
    if (misspelt == NULL) {
        warn(diagnostics, node_place(document), "the key 'id' is missing");
    } else {
        diag_add(diagnostics, DIAG_WARNING, RULE, node_place(misspelt),
                 "the Depot CLI finds no project id here: the key is 'id', not '%.*s'", TEXT_ARG(misspelt->text));
    }
}

/* The one that counts; NULL when there is none, reported. */
static const struct node *find_id(struct reading *reading, const struct node *document) {
    if (document->kind != NODE_MAPPING) {
        warn(reading->diagnostics, node_place(document),
             document->line == 0 ? "the file is empty" : "the file does not hold a mapping with the key 'id'");
        return NULL;
    }
    take_pairs(reading, document);
    const struct node *id = reading->id;
    if (reading->is_refused) return NULL;
    if (id == NULL) {
        report_no_key(reading->diagnostics, document);
    } else if (id->kind == NODE_NULL || id->text.len == 0) {
        warn(reading->diagnostics, node_place(id), "'id' is empty");
        return NULL;
    }
    return id;
}

void depot_parse(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                 struct depot_file *out) {
    struct reading reading = {.arena = arena, .diagnostics = diagnostics};
    *out = (struct depot_file){.source = source, .place = source_whole(source)};
    const struct node *document = read_document(arena, source, diagnostics);
    const struct node *id = document == NULL ? NULL : find_id(&reading, document);
    if (id == NULL) return;
    out->id = id->text;
    out->place = node_place(id);
    depot_check_id(arena, id->text, out->place, diagnostics);
}
