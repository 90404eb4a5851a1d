#include "plan/logins.h"

#include "docker/reference.h"

static void add_host(struct arena *arena, struct texts *hosts, struct text host) {
    if (!texts_has(hosts, host)) texts_add(arena, hosts, host);
}

/* "ghcr.io/acme/api:" of a destination, whose tag may be known later. */
static struct text literal_head(const struct value *value) {
    const struct value_piece *first = value->pieces.count == 0 ? NULL : value->pieces.items[0];
    return first == NULL || first->is_reference ? TEXT("") : first->text;
}

static struct texts destination_hosts(struct arena *arena, const struct plan_image *planned) {
    struct texts hosts = {0};
    for (size_t i = 0; i < planned->destinations.count; i++) {
        struct text head = literal_head(planned->destinations.items[i]);
        if (text_has(head, '/')) add_host(arena, &hosts, login_host(head));
    }
    if (planned->needs_registry && text_is_given(planned->cache_repository))
        add_host(arena, &hosts, login_host(planned->cache_repository));
    return hosts;
}

/* Where it would be pushed if it were. */
static bool is_own_host(const struct plan_image *planned, struct text host) {
    for (size_t i = 0; i < planned->repositories.count; i++)
        if (text_equal(login_host(planned->repositories.items[i]), host)) return true;
    return false;
}

/* Hosts of the images that it is built from or copies from. */
static bool takes_from(struct arena *arena, const struct plan_image *planned, struct text host) {
    const struct build_facts *facts = planned->image->facts;
    for (size_t i = 0; facts != NULL && i < facts->bases.count; i++) {
        const struct build_base *base = facts->bases.items[i];
        struct reference reference;
        const char *problem;
        if (base->is_blank || !reference_parse(arena, base->reference, &reference, &problem)) continue;
        if (text_equal(login_host(reference.registry), host)) return true;
    }
    return false;
}

/* What Buildkite's token must name: the first two parts of the path, of the login or of what is pushed there. */
static struct text with_path(struct arena *arena, const struct plan_image *planned, const struct login_settings *login,
                             struct text host) {
    struct text whole = login->registry.text;
    for (size_t i = 0; !text_has(whole, '/') && i < planned->destinations.count; i++) {
        struct text head = literal_head(planned->destinations.items[i]);
        if (text_equal(login_host(head), host)) whole = head;
    }
    struct text rest = whole, part, path = host;
    (void)text_next(&rest, '/', &part);
    for (int i = 0; i < 2 && text_next(&rest, '/', &part); i++)
        path = text_format(arena, "%.*s/%.*s", TEXT_ARG(path), TEXT_ARG(part));
    return path;
}

static void add_login(struct arena *arena, struct plan_image *planned, const struct login_settings *settings,
                      struct text host) {
    struct plan_login *login = arena_alloc(arena, sizeof(*login));
    *login = (struct plan_login){.settings = settings, .type = login_type_at(settings, host), .registry = host};
    if (login->type == LOGIN_BUILDKITE) login->registry = with_path(arena, planned, settings, host);
    list_add(arena, &planned->logins, login);
}

static bool is_named_by_other(struct arena *arena, const struct list *logins, struct text host) {
    for (size_t i = 0; i < logins->count; i++) {
        struct text registry = login_registry(arena, logins->items[i]);
        if (text_is_given(registry) && text_equal(login_host(registry), host)) return true;
    }
    return false;
}

/* A login that names no registry is for the one that no other login is for. */
static void choose_unnamed(struct arena *arena, struct plan_image *planned, const struct login_settings *login,
                           const struct texts *hosts) {
    const struct list *all = &planned->image->settings->build.login;
    struct text chosen = {0};
    for (size_t i = 0; i < hosts->count; i++) {
        if (is_named_by_other(arena, all, hosts->items[i])) continue;
        if (text_is_given(chosen)) {
            diag_add(&planned->problems, DIAG_ERROR, "login-registry", node_place(login->node),
                     "this login names no registry, and the image goes to %.*s and %.*s: give each a login with "
                     "'registry'",
                     TEXT_ARG(chosen), TEXT_ARG(hosts->items[i]));
            return;
        }
        chosen = hosts->items[i];
    }
    struct text own = text_is_given(planned->repository) ? login_host(planned->repository) : (struct text){0};
    bool is_base = text_is_given(own) && !is_named_by_other(arena, all, own) && takes_from(arena, planned, own);
    if (!text_is_given(chosen) && is_base) chosen = own;
    if (text_is_given(chosen)) add_login(arena, planned, login, chosen);
}

static void choose_named(struct arena *arena, struct plan_image *planned, const struct login_settings *login,
                         struct text host, const struct texts *hosts) {
    if (texts_has(hosts, host) || !is_own_host(planned, host) || takes_from(arena, planned, host))
        add_login(arena, planned, login, host);
}

void logins_choose(struct arena *arena, const struct event *event, struct plan_image *planned) {
    const struct list *all = &planned->image->settings->build.login;
    if (all->count == 0 || event->is_fork) return;
    struct texts hosts = destination_hosts(arena, planned);
    for (size_t i = 0; i < all->count; i++) {
        const struct login_settings *login = all->items[i];
        struct text registry = login_registry(arena, login);
        if (text_is_given(registry)) {
            choose_named(arena, planned, login, login_host(registry), &hosts);
        } else {
            choose_unnamed(arena, planned, login, &hosts);
        }
    }
}

static bool asks_for_none(const struct plan_image *planned) {
    return planned->logins.count == 0 && !planned->is_published && !planned->needs_registry;
}

bool logins_can_share(const struct plan_image *a, const struct plan_image *b) {
    if (asks_for_none(a) || asks_for_none(b)) return true;
    if (a->logins.count != b->logins.count) return false;
    for (size_t i = 0; i < a->logins.count; i++) {
        const struct plan_login *left = a->logins.items[i], *right = b->logins.items[i];
        if (!text_equal(left->registry, right->registry)) return false;
        if (left->settings != right->settings && !login_same(left->settings, right->settings)) return false;
    }
    return true;
}
