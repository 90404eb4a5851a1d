#include "docker/stages.h"

#include "base/typo.h"
#include "docker/directive.h"
#include "docker/platform.h"
#include "docker/reference.h"
#include "docker/stage_graph.h"
#include "docker/stage_inputs.h"

static struct text shown(const struct stage_graph *graph, struct text text) {
    return text_printable(graph->arena, text_first(text, 80));
}

static struct expand_result expand_global(const struct stage_graph *graph, struct text text) {
    return expand_word(graph->arena, text, graph->dockerfile->escape, scope_expand(&graph->globals));
}

static bool is_known(const struct expand_result *expanded) {
    return expanded->failure == EXPAND_FINE && !expanded->unknown;
}

/* Refused whatever the values are, or by those that are given where no others are thought of. */
static bool is_refused(const struct stage_graph *graph, const struct expand_result *expanded) {
    if (expanded->failure == EXPAND_REQUIRED) return graph->choice->images_are_bare && !expanded->unknown;
    return expanded->failure == EXPAND_SYNTAX;
}

/* --- the ARGs before the first FROM --- */

/* Each sees those above it; one that has no value and is given none stays unset. */
static bool read_global(struct stage_graph *graph, const struct instruction *arg, const struct pair *pair) {
    struct text value;
    enum expand_state state = scope_argument(graph->choice, pair->name, &value);
    if (state == EXPAND_UNSET && text_is_given(pair->value)) {
        struct expand_result expanded = expand_global(graph, pair->value);
        if (expanded.failure == EXPAND_SYNTAX) return stage_graph_refuse(graph, arg->place, text_from(expanded.error));
        state = is_known(&expanded) ? EXPAND_SET : EXPAND_UNKNOWN;
        value = expanded.text;
    }
    if (state == EXPAND_UNKNOWN) value = (struct text){0};
    if (state != EXPAND_UNSET) scope_set_argument(&graph->globals, pair->name, value);
    return true;
}

static struct text target_name(const struct stage_graph *graph) {
    if (graph->choice->target.len > 0) return graph->choice->target;
    return ((const struct stage *)graph->dockerfile->stages.items[graph->count - 1])->name;
}

static bool read_globals(struct stage_graph *graph) {
    graph->globals = (struct scope){.arena = graph->arena, .work = &graph->work};
    scope_set_predefined(&graph->globals, graph->choice, target_name(graph));
    const struct list *arguments = &graph->dockerfile->arguments;
    for (size_t i = 0; i < arguments->count; i++) {
        const struct instruction *arg = arguments->items[i];
        for (size_t j = 0; j < arg->pairs.count; j++)
            if (!read_global(graph, arg, arg->pairs.items[j])) return false;
    }
    return true;
}

/* --- FROM --- */

/* Blank, or no reference because a name in it was not set: `node:${VERSION}`. */
static bool lacks_argument(const struct stage_graph *graph, const struct expand_result *base) {
    struct reference reference;
    const char *problem;
    if (base->text.len == 0) return true;
    return base->unset && !reference_parse(graph->arena, base->text, &reference, &problem);
}

static bool read_base(struct stage_graph *graph, struct stage_state *state) {
    const struct stage *stage = state->reading.stage;
    struct expand_result base = expand_global(graph, stage->base);
    if (is_refused(graph, &base)) return stage_graph_refuse(graph, stage->place, text_from(base.error));
    bool is_lacking = is_known(&base) && lacks_argument(graph, &base);
    state->blank = !is_known(&base) || is_lacking;
    if (is_known(&base)) state->reading.base_expanded = base.text;
    if (is_lacking)
        diag_add(graph->diagnostics, DIAG_WARNING, "blank-base", stage->place,
                 "base name (%.*s) should not be blank: it needs a build argument",
                 TEXT_ARG(shown(graph, stage->base)));
    return true;
}

static bool read_platform(struct stage_graph *graph, struct stage_state *state) {
    const struct stage *stage = state->reading.stage;
    struct platform platform;
    if (!text_is_given(stage->platform)) return true;
    struct expand_result expanded = expand_global(graph, stage->platform);
    if (is_refused(graph, &expanded)) return stage_graph_refuse(graph, stage->place, text_from(expanded.error));
    if (!is_known(&expanded)) return true;
    bool is_platform = platform_parse(graph->arena, expanded.text, &platform);
    if (expanded.text.len == 0 || (expanded.unset && !is_platform)) {
        diag_add(graph->diagnostics, DIAG_WARNING, "blank-platform", stage->place, "%s %.*s: it needs a build argument",
                 expanded.text.len == 0 ? "empty platform value from expression" : "failed to parse platform",
                 TEXT_ARG(shown(graph, stage->platform)));
    } else if (is_platform) {
        state->reading.platform_expanded = platform_format(graph->arena, &platform);
    } else {
        return stage_graph_refuse(
            graph, stage->place,
            text_format(graph->arena, "failed to parse platform %.*s", TEXT_ARG(shown(graph, stage->platform))));
    }
    return true;
}

/* The platform that named contexts are looked up with. */
static struct text context_platform(const struct stage_graph *graph, const struct stage_state *state) {
    struct text chosen = graph->choice->platform.len > 0 ? graph->choice->platform : TEXT("linux/amd64");
    struct platform platform;
    if (graph->contexts.count == 0) return (struct text){0}; /* nothing will be looked up with it */
    if (text_is_given(state->reading.platform_expanded)) return state->reading.platform_expanded;
    if (!platform_parse(graph->arena, chosen, &platform)) return (struct text){0};
    return platform_format(graph->arena, &platform);
}

/* BuildKit looks each stage's name up among the named contexts, and refuses one that is no reference. */
static bool check_name(struct stage_graph *graph, struct stage_state *state) {
    const struct stage *stage = state->reading.stage;
    struct reference reference;
    const char *problem;
    if (stage->name.len == 0 || text_is(stage->name, "scratch") || text_is(stage->name, "context")) return true;
    if (!reference_parse(graph->arena, stage->name, &reference, &problem))
        return stage_graph_refuse(
            graph, stage->place,
            text_format(graph->arena, "invalid context name %.*s: %s", TEXT_ARG(shown(graph, stage->name)), problem));
    state->reading.is_replaced = stage_graph_has_context(graph, stage->name, context_platform(graph, state));
    return true;
}

/* A base is an earlier stage only when it is spelled exactly like its lower-cased name. */
static bool read_stage(struct stage_graph *graph, size_t index) {
    struct stage_state *state = &graph->states[index];
    state->reading.stage = graph->dockerfile->stages.items[index];
    if (!read_base(graph, state) || !read_platform(graph, state) || !check_name(graph, state)) return false;
    if (!state->blank && !state->reading.is_replaced) {
        state->base = map_find(&graph->names, state->reading.base_expanded);
        if (state->base != NULL) state->reading.from = state->base->reading.stage;
    }
    struct text name = state->reading.stage->name;
    if (name.len > 0) map_set(graph->arena, &graph->names, name, state);
    return true;
}

static bool read_stages(struct stage_graph *graph) {
    for (size_t i = 0; i < graph->count; i++)
        if (!read_stage(graph, i)) return false;
    return true;
}

/* --- the target --- */

static bool refuse_target(struct stage_graph *graph) {
    struct texts names = {0};
    for (size_t i = 0; i < graph->names.count; i++)
        texts_add(graph->arena, &names, graph->names.entries[i].key);
    struct text nearest = typo_nearest(graph->choice->target, &names), hint = TEXT("");
    if (text_is_given(nearest)) hint = text_format(graph->arena, " (did you mean %.*s?)", TEXT_ARG(nearest));
    return stage_graph_refuse(graph, source_whole(graph->dockerfile->source),
                              text_format(graph->arena, "target stage \"%.*s\" could not be found%.*s",
                                          TEXT_ARG(shown(graph, graph->choice->target)), TEXT_ARG(hint)));
}

static bool find_target(struct stage_graph *graph) {
    graph->reading.target = graph->count - 1;
    if (graph->choice->target.len == 0) return true;
    const struct stage_state *state = stage_graph_find(graph, graph->choice->target);
    if (state == NULL) return refuse_target(graph);
    graph->reading.target = state->reading.stage->index;
    return true;
}

/* --- inputs --- */

static bool builds_for_windows(const struct stage_graph *graph, const struct stage_state *state) {
    struct text platform = state->reading.platform_expanded;
    return text_starts(text_is_given(platform) ? platform : graph->choice->platform, "windows");
}

/* BuildKit gives a stage without a PATH one that depends on the platform; on Windows there is none. */
static struct text default_path(const struct stage_graph *graph) {
    if (!graph->choice->images_are_bare) return (struct text){0};
    return TEXT("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
}

/* What a stage starts with, and which image that is. */
static void begin_stage(struct stage_graph *graph, struct stage_state *state) {
    const struct stage *stage = state->reading.stage;
    struct text base = state->reading.base_expanded;
    bool is_scratch = !state->blank && text_is(base, "scratch");
    state->scope = (struct scope){.arena = graph->arena, .work = &graph->work};
    if (state->reading.is_replaced) {
        state->scope.has_image = true; /* whatever the named context is */
        return;
    }
    if (state->base != NULL) {
        state->scope.parent = &state->base->scope;
        state->workdir = state->base->workdir;
        return;
    }
    if (is_scratch) state->workdir = TEXT("/"); /* an image may have any */
    bool is_bare = is_scratch || graph->choice->images_are_bare;
    state->scope.has_image = !is_bare;
    if (is_bare && !builds_for_windows(graph, state))
        scope_set_variable(&state->scope, TEXT("PATH"), default_path(graph));
    if (state->blank) {
        stage_graph_widen(graph, stage->place,
                          text_format(graph->arena, "FROM %.*s at line %u depends on a value that is not known here",
                                      TEXT_ARG(shown(graph, stage->base)), stage->place.line));
        stage_inputs_add_base(graph, stage->base, stage->place, true);
    } else if (!is_scratch && !stage_graph_has_context(graph, base, context_platform(graph, state))) {
        stage_inputs_add_base(graph, base, stage->place, false);
    }
}

static bool read_inputs(struct stage_graph *graph) {
    for (size_t i = 0; i < graph->count; i++) {
        struct stage_state *state = &graph->states[i];
        if (!state->reading.reachable) continue;
        begin_stage(graph, state);
        if (!state->reading.is_replaced && !stage_inputs_read(graph, state)) return false;
    }
    return true;
}

/*
 * What the target does not reach is no part of the build. Where its commands are wanted all the same, it is read
 * aside: nothing that it asks for, or that is wrong with it, counts.
 */
static void read_unreachable(struct stage_graph *graph) {
    const struct build_reading reading = graph->reading;
    struct diagnostics *diagnostics = graph->diagnostics, aside = diag_in(graph->arena);
    graph->diagnostics = &aside;
    for (size_t i = 0; i < graph->count; i++) {
        struct stage_state *state = &graph->states[i];
        if (state->reading.reachable) continue;
        graph->reading = (struct build_reading){0};
        graph->inputs = graph->bases = (struct map){0};
        begin_stage(graph, state);
        if (!state->reading.is_replaced) (void)stage_inputs_read(graph, state);
    }
    graph->reading = reading;
    graph->diagnostics = diagnostics;
}

/* --- all --- */

static void add_readings(struct stage_graph *graph) {
    for (size_t i = 0; i < graph->count; i++)
        list_add(graph->arena, &graph->reading.stages, &graph->states[i].reading);
}

/* A frontend that is not Docker's may mean anything by any line. */
static void read_foreign(struct stage_graph *graph, struct text frontend) {
    graph->reading.target = graph->count == 0 ? 0 : graph->count - 1;
    for (size_t i = 0; i < graph->count; i++)
        graph->states[i].reading =
            (struct stage_reading){.stage = graph->dockerfile->stages.items[i], .reachable = true};
    stage_graph_widen(
        graph, (struct place){.source = graph->dockerfile->source, .line = 1, .column = 1},
        text_format(graph->arena, "the frontend %.*s reads this file, not Docker's", TEXT_ARG(shown(graph, frontend))));
}

/* The frontend that reads the file: of the build argument BUILDKIT_SYNTAX, else of the file; absent when Docker's. */
static struct text foreign_frontend(const struct stage_graph *graph) {
    struct text syntax;
    enum expand_state state = scope_argument(graph->choice, TEXT("BUILDKIT_SYNTAX"), &syntax);
    /* a file in another frontend's language was not read in full, so it is trusted in no case */
    if (graph->dockerfile->is_foreign && state != EXPAND_UNKNOWN) return graph->dockerfile->syntax;
    if (state == EXPAND_UNKNOWN) return TEXT("of the build argument BUILDKIT_SYNTAX");
    if (state == EXPAND_UNSET) return (struct text){0};
    return directive_is_docker(graph->arena, syntax) ? (struct text){0} : syntax;
}

bool stages_read(struct arena *arena, const struct dockerfile *dockerfile, const struct build_choice *choice,
                 struct diagnostics *diagnostics, struct build_reading *out) {
    size_t count = dockerfile->stages.count;
    struct stage_graph *graph = arena_alloc(arena, sizeof(*graph));
    *graph = (struct stage_graph){.arena = arena,
                                  .dockerfile = dockerfile,
                                  .choice = choice,
                                  .diagnostics = diagnostics,
                                  .states = arena_array(arena, count, sizeof(struct stage_state)),
                                  .count = count,
                                  .work = EXPAND_WORK_LIMIT};
    struct text frontend = foreign_frontend(graph);
    if (text_is_given(frontend)) {
        read_foreign(graph, frontend);
    } else {
        stage_graph_add_contexts(graph);
        if (!read_globals(graph) || !read_stages(graph) || !find_target(graph) || !stage_graph_link(graph) ||
            !read_inputs(graph))
            return false;
        if (choice->wants_commands) read_unreachable(graph);
    }
    add_readings(graph);
    *out = graph->reading;
    return true;
}
