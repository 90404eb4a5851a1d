#include "report/preview.h"

#include "pipeline/split.h"
#include "report/wrap.h"

#define LABEL_COLUMN 16

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
    buffer_format(&title, "%.*s: %zu image%s", TEXT_ARG(preview->plan->workspace->name), count, count == 1 ? "" : "s");
    if (text_is_given(event->pull_request)) buffer_format(&title, ", pull request %.*s", TEXT_ARG(event->pull_request));
    if (text_is_given(event->tag)) buffer_format(&title, ", tag %.*s", TEXT_ARG(event->tag));
    if (text_is_given(event->branch)) buffer_format(&title, ", branch %.*s", TEXT_ARG(event->branch));
    if (text_is_given(event->commit)) {
        struct text commit = short_commit(event->commit);
        buffer_format(&title, ", commit %.*s", TEXT_ARG(commit));
    }
    add_heading(buffer, preview, text_printable(buffer->arena, buffer_text(&title)));
}

/* "services/api/Dockerfile:1", with the service that declares it. */
static struct text describe_dockerfile(struct arena *arena, const struct image *image) {
    struct buffer words = buffer_in(arena);
    if (text_is_given(image->dockerfile)) {
        buffer_add(&words, image->dockerfile);
        if (image->services.count == 0 && image->place.line > 0) buffer_format(&words, ":%u", image->place.line);
    } else if (image->services.count > 0) {
        buffer_add_string(&words, "in the compose file");
    }
    for (size_t i = 0; i < image->services.count; i++) {
        const struct image_service *service = image->services.items[i];
        const char *before = i > 0 ? ", " : words.len > 0 ? ", service " : "service ";
        buffer_format(&words, "%s%.*s (%.*s:%u)", before, TEXT_ARG(service->name),
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

static void add_destinations(struct buffer *buffer, const struct preview *preview, const struct plan_image *planned) {
    if (!planned->is_published) add_field(buffer, preview, "not pushed", planned->reason);
    for (size_t i = 0; i < planned->destinations.count; i++)
        add_field(buffer, preview, i == 0 ? "pushed to" : "",
                  value_spelling(buffer->arena, planned->destinations.items[i]));
    for (size_t i = 0; i < planned->notes.count; i++)
        add_field(buffer, preview, "note", planned->notes.items[i]);
}

static void add_problems(struct buffer *buffer, const struct preview *preview, const struct diagnostics *problems) {
    for (size_t i = 0; i < problems->list.count; i++) {
        const struct diagnostic *problem = problems->list.items[i];
        if (problem->severity != DIAG_ERROR) continue;
        struct text where = problem->place.source == NULL ? TEXT("") : problem->place.source->path;
        add_field(buffer, preview, "broken",
                  text_format(buffer->arena, "%.*s:%u: %.*s", TEXT_ARG(where), problem->place.line,
                              TEXT_ARG(problem->message)));
    }
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
    add_field(buffer, preview, "Dockerfile", describe_dockerfile(buffer->arena, image));
    add_field(buffer, preview, "context",
              text_format(buffer->arena, "%.*s (%.*s)", TEXT_ARG(image->context), TEXT_ARG(image->context_reason)));
    if (text_is_given(image->target)) add_field(buffer, preview, "target", image->target);
    add_field(buffer, preview, "platforms", describe_platforms(buffer->arena, image));
    add_field(buffer, preview, "project", describe_project(buffer->arena, preview, &image->project));
    add_arguments(buffer, preview, planned);
    add_destinations(buffer, preview, planned);
}

/* One line a reason; paths that share it below, as many as help. */
static void add_left_out(struct buffer *buffer, const struct preview *preview) {
    const struct list *left_out = &preview->plan->workspace->left_out;
    if (left_out->count == 0) return;
    buffer_add_byte(buffer, '\n');
    add_heading(buffer, preview,
                text_format(buffer->arena, "Left out: %zu container file%s or service%s", left_out->count,
                            left_out->count == 1 ? "" : "s", left_out->count == 1 ? "" : "s"));
    for (size_t i = 0; i < left_out->count; i++) {
        const struct left_out *one = left_out->items[i];
        struct text path = text_printable(buffer->arena, one->path);
        size_t width = text_width(path);
        buffer_format(buffer, "  %.*s%s", TEXT_ARG(path), width < 36 ? "" : "\n");
        buffer_add_repeated(buffer, ' ', width < 36 ? 36 - width : 38);
        wrap_add(buffer, text_printable(buffer->arena, one->reason), 38, 38, preview->width);
    }
    buffer_add_string(buffer, "  Bring one back with 'discovery: include:' in " SETTINGS_PATH "\n");
}

static void add_steps(struct buffer *buffer, const struct preview *preview) {
    const struct pipeline *pipeline = preview->pipeline;
    buffer_add_byte(buffer, '\n');
    size_t documents = pipeline->documents.count;
    add_heading(buffer, preview,
                documents == 1 ? text_format(buffer->arena, "Steps: %zu", pipeline->jobs)
                               : text_format(buffer->arena, "Steps: %zu in %zu uploads", pipeline->jobs, documents));
    if (preview->keys->count == 0)
        buffer_add_string(buffer, "  one skipped step that says there is nothing to build\n");
    for (size_t i = 0; pipeline->bundled <= 1 && i < preview->keys->count; i++) {
        const struct plan_image *planned = preview->plan->images.items[i];
        buffer_format(buffer, "  %.*s%s\n", TEXT_ARG(preview->keys->items[i]),
                      plan_image_is_broken(planned) ? "  (red: prints what is wrong)" : "");
    }
    if (pipeline->bundled > 1)
        buffer_format(buffer, "  up to %zu images share a step: a build has at most %d jobs\n", pipeline->bundled,
                      SPLIT_JOBS_OF_BUILD);
}

void preview_write(struct buffer *buffer, const struct preview *preview) {
    add_title(buffer, preview);
    for (size_t i = 0; i < preview->plan->images.count; i++)
        add_image(buffer, preview, i);
    add_left_out(buffer, preview);
    add_steps(buffer, preview);
    buffer_add_string(buffer, "\nNothing was uploaded. 'depot-pipeline generate' prints the pipeline.\n");
}
