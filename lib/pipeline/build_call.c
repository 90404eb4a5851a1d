#include "pipeline/build_call.h"

#include "base/path.h"
#include "pipeline/links.h"

#include <assert.h>
#include <string.h>

struct text build_call_path(struct arena *arena, struct text path) {
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

static struct value project_value(struct arena *arena, const struct workspace *workspace,
                                  const struct project *project) {
    if (text_is_given(project->id) && !gives_way(workspace, project)) return value_literal(arena, project->id);
    struct value value = {0}, id = {0};
    if (text_is_given(project->id)) id = value_literal(arena, project->id);
    value_add_reference(arena, &value, TEXT("DEPOT_PROJECT_ID"),
                        text_is_given(project->id) ? VALUE_DEFAULT : VALUE_PLAIN, id);
    return value;
}

/*
 * What is said of a build, to `depot build` or, for one of several that are linked, to `depot bake`:
 *
 *     --build-arg A=1        --set image.args.A=1
 */
struct speller {
    struct call *call;
    struct text target; /* of the bake; absent: `depot build` */
};

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
    };
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        if (strcmp(keys[i][0], option) == 0) return keys[i][1];
    return NULL;
}

static void say_value(struct speller *speller, const char *option, const struct value *value) {
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

static void say_text(struct speller *speller, const char *option, struct text text) {
    struct value value = value_literal(arena_of(speller), text);
    if (text_is_given(text)) say_value(speller, option, &value);
}

static void say_flag(struct speller *speller, const char *option) {
    struct value nothing = {0};
    if (!text_is_given(speller->target)) {
        call_flag(speller->call, option);
    } else {
        say_value(speller, option, &nothing);
    }
}

/* One option for all of them; bake wants one each. */
static void add_platforms(struct speller *speller, const struct image *image) {
    struct buffer joined = buffer_in(arena_of(speller));
    for (size_t i = 0; i < image->platforms.count; i++) {
        struct text platform = *(const struct text *)image->platforms.items[i];
        if (text_is_given(speller->target)) say_text(speller, "--platform", platform);
        if (i > 0) buffer_add_byte(&joined, ',');
        buffer_add(&joined, platform);
    }
    if (!text_is_given(speller->target)) say_text(speller, "--platform", buffer_text(&joined));
}

/* NAME=value; NAME alone has the CLI take it from the environment, where a shell's own variables are not. */
static struct value argument_word(struct arena *arena, const struct plan_argument *argument) {
    bool is_passed_on = argument->from_environment && !shell_sets(argument->name);
    struct value word = value_literal(arena, text_concat(arena, argument->name, is_passed_on ? TEXT("") : TEXT("=")));
    if (!argument->from_environment) value_add(arena, &word, &argument->value);
    if (argument->from_environment && !is_passed_on)
        value_add_reference(arena, &word, argument->name, VALUE_PLAIN, (struct value){0});
    return word;
}

static void add_arguments(struct speller *speller, const struct plan_image *planned) {
    for (size_t i = 0; i < planned->arguments.count; i++) {
        struct value word = argument_word(arena_of(speller), planned->arguments.items[i]);
        say_value(speller, "--build-arg", &word);
    }
}

static void add_values(struct speller *speller, const char *option, const struct list *values) {
    for (size_t i = 0; i < values->count; i++)
        say_value(speller, option, values->items[i]);
}

/* Contexts that are images of this repository are handed over by add_links. */
static bool is_linked(const struct plan_image *planned, struct text name) {
    for (size_t i = 0; i < planned->links.count; i++) {
        const struct plan_link *link = planned->links.items[i];
        if (text_equal(link->name, name) && (link->is_service || link->base->is_built)) return true;
    }
    return false;
}

static void add_pairs(struct speller *speller, const char *option, const struct list *pairs,
                      const struct plan_image *planned) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct compose_pair *pair = pairs->items[i];
        if (planned != NULL && is_linked(planned, pair->name)) continue;
        struct arena *arena = arena_of(speller);
        struct value word = value_literal(arena, text_concat(arena, pair->name, TEXT("=")));
        struct value path =
            pair->is_path ? value_literal(arena, build_call_path(arena, value_text(arena, &pair->value))) : pair->value;
        value_add(arena, &word, &path);
        say_value(speller, option, &word);
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
        say_value(speller, "--add-host", &word);
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

static void add_secrets(struct speller *speller, const struct list *secrets) {
    for (size_t i = 0; i < secrets->count; i++) {
        const struct compose_secret *secret = secrets->items[i];
        struct buffer option = buffer_in(arena_of(speller));
        add_field(&option, "id", secret->id);
        if (text_is_given(secret->file)) add_field(&option, "src", secret->file);
        if (text_is_given(secret->environment)) add_field(&option, "env", secret->environment);
        say_text(speller, "--secret", buffer_text(&option));
    }
}

/* What only a compose service says. */
static void add_compose_options(struct speller *speller, const struct plan_image *planned) {
    const struct compose_build *build = planned->image->build;
    add_pairs(speller, "--build-context", &build->contexts, planned);
    add_pairs(speller, "--label", &build->labels, NULL);
    add_values(speller, "--cache-from", &build->cache_from);
    if (planned->is_published) add_values(speller, "--cache-to", &build->cache_to); /* that is a push, too */
    add_secrets(speller, &build->secrets);
    add_values(speller, "--ssh", &build->ssh);
    if (!text_is_given(speller->target)) add_hosts(speller, &build->extra_hosts); /* bake has no word for it */
    say_text(speller, "--network", build->network);
    say_text(speller, "--shm-size", build->shm_size);
    if (build->no_cache) say_flag(speller, "--no-cache");
    if (build->pull) say_flag(speller, "--pull");
}

static bool has_inline_dockerfile(const struct image *image) {
    return image->build != NULL && text_is_given(image->build->dockerfile_inline);
}

/* Bake looks for it from the context. */
static struct text dockerfile_word(struct speller *speller, const struct image *image) {
    bool is_bake = text_is_given(speller->target);
    if (is_bake) return path_relative(arena_of(speller), image->context, image->dockerfile);
    return build_call_path(arena_of(speller), image->dockerfile);
}

static void add_dockerfile(struct speller *speller, const struct image *image) {
    if (has_inline_dockerfile(image)) {
        call_option(speller->call, "--file", shell_constant("-"));
    } else if (text_is_given(image->dockerfile)) {
        say_text(speller, "--file", dockerfile_word(speller, image));
    } else if (image->build != NULL) {
        say_text(speller, "--file", image->build->remote_dockerfile);
    }
}

/* Values of `.env` are defaults: the step's own environment beats them. */
static void export_defaults(struct script *script, const struct plan_image *planned) {
    const struct variables *variables = planned->image->variables;
    struct texts names = {0};
    for (size_t i = 0; i < planned->arguments.count; i++) {
        const struct plan_argument *argument = planned->arguments.items[i];
        if (argument->from_environment && !texts_has(&names, argument->name))
            texts_add(script->arena, &names, argument->name);
        value_names(script->arena, &argument->value, &names);
    }
    for (size_t i = 0; i < planned->destinations.count; i++)
        value_names(script->arena, planned->destinations.items[i], &names);
    for (size_t i = 0; variables != NULL && i < names.count; i++) {
        const struct text *value = variables_find(variables, names.items[i]);
        bool can_export = variables_is_name(names.items[i]) && !shell_sets(names.items[i]);
        if (value != NULL && can_export) script_export_default(script, names.items[i], *value);
    }
}

/* A Dockerfile that stands in the compose file goes in through standard input. */
static struct shell program(struct script *script, const struct image *image) {
    if (!has_inline_dockerfile(image)) return shell_constant("depot build");
    script_assign(script, "depot_dockerfile", shell_document(&script->scope, image->build->dockerfile_inline));
    return shell_constant("printf '%s' \"$depot_dockerfile\" | depot build");
}

bool build_call_needs_link(const struct image *image) {
    bool is_remote = image->build != NULL && image->build->context_is_remote;
    struct text name = path_name(image->context);
    for (size_t i = 0; !is_remote && i < name.len; i++)
        if (name.ptr[i] < ' ' || name.ptr[i] > '~') return true;
    return false;
}

static struct shell context_word(struct script *script, const struct image *image) {
    if (build_call_needs_link(image)) return shell_constant(BUILD_CALL_LINK);
    bool is_remote = image->build != NULL && image->build->context_is_remote;
    return shell_word(&script->scope, is_remote ? image->context : build_call_path(script->arena, image->context));
}

/* --- images of this repository that it is built from --- */

/* The first place where this build puts it. */
static const struct value *fresh(const struct plan_image *base) {
    return base->is_published && base->destinations.count > 0 ? base->destinations.items[0] : NULL;
}

static void add_link(struct speller *speller, const struct plan_link *link, const struct links *links) {
    struct text before = text_concat(arena_of(speller), link->name, TEXT("="));
    struct value word = value_literal(arena_of(speller), before);
    if (fresh(link->base) != NULL) {
        value_add_text(arena_of(speller), &word, TEXT("docker-image://"));
        value_add(arena_of(speller), &word, fresh(link->base));
    } else {
        size_t number = links_find(links, link->base);
        if (number == 0) return;
        value_add_text(arena_of(speller), &word, text_format(arena_of(speller), "target:base-%zu", number));
    }
    say_value(speller, "--build-context", &word);
}

static void add_links(struct speller *speller, const struct plan_image *planned, const struct links *links) {
    for (size_t i = 0; i < planned->links.count; i++) {
        const struct plan_link *link = planned->links.items[i];
        if (link->base->is_built) add_link(speller, link, links);
    }
}

/* What both ways say of a build. */
static void describe(struct speller *speller, const struct plan_image *planned, const struct image *platforms,
                     const struct links *links) {
    add_dockerfile(speller, planned->image);
    say_text(speller, "--target", planned->image->target);
    add_platforms(speller, platforms);
    add_arguments(speller, planned);
    add_links(speller, planned, links);
    if (planned->image->build != NULL) add_compose_options(speller, planned);
}

static void finish(struct call *call, const struct plan_image *planned) {
    if (planned->is_published) call_flag(call, "--push");
    call_flag(call, "--progress plain");
}

static void add_one(struct script *script, const struct workspace *workspace, const struct plan_image *planned,
                    const struct links *links) {
    const struct image *image = planned->image;
    struct call call = call_begin(script, program(script, image));
    struct speller speller = {.call = &call};
    struct value project = project_value(script->arena, workspace, &image->project);
    call_value(&call, "--project", &project);
    describe(&speller, planned, image, links);
    add_values(&speller, "--tag", &planned->destinations);
    finish(&call, planned);
    call_word(&call, context_word(script, image));
    call_end(&call);
}

/* {"target":{"image":{},"base-1":{}}}: everything else is said by --set, where variables can stand. */
static struct shell bake_file(struct script *script, size_t bases) {
    struct buffer json = buffer_in(script->arena);
    buffer_add_string(&json, "{\"target\":{\"image\":{}");
    for (size_t i = 1; i <= bases; i++)
        buffer_format(&json, ",\"base-%zu\":{}", i);
    buffer_add_string(&json, "}}");
    struct shell word = shell_word(&script->scope, buffer_text(&json));
    struct shell line = shell_join(script->arena, shell_constant("printf '%s' "), word);
    return shell_join(script->arena, line, shell_constant(" | depot bake"));
}

static void add_target(struct call *call, struct text target, const struct plan_image *planned,
                       const struct image *platforms, const struct links *links) {
    struct speller speller = {.call = call, .target = target};
    say_text(&speller, "--context", build_call_path(call->script->arena, planned->image->context));
    describe(&speller, planned, platforms, links);
}

static void add_linked(struct script *script, const struct workspace *workspace, const struct plan_image *planned,
                       const struct links *links) {
    struct call call = call_begin(script, bake_file(script, links->bases.count));
    struct value project = project_value(script->arena, workspace, &planned->image->project);
    call_value(&call, "--project", &project);
    call_option(&call, "--file", shell_constant("-"));
    for (size_t i = links->bases.count; i > 0; i--) {
        const struct plan_image *base = links->bases.items[i - 1];
        export_defaults(script, base);
        add_target(&call, text_format(script->arena, "base-%zu", i), base, planned->image, links);
    }
    add_target(&call, TEXT("image"), planned, planned->image, links);
    struct speller speller = {.call = &call, .target = TEXT("image")};
    add_values(&speller, "--tag", &planned->destinations);
    finish(&call, planned);
    call_word(&call, shell_constant("image"));
    call_end(&call);
}

void build_call_add(struct script *script, const struct workspace *workspace, const struct plan_image *planned) {
    struct links links = {0};
    script->scope.defaults = planned->image->variables;
    export_defaults(script, planned);
    links_find_all(script->arena, planned, &links);
    if (links.bases.count == 0) {
        add_one(script, workspace, planned, &links);
    } else {
        add_linked(script, workspace, planned, &links);
    }
}
