#include "pipeline/further.h"

#include "model/settings_step.h"
#include "model/settings_steps.h"
#include "pipeline/reporting.h"
#include "pipeline/step.h"

/* Images of a step: more would make a command that no longer fits where agents put it. */
#define TAGS_LIMIT 300

static bool is_promoted(const struct plan_image *planned) {
    return planned->is_built && planned->output == OUTPUT_PROMOTE && !plan_image_is_broken(planned);
}

static bool is_verified(const struct plan *plan) {
    return plan->workspace != NULL && plan->workspace->layers.settings.verify == 2;
}

/* Its floating tags wait until it is published, and are then moved by a step that runs one at a time. */
static bool moves(const struct plan_image *planned) {
    return planned->is_built && planned->is_published && planned->floating.count > 0 && !plan_image_is_broken(planned);
}

/* By this build, or it was before and is now tagged. */
static bool is_listed(const struct plan_image *planned) {
    return reporting_tells(planned) || text_is_given(planned->retagged_from);
}

static bool wants_list(const struct plan *plan) {
    bool wants = false;
    for (size_t i = 0; i < plan->images.count && !wants; i++) {
        const struct plan_image *planned = plan->images.items[i];
        wants = is_listed(planned) && settings_report_lists(&planned->image->settings->build.report);
    }
    return wants;
}

/* A template with a matrix is several. */
static size_t count_steps(const struct plan_image *planned) {
    size_t count = 0;
    for (size_t i = 0; i < planned->steps.count; i++)
        count += settings_step_jobs(((const struct step_settings *)planned->steps.items[i])->node);
    return count;
}

size_t further_count(const struct plan *plan) {
    size_t count = plan->gates.count + is_verified(plan), retagged = 0, moved = 0;
    for (size_t i = 0; i < plan->images.count; i++) {
        const struct plan_image *planned = plan->images.items[i];
        count += is_promoted(planned) + count_steps(planned);
        retagged += text_is_given(planned->retagged_from);
        moved += moves(planned);
    }
    count += wants_list(plan);
    return count + (retagged + TAGS_LIMIT - 1) / TAGS_LIMIT + (moved + TAGS_LIMIT - 1) / TAGS_LIMIT;
}

struct further {
    struct arena *arena;
    const struct split_request *request;
    struct list *builds;        /* of struct job */
    struct list out;            /* all jobs in their order */
    struct texts build_gates;   /* keys */
    struct texts publish_gates; /* keys */
    struct map keys;            /* of extra steps: "name\nimage" → struct text */
    struct job **publishes;     /* of the images, by number; NULL without any */
    struct texts *tests;        /* the same: keys of the extra steps that come before it is published */
};

static struct job *add_job(struct further *further, enum job_kind kind, struct plan_image *planned, struct text key) {
    struct job *job = arena_alloc(further->arena, sizeof(*job));
    job->kind = kind;
    job->key = key;
    if (planned != NULL) list_add(further->arena, &job->images, planned);
    list_add(further->arena, &further->out, job);
    return job;
}

static void depend(struct further *further, struct job *job, const struct texts *keys) {
    for (size_t i = 0; i < keys->count; i++)
        if (!texts_has(&job->depends_on, keys->items[i])) texts_add(further->arena, &job->depends_on, keys->items[i]);
}

/* --- keys --- */

static struct text identity(struct arena *arena, const struct step_settings *step, const struct plan_image *planned) {
    return text_format(arena, "%.*s\n%.*s", TEXT_ARG(step->name.text), TEXT_ARG(planned->image->name));
}

/* What the program's own steps of all images are called comes first: a template "build-a" of b is not the build of a-b. */
static void take_own(struct further *further, struct map *taken) {
    const struct split_request *request = further->request;
    struct texts publishes = step_keys_of(further->arena, request->plan, request->key_prefix, "publish-");
    for (size_t i = 0; i < request->keys->count; i++)
        map_set(further->arena, taken, request->keys->items[i], taken);
    for (size_t i = 0; i < publishes.count; i++)
        map_set(further->arena, taken, publishes.items[i], taken);
}

/* A template's steps of all images that may have it, so that a key does not depend on what is built. */
static void name_extras(struct further *further) {
    struct arena *arena = further->arena;
    const struct split_request *request = further->request;
    struct map taken = {0};
    take_own(further, &taken);
    for (size_t i = 0; i < request->plan->images.count; i++) {
        const struct plan_image *planned = request->plan->images.items[i];
        const struct list *steps =
            planned->image->settings == NULL ? &planned->steps : &planned->image->settings->build.steps;
        for (size_t j = 0; j < steps->count; j++) {
            const struct step_settings *step = steps->items[j];
            struct text *key = arena_alloc(arena, sizeof(*key));
            const char *kind = text_string(arena, text_concat(arena, step->name.text, TEXT("-")));
            *key = step_key(arena, request->key_prefix, kind, planned->image->name, &taken);
            map_set(arena, &further->keys, identity(arena, step, planned), key);
        }
    }
}

/* --- gates --- */

static bool needs_build_gate(const struct job *job) {
    const struct plan_image *first = job->images.items[0];
    return first->is_built && !plan_image_is_broken(first);
}

static bool needs_publish_gate(const struct job *job) {
    bool needs = false;
    for (size_t i = 0; i < job->images.count; i++) {
        const struct plan_image *planned = job->images.items[i];
        needs |= planned->is_built && !plan_image_is_broken(planned) && plan_image_pushes(planned);
    }
    return needs;
}

/* Numbered as in the settings. */
static void add_gates(struct further *further, int before, struct texts *keys) {
    const struct split_request *request = further->request;
    const struct list *all = &request->plan->workspace->layers.settings.gates;
    for (size_t i = 0; i < all->count; i++) {
        const struct gate_settings *gate = all->items[i];
        bool is_publish = gate->before == STEP_BEFORE_PUBLISH, stands = false;
        for (size_t j = 0; j < request->plan->gates.count; j++)
            stands |= request->plan->gates.items[j] == gate;
        if (!stands || is_publish != (before == STEP_BEFORE_PUBLISH)) continue;
        struct text key = text_format(further->arena, "%.*sgate-%zu", TEXT_ARG(request->key_prefix), i + 1);
        add_job(further, JOB_GATE, NULL, key)->gate = gate;
        texts_add(further->arena, keys, key);
    }
}

static bool has_gate(const struct further *further, int before) {
    const struct list *gates = &further->request->plan->gates;
    for (size_t i = 0; i < gates->count; i++)
        if (((const struct gate_settings *)gates->items[i])->before == before) return true;
    return false;
}

static bool any_build(const struct further *further, bool (*needs)(const struct job *job)) {
    for (size_t i = 0; i < further->builds->count; i++)
        if (needs(further->builds->items[i])) return true;
    return false;
}

/* Builds wait for it as for a gate: what Depot refuses is said once. */
static void add_verify(struct further *further) {
    const struct split_request *request = further->request;
    if (!is_verified(request->plan) || !any_build(further, needs_build_gate)) return;
    struct text key = text_concat(further->arena, request->key_prefix, TEXT("verify"));
    add_job(further, JOB_VERIFY, NULL, key);
    texts_add(further->arena, &further->build_gates, key);
}

/* Those that wait for nothing, then the gates, then the others. */
static void add_builds(struct further *further) {
    add_verify(further);
    struct list rest = {0};
    bool has_publish_gates = has_gate(further, STEP_BEFORE_PUBLISH) && any_build(further, needs_publish_gate);
    bool has_gates = further->request->plan->gates.count > 0;
    for (size_t i = 0; i < further->builds->count; i++) {
        struct job *job = further->builds->items[i];
        bool waits = !has_gates || job->depends_on.count > 0 || needs_build_gate(job);
        list_add(further->arena, waits ? &rest : &further->out, job);
    }
    if (any_build(further, needs_build_gate)) add_gates(further, STEP_BEFORE_BUILD, &further->build_gates);
    struct list held = {0};
    for (size_t i = 0; i < rest.count; i++) {
        struct job *job = rest.items[i];
        if (needs_build_gate(job)) depend(further, job, &further->build_gates);
        bool is_free = has_publish_gates && job->depends_on.count == 0 && !needs_publish_gate(job);
        list_add(further->arena, is_free ? &further->out : &held, job);
    }
    if (has_publish_gates) add_gates(further, STEP_BEFORE_PUBLISH, &further->publish_gates);
    for (size_t i = 0; i < held.count; i++) {
        struct job *job = held.items[i];
        if (needs_publish_gate(job)) depend(further, job, &further->publish_gates);
        list_add(further->arena, &further->out, job);
    }
}

/* --- around one image --- */

static bool is_after_publish(const struct step_settings *step) {
    return step->after == STEP_AFTER_PUBLISH;
}

static void add_extras(struct further *further, const struct job *build, struct plan_image *planned, bool published) {
    const struct job *publish = further->publishes[planned->number];
    for (size_t i = 0; i < planned->steps.count; i++) {
        const struct step_settings *step = planned->steps.items[i];
        if (is_after_publish(step) != published) continue;
        const struct text *key = map_find(&further->keys, identity(further->arena, step, planned));
        struct job *job = add_job(further, JOB_EXTRA, planned, *key);
        job->build = build;
        job->extra = step;
        texts_add(further->arena, &job->depends_on, published && publish != NULL ? publish->key : build->key);
        if (!published) texts_add(further->arena, &further->tests[planned->number], *key);
    }
}

static void add_publish(struct further *further, const struct job *build, struct plan_image *planned, struct text key) {
    struct job *job = add_job(further, JOB_PUBLISH, planned, key);
    job->build = build;
    further->publishes[planned->number] = job;
    texts_add(further->arena, &job->depends_on, build->key);
    depend(further, job, &further->tests[planned->number]);
    depend(further, job, &further->publish_gates);
}

static void add_all_extras(struct further *further, bool published) {
    for (size_t i = 0; i < further->builds->count; i++) {
        const struct job *build = further->builds->items[i];
        for (size_t j = 0; j < build->images.count; j++)
            add_extras(further, build, build->images.items[j], published);
    }
}

/* In the order of their builds. */
static void add_publishes(struct further *further) {
    const struct split_request *request = further->request;
    struct texts keys = step_keys_of(further->arena, request->plan, request->key_prefix, "publish-");
    for (size_t i = 0; i < further->builds->count; i++) {
        const struct job *build = further->builds->items[i];
        for (size_t j = 0; j < build->images.count; j++) {
            struct plan_image *planned = build->images.items[j];
            if (!is_promoted(planned)) continue;
            if (further->publish_gates.count == 0) add_gates(further, STEP_BEFORE_PUBLISH, &further->publish_gates);
            add_publish(further, build, planned, keys.items[planned->number]);
        }
    }
}

/* --- tags --- */

/* The next of a kind's jobs, that hold up to TAGS_LIMIT images each: "retag", "retag-2" … */
static struct job *open_tags(struct further *further, enum job_kind kind, const char *name, size_t *jobs) {
    struct text prefix = further->request->key_prefix;
    struct text key = ++*jobs == 1 ? text_format(further->arena, "%.*s%s", TEXT_ARG(prefix), name)
                                   : text_format(further->arena, "%.*s%s-%zu", TEXT_ARG(prefix), name, *jobs);
    if (further->publish_gates.count == 0) add_gates(further, STEP_BEFORE_PUBLISH, &further->publish_gates);
    struct job *job = add_job(further, kind, NULL, key);
    depend(further, job, &further->publish_gates);
    return job;
}

static void add_retags(struct further *further) {
    const struct list *images = &further->request->plan->images;
    struct job *job = NULL;
    size_t jobs = 0;
    for (size_t i = 0; i < images->count; i++) {
        struct plan_image *planned = images->items[i];
        if (!text_is_given(planned->retagged_from)) continue;
        if (job == NULL || job->images.count == TAGS_LIMIT) job = open_tags(further, JOB_RETAG, "retag", &jobs);
        list_add(further->arena, &job->images, planned);
    }
}

/* After what publishes the images whose tags move. */
static void add_moves(struct further *further) {
    struct job *job = NULL;
    size_t jobs = 0;
    for (size_t i = 0; i < further->builds->count; i++) {
        const struct job *build = further->builds->items[i];
        for (size_t j = 0; j < build->images.count; j++) {
            struct plan_image *planned = build->images.items[j];
            const struct job *publish = further->publishes[planned->number];
            if (!moves(planned)) continue;
            if (job == NULL || job->images.count == TAGS_LIMIT) job = open_tags(further, JOB_TAGS, "tags", &jobs);
            struct text key = publish != NULL ? publish->key : build->key;
            if (!texts_has(&job->depends_on, key)) texts_add(further->arena, &job->depends_on, key);
            list_add(further->arena, &job->images, planned);
        }
    }
}

/* After all that builds, publishes or tags what is reported. */
static void add_list(struct further *further) {
    struct text key = text_format(further->arena, "%.*slist-images", TEXT_ARG(further->request->key_prefix));
    struct job *list = add_job(further, JOB_IMAGES, NULL, key);
    for (size_t i = 0; i + 1 < further->out.count; i++) {
        const struct job *job = further->out.items[i];
        bool waits = false;
        bool is_first = job->kind == JOB_BUILD || job->kind == JOB_RETAG; /* each image has one of these */
        if (!is_first && job->kind != JOB_PUBLISH && job->kind != JOB_TAGS) continue;
        for (size_t j = 0; j < job->images.count; j++) {
            struct plan_image *planned = job->images.items[j];
            waits |= is_listed(planned);
            if (is_listed(planned) && is_first) list_add(further->arena, &list->images, planned);
        }
        if (waits) texts_add(further->arena, &list->depends_on, job->key);
    }
}

void further_jobs(struct arena *arena, const struct split_request *request, struct list *jobs) {
    struct further further = {.arena = arena, .request = request, .builds = jobs};
    further.publishes = arena_array(arena, request->plan->images.count, sizeof(struct job *));
    further.tests = arena_array(arena, request->plan->images.count, sizeof(struct texts));
    name_extras(&further);
    add_builds(&further);
    add_all_extras(&further, false);
    add_publishes(&further);
    add_all_extras(&further, true);
    add_moves(&further);
    add_retags(&further);
    if (wants_list(request->plan)) add_list(&further);
    *jobs = further.out;
}
