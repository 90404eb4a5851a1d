#include "pipeline/pipeline.h"

#include "base/both.h"
#include "pipeline/compile.h"
#include "pipeline/documents.h"

static struct step *compile_one(struct arena *arena, const struct compile_request *request, const struct job *job) {
    if (job->kind == JOB_VERIFY) return compile_verify(arena, request, job);
    if (job->kind == JOB_GATE) return compile_gate(arena, job);
    if (job->kind == JOB_EXTRA) return compile_extra(arena, request, job);
    if (job->kind == JOB_TAGS) return compile_tags(arena, request, job);
    if (job->kind == JOB_RETAG) return compile_retag(arena, request, job);
    if (job->kind == JOB_IMAGES) return compile_images(arena, request, job);
    if (job->kind == JOB_PUBLISH) return compile_publish(arena, request, job);
    const struct plan_image *first = job->images.items[0];
    if (!first->is_built) return compile_unaffected(arena, request, first, job->key);
    return plan_image_is_broken(first) ? compile_broken(arena, request, first, job->key)
                                       : compile_build(arena, request, job);
}

static struct step *compile_job(struct arena *arena, const struct compile_request *request, const struct job *job) {
    struct step *step = compile_one(arena, request, job);
    step->depends_on = job->depends_on;
    return step;
}

static struct text nothing_reason(struct arena *arena, const struct plan *plan) {
    if (plan->images.count == 1) return TEXT("the one image here is not affected by this change");
    if (plan->images.count > 1)
        return text_format(arena, "none of the %zu images is affected by this change", plan->images.count);
    return plan->workspace->left_out.count > 0 ? TEXT("every container file here is left out; see the preview")
                                               : TEXT("the repository has no Dockerfile and no service to build");
}

static void write_section(struct arena *scratch, const struct pipeline_request *request,
                          const struct compile_request *compile, const struct section *section, struct emit *emit) {
    bool is_group = text_is_given(section->label);
    if (is_group) emit_begin_group(emit, section->label, section->key);
    for (size_t i = 0; i < section->jobs.count; i++) {
        struct arena_mark mark = arena_mark(scratch);
        emit_step(emit, compile_job(scratch, compile, section->jobs.items[i]));
        if (request->format == EMIT_YAML) arena_release(scratch, mark); /* JSON is written when all are there */
    }
    if (is_group) emit_end_group(emit);
}

/* One step at a time is compiled, written and forgotten. Returns what the steps that are not written yet live in. */
static struct arena write_steps(const struct pipeline_request *request, const struct compile_request *compile,
                                const struct document *document, struct emit *emit) {
    struct arena scratch;
    arena_init(&scratch);
    if (document == NULL)
        emit_step(emit, compile_nothing(&scratch, request->key_prefix, nothing_reason(&scratch, request->plan)));
    for (size_t i = 0; document != NULL && i < document->sections.count; i++)
        write_section(&scratch, request, compile, document->sections.items[i], emit);
    return scratch;
}

/* Some documents, written by one thread with memory of its own. */
struct part {
    const struct pipeline_request *request;
    const struct compile_request *compile;
    const struct list *from; /* of struct document; none: there is nothing to build */
    size_t first, end;       /* numbers of the documents */
    struct arena *arena;
    struct check check;
    struct list documents; /* see struct pipeline */
    bool ok;
};

static bool write_document(struct part *part, size_t number) {
    const struct document *from = part->from->count == 0 ? NULL : part->from->items[number];
    struct emit_options options = {
        .format = part->request->format, .interpolates = part->request->interpolates, .is_first = number == 0};
    struct emit emit;
    emit_begin(&emit, part->arena, &options, &part->check);
    struct arena scratch = write_steps(part->request, part->compile, from, &emit);
    struct list *document = arena_alloc(part->arena, sizeof(*document));
    bool ok = emit_end(&emit, document);
    arena_finish(&scratch);
    if (ok) list_add(part->arena, &part->documents, document);
    return ok;
}

static void write_part(void *self) {
    struct part *part = self;
    part->ok = true;
    for (size_t i = part->first; i < part->end && part->ok; i++)
        part->ok = write_document(part, i);
}

static size_t fullest(const struct list *jobs) {
    size_t most = 0;
    for (size_t i = 0; i < jobs->count; i++) {
        const struct job *job = jobs->items[i];
        if (job->images.count > most) most = job->images.count;
    }
    return most;
}

static void take(struct arena *arena, const struct part *part, struct pipeline *out) {
    for (size_t i = 0; i < part->documents.count; i++)
        list_add(arena, &out->documents, part->documents.items[i]);
}

static struct check begin_check(const struct pipeline_request *request, struct arena *arena,
                                struct diagnostics *diagnostics) {
    return (struct check){.arena = arena,
                          .diagnostics = diagnostics,
                          .secrets = request->secrets,
                          .settings = request->plan->workspace->layers.file};
}

bool pipeline_make(struct arena *arena, const struct pipeline_request *request, struct diagnostics *diagnostics,
                   struct pipeline *out) {
    struct compile_request compile = compile_begin(arena, request->plan, request->queue);
    struct list jobs = {0};
    struct split_request split = {.plan = request->plan, .keys = request->keys, .key_prefix = request->key_prefix};
    settings_bundle(request->plan->workspace->layers.settings.bundle.text, &split.bundles);
    bool is_overfull = split_jobs(arena, &split, &jobs);
    struct documents_request cut = {.plan = request->plan, .key_prefix = request->key_prefix, .jobs = &jobs};
    struct list from = {0};
    documents_make(arena, &cut, &from);
    size_t documents = from.count == 0 ? 1 : from.count;
    struct arena beside;
    arena_init(&beside);
    struct diagnostics unsaid = diag_in(&beside);
    struct part front = {
        .request = request, .compile = &compile, .from = &from, .end = (documents + 1) / 2, .arena = arena};
    struct part back = {.request = request, .compile = &compile, .from = &from, .end = documents, .arena = &beside};
    front.check = begin_check(request, arena, diagnostics);
    back.check = begin_check(request, &beside, &unsaid);
    back.first = front.end;
    back.ok = true;
    both_run(write_part, &front, back.first < back.end ? write_part : NULL, &back);
    bool ok = check_join(&front.check, &back.check) && front.ok && back.ok;
    struct pipeline made = {
        .steps = jobs, .bundled = fullest(&jobs), .is_overfull = is_overfull, .jobs = front.check.jobs};
    take(arena, &front, &made);
    take(arena, &back, &made);
    arena_adopt(arena, &beside);
    if (ok) *out = made;
    return ok;
}
