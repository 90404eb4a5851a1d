#include "docker/depot.h"

#include "format/yaml_read.h"

const char *const depot_file_names[] = {"depot.json", "depot.yml", "depot.yaml", NULL};

#define RULE "project-file"
#define USUAL_LENGTH 10

bool depot_is_usual_id(struct text id) {
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) return false;
    }
    return id.len == USUAL_LENGTH;
}

static void warn(struct diagnostics *diagnostics, struct place place, const char *reason) {
    diag_add(diagnostics, DIAG_WARNING, RULE, place, "the Depot CLI finds no project id here: %s", reason);
}

/* The first document, as yaml.Unmarshal takes it; NULL when there is none that can be read. */
static const struct node *read_document(struct arena *arena, const struct source *source,
                                        struct diagnostics *diagnostics) {
    struct diagnostics problems = diag_in(arena);
    struct list documents = {0};
    if (!yaml_read(arena, source, &problems, &documents)) {
        const struct diagnostic *first = problems.list.items[0];
        diag_add(diagnostics, DIAG_WARNING, RULE, first->place,
                 "the Depot CLI finds no project id here: the file is not valid YAML or JSON (%.*s)",
                 TEXT_ARG(first->message));
        return NULL;
    }
    if (documents.count == 0) warn(diagnostics, source_whole(source), "the file is empty");
    return documents.count == 0 ? NULL : documents.items[0];
}

/* Spellings that README files and other tools use for the one key, `id`. */
static const struct node *find_misspelt(const struct node *document) {
    static const char *const spellings[] = {"id", "projectid", "project_id", "project-id", "project"};
    for (size_t i = 0; i < document->count; i++)
        for (size_t j = 0; j < sizeof(spellings) / sizeof(spellings[0]); j++)
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

static const struct node *find_id(struct diagnostics *diagnostics, const struct node *document) {
    if (document->kind != NODE_MAPPING) {
        warn(diagnostics, node_place(document), "the file does not hold a mapping with the key 'id'");
        return NULL;
    }
    const struct node *id = node_find(document, "id");
    if (id == NULL) {
        report_no_key(diagnostics, document);
    } else if (!node_is_scalar(id)) {
        warn(diagnostics, node_place(id), "'id' must be a string");
    } else if (id->kind == NODE_NULL || id->text.len == 0) {
        warn(diagnostics, node_place(id), "'id' is empty");
    } else {
        return id;
    }
    return NULL;
}

void depot_parse(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                 struct depot_file *out) {
    *out = (struct depot_file){.source = source, .place = source_whole(source)};
    const struct node *document = read_document(arena, source, diagnostics);
    const struct node *id = document == NULL ? NULL : find_id(diagnostics, document);
    if (id == NULL) return;
    out->id = id->text;
    out->place = node_place(id);
    if (depot_is_usual_id(id->text)) return;
    struct text shown = text_printable(arena, id->text);
    diag_add(diagnostics, DIAG_WARNING, RULE, out->place,
             "'%.*s' does not look like a project id, which is ten lower-case letters and digits", TEXT_ARG(shown));
}
