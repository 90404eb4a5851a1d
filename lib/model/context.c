#include "model/context.h"

#include "base/path.h"

/* Sources beyond this many say nothing new about where they are. */
#define SOURCE_LIMIT 64

struct asker {
    struct arena *arena;
    struct map by_path; /* path → struct path_question *: many images ask the same */
    struct list questions;
};

/* Where the search begins: the Dockerfile's directory, or the module above …/src/main/docker. */
static struct text first_candidate(struct text dockerfile) {
    struct text own = path_parent(dockerfile);
    static const char convention[] = "/src/main/docker";
    if (text_ends(own, convention)) return text_first(own, own.len - (sizeof(convention) - 1));
    return text_is(own, convention + 1) ? TEXT(".") : own;
}

static bool is_source(const struct build_input *input) {
    return !text_is(input->path, ".");
}

static struct path_question *ask(struct asker *asker, struct text candidate, const struct build_input *input) {
    struct text path = path_join(asker->arena, candidate, input->path);
    struct path_question *question = map_find(&asker->by_path, path);
    if (question != NULL) return question;
    question = arena_alloc(asker->arena, sizeof(*question));
    *question = (struct path_question){.path = path, .has_wildcard = input->has_wildcard};
    map_set(asker->arena, &asker->by_path, path, question);
    list_add(asker->arena, &asker->questions, question);
    return question;
}

/* For every candidate, the deepest first. */
static void ask_all(struct asker *asker, const struct context_guess *guess) {
    const struct list *inputs = &guess->reading.inputs;
    struct text candidate = first_candidate(guess->image->dockerfile);
    for (;;) {
        for (size_t i = 0; i < inputs->count && i < SOURCE_LIMIT; i++)
            if (is_source(inputs->items[i])) ask(asker, candidate, inputs->items[i]);
        if (text_is(candidate, ".")) return;
        candidate = path_parent(candidate);
    }
}

static size_t count_found(struct asker *asker, struct text candidate, const struct list *inputs) {
    size_t found = 0;
    for (size_t i = 0; i < inputs->count && i < SOURCE_LIMIT; i++)
        if (is_source(inputs->items[i])) found += ask(asker, candidate, inputs->items[i])->found;
    return found;
}

static size_t count_sources(const struct list *inputs) {
    size_t sources = 0;
    for (size_t i = 0; i < inputs->count && i < SOURCE_LIMIT; i++)
        sources += is_source(inputs->items[i]);
    return sources;
}

static void decide(struct asker *asker, const struct context_guess *guess) {
    struct image *image = guess->image;
    const struct list *inputs = &guess->reading.inputs;
    struct text candidate = first_candidate(image->dockerfile), best = candidate;
    size_t most = 0, sources = count_sources(inputs);
    for (;;) {
        size_t found = count_found(asker, candidate, inputs);
        if (found > most) {
            most = found;
            best = candidate;
        }
        if (text_is(candidate, ".")) break;
        candidate = path_parent(candidate);
    }
    image->context = best;
    image->context_origin = most > 0 ? CONTEXT_SOURCES : CONTEXT_OWN;
    if (most > 0) {
        image->context_reason = text_format(asker->arena, "%zu of %zu source%s exist%s there", most, sources,
                                            sources == 1 ? "" : "s", sources == 1 ? "s" : "");
    } else if (sources > 0) {
        image->context_reason = TEXT("its own directory; its sources are not in the repository");
    } else {
        image->context_reason = TEXT("its own directory");
    }
}

bool context_infer(struct arena *arena, struct paths *paths, const struct list *guesses,
                   struct diagnostics *diagnostics) {
    struct asker asker = {.arena = arena};
    for (size_t i = 0; i < guesses->count; i++)
        ask_all(&asker, guesses->items[i]);
    if (asker.questions.count > 0 && !paths_answer(paths, &asker.questions, diagnostics)) return false;
    for (size_t i = 0; i < guesses->count; i++)
        decide(&asker, guesses->items[i]);
    return true;
}
