#include "pipeline/split.h"

#include "model/settings_step.h"
#include "pipeline/bundle.h"
#include "pipeline/further.h"

static struct job *open_job(struct arena *arena, struct list *jobs, struct text key) {
    struct job *job = arena_alloc(arena, sizeof(*job));
    job->key = key;
    list_add(arena, jobs, job);
    return job;
}

bool split_has_job(const struct plan_image *planned) {
    int unaffected = plan_image_unaffected(planned);
    return planned->is_built || unaffected == UNAFFECTED_SKIP || unaffected == UNAFFECTED_KEEP;
}

static void depend(struct arena *arena, const struct plan_image *planned, struct job *const *jobs) {
    struct job *own = jobs[planned->number];
    for (size_t i = 0; i < planned->links.count; i++) {
        const struct plan_image *base = ((const struct plan_link *)planned->links.items[i])->base;
        const struct job *before = base->is_built ? jobs[base->number] : NULL;
        if (before == NULL || before == own || texts_has(&own->depends_on, before->key)) continue;
        texts_add(arena, &own->depends_on, before->key);
    }
}

/* A matrix is as many jobs as it has values. */
static size_t weight_of(const struct plan_image *planned) {
    bool is_usual = planned->is_built && !plan_image_is_broken(planned);
    return is_usual ? settings_step_jobs(planned->image->settings->build.step) : 1;
}

static size_t count_jobs(const struct plan *plan) {
    size_t count = 0;
    for (size_t i = 0; i < plan->order.count; i++)
        if (split_has_job(plan->order.items[i])) count += weight_of(plan->order.items[i]);
    return count;
}

/* Up to `most` images that follow each other. */
static void share_with_neighbours(struct arena *arena, const struct split_request *request, size_t most,
                                  struct list *out) {
    const struct plan *plan = request->plan;
    struct job *job = NULL;
    for (size_t i = 0; i < plan->order.count; i++) {
        struct plan_image *planned = plan->order.items[i];
        if (!split_has_job(planned)) continue;
        bool joins = job != NULL && job->images.count < most && bundle_can_share(arena, job, planned);
        if (!joins) job = open_job(arena, out, request->keys->items[planned->number]);
        list_add(arena, &job->images, planned);
    }
}

static void depend_all(struct arena *arena, const struct plan *plan, const struct list *out) {
    struct job **jobs = arena_array(arena, plan->images.count, sizeof(struct job *));
    for (size_t i = 0; i < out->count; i++) {
        struct job *job = out->items[i];
        for (size_t j = 0; j < job->images.count; j++)
            jobs[((const struct plan_image *)job->images.items[j])->number] = job;
    }
    for (size_t i = 0; i < plan->order.count; i++) {
        const struct plan_image *planned = plan->order.items[i];
        bool waits = planned->is_built && !plan_image_is_broken(planned); /* a red step has nothing to wait for */
        if (waits) depend(arena, planned, jobs);
    }
}

bool split_jobs(struct arena *arena, const struct split_request *request, struct list *out) {
    struct list jobs = {0};
    size_t count = count_jobs(request->plan), further = further_count(request->plan);
    if (request->bundles.kind != BUNDLE_NONE) {
        bundle_jobs(arena, request, &jobs);
        count = jobs.count;
    }
    bool fits = count + further <= SPLIT_JOBS_OF_BUILD;
    if (request->bundles.kind == BUNDLE_NONE || !fits) {
        size_t all = count_jobs(request->plan);
        size_t most = fits ? 1 : (all + SPLIT_JOBS_WHEN_BUNDLED - 1) / SPLIT_JOBS_WHEN_BUNDLED;
        jobs = (struct list){0};
        share_with_neighbours(arena, request, most, &jobs);
    }
    depend_all(arena, request->plan, &jobs);
    if (further > 0) further_jobs(arena, request, &jobs);
    *out = jobs;
    return !fits;
}
