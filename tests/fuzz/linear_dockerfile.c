/* linear_dockerfile: Dockerfiles, ignore files, patterns and the words in them that look slow. */
#include "linear.h"

#include "docker/expand.h"
#include "docker/hints.h"
#include "docker/ignore.h"
#include "docker/json_strings.h"
#include "docker/lint.h"
#include "docker/mounts.h"
#include "docker/reference.h"
#include "format/json_write.h"
#include "format/wildcard.h"
#include "report/inspect.h"

/* --- readers: false when the input is refused, which would be no measure --- */

static bool run_dockerfile(struct arena *arena, struct text input) {
    struct diagnostics diagnostics = diag_in(arena);
    const struct source *source = source_create(arena, TEXT("Dockerfile"), input);
    struct inspection inspection = {.source = source};
    struct build_choice plain = {0}, bare = {.images_are_bare = true, .wants_commands = true};
    struct build_reading reading;
    struct list hints = {0};
    struct buffer text = buffer_in(arena);
    if (!dockerfile_parse(arena, source, &diagnostics, &inspection.dockerfile)) return false;
    if (stages_read(arena, inspection.dockerfile, &plain, &diagnostics, &reading))
        hints_read(arena, inspection.dockerfile, &reading, &hints);
    if (!stages_read(arena, inspection.dockerfile, &bare, &diagnostics, &reading)) return false;
    inspection.reading = &reading;
    diag_write(&text, &diagnostics, DIAG_NOTE, false);
    inspect_write(&text, &inspection, 80);
    return json_write(&text, inspect_json(arena, &inspection));
}

static bool run_lint(struct arena *arena, struct text input) {
    struct diagnostics refusals = diag_in(arena), diagnostics = diag_in(arena);
    struct build_choice choice = {.images_are_bare = true, .wants_commands = true};
    struct build_reading reading;
    struct buffer written = buffer_in(arena);
    struct lint_request request = {.reading = &reading, .choice = &choice};
    const struct source *source = source_create(arena, TEXT("Dockerfile"), input);
    if (!dockerfile_parse(arena, source, &refusals, &request.dockerfile)) return false;
    if (!stages_read(arena, request.dockerfile, &choice, &refusals, &reading)) return false;
    lint(arena, &request, &diagnostics);
    diag_sort(&diagnostics);
    diag_write(&written, &diagnostics, DIAG_NOTE, false);
    return true;
}

/* The patterns, a NUL, then paths that end in line feeds. */
static bool run_ignore(struct arena *arena, struct text input) {
    struct diagnostics diagnostics = diag_in(arena);
    struct regex_cache regexes = {0};
    const struct patterns *patterns;
    size_t nul = text_find(input, '\0');
    struct text paths = text_from_offset(input, nul + 1), path;
    const struct source *source = source_create(arena, TEXT(IGNORE_NAME), text_first(input, nul));
    if (!ignore_parse(arena, source, &diagnostics, &patterns)) return false;
    struct pattern_walk *walk = patterns_walk(arena, patterns, &regexes, true);
    while (paths.len > 0 && text_next(&paths, '\n', &path))
        pattern_walk_takes(walk, path);
    regex_finish(&regexes);
    return pattern_walk_failure(walk) == NULL;
}

/* x is the input's first line; the rest is expanded. */
static enum expand_state find_x(const void *self, struct text name, struct text *out) {
    if (!text_is(name, "x")) return EXPAND_UNSET;
    *out = *(const struct text *)self;
    return EXPAND_SET;
}

static bool run_expand(struct arena *arena, struct text input) {
    struct text x;
    struct texts words = {0};
    text_next(&input, '\n', &x);
    struct expand_scope scope = {.find = find_x, .self = &x};
    bool ok = expand_word(arena, input, '\\', scope).failure == EXPAND_FINE;
    return expand_words(arena, input, '\\', EXPAND_PLAIN, scope, &words) == NULL && ok;
}

/* The pattern, a NUL, the name. */
static bool run_wildcard(struct arena *arena, struct text input) {
    size_t nul = text_find(input, '\0');
    (void)arena;
    wildcard_matches(text_first(input, nul), text_from_offset(input, nul + 1));
    return wildcard_is_accepted(text_first(input, nul));
}

static bool run_words(struct arena *arena, struct text input) {
    struct texts texts = {0};
    struct reference reference;
    struct mount mount;
    struct text problem;
    const char *words;
    bool is_array = json_array_read(arena, input, &texts) != JSON_ARRAY_NONE;
    bool is_object = text_is_given(json_object_string(arena, input, "syntax"));
    bool is_reference = reference_parse(arena, input, &reference, &words);
    bool is_mount = mounts_read(arena, input, '\\', expand_nothing(), true, &mount, &problem);
    return is_array || is_object || is_reference || is_mount || text_has(input, '/'); /* a long reference is refused */
}

/* --- inputs --- */

static void chained_stages(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM a AS s0\n");
    repeat(out, n, "FROM s%zu AS s%zu\nCOPY $unset x%zu /d\n");
}

static void copied_stages(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch AS s0\n");
    repeat(out, n, "FROM scratch AS t%zu\nCOPY --from=s0 a b%zu /d\n");
    buffer_add_string(out, "FROM scratch\n");
    repeat(out, n, "COPY --from=t%zu a /d\n");
}

static void scratch_chain(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch AS s0\n");
    repeat(out, n, "FROM s%zu AS s%zu\nENV V%zu=1\nCOPY $V0 /d\n");
}

static void triggers(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch AS base\n");
    repeat(out, n, "ONBUILD RUN x%zu\n");
    repeat(out, n, "FROM base AS t%zu\n");
    buffer_add_string(out, "FROM scratch\n");
    repeat(out, n, "COPY --from=t%zu a /d\n");
}

static void blank_bases(struct buffer *out, size_t n) {
    repeat(out, n, "FROM $unset AS s%zu\n");
}

static void same_names(struct buffer *out, size_t n) {
    repeat(out, n, "FROM scratch AS s\nCOPY a%zu /d\n");
}

static void nested_defaults(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch\n");
    for (size_t i = 0; i < n; i++) {
        buffer_add_string(out, "COPY ");
        for (size_t depth = 0; depth < EXPAND_DEPTH_LIMIT - 1; depth++)
            buffer_add_string(out, "${u:-");
        buffer_format(out, "a%zu", i);
        buffer_add_repeated(out, '}', EXPAND_DEPTH_LIMIT - 1);
        buffer_add_string(out, " /d\n");
    }
}

static void deep_default(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch\nCOPY ");
    repeat(out, n, "${u:-");
    buffer_add_repeated(out, '}', n);
    buffer_add_string(out, " /d\n");
}

static void doubling(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch\nENV A=aaaaaaaaaaaaaaaa\n");
    repeat(out, n, "ENV A=$A$A\nCOPY $A %zu /d\n");
}

static void long_values(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch\nENV A=");
    buffer_add_repeated(out, 'a', 1000);
    repeat(out, n, "\nCOPY ${A%%a*}b${A//a/c}%zu /d");
}

static void continuations(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM a\nRUN x");
    repeat(out, n, " \\\n# %zu\n\n  && y");
    buffer_add_string(out, "\n");
}

static void one_line_heredocs(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM a\nCOPY");
    repeat(out, n, " <<E%zu");
    buffer_add_string(out, " /d/\n");
    repeat(out, n, "text\nE%zu\n");
}

static void heredoc_lines(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM a\n");
    repeat(out, n, "RUN cat 'x <<E%zu\n");
}

static void mounts(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch\nRUN");
    repeat(out, n, " --mount=source=a%zu,target=/b");
    buffer_add_string(out, " x\n");
}

static void pairs(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch\nENV");
    repeat(out, n, " A%zu=$A0");
    buffer_add_string(out, "\nARG");
    repeat(out, n, " B%zu=$A1");
    buffer_add_string(out, "\nLABEL");
    repeat(out, n, " C%zu=\"$A2\"");
    buffer_add_string(out, "\nCOPY");
    repeat(out, n, " $A%zu");
    buffer_add_string(out, " /d\n");
}

static void excludes(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch\nCOPY");
    repeat(out, n, " --exclude=e%zu");
    buffer_add_string(out, " a /d\nCOPY");
    repeat(out, n, " --exclude=f%zu");
    buffer_add_string(out, " a /d\n");
}

static void json_lines(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM a\nCOPY [");
    repeat(out, n, "\"a%zu\\u00e9\", ");
    buffer_add_string(out, "\"/d\"]\n");
}

static void tools(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM go\nCOPY . /src\n");
    repeat(out, n, "WORKDIR /src/a%zu\nRUN x && go build && npm ci; make\n");
}

static void misspelt(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch AS Base\n");
    repeat(out, n, "ARG NAME%zu\nenv A%zu 1\nRUN $NAMF%zu\n");
    repeat(out, n, "COPY $NANE%zu ./x\nWORKDIR /r%zu\nCMD x\nLABEL a b\n");
}

static void unset_names(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch\nCOPY");
    repeat(out, n, " $NAME%zu");
    buffer_add_string(out, " /d\nRUN x \\\n");
    repeat(out, n, " $OTHER%zu \\\n");
    buffer_add_string(out, " y\n");
}

static void relative_directories(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch\n");
    repeat(out, n, "WORKDIR r%zu\n");
}

static void commented(struct buffer *out, size_t n) {
    buffer_add_string(out, "FROM scratch\nRUN x");
    repeat(out, n, " \\\n# check=skip=all %zu\n\n  $Y");
    repeat(out, n, "\n# check=skip=a%zu\n# y\nrun x $Z%zu");
}

/* A hundred paths, a directory deeper each. */
static void add_paths(struct buffer *out) {
    buffer_add_byte(out, '\0');
    for (size_t i = 0; i < 100; i++)
        buffer_format(out, "d%zu/e/f%zu/g.c\n", i % 10, i);
}

static void literal_patterns(struct buffer *out, size_t n) {
    repeat(out, n, "d%zu/e/f\n!d%zu/e\n");
    add_paths(out);
}

static void loose_patterns(struct buffer *out, size_t n) {
    repeat(out, n, "*x%zu*\n!d*/e%zu*\n*/*/f*%zu\n");
    add_paths(out);
}

static void named_patterns(struct buffer *out, size_t n) {
    repeat(out, n, "**/e\n!**/f%zu\n**/f%zu/**\n");
    add_paths(out);
}

static void exotic_patterns(struct buffer *out, size_t n) {
    repeat(out, n, "x%zu{a|b}\n!\\d%zu\n");
    add_paths(out);
}

static void equal_patterns(struct buffer *out, size_t n) {
    repeat(out, n, "d1/**\n!d1/e/**\n");
    add_paths(out);
}

/* Paths and patterns both grow here: what is taken is looked up. */
static void allow_list(struct buffer *out, size_t n) {
    buffer_add_string(out, "*\n");
    repeat(out, n, "!d%zu/keep\n");
    buffer_add_byte(out, '\0');
    repeat(out, n, "e%zu/x\nd%zu/keep/y\n");
}

static void double_stars(struct buffer *out, size_t n) {
    repeat(out, n, "**/a*/");
    buffer_add_string(out, "y");
    buffer_add_byte(out, '\0');
    for (size_t i = 0; i < 20; i++)
        buffer_add_string(out, "aa/ab/");
    buffer_add_string(out, "y\n");
}

static void many_stars(struct buffer *out, size_t n) {
    repeat(out, n, "*a");
    buffer_add_byte(out, '\0');
    buffer_add_repeated(out, 'a', 500);
    buffer_add_string(out, "b\n");
}

/* Each of 4,096 bytes; nothing is shared with the path before. */
static void deep_paths(struct buffer *out, size_t n) {
    buffer_add_string(out, "**/x\n!**/y\na/*/b\n**/a/b\n!a/a/a/b\n*q*\n**/*z*\n");
    buffer_add_byte(out, '\0');
    for (size_t i = 0; i < n; i++) {
        buffer_add_string(out, i % 2 ? "c/" : "d/");
        repeat(out, 2045, "a/");
        buffer_format(out, "f%zu\n", i % 10);
    }
}

static void jumping_paths(struct buffer *out, size_t n) {
    buffer_add_string(out, "**/x\n!**/y\na*/*/b\n");
    buffer_add_byte(out, '\0');
    for (size_t i = 0; i < n; i++) {
        buffer_add_string(out, i % 2 ? "a/" : "b/");
        repeat(out, 100, "c/");
        buffer_format(out, "f%zu\n", i);
    }
}

static void star_trim(struct buffer *out, size_t n) {
    buffer_add_repeated(out, 'a', n);
    buffer_add_string(out, "\n${x%%*b*a}${x##*a*a*b}${x#*a*b}");
}

static void star_replace(struct buffer *out, size_t n) {
    buffer_add_repeated(out, 'a', n);
    buffer_add_string(out, "\n${x//a/bb}${x//b*/c}${x//?/c}");
}

/* The pattern fits nowhere, and is tried from each place to the end. */
static void lazy_replace(struct buffer *out, size_t n) {
    buffer_add_repeated(out, 'a', n);
    buffer_add_string(out, "\n${x//a*b/c}");
}

static void long_words(struct buffer *out, size_t n) {
    buffer_add_string(out, "v\n");
    repeat(out, n, "a$x 'b c' \"d$x\" \\e ${x:-f%zu} ");
}

static void wildcard_stars(struct buffer *out, size_t n) {
    buffer_add_string(out, "*a*a*a*[b-c]*a?b");
    buffer_add_byte(out, '\0');
    buffer_add_repeated(out, 'a', n);
}

static void wildcard_pattern(struct buffer *out, size_t n) {
    repeat(out, n, "*[a-c]");
    buffer_add_byte(out, '\0');
    buffer_add_repeated(out, 'a', 2 * n);
}

static void json_deep(struct buffer *out, size_t n) {
    buffer_add_repeated(out, '[', n);
    buffer_add_repeated(out, ']', n);
}

static void json_object(struct buffer *out, size_t n) {
    buffer_add_string(out, "{");
    repeat(out, n, "\"k%zu\": {\"syntax\": [1, \"\\ud83d\\ude00\"]}, ");
    buffer_add_string(out, "\"syntax\": \"a\"}");
}

static void reference_long(struct buffer *out, size_t n) {
    repeat(out, n, "a-b__c/d%zu/");
    buffer_add_string(out, "e:f");
}

static void mount_fields(struct buffer *out, size_t n) {
    repeat(out, n, "\"source=a,%zu\",target=${b:-c},");
    buffer_add_string(out, "type=bind");
}

const struct linear_row linear_dockerfile[] = {
    {"chain of stages, unset name", run_dockerfile, chained_stages, 500, true},
    {"chain of stages from scratch, ENV", run_dockerfile, scratch_chain, 500, true},
    {"stages that are copied from", run_dockerfile, copied_stages, 500, false},
    {"triggers of one base, many stages from it", run_dockerfile, triggers, 200, true},
    {"relative WORKDIRs", run_dockerfile, relative_directories, 300, false},
    {"stages that warn", run_dockerfile, blank_bases, 500, false},
    {"stages of one name", run_dockerfile, same_names, 500, false},
    {"${u:-${u:-…}}, 99 deep, many lines", run_dockerfile, nested_defaults, 20, false},
    {"${u:-${u:-…}}, ever deeper", run_dockerfile, deep_default, 600, true},
    {"ENV A=$A$A", run_dockerfile, doubling, 100, true},
    {"long values, trimmed and replaced", run_dockerfile, long_values, 100, false},
    {"continuation lines", run_dockerfile, continuations, 1000, false},
    {"heredocs of one line", run_dockerfile, one_line_heredocs, 500, false},
    {"lines that look like heredocs", run_dockerfile, heredoc_lines, 500, false},
    {"mounts of one RUN", run_dockerfile, mounts, 100, false},
    {"names of one ENV, ARG, LABEL", run_dockerfile, pairs, 300, false},
    {"--exclude of two COPYs", run_dockerfile, excludes, 200, false},
    {"COPY of a JSON array", run_dockerfile, json_lines, 150, false},
    {"directories and tools", run_dockerfile, tools, 300, false},
    {"lint: misspelt names", run_lint, misspelt, 200, false},
    {"lint: unset names of one line", run_lint, unset_names, 300, false},
    {"lint: comments and continuations", run_lint, commented, 300, false},
    {"lint: chain of stages", run_lint, chained_stages, 500, true},
    {"lint: stages that are copied from", run_lint, copied_stages, 300, false},
    {"lint: triggers of one base", run_lint, triggers, 200, true},
    {"lint: stages of one name", run_lint, same_names, 500, false},
    {"lint: names of one ENV, ARG, LABEL", run_lint, pairs, 300, false},
    {"lint: mounts of one RUN", run_lint, mounts, 100, false},
    {"lint: heredocs of one line", run_lint, one_line_heredocs, 500, false},
    {"lint: ${u:-${u:-…}}, 99 deep", run_lint, nested_defaults, 20, false},
    {"lint: long values", run_lint, long_values, 100, false},
    {"patterns: literal", run_ignore, literal_patterns, 625, false},
    {"patterns: with stars", run_ignore, loose_patterns, 625, false},
    {"patterns: ** and a name", run_ignore, named_patterns, 625, false},
    {"patterns: regular expressions", run_ignore, exotic_patterns, 300, false},
    {"patterns: the same again", run_ignore, equal_patterns, 625, false},
    {"patterns: * and exceptions, many directories", run_ignore, allow_list, 500, false},
    {"one pattern of **/a*/", run_ignore, double_stars, 100, false},
    {"one pattern of *a", run_ignore, many_stars, 100, false},
    {"paths of 2,000 directories", run_ignore, deep_paths, 5, false},
    {"paths, each in another directory", run_ignore, jumping_paths, 100, false},
    {"${x##*a*a*b}, long value", run_expand, star_trim, 4000, false},
    {"${x//b*/c}, long value", run_expand, star_replace, 4000, false},
    {"${x//a*b/c}, long value", run_expand, lazy_replace, 4000, true},
    {"words, quotes, names", run_expand, long_words, 500, false},
    {"wildcard of stars, long name", run_wildcard, wildcard_stars, 2000, false},
    {"wildcard of classes", run_wildcard, wildcard_pattern, 200, false},
    {"JSON, ever deeper", run_words, json_deep, 600, false},
    {"JSON of objects", run_words, json_object, 300, false},
    {"reference of many elements", run_words, reference_long, 300, false},
    {"mount of many fields", run_words, mount_fields, 300, false},
    {0},
};
