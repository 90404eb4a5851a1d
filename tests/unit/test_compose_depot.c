#include "check.h"

#include "docker/compose_depot.h"
#include "format/yaml_read.h"

#define SERVICE "services:\n  a:\n"
#define BUILD SERVICE "    build:\n      context: .\n"

static const struct {
    const char *file;
    const char *expected; /* "rule@line message" of each, joined by " | " */
} rows[] = {
    {"", ""},
    {"services: [a]\n", ""},
    {BUILD, ""},
    {BUILD "      x-depot: {project-id: x19jffd9zf}\n", ""},
    {BUILD "      x-depot: {project-id: '${P}'}\n", ""},
    {BUILD "      x-depot: {project-id: x19jffd9zf, other: 1}\n", ""},

    /* elsewhere */
    {BUILD "    x-depot: {project-id: p}\n",
     "x-depot-ignored@5 service 'a': 'x-depot' is not read beside 'build'; it belongs under it"},
    {SERVICE "    build: .\n    x-depot: p\n",
     "x-depot-ignored@4 service 'a': 'x-depot' is not read beside 'build'; it belongs under it"},
    {SERVICE "    image: a\n    x-depot: {project-id: p}\n", ""}, /* nothing is built */
    {"x-depot: {project-id: p}\n" BUILD,
     "x-depot-ignored@1 'x-depot' is not read at the top of a file; it belongs under 'build' of a service"},
    {"x-depot: {project-id: p}\n" SERVICE "    image: a\n", ""},
    {"x-depot: &d {project-id: p}\n" BUILD "      x-depot: *d\n", ""}, /* it is read where it is referred to */
    {"x-depot: &d {project-id: p}\n" BUILD "      x-depot: {<<: *d}\n", ""},
    {"x-depot: {project-id: &p q}\n" BUILD "      x-depot: {project-id: *p}\n", ""},
    {"x-depot: {project-id: p}\n" BUILD "      x-depot: {project-id: p}\n",
     "x-depot-ignored@1 'x-depot' is not read at the top of a file; it belongs under 'build' of a service"},

    /* spelt otherwise */
    {BUILD "      x-depot: {project_id: p}\n",
     "x-depot-ignored@5 service 'a': the key of 'x-depot' is 'project-id', not 'project_id'"},
    {BUILD "      x-depot: {a: b, projectId: p}\n",
     "x-depot-ignored@5 service 'a': the key of 'x-depot' is 'project-id', not 'projectId'"},
    {BUILD "      x-depot: {Project-ID: p}\n",
     "x-depot-ignored@5 service 'a': the key of 'x-depot' is 'project-id', not 'Project-ID'"},
    {BUILD "      x-depot: {id: p}\n", "x-depot-ignored@5 service 'a': the key of 'x-depot' is 'project-id', not 'id'"},
    {BUILD "      x-depot: {project_id: p, project-id: q}\n", ""},
    {BUILD "      x-depot: {a: b}\n",
     "x-depot-ignored@5 service 'a': 'x-depot' has no 'project-id', so it names no project"},
    {BUILD "      x-depot: {}\n",
     "x-depot-ignored@5 service 'a': 'x-depot' has no 'project-id', so it names no project"},
    {BUILD "      x-Depot: {project-id: p}\n",
     "x-depot-ignored@5 service 'a': this key is not read; Depot's is 'x-depot'"},
    {BUILD "      x-depot-project-id: p\n",
     "x-depot-ignored@5 service 'a': this key is not read; Depot's is 'x-depot'"},

    /* empty, or no string */
    {BUILD "      x-depot: {project-id: }\n",
     "x-depot-ignored@5 service 'a': 'project-id' is empty, so it names no project"},
    {BUILD "      x-depot: {project-id: ''}\n",
     "x-depot-ignored@5 service 'a': 'project-id' is empty, so it names no project"},
    {BUILD "      x-depot:\n", ""},                   /* nothing */
    {BUILD "      x-depot: p\n", ""},                 /* refused by compose_build */
    {BUILD "      x-depot: {project-id: [p]}\n", ""}, /* the same */
    {BUILD "      x-depot: {project-id: 1234567890}\n", ""},
    {BUILD "      x-depot: {project-id: 0123456789}\n",
     "project-id@5 without quotes '0123456789' is read as '1.23456789e+08'"},
    {BUILD "      x-depot: {project-id: '0123456789'}\n", ""},
    {BUILD "      x-depot: {project-id: 1e3}\n", "project-id@5 without quotes '1e3' is read as '1000'"},

    /* several */
    {"x-depot: p\n" BUILD "      x-depot: {id: p}\n    x-depot: q\n",
     "x-depot-ignored@1 'x-depot' is not read at the top of a file; it belongs under 'build' of a service | "
     "x-depot-ignored@7 service 'a': 'x-depot' is not read beside 'build'; it belongs under it | "
     "x-depot-ignored@6 service 'a': the key of 'x-depot' is 'project-id', not 'id'"},
};

static struct text check_file(struct arena *arena, const char *file) {
    struct diagnostics diagnostics = diag_in(arena);
    struct buffer out = buffer_in(arena);
    const struct node *document = NULL;
    struct source *source = source_create(arena, TEXT("compose.yaml"), text_from(file));
    CHECK(yaml_read_one(arena, source, &diagnostics, &document), "<%s> is YAML", file);
    compose_depot_check(arena, &diagnostics, document);
    for (size_t i = 0; i < diagnostics.list.count; i++) {
        const struct diagnostic *one = diagnostics.list.items[i];
        CHECK(one->severity == DIAG_WARNING, "<%s> warns", file);
        buffer_format(&out, "%s%s@%u %.*s", i > 0 ? " | " : "", one->rule, one->place.line, TEXT_ARG(one->message));
    }
    return out.len == 0 ? TEXT("") : buffer_text(&out);
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CHECK_TEXT(check_file(&arena, rows[i].file), rows[i].expected, rows[i].file);
    arena_finish(&arena);
    return check_done("compose_depot");
}
