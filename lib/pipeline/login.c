#include "pipeline/login.h"

#include "pipeline/speller.h"

static void assign(struct script *script, const char *name, struct text text) {
    script_assign(script, name, shell_word(&script->scope, text));
}

static void assign_or_empty(struct script *script, const char *name, struct text text) {
    assign(script, name, text_is_given(text) ? text : TEXT(""));
}

static void need_oidc(struct script *script, struct prepared *prepared) {
    if (!prepared->has_oidc) prepare_recipe(script, "login_oidc", prepared);
    prepared->has_oidc = true;
}

static void add_password(struct script *script, const struct login_settings *login, struct prepared *prepared) {
    if (text_is_given(login->username_variable.text)) {
        struct value reference = {0};
        value_add_reference(script->arena, &reference, login->username_variable.text, VALUE_PLAIN, (struct value){0});
        script_assign(script, "depot_username", shell_value(&script->scope, &reference));
    } else {
        assign(script, "depot_username", login->username.text);
    }
    assign(script, "depot_password_variable", login->password_variable.text);
    prepare_recipe(script, "login_password", prepared);
}

static void add_ecr(struct script *script, const struct plan_login *login, struct prepared *prepared) {
    struct login_ecr ecr = {.region = TEXT("us-east-1"), .domain = TEXT("amazonaws.com")};
    bool is_public = login->type == LOGIN_ECR_PUBLIC;
    if (!is_public) (void)login_ecr_parse(login->registry, &ecr);
    if (text_is_given(login->settings->role.text)) need_oidc(script, prepared);
    assign(script, "depot_service", is_public ? TEXT("ecr-public") : TEXT("ecr"));
    assign(script, "depot_region", ecr.region);
    assign(script, "depot_domain", ecr.domain);
    assign_or_empty(script, "depot_role", login->settings->role.text);
    prepare_recipe(script, "login_ecr", prepared);
}

static void add_google(struct script *script, const struct login_settings *login, struct prepared *prepared) {
    if (!text_is_given(login->provider.text)) {
        prepare_recipe(script, "login_gcloud", prepared);
        return;
    }
    need_oidc(script, prepared);
    assign(script, "depot_provider", login_provider(login->provider.text));
    assign_or_empty(script, "depot_service_account", login->service_account.text);
    prepare_recipe(script, "login_google", prepared);
}

static void add_depot(struct script *script, const struct workspace *workspace, const struct plan_image *planned,
                      struct prepared *prepared) {
    struct value project = speller_project(script->arena, workspace, &planned->image->project);
    script_assign(script, "depot_project", shell_value(&script->scope, &project));
    prepare_recipe(script, "login_depot", prepared);
}

/* How Docker's configuration names it, and where it answers. A registry on the agent itself is not asked over TLS. */
static void assign_registry(struct script *script, struct text registry) {
    struct text host = login_host(registry);
    bool is_hub = text_is(host, "docker.io");
    bool is_near = text_starts(host, "localhost") || text_starts(host, "127.");
    assign(script, "depot_registry", is_hub ? TEXT("https://index.docker.io/v1/") : host);
    assign(script, "depot_api",
           text_format(script->arena, "%s://%.*s/v2/", is_near ? "http" : "https",
                       TEXT_ARG(is_hub ? TEXT("registry-1.docker.io") : host)));
}

static void add_one(struct script *script, const struct workspace *workspace, const struct plan_image *planned,
                    const struct plan_login *login, struct prepared *prepared) {
    if (!prepared->has_login) prepare_recipe(script, "login", prepared);
    prepared->has_login = true;
    assign_registry(script, login->registry);
    switch (login->type) {
    case LOGIN_ECR:
    case LOGIN_ECR_PUBLIC:
        add_ecr(script, login, prepared);
        return;
    case LOGIN_GOOGLE:
        add_google(script, login->settings, prepared);
        return;
    case LOGIN_BUILDKITE:
        need_oidc(script, prepared);
        assign(script, "depot_packages", login->registry);
        prepare_recipe(script, "login_buildkite", prepared);
        return;
    case LOGIN_DEPOT:
        add_depot(script, workspace, planned, prepared);
        return;
    case LOGIN_HELPER:
        assign(script, "depot_helper", login->settings->helper.text);
        prepare_recipe(script, "login_helper", prepared);
        return;
    case LOGIN_NOT_GIVEN:
    case LOGIN_PASSWORD:
    case LOGIN_PLUGIN:
        add_password(script, login->settings, prepared);
    }
}

void login_add(struct script *script, const struct workspace *workspace, const struct plan_image *planned,
               struct prepared *prepared) {
    for (size_t i = 0; i < planned->logins.count; i++) {
        const struct plan_login *login = planned->logins.items[i];
        struct text host = login_host(login->registry);
        if (login->type == LOGIN_PLUGIN || map_has(&prepared->logins, host)) continue;
        map_set(script->arena, &prepared->logins, host, (void *)login);
        script_blank(script);
        prepare_config(script, prepared);
        add_one(script, workspace, planned, login, prepared);
    }
}

/* --- plugins --- */

static struct node *docker_login(struct arena *arena, const struct plan_login *login) {
    struct node *options = node_mapping(arena);
    bool is_hub = text_is(login->registry, "docker.io");
    node_set(arena, options, "username", node_string(arena, login->settings->username.text));
    node_set(arena, options, "password-env", node_string(arena, login->settings->password_variable.text));
    if (!is_hub) node_set(arena, options, "server", node_string(arena, login->registry));
    return options;
}

static struct node *ecr_login(struct arena *arena, const struct plan_login *login) {
    struct node *options = node_mapping(arena);
    struct login_ecr ecr;
    bool is_private = login_ecr_parse(login->registry, &ecr);
    node_set(arena, options, "login", node_bool(arena, true));
    node_set(arena, options, "account-ids", node_string(arena, is_private ? ecr.account : login->registry));
    if (is_private) node_set(arena, options, "region", node_string(arena, ecr.region));
    if (text_is_given(login->settings->role.text)) {
        struct node *role = node_mapping(arena);
        node_set(arena, role, "role-arn", node_string(arena, login->settings->role.text));
        node_set(arena, role, "oidc", node_bool(arena, true));
        node_set(arena, options, "assume-role", role);
    }
    return options;
}

static struct node *plugin_node(struct arena *arena, const struct plan_login *login) {
    struct login_plugin plugin = login_plugin_of(login->settings, login->registry);
    struct node *item = node_mapping(arena);
    struct text name = text_format(arena, "%.*s#%.*s", TEXT_ARG(plugin.name), TEXT_ARG(plugin.version));
    bool is_ecr = text_is(plugin.name, "ecr");
    node_set_pair(arena, item, node_string(arena, name), is_ecr ? ecr_login(arena, login) : docker_login(arena, login));
    return item;
}

void login_add_plugins(struct arena *arena, const struct list *images, struct list *out) {
    struct map made = {0};
    for (size_t i = 0; i < images->count; i++) {
        const struct plan_image *planned = images->items[i];
        for (size_t j = 0; j < planned->logins.count; j++) {
            const struct plan_login *login = planned->logins.items[j];
            if (login->type != LOGIN_PLUGIN || map_has(&made, login->registry)) continue;
            map_set(arena, &made, login->registry, (void *)login);
            list_add(arena, out, plugin_node(arena, login));
        }
    }
}
