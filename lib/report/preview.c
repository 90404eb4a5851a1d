#include "report/preview.h"

#include "base/map.h"

#include "pipeline/split.h"
#include "report/wrap.h"

#define LABEL_COLUMN 16
#define NAME_COLUMN 24
#define WAITS_NAMED 3 /* a step of all images waits for more than anybody reads */

static const char *paint(const struct preview *preview, const char *colour) {
    return preview->has_colour ? colour : "";
}
#define BOLD "\033[1m"
#define RED "\033[31m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

static void add_heading(struct buffer *buffer, const struct preview *preview, struct text words) {
    buffer_format(buffer, "%s%.*s%s\n", paint(preview, BOLD), TEXT_ARG(words), paint(preview, PLAIN));
}

/* "    context     services/api (4 of 5 sources exist there)" */
static void add_field(struct buffer *buffer, const struct preview *preview, const char *label, struct text value) {
    struct text padded = text_format(buffer->arena, "    %-12s", label);
    buffer_format(buffer, "%s%.*s%s", paint(preview, DIM), TEXT_ARG(padded), paint(preview, PLAIN));
    wrap_add(buffer, text_printable(buffer->arena, value), LABEL_COLUMN, LABEL_COLUMN, preview->width);
}

static struct text short_commit(struct text commit) {
    return text_first(commit, 12);
}

static void add_title(struct buffer *buffer, const struct preview *preview) {
    const struct event *event = preview->plan->event;
    struct buffer title = buffer_in(buffer->arena);
    size_t count = preview->plan->images.count;
    struct text name = preview->plan->workspace->name;
    size_t built = preview->plan->built;
    if (built < count)
        buffer_format(&title, "%.*s: %zu of %zu image%s", TEXT_ARG(name), built, count, count == 1 ? "" : "s");
    if (built == count) buffer_format(&title, "%.*s: %zu image%s", TEXT_ARG(name), count, count == 1 ? "" : "s");
    if (text_is_given(event->pull_request)) buffer_format(&title, ", pull request %.*s", TEXT_ARG(event->pull_request));
    if (text_is_given(event->tag)) buffer_format(&title, ", tag %.*s", TEXT_ARG(event->tag));
    if (text_is_given(event->branch)) buffer_format(&title, ", branch %.*s", TEXT_ARG(event->branch));
    if (text_is_given(event->commit)) {
        struct text commit = short_commit(event->commit);
        buffer_format(&title, ", commit %.*s", TEXT_ARG(commit));
    }
    const char *profile = preview->plan->workspace->layers.profile;
    if (profile != NULL) buffer_format(&title, ", profile %s", profile);
    add_heading(buffer, preview, text_printable(buffer->arena, buffer_text(&title)));
}

/* What it is compared with, and where that is. */
static void add_base(struct buffer *buffer, const struct preview *preview) {
    const struct base *base = preview->plan->base;
    if (base == NULL) return;
    struct buffer words = buffer_in(buffer->arena);
    buffer_add(&words, base->sentence);
    bool says_it = !text_is_given(base->commit) || text_equal(base->commit, base->ref);
    if (!says_it) buffer_format(&words, " (%.*s)", TEXT_ARG(short_commit(base->commit)));
    if (!base->is_everything)
        buffer_format(&words, ", %zu changed file%s", base->changes.count, base->changes.count == 1 ? "" : "s");
    if (base->with_worktree) buffer_add_string(&words, ", not committed ones too");
    buffer_add_string(buffer, "  ");
    wrap_add(buffer, text_printable(buffer->arena, buffer_text(&words)), 2, 2, preview->width);
}

/* "services/api/Dockerfile:1", with the service that declares it. */
static struct text describe_dockerfile(struct arena *arena, const struct image *image) {
    struct buffer words = buffer_in(arena);
    if (text_is_given(image->dockerfile)) {
        buffer_add(&words, image->dockerfile);
        if (image->services.count == 0 && image->place.line > 0) buffer_format(&words, ":%u", image->place.line);
    } else if (image->services.count > 0) {
        buffer_add_string(&words, image->compose->is_bake ? "in the bake file" : "in the compose file");
    }
    for (size_t i = 0; i < image->services.count; i++) {
        const struct image_service *service = image->services.items[i];
        const char *kind = i > 0 ? "" : image->compose->is_bake ? "target " : "service ";
        buffer_format(&words, "%s%s%.*s (%.*s:%u)", words.len > 0 ? ", " : "", kind, TEXT_ARG(service->name),
                      TEXT_ARG(service->place.source->path), service->place.line);
    }
    return buffer_text(&words);
}

static struct text describe_platforms(struct arena *arena, const struct image *image) {
    struct buffer words = buffer_in(arena);
    for (size_t i = 0; i < image->platforms.count; i++) {
        if (i > 0) buffer_add_string(&words, ", ");
        buffer_add(&words, *(const struct text *)image->platforms.items[i]);
    }
    if (image->platforms_are_default) buffer_add_string(&words, " (default)");
    return buffer_text(&words);
}

static struct text describe_project(struct arena *arena, const struct preview *preview, const struct project *project) {
    if (!text_is_given(project->id)) return TEXT("DEPOT_PROJECT_ID of the agents; the repository names none");
    bool gives_way = !project->is_named && !preview->plan->workspace->has_several_projects;
    return text_format(arena, "%.*s (%.*s)%s", TEXT_ARG(project->id), TEXT_ARG(project->origin),
                       gives_way ? ", unless the agents set DEPOT_PROJECT_ID" : "");
}

static void add_arguments(struct buffer *buffer, const struct preview *preview, const struct plan_image *planned) {
    if (planned->arguments.count == 0) return;
    struct buffer words = buffer_in(buffer->arena);
    for (size_t i = 0; i < planned->arguments.count; i++) {
        const struct plan_argument *argument = planned->arguments.items[i];
        if (i > 0) buffer_add_string(&words, ", ");
        buffer_add(&words, argument->name);
    }
    add_field(buffer, preview, "arguments", buffer_text(&words));
}

/* registry.depot.dev/x19jffd9zf:<build id>; the id is known when the step runs. */
static void add_saved(struct buffer *buffer, const struct preview *preview, const struct plan_image *planned) {
    struct text project = planned->image->project.id;
    if (!plan_image_saves(planned)) return;
    if (!text_is_given(project)) project = TEXT("<project>");
    struct text place = text_format(buffer->arena, "registry.depot.dev/%.*s:", TEXT_ARG(project));
    add_field(buffer, preview, "saved as", text_concat(buffer->arena, place, TEXT("<build id>")));
    for (size_t i = 0; i < planned->save_tags.count; i++)
        add_field(buffer, preview, "",
                  text_concat(buffer->arena, place, value_spelling(buffer->arena, planned->save_tags.items[i])));
}

static void add_destinations(struct buffer *buffer, const struct preview *preview, const struct plan_image *planned) {
    if (!planned->is_published) add_field(buffer, preview, "not pushed", planned->reason);
    for (size_t i = 0; i < planned->destinations.count; i++)
        add_field(buffer, preview, i == 0 ? "pushed to" : "",
                  value_spelling(buffer->arena, planned->destinations.items[i]));
    for (size_t i = 0; i < planned->loaded.count; i++)
        add_field(buffer, preview, i == 0 ? "loaded as" : "", value_spelling(buffer->arena, planned->loaded.items[i]));
    for (size_t i = 0; i < planned->floating.count; i++)
        add_field(buffer, preview, i == 0 ? "moved to it" : "",
                  value_spelling(buffer->arena, planned->floating.items[i]));
    if (planned->replaces_cache)
        add_field(buffer, preview, "cache",
                  text_format(buffer->arena, "%.*s%s; Depot's own makes it needless for builds on Depot",
                              TEXT_ARG(planned->cache_repository), planned->cache_to.count > 0 ? "" : " (read only)"));
    add_saved(buffer, preview, planned);
    for (size_t i = 0; i < planned->notes.count; i++)
        add_field(buffer, preview, "note", planned->notes.items[i]);
}

static void add_problems(struct buffer *buffer, const struct preview *preview, const struct diagnostics *problems) {
    for (size_t i = 0; i < problems->list.count; i++) {
        const struct diagnostic *problem = problems->list.items[i];
        if (problem->severity != DIAG_ERROR) continue;
        struct text where = problem->place.source == NULL ? TEXT("") : problem->place.source->path;
        struct text line = problem->place.line == 0 ? TEXT("") : text_format(buffer->arena, ":%u", problem->place.line);
        add_field(
            buffer, preview, "broken",
            text_format(buffer->arena, "%.*s%.*s: %.*s", TEXT_ARG(where), TEXT_ARG(line), TEXT_ARG(problem->message)));
    }
}

/* ". (declared in compose.yaml), 12 files, 3.4 kB after services/api/.dockerignore" */
static struct text describe_context(struct arena *arena, const struct preview *preview, size_t i) {
    const struct image *image = ((const struct plan_image *)preview->plan->images.items[i])->image;
    const struct image_context *context = preview->contexts == NULL ? NULL : preview->contexts->items[i];
    const struct context_size *size = context == NULL ? NULL : context->size;
    struct buffer words = buffer_in(arena);
    buffer_format(&words, "%.*s (%.*s)", TEXT_ARG(image->context), TEXT_ARG(image->context_reason));
    if (size != NULL) {
        struct text bytes = text_bytes(arena, size->bytes);
        buffer_format(&words, ", %zu file%s, %.*s", size->files, size->files == 1 ? "" : "s", TEXT_ARG(bytes));
        if (text_is_given(context->ignore.path)) buffer_format(&words, " after %.*s", TEXT_ARG(context->ignore.path));
    }
    return buffer_text(&words);
}

static void add_image(struct buffer *buffer, const struct preview *preview, size_t i) {
    const struct plan_image *planned = preview->plan->images.items[i];
    const struct image *image = planned->image;
    bool broken = plan_image_is_broken(planned);
    struct text name = text_printable(buffer->arena, image->name);
    buffer_format(buffer, "\n  %s%.*s%s\n", paint(preview, broken ? RED : BOLD), TEXT_ARG(name), paint(preview, PLAIN));
    if (broken) {
        add_problems(buffer, preview, &image->problems);
        add_problems(buffer, preview, &planned->problems);
        return;
    }
    if (preview->plan->base == NULL || !preview->plan->base->is_everything)
        add_field(buffer, preview, "because", plan_image_sentence(buffer->arena, preview->plan, planned));
    add_field(buffer, preview, "Dockerfile", describe_dockerfile(buffer->arena, image));
    add_field(buffer, preview, "context", describe_context(buffer->arena, preview, i));
    if (text_is_given(image->target)) add_field(buffer, preview, "target", image->target);
    add_field(buffer, preview, "platforms", describe_platforms(buffer->arena, image));
    add_field(buffer, preview, "project", describe_project(buffer->arena, preview, &image->project));
    add_arguments(buffer, preview, planned);
    add_destinations(buffer, preview, planned);
}

/* "services/api    services/api/Dockerfile → ghcr.io/acme/services/api": one line of a long preview. */
static void add_image_line(struct buffer *buffer, const struct preview *preview, size_t i) {
    const struct plan_image *planned = preview->plan->images.items[i];
    const struct image *image = planned->image;
    struct text name = text_printable(buffer->arena, image->name);
    struct text file = text_is_given(image->dockerfile) ? image->dockerfile : TEXT("in the compose file");
    struct buffer words = buffer_in(buffer->arena);
    buffer_format(&words, "%.*s in %.*s", TEXT_ARG(file), TEXT_ARG(image->context));
    if (planned->is_published) buffer_format(&words, " to %.*s", TEXT_ARG(planned->repository));
    if (planned->is_published && planned->repositories.count > 1)
        buffer_format(&words, " and %zu more", planned->repositories.count - 1);
    struct text line = plan_image_is_broken(planned) ? TEXT("broken, see above") : buffer_text(&words);
    size_t width = text_width(name);
    buffer_format(buffer, "  %s%.*s%s ", plan_image_is_broken(planned) ? paint(preview, RED) : "", TEXT_ARG(name),
                  paint(preview, PLAIN));
    if (width < NAME_COLUMN) buffer_add_repeated(buffer, ' ', NAME_COLUMN - width);
    size_t column = 3 + (width < NAME_COLUMN ? NAME_COLUMN : width);
    wrap_add(buffer, text_printable(buffer->arena, line), column, NAME_COLUMN + 3, preview->width);
}

static void add_images(struct buffer *buffer, const struct preview *preview) {
    size_t count = preview->plan->images.count;
    bool is_short = !preview->is_whole && preview->plan->built > PREVIEW_WHOLE_UP_TO;
    if (is_short) buffer_add_byte(buffer, '\n');
    for (size_t i = 0; i < count; i++) {
        if (!((const struct plan_image *)preview->plan->images.items[i])->is_built) continue;
        if (is_short) {
            add_image_line(buffer, preview, i);
        } else {
            add_image(buffer, preview, i);
        }
    }
    if (is_short) buffer_add_string(buffer, "\n  One line each for so many; --verbose shows every image whole.\n");
}

struct reason_count {
    size_t count;
    bool shown;
};

/* Where a directory, a name or the settings leave a file out, the settings can have it back. */
static bool any_can_come_back(const struct list *left_out) {
    static const char *const rules[] = {"excluded-directory", "template", "settings"};
    for (size_t i = 0; i < left_out->count; i++)
        for (size_t j = 0; j < sizeof(rules) / sizeof(*rules); j++)
            if (strcmp(((const struct left_out *)left_out->items[i])->rule, rules[j]) == 0) return true;
    return false;
}

/* How many are left out for each reason. */
static struct map count_reasons(struct arena *arena, const struct list *left_out) {
    struct map counts = {0};
    for (size_t i = 0; i < left_out->count; i++) {
        struct text reason = ((const struct left_out *)left_out->items[i])->reason;
        struct reason_count *count = map_find(&counts, reason);
        if (count == NULL) {
            count = arena_alloc(arena, sizeof(*count));
            map_set(arena, &counts, reason, count);
        }
        count->count++;
    }
    return counts;
}

static void add_left_out_line(struct buffer *buffer, const struct preview *preview, struct text path,
                              struct text reason) {
    path = text_printable(buffer->arena, path);
    size_t width = text_width(path);
    buffer_format(buffer, "  %.*s%s", TEXT_ARG(path), width < 36 ? "" : "\n");
    buffer_add_repeated(buffer, ' ', width < 36 ? 36 - width : 38);
    wrap_add(buffer, text_printable(buffer->arena, reason), 38, 38, preview->width);
}

/* One line each; where more than three have one reason, one line for all of them (unless everything is asked for). */
static void add_left_out(struct buffer *buffer, const struct preview *preview) {
    const struct list *left_out = &preview->plan->workspace->left_out;
    if (left_out->count == 0) return;
    buffer_add_byte(buffer, '\n');
    add_heading(buffer, preview,
                text_format(buffer->arena, "Left out: %zu container file%s or service%s", left_out->count,
                            left_out->count == 1 ? "" : "s", left_out->count == 1 ? "" : "s"));
    struct map counts = count_reasons(buffer->arena, left_out);
    for (size_t i = 0; i < left_out->count; i++) {
        const struct left_out *one = left_out->items[i];
        struct reason_count *count = map_find(&counts, one->reason);
        bool is_grouped = !preview->is_whole && count->count > 3;
        if (is_grouped && count->shown) continue;
        count->shown = true;
        struct text path = one->path;
        if (is_grouped) path = text_format(buffer->arena, "%.*s and %zu more", TEXT_ARG(one->path), count->count - 1);
        add_left_out_line(buffer, preview, path, one->reason);
    }
    if (any_can_come_back(left_out))
        buffer_add_string(buffer, "  'discovery: include:' in " SETTINGS_PATH " brings them back.\n");
}

/* Of a step that stands for one image: nothing when that is built. */
static const char *step_note(const struct plan_image *planned) {
    if (!planned->is_built)
        return plan_image_unaffected(planned) == UNAFFECTED_SKIP ? "  (skipped)" : "  (builds nothing)";
    return plan_image_is_broken(planned) ? "  (red: prints what is wrong)" : "";
}

/* "publish-api  after build-api, test-api" */
static void add_waits(struct buffer *words, const struct job *job) {
    bool is_of_all = job->kind == JOB_RETAG || job->kind == JOB_TAGS || job->kind == JOB_IMAGES;
    bool are_many = is_of_all && job->depends_on.count > WAITS_NAMED;
    for (size_t i = 0; !are_many && i < job->depends_on.count; i++)
        buffer_format(words, "%s%.*s", i == 0 ? "  after " : ", ", TEXT_ARG(job->depends_on.items[i]));
    if (are_many) buffer_format(words, "  after %zu steps", job->depends_on.count);
    if (is_of_all) buffer_format(words, "  of %zu image%s", job->images.count, job->images.count == 1 ? "" : "s");
    if (job->kind == JOB_VERIFY) buffer_add_string(words, "  asks Depot for its projects");
    if (job->kind == JOB_GATE) buffer_add_string(words, "  waits for a person");
}

/* "bundle-shop-compose-yaml  (api, web)" */
static void add_bundled(struct buffer *words, const struct job *job) {
    for (size_t i = 0; i < job->images.count; i++) {
        const struct plan_image *planned = job->images.items[i];
        struct text name = text_printable(words->arena, planned->image->name);
        buffer_format(words, "%s%.*s", i == 0 ? "  (" : ", ", TEXT_ARG(name));
    }
    buffer_add_byte(words, ')');
}

static void add_step(struct buffer *buffer, const struct preview *preview, const struct job *job) {
    struct buffer words = buffer_in(buffer->arena);
    buffer_add(&words, job->key);
    if (job->kind != JOB_BUILD) {
        add_waits(&words, job);
    } else {
        if (text_is_given(job->title)) add_bundled(&words, job);
        if (!text_is_given(job->title) && job->images.count == 1)
            buffer_add_string(&words, step_note(job->images.items[0]));
        if (job->apart != NULL) buffer_format(&words, ": %s", job->apart);
    }
    buffer_add_string(buffer, "  ");
    wrap_add(buffer, buffer_text(&words), 2, 6, preview->width);
}

static void add_steps(struct buffer *buffer, const struct preview *preview) {
    const struct pipeline *pipeline = preview->pipeline;
    buffer_add_byte(buffer, '\n');
    size_t documents = pipeline->documents.count;
    size_t steps = pipeline->steps.count == 0 ? pipeline->jobs : pipeline->steps.count;
    struct text words = text_format(buffer->arena, "Steps: %zu", steps);
    if (pipeline->jobs != steps) words = text_format(buffer->arena, "%.*s, %zu jobs", TEXT_ARG(words), pipeline->jobs);
    if (documents > 1) words = text_format(buffer->arena, "%.*s in %zu uploads", TEXT_ARG(words), documents);
    add_heading(buffer, preview, words);
    bool lists = !pipeline->is_overfull && (preview->is_whole || pipeline->jobs <= PREVIEW_WHOLE_UP_TO);
    for (size_t i = 0; lists && i < pipeline->steps.count; i++)
        add_step(buffer, preview, pipeline->steps.items[i]);
    if (pipeline->steps.count == 0)
        buffer_add_string(buffer, "  one skipped step that says there is nothing to build\n");
    if (pipeline->is_overfull)
        buffer_format(buffer, "  up to %zu images share a step: a build has at most %d jobs\n", pipeline->bundled,
                      SPLIT_JOBS_OF_BUILD);
}

/* How many images are not built for each reason. */
static struct map count_sentences(struct arena *arena, const struct plan *plan) {
    struct map counts = {0};
    for (size_t i = 0; i < plan->images.count; i++) {
        const struct plan_image *planned = plan->images.items[i];
        if (planned->is_built) continue;
        struct text sentence = plan_image_sentence(arena, plan, planned);
        struct reason_count *count = map_find(&counts, sentence);
        if (count == NULL) {
            count = arena_alloc(arena, sizeof(*count));
            map_set(arena, &counts, sentence, count);
        }
        count->count++;
    }
    return counts;
}

/* As what is left out: one line each, but one for all where more than three have one reason. */
static void add_unbuilt(struct buffer *buffer, const struct preview *preview) {
    const struct plan *plan = preview->plan;
    size_t unbuilt = plan->images.count - plan->built;
    struct map counts = count_sentences(buffer->arena, plan);
    if (unbuilt == 0) return;
    buffer_add_byte(buffer, '\n');
    add_heading(buffer, preview,
                text_format(buffer->arena, "Not built: %zu image%s", unbuilt, unbuilt == 1 ? "" : "s"));
    for (size_t i = 0; i < plan->images.count; i++) {
        const struct plan_image *planned = plan->images.items[i];
        if (planned->is_built) continue;
        struct text sentence = plan_image_sentence(buffer->arena, plan, planned), name = planned->image->name;
        struct reason_count *count = map_find(&counts, sentence);
        bool is_grouped = !preview->is_whole && count->count > 3;
        if (is_grouped && count->shown) continue;
        count->shown = true;
        if (is_grouped) name = text_format(buffer->arena, "%.*s and %zu more", TEXT_ARG(name), count->count - 1);
        add_left_out_line(buffer, preview, name, sentence);
    }
}

static void add_gone(struct buffer *buffer, const struct preview *preview) {
    const struct texts *gone = &preview->plan->gone;
    if (gone->count == 0) return;
    buffer_add_byte(buffer, '\n');
    add_heading(buffer, preview,
                text_format(buffer->arena, "No more: %zu image%s", gone->count, gone->count == 1 ? "" : "s"));
    for (size_t i = 0; i < gone->count; i++) {
        struct text name = text_printable(buffer->arena, gone->items[i]);
        buffer_format(buffer, "  %.*s\n", TEXT_ARG(name));
    }
}

static size_t count_broken(const struct plan *plan) {
    size_t broken = 0;
    for (size_t i = 0; i < plan->images.count; i++) {
        const struct plan_image *planned = plan->images.items[i];
        broken += planned->is_built && plan_image_is_broken(planned);
    }
    return broken;
}

static void add_end(struct buffer *buffer, const struct preview *preview) {
    size_t broken = count_broken(preview->plan);
    buffer_add_byte(buffer, '\n');
    if (broken > 0)
        buffer_format(buffer, "%s%zu of %zu images cannot be built.%s\n", paint(preview, RED), broken,
                      preview->plan->built, paint(preview, PLAIN));
    if (preview->has_untracked)
        buffer_add_string(buffer, "Files that git does not track are counted in; CI will not have them.\n");
    buffer_add_string(buffer, "Nothing was uploaded. 'depot-pipeline generate' prints the pipeline.\n");
}

void preview_write(struct buffer *buffer, const struct preview *preview) {
    add_title(buffer, preview);
    add_base(buffer, preview);
    add_images(buffer, preview);
    add_unbuilt(buffer, preview);
    add_gone(buffer, preview);
    add_left_out(buffer, preview);
    add_steps(buffer, preview);
    add_end(buffer, preview);
}
