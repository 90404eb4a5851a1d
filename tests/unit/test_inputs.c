/* Rows follow fsutil's filtered walk (filter.go, followlinks.go); tests/conformance asks the real one on whole repositories. */
#include "scanned.h"

#include "model/context_size.h"
#include "model/inputs.h"

static const char *const files[] = {
    "Dockerfile",     "README.md",     "app/main.go",       "app/main_test.go",
    "app/sub/x.go",   "app/sub/y.txt", "libs/auth/auth.go", "libs/log/log.go",
    "web/index.html", "web/img/a.png", "web/img/b c.png",   "deep/a/b/c/d/e.txt",
};

/* In the order of git's list: links are left of nothing. */
static const struct {
    const char *context, *dockerfile, *ignore, *expected;
    bool is_widened;
} rows[] = {
    {".", "COPY README.md /", "", "README.md", false},
    {".", "COPY app/*.go /", "", "app/main.go app/main_test.go", false},
    {".", "COPY app /", "", "app/main.go app/main_test.go app/sub/x.go app/sub/y.txt", false},
    {".", "COPY app /", "**/*_test.go", "app/main.go app/sub/x.go app/sub/y.txt", false},
    {"app", "COPY sub /", "", "app/sub/x.go app/sub/y.txt", false},
    {"app", "COPY ../../sub /", "", "app/sub/x.go app/sub/y.txt", false}, /* nothing leaves the context */
    {"app", "COPY . /", "sub\n!sub/x.go", "app/main.go app/main_test.go app/sub/x.go", false},
    {".", "RUN --mount=source=libs,target=/l true", "", "libs/auth/auth.go libs/log/log.go", false},
    {".", "RUN --mount=type=cache,target=/l true", "", "", false}, /* nothing of the context */
    {".", "ADD https://example.com/x /", "", "", false},
    {".", "COPY <<EOF /x\na\nEOF", "", "", false},
    {"web", "COPY [\"img/b c.png\", \"/\"]", "", "web/img/b c.png", false},
    {".", "COPY alias /", "", "alias libs/auth/auth.go", false},         /* the link, and where it leads */
    {".", "COPY alias/auth.go /", "", "alias libs/auth/auth.go", false}, /* through it */
    {".", "COPY ali* /", "", "alias libs/auth/auth.go", false},          /* by a pattern */
    {".", "COPY loop /", "", "loop", false},                             /* it leads to itself */
    {".", "COPY chain /", "", "alias chain libs/auth/auth.go", false},   /* a link to a link */
    {"deep", "COPY up /", "", "deep/a/b/c/d/e.txt deep/up", false},      /* to the context itself */
    {".", "COPY outside /", "", "outside web/index.html", false},        /* /web is the context's */
    {".", "COPY --exclude=*_test.go --exclude=sub app /", "", "app/main.go", false},
    {".", "COPY --exclude=*.go app /\nCOPY app /x", "", "app/main.go app/main_test.go app/sub/x.go app/sub/y.txt",
     false}, /* asked for whole by the other */
    {".", "COPY --parents app/./sub /", "", "app/sub/x.go app/sub/y.txt", false},
    {"web", "COPY dist /", "", "web/img/a.png web/img/b c.png web/index.html", true}, /* a product: of all there is */
    {"web", "COPY index.html /", "*.html", "", false}, /* it is there, and left out: the build will say so */
    {"web", "COPY index.html $X /", "", "web/img/a.png web/img/b c.png web/index.html", true},
    {"deep", "COPY a/b/c /", "", "deep/a/b/c/d/e.txt", false},
};

static struct text join(struct arena *arena, const struct texts *paths) {
    struct buffer joined = buffer_in(arena);
    for (size_t i = 0; i < paths->count; i++) {
        if (i > 0) buffer_add_byte(&joined, ' ');
        buffer_add(&joined, paths->items[i]);
    }
    return joined.len == 0 ? TEXT("") : buffer_text(&joined);
}

static void check_row(struct arena *arena, struct scanned *scanned, size_t i) {
    struct diagnostics problems = diag_in(arena);
    const struct dockerfile *dockerfile;
    const struct patterns *ignore;
    struct build_reading reading;
    struct build_choice choice = {0};
    struct inputs inputs;
    struct text bytes = text_format(arena, "FROM scratch\n%s\n", rows[i].dockerfile);
    bool ok = dockerfile_parse(arena, source_create(arena, TEXT("Dockerfile"), bytes), &problems, &dockerfile) &&
              stages_read(arena, dockerfile, &choice, &problems, &reading) &&
              ignore_parse(arena, source_create(arena, TEXT("x"), text_from(rows[i].ignore)), &problems, &ignore);
    CHECK(ok, "%s is read", rows[i].dockerfile);
    if (!ok) return;
    struct inputs_request request = {
        .reading = &reading, .context = text_from(rows[i].context), .ignore = ignore, .regexes = &scanned->regexes};
    CHECK(inputs_find(arena, &scanned->paths, &request, &problems, &inputs), "%s", rows[i].dockerfile);
    CHECK_TEXT(join(arena, &inputs.paths), rows[i].expected, rows[i].dockerfile);
    CHECK(inputs.is_widened == rows[i].is_widened, "widened: %s", rows[i].dockerfile);
}

static void check_sizes(struct arena *arena, struct scanned *scanned) {
    struct list contexts = {0};
    struct diagnostics problems = diag_in(arena);
    bool ok = context_size_measure(arena, &scanned->paths, &scanned->checkout.files, &scanned->regexes,
                                   &scanned->workspace.images, &problems, &contexts);
    CHECK(ok && contexts.count == 1, "one image, one size");
    if (!ok || contexts.count != 1) return;
    const struct context_size *size = ((const struct image_context *)contexts.items[0])->size;
    CHECK(size->files == 17 && size->largest.count > 0, "all files: %zu", size->files);
    const struct directory_size *first = size->largest.items[0];
    CHECK_TEXT(first->path, "app", "the largest directory");
    CHECK(first->files == 4 && first->bytes == 4 * 5, "%zu files, %zu bytes", first->files, (size_t)first->bytes);
}

int main(void) {
    struct arena arena;
    struct scanned scanned;
    arena_init(&arena);
    scratch_begin();
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        write_tree_file(&arena, files[i], "12345");
    write_tree_file(&arena, "Dockerfile", "FROM scratch\nCOPY . /\n");
    sh("ln -s libs/auth alias && ln -s loop loop && ln -s alias chain && ln -s /web/index.html outside && ln -s / "
       "deep/up");
    scanned_open(&arena, NULL, &scanned);
    CHECK(scanned.ok, "the repository is read");
    for (size_t i = 0; scanned.ok && i < sizeof(rows) / sizeof(*rows); i++)
        check_row(&arena, &scanned, i);
    if (scanned.ok) check_sizes(&arena, &scanned);
    scanned_close(&scanned);
    scratch_end();
    arena_finish(&arena);
    return check_done("inputs");
}
