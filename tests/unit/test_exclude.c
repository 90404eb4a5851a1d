#include "check.h"

#include "model/exclude.h"

static const struct {
    const char *path, *rule, *reason; /* rule NULL: not left out */
} rows[] = {
    {"Dockerfile", NULL, NULL},
    {"services/api/Dockerfile", NULL, NULL},
    {"vendor/x/Dockerfile", "excluded-directory", "vendor/ holds vendored code"},
    {"a/vendor/x/Dockerfile", "excluded-directory", "a/vendor/ holds vendored code"},
    {"a/node_modules/x/test/Dockerfile", "excluded-directory", "a/node_modules/ holds vendored code"}, /* the first */
    {"test/Dockerfile", "excluded-directory", "test/ holds tests"},
    {"tests/compose.yml", "excluded-directory", "tests/ holds tests"},
    {"examples/Dockerfile", "excluded-directory", "examples/ holds examples"},
    {".devcontainer/Dockerfile", "excluded-directory", ".devcontainer/ holds a development container"},
    {"test", NULL, NULL}, /* a file of that name is no directory */
    {"latest/Dockerfile", NULL, NULL},
    {"testing/Dockerfile", NULL, NULL},
    {"Test/Dockerfile", NULL, NULL},
    {"Dockerfile.test", NULL, NULL},
    {"Dockerfile.j2", "template", "its name is that of a template"},
    {"a/Dockerfile.tmpl", "template", "its name is that of a template"},
    {"Dockerfile.in", "template", "its name is that of a template"},
    {"Dockerfile.template", "template", "its name is that of a template"},
    {"Dockerfile-template", "template", "its name is that of a template"},
    {"templates/Dockerfile", NULL, NULL},
    {"{{cookiecutter.name}}/Dockerfile", "template", "its directory's name is a template"},
    {"drop/Dockerfile", "settings", "the settings leave out 'drop/**'"},
    {"drop/keep/Dockerfile", "settings", "the settings leave out 'drop/**'"}, /* the last word is exclude's */
    {"examples/keep/Dockerfile", NULL, NULL},                                 /* include brings it back */
    {"x/keep/Dockerfile.j2", NULL, NULL},
};

static struct record_text_value globs[] = {
    {.text = TEXT_INIT("drop/**")}, {.text = TEXT_INIT("**/keep/*")}, {.text = TEXT_INIT("[broken")}};

static const struct {
    const char *bytes;
    bool template;
} marks[] = {
    {"FROM {{ base }}\n", true},
    {"{% if x %}\n", true},
    {"<%= x %>\n", true},
    {"FROM go\nRUNN go list -f '{{.Dir}}'\n", false}, /* a mark inside a command: the file is broken, not a template */
    {"FROM x\n", false},
    {"RUN echo ${X}{}\n", false},
    {"", false},
};

int main(void) {
    struct arena arena;
    struct settings settings = {0};
    arena_init(&arena);
    list_add(&arena, &settings.discovery.exclude, &globs[0]);
    list_add(&arena, &settings.discovery.include, &globs[2]); /* one that does not compile matches nothing */
    list_add(&arena, &settings.discovery.include, &globs[1]);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct left_out *left_out = exclude_find(&arena, &settings, text_from(rows[i].path));
        CHECK((left_out == NULL) == (rows[i].rule == NULL), "%s", rows[i].path);
        if (left_out == NULL || rows[i].rule == NULL) continue;
        CHECK(strcmp(left_out->rule, rows[i].rule) == 0, "%s: %s", rows[i].path, left_out->rule);
        CHECK_TEXT(left_out->reason, rows[i].reason, rows[i].path);
    }
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        CHECK(exclude_is_template(text_from(marks[i].bytes)) == marks[i].template, "%s", marks[i].bytes);
    arena_finish(&arena);
    return check_done("exclude");
}
