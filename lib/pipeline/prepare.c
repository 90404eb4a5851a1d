#include "pipeline/prepare.h"

#include "pipeline/build_call.h"
#include "pipeline/login.h"
#include "pipeline/speller.h"
#include "pipeline/told.h"
#include "plan/matrix.h"
#include "recipe/versions.h"

#include <assert.h>

void prepare_recipe(struct script *script, const char *name, struct prepared *prepared) {
    const struct recipe *recipe = recipe_find(name);
    assert(recipe != NULL && "recipes are named by constants");
    script_line(script, shell_recipe(recipe));
    for (const int *status = recipe->retries; *status != 0; status++) {
        bool present = false;
        for (size_t i = 0; i < prepared->retried.count; i++)
            present |= *(const int *)prepared->retried.items[i] == *status;
        if (!present) list_add(script->arena, &prepared->retried, (void *)status);
    }
}

static void add_scratch(struct script *script, struct prepared *prepared) {
    if (prepared->has_scratch) return;
    prepare_recipe(script, "scratch", prepared);
    prepared->has_scratch = true;
}

static void assign_text(struct script *script, const char *name, struct text text) {
    script_assign(script, name, shell_word(&script->scope, text));
}

static struct text or_default(struct text given, const char *otherwise) {
    return text_is_given(given) ? given : text_from(otherwise);
}

/* linux_amd64=… linux_arm64=…: of the settings, else what is known of the version. */
static struct text checksums(struct arena *arena, const struct cli_settings *cli, struct text number) {
    struct buffer words = buffer_in(arena);
    for (size_t i = 0; i < cli->sha256.count; i++) {
        const struct record_pair *pair = cli->sha256.items[i];
        buffer_format(&words, "%s%.*s=%.*s", i == 0 ? "" : " ", TEXT_ARG(pair->name), TEXT_ARG(pair->value));
    }
    const struct version *version = cli->sha256.count > 0 ? NULL : versions_find(number);
    for (size_t i = 0; version != NULL && i < VERSIONS_PLATFORMS; i++) {
        const struct version_archive *archive = &version->archives[i];
        if (archive->sha256 == NULL) continue;
        buffer_format(&words, "%s%s=%s", words.len == 0 ? "" : " ", archive->platform, archive->sha256);
    }
    return buffer_text(&words);
}

static void add_pinned(struct script *script, const struct cli_settings *cli, struct prepared *prepared) {
    struct text number = or_default(cli->version.text, VERSIONS_DEFAULT);
    /* a version that was asked for is not replaced by an older one that happens to be on the agent */
    struct text minimum = or_default(cli->version.text, VERSIONS_MINIMUM);
    assign_text(script, "depot_version", number);
    assign_text(script, "depot_minimum", minimum);
    assign_text(script, "depot_url", text_trim_right(or_default(cli->url.text, VERSIONS_URL), "/"));
    assign_text(script, "depot_sha256", checksums(script->arena, cli, number));
    add_scratch(script, prepared);
    prepare_recipe(script, "install_pinned", prepared);
}

static void add_script(struct script *script, const struct cli_settings *cli, struct prepared *prepared) {
    assign_text(script, "depot_version", or_default(cli->version.text, VERSIONS_DEFAULT));
    add_scratch(script, prepared);
    prepare_recipe(script, "install_script", prepared);
}

struct text prepare_image(struct arena *arena, const struct settings *settings) {
    if (settings->install != INSTALL_IMAGE || text_is_given(settings->cli.image.text)) return settings->cli.image.text;
    struct text number = or_default(settings->cli.version.text, VERSIONS_DEFAULT);
    return text_concat(arena, TEXT(VERSIONS_IMAGE ":"), number);
}

static void add_cli(struct script *script, const struct settings *settings, struct prepared *prepared) {
    switch ((enum install_setting)settings->install) {
    case INSTALL_NOT_GIVEN:
    case INSTALL_PINNED:
        add_pinned(script, &settings->cli, prepared);
        return;
    case INSTALL_SCRIPT:
        add_script(script, &settings->cli, prepared);
        return;
    case INSTALL_IMAGE:
        assign_text(script, "depot_image", prepare_image(script->arena, settings));
        prepare_recipe(script, "install_image", prepared);
        return;
    case INSTALL_NONE:
        prepare_recipe(script, "install_none", prepared);
        return;
    }
}

void prepare_start(struct script *script, const struct settings *settings, struct prepared *prepared) {
    add_cli(script, settings, prepared);
    if (settings->auth == AUTH_OIDC) prepare_recipe(script, "auth_oidc", prepared);
    if (settings->auth == AUTH_TOKEN) prepare_recipe(script, "auth_token", prepared);
    add_scratch(script, prepared);
    prepare_recipe(script, "run", prepared);
}

void prepare_project(struct script *script, const struct workspace *workspace, const struct image *image,
                     struct prepared *prepared) {
    const struct project *project = &image->project;
    if (!text_is_given(project->id)) {
        if (!prepared->has_project) prepare_recipe(script, "project_required", prepared);
        prepared->has_project = true;
        return;
    }
    if (!project->is_named && !workspace->has_several_projects) return;
    assign_text(script, "depot_project", project->id);
    assign_text(script, "depot_project_origin", project->origin);
    prepare_recipe(script, "project_differs", prepared);
}

void prepare_context(struct script *script, const struct image *image, struct prepared *prepared) {
    if (!image_needs_link(image)) return;
    add_scratch(script, prepared);
    struct shell word = shell_word(&script->scope, image->context);
    struct shell line = shell_join(script->arena, shell_constant("rm -f " BUILD_CALL_LINK " && ln -s \"$PWD\"/"), word);
    script_line(script, shell_join(script->arena, line, shell_constant(" " BUILD_CALL_LINK)));
}

void prepare_config(struct script *script, struct prepared *prepared) {
    if (prepared->has_config) return;
    add_scratch(script, prepared);
    prepare_recipe(script, "docker_config", prepared);
    prepared->has_config = true;
}

/* Works where docker has what the build needs. */
static struct text need_of(const struct plan_image *planned) {
    return planned->builder == BUILDER_COMPOSE  ? TEXT("docker compose version")
           : planned->builder == BUILDER_BUILDX ? TEXT("docker buildx version")
                                                : TEXT("docker --version");
}

void prepare_docker(struct script *script, const struct workspace *workspace, const struct plan_image *planned,
                    struct prepared *prepared) {
    if (prepared->has_docker) return; /* all images of a step that needs it are of one project and builder */
    script_blank(script);
    prepare_config(script, prepared);
    struct value project = speller_project(script->arena, workspace, &planned->image->project);
    assign_text(script, "depot_needs", need_of(planned));
    script_assign(script, "depot_project", shell_value(&script->scope, &project));
    prepare_recipe(script, "configure_docker", prepared);
    prepared->has_docker = true;
}

void prepare_daemon(struct script *script, struct prepared *prepared) {
    if (prepared->has_daemon || prepared->has_docker) return; /* `depot configure-docker` asks one, too */
    script_blank(script);
    prepare_recipe(script, "docker_daemon", prepared);
    prepared->has_daemon = true;
}

void prepare_saved(struct script *script, const struct plan_image *planned, struct prepared *prepared) {
    add_scratch(script, prepared);
    assign_text(script, "depot_image", told_name(script->arena, planned->image));
    prepare_recipe(script, "saved_build", prepared);
}

/* Each once, with a space between. */
static struct value projects_of(struct arena *arena, const struct plan *plan) {
    struct value projects = {0};
    struct map seen = {0};
    for (size_t i = 0; i < plan->images.count; i++) {
        const struct plan_image *planned = plan->images.items[i];
        const struct project *project = &planned->image->project;
        if (!planned->is_built || plan_image_is_broken(planned) || map_has(&seen, project->id)) continue;
        struct value one = speller_project(arena, plan->workspace, project);
        if (seen.count > 0) value_add_text(arena, &projects, TEXT(" "));
        value_add(arena, &projects, &one);
        map_set(arena, &seen, project->id, &seen);
    }
    return projects;
}

void prepare_verify(struct script *script, const struct plan *plan, struct prepared *prepared) {
    add_scratch(script, prepared);
    struct value projects = projects_of(script->arena, plan);
    script_assign(script, "depot_projects", shell_value(&script->scope, &projects));
    prepare_recipe(script, "verify", prepared);
}

void prepare_facts(struct script *script, const struct plan_image *planned, struct text path, bool is_published) {
    struct prepared ignored = {0};
    static const struct value nothing;
    bool varies = matrix_is_in(script->arena, &planned->destinations); /* from job to job of the build's step */
    bool is_there = is_published && planned->destinations.count > 0 && !varies;
    const struct value *reference = is_there ? planned->destinations.items[0] : &nothing;
    assign_text(script, "depot_image", told_name(script->arena, planned->image));
    assign_text(script, "depot_name", planned->image->name);
    assign_text(script, "depot_path", path);
    script_assign(script, "depot_reference", shell_value(&script->scope, reference));
    prepare_recipe(script, "image_facts", &ignored);
}

void prepare_registry(struct script *script, const struct workspace *workspace, const struct list *images,
                      struct prepared *prepared) {
    add_scratch(script, prepared);
    prepare_config(script, prepared);
    for (size_t i = 0; i < images->count; i++)
        login_add(script, workspace, images->items[i], prepared);
    script_blank(script);
    prepare_recipe(script, "registry_http", prepared);
}
