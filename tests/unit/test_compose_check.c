#include "check.h"

#include "base/buffer.h"
#include "docker/compose.h"

/* Expectations are what docker compose 2.40 and buildx 0.29 do with the same file, but for the overlay: they refuse it. */
struct row {
    const char *file;  /* compose.yaml */
    const char *local; /* what inspect says of it; "": nothing */
    const char *usual; /* what is said where a pipeline is made */
    const char *why;
};

#define BUILT "services: {a: {build: .}}\n"
#define OVERLAY "has neither image nor build, so the tools refuse the file alone"

static const struct row rows[] = {
    /* overlays */
    {BUILT, "", "", "a build"},
    {"services: {a: {image: x}}\n", "", "", "an image"},
    {"services: {a: {provider: {type: x}}}\n", "", "", "somebody else's"},
    {"services: {a: {command: x}}\n", "1:12 warning: an overlay: the service 'a' " OVERLAY, "", "neither"},
    {"services: {a: {image: ''}}\n", "1:12 warning: an overlay: the service 'a' " OVERLAY, "", "an empty image"},
    {"services:\n  a: {build: .}\n  b: {}\n  c: {}\n  d: {}\n",
     "3:3 warning: an overlay: the service 'b' (and 2 more) " OVERLAY, "", "said once"},
    {"services: {a: {extends: {file: none.yaml, service: b}}}\n", "1:32 error: 'none.yaml' does not exist",
     "1:32 error: 'none.yaml' does not exist", "a file that is missing"},

    /* secrets, also those that nobody uses */
    {BUILT "secrets: {s: {file: x}, t: {environment: T}, u: {external: true}}\n", "", "", "each kind"},
    {BUILT "secrets: {s: {file: x, name: n, labels: {a: b}, x-mine: 1}}\n", "", "", "with all it may have"},
    {BUILT "secrets: {s: {}}\n", "2:11 error: secrets.s: one of file|environment must be set",
     "2:11 error: secrets.s: one of file|environment must be set", "nowhere"},
    {BUILT "secrets: {s: {external: false}}\n", "2:11 error: secrets.s: one of file|environment must be set",
     "2:11 error: secrets.s: one of file|environment must be set", "nor elsewhere"},
    {BUILT "secrets: {s: {file: ''}}\n", "2:11 error: secrets.s: one of file|environment must be set", "",
     "an empty name is none for bake"},
    {BUILT "secrets: {s: {content: x}}\n", "2:15 error: secrets.s additional properties 'content' not allowed",
     "2:15 error: secrets.s additional properties 'content' not allowed", "a key of configs"},
    {BUILT "secrets: {s: }\n", "2:11 error: secrets.s must be a mapping", "2:11 error: secrets.s must be a mapping",
     "nothing"},

    /* environment, of services that are built and others */
    {"services: {a: {build: ., environment: {A: 1, B: , C: true, D: x}}}\n", "", "", "scalars"},
    {"services: {a: {build: ., environment: [A=1, B]}}\n", "", "", "a list"},
    {"services: {a: {build: ., environment: {A: [x]}}}\n",
     "1:43 error: services.a.environment.A must be a boolean, null, number or string", "", "a list as value"},
    {"services: {a: {image: x, environment: {A: {b: c}}}}\n",
     "1:43 error: services.a.environment.A must be a boolean, null, number or string", "", "a mapping"},
    {"services: {a: {build: ., environment: {A: 2020-01-01}}}\n",
     "1:43 error: services.a.environment.A must be a boolean, null, number or string", "", "a date"},
    {"services: {a: {build: ., environment: [A, 1]}}\n", "1:43 error: services.a.environment.[1] must be a string", "",
     "a number in a list"},
    {"services: {a: {build: ., environment: [A: 1]}}\n", "1:40 error: services.a.environment.[0] must be a string", "",
     "a mapping in a list"},
    {"services: {a: {build: ., environment: x}}\n", "1:39 error: services.a.environment must be a mapping", "",
     "a string"},
    {"services: {a: {build: ., environment: }}\n", "1:39 error: services.a.environment must be a mapping", "",
     "nothing"},

    /* env_file */
    {"services: {a: {build: ., env_file: [{path: there.env, format: ''}]}}\n", "", "", "no format"},
    {"services: {a: {build: ., env_file: [{path: gone.env, format: raw}]}}\n", "", "", "there is no file"},
    {"services: {a: {image: x, env_file: [{path: there.env, format: raw}]}}\n",
     "1:63 error: services.a: unsupported env_file format \"raw\"", "", "bake knows none"},
    {"services: {a: {build: ., env_file: [{path: there.env, required: false, format: raw}]}}\n",
     "1:80 error: services.a: unsupported env_file format \"raw\"", "", "whether it must be there or not"},

    /* keys and tags, anywhere in the file */
    {BUILT "x-a: {1: a}\n", "2:7 error: non-string key in x-a: 1, which must be quoted",
     "2:7 error: non-string key in x-a: 1, which must be quoted", "a number"},
    {BUILT "x-a: [{true: a}]\n", "2:8 error: non-string key in x-a[0]: true, which must be quoted",
     "2:8 error: non-string key in x-a[0]: true, which must be quoted", "a truth value"},
    {BUILT "x-a: {~: a}\n", "2:7 error: non-string key in x-a: ~, which must be quoted",
     "2:7 error: non-string key in x-a: ~, which must be quoted", "nothing"},
    {BUILT "x-a: {2020-01-01: a}\n", "2:7 error: non-string key in x-a: 2020-01-01, which must be quoted",
     "2:7 error: non-string key in x-a: 2020-01-01, which must be quoted", "a date"},
    {BUILT "5: a\n", "2:1 error: non-string key at top level: 5, which must be quoted",
     "2:1 error: non-string key at top level: 5, which must be quoted", "at the top"},
    {BUILT "x-a: {'1': a, yes: b, !!str 2: c, 1a: d}\n", "", "", "strings"},
    {BUILT "x-a: !!int x\n", "2:6 error: cannot decode !!str 'x' as a !!int",
     "2:6 error: cannot decode !!str 'x' as a !!int", "no number"},
    {BUILT "x-a: !!int 1.5\n", "2:6 error: cannot decode !!float '1.5' as a !!int",
     "2:6 error: cannot decode !!float '1.5' as a !!int", "nor a whole one"},
    {BUILT "x-a: !!null x\n", "2:6 error: cannot decode !!str 'x' as a !!null",
     "2:6 error: cannot decode !!str 'x' as a !!null", "something"},
    {BUILT "x-a: !!binary a!\n", "2:6 error: !!binary value contains invalid base64 data",
     "2:6 error: !!binary value contains invalid base64 data", "no base64"},
    {BUILT "x-a: [!!int '1', !!float 1, !!null '', !!bool true, !mine x, !!map x]\n", "", "", "tags that fit"},
};

static struct text load(struct arena *arena, const char *file, bool is_local) {
    struct files_memory memory;
    struct diagnostics diagnostics = diag_in(arena);
    struct compose_model model;
    struct compose_request request = {.is_local = is_local};
    struct buffer out = buffer_in(arena);
    files_memory_init(&memory);
    files_memory_add(&memory, arena, TEXT("compose.yaml"), text_from(file));
    files_memory_add(&memory, arena, TEXT("there.env"), TEXT("A=1\n"));
    texts_add(arena, &request.paths, TEXT("compose.yaml"));
    bool ok = compose_load(arena, &memory.files, &request, &diagnostics, &model);
    for (size_t i = 0; i < diagnostics.list.count; i++) {
        const struct diagnostic *diagnostic = diagnostics.list.items[i];
        buffer_format(&out, "%s%u:%u %s: %.*s", i > 0 ? "; " : "", diagnostic->place.line, diagnostic->place.column,
                      diag_severity_name(diagnostic->severity), TEXT_ARG(diagnostic->message));
    }
    CHECK(ok == !diag_has_errors(&diagnostics), "<%s> is refused without an error, or not refused with one", file);
    return out.len == 0 ? TEXT("") : buffer_text(&out);
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        CHECK_TEXT(load(&arena, rows[i].file, true), rows[i].local, rows[i].why);
        CHECK_TEXT(load(&arena, rows[i].file, false), rows[i].usual, rows[i].why);
    }
    arena_finish(&arena);
    return check_done("compose_check");
}
