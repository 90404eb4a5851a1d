#include "pipeline/speller.h"

#include "base/path.h"
#include "docker/compose_names.h"
#include "pipeline/build_call.h"

#include <assert.h>
#include <string.h>

struct text speller_path(struct arena *arena, struct text path) {
    static const char *const remote[] = {"-", "http:", "https:", "git:", "ssh:", "git@", "github.com/"};
    bool looks_other = text_contains(path, TEXT("://"));
    for (size_t i = 0; i < sizeof(remote) / sizeof(*remote); i++)
        looks_other |= text_starts(path, remote[i]);
    return looks_other ? text_concat(arena, TEXT("./"), path) : path;
}

/* One project in the repository gives way to the agents' DEPOT_PROJECT_ID; a named one, or one of several, does not. */
static bool gives_way(const struct workspace *workspace, const struct project *project) {
    return !project->is_named && !workspace->has_several_projects;
}

struct value speller_project(struct arena *arena, const struct workspace *workspace, const struct project *project) {
    if (text_is_given(project->id) && !gives_way(workspace, project)) return value_literal(arena, project->id);
    struct value value = {0}, id = {0};
    if (text_is_given(project->id)) id = value_literal(arena, project->id);
    value_add_reference(arena, &value, TEXT("DEPOT_PROJECT_ID"),
                        text_is_given(project->id) ? VALUE_DEFAULT : VALUE_PLAIN, id);
    return value;
}

static struct arena *arena_of(const struct speller *speller) {
    return speller->call->script->arena;
}

/* How bake calls it, with what stands before the value. */
static const char *bake_key(const char *option) {
    static const char *const keys[][2] = {
        {"--file", "dockerfile="},
        {"--target", "target="},
        {"--platform", "platform="},
        {"--build-arg", "args."},
        {"--build-context", "contexts."},
        {"--label", "labels."},
        {"--cache-from", "cache-from="},
        {"--cache-to", "cache-to="},
        {"--secret", "secrets="},
        {"--ssh", "ssh="},
        {"--network", "network="},
        {"--shm-size", "shm-size="},
        {"--tag", "tags="},
        {"--no-cache", "no-cache=true"},
        {"--pull", "pull=true"},
        {"--context", "context="},
        {"--no-cache-filter", "no-cache-filter="},
        {"--attest", "attest="},
        {"--push", "push=true"},
        {"--output", "output="},
        {"--secret+", "secrets+="}, /* beside those of the file */
    };
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        if (strcmp(keys[i][0], option) == 0) return keys[i][1];
    return NULL;
}

void speller_value(struct speller *speller, const char *option, const struct value *value) {
    if (!text_is_given(speller->target)) {
        call_value(speller->call, option, value);
        return;
    }
    const char *key = bake_key(option);
    assert(key != NULL && "bake has no such key");
    struct value set =
        value_literal(arena_of(speller), text_format(arena_of(speller), "%.*s.%s", TEXT_ARG(speller->target), key));
    value_add(arena_of(speller), &set, value);
    call_value(speller->call, "--set", &set);
}

void speller_text(struct speller *speller, const char *option, struct text text) {
    struct value value = value_literal(arena_of(speller), text);
    if (text_is_given(text)) speller_value(speller, option, &value);
}

void speller_flag(struct speller *speller, const char *option) {
    struct value nothing = {0};
    if (!text_is_given(speller->target)) {
        call_flag(speller->call, option);
    } else {
        speller_value(speller, option, &nothing);
    }
}

/* One option for all of them; bake wants one each. */
static void add_platforms(struct speller *speller, const struct list *platforms) {
    struct buffer joined = buffer_in(arena_of(speller));
    for (size_t i = 0; i < platforms->count; i++) {
        struct text platform = *(const struct text *)platforms->items[i];
        if (text_is_given(speller->target)) speller_text(speller, "--platform", platform);
        if (i > 0) buffer_add_byte(&joined, ',');
        buffer_add(&joined, platform);
    }
    if (!text_is_given(speller->target)) speller_text(speller, "--platform", buffer_text(&joined));
}

/* NAME alone is left out by the CLI where the environment has none; a default that cannot be exported is said here. */
struct value speller_argument(struct arena *arena, const struct plan_argument *argument,
                              const struct variables *defaults) {
    bool has_default = defaults != NULL && variables_find(defaults, argument->name) != NULL;
    bool is_passed_on = argument->from_environment && !(has_default && shell_sets(argument->name));
    struct value word = value_literal(arena, text_concat(arena, argument->name, is_passed_on ? TEXT("") : TEXT("=")));
    if (!argument->from_environment) value_add(arena, &word, &argument->value);
    if (argument->from_environment && !is_passed_on)
        value_add_reference(arena, &word, argument->name, VALUE_PLAIN, (struct value){0});
    return word;
}

static void add_arguments(struct speller *speller, const struct plan_image *planned) {
    for (size_t i = 0; i < planned->arguments.count; i++) {
        struct value word = speller_argument(arena_of(speller), planned->arguments.items[i], planned->image->variables);
        speller_value(speller, "--build-arg", &word);
    }
}

void speller_values(struct speller *speller, const char *option, const struct list *values) {
    for (size_t i = 0; i < values->count; i++)
        speller_value(speller, option, values->items[i]);
}

void speller_save(struct call *call, const struct plan_image *planned) {
    if (!plan_image_saves(planned)) return;
    call_flag(call, "--save");
    for (size_t i = 0; i < planned->save_tags.count; i++)
        call_value(call, "--save-tag", planned->save_tags.items[i]);
}

/* Contexts that are images of this repository are handed over by links. */
static bool is_linked(const struct plan_image *planned, struct text name) {
    for (size_t i = 0; i < planned->links.count; i++) {
        const struct plan_link *link = planned->links.items[i];
        if (text_equal(link->name, name) && (link->is_service || link->base->is_built)) return true;
    }
    return false;
}

/* A label of the settings beats that of the compose file. */
static bool has_pair(const struct list *pairs, struct text name) {
    for (size_t i = 0; i < pairs->count; i++)
        if (text_equal(((const struct compose_pair *)pairs->items[i])->name, name)) return true;
    return false;
}

static void add_pairs(struct speller *speller, const char *option, const struct list *pairs,
                      const struct plan_image *planned) {
    bool is_context = strcmp(option, "--build-context") == 0;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct compose_pair *pair = pairs->items[i];
        if (is_context ? is_linked(planned, pair->name)
                       : pairs != &planned->labels && has_pair(&planned->labels, pair->name))
            continue;
        struct arena *arena = arena_of(speller);
        struct value word = value_literal(arena, text_concat(arena, pair->name, TEXT("=")));
        struct value path =
            pair->is_path ? value_literal(arena, speller_path(arena, value_text(arena, &pair->value))) : pair->value;
        value_add(arena, &word, &path);
        speller_value(speller, option, &word);
    }
}

/* "name:address": the CLI knows no other separator, and cuts at the first, so that an IPv6 address needs no brackets. */
static void add_hosts(struct speller *speller, const struct list *hosts) {
    struct arena *arena = arena_of(speller);
    for (size_t i = 0; i < hosts->count; i++) {
        struct value word = {0}, address = {0};
        bool is_pair = value_cut(arena, hosts->items[i], '=', &word, &address);
        assert(is_pair && "compose_build writes name=address");
        (void)is_pair;
        value_add_text(arena, &word, TEXT(":"));
        value_add(arena, &word, &address);
        speller_value(speller, "--add-host", &word);
    }
}

/* A field of a comma-separated option: quoted as CSV wants it when it holds a comma or a quote. */
static void add_field(struct buffer *option, const char *name, struct text value) {
    struct text field = text_format(option->arena, "%s=%.*s", name, TEXT_ARG(value));
    if (option->len > 0) buffer_add_byte(option, ',');
    if (!text_has(field, ',') && !text_has(field, '"')) {
        buffer_add(option, field);
        return;
    }
    buffer_add_byte(option, '"');
    for (size_t i = 0; i < field.len; i++) {
        if (field.ptr[i] == '"') buffer_add_byte(option, '"');
        buffer_add_byte(option, field.ptr[i]);
    }
    buffer_add_byte(option, '"');
}

static bool has_secret(const struct list *secrets, struct text id) {
    for (size_t i = 0; i < secrets->count; i++)
        if (text_equal(((const struct compose_secret *)secrets->items[i])->id, id)) return true;
    return false;
}

/* Those of the settings beat those of the compose file. */
static void add_secrets(struct speller *speller, const char *word, const struct list *secrets,
                        const struct plan_image *planned) {
    for (size_t i = 0; i < secrets->count; i++) {
        const struct compose_secret *secret = secrets->items[i];
        if (secrets != &planned->secrets && has_secret(&planned->secrets, secret->id)) continue;
        struct buffer option = buffer_in(arena_of(speller));
        add_field(&option, "id", secret->id);
        if (text_is_given(secret->file)) add_field(&option, "src", secret->file);
        if (text_is_given(secret->environment)) add_field(&option, "env", secret->environment);
        speller_text(speller, word, buffer_text(&option));
    }
}

/* "true", "false" or its parameters; bake wants an attestation with its type. */
static void add_attestation(struct speller *speller, const char *option, const struct value *value) {
    if (value->pieces.count == 0) return;
    if (!text_is_given(speller->target)) {
        speller_value(speller, option, value);
        return;
    }
    struct arena *arena = arena_of(speller);
    struct text given = value_text(arena, value), type = text_format(arena, "type=%s", option + 2);
    if (text_is(given, "false")) {
        type = text_concat(arena, type, TEXT(",disabled=true"));
    } else if (!text_is(given, "true")) {
        type = text_format(arena, "%.*s,%.*s", TEXT_ARG(type), TEXT_ARG(given));
    }
    speller_text(speller, "--attest", type);
}

static void add_extras(struct speller *speller, const struct compose_extras *extras) {
    bool is_bake = text_is_given(speller->target); /* which knows neither of these two: handover_alone */
    if (!is_bake) speller_values(speller, "--ulimit", &extras->ulimits);
    if (!is_bake) speller_values(speller, "--allow", &extras->entitlements);
    speller_values(speller, "--no-cache-filter", &extras->no_cache_filter);
}

/* What only a compose service says. */
static void add_compose_options(struct speller *speller, const struct plan_image *planned) {
    const struct compose_build *build = planned->image->build;
    add_pairs(speller, "--build-context", &build->contexts, planned);
    add_pairs(speller, "--label", &build->labels, planned);
    if (!planned->replaces_cache) speller_values(speller, "--cache-from", &build->cache_from);
    if (plan_image_pushes(planned) && !planned->replaces_cache)
        speller_values(speller, "--cache-to", &build->cache_to); /* that is a push, too */
    add_secrets(speller, "--secret", &build->secrets, planned);
    speller_values(speller, "--ssh", &build->ssh);
    if (!text_is_given(speller->target)) add_hosts(speller, &build->extra_hosts); /* bake has no word for it */
    speller_text(speller, "--network", build->network);
    speller_text(speller, "--shm-size", build->shm_size);
    if (build->extras != NULL) add_extras(speller, build->extras);
    if (build->no_cache && !planned->no_cache) speller_flag(speller, "--no-cache");
    if (build->pull) speller_flag(speller, "--pull");
}

void speller_attestations(struct speller *speller, const struct plan_image *planned) {
    add_attestation(speller, "--provenance", &planned->provenance);
    add_attestation(speller, "--sbom", &planned->sbom);
}

void speller_settings(struct speller *speller, const struct plan_image *planned, bool is_wanted, bool has_file) {
    bool is_bake = text_is_given(speller->target);
    add_pairs(speller, "--label", &planned->labels, planned);
    if (!is_bake) add_pairs(speller, "--annotation", &planned->annotations, planned);
    speller_values(speller, "--cache-from", &planned->cache_from);
    if (is_wanted) speller_values(speller, "--cache-to", &planned->cache_to);
    add_secrets(speller, has_file ? "--secret+" : "--secret", &planned->secrets, planned);
    if (!has_file || planned->sets_attestations) speller_attestations(speller, planned);
    if (planned->no_cache) speller_flag(speller, "--no-cache");
}

/* Bake looks for it from the context. */
static struct text dockerfile_word(struct speller *speller, const struct image *image) {
    bool is_bake = text_is_given(speller->target);
    if (is_bake) return path_relative(arena_of(speller), image->context, image->dockerfile);
    return speller_path(arena_of(speller), image->dockerfile);
}

static void add_dockerfile(struct speller *speller, const struct image *image) {
    if (image_has_inline_dockerfile(image)) {
        /* a path would be looked for in the remote context */
        bool is_remote = image->build->context_is_remote;
        call_option(speller->call, "--file", is_remote ? shell_constant("-") : shell_constant(BUILD_CALL_DOCKERFILE));
    } else if (text_is_given(image->dockerfile)) {
        speller_text(speller, "--file", dockerfile_word(speller, image));
    } else if (image->build != NULL) {
        speller_text(speller, "--file", image->build->remote_dockerfile);
    }
}

/* The first place where this build puts it. */
static const struct value *fresh(const struct plan_image *base) {
    return plan_image_pushes(base) && base->destinations.count > 0 ? base->destinations.items[0] : NULL;
}

bool speller_link(struct arena *arena, const struct plan_link *link, const struct links *links, struct value *out) {
    const struct link_target *target = links_target(links, link->base);
    if (target != NULL) {
        value_add_text(arena, out, text_concat(arena, TEXT("target:"), target->name));
    } else if (fresh(link->base) != NULL) {
        value_add_text(arena, out, TEXT("docker-image://"));
        value_add(arena, out, fresh(link->base));
    }
    return target != NULL || fresh(link->base) != NULL;
}

static void add_links(struct speller *speller, const struct plan_image *planned, const struct links *links) {
    for (size_t i = 0; i < planned->links.count; i++) {
        const struct plan_link *link = planned->links.items[i];
        struct value word = value_literal(arena_of(speller), text_concat(arena_of(speller), link->name, TEXT("=")));
        if (link->base->is_built && speller_link(arena_of(speller), link, links, &word))
            speller_value(speller, "--build-context", &word);
    }
}

void speller_describe(struct speller *speller, const struct plan_image *planned, const struct list *platforms,
                      const struct links *links) {
    add_dockerfile(speller, planned->image);
    speller_text(speller, "--target", planned->image->target);
    add_platforms(speller, platforms);
    add_arguments(speller, planned);
    add_links(speller, planned, links);
    if (planned->image->build != NULL) add_compose_options(speller, planned);
    const struct link_target *target = links_target(links, planned);
    speller_settings(speller, planned, target == NULL || target->is_wanted, false);
}

static void add_names_of_pairs(struct arena *arena, const struct list *pairs, struct texts *out) {
    for (size_t i = 0; i < pairs->count; i++)
        value_names(arena, &((const struct compose_pair *)pairs->items[i])->value, out);
}

void speller_names(struct arena *arena, const struct plan_image *planned, struct texts *out) {
    for (size_t i = 0; i < planned->arguments.count; i++) {
        const struct plan_argument *argument = planned->arguments.items[i];
        if (argument->from_environment && !texts_has(out, argument->name)) texts_add(arena, out, argument->name);
        value_names(arena, &argument->value, out);
    }
    compose_names_of_values(arena, plan_image_references(planned), out);
    add_names_of_pairs(arena, &planned->labels, out);
    add_names_of_pairs(arena, &planned->annotations, out);
    if (planned->image->build != NULL) compose_names_add(arena, planned->image->build, out);
}

/* Does an argument have no value but that of this variable? An included file's own `.env` says nothing of those. */
static bool is_argument(const struct plan_image *planned, struct text name) {
    for (size_t i = 0; i < planned->arguments.count; i++) {
        const struct plan_argument *argument = planned->arguments.items[i];
        if (argument->from_environment && text_equal(argument->name, name)) return true;
    }
    return false;
}

void speller_export_defaults(struct script *script, const struct plan_image *planned) {
    const struct variables *own = planned->image->variables;
    const struct variables *outer = planned->image->compose == NULL ? own : planned->image->compose->variables;
    struct texts names = {0};
    script->scope.defaults = own;
    if (own == NULL) return;
    speller_names(script->arena, planned, &names);
    for (size_t i = 0; i < names.count; i++) {
        bool is_outer = outer != own && outer != NULL && is_argument(planned, names.items[i]);
        const struct text *value = variables_find(is_outer ? outer : own, names.items[i]);
        bool can_export = variables_is_name(names.items[i]) && !shell_sets(names.items[i]);
        if (value != NULL && can_export) script_export_default(script, names.items[i], *value);
    }
}
