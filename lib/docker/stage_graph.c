#include "docker/stage_graph.h"

#include "docker/mounts.h"
#include "docker/reference.h"

bool stage_graph_refuse(struct stage_graph *graph, struct place place, struct text message) {
    diag_add(graph->diagnostics, DIAG_ERROR, "dockerfile-build", place, "%.*s", TEXT_ARG(message));
    return false;
}

void stage_graph_widen(struct stage_graph *graph, struct place place, struct text reason) {
    graph->reading.is_guess = true;
    stage_graph_ask_for_all(graph, place, reason);
}

void stage_graph_ask_for_all(struct stage_graph *graph, struct place place, struct text reason) {
    if (graph->reading.whole_context) return;
    graph->reading.whole_context = true;
    graph->reading.reason = reason;
    graph->reading.reason_place = place;
}

static struct text shown(const struct stage_graph *graph, struct text text) {
    return text_printable(graph->arena, text_first(text, 80));
}

/* --- names --- */

/* How a look-up spells a name: the familiar reference without ":latest" (dockerui NamedContext). */
static struct text familiar(struct arena *arena, struct text name) {
    struct reference reference;
    const char *problem;
    if (!reference_parse(arena, name, &reference, &problem)) return name;
    struct text path = reference.repository;
    bool is_hub = text_is(reference.registry, "docker.io");
    bool is_official = is_hub && text_starts(path, "library/") && !text_has(text_from_offset(path, 8), '/');
    if (is_official) path = text_from_offset(path, 8);
    if (!is_hub) path = text_format(arena, "%.*s/%.*s", TEXT_ARG(reference.registry), TEXT_ARG(path));
    bool has_tag = text_is_given(reference.tag) && (!text_is(reference.tag, "latest") || reference.digest.len > 0);
    if (has_tag) path = text_format(arena, "%.*s:%.*s", TEXT_ARG(path), TEXT_ARG(reference.tag));
    if (text_is_given(reference.digest))
        path = text_format(arena, "%.*s@%.*s", TEXT_ARG(path), TEXT_ARG(reference.digest));
    return path;
}

bool stage_graph_has_context(const struct stage_graph *graph, struct text name, struct text platform) {
    if (graph->contexts.count == 0 || text_equal_ignoring_case(name, TEXT("scratch")) ||
        text_equal_ignoring_case(name, TEXT("context")))
        return false;
    struct text key = familiar(graph->arena, name);
    if (map_has(&graph->contexts, key)) return true;
    return text_is_given(platform) &&
           map_has(&graph->contexts, text_format(graph->arena, "%.*s::%.*s", TEXT_ARG(key), TEXT_ARG(platform)));
}

/* Spells the names of the choice as look-ups do; "name::os/arch" keeps its platform. */
void stage_graph_add_contexts(struct stage_graph *graph) {
    const struct map *contexts = &graph->choice->contexts;
    for (size_t i = 0; i < contexts->count; i++) {
        struct text key = contexts->entries[i].key, suffix = TEXT("");
        for (size_t at = 0; at + 1 < key.len; at++)
            if (key.ptr[at] == ':' && key.ptr[at + 1] == ':') {
                suffix = text_from_offset(key, at);
                key = text_first(key, at);
            }
        key = text_concat(graph->arena, familiar(graph->arena, key), suffix);
        map_set(graph->arena, &graph->contexts, key, graph);
    }
}

struct stage_state *stage_graph_find(const struct stage_graph *graph, struct text name) {
    return map_find(&graph->names, text_lower(graph->arena, name));
}

/* strconv.Atoi, for numbers that could be an index. */
static bool read_index(struct text text, long *out) {
    bool is_negative = text_starts(text, "-");
    if (is_negative || text_starts(text, "+")) text = text_from_offset(text, 1);
    if (text.len == 0 || text.len > 18) return false;
    long value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
        value = value * 10 + (text.ptr[i] - '0');
    }
    *out = is_negative ? -value : value;
    return true;
}

struct stage_state *stage_graph_source(const struct stage_graph *graph, struct text value) {
    long index;
    if (!read_index(value, &index)) return stage_graph_find(graph, value);
    return index >= 0 && (size_t)index < graph->count ? &graph->states[index] : NULL;
}

/* --- links --- */

static void add_link(struct stage_graph *graph, struct stage_state *state, struct stage_state *to) {
    if (to != NULL) {
        list_add(graph->arena, &state->links, to);
    } else {
        graph->strangers++;
    }
}

/* An image that a stage copies or mounts from must at least be a reference. */
static bool check_image(struct stage_graph *graph, struct place place, struct text name) {
    struct reference reference;
    const char *problem;
    if (text_is(name, "scratch") || reference_parse(graph->arena, name, &reference, &problem)) return true;
    return stage_graph_refuse(
        graph, place,
        text_format(graph->arena, "failed to parse stage name \"%.*s\": %s", TEXT_ARG(shown(graph, name)), problem));
}

static bool link_copy(struct stage_graph *graph, struct stage_state *state, const struct instruction *copy) {
    struct text from = instruction_flag(copy, "from");
    long index;
    if (from.len == 0) return true;
    struct expand_result expanded = expand_word(graph->arena, from, graph->dockerfile->escape, expand_nothing());
    if (expanded.failure != EXPAND_FINE || !text_equal(expanded.text, from))
        return stage_graph_refuse(
            graph, copy->place,
            text_format(graph->arena,
                        "variable expansion is not supported for --from, define a new stage with FROM using "
                        "ARG from global scope as a workaround"));
    struct stage_state *to = stage_graph_source(graph, from);
    if (to == NULL && read_index(from, &index)) {
        /* BuildKit appends each image that is copied from to its stages, so such an index may hit one. */
        if (index < 0 || (size_t)index >= graph->count + graph->strangers)
            return stage_graph_refuse(graph, copy->place, text_format(graph->arena, "invalid stage index %ld", index));
    } else if (to == NULL && !check_image(graph, copy->place, from)) {
        return false;
    }
    add_link(graph, state, to);
    return true;
}

static bool link_mounts(struct stage_graph *graph, struct stage_state *state, const struct instruction *run) {
    for (size_t i = 0; i < run->flags.count; i++) {
        const struct flag *flag = run->flags.items[i];
        struct text from, problem;
        if (!text_is(flag->name, "mount") || !mounts_check(graph->arena, flag->value, &from, &problem)) continue;
        if (!text_is_given(from)) from = TEXT("scratch");
        struct stage_state *to = stage_graph_find(graph, from);
        if (to == NULL && !check_image(graph, run->place, from)) return false;
        add_link(graph, state, to);
    }
    return true;
}

static bool link_instruction(struct stage_graph *graph, struct stage_state *state,
                             const struct instruction *instruction) {
    if (instruction->kind == INSTRUCTION_COPY) return link_copy(graph, state, instruction);
    return instruction->kind != INSTRUCTION_RUN || link_mounts(graph, state, instruction);
}

static bool link_stage(struct stage_graph *graph, struct stage_state *state) {
    const struct list *instructions = &state->reading.stage->instructions;
    for (size_t i = 0; i < instructions->count; i++)
        if (!link_instruction(graph, state, instructions->items[i])) return false;
    return true;
}

/* --- cycles --- */

/*
 * Depth first with an explicit stack, since a file may chain stages by the thousand. A link
 * to a stage that is still open closes a circle.
 */
static bool check_cycles_from(struct stage_graph *graph, struct stage_state *first) {
    struct list stack = {0};
    list_add(graph->arena, &stack, first);
    first->visit = STAGE_OPEN;
    while (stack.count > 0) {
        struct stage_state *state = stack.items[stack.count - 1];
        if (state->next_link == state->links.count) {
            state->visit = STAGE_DONE;
            stack.count--;
            continue;
        }
        struct stage_state *to = state->links.items[state->next_link++];
        if (to->visit == STAGE_OPEN) {
            struct text name = to->reading.stage->name;
            if (name.len == 0) name = text_format(graph->arena, "stage-%zu", to->reading.stage->index);
            return stage_graph_refuse(
                graph, to->reading.stage->place,
                text_format(graph->arena, "circular dependency detected on stage: %.*s", TEXT_ARG(shown(graph, name))));
        }
        if (to->visit == STAGE_DONE) continue;
        to->visit = STAGE_OPEN;
        list_add(graph->arena, &stack, to);
    }
    return true;
}

static bool check_cycles(struct stage_graph *graph) {
    for (size_t i = 0; i < graph->count; i++)
        if (graph->states[i].visit == STAGE_NEW && !check_cycles_from(graph, &graph->states[i])) return false;
    return true;
}

/* --- reach --- */

/* What the base's ONBUILDs do to a stage; what is wrong with them is refused only now. */
static bool add_triggers(struct stage_graph *graph, struct stage_state *state) {
    if (state->base == NULL) return true;
    const struct list *instructions = &state->base->reading.stage->instructions;
    for (size_t i = 0; i < instructions->count; i++) {
        const struct instruction *instruction = instructions->items[i];
        if (instruction->kind != INSTRUCTION_ONBUILD) continue;
        if (instruction->onbuild == NULL) return stage_graph_refuse(graph, instruction->place, instruction->problem);
        if (graph->triggers++ >= STAGES_TRIGGER_LIMIT) {
            stage_graph_widen(graph, instruction->place, TEXT("there are too many ONBUILDs to follow"));
            return true;
        }
        list_add(graph->arena, &state->triggers, (void *)instruction->onbuild);
        if (!link_instruction(graph, state, instruction->onbuild)) return false;
    }
    return true;
}

static void reach(struct stage_graph *graph, struct list *waiting, struct stage_state *state) {
    if (state == NULL || state->reading.reachable) return;
    state->reading.reachable = true;
    list_add(graph->arena, waiting, state);
}

static bool mark_reachable(struct stage_graph *graph) {
    struct list waiting = {0};
    reach(graph, &waiting, &graph->states[graph->reading.target]);
    while (waiting.count > 0) {
        struct stage_state *state = waiting.items[--waiting.count];
        if (!add_triggers(graph, state)) return false;
        reach(graph, &waiting, state->base);
        for (size_t i = 0; i < state->links.count; i++)
            reach(graph, &waiting, state->links.items[i]);
    }
    return true;
}

/* The base of a stage must be a reference too, whether it is reached or not. */
static bool check_bases(struct stage_graph *graph) {
    for (size_t i = 0; i < graph->count; i++) {
        const struct stage_state *state = &graph->states[i];
        if (state->base != NULL || state->blank) continue;
        if (!check_image(graph, state->reading.stage->place, state->reading.base_expanded)) return false;
    }
    return true;
}

bool stage_graph_link(struct stage_graph *graph) {
    for (size_t i = 0; i < graph->count; i++)
        if (!link_stage(graph, &graph->states[i])) return false;
    return check_cycles(graph) && check_bases(graph) && mark_reachable(graph);
}
