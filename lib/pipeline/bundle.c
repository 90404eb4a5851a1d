#include "pipeline/bundle.h"

#include "pipeline/calls.h"
#include "pipeline/links.h"
#include "pipeline/speller.h"
#include "pipeline/step.h"
#include "plan/builder.h"
#include "plan/logins.h"

/* --- who can share a step --- */

static const struct text *default_of(const struct plan_image *planned, struct text name) {
    return planned->image->variables == NULL ? NULL : variables_find(planned->image->variables, name);
}

/* A default that `.env` of one compose file gives would hold for the images of another one, too. */
static bool same_defaults(struct arena *arena, const struct plan_image *a, const struct plan_image *b) {
    struct texts names = {0}, others = {0};
    if (a->image->variables == b->image->variables) return true;
    speller_names(arena, a, &names);
    speller_names(arena, b, &others);
    for (size_t i = 0; i < names.count; i++) {
        const struct text *left = default_of(a, names.items[i]), *right = default_of(b, names.items[i]);
        bool same = (left == NULL) == (right == NULL) && (left == NULL || text_equal(*left, *right));
        if (!same && texts_has(&others, names.items[i])) return false;
    }
    return true;
}

/* Docker is configured for one project at a time. */
static bool same_docker(const struct plan_image *a, const struct plan_image *b) {
    if (!builder_is_docker(a->builder) && !builder_is_docker(b->builder)) return true;
    return a->builder == b->builder && calls_same_project(a->image, b->image);
}

/* A step runs in one pod. */
static bool same_pod(const struct plan_image *a, const struct plan_image *b) {
    const struct node *left = a->image->settings->build.kubernetes.node;
    const struct node *right = b->image->settings->build.kubernetes.node;
    return left == right || (left != NULL && right != NULL && node_equal(left, right));
}

bool bundle_can_share(struct arena *arena, const struct job *job, const struct plan_image *planned) {
    if (!planned->is_built || plan_image_is_broken(planned)) return false;
    for (size_t i = 0; i < job->images.count; i++) {
        const struct plan_image *other = job->images.items[i];
        bool can = other->is_built && !plan_image_is_broken(other) &&
                   other->image->settings->build.step == planned->image->settings->build.step &&
                   same_pod(other, planned) && logins_can_share(other, planned) && same_docker(other, planned) &&
                   same_defaults(arena, other, planned);
        if (!can) return false;
    }
    return true;
}

/* --- bundles --- */

struct bundle {
    struct text name;  /* for the key */
    struct text title; /* for people */
    struct list parts; /* of struct job, those with room */
    size_t count;      /* of all parts */
};

struct bundler {
    struct arena *arena;
    const struct split_request *request;
    struct list *out;
    struct map bundles; /* identity → struct bundle */
    struct map keys;    /* that are taken */
    struct job **jobs;  /* of the images, by number */
    unsigned mark;
};

static struct job *open_job(struct bundler *bundler, struct text key) {
    struct job *job = arena_alloc(bundler->arena, sizeof(*job));
    job->key = key;
    list_add(bundler->arena, bundler->out, job);
    return job;
}

/* What the image is a part of; absent when nothing declares it together with others. */
static struct text identity_of(struct arena *arena, const struct split_request *request, const struct image *image) {
    if (request->bundles.kind == BUNDLE_FILE)
        return image->compose == NULL ? (struct text){0} : image->compose->source->path;
    return text_concat(arena, image->project.is_named ? TEXT("named ") : TEXT("found "),
                       text_is_given(image->project.id) ? image->project.id : TEXT(""));
}

static struct bundle *create(struct bundler *bundler, const struct image *image, struct text identity) {
    struct bundle *bundle = arena_alloc(bundler->arena, sizeof(*bundle));
    bool is_file = bundler->request->bundles.kind == BUNDLE_FILE, has_id = text_is_given(image->project.id);
    bundle->title = is_file  ? identity
                    : has_id ? text_concat(bundler->arena, TEXT("project "), image->project.id)
                             : TEXT("images");
    struct text name = is_file ? identity : has_id ? image->project.id : TEXT("images");
    bundle->name = step_key(bundler->arena, bundler->request->key_prefix, "bundle-", name, &bundler->keys);
    map_set(bundler->arena, &bundler->bundles, identity, bundle);
    return bundle;
}

/* For all images of the repository, so that a key does not depend on which of them are built. */
static void name_bundles(struct bundler *bundler) {
    const struct list *images = &bundler->request->plan->images;
    for (size_t i = 0; i < images->count; i++) {
        const struct image *image = ((const struct plan_image *)images->items[i])->image;
        struct text identity = identity_of(bundler->arena, bundler->request, image);
        if (text_is_given(identity) && !map_has(&bundler->bundles, identity)) (void)create(bundler, image, identity);
    }
}

static struct job *open_part(struct bundler *bundler, struct bundle *bundle, const char *apart) {
    struct text key = bundle->name, title = bundle->title;
    if (++bundle->count > 1) {
        struct text name = text_format(bundler->arena, "%.*s-%zu", TEXT_ARG(bundle->name), bundle->count);
        key = step_key(bundler->arena, TEXT(""), "", name, &bundler->keys);
        title = text_format(bundler->arena, "%.*s, part %zu", TEXT_ARG(bundle->title), bundle->count);
    }
    struct job *job = open_job(bundler, key);
    job->title = title;
    job->apart = apart;
    list_add(bundler->arena, &bundle->parts, job);
    return job;
}

/* Does `job` wait for `other`, by way of any others? */
static bool waits_for(struct job *job, const struct job *other, unsigned mark) {
    if (job == other) return true;
    if (job->mark == mark) return false;
    job->mark = mark;
    for (size_t i = 0; i < job->before.count; i++)
        if (waits_for(job->before.items[i], other, mark)) return true;
    return false;
}

static struct job *job_of_base(const struct bundler *bundler, const struct plan_image *planned, size_t link) {
    const struct plan_image *base = ((const struct plan_link *)planned->links.items[link])->base;
    return base->is_built ? bundler->jobs[base->number] : NULL;
}

/* Would the job wait for itself with this image in it? */
static bool closes_circle(struct bundler *bundler, const struct job *job, const struct plan_image *planned) {
    bundler->mark++;
    for (size_t i = 0; i < planned->links.count; i++) {
        struct job *before = job_of_base(bundler, planned, i);
        if (before != NULL && before != job && waits_for(before, job, bundler->mark)) return true;
    }
    return false;
}

static void put(struct bundler *bundler, struct job *job, struct plan_image *planned) {
    list_add(bundler->arena, &job->images, planned);
    bundler->jobs[planned->number] = job;
    for (size_t i = 0; i < planned->links.count; i++) {
        struct job *before = plan_image_is_broken(planned) ? NULL : job_of_base(bundler, planned, i);
        if (before != NULL && before != job) list_add(bundler->arena, &job->before, before);
    }
}

static void drop_part(struct bundle *bundle, const struct job *full) {
    size_t kept = 0;
    for (size_t i = 0; i < bundle->parts.count; i++)
        if (bundle->parts.items[i] != full) bundle->parts.items[kept++] = bundle->parts.items[i];
    bundle->parts.count = kept;
}

static void put_into_bundle(struct bundler *bundler, struct bundle *bundle, struct plan_image *planned) {
    struct job *job = NULL;
    const char *apart = NULL;
    for (size_t i = 0; i < bundle->parts.count && job == NULL; i++) {
        struct job *part = bundle->parts.items[i];
        if (!bundle_can_share(bundler->arena, part, planned)) continue;
        if (closes_circle(bundler, part, planned)) {
            apart = "in the same step as the others it would wait for itself";
        } else {
            job = part;
        }
    }
    if (job == NULL) job = open_part(bundler, bundle, apart);
    put(bundler, job, planned);
    if (job->images.count >= bundler->request->bundles.most) drop_part(bundle, job);
}

static const char *alone_because(const struct plan_image *planned) {
    if (planned->annotations.count > 0) return "bake has no word for its annotations";
    return planned->builder == BUILDER_BAKE || planned->builder == BUILDER_COMPOSE ? NULL
                                                                                   : handover_alone(planned->image);
}

static void put_somewhere(struct bundler *bundler, struct plan_image *planned) {
    struct text identity = identity_of(bundler->arena, bundler->request, planned->image);
    struct bundle *bundle = text_is_given(identity) ? map_find(&bundler->bundles, identity) : NULL;
    bool is_usual = planned->is_built && !plan_image_is_broken(planned);
    const char *apart = is_usual ? alone_because(planned) : NULL;
    if (bundle != NULL && is_usual && apart == NULL) {
        put_into_bundle(bundler, bundle, planned);
        return;
    }
    struct job *job = open_job(bundler, bundler->request->keys->items[planned->number]);
    job->apart = is_usual && bundle == NULL ? "no compose or bake file declares it" : apart;
    put(bundler, job, planned);
}

/* A job after all that it waits for, else in the order in which they were opened. */
static void visit(struct arena *arena, struct job *job, unsigned mark, struct list *sorted) {
    if (job->mark == mark) return;
    job->mark = mark;
    for (size_t i = 0; i < job->before.count; i++)
        visit(arena, job->before.items[i], mark, sorted);
    list_add(arena, sorted, job);
}

void bundle_jobs(struct arena *arena, const struct split_request *request, struct list *out) {
    const struct plan *plan = request->plan;
    struct list opened = {0};
    struct bundler bundler = {.arena = arena, .request = request, .out = &opened};
    bundler.jobs = arena_array(arena, plan->images.count, sizeof(struct job *));
    name_bundles(&bundler);
    for (size_t i = 0; i < plan->order.count; i++)
        if (split_has_job(plan->order.items[i])) put_somewhere(&bundler, plan->order.items[i]);
    bundler.mark++;
    for (size_t i = 0; i < opened.count; i++)
        visit(arena, opened.items[i], bundler.mark, out);
}
