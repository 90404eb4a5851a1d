#include "check.h"

#include "pipeline/split.h"

/* A plan of `count` images: one letter of `kinds` each, again and again. b broken, p published, s with step attributes; k not built, and shown. */
static struct plan make(struct arena *arena, size_t count, const char *kinds, struct texts *keys) {
    static const struct node attributes;
    struct plan plan = {0};
    struct image_settings *common = arena_alloc(arena, sizeof(*common)),
                          *special = arena_alloc(arena, sizeof(*special)), *shown = arena_alloc(arena, sizeof(*shown));
    shown->build.unaffected = UNAFFECTED_KEEP;
    special->build.step = &attributes;
    for (size_t i = 0; i < count; i++) {
        char kind = kinds[i % strlen(kinds)];
        struct image *image = arena_alloc(arena, sizeof(*image));
        struct plan_image *planned = arena_alloc(arena, sizeof(*planned));
        image->settings = kind == 's' ? special : kind == 'k' ? shown : common;
        image->problems = planned->problems = diag_in(arena);
        if (kind == 'b') diag_add(&image->problems, DIAG_ERROR, "r", (struct place){0}, "m");
        planned->image = image;
        planned->is_published = kind == 'p';
        planned->is_built = kind != 'k';
        planned->number = i;
        list_add(arena, &plan.images, planned);
        list_add(arena, &plan.order, planned);
        texts_add(arena, keys, text_format(arena, "k%zu", i));
    }
    return plan;
}

static const struct {
    size_t count;
    const char *kinds;
    size_t jobs, fullest;
    const char *why;
} rows[] = {
    {0, ".", 0, 0, "nothing"},
    {1, ".", 1, 1, "one"},
    {500, ".", 500, 1, "a document"},
    {4000, ".", 4000, 1, "the limit of a build: one step each"},
    {4001, ".", 445, 9, "one more: neighbours share, so that one upload holds them all"},
    {5000, ".", 500, 10, "ten each"},
    {20000, ".", 500, 40, "forty each"},
    {5000, "p", 500, 10, "published ones share as well"},
    {5000, "p.", 500, 10, "with others, too: a target is pushed for itself"},
    {5000, "s.", 5000, 1, "but other attributes do not mix: only neighbours are looked at"},
    {5000, "ssssssssss..........", 500, 10, "runs of ten"},
    {5000, "b", 5000, 1, "broken ones never share"},
    {5000, "b....", 2000, 4, "and part the others"},
    {5000, "k", 5000, 1, "those that are only shown have a step each"},
};

/* Two images, the second one built from the first. */
static void check_link(struct arena *arena, bool base_is_built) {
    struct texts keys = {0};
    struct list jobs = {0};
    struct plan plan = make(arena, 2, ".", &keys);
    struct plan_image *base = plan.images.items[0], *other = plan.images.items[1];
    struct plan_link link = {.base = base};
    list_add(arena, &other->links, &link);
    base->is_built = base_is_built;
    struct split_request request = {.plan = &plan, .keys = &keys};
    CHECK(!split_jobs(arena, &request, &jobs), "two are not too many");
    const struct job *last = jobs.items[jobs.count - 1];
    CHECK(jobs.count == (base_is_built ? 2 : 1), "%zu jobs", jobs.count);
    CHECK(last->depends_on.count == base_is_built, "a base that is built comes first");
    if (base_is_built) CHECK_TEXT(last->depends_on.items[0], "k0", "by its key");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    check_link(&arena, true);
    check_link(&arena, false);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct texts keys = {0};
        struct list jobs = {0};
        struct plan plan = make(&arena, rows[i].count, rows[i].kinds, &keys);
        struct split_request request = {.plan = &plan, .keys = &keys};
        bool is_overfull = split_jobs(&arena, &request, &jobs);
        CHECK(is_overfull == (rows[i].count > SPLIT_JOBS_OF_BUILD), "%s: overfull", rows[i].why);
        size_t fullest = 0, at = 0;
        bool in_order = true;
        for (size_t j = 0; j < jobs.count; j++) {
            const struct job *job = jobs.items[j];
            if (job->images.count > fullest) fullest = job->images.count;
            in_order &= job->images.count > 0 && text_equal(job->key, keys.items[at]);
            for (size_t k = 0; k < job->images.count; k++)
                in_order &= job->images.items[k] == plan.images.items[at++];
        }
        CHECK(jobs.count == rows[i].jobs, "%s: %zu jobs", rows[i].why, jobs.count);
        CHECK(fullest == rows[i].fullest, "%s: %zu in the fullest", rows[i].why, fullest);
        CHECK(in_order && at == rows[i].count, "%s: every image once, in order", rows[i].why);
    }
    arena_finish(&arena);
    return check_done("split");
}
