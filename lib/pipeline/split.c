#include "pipeline/split.h"

static struct job *open_job(struct arena *arena, struct list *jobs, struct text key) {
    struct job *job = arena_alloc(arena, sizeof(*job));
    job->key = key;
    list_add(arena, jobs, job);
    return job;
}

/* A step has one set of attributes, one token and one environment: only images that agree can share it. */
static bool can_join(const struct job *job, const struct plan_image *planned, size_t most) {
    if (job == NULL || job->images.count >= most) return false;
    const struct plan_image *first = job->images.items[0];
    return !plan_image_is_broken(first) && !plan_image_is_broken(planned) && first->is_built && planned->is_built &&
           first->image->settings->build.step == planned->image->settings->build.step &&
           first->is_published == planned->is_published;
}

static bool has_job(const struct plan_image *planned) {
    return planned->is_built || plan_image_unaffected(planned) != UNAFFECTED_OMIT;
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

void split_jobs(struct arena *arena, const struct plan *plan, const struct texts *keys, struct list *out) {
    struct job **jobs = arena_array(arena, plan->images.count, sizeof(struct job *)), *job = NULL;
    size_t count = 0;
    for (size_t i = 0; i < plan->order.count; i++)
        count += has_job(plan->order.items[i]);
    bool fits = count <= SPLIT_JOBS_OF_BUILD;
    size_t most = fits ? 1 : (count + SPLIT_JOBS_WHEN_BUNDLED - 1) / SPLIT_JOBS_WHEN_BUNDLED;
    for (size_t i = 0; i < plan->order.count; i++) {
        struct plan_image *planned = plan->order.items[i];
        if (!has_job(planned)) continue;
        if (!can_join(job, planned, most)) job = open_job(arena, out, keys->items[planned->number]);
        list_add(arena, &job->images, planned);
        jobs[planned->number] = job;
    }
    for (size_t i = 0; i < plan->order.count; i++) {
        const struct plan_image *planned = plan->order.items[i];
        bool waits = planned->is_built && !plan_image_is_broken(planned); /* a red step has nothing to wait for */
        if (waits) depend(arena, planned, jobs);
    }
}
