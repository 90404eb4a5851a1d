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
    return !plan_image_is_broken(first) && !plan_image_is_broken(planned) &&
           first->image->settings->build.step == planned->image->settings->build.step &&
           first->is_published == planned->is_published;
}

void split_jobs(struct arena *arena, const struct plan *plan, const struct texts *keys, struct list *out) {
    size_t count = plan->images.count;
    bool fits = count <= SPLIT_JOBS_OF_BUILD;
    size_t most = fits ? 1 : (count + SPLIT_JOBS_WHEN_BUNDLED - 1) / SPLIT_JOBS_WHEN_BUNDLED;
    struct job *job = NULL;
    for (size_t i = 0; i < count; i++) {
        struct plan_image *planned = plan->images.items[i];
        if (!can_join(job, planned, most)) job = open_job(arena, out, keys->items[i]);
        list_add(arena, &job->images, planned);
    }
}
