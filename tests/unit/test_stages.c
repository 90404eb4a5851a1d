/* Rows follow containers.md section 3; those without a named context were also asked of BuildKit itself. */
#include "base/buffer.h"
#include "check.h"
#include "docker/stages.h"

struct row {
    const char *bytes;
    const char *target;       /* NULL: the last stage */
    const char *arguments[6]; /* name, value, …; a value "?" is known only to the step */
    const char *inputs;       /* paths, each after a space; a whole context begins with "*" */
    const char *bases;        /* references, each after a space; a blank one begins with "?" */
};

static const struct row rows[] = {
    /* what is read */
    {"FROM scratch\nRUN x", NULL, {0}, "", ""},
    {"FROM a\nCOPY b c /d", NULL, {0}, " b c", " a"},
    {"FROM a\nCOPY b /d\nADD b /e", NULL, {0}, " b", " a"}, /* once */
    {"FROM a\nCOPY . /d", NULL, {0}, "* .", " a"},
    {"FROM a\nCOPY / /d", NULL, {0}, "* .", " a"},
    {"FROM a\nCOPY ./ /d", NULL, {0}, "* .", " a"},
    {"FROM a\nCOPY \"\" /d", NULL, {0}, "* .", " a"},
    {"FROM a\nCOPY b/.. /d", NULL, {0}, "* .", " a"},
    {"FROM a\nCOPY /b ./c/ ../d b/../e /f", NULL, {0}, " b c d e", " a"}, /* the context is the root of it all */
    {"FROM a\nCOPY *.go b?/[cd] /e", NULL, {0}, " *.go b?/[cd]", " a"},
    {"FROM a\nCOPY --parents b/./c /d", NULL, {0}, " b/c", " a"},
    {"FROM a\nCOPY --exclude=*.md b /d", NULL, {0}, " b", " a"}, /* it is sent all the same */
    {"FROM a\nCOPY [\"b c\", \"d\"]", NULL, {0}, " b c", " a"},
    {"FROM scratch\nCOPY b\\ c \"d\" /e", NULL, {0}, " b c d", ""}, /* split first, unquoted later: `b\`, `c` */
    {"FROM a\nCOPY <<E b /d\nx\nE", NULL, {0}, " b", " a"},
    {"FROM a\nADD https://x/y git@x.com:y/z ssh://x/y https://x/y.git#z /d", NULL, {0}, "", " a"},
    {"FROM a\nADD github.com/b ftp://c /d", NULL, {0}, " github.com/b ftp:/c", " a"}, /* taken for paths */
    {"FROM a\nCMD b\nONBUILD COPY c /d", NULL, {0}, "", " a"},       /* a trigger does nothing in its own stage */
    {"# escape=`\nFROM a\nCOPY b\\c /d", NULL, {0}, "* b\\c", " a"}, /* a Windows path: its pattern is not ours */
    /* mounts */
    {"FROM a\nRUN --mount=type=bind,source=b,target=/c x", NULL, {0}, " b", " a"},
    {"FROM a\nRUN --mount=target=/c x", NULL, {0}, "* .", " a"}, /* bind of everything is the default */
    {"FROM a\nRUN --mount=type=bind,src=../b,dst=/c,ro x", NULL, {0}, " b", " a"},
    {"FROM a\nRUN --mount=type=cache,target=/c --mount=type=secret,id=d --mount=type=ssh x", NULL, {0}, "", " a"},
    {"FROM a\nRUN --mount=type=tmpfs,target=/c x", NULL, {0}, "", " a"},
    {"FROM a\nRUN --mount=from=b,source=c,target=/d x", NULL, {0}, "", " a b"},
    {"FROM a as s\nCOPY b /c\nFROM d\nRUN --mount=from=S,target=/d x", NULL, {0}, " b", " a d"},
    {"FROM a\nRUN --mount='\"source=b,c\",target=/d' x", NULL, {0}, " b,c", " a"},
    {"FROM scratch\nARG B=b\nRUN --mount=source=$B,target=/d x", NULL, {0}, " b", ""},
    {"FROM a\nRUN --mount=source=$B,target=/d x", NULL, {0}, "*", " a"},
    /* the graph */
    {"FROM a as s\nCOPY b /c\nFROM s\nCOPY d /e", NULL, {0}, " b d", " a"},
    {"FROM a as s\nCOPY b /c\nFROM d\nCOPY e /f", NULL, {0}, " e", " d"}, /* the first is not reached */
    {"FROM a as s\nCOPY b /c\nFROM d\nCOPY --from=s e /f", NULL, {0}, " b", " a d"},
    {"FROM a as S\nCOPY b /c\nFROM d\nCOPY --from=0 e /f", NULL, {0}, " b", " a d"},
    {"FROM a\nCOPY --from=nginx:1 e /f", NULL, {0}, "", " a nginx:1"},
    {"FROM a as s\nCOPY b /c\nFROM d\nCOPY e /f", "s", {0}, " b", " a"},
    {"FROM a as s\nCOPY b /c\nFROM d\nCOPY e /f", "S", {0}, " b", " a"},
    {"FROM a as s\nCOPY b /c\nFROM scratch as s\nCOPY d /e\nFROM s", NULL, {0}, " d", ""}, /* the last of equal names */
    {"FROM s as s\nCOPY b /c", NULL, {0}, " b", " s"}, /* no stage is its own base */
    {"FROM later\nCOPY b /c\nFROM a as later", "later", {0}, "", " a"},
    {"FROM a as s\nFROM S", NULL, {0}, NULL, NULL}, /* a base is looked up as it is spelled, and S is no reference */
    {"FROM a as s\nONBUILD COPY b /c\nFROM s", NULL, {0}, " b", " a"},
    {"FROM a as s\nONBUILD COPY b /c\nFROM s as t\nFROM t", NULL, {0}, " b", " a"}, /* triggers go one stage far */
    {"FROM a as z\nCOPY x /y\nFROM a as s\nONBUILD COPY --from=z b /c\nFROM s", NULL, {0}, " x", " a"},
    {"FROM scratch as s\nONBUILD ARG B=b\nFROM s\nCOPY $B /c", NULL, {0}, " b", ""}, /* before the stage's own */
    {"FROM a as s\nONBUILD BOGUS\nFROM b", NULL, {0}, "", " b"},
    {"FROM a as s\nCOPY --from=x ${b.c} /d\nFROM b", NULL, {0}, "", " b"}, /* not built, so never expanded */
    /* ARG and ENV */
    {"ARG V=1\nFROM a:$V", NULL, {0}, "", " a:1"},
    {"ARG V=1\nFROM a:$V", NULL, {"V", "2"}, "", " a:2"},
    {"ARG V\nARG W=${V:-3}\nFROM a:$W", NULL, {0}, "", " a:3"},
    {"ARG B=s\nFROM a as s\nCOPY c /d\nFROM $B", NULL, {0}, " c", " a"},
    {"ARG V\nFROM a as s\nCOPY c /d\nFROM $V", NULL, {"V", "?"}, "*", "?$V"}, /* it might be the stage */
    {"ARG V\nFROM $V\nCOPY b /c", NULL, {0}, "* b", "?$V"},
    {"ARG V\nFROM a:$V\nCOPY b /c", NULL, {0}, "* b", "?a:$V"}, /* "a:" is blank in all but name */
    {"FROM a\nARG B=b\nCOPY $B /c", NULL, {0}, " b", " a"},
    {"FROM a\nARG B=b\nCOPY $B /c", NULL, {"B", "x"}, " x", " a"},
    {"FROM a\nARG B=b\nCOPY $B /c", NULL, {"B", "?"}, "*", " a"},
    {"ARG B=g\nFROM a\nARG B\nCOPY $B /c", NULL, {0}, " g", " a"},
    {"ARG B=g\nFROM scratch\nCOPY x$B /c", NULL, {0}, "*", ""}, /* a global is not seen unless it is asked for */
    {"FROM scratch\nARG B\nCOPY ${B:-b} /c", NULL, {0}, " b", ""},
    {"FROM a\nARG B\nCOPY ${B:-b} /c", NULL, {0}, "*", " a"}, /* the image might set B */
    {"FROM a\nCOPY $B /c", NULL, {0}, "*", " a"},
    {"FROM scratch\nCOPY ${B:?} /c", NULL, {0}, "*", ""},
    {"FROM a\nCOPY $B /c", NULL, {"B", "b"}, "*", " a"}, /* an argument that no ARG declares is not seen */
    {"FROM a\nENV B=b\nCOPY $B /c", NULL, {0}, " b", " a"},
    {"FROM a\nENV A=1\nENV A=2 B=$A\nCOPY $B /c", NULL, {0}, " 1", " a"}, /* the whole line sees what is above it */
    {"FROM a\nENV B=b\nARG B=c\nCOPY $B /d", NULL, {0}, " c", " a"},      /* the last one wins, whatever it is */
    {"FROM a\nENV B=$C/x\nCOPY $B /d", NULL, {0}, "*", " a"},             /* unknown makes unknown */
    {"FROM a\nENV B=b\nENV $C=x\nCOPY $B /d", NULL, {0}, "*", " a"},      /* any name may have been set */
    {"FROM a\nENV $C=x\nENV B=b\nCOPY $B /d", NULL, {0}, " b", " a"},
    {"FROM a as s\nENV B=b\nFROM s\nCOPY $B /c", NULL, {0}, " b", " a"},
    {"FROM scratch as s\nARG B=b\nFROM s\nCOPY $B /c", NULL, {0}, " b", ""},
    {"FROM scratch as s\nENV B=b\nARG B=c\nFROM s\nCOPY $B /c", NULL, {0}, " b", ""}, /* but ENV comes first here */
    {"FROM a as s\nARG B=b\nFROM s\nCOPY $B /c", NULL, {0}, "*", " a"}, /* so an ENV of the image would, too */
    {"FROM a\nARG TARGETARCH\nCOPY bin/$TARGETARCH /c", NULL, {0}, " bin/amd64", " a"},
    {"FROM a\nCOPY bin/$TARGETARCH /c", NULL, {0}, "*", " a"},
    {"FROM a\nARG TARGETARCH\nCOPY bin/$TARGETARCH /c", NULL, {"TARGETARCH", "x"}, " bin/x", " a"},
    {"FROM a\nARG BUILDARCH\nCOPY bin/$BUILDARCH /c", NULL, {0}, "*", " a"}, /* a builder's own matter */
    {"FROM --platform=$BUILDPLATFORM a\nCOPY b /c", NULL, {0}, " b", " a"},
    {"FROM --platform=$P a\nCOPY b /c", NULL, {0}, " b", " a"},
    {"FROM a\nARG TARGETSTAGE\nCOPY $TARGETSTAGE /c", NULL, {0}, " default", " a"},
    {"FROM a as s\nARG TARGETSTAGE\nCOPY $TARGETSTAGE /c", NULL, {0}, " s", " a"},
    /* the frontend */
    {"# syntax=a/b\nFROM a\nCOPY c /d", NULL, {0}, "*", ""},
    {"FROM a\nCOPY c /d", NULL, {"BUILDKIT_SYNTAX", "a/b"}, "*", ""},
    {"FROM a\nCOPY c /d", NULL, {"BUILDKIT_SYNTAX", "docker/dockerfile:1"}, " c", " a"},
};

static const struct {
    const char *bytes, *target, *error;
    unsigned line;
} refused[] = {
    {"FROM a as build", "biuld", "target stage \"biuld\" could not be found (did you mean build?)", 0},
    {"FROM a", "0", "target stage \"0\" could not be found", 0}, /* a target is a name, never an index */
    {"FROM ${a.b}", NULL, "unsupported modifier (.) in substitution", 1},
    {"ARG A=${\nFROM a", NULL, "syntax error: missing '}'", 1},
    {"FROM A", NULL, "failed to parse stage name \"A\": invalid reference format: repository name must be lowercase",
     1},
    {"FROM A\nFROM b", NULL,
     "failed to parse stage name \"A\": invalid reference format: repository name must be lowercase", 1},
    {"FROM --platform=x/y/z/w a", NULL, "failed to parse platform x/y/z/w", 1},
    {"FROM a as s..t", NULL, "invalid context name s..t: invalid reference format", 1},
    {"FROM a\nCOPY --from=$B c /d", NULL,
     "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a "
     "workaround",
     2},
    {"FROM a\nCOPY --from=1 b /c", NULL, "invalid stage index 1", 2},
    {"FROM a\nCOPY --from=-1 b /c", NULL, "invalid stage index -1", 2},
    {"FROM a as s\nCOPY --from=s b /c", NULL, "circular dependency detected on stage: s", 1},
    {"FROM a as s\nCOPY --from=t b /c\nFROM a as t\nCOPY --from=s b /c\nFROM d", NULL,
     "circular dependency detected on stage: s", 1}, /* also among stages that are not built */
    {"FROM a as s\nCOPY --from=t b /c\nFROM a as t\nFROM s", NULL,
     "cannot copy from stage \"t\", it needs to be defined before current stage", 2},
    {"FROM a as s\nRUN --mount=from=t,target=/m x\nFROM a as t\nFROM s", NULL,
     "cannot mount from stage \"t\", stage needs to be defined before current command", 2},
    {"FROM a\nRUN --mount=type=bnd,target=/m x", NULL, "unsupported mount type 'bnd'", 2},
    {"FROM a\nRUN --mount=target=/ x", NULL, "invalid mount target '/'", 2},
    {"FROM a\nRUN --mount=tgt=/m x", NULL, "unexpected key 'tgt'", 2},
    {"FROM a\nRUN --mount=bind x", NULL, "invalid field 'bind' must be a key=value pair", 2},
    {"FROM a\nCOPY ${b.c} /d", NULL, "unsupported modifier (.) in substitution", 2},
    {"FROM a\nCOPY b ${ /d", NULL, "syntax error: missing '}'", 2},
    {"FROM a\nLABEL a=${b.c}", NULL, "unsupported modifier (.) in substitution", 2},
    {"FROM a\nENV A=\"b", NULL, "unexpected end of statement while looking for matching double-quote", 2},
    {"FROM a\nWORKDIR ${", NULL, "syntax error: missing '}'", 2},
    {"FROM a\nCOPY <<E /d\n${b.c}\nE", NULL, "unsupported modifier (.) in substitution", 2},
    {"FROM a\nCOPY https://b /d", NULL, "source can't be a URL for COPY", 2},
    {"FROM a\nCOPY git@b.c:d /d", NULL, "source can't be a git ref for COPY", 2},
    {"FROM a as s\nONBUILD FROMM\nFROM s", NULL, "unknown instruction: FROMM (did you mean FROM?)", 2},
};

static const struct dockerfile *parse(struct arena *arena, const char *bytes, struct diagnostics *diagnostics) {
    const struct dockerfile *file = NULL;
    dockerfile_parse(arena, source_create(arena, TEXT("Dockerfile"), text_from(bytes)), diagnostics, &file);
    return file;
}

static struct build_choice choose(struct arena *arena, const struct row *row) {
    struct build_choice choice = {.target = text_from(row->target)};
    for (size_t i = 0; i < 6 && row->arguments[i] != NULL; i += 2) {
        struct text *value = arena_alloc(arena, sizeof(*value));
        *value = text_from(row->arguments[i + 1]);
        map_set(arena, &choice.arguments, text_from(row->arguments[i]), text_is(*value, "?") ? NULL : value);
    }
    return choice;
}

static struct text show_inputs(struct arena *arena, const struct build_reading *reading) {
    struct buffer out = buffer_in(arena);
    if (reading->whole_context) buffer_add_string(&out, "*");
    for (size_t i = 0; i < reading->inputs.count; i++)
        buffer_format(&out, " %.*s", TEXT_ARG(((const struct build_input *)reading->inputs.items[i])->path));
    return buffer_text(&out);
}

static struct text show_bases(struct arena *arena, const struct build_reading *reading) {
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < reading->bases.count; i++) {
        const struct build_base *base = reading->bases.items[i];
        buffer_format(&out, "%s%.*s", base->is_blank ? "?" : " ", TEXT_ARG(base->reference));
    }
    return buffer_text(&out);
}

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        const struct dockerfile *file = parse(arena, rows[i].bytes, &diagnostics);
        struct build_choice choice = choose(arena, &rows[i]);
        struct build_reading reading;
        bool ok = file != NULL && stages_read(arena, file, &choice, &diagnostics, &reading);
        CHECK(ok == (rows[i].inputs != NULL), "%s", rows[i].bytes);
        CHECK(ok != diag_has_errors(&diagnostics), "%s: an error is reported just when it is refused", rows[i].bytes);
        if (!ok || rows[i].inputs == NULL) continue;
        CHECK_TEXT(show_inputs(arena, &reading), rows[i].inputs, rows[i].bytes);
        CHECK_TEXT(show_bases(arena, &reading), rows[i].bases, rows[i].bytes);
        CHECK(reading.whole_context == (reading.reason.len > 0), "%s: a reason", rows[i].bytes);
        CHECK(reading.stages.count == file->stages.count, "%s: stages", rows[i].bytes);
    }
}

static void test_refused(struct arena *arena) {
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        const struct dockerfile *file = parse(arena, refused[i].bytes, &diagnostics);
        struct build_choice choice = {.target = text_from(refused[i].target)};
        struct build_reading reading;
        CHECK(file != NULL && !stages_read(arena, file, &choice, &diagnostics, &reading), "%s", refused[i].bytes);
        CHECK(diagnostics.list.count == 1, "%zu diagnostics: %s", diagnostics.list.count, refused[i].bytes);
        if (diagnostics.list.count != 1) continue;
        const struct diagnostic *error = diagnostics.list.items[0];
        CHECK_TEXT(error->message, refused[i].error, refused[i].bytes);
        CHECK_TEXT(text_from(error->rule), "dockerfile-build", refused[i].bytes);
        CHECK(error->place.line == refused[i].line, "%s: line %u", refused[i].bytes, error->place.line);
    }
}

/* Named contexts stand in for bases, sources and whole stages; look-ups use the familiar name. */
static void test_contexts(struct arena *arena) {
    static const struct {
        const char *bytes, *context, *inputs, *bases;
    } named[] = {
        {"FROM a\nCOPY b /c", "a", " b", ""},
        {"FROM a:latest\nCOPY b /c", "docker.io/library/a", " b", ""},
        {"FROM a:1\nCOPY b /c", "a", " b", " a:1"},
        {"FROM ghcr.io/a/b:1\nCOPY b /c", "ghcr.io/a/b:1", " b", ""},
        {"FROM a\nCOPY --from=x b /c", "x", "", " a"},
        {"FROM a\nRUN --mount=from=x,target=/m y", "x", "", " a"},
        {"FROM a as s\nCOPY b /c\nFROM d\nCOPY --from=s e /f", "s", "", " d"}, /* all of the stage is replaced */
        {"FROM a as s\nCOPY b /c\nFROM s\nCOPY e /f", "s", " e", ""},
        {"FROM a\nCOPY b /c", "a::linux/amd64", " b", ""},
        {"FROM a\nCOPY b /c", "a::linux/arm64", " b", " a"},
        {"FROM scratch\nCOPY b /c", "scratch", " b", ""}, /* a name that never matches */
        {"FROM a as s\nFROM b\nCOPY --from=s /x /y\nFROM c", "s", "", " c"},
        {"FROM a\nCOPY --from=later b /c\nFROM d as later\nFROM e", "later", "", " e"},
    };
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        const struct dockerfile *file = parse(arena, named[i].bytes, &diagnostics);
        struct build_choice choice = {0};
        struct build_reading reading;
        map_set(arena, &choice.contexts, text_from(named[i].context), NULL);
        bool ok = stages_read(arena, file, &choice, &diagnostics, &reading);
        CHECK(ok, "%s", named[i].bytes);
        if (!ok) continue;
        CHECK_TEXT(show_inputs(arena, &reading), named[i].inputs, named[i].bytes);
        CHECK_TEXT(show_bases(arena, &reading), named[i].bases, named[i].bytes);
    }
}

/* TARGET… follow the platform; of several platforms nothing is known. */
static void test_platforms(struct arena *arena) {
    static const struct {
        const char *platform, *inputs;
    } platforms[] = {
        {NULL, " linux/amd64/linux/amd64-"},
        {"linux/arm64", " linux/arm64/linux/arm64-"},
        {"linux/arm64/v8", " linux/arm64/linux/arm64-"},
        {"linux/arm/v7", " linux/arm/v7/linux/arm-v7"},
        {"linux/arm", " linux/arm/v7/linux/arm-v7"},
        {"arm64", " linux/arm64/linux/arm64-"},
        {"linux/x86_64", " linux/amd64/linux/amd64-"},
        {"linux/amd64,linux/arm64", "*"},
        {"nonsense", "*"},
    };
    const char *bytes = "FROM a\nARG TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT\n"
                        "COPY $TARGETPLATFORM/$TARGETOS/$TARGETARCH-$TARGETVARIANT /x";
    for (size_t i = 0; i < sizeof(platforms) / sizeof(platforms[0]); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        struct build_choice choice = {.platform = text_from(platforms[i].platform)};
        struct build_reading reading;
        CHECK(stages_read(arena, parse(arena, bytes, &diagnostics), &choice, &diagnostics, &reading), "%zu", i);
        CHECK_TEXT(show_inputs(arena, &reading), platforms[i].inputs, "platform");
    }
}

static void test_reading(struct arena *arena) {
    struct diagnostics diagnostics = diag_in(arena);
    const struct dockerfile *file = parse(
        arena, "ARG P=linux/arm64/v8\nFROM --platform=$P a as s\nFROM b\nFROM s\nRUN --mount=target=/x y\nCOPY *.c /d",
        &diagnostics);
    struct build_choice choice = {0};
    struct build_reading reading;
    CHECK(stages_read(arena, file, &choice, &diagnostics, &reading), "read");
    const struct stage_reading *first = reading.stages.items[0], *second = reading.stages.items[1],
                               *last = reading.stages.items[2];
    CHECK(reading.target == 2, "the last stage");
    CHECK(first->reachable && !second->reachable && last->reachable, "reach");
    CHECK(last->from == first->stage && first->from == NULL, "from");
    CHECK_TEXT(first->platform_expanded, "linux/arm64", "platform");
    CHECK_TEXT(reading.reason, "RUN / at line 5", "reason");
    CHECK(reading.reason_place.line == 5, "place of the reason");
    const struct build_input *bind = reading.inputs.items[0], *copy = reading.inputs.items[1];
    CHECK(bind->kind == INSTRUCTION_RUN && copy->kind == INSTRUCTION_COPY, "kinds");
    CHECK(!bind->has_wildcard && copy->has_wildcard, "wildcards");
    CHECK(copy->place.line == 6 && copy->place.length == 4, "place");
}

/* Chains of thousands of stages, and values that double with each line. */
static void test_hostile(struct arena *arena) {
    struct buffer chain = buffer_in(arena), doubling = buffer_in(arena);
    for (size_t i = 0; i < 20000; i++)
        buffer_format(&chain, "FROM s%zu as s%zu\nCOPY $A /x\n", i, i + 1);
    buffer_add_string(&doubling, "FROM scratch\nENV A=aaaaaaaaaaaaaaaa\n");
    for (size_t i = 0; i < 5000; i++)
        buffer_add_string(&doubling, "ENV A=$A$A\n");
    buffer_add_string(&doubling, "COPY x$A /y\n");
    buffer_add_byte(&doubling, '\0');
    buffer_add_byte(&chain, '\0');
    const char *const files[] = {chain.ptr, doubling.ptr};
    for (size_t i = 0; i < 2; i++) {
        struct diagnostics diagnostics = diag_in(arena);
        struct build_choice choice = {0};
        struct build_reading reading;
        const struct dockerfile *file = parse(arena, files[i], &diagnostics);
        CHECK(stages_read(arena, file, &choice, &diagnostics, &reading), "file %zu", i);
        CHECK(reading.whole_context, "what is too much is not known");
    }
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_refused(&arena);
    test_contexts(&arena);
    test_platforms(&arena);
    test_reading(&arena);
    test_hostile(&arena);
    arena_finish(&arena);
    return check_done("stages");
}
