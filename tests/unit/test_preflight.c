#include "check.h"

#include "model/definition.h"
#include "model/duplicates.h"
#include "model/preflight.h"
#include "plan/builder.h"
#include "plan/fork.h"

/* One image of a compose file, whose build a test fills. */
struct sample {
    struct compose_extras extras;
    struct compose_build build, base;
    struct compose_model model;
    struct image_settings settings;
    struct image image;
};

static void make(struct arena *arena, struct sample *out) {
    *out = (struct sample){0};
    out->build = (struct compose_build){.service = TEXT_INIT("web"), .extras = &out->extras, .is_understood = true};
    out->base = (struct compose_build){.service = TEXT_INIT("base"), .is_understood = true};
    list_add(arena, &out->model.builds, &out->build);
    list_add(arena, &out->model.builds, &out->base);
    out->image = (struct image){.name = TEXT_INIT("web"), .context = TEXT_INIT("."), .build = &out->build};
    out->image.compose = &out->model;
    out->image.settings = &out->settings;
    out->image.project.id = TEXT("one");
    out->image.problems = diag_in(arena);
}

static struct value *value(struct arena *arena, const char *text) {
    struct value *value = arena_alloc(arena, sizeof(*value));
    *value = value_literal(arena, text_from(text));
    return value;
}

/* What a test does to the sample; each has to change what is built. */
static void add_hosts(struct arena *arena, struct sample *sample) {
    list_add(arena, &sample->build.extra_hosts, value(arena, "h=1.2.3.4"));
}
static void add_ulimits(struct arena *arena, struct sample *sample) {
    list_add(arena, &sample->extras.ulimits, value(arena, "nofile=1:2"));
}
static void add_entitlements(struct arena *arena, struct sample *sample) {
    list_add(arena, &sample->extras.entitlements, value(arena, "security.insecure"));
}
static void add_filter(struct arena *arena, struct sample *sample) {
    list_add(arena, &sample->extras.no_cache_filter, value(arena, "stage"));
}
static void add_provenance(struct arena *arena, struct sample *sample) {
    sample->extras.provenance = value_literal(arena, TEXT("mode=max"));
}
static void add_sbom(struct arena *arena, struct sample *sample) {
    sample->extras.sbom = value_literal(arena, TEXT("true"));
}
static void add_x_bake(struct arena *arena, struct sample *sample) {
    sample->extras.x_bake = node_mapping(arena);
}
static void add_renamed(struct arena *arena, struct sample *sample) {
    struct compose_secret *secret = arena_alloc(arena, sizeof(*secret));
    *secret = (struct compose_secret){.id = TEXT_INIT("t"), .source = TEXT_INIT("s"), .environment = TEXT_INIT("E")};
    list_add(arena, &sample->build.secrets, secret);
}
static void add_environment(struct arena *arena, struct sample *sample) {
    struct compose_argument *argument = arena_alloc(arena, sizeof(*argument));
    *argument = (struct compose_argument){.name = TEXT_INIT("A"), .value = value_literal(arena, TEXT("1"))};
    list_add(arena, &sample->extras.environment, argument);
}
static void add_external(struct arena *arena, struct sample *sample) {
    texts_add(arena, &sample->extras.external_secrets, TEXT("s"));
}
static void add_other_project(struct arena *arena, struct sample *sample) {
    struct compose_pair *pair = arena_alloc(arena, sizeof(*pair));
    *pair = (struct compose_pair){.name = TEXT_INIT("c"), .value = value_literal(arena, TEXT("service:base"))};
    list_add(arena, &sample->build.contexts, pair);
    sample->base.project = TEXT("two");
}
static void add_same_project(struct arena *arena, struct sample *sample) {
    add_other_project(arena, sample);
    sample->base.project = TEXT("one");
}
static void add_nothing(struct arena *arena, struct sample *sample) {
    (void)arena;
    (void)sample;
}

static const struct {
    void (*change)(struct arena *arena, struct sample *sample);
    const char *bake, *compose; /* the rule of the warning; NULL: none */
    const char *difference;     /* from the same without it; NULL: it is built the same */
} rows[] = {
    {add_nothing, NULL, NULL, NULL},
    {add_hosts, "builder-differs", NULL, "build options"},
    {add_ulimits, "builder-differs", NULL, "further build options"},
    {add_entitlements, "builder-differs", NULL, "further build options"},
    {add_filter, NULL, "builder-refuses", "further build options"},
    {add_provenance, NULL, NULL, "further build options"},
    {add_sbom, NULL, NULL, "further build options"},
    {add_x_bake, "builder-differs", NULL, NULL},
    {add_renamed, "builder-differs", NULL, "secrets"},
    {add_environment, "builder-differs", NULL, NULL},
    {add_external, "builder-refuses", NULL, NULL},
    {add_other_project, "builder-refuses", NULL, "named contexts"},
    {add_same_project, NULL, NULL, "named contexts"},
};

static void check_rule(struct arena *arena, const struct sample *sample, int builder, const char *rule, size_t row) {
    struct diagnostics problems = diag_in(arena);
    preflight(arena, &sample->image, builder, &problems);
    CHECK(problems.list.count == (rule != NULL), "row %zu: %zu warnings", row, problems.list.count);
    if (rule == NULL || problems.list.count == 0) return;
    const struct diagnostic *problem = problems.list.items[0];
    CHECK(strcmp(problem->rule, rule) == 0 && problem->severity == DIAG_WARNING, "row %zu: %s", row, problem->rule);
}

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct sample plain, sample;
        make(arena, &plain);
        make(arena, &sample);
        rows[i].change(arena, &sample);
        check_rule(arena, &sample, BUILDER_BAKE, rows[i].bake, i);
        check_rule(arena, &sample, BUILDER_COMPOSE, rows[i].compose, i);
        const char *difference = duplicates_difference(arena, &sample.build, &plain.build);
        CHECK((difference == NULL) == (rows[i].difference == NULL) &&
                  (difference == NULL || strcmp(difference, rows[i].difference) == 0),
              "row %zu: %s", i, difference == NULL ? "nothing" : difference);
        CHECK(text_equal(duplicates_fingerprint(arena, &sample.build), duplicates_fingerprint(arena, &plain.build)) ==
                  (difference == NULL),
              "row %zu: the fingerprint agrees", i);
        CHECK((definition_difference(arena, &sample.image, &plain.image) == NULL) == (difference == NULL),
              "row %zu: so does the definition", i);
    }
}

/* Another builder builds another image, perhaps; a variable of `.env` in an extra one counts. */
static void test_definition(struct arena *arena) {
    struct sample now, before;
    struct variables variables = {0};
    make(arena, &now);
    make(arena, &before);
    now.settings.build.builder = BUILDER_BAKE;
    CHECK_TEXT(text_from(definition_difference(arena, &now.image, &before.image)), "settings (builder)", "the builder");
    now.settings.build.builder = BUILDER_NOT_GIVEN;
    value_add_reference(arena, &now.extras.sbom, TEXT("V"), VALUE_PLAIN, (struct value){0});
    before.extras.sbom = now.extras.sbom;
    CHECK(definition_difference(arena, &now.image, &before.image) == NULL, "the same reference");
    variables_set(arena, &variables, TEXT("V"), TEXT("true"));
    now.image.variables = &variables;
    CHECK_TEXT(text_from(definition_difference(arena, &now.image, &before.image)), "variables in .env", "its default");
}

static const struct {
    int wanted;
    bool is_composed, is_fork;
    const char *context;
    int chosen;
    size_t notes;
} choices[] = {
    {BUILDER_NOT_GIVEN, true, false, "a", BUILDER_DEPOT, 0},   {BUILDER_DEPOT, true, false, "a", BUILDER_DEPOT, 0},
    {BUILDER_BAKE, true, false, "a", BUILDER_BAKE, 0},         {BUILDER_COMPOSE, true, false, "a", BUILDER_COMPOSE, 0},
    {BUILDER_BAKE, false, false, "a", BUILDER_DEPOT, 1},       {BUILDER_COMPOSE, true, true, "a", BUILDER_DEPOT, 1},
    {BUILDER_BAKE, true, false, "\xC3\xA4", BUILDER_DEPOT, 1}, {BUILDER_DEPOT, false, true, "a", BUILDER_DEPOT, 0},
};

static void test_choices(struct arena *arena) {
    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
        struct sample sample;
        struct plan_image planned = {.image = &sample.image, .problems = diag_in(arena)};
        struct event event = {.is_fork = choices[i].is_fork};
        make(arena, &sample);
        sample.settings.build.builder = choices[i].wanted;
        sample.image.context = text_from(choices[i].context);
        if (!choices[i].is_composed) sample.image.compose = NULL;
        builder_choose(arena, &event, &planned);
        CHECK(planned.builder == choices[i].chosen, "row %zu: builder %d", i, planned.builder);
        CHECK(planned.notes.count == choices[i].notes, "row %zu: %zu notes", i, planned.notes.count);
    }
}

/* What bake has to evaluate is built by bake, whatever the settings say; a stranger's is not built, nor is a bake file by compose. */
static void test_bake_files(struct arena *arena) {
    for (size_t i = 0; i < 3; i++) {
        struct sample sample;
        struct plan_image planned = {.image = &sample.image, .problems = diag_in(arena)};
        struct event event = {.is_fork = i == 1};
        make(arena, &sample);
        add_hosts(arena, &sample);
        sample.model.is_bake = true;
        if (i < 2) sample.build.needs_bake = TEXT("'tags' needs evaluation");
        sample.settings.build.builder = BUILDER_COMPOSE;
        builder_choose(arena, &event, &planned);
        CHECK(planned.builder == (i == 0 ? BUILDER_BAKE : BUILDER_DEPOT), "row %zu: builder %d", i, planned.builder);
        CHECK(diag_has_errors(&planned.problems) == (i == 1), "row %zu: a fork's is red", i);
        CHECK(planned.problems.list.count == (i == 1), "row %zu: bake drops nothing of its own files", i);
    }
}

/* A stranger asks for no entitlement, and for no secret by way of an option. */
static void test_fork(struct arena *arena) {
    struct sample sample;
    struct plan_image planned = {.image = &sample.image, .problems = diag_in(arena)};
    make(arena, &sample);
    fork_check(arena, &planned);
    CHECK(planned.problems.list.count == 0, "nothing to refuse");
    add_entitlements(arena, &sample);
    value_add_reference(arena, &sample.extras.provenance, TEXT("GH_TOKEN"), VALUE_PLAIN, (struct value){0});
    fork_check(arena, &planned);
    CHECK(planned.problems.list.count == 2, "%zu problems", planned.problems.list.count);
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_definition(&arena);
    test_choices(&arena);
    test_bake_files(&arena);
    test_fork(&arena);
    arena_finish(&arena);
    return check_done("preflight");
}
