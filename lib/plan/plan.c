#include "plan/plan.h"

#include "base/both.h"
#include "plan/attest.h"
#include "plan/builder.h"
#include "plan/cache.h"
#include "plan/compare.h"
#include "plan/facts.h"
#include "plan/fork.h"
#include "plan/handover.h"
#include "plan/labels.h"
#include "plan/logins.h"
#include "plan/match.h"
#include "plan/matrix.h"
#include "plan/output.h"
#include "plan/pods.h"
#include "plan/publish.h"
#include "plan/retag.h"
#include "plan/select.h"
#include "plan/steps.h"

bool plan_image_is_broken(const struct plan_image *planned) {
    return image_is_broken(planned->image) || diag_has_errors(&planned->problems);
}

bool plan_image_needs_docker(const struct plan_image *planned) {
    return builder_is_docker(planned->builder) || plan_image_loads(planned);
}

/* An argument of the settings replaces the value of one that compose gives, and keeps its place in the list. */
static void set_argument(struct arena *arena, struct plan_image *planned, struct plan_argument *argument) {
    for (size_t i = 0; i < planned->arguments.count; i++) {
        const struct plan_argument *present = planned->arguments.items[i];
        if (!text_equal(present->name, argument->name)) continue;
        planned->arguments.items[i] = argument;
        return;
    }
    list_add(arena, &planned->arguments, argument);
}

/* No shell can hold a variable of the name `a.b`, so what `.env` says of it is written out. */
static void give_odd_name(struct arena *arena, const struct variables *variables, struct plan_argument *argument) {
    if (!argument->from_environment || variables == NULL || variables_is_name(argument->name)) return;
    const struct text *known = variables_find(variables, argument->name);
    if (known == NULL) return;
    argument->from_environment = false;
    argument->value = value_literal(arena, *known);
}

static void add_compose_arguments(struct arena *arena, struct plan_image *planned) {
    const struct compose_build *build = planned->image->build;
    for (size_t i = 0; build != NULL && i < build->arguments.count; i++) {
        const struct compose_argument *given = build->arguments.items[i];
        struct plan_argument *argument = arena_alloc(arena, sizeof(*argument));
        *argument = (struct plan_argument){
            .name = given->name, .from_environment = given->from_environment, .value = given->value};
        give_odd_name(arena, planned->image->compose == NULL ? NULL : planned->image->compose->variables, argument);
        list_add(arena, &planned->arguments, argument); /* compose gives each name once */
    }
}

static void add_settings_argument(struct arena *arena, struct plan_image *planned, const struct record_pair *pair,
                                  const struct template_facts *facts) {
    struct plan_argument *argument = arena_alloc(arena, sizeof(*argument));
    argument->name = pair->name;
    argument->from_environment = !text_is_given(pair->value);
    struct text problem;
    enum template_result result = argument->from_environment ? TEMPLATE_OK
                                                             : template_expand(arena, pair->value, TEMPLATE_ARGUMENT,
                                                                               facts, &argument->value, &problem);
    if (result == TEMPLATE_OK) {
        set_argument(arena, planned, argument);
        return;
    }
    texts_add(
        arena, &planned->notes,
        text_format(arena, "the build argument '%.*s' is left out: %.*s", TEXT_ARG(pair->name), TEXT_ARG(problem)));
}

static void plan_image(struct arena *arena, const struct facts *all, struct plan_image *planned) {
    const struct event *event = all->event;
    struct template_facts facts = facts_of(all, planned->image);
    const struct list *pairs = &planned->image->settings->build.build_args;
    add_compose_arguments(arena, planned);
    for (size_t i = 0; i < pairs->count; i++)
        add_settings_argument(arena, planned, pairs->items[i], &facts);
    builder_choose(arena, event, planned);
    publish_decide(arena, &facts, planned);
    labels_decide(arena, &facts, planned);
    cache_decide(arena, &facts, planned);
    logins_choose(arena, event, planned);
    attest_decide(arena, event, planned);
    output_decide(arena, &facts, planned);
    if (event->is_fork) fork_check(arena, planned);
}

/* --- affected --- */

static void set_everything(const struct plan_request *request, struct reason *reasons) {
    const struct image *named = NULL;
    bool is_tag = request->base != NULL && request->base->rung == BASE_TAG;
    if (is_tag) named = select_by_tag(request->workspace, request->event->tag);
    for (size_t i = 0; i < request->workspace->images.count; i++) {
        if (named != NULL && request->workspace->images.items[i] != named) continue;
        reasons[i] =
            (struct reason){.kind = named == NULL ? REASON_EVERYTHING : REASON_TAG, .words = request->event->tag};
    }
}

/* In the order of the graph, so that a change goes all the way down. */
static void flow(const struct plan_request *request, const struct graph *graph, struct reason *reasons) {
    if (request->base != NULL && request->base->rung == BASE_TAG) return;
    for (size_t i = 0; i < graph->count; i++) {
        size_t image = graph->order[i];
        for (size_t j = 0; j < graph->links[image].count && reasons[image].kind == REASON_NONE; j++) {
            const struct graph_link *link = graph->links[image].items[j];
            if (reasons[link->to].kind == REASON_NONE) continue;
            reasons[image] = (struct reason){
                .kind = REASON_BASE, .place = link->place, .through = request->workspace->images.items[link->to]};
        }
    }
}

/* What concerns one image of a circle concerns all of them. */
static void flow_around(const struct plan_request *request, const struct graph *graph, struct reason *reasons) {
    for (size_t i = 0; i < graph->cycles.count; i++) {
        const struct graph_cycle *cycle = graph->cycles.items[i];
        const struct image *through = NULL;
        for (size_t j = 0; j < cycle->count && through == NULL; j++)
            if (reasons[cycle->images[j]].kind != REASON_NONE)
                through = request->workspace->images.items[cycle->images[j]];
        for (size_t j = 0; j < cycle->count && through != NULL; j++) {
            const struct image *image = request->workspace->images.items[cycle->images[j]];
            struct reason *reason = &reasons[cycle->images[j]];
            if (reason->kind == REASON_NONE)
                *reason = (struct reason){.kind = REASON_BASE, .place = image->place, .through = through};
        }
    }
}

/* `scratch`: of what only finding them needs. */
static void find_reasons(struct arena *arena, struct arena *scratch, const struct plan_request *request,
                         struct texts *gone, struct reason *reasons) {
    const struct base *base = request->base;
    if (base == NULL || base->is_everything) {
        set_everything(request, reasons);
        return;
    }
    if (request->before != NULL)
        compare_workspaces(arena, request->workspace, request->before, request->event, reasons, gone);
    if (request->before_is_unknown) compare_unknown(request->workspace, &base->changes, reasons);
    match(scratch, request->watches, &base->changes, request->regexes, reasons);
}

static void flow_on(const struct plan_request *request, const struct graph *graph, struct reason *reasons) {
    flow(request, graph, reasons);
    if (graph->cycles.count == 0) return;
    flow_around(request, graph, reasons);
    flow(request, graph, reasons);
}

/* --- the graph --- */

static void add_links(struct arena *arena, const struct graph *graph, struct plan *plan, size_t i) {
    struct plan_image *planned = plan->images.items[i];
    for (size_t j = 0; j < graph->links[i].count; j++) {
        const struct graph_link *link = graph->links[i].items[j];
        struct plan_link *kept = arena_alloc(arena, sizeof(*kept));
        *kept = (struct plan_link){.base = plan->images.items[link->to],
                                   .name = link->name,
                                   .place = link->place,
                                   .is_service = link->is_service};
        list_add(arena, &planned->links, kept);
    }
}

static void report_cycles(struct arena *arena, const struct graph *graph, struct plan *plan) {
    for (size_t i = 0; i < graph->cycles.count; i++) {
        const struct graph_cycle *cycle = graph->cycles.items[i];
        struct buffer path = buffer_in(arena);
        for (size_t j = 0; j < cycle->names.count; j++) {
            if (j > 0) buffer_add_string(&path, " is built from ");
            buffer_add(&path, cycle->names.items[j]);
        }
        struct text words = text_printable(arena, buffer_text(&path));
        for (size_t j = 0; j < cycle->count; j++) {
            struct plan_image *planned = plan->images.items[cycle->images[j]];
            diag_add(&planned->problems, DIAG_ERROR, "image-cycle", planned->image->place,
                     "images cannot be built from each other: %.*s", TEXT_ARG(words));
        }
    }
}

static void put_in_order(struct arena *arena, const struct graph *graph, struct plan *plan) {
    for (size_t i = 0; i < graph->count; i++)
        list_add(arena, &plan->order, plan->images.items[graph->order[i]]);
}

/* The graph asks only the workspace, so it is made while each image is planned by itself. */
struct drawing {
    struct arena arena;
    const struct plan_request *request;
    struct graph graph;
};

static void draw(void *self) {
    struct drawing *drawing = self;
    graph_make(&drawing->arena, drawing->request->workspace, drawing->request->event, &drawing->graph);
}

struct planning {
    struct arena *arena;
    struct arena scratch; /* of the reasons, which every image gets its own of */
    const struct plan_request *request;
    struct plan *plan;
    struct reason *reasons; /* of the images themselves, without what they are built from */
};

static void plan_images(void *self) {
    struct planning *planning = self;
    struct arena *arena = planning->arena;
    const struct list *images = &planning->request->workspace->images;
    planning->reasons = arena_array(&planning->scratch, images->count, sizeof(struct reason));
    struct facts facts = facts_find(planning->request->workspace, planning->request->event);
    find_reasons(arena, &planning->scratch, planning->request, &planning->plan->gone, planning->reasons);
    for (size_t i = 0; i < images->count; i++) {
        struct plan_image *planned = arena_alloc(arena, sizeof(*planned));
        planned->image = images->items[i];
        planned->number = i;
        planned->problems = diag_in(arena);
        list_add(arena, &planning->plan->images, planned);
        if (image_is_broken(planned->image)) continue;
        plan_image(arena, &facts, planned);
        output_choose_tests(arena, &planning->request->workspace->layers.settings, facts.event, planned);
        pods_review(&planning->request->workspace->layers.settings, planned);
    }
}

static struct text project_of(struct arena *arena, const struct image *image) {
    if (!text_is_given(image->project.id)) return TEXT("the agents' project");
    struct text shown = text_printable(arena, image->project.id);
    return text_format(arena, "project '%.*s'", TEXT_ARG(shown));
}

/* A context that is a service stands for nothing that is published: what is not handed over is not there, and the build fails. */
static void report_lost(struct arena *arena, struct plan_image *planned, const struct plan_link *link) {
    const char *why = handover_obstacle(planned, link->base);
    struct text name = text_printable(arena, link->base->image->name);
    if (!link->is_service || why == NULL) return;
    struct diagnostic *diagnostic =
        diag_add(&planned->problems, DIAG_ERROR, "lost-base", link->place,
                 "'%.*s', which it is built from, cannot be handed over: %s", TEXT_ARG(name), why);
    diag_second(&planned->problems, diagnostic, link->base->image->place, "the other image");
}

/* One call builds in one project, so only what is pushed gets from one to another. bake fails on the link whatever is pushed. */
static void report_link(struct arena *arena, struct plan_image *planned, const struct plan_link *link) {
    const struct image *from = planned->image, *base = link->base->image;
    report_lost(arena, planned, link);
    if (text_equal(from->project.id, base->project.id) || (link->is_service && !plan_image_pushes(link->base))) return;
    struct text name = text_printable(arena, base->name);
    struct text here = project_of(arena, from), there = project_of(arena, base);
    struct diagnostic *diagnostic =
        diag_add(&planned->problems, DIAG_NOTE, "cross-project-link", link->place,
                 "'%.*s' is built in %.*s, not in %.*s, so %s", TEXT_ARG(name), TEXT_ARG(there), TEXT_ARG(here),
                 plan_image_pushes(link->base) ? "it is taken from where it is pushed" : "the published one is taken");
    diag_second(&planned->problems, diagnostic, base->place, "the other image");
}

static void report_links(struct arena *arena, struct plan *plan) {
    for (size_t i = 0; i < plan->images.count; i++) {
        struct plan_image *planned = plan->images.items[i];
        for (size_t j = 0; j < planned->links.count; j++)
            report_link(arena, planned, planned->links.items[j]);
    }
}

static void link_images(struct arena *arena, const struct graph *graph, const struct reason *reasons,
                        struct plan *plan) {
    for (size_t i = 0; i < plan->images.count; i++) {
        ((struct plan_image *)plan->images.items[i])->why = reasons[i];
        add_links(arena, graph, plan, i);
    }
    for (size_t i = 0; i < plan->images.count; i++)
        builder_settle(arena, plan->images.items[i]);
    report_cycles(arena, graph, plan);
    report_links(arena, plan);
    put_in_order(arena, graph, plan);
}

bool plan_make(struct arena *arena, const struct plan_request *request, struct diagnostics *diagnostics,
               struct plan *out) {
    struct drawing drawing = {.request = request};
    struct planning planning = {.arena = arena, .request = request, .plan = out};
    *out = (struct plan){
        .workspace = request->workspace, .event = request->event, .base = request->base, .watches = request->watches};
    arena_init(&drawing.arena);
    arena_init(&planning.scratch);
    both_run(plan_images, &planning, draw, &drawing);
    flow_on(request, &drawing.graph, planning.reasons);
    link_images(arena, &drawing.graph, planning.reasons, out);
    publish_find_collisions(arena, &out->images);
    bool ok = select_images(arena, request, &drawing.graph, diagnostics, out);
    arena_finish(&drawing.arena);
    arena_finish(&planning.scratch);
    for (size_t i = 0; i < out->images.count; i++)
        matrix_review(arena, out->images.items[i]);
    steps_decide(arena, request, out);
    retag_decide(arena, out);
    for (size_t i = 0; i < out->images.count; i++)
        out->built += ((const struct plan_image *)out->images.items[i])->is_built;
    return ok;
}

int plan_image_unaffected(const struct plan_image *planned) {
    int setting = planned->image->settings == NULL ? UNAFFECTED_NOT_GIVEN : planned->image->settings->build.unaffected;
    return setting == UNAFFECTED_NOT_GIVEN ? UNAFFECTED_OMIT : setting;
}

struct text plan_image_sentence(struct arena *arena, const struct plan *plan, const struct plan_image *planned) {
    struct text everything = plan->base == NULL ? TEXT("every image is built") : plan->base->sentence;
    if (planned->is_excluded) return TEXT("it is excluded");
    if (planned->why.kind != REASON_NONE && !planned->is_built) return TEXT("others were asked for");
    if (planned->why.kind == REASON_NONE && plan->base != NULL && plan->base->rung == BASE_TAG)
        return text_format(arena, "the tag %.*s names another image", TEXT_ARG(plan->event->tag));
    if (planned->why.kind == REASON_NONE) return TEXT("nothing it is made of changed");
    return reason_sentence(arena, &planned->why, everything);
}
