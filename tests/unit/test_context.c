#include "scanned.h"

static const struct {
    const char *dockerfile, *bytes;
    const char *files; /* beside it, relative to the root, ' ' between */
    const char *context, *reason;
    const char *why;
} rows[] = {
    {"a1/Dockerfile", "FROM x\nCOPY main.c /\n", "a1/main.c", "a1", "1 of 1 source exists there", "its own directory"},
    {"a2/docker/Dockerfile", "FROM x\nCOPY src /src\nCOPY go.mod /\n", "a2/src/f a2/go.mod", "a2",
     "2 of 2 sources exist there", "the one above"},
    {"a3/docker/Dockerfile", "FROM x\nCOPY run.sh /\nCOPY src /src\nCOPY etc /etc\n",
     "a3/docker/run.sh a3/src/f a3/etc/f", "a3", "2 of 3 sources exist there", "where most are"},
    {"a4/docker/Dockerfile", "FROM x\nCOPY run.sh /\nCOPY src /src\n", "a4/docker/run.sh a4/src/f", "a4/docker",
     "1 of 2 sources exist there", "the deepest of equals"},
    {"a5/Dockerfile", "FROM x\nCOPY built /\n", "", "a5", "its own directory; its sources are not in the repository",
     "made by CI, not tracked"},
    {"a6/Dockerfile", "FROM x\nRUN true\n", "", "a6", "its own directory", "no sources at all"},
    {"a7/Dockerfile", "FROM x\nCOPY . /\n", "a7/f", "a7", "its own directory", "everything says nothing"},
    {"a8/x/Dockerfile", "FROM x\nCOPY *.toml src/*.rs /\n", "a8/Cargo.toml a8/src/main.rs", "a8",
     "2 of 2 sources exist there", "wildcards"},
    {"a9/x/Dockerfile", "FROM x AS b\nRUN true\nFROM y\nCOPY --from=b /etc/x /\nADD https://x.io/y /\n", "", "a9/x",
     "its own directory", "what comes from a stage or the network is no source"},
    {"a10/x/Dockerfile", "FROM x AS unused\nCOPY gone /\nFROM y\nCOPY f /\n", "a10/f", "a10",
     "1 of 1 source exists there", "a stage that nothing needs"},
    {"b1/src/main/docker/Dockerfile.jvm", "FROM x\nCOPY target/lib /\n", "", "b1",
     "its own directory; its sources are not in the repository", "Quarkus: the module above"},
    {"b2/x/Dockerfile", "FROM x\nRUN --mount=type=bind,source=go.sum,target=/g true\n", "b2/go.sum", "b2",
     "1 of 1 source exists there", "a bind mount"},
    {"b3/x/Dockerfile", "FROM x\nCOPY [\"a b\", \"/\"]\n", "b3/a?b", "b3", "1 of 1 source exists there",
     "the JSON form, a space in a name"},
    {"b4/x/Dockerfile", "FROM x\nCOPY /rooted /\n", "b4/rooted", "b4", "1 of 1 source exists there",
     "absolute is relative to the context"},
    {"b5/x/Dockerfile", "FROM x\nCOPY b5only /\n", "b5only", ".", "1 of 1 source exists there", "the root"},
};

static void write_files(struct arena *arena, const char *files) {
    struct text rest = text_from(files), path;
    while (rest.len > 0 && text_next(&rest, ' ', &path)) {
        char *name = text_string(arena, path);
        for (char *c = name; *c != '\0'; c++)
            if (*c == '?') *c = ' ';
        write_tree_file(arena, name, "");
    }
}

static const char settings[] = "images:\n  - match: {name: s1/x}\n    context: s1\n    target: t\n";

int main(void) {
    struct arena arena;
    arena_init(&arena);
    scratch_begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        write_tree_file(&arena, rows[i].dockerfile, rows[i].bytes);
        write_files(&arena, rows[i].files);
    }
    write_tree_file(&arena, "s1/x/Dockerfile", "FROM x AS t\nCOPY f /\nFROM y\n");
    write_tree_file(&arena, ".buildkite/depot-pipeline.yml", settings);
    struct scanned scanned;
    scanned_open(&arena, NULL, &scanned);
    CHECK(scanned.ok && scanned.problems.list.count == 0, "scanned");
    CHECK(scanned.workspace.images.count == sizeof(rows) / sizeof(*rows) + 1, "%zu", scanned.workspace.images.count);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (size_t k = 0; k < scanned.workspace.images.count; k++) {
            const struct image *image = scanned.workspace.images.items[k];
            if (!text_is(image->dockerfile, rows[i].dockerfile)) continue;
            CHECK_TEXT(image->context, rows[i].context, rows[i].why);
            CHECK_TEXT(image->context_reason, rows[i].reason, rows[i].why);
        }
    const struct image *set = scanned_image(&scanned, "s1/x");
    CHECK(set != NULL && text_is(set->context, "s1") && text_is(set->target, "t"), "settings have the last word");
    scanned_close(&scanned);
    scratch_end();
    arena_finish(&arena);
    return check_done("context");
}
