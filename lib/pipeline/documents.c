#include "pipeline/documents.h"

#include "model/group.h"
#include "model/settings_step.h"
#include "pipeline/step.h"

/* What stays together where it can: a group, or one job. */
struct unit {
    struct text label; /* absent: no group */
    struct text key;
    size_t parts; /* that have a key already */
    struct list jobs;
    size_t weight;
    bool is_visited;
};

struct cutter {
    struct arena *arena;
    const struct documents_request *request;
    struct map labels; /* label → struct unit */
    struct map keys;   /* of groups, that are taken */
    struct map owners; /* key of a job → its unit */
    struct list units; /* by their first jobs */
};

size_t documents_weight(const struct job *job) {
    const struct plan_image *first = job->kind != JOB_BUILD || job->images.count == 0 ? NULL : job->images.items[0];
    if (job->kind == JOB_EXTRA) return settings_step_jobs(job->extra->node);
    if (first == NULL || !first->is_built || plan_image_is_broken(first)) return 1;
    return settings_step_jobs(first->image->settings->build.step);
}

/* --- units --- */

static struct text label_of(const struct cutter *cutter, const struct image *image) {
    return group_label(cutter->arena, cutter->request->plan->workspace, image);
}

/* For all images of the repository, so that a key does not depend on which of them are built. */
static void name_groups(struct cutter *cutter) {
    const struct list *images = &cutter->request->plan->images;
    for (size_t i = 0; i < images->count; i++) {
        struct text label = label_of(cutter, ((const struct plan_image *)images->items[i])->image);
        if (!text_is_given(label) || map_has(&cutter->labels, label)) continue;
        struct unit *unit = arena_alloc(cutter->arena, sizeof(*unit));
        unit->label = label;
        unit->key = step_key(cutter->arena, cutter->request->key_prefix, "group-", label, &cutter->keys);
        map_set(cutter->arena, &cutter->labels, label, unit);
    }
}

static struct unit *unit_of(struct cutter *cutter, const struct job *job) {
    struct text label = {0};
    bool is_of_one = job->kind == JOB_BUILD || job->kind == JOB_EXTRA || job->kind == JOB_PUBLISH;
    if (is_of_one && job->images.count > 0 && cutter->labels.count > 0)
        label = label_of(cutter, ((const struct plan_image *)job->images.items[0])->image);
    return text_is_given(label) ? map_find(&cutter->labels, label) : arena_alloc(cutter->arena, sizeof(struct unit));
}

static void add_job(struct cutter *cutter, struct job *job) {
    struct unit *unit = unit_of(cutter, job);
    if (unit->jobs.count == 0) list_add(cutter->arena, &cutter->units, unit);
    list_add(cutter->arena, &unit->jobs, job);
    unit->weight += documents_weight(job);
    if (cutter->labels.count > 0) map_set(cutter->arena, &cutter->owners, job->key, unit);
}

/* A unit after all that it waits for, as far as that goes without a circle. */
static void visit(struct cutter *cutter, struct unit *unit, struct list *sorted) {
    if (unit->is_visited) return;
    unit->is_visited = true;
    for (size_t i = 0; i < unit->jobs.count; i++) {
        const struct job *job = unit->jobs.items[i];
        for (size_t j = 0; j < job->depends_on.count; j++) {
            struct unit *before = map_find(&cutter->owners, job->depends_on.items[j]);
            if (before != NULL) visit(cutter, before, sorted);
        }
    }
    list_add(cutter->arena, sorted, unit);
}

/* --- cuts --- */

struct cut {
    struct list documents; /* of struct list of struct job */
    struct list *open;     /* the last one */
    size_t weight;         /* of it */
};

static void open_document(struct arena *arena, struct cut *cut) {
    cut->open = arena_alloc(arena, sizeof(*cut->open));
    cut->weight = 0;
    list_add(arena, &cut->documents, cut->open);
}

static void put(struct arena *arena, struct cut *cut, struct job *job) {
    size_t weight = documents_weight(job);
    if (cut->open == NULL || cut->weight + weight > SPLIT_JOBS_OF_DOCUMENT) open_document(arena, cut);
    cut->weight += weight;
    list_add(arena, cut->open, job);
}

static struct cut cut_units(struct cutter *cutter) {
    struct cut cut = {0};
    struct list sorted = {0};
    for (size_t i = 0; i < cutter->units.count; i++)
        visit(cutter, cutter->units.items[i], &sorted);
    for (size_t i = 0; i < sorted.count; i++) {
        const struct unit *unit = sorted.items[i];
        bool fits_one = unit->weight <= SPLIT_JOBS_OF_DOCUMENT;
        bool fits = cut.open != NULL && cut.weight + unit->weight <= SPLIT_JOBS_OF_DOCUMENT;
        if (fits_one && !fits) open_document(cutter->arena, &cut);
        for (size_t j = 0; j < unit->jobs.count; j++)
            put(cutter->arena, &cut, unit->jobs.items[j]);
    }
    return cut;
}

static struct cut cut_jobs(struct cutter *cutter) {
    struct cut cut = {0};
    for (size_t i = 0; i < cutter->request->jobs->count; i++)
        put(cutter->arena, &cut, cutter->request->jobs->items[i]);
    return cut;
}

/* Does a step wait for none of a later document? */
static bool is_in_order(struct cutter *cutter, const struct cut *cut) {
    struct map seen = {0};
    for (size_t i = 0; i < cut->documents.count; i++) {
        const struct list *jobs = cut->documents.items[i];
        for (size_t j = 0; j < jobs->count; j++)
            map_set(cutter->arena, &seen, ((const struct job *)jobs->items[j])->key, &seen);
        for (size_t j = 0; j < jobs->count; j++) {
            const struct texts *needed = &((const struct job *)jobs->items[j])->depends_on;
            for (size_t k = 0; k < needed->count; k++)
                if (map_has(&cutter->owners, needed->items[k]) && !map_has(&seen, needed->items[k])) return false;
        }
    }
    return true;
}

static struct cut choose_cut(struct cutter *cutter) {
    struct cut cut = cut_jobs(cutter);
    if (cutter->labels.count == 0 || cut.documents.count <= 1) return cut;
    struct cut whole = cut_units(cutter);
    return is_in_order(cutter, &whole) ? whole : cut;
}

/* --- sections --- */

static struct section *open_section(struct cutter *cutter, struct document *document, struct text label,
                                    struct text key) {
    struct section *section = arena_alloc(cutter->arena, sizeof(*section));
    section->label = label;
    section->key = key;
    list_add(cutter->arena, &document->sections, section);
    return section;
}

static struct text next_key(struct cutter *cutter, struct unit *unit) {
    if (++unit->parts == 1) return unit->key;
    struct text name = text_format(cutter->arena, "%.*s-%zu", TEXT_ARG(unit->key), unit->parts);
    return step_key(cutter->arena, TEXT(""), "", name, &cutter->keys);
}

static struct section *default_section(struct cutter *cutter, struct document *document, size_t number) {
    struct text prefix = cutter->request->key_prefix;
    struct text key = number == 0 ? text_format(cutter->arena, "%.*simages", TEXT_ARG(prefix))
                                  : text_format(cutter->arena, "%.*simages-%zu", TEXT_ARG(prefix), number + 1);
    return open_section(cutter, document, TEXT(":docker: images"), key);
}

static struct unit *group_of(struct cutter *cutter, const struct job *job) {
    struct unit *unit = cutter->labels.count == 0 ? NULL : map_find(&cutter->owners, job->key);
    return unit == NULL || !text_is_given(unit->label) ? NULL : unit;
}

static struct document *arrange(struct cutter *cutter, const struct list *jobs, size_t number) {
    struct document *document = arena_alloc(cutter->arena, sizeof(*document));
    struct map sections = {0}; /* label → struct section */
    struct section *loose = NULL, *last = NULL;
    size_t without = 0;
    for (size_t i = 0; i < jobs->count; i++)
        without += group_of(cutter, jobs->items[i]) == NULL;
    for (size_t i = 0; i < jobs->count; i++) {
        struct unit *unit = group_of(cutter, jobs->items[i]);
        struct section *section = NULL;
        if (unit != NULL) {
            section = map_find(&sections, unit->label);
            if (section == NULL) section = open_section(cutter, document, unit->label, next_key(cutter, unit));
            map_set(cutter->arena, &sections, unit->label, section);
        } else if (without > DOCUMENTS_GROUP_ABOVE) {
            if (loose == NULL) loose = default_section(cutter, document, number);
            section = loose;
        } else {
            bool goes_on = last != NULL && !text_is_given(last->label);
            section = goes_on ? last : open_section(cutter, document, (struct text){0}, (struct text){0});
        }
        list_add(cutter->arena, &section->jobs, jobs->items[i]);
        last = document->sections.items[document->sections.count - 1];
    }
    return document;
}

void documents_make(struct arena *arena, const struct documents_request *request, struct list *out) {
    struct cutter cutter = {.arena = arena, .request = request};
    name_groups(&cutter);
    for (size_t i = 0; cutter.labels.count > 0 && i < request->jobs->count; i++)
        add_job(&cutter, request->jobs->items[i]);
    struct cut cut = choose_cut(&cutter);
    for (size_t i = 0; i < cut.documents.count; i++)
        list_add(arena, out, arrange(&cutter, cut.documents.items[i], i));
}
