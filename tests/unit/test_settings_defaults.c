#include "check.h"

#include "model/settings_origin.h"

/* Keys that have no default, or whose default depends on the repository or the build; a list or mapping stands for all in it. */
static const char *const without_default[] = {"registry",
                                              "repository",
                                              "project",
                                              "build_args",
                                              "save_tags",
                                              "test",
                                              "login",
                                              "watch",
                                              "ignore",
                                              "always",
                                              "steps",
                                              "group",
                                              "step",
                                              "floating_tags",
                                              "labels",
                                              "annotations",
                                              "name",
                                              "context",
                                              "target",
                                              "token_secret",
                                              "gates",
                                              "images",
                                              "discovery",
                                              "profiles",
                                              "tests",
                                              "build_secrets",
                                              "cli.url",
                                              "cli.sha256",
                                              "cli.image",
                                              "base.file",
                                              "base.command",
                                              "provenance",
                                              "sbom", /* compose's own count, else what the CLI does */
                                              "cache.repository",
                                              "base.token_variable",
                                              "kubernetes.image",
                                              "kubernetes.token.secret",
                                              "kubernetes.secrets",
                                              "kubernetes.env",
                                              "kubernetes.service_account",
                                              "kubernetes.resources", /* only where the plugin is there anyway */
                                              "kubernetes.metadata",
                                              "kubernetes.checkout",
                                              "kubernetes.pod_patch",
                                              "kubernetes.git_mirrors.claim",
                                              "kubernetes.git_mirrors.host_path"};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct walk {
    struct arena *arena;
    bool seen[COUNT(without_default)];
};

static bool find_without(struct walk *walk, struct text path) {
    for (size_t i = 0; i < COUNT(without_default); i++)
        if (text_is(path, without_default[i])) return walk->seen[i] = true;
    return false;
}

static bool holds_keys(const struct record_field *field) {
    return field->type == &record_record || field->type == &record_text_or_record;
}

/* Each key has a row among the defaults or stands above, and never both. */
static void walk_table(struct walk *walk, const struct record_table *table, const char *prefix,
                       const struct node *defaults) {
    for (size_t i = 0; i < table->count; i++) {
        const struct record_field *field = &table->fields[i];
        if (field->type == &record_inline) walk_table(walk, field->table, prefix, defaults);
        if (field->key == NULL) continue;
        struct text path = text_format(walk->arena, "%s%s", prefix, field->key);
        const struct node *row = defaults == NULL ? NULL : node_find(defaults, field->key);
        bool is_without = find_without(walk, path);
        if (holds_keys(field) && !is_without) {
            const char *inner = text_string(walk->arena, text_format(walk->arena, "%.*s.", TEXT_ARG(path)));
            walk_table(walk, field->table, inner, row);
        } else {
            CHECK(is_without != (row != NULL), "%.*s: a default, or none (here: %d, there: %d)", TEXT_ARG(path),
                  is_without, row != NULL);
        }
    }
}

static void test_rows(struct arena *arena) {
    struct walk walk = {.arena = arena};
    walk_table(&walk, &settings_table, "", settings_defaults(arena));
    walk_table(&walk, &settings_image_table, "", settings_defaults(arena));
    for (size_t i = 0; i < COUNT(without_default); i++)
        CHECK(walk.seen[i], "'%s' is a key of the settings", without_default[i]);
}

/* They are a settings file. */
static void test_reading(struct arena *arena) {
    struct diagnostics problems = diag_in(arena);
    struct record_reader reader = {.arena = arena, .diagnostics = &problems};
    struct settings settings = {0};
    CHECK(record_read(&reader, &settings_table, settings_defaults(arena), &settings), "the defaults can be read");
    CHECK(problems.list.count == 0, "%zu problems", problems.list.count);
    CHECK(settings.build.output == OUTPUT_PUSH, "output: push, not %d", settings.build.output);
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_reading(&arena);
    arena_finish(&arena);
    return check_done("settings_defaults");
}
