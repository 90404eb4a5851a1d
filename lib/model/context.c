#include "model/context.h"

#include "base/path.h"
#include "docker/hints.h"
#include "format/wildcard.h"

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

static struct path_question *ask(struct asker *asker, struct text candidate, struct text name, bool has_wildcard) {
    struct text path = path_join(asker->arena, candidate, name);
    struct path_question *question = map_find(&asker->by_path, path);
    if (question != NULL) return question;
    question = arena_alloc(asker->arena, sizeof(*question));
    *question = (struct path_question){.path = path, .has_wildcard = has_wildcard};
    map_set(asker->arena, &asker->by_path, path, question);
    list_add(asker->arena, &asker->questions, question);
    return question;
}

/* What is found of the evidence at one candidate; the first call for it asks, a later one has the answers. */
struct evidence {
    size_t sources; /* of COPY, ADD and bind mounts that name something */
    size_t found;
    size_t hints; /* of hints.h, weaker */
};

static struct evidence look(struct asker *asker, const struct context_guess *guess, struct text candidate) {
    struct evidence evidence = {0};
    const struct build_facts *facts = guess->image->facts;
    const struct list *hints = &guess->reading.hints;
    for (size_t i = 0; facts != NULL && i < facts->inputs.count && i < SOURCE_LIMIT; i++) {
        const struct build_input *input = facts->inputs.items[i];
        if (!is_source(input)) continue;
        evidence.sources++;
        evidence.found += ask(asker, candidate, input->path, input->has_wildcard)->found;
    }
    for (size_t i = 0; i < hints->count; i++) {
        const struct hint *hint = hints->items[i];
        bool found = ask(asker, candidate, hint->path, false)->found;
        if (text_is_given(hint->parent)) found |= ask(asker, candidate, hint->parent, false)->found;
        evidence.hints += found;
    }
    return evidence;
}

/* Every candidate, the deepest first. */
static struct evidence look_everywhere(struct asker *asker, const struct context_guess *guess, struct text *best) {
    struct text candidate = first_candidate(guess->image->dockerfile);
    struct evidence most = {0};
    *best = candidate;
    for (;;) {
        struct evidence here = look(asker, guess, candidate);
        most.sources = here.sources;
        if (here.found > most.found || (most.found == 0 && here.found == 0 && here.hints > most.hints)) {
            most = here;
            *best = candidate;
        }
        if (text_is(candidate, ".")) return most;
        candidate = path_parent(candidate);
    }
}

static void decide(struct asker *asker, const struct context_guess *guess) {
    struct image *image = guess->image;
    struct text best;
    struct evidence most = look_everywhere(asker, guess, &best);
    image->context = best;
    image->context_origin = most.found > 0 || most.hints > 0 ? CONTEXT_SOURCES : CONTEXT_OWN;
    if (most.found > 0) {
        image->context_reason = text_format(asker->arena, "%zu of %zu source%s exist%s there", most.found, most.sources,
                                            most.sources == 1 ? "" : "s", most.sources == 1 ? "s" : "");
    } else if (most.hints > 0) {
        image->context_reason = TEXT("it is copied whole, and what is done with it fits there");
    } else if (most.sources > 0) {
        image->context_reason = TEXT("its own directory; its sources are not in the repository");
    } else {
        image->context_reason = TEXT("its own directory");
    }
}

/* What is asked for is found by whoever comes from below: of a pattern, the directories before it. */
static void note_evidence(const struct asker *asker, struct map *out) {
    for (size_t i = 0; i < asker->questions.count; i++) {
        const struct path_question *question = asker->questions.items[i];
        struct text path = question->path;
        while (question->has_wildcard && wildcard_is_pattern(path))
            path = path_parent(path);
        map_set(asker->arena, out, path, (void *)question);
    }
}

bool context_infer(struct arena *arena, struct paths *paths, const struct list *guesses,
                   struct diagnostics *diagnostics, struct map *evidence) {
    struct asker asker = {.arena = arena};
    struct text ignored;
    for (size_t i = 0; i < guesses->count; i++)
        look_everywhere(&asker, guesses->items[i], &ignored); /* asks */
    if (asker.questions.count > 0 && !paths_answer(paths, &asker.questions, diagnostics)) return false;
    note_evidence(&asker, evidence);
    for (size_t i = 0; i < guesses->count; i++)
        decide(&asker, guesses->items[i]);
    return true;
}
