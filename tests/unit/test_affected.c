/* One repository, many changes: what each of them builds, and why. tests/affected asks BuildKit about whole histories. */
#include "scanned.h"

#include "model/watch.h"
#include "plan/near.h"
#include "plan/plan.h"

static const char *const files[][2] = {
    {"compose.yaml", "services:\n"
                     "  api: {build: {context: ., dockerfile: api/Dockerfile}}\n"
                     "  web: {build: {context: web, additional_contexts: {shared: ./libs/shared}}}\n"
                     "  tool: {build: ./tool-link, image: acme/tool}\n"},
    {"api/Dockerfile",
     "FROM alpine\nCOPY --from=acme/tool /tool /\nCOPY go.* /\nCOPY api /api\nCOPY libs/auth /auth\n"},
    {".dockerignore", "**/*.md\n!api/keep.md\nz{2}*\n"}, /* the last one is for PCRE2 */
    {"go.mod", ""},
    {"api/main.go", ""},
    {"api/keep.md", ""},
    {"api/notes.md", ""},
    {"libs/auth/a.go", ""},
    {"libs/log/l.go", ""},
    {"web/Dockerfile", "FROM alpine\nCOPY --exclude=*.css src /src\nCOPY --from=shared . /s\n"},
    {"web/src/index.html", ""},
    {"web/src/x.css", ""},
    {"web/README", ""},
    {"libs/shared/s.js", ""},
    {"tool/real/Dockerfile", "FROM scratch\nCOPY dist/tool /\n"},
    {"tool/real/src.c", ""},
    {".buildkite/depot-pipeline.yml", "images:\n"
                                      "- match: {name: web}\n"
                                      "  watch: [\"config/*.json\"]\n"
                                      "  ignore: [\"web/src/*.html\"]\n"
                                      "  always: [Makefile]\n"},
    {"config/a.json", ""},
    {"Makefile", ""},
};

static const struct {
    const char *changed;  /* one a line */
    const char *expected; /* image:reason, by name */
    const char *why;
} rows[] = {
    {"", "", "nothing changed"},
    {"unrelated.txt", "", "a file that nobody takes"},
    {"api/main.go", "api:source", "a directory that is copied"},
    {"go.mod", "api:source", "a pattern"},
    {"go.work.sum", "api:source", "what is new and matches it"},
    {"gone.mod", "", "what does not"},
    {"sub/go.mod", "", "a star stays in its directory"},
    {"api/notes.md", "", "left out by the ignore file"},
    {"api/keep.md", "api:source", "and taken back"},
    {"libs/log/l.go", "", "another library"},
    {"libs/auth/a.go\napi/main.go", "api:source", "two at once"},
    {"api/Dockerfile", "api:dockerfile", "the Dockerfile"},
    {".dockerignore", "api:ignore-file", "the ignore file of the context"},
    {"api/Dockerfile.dockerignore", "api:ignore-file", "one that would apply, had it not gone"},
    {"web/.dockerignore", "web:ignore-file", "the same of another context"},
    {"web/README", "", "in the context, and nobody takes it"},
    {"web/src/x.css", "", "COPY --exclude"},
    {"web/src/app.js", "web:source", "beside it"},
    {"web/src/index.html", "", "taken back by the settings"},
    {"config/a.json", "web:watch", "watched by the settings"},
    {"Makefile", "web:always", "and always"},
    {"libs/shared/s.js", "web:named-context", "a named context"},
    {"tool/real/src.c", "api:base-image tool:context tool/real:context",
     "a missing source widens, and the change flows on"},
    {"tool-link", "api:base-image tool:link", "the link on the way to the context"},
    {"tool/real/Dockerfile", "api:base-image tool:dockerfile tool/real:dockerfile", "a Dockerfile behind the link"},
    {"web/Dockerfile\nlibs/auth/a.go", "api:source web:dockerfile", "two images"},
};

static struct text shown(struct arena *arena, const struct plan *plan) {
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < plan->images.count; i++) {
        const struct plan_image *planned = plan->images.items[i];
        if (planned->why.kind == REASON_NONE) continue;
        buffer_format(&buffer, "%s%.*s:%s", buffer.len == 0 ? "" : " ", TEXT_ARG(planned->image->name),
                      reason_name(planned->why.kind));
    }
    return buffer.len == 0 ? TEXT("") : buffer_text(&buffer);
}

static void plan_for(struct arena *arena, struct scanned *scanned, struct base *base, struct plan *out) {
    struct list *watches = arena_alloc(arena, sizeof(*watches));
    struct event event = {.branch = TEXT("x"), .commit = TEXT("0123456789012345678901234567890123456789")};
    struct event *kept = arena_alloc(arena, sizeof(*kept));
    *kept = event;
    struct watch_request watch = {.paths = &scanned->paths,
                                  .files = &scanned->checkout.files,
                                  .workspace = &scanned->workspace,
                                  .images = &scanned->workspace.images,
                                  .changes = &base->changes};
    CHECK(watch_read(arena, &watch, &scanned->problems, watches), "watches are read");
    struct plan_request request = {.workspace = &scanned->workspace,
                                   .event = kept,
                                   .base = base,
                                   .watches = watches,
                                   .regexes = &scanned->regexes};
    CHECK(plan_make(arena, &request, &scanned->problems, out), "planned");
}

static void check_rows(struct arena *arena, struct scanned *scanned) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct base base = {.rung = BASE_BRANCH};
        struct plan plan;
        changes_parse_names(arena, text_from(rows[i].changed), &base.changes);
        plan_for(arena, scanned, &base, &plan);
        CHECK_TEXT(shown(arena, &plan), rows[i].expected, rows[i].why);
    }
}

static const struct {
    const char *changed;
    enum match_nearness nearness;
    const char *nearest, *why;
} nears[] = {
    {"zzz\nweb/README", MATCH_INSIDE, "web/README", "what lies in the context is nearer"},
    {"web/README\nweb/src/x.css", MATCH_LEFT_OUT, "web/src/x.css", "and what is taken and left out nearer still"},
    {"a\nb", MATCH_FAR, "a", "the first of equals"},
};

static void check_nears(struct arena *arena, struct scanned *scanned) {
    struct list one = {0}, watches = {0};
    list_add(arena, &one, (void *)scanned_image(scanned, "web"));
    struct watch_request request = {
        .paths = &scanned->paths, .files = &scanned->checkout.files, .workspace = &scanned->workspace, .images = &one};
    CHECK(watch_read(arena, &request, &scanned->problems, &watches), "all rules");
    for (size_t i = 0; i < sizeof(nears) / sizeof(*nears); i++) {
        struct changes changes;
        changes_parse_names(arena, text_from(nears[i].changed), &changes);
        struct near near = near_find(arena, watches.items[0], &changes, &scanned->regexes);
        CHECK(near.answer.nearness == nears[i].nearness, "%s: %d", nears[i].why, near.answer.nearness);
        CHECK_TEXT(near.change->path, nears[i].nearest, nears[i].why);
    }
}

/* The order of a build and what it depends on. */
static void check_order(struct arena *arena, struct scanned *scanned) {
    struct base base = {.rung = BASE_ALL, .is_everything = true, .sentence = TEXT("all")};
    struct plan plan;
    plan_for(arena, scanned, &base, &plan);
    CHECK(plan.built == 4, "%zu are built", plan.built);
    CHECK_TEXT(((const struct plan_image *)plan.order.items[0])->image->name, "tool",
               "what others start from comes first");
    const struct plan_image *api = plan.images.items[0];
    CHECK(api->links.count == 1, "api is built from one");
    CHECK_TEXT(((const struct plan_link *)api->links.items[0])->name, "acme/tool", "by the name of its FROM");
}

int main(void) {
    struct arena arena;
    struct scanned scanned;
    arena_init(&arena);
    scratch_begin();
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        write_tree_file(&arena, files[i][0], files[i][1]);
    sh("ln -s tool/real tool-link");
    scanned_open(&arena, NULL, &scanned);
    CHECK(scanned.ok && scanned.workspace.images.count == 4, "scanned: %zu images", scanned.workspace.images.count);
    if (scanned.ok) {
        check_rows(&arena, &scanned);
        check_nears(&arena, &scanned);
        check_order(&arena, &scanned);
    }
    scanned_close(&scanned);
    scratch_end();
    arena_finish(&arena);
    return check_done("affected");
}
