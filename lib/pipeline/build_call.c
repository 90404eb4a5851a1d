#include "pipeline/build_call.h"

#include "base/path.h"

#include <assert.h>

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

static void add_platforms(struct call *call, const struct image *image) {
    struct buffer joined = buffer_in(call->script->arena);
    for (size_t i = 0; i < image->platforms.count; i++) {
        if (i > 0) buffer_add_byte(&joined, ',');
        buffer_add(&joined, *(const struct text *)image->platforms.items[i]);
    }
    call_text(call, "--platform", buffer_text(&joined));
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

static void add_arguments(struct call *call, const struct plan_image *planned) {
    for (size_t i = 0; i < planned->arguments.count; i++) {
        struct value word = argument_word(call->script->arena, planned->arguments.items[i]);
        call_value(call, "--build-arg", &word);
    }
}

static void add_values(struct call *call, const char *option, const struct list *values) {
    for (size_t i = 0; i < values->count; i++)
        call_value(call, option, values->items[i]);
}

static void add_pairs(struct call *call, const char *option, const struct list *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct compose_pair *pair = pairs->items[i];
        struct arena *arena = call->script->arena;
        struct value word = value_literal(arena, text_concat(arena, pair->name, TEXT("=")));
        struct value path =
            pair->is_path ? value_literal(arena, build_call_path(arena, value_text(arena, &pair->value))) : pair->value;
        value_add(arena, &word, &path);
        call_value(call, option, &word);
    }
}

/* "name:address": the CLI knows no other separator, and cuts at the first, so that an IPv6 address needs no brackets. */
static void add_hosts(struct call *call, const struct list *hosts) {
    struct arena *arena = call->script->arena;
    for (size_t i = 0; i < hosts->count; i++) {
        struct value word = {0}, address = {0};
        bool is_pair = value_cut(arena, hosts->items[i], '=', &word, &address);
        assert(is_pair && "compose_build writes name=address");
        (void)is_pair;
        value_add_text(arena, &word, TEXT(":"));
        value_add(arena, &word, &address);
        call_value(call, "--add-host", &word);
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

static void add_secrets(struct call *call, const struct list *secrets) {
    for (size_t i = 0; i < secrets->count; i++) {
        const struct compose_secret *secret = secrets->items[i];
        struct buffer option = buffer_in(call->script->arena);
        add_field(&option, "id", secret->id);
        if (text_is_given(secret->file)) add_field(&option, "src", secret->file);
        if (text_is_given(secret->environment)) add_field(&option, "env", secret->environment);
        call_text(call, "--secret", buffer_text(&option));
    }
}

/* What only a compose service says. */
static void add_compose_options(struct call *call, const struct compose_build *build, bool is_published) {
    add_pairs(call, "--build-context", &build->contexts);
    add_pairs(call, "--label", &build->labels);
    add_values(call, "--cache-from", &build->cache_from);
    if (is_published) add_values(call, "--cache-to", &build->cache_to); /* that is a push, too */
    add_secrets(call, &build->secrets);
    add_values(call, "--ssh", &build->ssh);
    add_hosts(call, &build->extra_hosts);
    call_text(call, "--network", build->network);
    call_text(call, "--shm-size", build->shm_size);
    if (build->no_cache) call_flag(call, "--no-cache");
    if (build->pull) call_flag(call, "--pull");
}

static bool has_inline_dockerfile(const struct image *image) {
    return image->build != NULL && text_is_given(image->build->dockerfile_inline);
}

static void add_dockerfile(struct call *call, const struct image *image) {
    if (has_inline_dockerfile(image)) {
        call_option(call, "--file", shell_constant("-"));
    } else if (text_is_given(image->dockerfile)) {
        call_text(call, "--file", build_call_path(call->script->arena, image->dockerfile));
    } else if (image->build != NULL) {
        call_text(call, "--file", image->build->remote_dockerfile);
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

void build_call_add(struct script *script, const struct workspace *workspace, const struct plan_image *planned) {
    const struct image *image = planned->image;
    script->scope.defaults = image->variables;
    export_defaults(script, planned);
    struct call call = call_begin(script, program(script, image));
    struct value project = project_value(script->arena, workspace, &image->project);
    call_value(&call, "--project", &project);
    add_dockerfile(&call, image);
    call_text(&call, "--target", image->target);
    add_platforms(&call, image);
    add_arguments(&call, planned);
    if (image->build != NULL) add_compose_options(&call, image->build, planned->is_published);
    add_values(&call, "--tag", &planned->destinations);
    if (planned->is_published) call_flag(&call, "--push");
    call_flag(&call, "--progress plain");
    call_word(&call, context_word(script, image));
    call_end(&call);
}
