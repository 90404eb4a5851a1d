#include "plan/graph.h"

#include "docker/compose_interpolate.h"
#include "docker/reference.h"
#include "model/template.h"
#include "plan/facts.h"
#include "plan/publish.h"

/* An image under one of its names. */
struct provider {
    size_t image;
    struct text tag; /* that compose declares; absent: whatever the settings' tags give */
    struct provider *next;
};

struct grapher {
    struct arena *arena;
    const struct workspace *workspace;
    const struct event *event;
    struct facts facts;
    struct arena scratch;
    struct map wanted;    /* "registry/repository" that some image starts from → anything */
    struct map seen;      /* references as they are written: those have been looked at */
    struct map elements;  /* the last elements of those: most names are not even similar */
    struct map published; /* references as they are written → struct published */
    struct map providers; /* the same → struct provider */
    struct map services;  /* directory, line end, service → const struct image * and its number */
    struct graph graph;
};

static const struct image *image_at(const struct grapher *grapher, size_t i) {
    return grapher->workspace->images.items[i];
}

/* --- names --- */

static struct text repository_key(struct arena *arena, const struct reference *reference) {
    return text_format(arena, "%.*s/%.*s", TEXT_ARG(reference->registry), TEXT_ARG(reference->repository));
}

/* "api" of "ghcr.io/acme/api:1.2" and of "acme/api@sha256:…". */
static struct text last_element(struct text written) {
    size_t slash = text_find_last(written, '/');
    struct text rest = slash == TEXT_NONE ? written : text_from_offset(written, slash + 1);
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != ':' && rest.ptr[end] != '@')
        end++;
    return text_first(rest, end);
}

static void add_provider(struct grapher *grapher, size_t image, struct text written, bool has_tag) {
    struct reference reference;
    const char *problem;
    if (!map_has(&grapher->elements, last_element(written))) return;
    if (!reference_parse(&grapher->scratch, written, &reference, &problem)) return;
    struct text key = repository_key(&grapher->scratch, &reference);
    if (!map_has(&grapher->wanted, key)) return;
    key = text_copy(grapher->arena, key);
    struct provider *provider = arena_alloc(grapher->arena, sizeof(*provider));
    *provider = (struct provider){.image = image, .next = map_find(&grapher->providers, key)};
    if (has_tag)
        provider->tag = text_is_given(reference.tag) ? text_copy(grapher->arena, reference.tag) : TEXT("latest");
    map_set(grapher->arena, &grapher->providers, key, provider);
}

static void add_declared(struct grapher *grapher, size_t i) {
    const struct image *image = image_at(grapher, i);
    for (size_t j = 0; j < image->declared_tags.count; j++) {
        struct compose_evaluation evaluation;
        const struct value *tag = image->declared_tags.items[j];
        if (value_is_literal(tag)) {
            add_provider(grapher, i, value_text(&grapher->scratch, tag), true);
            continue;
        }
        const struct variables none = {0}, *variables = image->variables == NULL ? &none : image->variables;
        if (compose_evaluate(&grapher->scratch, tag, variables, &evaluation))
            add_provider(grapher, i, evaluation.text, true);
    }
}

static void add_published(struct grapher *grapher, size_t i) {
    struct texts repositories = {0};
    if (image_at(grapher, i)->settings == NULL) return;
    publish_repositories(&grapher->scratch, image_at(grapher, i), &repositories);
    for (size_t j = 0; j < repositories.count; j++)
        add_provider(grapher, i, repositories.items[j], false);
}

/* A service is its model's: another one of the same directory may have one of the same name. */
static struct text service_key(struct arena *arena, const struct image *image, struct text service) {
    struct text model = text_of((const char *)&image->compose, sizeof(image->compose));
    return text_concat(arena, model, service);
}

static void add_services(struct grapher *grapher, size_t i) {
    const struct image *image = image_at(grapher, i);
    for (size_t j = 0; j < image->services.count; j++) {
        const struct image_service *service = image->services.items[j];
        size_t *number = arena_alloc(grapher->arena, sizeof(*number));
        *number = i;
        map_set(grapher->arena, &grapher->services, service_key(grapher->arena, image, service->name), number);
    }
}

/* --- what is wanted --- */

static void want(struct grapher *grapher, struct text written) {
    struct reference reference;
    const char *problem;
    if (map_has(&grapher->seen, written)) return; /* many start from the same */
    map_set(grapher->arena, &grapher->seen, written, grapher);
    struct arena_mark mark = arena_mark(&grapher->scratch);
    struct text element = last_element(written);
    if (reference_parse(&grapher->scratch, written, &reference, &problem)) {
        if (!map_has(&grapher->elements, element))
            map_set(grapher->arena, &grapher->elements, text_copy(grapher->arena, element), grapher);
        struct text key = repository_key(&grapher->scratch, &reference);
        if (!map_has(&grapher->wanted, key))
            map_set(grapher->arena, &grapher->wanted, text_copy(grapher->arena, key), grapher);
    }
    arena_release(&grapher->scratch, mark);
}

static struct text literal_of(struct grapher *grapher, const struct compose_pair *pair) {
    bool is_image = !pair->is_path && value_is_literal(&pair->value);
    return is_image ? value_text(grapher->arena, &pair->value) : TEXT("");
}

/* True when some image has another service's image as a context. */
static bool find_wanted(struct grapher *grapher) {
    bool has_services = false;
    for (size_t i = 0; i < grapher->graph.count; i++) {
        const struct image *image = image_at(grapher, i);
        for (size_t j = 0; image->facts != NULL && j < image->facts->bases.count; j++) {
            const struct build_base *base = image->facts->bases.items[j];
            if (!base->is_blank) want(grapher, base->reference);
        }
        for (size_t j = 0; image->build != NULL && j < image->build->contexts.count; j++) {
            struct text value = literal_of(grapher, image->build->contexts.items[j]);
            if (text_starts(value, "docker-image://")) want(grapher, text_from_offset(value, 15));
            has_services |= text_starts(value, "service:");
        }
    }
    return has_services;
}

static void find_providers(struct grapher *grapher) {
    for (size_t i = 0; i < grapher->graph.count && grapher->wanted.count > 0; i++) {
        struct arena_mark mark = arena_mark(&grapher->scratch);
        add_declared(grapher, i);
        add_published(grapher, i);
        arena_release(&grapher->scratch, mark);
    }
}

/* --- tags --- */

static bool gives(struct grapher *grapher, struct text template, const struct template_facts *facts, struct text tag) {
    struct value value;
    struct text problem;
    return template_expand(grapher->arena, template, TEMPLATE_TAG, facts, &value, &problem) == TEMPLATE_OK &&
           value_is_literal(&value) && text_equal(value_text(grapher->arena, &value), tag);
}

/* Is it a tag that a build of the image gives, this one or one of the default branch? */
static bool gives_tag(struct grapher *grapher, const struct image *image, struct text tag) {
    struct event usual = *grapher->event;
    const struct list *tags = &image->settings->build.tags, *floating = &image->settings->build.publish.floating_tags;
    struct template_facts now = facts_of(&grapher->facts, image), then = {.event = &usual, .name = image->name};
    if (text_is(tag, "latest")) return true;
    if (text_is_given(usual.default_branch)) usual.branch = usual.default_branch;
    usual.tag = usual.pull_request = (struct text){0};
    for (size_t i = 0; i < tags->count + floating->count; i++) {
        const struct record_text_value *value = i < tags->count ? tags->items[i] : floating->items[i - tags->count];
        if (gives(grapher, value->text, &now, tag) || gives(grapher, value->text, &then, tag)) return true;
    }
    return tags->count == 0 && gives(grapher, TEXT("{sha}"), &now, tag);
}

static bool is_it(struct grapher *grapher, const struct provider *provider, const struct reference *reference) {
    struct text tag = text_is_given(reference->tag) ? reference->tag : TEXT("latest");
    if (text_is_given(provider->tag)) return text_equal(provider->tag, tag);
    return gives_tag(grapher, image_at(grapher, provider->image), tag);
}

/* --- links --- */

static void add_link(struct grapher *grapher, size_t from, struct graph_link link) {
    struct list *links = &grapher->graph.links[from];
    for (size_t i = 0; i < links->count; i++) {
        const struct graph_link *present = links->items[i];
        if (present->to == link.to && text_equal(present->name, link.name)) return;
    }
    struct graph_link *kept = arena_alloc(grapher->arena, sizeof(*kept));
    *kept = link;
    list_add(grapher->arena, links, kept);
}

/* A context of that name stands in for it (BuildKit looks both up in one spelling). */
static bool is_replaced(struct grapher *grapher, size_t from, const struct reference *reference) {
    const struct compose_build *build = image_at(grapher, from)->build;
    for (size_t i = 0; build != NULL && i < build->contexts.count; i++) {
        const struct compose_pair *pair = build->contexts.items[i];
        struct reference named;
        const char *problem;
        if (!reference_parse(&grapher->scratch, pair->name, &named, &problem)) continue;
        struct text left = text_is_given(named.tag) ? named.tag : TEXT("latest");
        struct text right = text_is_given(reference->tag) ? reference->tag : TEXT("latest");
        if (text_equal(named.registry, reference->registry) && text_equal(named.repository, reference->repository) &&
            text_equal(left, right))
            return true;
    }
    return false;
}

/* Who publishes what is written so; found once for all who write it. */
struct published {
    bool is_possible; /* it is a reference without a digest */
    struct reference reference;
    const struct provider *providers;
};

static const struct published *find_published(struct grapher *grapher, struct text written) {
    struct published *published = map_find(&grapher->published, written);
    const char *problem;
    if (published != NULL) return published;
    published = arena_alloc(grapher->arena, sizeof(*published));
    published->is_possible = reference_parse(grapher->arena, written, &published->reference, &problem) &&
                             !text_is_given(published->reference.digest);
    if (published->is_possible)
        published->providers = map_find(&grapher->providers, repository_key(grapher->arena, &published->reference));
    map_set(grapher->arena, &grapher->published, written, published);
    return published;
}

static void link_reference(struct grapher *grapher, size_t from, struct text written, struct text name,
                           struct place place) {
    const struct published *published = find_published(grapher, written);
    for (const struct provider *provider = published->providers; provider != NULL; provider = provider->next) {
        if (provider->image == from || !is_it(grapher, provider, &published->reference)) continue;
        add_link(grapher, from, (struct graph_link){.to = provider->image, .name = name, .place = place});
        return;
    }
}

static void link_bases(struct grapher *grapher, size_t from) {
    const struct build_facts *facts = image_at(grapher, from)->facts;
    for (size_t i = 0; facts != NULL && i < facts->bases.count; i++) {
        const struct build_base *base = facts->bases.items[i];
        if (base->is_blank || !map_has(&grapher->elements, last_element(base->reference))) continue;
        const struct published *published = find_published(grapher, base->reference);
        if (published->providers != NULL && !is_replaced(grapher, from, &published->reference))
            link_reference(grapher, from, base->reference, base->reference, base->place);
    }
}

static void link_contexts(struct grapher *grapher, size_t from) {
    const struct image *image = image_at(grapher, from);
    for (size_t i = 0; image->build != NULL && i < image->build->contexts.count; i++) {
        const struct compose_pair *pair = image->build->contexts.items[i];
        struct text value = literal_of(grapher, pair);
        if (text_starts(value, "docker-image://"))
            link_reference(grapher, from, text_from_offset(value, 15), pair->name, pair->place);
        if (!text_starts(value, "service:")) continue;
        struct text key = service_key(grapher->arena, image, text_from_offset(value, 8));
        const size_t *to = map_find(&grapher->services, key);
        if (to != NULL)
            add_link(grapher, from,
                     (struct graph_link){.to = *to, .name = pair->name, .place = pair->place, .is_service = true});
    }
}

/* --- order --- */

enum mark { UNSEEN, OPEN, DONE };

struct walk {
    struct grapher *grapher;
    enum mark *marks;
    size_t *path; /* the images that are open, from the first on */
    size_t depth, done;
};

/* The path from `to` to the end, which is built from `to`. */
static void note_cycle(struct walk *walk, size_t to) {
    struct graph *graph = &walk->grapher->graph;
    struct arena *arena = walk->grapher->arena;
    struct graph_cycle *cycle = arena_alloc(arena, sizeof(*cycle));
    size_t start = walk->depth;
    while (start > 0 && walk->path[start - 1] != to)
        start--;
    cycle->images = arena_array(arena, walk->depth - start + 1, sizeof(size_t));
    for (size_t i = start - 1; i < walk->depth; i++) {
        cycle->images[cycle->count++] = walk->path[i];
        texts_add(arena, &cycle->names, image_at(walk->grapher, walk->path[i])->name);
    }
    texts_add(arena, &cycle->names, image_at(walk->grapher, to)->name);
    list_add(arena, &graph->cycles, cycle);
}

static void drop_link(struct list *links, size_t at) {
    for (size_t i = at + 1; i < links->count; i++)
        links->items[i - 1] = links->items[i];
    links->count--;
}

/* The next image that is to be looked at before the last one of the path; false when there is none. */
static bool find_open(struct walk *walk, size_t *next, size_t *out) {
    struct list *links = &walk->grapher->graph.links[walk->path[walk->depth - 1]];
    for (; *next < links->count; (*next)++) {
        *out = ((const struct graph_link *)links->items[*next])->to;
        if (walk->marks[*out] == UNSEEN) return true;
        if (walk->marks[*out] == DONE) continue;
        note_cycle(walk, *out);
        drop_link(links, (*next)--);
    }
    return false;
}

/* Depth first, without recursion: a chain may be as long as there are images. */
static void visit(struct walk *walk, size_t first, size_t *nexts) {
    walk->path[walk->depth] = first;
    nexts[walk->depth++] = 0;
    walk->marks[first] = OPEN;
    while (walk->depth > 0) {
        size_t to, last = walk->path[walk->depth - 1];
        if (find_open(walk, &nexts[walk->depth - 1], &to)) {
            walk->marks[to] = OPEN;
            walk->path[walk->depth] = to;
            nexts[walk->depth++] = 0;
            continue;
        }
        walk->marks[last] = DONE;
        walk->grapher->graph.order[walk->done++] = last;
        walk->depth--;
    }
}

static void put_in_order(struct grapher *grapher) {
    size_t count = grapher->graph.count;
    struct arena *scratch = &grapher->scratch;
    struct walk walk = {.grapher = grapher,
                        .marks = arena_array(scratch, count, sizeof(enum mark)),
                        .path = arena_array(scratch, count, sizeof(size_t))};
    size_t *nexts = arena_array(scratch, count, sizeof(size_t));
    for (size_t i = 0; i < count; i++)
        if (walk.marks[i] == UNSEEN) visit(&walk, i, nexts);
}

void graph_make(struct arena *arena, const struct workspace *workspace, const struct event *event, struct graph *out) {
    size_t count = workspace->images.count;
    struct grapher grapher = {.arena = arena, .workspace = workspace, .event = event};
    grapher.facts = facts_find(workspace, event);
    grapher.graph = (struct graph){.count = count,
                                   .links = arena_array(arena, count, sizeof(struct list)),
                                   .order = arena_array(arena, count, sizeof(size_t))};
    arena_init(&grapher.scratch);
    bool has_services = find_wanted(&grapher);
    find_providers(&grapher);
    for (size_t i = 0; i < count && has_services; i++)
        add_services(&grapher, i);
    for (size_t i = 0; i < count; i++) {
        struct arena_mark mark = arena_mark(&grapher.scratch);
        link_bases(&grapher, i);
        link_contexts(&grapher, i);
        arena_release(&grapher.scratch, mark);
    }
    put_in_order(&grapher);
    arena_finish(&grapher.scratch);
    *out = grapher.graph;
}
