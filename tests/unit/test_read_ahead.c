/* read_ahead: what the second thread says of a Dockerfile, and what it leaves to the first one. */
#include "check.h"
#include "model/read_ahead.h"

#define FILLERS 300 /* so many that it is worth its start */

static const struct {
    const char *path;
    const char *bytes;
    bool good;          /* without build arguments */
    bool good_with_one; /* with one */
    const char *why;
} rows[] = {
    {"a/Dockerfile", "FROM alpine\nCOPY x /\n", true, true, "plain"},
    {"b/Dockerfile", "ARG V\nFROM alpine\nARG V\nRUN echo $V\n", true, true, "BuildKit does not expand commands"},
    {"c/Dockerfile", "ARG V=1\nFROM alpine:$V\n", true, false, "an argument decides the base"},
    {"d/Dockerfile", "FROM alpine\nCOPY $X /\n", true, false, "and a source"},
    {"e/Dockerfile", "FROM alpine\nRUN --mount=type=bind,target=$X true\n", true, false, "and a mount"},
    {"f/Dockerfile", "FROM alpine\nCOPPY x /\n", false, false, "broken"},
    {"g/Dockerfile", "FROM $X\n", false, false, "a blank base is worth a warning"},
    {"h/Dockerfile", "# syntax=acme/frontend\nwhatever\n", false, false, "a foreign frontend"},
    {"i/Dockerfile", "FROM alpine\nONBUILD COPY $X /\n", true, false, "triggers are not looked into"},
};

static void add(struct arena *arena, struct files_memory *files, struct map *paths, struct text path,
                const char *bytes) {
    files_memory_add(files, arena, path, text_from(bytes));
    map_set(arena, paths, path, files);
}

/* Until it has been everywhere: the last file it comes to is known. */
static void wait_for_all(struct read_ahead *ahead) {
    if (ahead->is_running) pthread_join(ahead->thread, NULL);
    ahead->is_running = false;
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    struct files_memory files;
    struct map paths = {0}, except = {0};
    struct text value = TEXT("1");
    files_memory_init(&files);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        add(&arena, &files, &paths, text_from(rows[i].path), rows[i].bytes);
    for (int i = 0; i < FILLERS; i++)
        add(&arena, &files, &paths, text_format(&arena, "z/%d/Dockerfile", i), "FROM scratch\n");
    map_set(&arena, &except, TEXT("z/7/Dockerfile"), &except);
    struct read_ahead ahead = {0};
    read_ahead_start(&ahead, &files.files, &paths, &except, true);
    CHECK(ahead.is_running, "%zu files are worth a thread", paths.count);
    wait_for_all(&ahead);
    struct build_choice none = {0}, one = {0}, target = {.target = TEXT("debug")};
    map_set(&arena, &one.arguments, TEXT("V"), &value);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct text path = text_from(rows[i].path);
        CHECK((read_ahead_find(&ahead, path, &none) != NULL) == rows[i].good, "%s", rows[i].why);
        CHECK((read_ahead_find(&ahead, path, &one) != NULL) == rows[i].good_with_one, "%s, with an argument",
              rows[i].why);
        CHECK(!read_ahead_find(&ahead, path, &target), "%s, with a target", rows[i].why);
        const struct text *bytes = read_ahead_bytes(&ahead, path);
        CHECK((bytes == NULL) == rows[i].good_with_one, "%s: the bytes are kept for another look", rows[i].why);
        if (bytes != NULL) CHECK_TEXT(*bytes, rows[i].bytes, rows[i].why);
    }
    CHECK(!read_ahead_find(&ahead, TEXT("z/7/Dockerfile"), &none), "what was excepted is not touched");
    CHECK(read_ahead_find(&ahead, TEXT("z/299/Dockerfile"), &none), "it came to the end");
    read_ahead_finish(&ahead, &arena);
    arena_finish(&arena);
    return check_done("read_ahead");
}
