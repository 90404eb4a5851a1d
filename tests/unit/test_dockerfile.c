/* Rows follow containers.md section 1; acceptance was also asked of BuildKit's own parser. */
#include "base/buffer.h"
#include "check.h"
#include "docker/dockerfile.h"

/*
 * Shows a file in one line: `KIND[flags](arguments){pairs}<heredocs>`, JSON form as `!`,
 * stages as `FROM base as name on platform`.
 */
static void show_instruction(struct buffer *out, const struct instruction *instruction) {
    buffer_format(out, "%s%s", instruction_name(instruction->kind), instruction->is_json ? "!" : "");
    for (size_t i = 0; i < instruction->flags.count; i++) {
        const struct flag *flag = instruction->flags.items[i];
        buffer_format(out, "[%.*s", TEXT_ARG(flag->name));
        buffer_add_string(out, text_is_given(flag->value) ? "=" : "");
        buffer_format(out, "%.*s]", TEXT_ARG(flag->value));
    }
    for (size_t i = 0; i < instruction->arguments.count && instruction->kind != INSTRUCTION_ARG; i++)
        buffer_format(out, "(%.*s)", TEXT_ARG(instruction->arguments.items[i]));
    for (size_t i = 0; i < instruction->pairs.count; i++) {
        const struct pair *pair = instruction->pairs.items[i];
        buffer_format(out, "{%.*s", TEXT_ARG(pair->name));
        buffer_add_string(out, text_is_given(pair->value) ? "=" : "");
        buffer_format(out, "%.*s}", TEXT_ARG(pair->value));
    }
    for (size_t i = 0; i < instruction->heredocs.count; i++) {
        const struct heredoc *heredoc = instruction->heredocs.items[i];
        buffer_format(out, "<%.*s%s:%.*s>", TEXT_ARG(heredoc->name), heredoc->expand ? "" : "!",
                      TEXT_ARG(heredoc->content));
    }
    if (instruction->kind == INSTRUCTION_ONBUILD && instruction->onbuild == NULL) buffer_add_string(out, "?");
}

static void show_list(struct buffer *out, const struct list *instructions) {
    for (size_t i = 0; i < instructions->count; i++) {
        const struct instruction *instruction = instructions->items[i];
        if (out->len > 0) buffer_add_string(out, "; ");
        show_instruction(out, instruction);
        if (instruction->onbuild == NULL) continue;
        buffer_add_byte(out, ' ');
        show_instruction(out, instruction->onbuild);
    }
}

static struct text show(struct arena *arena, const struct dockerfile *file) {
    struct buffer out = buffer_in(arena);
    show_list(&out, &file->arguments);
    for (size_t i = 0; i < file->stages.count; i++) {
        const struct stage *stage = file->stages.items[i];
        buffer_format(&out, "%sFROM %.*s", out.len > 0 ? "; " : "", TEXT_ARG(stage->base));
        if (text_is_given(stage->name)) buffer_format(&out, " as %.*s", TEXT_ARG(stage->name));
        if (text_is_given(stage->platform)) buffer_format(&out, " on %.*s", TEXT_ARG(stage->platform));
        show_list(&out, &stage->instructions);
    }
    return buffer_text(&out);
}

static const struct {
    const char *bytes, *expected;
} accepted[] = {
    {"FROM a", "FROM a"},
    {"from a\nrun b c", "FROM a; RUN(b c)"},
    {"\xEF\xBB\xBF"
     "FROM a",
     "FROM a"},
    {"\n  # c\n\tFROM a\r\n", "FROM a"},
    {"FROM a AS B", "FROM a as b"},
    {"FROM --platform=$P a as b.c-d_1", "FROM a as b.c-d_1 on $P"},
    {"FROM --platform= a", "FROM a"},
    {"ARG A=1 B\nARG C\nFROM $A", "ARG{A=1}{B}; ARG{C}; FROM $A"},
    {"FROM a\nFROM b", "FROM a; FROM b"},
    /* continuation */
    {"FROM \\\na", "FROM a"},
    {"FR\\\nOM a", "FROM a"},
    {"FROM a\nRUN a \\  \n b", "FROM a; RUN(a  b)"},            /* blanks after it do not matter; those before b stay */
    {"FROM a\nRUN a\\\\\nRUN b", "FROM a; RUN(a\\\\); RUN(b)"}, /* two escapes do not continue */
    {"FROM a\nRUN a\\\\\\\nRUN b", "FROM a; RUN(a\\\\\\); RUN(b)"},
    {"FROM a\nRUN a \\\n# c\n  # d\n\n b", "FROM a; RUN(a  b)"}, /* comments and blank lines in between are dropped */
    {"FROM a\nRUN a \\", "FROM a; RUN(a)"},
    {"FROM a\nRUN a \\\nRUN b", "FROM a; RUN(a RUN b)"},
    {"FROM a\nRUN a # b", "FROM a; RUN(a # b)"},
    {"FROM a\nRUN a \\\n\\\nb", "FROM a; RUN(a b)"},
    /* directives */
    {"# escape=`\nFROM a\nRUN c:\\ `\n x", "FROM a; RUN(c:\\  x)"},
    {"#Escape = ` \nFROM `\na", "FROM a"},
    {"# x\n# escape=`\nFROM a\nRUN b\\\nc", "FROM a; RUN(bc)"}, /* after a comment it is a comment */
    {"\n# escape=`\nFROM a\nRUN b\\\nc", "FROM a; RUN(bc)"},    /* and after a blank line */
    {"# x=y\n# escape=`\nFROM a\nRUN b\\\nc", "FROM a; RUN(bc)"},
    {"# syntax=docker/dockerfile:1\n# check=skip=all\n# escape=`\nFROM a\nRUN b`\nc", "FROM a; RUN(bc)"},
    /* flags */
    {"FROM a\nCOPY --from=b --link c d", "FROM a; COPY[from=b][link](c)(d)"},
    {"FROM a\nCOPY --link=TRUE --chown=1 c d", "FROM a; COPY[link=TRUE][chown=1](c)(d)"},
    {"FROM a\nCOPY --from='b c' d e", "FROM a; COPY[from=b c](d)(e)"},
    {"FROM a\nCOPY --exclude=x --exclude=y c d", "FROM a; COPY[exclude=x][exclude=y](c)(d)"},
    {"FROM a\nRUN -- --x", "FROM a; RUN(--x)"}, /* the word -- ends the flags */
    {"FROM a\nRUN x --y", "FROM a; RUN(x --y)"},
    {"FROM a\nRUN --mount=type=cache,target=/x --network=none y",
     "FROM a; RUN[mount=type=cache,target=/x][network=none](y)"},
    {"FROM a\nSTOPSIGNAL --x 9", "FROM a; STOPSIGNAL(9)"}, /* its flags are never looked at */
    /* forms */
    {"FROM a\nCOPY [\"a b\", \"c\"]", "FROM a; COPY!(a b)(c)"},
    {"FROM a\nCOPY \"a b\" c", "FROM a; COPY(\"a)(b\")(c)"},        /* quotes mean nothing between white space */
    {"FROM a\nCOPY [\"a\", \"b\"", "FROM a; COPY([\"a\",)(\"b\")"}, /* broken JSON is words */
    {"FROM a\nCMD [\"a\", \"\\u00e9\\n\"]", "FROM a; CMD!(a)(\xC3\xA9\n)"},
    {"FROM a\nCMD [\"\\ud83d\\ude00\", \"\\ud83d\"]", "FROM a; CMD!(\xF0\x9F\x98\x80)(\xEF\xBF\xBD)"},
    {"FROM a\nCMD ['a']", "FROM a; CMD(['a'])"},
    {"FROM a\nCMD [\"a\"] x", "FROM a; CMD([\"a\"] x)"},
    {"FROM a\nCMD [ ]", "FROM a; CMD!"},
    {"FROM a\nCMD", "FROM a; CMD"},
    {"FROM a\nENV A b  c", "FROM a; ENV{A=b  c}"}, /* the old form: all of the rest */
    {"FROM a\nENV A=b C='d e' F=g\\ h", "FROM a; ENV{A=b}{C='d e'}{F=g\\ h}"},
    {"FROM a\nENV A=", "FROM a; ENV{A=}"},
    {"FROM a\nENV A=b=c", "FROM a; ENV{A=b=c}"},
    {"FROM a\nENV A='\\' B=c", "FROM a; ENV{A='\\'}{B=c}"}, /* no escape inside '…' */
    {"FROM a\nENV A=b\\", "FROM a; ENV{A=b}"},              /* a continuation into nothing */
    {"FROM a\nLABEL \"a b\"=c", "FROM a; LABEL{\"a b\"=c}"},
    {"FROM a\nARG A=\"b c\" D", "FROM a; ARG{A=\"b c\"}{D}"},
    {"FROM a\nEXPOSE 80  81/udp", "FROM a; EXPOSE(80)(81/udp)"},
    {"FROM a\nVOLUME /a /b", "FROM a; VOLUME(/a)(/b)"},
    {"FROM a\nWORKDIR /a b", "FROM a; WORKDIR(/a b)"},
    {"FROM a\nSHELL [\"sh\", \"-c\"]", "FROM a; SHELL!(sh)(-c)"},
    {"FROM a\nHEALTHCHECK none", "FROM a; HEALTHCHECK(none)"},
    {"FROM a\nHEALTHCHECK --interval=1m30s --retries=3 CMD [\"a\"]",
     "FROM a; HEALTHCHECK![interval=1m30s][retries=3](CMD)(a)"},
    {"FROM a\nMAINTAINER me <m@e>", "FROM a; MAINTAINER(me <m@e>)"},
    {"FROM a\nONBUILD COPY --from=x a b", "FROM a; ONBUILD COPY[from=x](a)(b)"},
    {"FROM a\nONBUILD FROMM x", "FROM a; ONBUILD?"}, /* refused only where it is triggered */
    {"FROM a\nONBUILD RUN --x y", "FROM a; ONBUILD?"},
    /* heredocs */
    {"FROM a\nRUN <<E\nx\n# y \\\nE\nRUN z", "FROM a; RUN(<<E)<E:x\n# y \\\n>; RUN(z)"},
    {"FROM a\nCOPY <<E <<\"F\" /d\n1\nE\n2\nF\n", "FROM a; COPY(/d)<E:1\n><F!:2\n>"},
    {"FROM a\nRUN <<-E\n\tx\n\tE", "FROM a; RUN(<<-E)<E:\tx\n>"}, /* leading tabs before the end only with <<- */
    {"FROM a\nRUN <<E\n\tE\nE", "FROM a; RUN(<<E)<E:\tE\n>"},
    {"FROM a\nRUN cat 1<<2\n2", "FROM a; RUN(cat 1<<2)<2:>"}, /* arithmetic is taken for one, too */
    {"FROM a\nRUN \"<<E\"", "FROM a; RUN(\"<<E\")"},
    {"FROM a\nRUN a <<<b", "FROM a; RUN(a <<<b)"},
    {"FROM a\nRUN it's <<E", "FROM a; RUN(it's <<E)"}, /* a line that cannot be split has none */
    {"FROM a\nRUN [\"a\", \"<<E\"]", "FROM a; RUN!(a)(<<E)"},
    {"FROM a\nONBUILD RUN <<E\nx\nE", "FROM a; ONBUILD<E:x\n> RUN(<<E)<E:x\n>"},
    {"FROM a\nCMD <<E", "FROM a; CMD(<<E)"},
    /* bytes */
    {"FROM a\nRUN \xC2\xA0"
     "b\xC2\xA0",
     "FROM a; RUN(b)"}, /* a no-break space is white space at the ends */
    {"FROM a\nRUN b\xFF", "FROM a; RUN(b\xFF)"},
    {"FROM a\nENV A=\xFF", "FROM a; ENV{A=\xEF\xBF\xBD}"},
};

static const struct {
    const char *bytes, *error;
    unsigned line, column;
} refused[] = {
    {"", "the Dockerfile cannot be empty", 0, 0},
    {"# only\n\n", "file with no instructions", 0, 0},
    {"ARG A", "dockerfile contains no stages to build", 0, 0},
    {"FROMM a", "unknown instruction: FROMM (did you mean FROM?)", 1, 1},
    {"FROM a\n\n  copi b c", "unknown instruction: copi (did you mean copy?)", 3, 3},
    {"{% if x %}\nFROM a", "unknown instruction: {%", 1, 1}, /* a template that was not rendered */
    {"RUN a\nFROM b", "no build stage in current context", 1, 1},
    {"FROM", "FROM requires either one or three arguments", 1, 1},
    {"FROM a as", "FROM requires either one or three arguments", 1, 1},
    {"FROM a at b", "FROM requires either one or three arguments", 1, 1},
    {"FROM a as 1b", "invalid name for build stage: \"1b\", name can't start with a number or contain symbols", 1, 1},
    {"FROM --platfrom=x a", "unknown flag: --platfrom (did you mean platform?)", 1, 1},
    {"FROM a\nCOPY a",
     "COPY requires at least two arguments, but only one was provided. Destination could not be "
     "determined",
     2, 1},
    {"FROM a\nCOPY --from a b", "missing a value on flag: --from", 2, 1},
    {"FROM a\nCOPY --from=x --from=y a b", "duplicate flag specified: --from", 2, 1},
    {"FROM a\nCOPY --link=no a b", "expecting boolean value for flag --link, not: no", 2, 1},
    {"FROM a\nCOPY --link= a b", "missing a value on flag: --link", 2, 1},
    {"FROM a\nADD --from=x a b", "unknown flag: --from", 2, 1},
    {"FROM a\nWORKDIR --x /a", "unknown flag: --x", 2, 1},
    {"FROM a\nCOPY [\"a\", 1]", "when using JSON array syntax, arrays must be comprised of strings only", 2, 1},
    {"FROM a\nCMD [\"a\", {\"b\": [null]}]", "when using JSON array syntax, arrays must be comprised of strings only",
     2, 1},
    {"FROM a\nCOPY a <<E\nE", "COPY cannot accept a heredoc as a destination", 2, 1},
    {"FROM a\nCOPY <<E /d\nx", "unterminated heredoc", 2, 1},
    {"FROM a\nENV", "ENV requires at least one argument", 2, 1},
    {"FROM a\nENV A", "ENV must have two arguments", 2, 1},
    {"FROM a\nENV A=b C", "Syntax error - can't find = in \"C\". Must be of the form: name=value", 2, 1},
    {"FROM a\nENV =b", "ENV names can not be blank", 2, 1},
    {"FROM a\nLABEL a", "LABEL must have two arguments", 2, 1},
    {"FROM a\nARG", "ARG requires at least one argument", 2, 1},
    {"FROM a\nARG =b", "ARG names can not be blank", 2, 1},
    {"FROM a\nUSER", "USER requires exactly one argument", 2, 1},
    {"FROM a\nEXPOSE", "EXPOSE requires at least one argument", 2, 1},
    {"FROM a\nVOLUME [\"\"]", "VOLUME specified can not be an empty string", 2, 1},
    {"FROM a\nSHELL sh", "SHELL requires the arguments to be in JSON form", 2, 1},
    {"FROM a\nSHELL []", "SHELL requires at least one argument", 2, 1},
    {"FROM a\nHEALTHCHECK", "HEALTHCHECK requires at least one argument", 2, 1},
    {"FROM a\nHEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments", 2, 1},
    {"FROM a\nHEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD", 2, 1},
    {"FROM a\nHEALTHCHECK curl", "Unknown type \"curl\" in HEALTHCHECK (try CMD)", 2, 1},
    {"FROM a\nHEALTHCHECK --interval=5 CMD x", "time: invalid duration \"5\"", 2, 1},
    {"FROM a\nHEALTHCHECK --timeout=1us CMD x", "Interval \"timeout\" cannot be less than 1ms", 2, 1},
    {"FROM a\nHEALTHCHECK --retries=-1 CMD x", "--retries cannot be negative (-1)", 2, 1},
    {"FROM a\nONBUILD", "ONBUILD requires at least one argument", 2, 1},
    {"FROM a\nONBUILD FROM b", "FROM isn't allowed as an ONBUILD trigger", 2, 1},
    {"FROM a\nONBUILD onbuild RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", 2, 1},
    {"FROM a\nONBUILD ENV A", "ENV must have two arguments", 2, 1}, /* its words are split at once */
    {"FROM a\nRUN --mount=type=bind,from=$X,target=/a b",
     "'from' doesn't support variable expansion, define alias stage instead", 2, 1},
    {"FROM a\nRUN --mount='a\"b' c", "failed to parse csv mounts", 2, 1},
    {"FROM a\nRUN --network=lan x", "invalid network mode: \"lan\"", 2, 1},
    {"FROM a\nRUN --security=x y", "security is not valid: \"x\"", 2, 1},
    {"# escape=x\nFROM a", "invalid escape token 'x' does not match ` or \\", 1, 1},
    {"# escape=\\\n# escape=`\nFROM a", "only one escape parser directive can be used", 2, 1},
};

static void test_accepted(struct arena *arena) {
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        const struct source *source = source_create(arena, TEXT("Dockerfile"), text_from(accepted[i].bytes));
        const struct dockerfile *file = NULL;
        bool ok = dockerfile_parse(arena, source, &diagnostics, &file);
        CHECK(ok, "refused: %s", accepted[i].bytes);
        if (ok) CHECK_TEXT(show(arena, file), accepted[i].expected, accepted[i].bytes);
        CHECK(diagnostics.list.count == 0, "silent: %s", accepted[i].bytes);
    }
}

static void test_refused(struct arena *arena) {
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        const struct source *source = source_create(arena, TEXT("Dockerfile"), text_from(refused[i].bytes));
        const struct dockerfile *file = NULL;
        CHECK(!dockerfile_parse(arena, source, &diagnostics, &file), "accepted: %s", refused[i].bytes);
        CHECK(file == NULL, "untouched: %s", refused[i].bytes);
        if (diagnostics.list.count != 1) {
            CHECK(false, "%zu diagnostics: %s", diagnostics.list.count, refused[i].bytes);
            continue;
        }
        const struct diagnostic *error = diagnostics.list.items[0];
        CHECK_TEXT(error->message, refused[i].error, refused[i].bytes);
        CHECK_TEXT(text_from(error->rule), "dockerfile-syntax", refused[i].bytes);
        CHECK(error->place.line == refused[i].line && error->place.column == refused[i].column, "%s: at %u:%u",
              refused[i].bytes, error->place.line, error->place.column);
    }
}

/* Which frontend a file asks for, and whether it reads Dockerfiles as Docker does. */
static void test_syntax(struct arena *arena) {
    static const struct {
        const char *bytes, *syntax;
        bool is_foreign;
    } rows[] = {
        {"FROM a", "", false},
        {"# syntax=docker/dockerfile:1.7-labs\nFROM a", "docker/dockerfile:1.7-labs", false},
        {"#syntax = docker.io/docker/dockerfile-upstream:master  \nFROM a",
         "docker.io/docker/dockerfile-upstream:master", false},
        {"# syntax=mirror.acme.dev/docker/dockerfile:1\nFROM a", "mirror.acme.dev/docker/dockerfile:1", false},
        {"# syntax=tonistiigi/xx x y\nFROM a", "tonistiigi/xx", true}, /* up to the first space */
        {"# comment\n# syntax=a/b\nFROM a", "", false},
        {" # syntax=a/b\nFROM a", "", false}, /* only at the very beginning of the line */
        {"#!/usr/bin/env -S docker build\n# syntax=a/b\nFROM a", "a/b", true},
        {"// syntax=a/b\nmodule x", "a/b", true},
        {"{\"a\": [1, {}], \"syntax\": \"a/b\"}", "a/b", true},
        {"# syntax=acme/my-dockerfile\nBUILD x", "acme/my-dockerfile", true}, /* what it cannot read is no error */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct diagnostics diagnostics = diag_in(arena);
        const struct source *source = source_create(arena, TEXT("Dockerfile"), text_from(rows[i].bytes));
        const struct dockerfile *file = NULL;
        bool ok = dockerfile_parse(arena, source, &diagnostics, &file);
        CHECK(ok, "refused: %s", rows[i].bytes);
        if (!ok) continue;
        CHECK_TEXT(file->syntax, rows[i].syntax, rows[i].bytes);
        CHECK(file->is_foreign == rows[i].is_foreign, "%s", rows[i].bytes);
    }
}

static bool parses(struct arena *arena, struct text bytes, const struct dockerfile **out) {
    struct diagnostics diagnostics = diag_in(arena);
    return dockerfile_parse(arena, source_create(arena, TEXT("Dockerfile"), bytes), &diagnostics, out);
}

/* A line of 65,535 bytes is read, one more is not; joined lines may be longer. */
static void test_long_lines(struct arena *arena) {
    const struct dockerfile *file;
    struct buffer bytes = buffer_in(arena);
    buffer_add_string(&bytes, "FROM a\nRUN ");
    buffer_add_repeated(&bytes, 'x', 65535 - 4);
    buffer_add_string(&bytes, "\n");
    CHECK(parses(arena, buffer_text(&bytes), &file), "65,535 bytes");
    buffer_add_string(&bytes, "RUN ");
    buffer_add_repeated(&bytes, 'x', 65536 - 4);
    CHECK(!parses(arena, buffer_text(&bytes), &file), "65,536 bytes");
    bytes.len = 0;
    buffer_add_string(&bytes, "FROM a\nRUN x");
    for (size_t i = 0; i < 70000; i++)
        buffer_add_string(&bytes, "x\\\n");
    CHECK(parses(arena, buffer_text(&bytes), &file), "joined");
}

/* NUL is a byte like any other, and places count bytes. */
static void test_bytes(struct arena *arena) {
    const struct dockerfile *file;
    CHECK(parses(arena, TEXT("FROM a\n\tRUN a\0b\nCOPY c\0 d"), &file), "NUL");
    const struct stage *stage = file->stages.items[0];
    const struct instruction *run = stage->instructions.items[0];
    CHECK(run->arguments.items[0].len == 3, "NUL is kept");
    CHECK(run->place.line == 2 && run->place.column == 2 && run->place.length == 3, "at the command word");
    CHECK_TEXT(instruction_flag(run, "mount"), "", "no such flag");
}

/* Files that would be slow or deep if anything here were quadratic or recursive. */
static void test_hostile(struct arena *arena) {
    static const char *const repeated[] = {"ONBUILD ", "[",    "RUN a\n", "A=", "--x ",
                                           "\\\n",     "<<E ", "${a:-",   "\"", "#\n"};
    static const char *const begun[] = {"", "CMD [\"", "COPY ", "ENV ", "RUN ", "LABEL a="};
    const struct dockerfile *file;
    for (size_t i = 0; i < sizeof(repeated) / sizeof(repeated[0]); i++)
        for (size_t j = 0; j < sizeof(begun) / sizeof(begun[0]); j++) {
            struct arena_mark mark = arena_mark(arena);
            struct buffer bytes = buffer_in(arena);
            buffer_add_string(&bytes, "FROM a\n");
            buffer_add_string(&bytes, begun[j]);
            while (bytes.len < 200000) {
                for (size_t k = 0; k < 6000; k++)
                    buffer_add_string(&bytes, repeated[i]);
                buffer_add_string(&bytes, "\\\n");
            }
            parses(arena, buffer_text(&bytes), &file);
            arena_release(arena, mark);
        }
    CHECK(true, "came back");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_accepted(&arena);
    test_refused(&arena);
    test_syntax(&arena);
    test_long_lines(&arena);
    test_bytes(&arena);
    test_hostile(&arena);
    arena_finish(&arena);
    return check_done("dockerfile");
}
