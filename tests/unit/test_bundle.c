#include "check.h"

#include "pipeline/bundle.h"
#include "pipeline/calls.h"
#include "pipeline/links.h"
#include "pipeline/step.h"

/*
 * A plan of images, one a row: name, compose file, project, what it is built from (a name), flags:
 *   p published, b broken, k not built and shown, x extra_hosts, n the project is named, e a `.env` of its own, s step attributes,
 *   c builder compose, f builder bake, l a login of its own, a for arm64 only
 */
struct row {
    const char *name, *file, *project, *base, *flags;
};

struct made {
    struct plan plan;
    struct texts keys;
};

static bool has(const struct row *row, char flag) {
    return strchr(row->flags, flag) != NULL;
}

static struct text *platform(struct arena *arena, const char *name) {
    struct text *text = arena_alloc(arena, sizeof(*text));
    *text = text_from(name);
    return text;
}

static const struct compose_model *model_of(struct arena *arena, struct map *models, const char *file) {
    struct compose_model *model = map_find(models, text_from(file));
    if (model != NULL || *file == '\0') return model;
    model = arena_alloc(arena, sizeof(*model));
    model->source = source_create(arena, text_from(file), TEXT(""));
    map_set(arena, models, text_from(file), model);
    return model;
}

static const struct compose_build *build_of(struct arena *arena, const struct row *row) {
    struct compose_build *build = arena_alloc(arena, sizeof(*build));
    struct value *host = arena_alloc(arena, sizeof(*host));
    *host = value_literal(arena, TEXT("h=1.2.3.4"));
    if (has(row, 'x')) list_add(arena, &build->extra_hosts, host);
    return build;
}

static const struct image_settings *settings_of(struct arena *arena, const struct row *row) {
    static const struct node attributes;
    struct image_settings *settings = arena_alloc(arena, sizeof(*settings));
    if (has(row, 's')) settings->build.step = &attributes;
    if (has(row, 'k')) settings->build.unaffected = UNAFFECTED_KEEP;
    return settings;
}

static struct image *image_of(struct arena *arena, struct map *models, const struct row *row) {
    struct image *image = arena_alloc(arena, sizeof(*image));
    image->name = text_from(row->name);
    image->context = TEXT(".");
    image->compose = model_of(arena, models, row->file);
    image->build = *row->file == '\0' ? NULL : build_of(arena, row);
    if (*row->project != '\0') image->project.id = text_from(row->project);
    image->project.is_named = has(row, 'n');
    image->settings = settings_of(arena, row);
    image->problems = diag_in(arena);
    if (has(row, 'b')) diag_add(&image->problems, DIAG_ERROR, "r", (struct place){0}, "m");
    list_add(arena, &image->platforms, platform(arena, has(row, 'a') ? "linux/arm64" : "linux/amd64"));
    struct variables *variables = arena_alloc(arena, sizeof(*variables));
    if (has(row, 'e')) variables_set(arena, variables, TEXT("V"), image->name);
    image->variables = variables;
    return image;
}

static void add_argument(struct arena *arena, struct plan_image *planned) {
    struct plan_argument *argument = arena_alloc(arena, sizeof(*argument));
    *argument = (struct plan_argument){.name = TEXT_INIT("V"), .from_environment = true};
    list_add(arena, &planned->arguments, argument);
}

static void add_login(struct arena *arena, struct plan_image *planned) {
    struct plan_login *login = arena_alloc(arena, sizeof(*login));
    *login = (struct plan_login){.type = LOGIN_PASSWORD, .registry = TEXT_INIT("ghcr.io")};
    login->settings = arena_alloc(arena, sizeof(*login->settings));
    list_add(arena, &planned->logins, login);
}

static void add_link(struct arena *arena, const struct plan *plan, struct plan_image *planned, const char *base) {
    for (size_t i = 0; i < plan->images.count; i++) {
        const struct plan_image *other = plan->images.items[i];
        if (!text_is(other->image->name, base)) continue;
        struct plan_link *link = arena_alloc(arena, sizeof(*link));
        *link = (struct plan_link){.base = other, .name = other->image->name};
        list_add(arena, &planned->links, link);
    }
}

static void make(struct arena *arena, const struct row *rows, struct made *out) {
    struct map models = {0};
    *out = (struct made){0};
    for (size_t i = 0; rows[i].name != NULL; i++) {
        struct plan_image *planned = arena_alloc(arena, sizeof(*planned));
        planned->image = image_of(arena, &models, &rows[i]);
        planned->number = i;
        planned->problems = diag_in(arena);
        planned->is_built = !has(&rows[i], 'k');
        planned->is_published = has(&rows[i], 'p');
        planned->builder = has(&rows[i], 'c') ? BUILDER_COMPOSE : has(&rows[i], 'f') ? BUILDER_BAKE : BUILDER_DEPOT;
        if (has(&rows[i], 'e')) add_argument(arena, planned);
        if (has(&rows[i], 'l')) add_login(arena, planned);
        add_link(arena, &out->plan, planned, rows[i].base);
        list_add(arena, &out->plan.images, planned);
        list_add(arena, &out->plan.order, planned);
    }
    out->keys = step_keys(arena, &out->plan, TEXT("p-"));
}

/* "p-bundle-a: x y < p-build-z; …": key, images, what it waits for; '!' where it says why it is apart. */
static struct text describe(struct arena *arena, const struct list *jobs) {
    struct buffer words = buffer_in(arena);
    for (size_t i = 0; i < jobs->count; i++) {
        const struct job *job = jobs->items[i];
        buffer_format(&words, "%s%.*s%s:", i == 0 ? "" : "; ", TEXT_ARG(job->key), job->apart == NULL ? "" : "!");
        for (size_t j = 0; j < job->images.count; j++)
            buffer_format(&words, " %.*s", TEXT_ARG(((const struct plan_image *)job->images.items[j])->image->name));
        for (size_t j = 0; j < job->depends_on.count; j++)
            buffer_format(&words, "%s%.*s", j == 0 ? " < " : " ", TEXT_ARG(job->depends_on.items[j]));
    }
    return words.len == 0 ? TEXT("") : buffer_text(&words);
}

#define END                                                                                                            \
    { NULL, NULL, NULL, NULL, NULL }

static const struct {
    struct row rows[6];
    enum bundle_kind kind;
    size_t most;
    const char *expected, *why;
} cases[] = {
    {{{"a", "x/c.yml", "", "", ""},
      {"b", "x/c.yml", "", "", ""},
      {"c", "y.yml", "", "", ""},
      {"d", "", "", "", ""},
      END},
     BUNDLE_FILE,
     9,
     "p-bundle-x-c-yml: a b; p-bundle-y-yml: c; p-build-d!: d",
     "one step a file; one of none has its own"},
    {{{"a", "x", "q", "", ""}, {"b", "y", "q", "", ""}, {"c", "x", "r", "", ""}, {"d", "x", "", "", ""}, END},
     BUNDLE_PROJECT,
     9,
     "p-bundle-q: a b; p-bundle-r: c; p-bundle-images: d",
     "one step a project"},
    {{{"a", "x", "q", "", ""}, {"b", "x", "q", "", "n"}, END},
     BUNDLE_PROJECT,
     9,
     "p-bundle-q: a; p-bundle-q-f40c425c: b",
     "a named project is another one where the agents name theirs"},
    {{{"a", "", "q", "", ""}, {"b", "", "q", "", ""}, {"c", "", "q", "", ""}, {"d", "", "r", "", ""}, END},
     BUNDLE_COUNT,
     2,
     "p-bundle-q: a b; p-bundle-q-2: c; p-bundle-r: d",
     "two of a project"},
    {{{"a", "a-b", "", "", ""}, {"b", "a/b", "", "", "k"}, {"c", "a.b", "", "", ""}, END},
     BUNDLE_FILE,
     9,
     "p-bundle-a-b: a; p-build-b: b; p-bundle-a-b-108bf50c: c",
     "keys do not depend on what is built"},
    {{{"a", "x", "", "", "b"}, {"b", "x", "", "", "k"}, {"c", "x", "", "", "x"}, {"d", "x", "", "", ""}, END},
     BUNDLE_FILE,
     9,
     "p-build-a: a; p-build-b: b; p-build-c!: c; p-bundle-x: d",
     "red, shown, and no word for it"},
    {{{"a", "x", "", "", "p"}, {"b", "x", "", "", ""}, {"c", "x", "", "", "s"}, {"d", "x", "", "", "s"}, END},
     BUNDLE_FILE,
     9,
     "p-bundle-x: a b; p-bundle-x-2: c d",
     "other attributes: another part; pushed or not does not matter"},
    {{{"a", "x", "", "", "p"}, {"b", "x", "", "", "pl"}, {"c", "x", "", "", "l"}, {"d", "x", "", "", ""}, END},
     BUNDLE_FILE,
     9,
     "p-bundle-x: a d; p-bundle-x-2: b c",
     "what is pushed without a login is not pushed with that of another; equal ones are one"},
    {{{"a", "x", "q", "", "e"}, {"b", "y", "q", "", "e"}, {"c", "z", "q", "", ""}, END},
     BUNDLE_PROJECT,
     9,
     "p-bundle-q: a c; p-bundle-q-2: b",
     "another .env that gives the same variable"},
    {{{"a", "x", "q", "", "c"}, {"b", "x", "q", "", "c"}, {"c", "x", "r", "", "c"}, {"d", "x", "q", "", ""}, END},
     BUNDLE_FILE,
     9,
     "p-bundle-x: a b; p-bundle-x-2: c; p-bundle-x-3: d",
     "docker is configured for one project"},
    {{{"a", "x", "", "", ""}, {"b", "y", "", "a", ""}, {"c", "x", "", "b", ""}, {"d", "x", "", "c", ""}, END},
     BUNDLE_FILE,
     9,
     "p-bundle-x: a; p-bundle-y: b < p-bundle-x; p-bundle-x-2!: c d < p-bundle-y",
     "no step waits for itself"},
    {{{"z", "", "", "", ""}, {"a", "x", "", "", ""}, {"b", "y", "", "", ""}, {"c", "x", "", "b", ""}, END},
     BUNDLE_FILE,
     9,
     "p-build-z!: z; p-bundle-y: b; p-bundle-x: a c < p-bundle-y",
     "a step after those that it waits for"},
};

static void test_cases(struct arena *arena) {
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct made made;
        struct list jobs = {0};
        make(arena, cases[i].rows, &made);
        struct split_request request = {.plan = &made.plan,
                                        .keys = &made.keys,
                                        .key_prefix = TEXT_INIT("p-"),
                                        .bundles = {.kind = cases[i].kind, .most = cases[i].most}};
        CHECK(!split_jobs(arena, &request, &jobs), "%s: few jobs", cases[i].why);
        CHECK_TEXT(describe(arena, &jobs), cases[i].expected, cases[i].why);
    }
}

/* Calls of one step, as "a b | c". */
static const struct {
    struct row rows[5];
    const char *expected, *why;
} steps[] = {
    {{{"a", "x", "q", "", ""}, {"b", "x", "q", "a", ""}, END}, "a b", "one project, one call"},
    {{{"a", "x", "q", "", ""}, {"b", "x", "r", "", ""}, {"c", "x", "q", "", ""}, END}, "a c | b", "one call a project"},
    {{{"a", "x", "q", "", ""}, {"b", "x", "r", "a", ""}, {"c", "x", "q", "b", ""}, END},
     "a | b | c",
     "each after its base"},
    {{{"a", "x", "q", "", "x"}, {"b", "x", "q", "", ""}, {"c", "x", "q", "", ""}, END}, "a | b c", "no word for it"},
    {{{"a", "x", "q", "", "a"}, {"b", "x", "q", "a", ""}, {"c", "x", "q", "a", "a"}, END},
     "a c | b",
     "not for its platform"},
    {{{"a", "x", "q", "", "f"}, {"b", "x", "q", "", ""}, {"c", "x", "q", "", "f"}, {"d", "y", "q", "", "f"}, END},
     "a c | b | d",
     "a file by itself"},
    {{{"a", "x", "q", "", "fa"}, {"b", "x", "q", "a", "f"}, END}, "a | b", "nor a file for other platforms"},
};

static void test_calls(struct arena *arena) {
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        struct made made;
        struct list calls = {0};
        struct buffer words = buffer_in(arena);
        make(arena, steps[i].rows, &made);
        calls_find(arena, &made.plan.images, &calls);
        for (size_t j = 0; j < calls.count; j++) {
            const struct list *call = calls.items[j];
            for (size_t k = 0; k < call->count; k++) {
                struct text name = ((const struct plan_image *)call->items[k])->image->name;
                buffer_format(&words, "%s%.*s", k > 0 ? " " : j > 0 ? " | " : "", TEXT_ARG(name));
            }
        }
        CHECK_TEXT(buffer_text(&words), steps[i].expected, steps[i].why);
    }
}

/* More images than a build has jobs for: the neighbours of one file share, whatever the settings say. */
static void test_overfull(struct arena *arena) {
    struct row *rows = arena_array(arena, SPLIT_JOBS_OF_BUILD + 2, sizeof(*rows));
    for (size_t i = 0; i < SPLIT_JOBS_OF_BUILD + 1; i++) {
        const char *name = text_string(arena, text_format(arena, "i%zu", i));
        rows[i] = (struct row){name, name, "q", "", ""};
    }
    struct made made;
    struct list jobs = {0};
    make(arena, rows, &made);
    struct split_request request = {
        .plan = &made.plan, .keys = &made.keys, .key_prefix = TEXT_INIT("p-"), .bundles = {BUNDLE_FILE, 9}};
    CHECK(split_jobs(arena, &request, &jobs) && jobs.count == 445, "%zu jobs", jobs.count);
    request.bundles.kind = BUNDLE_PROJECT;
    CHECK(!split_jobs(arena, &request, &jobs) && jobs.count == 445, "%zu parts", jobs.count);
}

/* Targets of a call have letters that bake takes, each a name of its own. */
static void test_names(struct arena *arena) {
    static const struct row rows[] = {
        {"a/b", "", "q", "", ""}, {"a-b", "", "q", "", ""}, {"a.b", "", "q", "a-b", ""}, END};
    struct made made;
    struct links links = {0};
    struct list wanted = {0};
    make(arena, rows, &made);
    list_add(arena, &wanted, made.plan.images.items[0]);
    list_add(arena, &wanted, made.plan.images.items[2]);
    links_find(arena, &wanted, &links);
    CHECK(links.targets.count == 3, "what is not pushed comes along");
    static const char *const names[] = {"a-b", "a-b-2", "a-b-3"};
    for (size_t i = 0; i < links.targets.count; i++) {
        const struct link_target *target = links.targets.items[i];
        CHECK_TEXT(target->name, names[i], "a name");
        CHECK(target->is_wanted == (i < 2), "%s", names[i]);
    }
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_cases(&arena);
    test_calls(&arena);
    test_overfull(&arena);
    test_names(&arena);
    arena_finish(&arena);
    return check_done("bundle");
}
