/* hints: what a Dockerfile that copies its whole context says about where that is. */
#include "check.h"
#include "docker/hints.h"

struct row {
    const char *dockerfile;
    const char *hints; /* "path" or "path|parent", separated by spaces */
    const char *why;
};

static const struct row rows[] = {
    {"FROM go\nCOPY . /src\nWORKDIR /src/cmd/api\n", "cmd/api|cmd", "a directory below what was copied"},
    {"FROM go AS b\nCOPY . /src\nFROM scratch\nCOPY --from=b /src/bin/api /\n", "bin/api|bin",
     "a product taken from there"},
    {"FROM go AS b\nWORKDIR /src\nCOPY . .\nRUN go build ./...\n", "go.mod", "a tool that needs its manifest"},
    {"FROM node\nWORKDIR /app\nCOPY ./ ./\nRUN CI=1 npm ci && npm run build\n", "package.json",
     "once, after an assignment"},
    {"FROM node\nRUN npm i -g pnpm\nCOPY . /app\n", "", "before the copy a tool needs nothing of the context"},
    {"FROM a\nCOPY . /\nWORKDIR /srv/x\n", "", "below the root is everything, which says nothing"},
    {"FROM a\nCOPY . $HOME/src\nRUN make\n", "", "a place that is not known"},
    {"FROM a AS x\nCOPY . /s\nFROM x\nRUN make -C /s/tools\n", "Makefile tools",
     "a stage inherits what its base copied"},
    {"FROM a AS x\nCOPY . /s\nRUN go test\nFROM b\nRUN true\n", "", "a stage that is not reached says nothing"},
    {"FROM a\nWORKDIR /s\nRUN --mount=type=bind,target=. mkdocs build\n", "mkdocs.yml", "a bind mount of everything"},
    {"FROM a\nWORKDIR /s\nRUN --mount=type=bind,target=/s true\nRUN make\n", "", "it is gone after its command"},
    {"FROM a\nRUN --mount=type=bind,source=x,target=/s make\n", "", "a mount of a part"},
    {"FROM a\nRUN --mount=type=cache,target=/s make\n", "", "a cache is not the context"},
    {"FROM a\nRUN --mount=type=bind,from=b,target=/s make\n", "", "another image's files"},
    {"FROM a\nCOPY . /s\nRUN <<EOF\nset -e\ncargo build\nEOF\n", "Cargo.toml", "in a heredoc"},
    {"FROM a\nCOPY . /s\nRUN [\"make\", \"/s/a/b\"]\n", "Makefile a/b|a", "the JSON form"},
    {"FROM a\nCOPY . /s\nRUN echo 'make' \"/s/x\" '/s\n", "x", "quotes go, half ones stay"},
    {"FROM a\nCOPY . /src\nRUN cat /srcs/x\n", "", "another directory that begins alike"},
    {"FROM go\nCOPY . /src\nWORKDIR /src\nRUN go build -o ./bin/x ./tools/gen/main.go\n",
     "go.mod bin/x|bin tools/gen/main.go|tools/gen", "paths from where the command stands"},
    {"FROM go\nWORKDIR /src\nCOPY . .\nRUN xx --wrap && golangci-lint run ./...\n", "go.mod",
     "all packages are no path"},
    {"FROM docs\nRUN --mount=type=bind,target=. mkdocs build\n", "mkdocs.yml",
     "the image's own directory, which is not /"},
};

static struct text write_hints(struct arena *arena, const struct list *hints) {
    struct buffer words = buffer_in(arena);
    for (size_t i = 0; i < hints->count; i++) {
        const struct hint *hint = hints->items[i];
        if (i > 0) buffer_add_byte(&words, ' ');
        buffer_add(&words, hint->path);
        if (text_is_given(hint->parent)) buffer_add_byte(&words, '|');
        buffer_add(&words, hint->parent);
    }
    return buffer_text(&words);
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct diagnostics problems = diag_in(&arena);
        const struct source *source = source_create(&arena, TEXT("Dockerfile"), text_from(rows[i].dockerfile));
        const struct dockerfile *dockerfile;
        struct build_choice choice = {0};
        struct build_reading reading;
        bool ok = dockerfile_parse(&arena, source, &problems, &dockerfile) &&
                  stages_read(&arena, dockerfile, &choice, &problems, &reading);
        CHECK(ok, "%s: it is a Dockerfile", rows[i].why);
        if (!ok) continue;
        struct list hints = {0};
        hints_read(&arena, dockerfile, &reading, &hints);
        CHECK_TEXT(write_hints(&arena, &hints), rows[i].hints, rows[i].why);
    }
    arena_finish(&arena);
    return check_done("hints");
}
