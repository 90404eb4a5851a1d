#include "model/review.h"

#include "base/path.h"
#include "docker/lint.h"
#include "model/directory_sizes.h"

/* A source of a Dockerfile, and the question whether it is in the repository. */
struct asked {
    const struct build_input *input;
    const struct image *image;
    struct path_question question;
};

/* A context above the limit, and where the first build asks for all of it. */
struct large {
    const struct context_size *size;
    struct place place;
    size_t count; /* images that do */
};

struct reviewer {
    struct arena *arena;
    const struct review_request *request;
    struct diagnostics *diagnostics;
    struct list asked;     /* of struct asked */
    struct list questions; /* of struct path_question: those of `asked` */
    struct list contexts;  /* of struct image_context, as request->images */
    struct list large;     /* of struct large */
};

/* --- sources --- */

static void ask(struct reviewer *reviewer, const struct image *image, const struct build_reading *reading) {
    for (size_t i = 0; i < reading->inputs.count; i++) {
        const struct build_input *input = reading->inputs.items[i];
        if (text_is(input->path, ".") || input->has_wildcard) continue; /* a pattern may match nothing */
        struct asked *asked = arena_alloc(reviewer->arena, sizeof(*asked));
        *asked = (struct asked){.input = input, .image = image};
        asked->question = (struct path_question){.path = path_join(reviewer->arena, image->context, input->path),
                                                 .has_wildcard = input->has_wildcard};
        list_add(reviewer->arena, &reviewer->asked, asked);
        list_add(reviewer->arena, &reviewer->questions, &asked->question);
    }
}

static void report_missing(struct reviewer *reviewer) {
    for (size_t i = 0; i < reviewer->asked.count; i++) {
        const struct asked *asked = reviewer->asked.items[i];
        struct text path = text_printable(reviewer->arena, text_first(asked->input->path, 80));
        if (asked->question.found) continue;
        diag_add(reviewer->diagnostics, DIAG_WARNING, "missing-source", asked->input->place,
                 "'%.*s' is not in the context '%.*s', as far as git knows", TEXT_ARG(path),
                 TEXT_ARG(asked->image->context));
    }
}

/* --- contexts --- */

static uint64_t limit_of(const struct image *image) {
    uint64_t limit = REVIEW_CONTEXT_LIMIT;
    if (image->settings->build.context_limit.node != NULL)
        (void)settings_size(image->settings->build.context_limit.text, &limit);
    return limit;
}

/* "vendor 12.0 MB, docs 1.2 MB" */
static struct text describe_largest(struct arena *arena, const struct context_size *size) {
    struct buffer words = buffer_in(arena);
    for (size_t i = 0; i < size->largest.count; i++) {
        const struct directory_size *directory = size->largest.items[i];
        struct text bytes = text_bytes(arena, directory->bytes);
        buffer_format(&words, "%s%.*s %.*s", i == 0 ? "" : ", ", TEXT_ARG(directory->path), TEXT_ARG(bytes));
    }
    return words.len == 0 ? TEXT("") : buffer_text(&words);
}

/* Only a build that asks for everything sends everything. Images with one context share one warning. */
static void note_size(struct reviewer *reviewer, const struct image *image, const struct build_reading *reading,
                      const struct context_size *size) {
    if (size == NULL || !reading->whole_context || size->bytes <= limit_of(image)) return;
    for (size_t i = 0; i < reviewer->large.count; i++) {
        struct large *large = reviewer->large.items[i];
        if (large->size != size) continue;
        large->count++;
        return;
    }
    struct large *large = arena_alloc(reviewer->arena, sizeof(*large));
    *large = (struct large){.size = size, .place = reading->reason_place, .count = 1};
    list_add(reviewer->arena, &reviewer->large, large);
}

static void report_sizes(struct reviewer *reviewer) {
    for (size_t i = 0; i < reviewer->large.count; i++) {
        const struct large *large = reviewer->large.items[i];
        const struct context_size *size = large->size;
        struct text bytes = text_bytes(reviewer->arena, size->bytes), others = TEXT("");
        struct text largest = text_printable(reviewer->arena, describe_largest(reviewer->arena, size));
        if (large->count > 1) others = text_format(reviewer->arena, " (%zu images do)", large->count);
        diag_add(reviewer->diagnostics, DIAG_WARNING, "large-context", large->place,
                 "the build asks for the whole context '%.*s'%.*s: %.*s in %zu files%s%.*s", TEXT_ARG(size->context),
                 TEXT_ARG(others), TEXT_ARG(bytes), size->files, largest.len == 0 ? "" : ", most of it in ",
                 TEXT_ARG(largest));
    }
}

/* --- all of an image --- */

static void review_image(struct reviewer *reviewer, const struct image *image, const struct image_context *context) {
    struct arena *arena = reviewer->arena;
    const struct source *source;
    const struct dockerfile *dockerfile;
    struct build_reading reading;
    struct build_choice choice = image_choice(arena, image);
    struct diagnostics known = diag_in(arena); /* the image has them already */
    choice.images_are_bare = choice.wants_commands = true;
    if (image_is_broken(image) || !text_is_given(image->dockerfile)) return;
    if (files_read(reviewer->request->files, arena, image->dockerfile, DOCKERFILE_SIZE_LIMIT, &source) != FILES_OK)
        return;
    if (!dockerfile_parse(arena, source, &known, &dockerfile)) return;
    if (!stages_read(arena, dockerfile, &choice, &known, &reading)) return;
    struct lint_request linted = {.dockerfile = dockerfile,
                                  .reading = &reading,
                                  .choice = &choice,
                                  .ignore = context->ignore.patterns,
                                  .regexes = reviewer->request->regexes};
    lint(arena, &linted, reviewer->diagnostics);
    if (!context->is_local) return;
    ask(reviewer, image, &reading);
    note_size(reviewer, image, &reading, context->size);
}

bool review(struct arena *arena, const struct review_request *request, struct diagnostics *diagnostics) {
    struct reviewer reviewer = {.arena = arena, .request = request, .diagnostics = diagnostics};
    if (!context_size_measure(arena, request->paths, request->files, request->regexes, request->images, diagnostics,
                              &reviewer.contexts))
        return false;
    for (size_t i = 0; i < request->images->count; i++)
        review_image(&reviewer, request->images->items[i], reviewer.contexts.items[i]);
    if (!paths_answer(request->paths, &reviewer.questions, diagnostics)) return false;
    report_missing(&reviewer);
    report_sizes(&reviewer);
    return true;
}
