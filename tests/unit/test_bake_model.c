#include "baked.h"

/* ---- what is said of what bake drops ---- */

static const struct {
    const char *what, *text, *expected;
} reports[] = {
    {"a key that Depot has otherwise", "target 'a' {\n  project-id = 'x'\n}\n",
     "bake-key-unknown@2:3: bake does not read 'project-id' of a target; did you mean 'project_id'?\n"},
    {"a misspelt key", "target 'a' {\n  dockerflie = 'x'\n}\n",
     "bake-key-unknown@2:3: bake does not read 'dockerflie' of a target; did you mean 'dockerfile'?\n"},
    {"a key that is like none", "target 'a' {\n  zzzzzz = 'x'\n}\n",
     "bake-key-unknown@2:3: bake does not read 'zzzzzz' of a target\n"},
    {"a key of a group", "group 'a' {\n  target = ['a']\n  targets = []\n}\n",
     "bake-key-unknown@2:3: bake does not read 'target' of a group; did you mean 'targets'?\n"},
    {"a block where an attribute is meant", "target 'a' {\n  args {\n    A = 1\n  }\n}\n",
     "bake-key-unknown@2:3: bake does not read the block 'args' of a target; an attribute is written 'args = '\n"},
    {"a misspelt block", "targte 'a' {}\n",
     "bake-key-unknown@1:8: bake does not read the block 'targte'; did you mean 'target'?\n"},
    {"keys that only buildx has",
     "target 'a' {\n  ulimits = ['x=1:1']\n  annotations = []\n  entitlements = []\n  call = 'check'\n  extra-hosts = "
     "{}\n  policy = []\n}\n",
     "bake-key-dropped@2:3: 'depot bake' does not read 'ulimits', 'docker buildx bake' does\n"
     "bake-key-dropped@3:3: 'depot bake' does not read 'annotations', 'docker buildx bake' does\n"
     "bake-key-dropped@4:3: 'depot bake' does not read 'entitlements', 'docker buildx bake' does\n"
     "bake-key-dropped@5:3: 'depot bake' does not read 'call', 'docker buildx bake' does\n"
     "bake-key-dropped@6:3: 'depot bake' does not read 'extra-hosts', 'docker buildx bake' does\n"
     "bake-key-dropped@7:3: 'depot bake' does not read 'policy', 'docker buildx bake' does\n"},
    {"a near name of a variable", "variable 'VERSION' {}\ntarget 'a' {\n  tags = ['x:${VERISON}']\n}\n",
     "bake-invalid@3:16: there is no variable 'VERISON'; did you mean 'VERSION'?\n"},
    {"a key twice", "target 'a' {\n  context = 'x'\n\n  context = 'y'\n}\n",
     "bake-syntax@4:3: 'context' is set a second time; it was in line 2\n"},
    {"columns are characters", "target 'a' {\n  args = { A = 'é', B = ; }\n}\n",
     "bake-syntax@2:25: this character has no place here\n"},
    {"a NUL, which no argument can hold", "target 'a' {\n  context = '\\u0000'\n}\n",
     "bake-syntax@2:15: a NUL can stand in no argument and no name\n"},
};

static void check_reports(void) {
    for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++) {
        struct arena arena;
        arena_init(&arena);
        struct diagnostics diagnostics = diag_in(&arena);
        struct baked_row row = {.files = {{"docker-bake.hcl", reports[i].text}}, .names = ""};
        struct buffer said = buffer_in(&arena);
        struct bake_model model;
        baked_read(&arena, &row, &diagnostics, &model);
        for (size_t j = 0; j < diagnostics.list.count; j++) {
            const struct diagnostic *one = diagnostics.list.items[j];
            buffer_format(&said, "%s@%u:%u: %.*s\n", one->rule, (unsigned)one->place.line, (unsigned)one->place.column,
                          TEXT_ARG(one->message));
        }
        CHECK_TEXT(buffer_text(&said), reports[i].expected, reports[i].what);
        arena_finish(&arena);
    }
}

/* ---- references ---- */

static const struct {
    const char *what, *text, *spelling; /* of the first tag */
    const char *set, *evaluated;        /* with V set to that */
} references[] = {
    {"a default", "variable 'V' { default = 'v' }\nT = 'x:${V}'\n", "x:${V-v}", "w", "x:w"},
    {"set and empty", "variable 'V' { default = 'v' }\nT = 'x:${V}'\n", "x:${V-v}", "", "x:"},
    {"no default", "variable 'V' {}\nT = 'x:${V}'\n", "x:${V}", "w", "x:w"},
    {"a number", "variable 'V' { default = 1.50 }\nT = 'x:${V}'\n", "x:${V-1.5}", "2", "x:2"},
    {"a variable of a variable", "variable 'W' { default = 'w${V}' }\nvariable 'V' { default = 'v' }\nT = W\n",
     "${W-w${V-v}}", "u", "wu"},
    {"an attribute is not in the environment", "V = 'v'\nT = V\n", "v", "w", "v"},
    {"a default that looks like a reference", "variable 'V' { default = '$${X}' }\nT = V\n", "${V-$${X}}", "w", "w"},
};

static void check_references(void) {
    for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
        struct arena arena;
        arena_init(&arena);
        struct diagnostics diagnostics = diag_in(&arena);
        struct text text = text_format(&arena, "%starget 'a' {\n  tags = [T]\n}\n", references[i].text);
        struct baked_row row = {.files = {{"docker-bake.hcl", text_string(&arena, text)}}, .names = "a"};
        struct texts names = baked_names(&arena, "a");
        struct variables variables = {0};
        struct bake_model model, resolved, evaluated;
        variables_set(&arena, &variables, TEXT("V"), text_from(references[i].set));
        bool ok = baked_read(&arena, &row, &diagnostics, &model) &&
                  bake_resolve(&arena, &model, &names, &variables, &diagnostics, &resolved) &&
                  bake_evaluate(&arena, &resolved, &variables, &diagnostics, &evaluated);
        CHECK(ok, "%s: read", references[i].what);
        if (ok) {
            const struct bake_target *target = resolved.targets.items[0], *literal = evaluated.targets.items[0];
            CHECK_TEXT(value_spelling(&arena, target->tags.items[0]), references[i].spelling, references[i].what);
            CHECK_TEXT(value_text(&arena, literal->tags.items[0]), references[i].evaluated, references[i].what);
        }
        arena_finish(&arena);
    }
}

/* `args = {A = A}` of a variable that is null: over what a parent says it is ${A-…}, else it is left out where A is not set. */
static void check_optional(void) {
    struct arena arena;
    arena_init(&arena);
    struct diagnostics diagnostics = diag_in(&arena);
    struct baked_row row = {
        .files = {{"docker-bake.hcl", "variable 'A' { default = null }\ntarget 'p' {\n  args = { A = 'p' }\n}\n"
                                      "target 'a' {\n  inherits = ['p']\n  args = { A = A, B = A }\n}\n"}},
        .names = "a"};
    struct texts names = baked_names(&arena, "a");
    struct bake_model model, resolved;
    bool ok = baked_read(&arena, &row, &diagnostics, &model) &&
              bake_resolve(&arena, &model, &names, NULL, &diagnostics, &resolved);
    CHECK(ok, "a variable that is null is read");
    if (ok) {
        const struct bake_target *target = resolved.targets.items[0];
        const struct bake_pair *first = target->args.items[0], *second = target->args.items[1];
        CHECK_TEXT(value_spelling(&arena, first->value), "${A-p}", "over a parent's");
        CHECK(!first->is_optional, "there is always one");
        CHECK_TEXT(value_spelling(&arena, second->value), "${A}", "over nothing");
        CHECK(second->is_optional, "left out where it is not set");
    }
    arena_finish(&arena);
}

/* ---- layout ---- */

static void check_layout(void) {
    static const char expected[] = "{\n"
                                   "  \"group\": {\n"
                                   "    \"default\": {\n"
                                   "      \"targets\": [\n"
                                   "        \"a\"\n"
                                   "      ]\n"
                                   "    }\n"
                                   "  },\n"
                                   "  \"target\": {\n"
                                   "    \"a\": {\n"
                                   "      \"context\": \".\",\n"
                                   "      \"dockerfile\": \"Dockerfile\",\n"
                                   "      \"args\": {\n"
                                   "        \"A\": \"x\"\n"
                                   "      },\n"
                                   "      \"output\": [\n"
                                   "        {\n"
                                   "          \"type\": \"docker\"\n"
                                   "        }\n"
                                   "      ],\n"
                                   "      \"project_id\": \"p\"\n"
                                   "    }\n"
                                   "  }\n"
                                   "}\n";
    struct arena arena;
    arena_init(&arena);
    struct diagnostics diagnostics = diag_in(&arena);
    struct buffer printed = buffer_in(&arena);
    struct bake_model model;
    struct baked_row row = {.files = {{"docker-bake.hcl", "target 'a' {\n  args = { A = 'x' }\n  output = "
                                                          "['type=docker']\n  project_id = 'p'\n}\n"}},
                            .names = "a"};
    CHECK(baked_print(&arena, &row, &diagnostics, &printed, &model), "read");
    CHECK_TEXT(buffer_text(&printed), expected, "to the byte");
    arena_finish(&arena);
}

/* ---- limits ---- */

static struct text repeated(struct arena *arena, const char *before, const char *part, size_t count,
                            const char *after) {
    struct buffer buffer = buffer_in(arena);
    buffer_add_string(&buffer, before);
    for (size_t i = 0; i < count; i++)
        buffer_format(&buffer, part, i + 1, i);
    buffer_add_string(&buffer, after);
    return buffer_text(&buffer);
}

static const struct {
    const char *what, *before, *part;
    size_t count;
    const char *after, *path, *expected; /* the refusal; NULL: `said` */
    const char *said;
} limits[] = {
    {"lists in lists", "target 'a' {\n  tags = ", "[", 200, "", "docker-bake.hcl", "bake-syntax@2:108", NULL},
    {"conditions in conditions", "target 'a' {\n  context = ", "x ? ", 200, "x", "docker-bake.hcl", "bake-syntax@2:403",
     NULL},
    {"signs in a row", "target 'a' {\n  tags = ", "!", 100000, "x\n}\n", "docker-bake.hcl", "bake-syntax@2:107", NULL},
    {"blocks in blocks", "", "a {\n", 200, "", "docker-bake.hcl", "bake-syntax@100:4", NULL},
    {"templates in templates", "target 'a' {\n  context = ", "'${", 200, "", "docker-bake.hcl", "bake-syntax@2:304",
     NULL},
    {"JSON in JSON", "", "[", 100000, "", "docker-bake.json", "bake-syntax@1:101", NULL},
    {"a long list", "target 'a' {\n  tags = [", "'t%zu', ", 1001, "]\n}\n", "docker-bake.hcl", NULL,
     "a: 'tags' needs evaluation (a very long list)\n"},
    {"a long list of caches", "target 'a' {\n  cache-from = [", "'t%zu', ", 201, "]\n}\n", "docker-bake.hcl", NULL,
     "a: 'cache-from' needs evaluation (a very long list)\n"},
    {"blocks that add up", "", "target 'a' {\n  annotations = ['a%zu=b', 'c%zu=d']\n}\n", 600, "", "docker-bake.hcl",
     NULL, "a: 'annotations' needs evaluation (a very long list)\n"},
    {"variables of variables", "target 'a' {\n  context = v1\n}\n", "variable 'v%zu' { default = 'x${v1}' }\n", 1, "",
     "docker-bake.hcl", "bake-invalid@4:10", NULL},
    {"targets of targets", "target 'a' {\n  inherits = ['t1']\n}\n", "target 't%zu' {\n  inherits = ['t2']\n}\n", 1,
     "target 't2' {}\n", "docker-bake.hcl", NULL, ""},
    {"a matrix of many", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [", "'t%zu', ", 1000, "] }\n}\n",
     "docker-bake.hcl", NULL, ""},
    {"a matrix of too many", "target 'a' {\n  name = 'a-${x}'\n  matrix = { x = [", "'t%zu', ", 1001, "] }\n}\n",
     "docker-bake.hcl", "bake-limit@1:8", NULL},
    {"matrices of too many", "", "target 'a%zu' {\n  name = 'a-${x}-${y}'\n  matrix = { x = [1, 2], y = [3, 4] }\n}\n",
     251, "", "docker-bake.hcl", "bake-limit@1001:8", NULL},
    {"a matrix of a matrix's size", "L = [", "'t%zu', ", 1000,
     "]\ntarget 'a' {\n  name = x\n  matrix = { x = L }\n  tags = L\n}\n", "docker-bake.hcl", "bake-limit@2:8", NULL},
    {"parts of parts", "target 'a' {\n  name = 'b'\n  matrix = { x = [1] }\n  context = x", ".y", 20000, "\n}\n",
     "docker-bake.hcl", NULL, "b: 'context' needs evaluation (a part of another value)\n"},
};

static void check_limits(void) {
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        struct arena arena;
        arena_init(&arena);
        struct text text = repeated(&arena, limits[i].before, limits[i].part, limits[i].count, limits[i].after);
        struct baked_row row = {.files = {{limits[i].path, text_string(&arena, text)}}, .names = "a"};
        struct diagnostics diagnostics = diag_in(&arena);
        struct buffer printed = buffer_in(&arena);
        struct bake_model model;
        bool ok = baked_print(&arena, &row, &diagnostics, &printed, &model);
        CHECK(ok == (limits[i].expected == NULL), "%s", limits[i].what);
        if (!ok && limits[i].expected != NULL)
            CHECK_TEXT(baked_refusal(&arena, &diagnostics), limits[i].expected, limits[i].what);
        if (ok && limits[i].said != NULL) CHECK_TEXT(baked_open(&arena, &model), limits[i].said, limits[i].what);
        arena_finish(&arena);
    }
}

/* A chain of targets, each the parent of the one before it, and what a hundred thousand of them would have to copy. */
static void check_chains(void) {
    static const struct {
        size_t count, arguments;
        const char *expected;
    } rows[] = {{90, 1, NULL}, {120, 1, "bake-limit@301:8"}, {90, 1000, NULL}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena arena;
        arena_init(&arena);
        struct buffer buffer = buffer_in(&arena);
        for (size_t t = 0; t < rows[i].count; t++)
            buffer_format(&buffer, "target 't%zu' {\n  inherits = ['t%zu']\n}\n", t, t + 1);
        buffer_format(&buffer, "target 't%zu' {\n", rows[i].count);
        buffer_add(&buffer, repeated(&arena, "  args = {", "A%zu = %zu, ", rows[i].arguments, "}\n}\n"));
        struct baked_row row = {.files = {{"docker-bake.hcl", text_string(&arena, buffer_text(&buffer))}},
                                .names = "t0"};
        struct diagnostics diagnostics = diag_in(&arena);
        struct buffer printed = buffer_in(&arena);
        struct bake_model model;
        bool ok = baked_print(&arena, &row, &diagnostics, &printed, &model);
        CHECK(ok == (rows[i].expected == NULL), "a chain of %zu with %zu", rows[i].count, rows[i].arguments);
        if (!ok && rows[i].expected != NULL)
            CHECK_TEXT(baked_refusal(&arena, &diagnostics), rows[i].expected, "a long chain");
        arena_finish(&arena);
    }
}

static void check_work(void) {
    struct arena arena;
    arena_init(&arena);
    struct buffer buffer = buffer_in(&arena);
    buffer_add(&buffer, repeated(&arena, "target 'p' {\n  args = {", "A%zu = %zu, ", 1000, "}\n}\n"));
    buffer_add(&buffer, repeated(&arena, "", "target 't%zu' {\n  inherits = ['p']\n}\n", 2000, ""));
    buffer_add(&buffer, repeated(&arena, "group 'default' {\n  targets = [", "'t%zu', ", 1000, "]\n}\n"));
    struct baked_row row = {.files = {{"docker-bake.hcl", text_string(&arena, buffer_text(&buffer))}}, .names = ""};
    struct diagnostics diagnostics = diag_in(&arena);
    struct buffer printed = buffer_in(&arena);
    struct bake_model model;
    CHECK(!baked_print(&arena, &row, &diagnostics, &printed, &model), "too much is inherited");
    CHECK(text_starts(baked_refusal(&arena, &diagnostics), "bake-limit@"), "and that is said");
    arena_finish(&arena);
}

/* ---- files ---- */

static void check_missing(void) {
    struct arena arena;
    arena_init(&arena);
    struct files_memory memory;
    struct texts paths = {0};
    struct bake_model model = {0};
    struct diagnostics diagnostics = diag_in(&arena);
    files_memory_init(&memory);
    texts_add(&arena, &paths, TEXT("docker-bake.hcl"));
    CHECK(!bake_read(&arena, &memory.files, &paths, &diagnostics, &model), "a file that is not there");
    CHECK_TEXT(baked_refusal(&arena, &diagnostics), "bake-unreadable@0:0", "its rule");
    CHECK(model.targets.items == NULL, "nothing is written");
    arena_finish(&arena);
}

/* Merging and resolving leave their input as it was. */
static void check_input(void) {
    struct arena arena;
    arena_init(&arena);
    struct diagnostics diagnostics = diag_in(&arena);
    struct baked_row row = {
        .files = {{"docker-bake.hcl", "target 'a' {\n  inherits = ['b']\n  tags = ['x']\n  args = { A "
                                      "= 'a' }\n}\ntarget 'b' {\n  args = { B = 'b' }\n}\n"}},
        .names = "a"};
    struct texts names = baked_names(&arena, "a");
    struct bake_model model, merged, first, second;
    CHECK(baked_read(&arena, &row, &diagnostics, &model), "read");
    bake_merge(&arena, &model, &model, &merged);
    CHECK(bake_resolve(&arena, &model, &names, NULL, &diagnostics, &first), "resolved");
    CHECK(bake_resolve(&arena, &model, &names, NULL, &diagnostics, &second), "resolved again");
    const struct bake_target *a = bake_find_target(&model, TEXT("a")), *one = bake_find_target(&first, TEXT("a")),
                             *two = bake_find_target(&second, TEXT("a"));
    CHECK(a->args.count == 1 && a->inherits.texts.count == 1 && a->context == NULL, "the model is as it was");
    CHECK(one->args.count == 2 && two->args.count == 2, "both have both");
    CHECK(bake_find_target(&first, TEXT("b")) == NULL, "what is only inherited from is not built");
    CHECK(bake_find_group(&first, TEXT("default")) != NULL, "what was asked for is the default");
    arena_finish(&arena);
}

int main(void) {
    check_reports();
    check_references();
    check_optional();
    check_layout();
    check_limits();
    check_chains();
    check_work();
    check_missing();
    check_input();
    return check_done("bake_model");
}
