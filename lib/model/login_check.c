#include "model/login_check.h"

#include "base/variables.h"
#include "recipe/tools.h"

#include <stddef.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct checker {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct login_context *context;
    bool ok;
};

#define REFUSE(checker, node, ...)                                                                                     \
    ((checker)->ok = false,                                                                                            \
     (void)diag_add((checker)->diagnostics, DIAG_ERROR, "settings-value", node_place(node), __VA_ARGS__))

/* --- which key is of which type --- */

#define OF(type) (1u << (type))
#define OF_AWS (OF(LOGIN_ECR) | OF(LOGIN_ECR_PUBLIC))

static const struct {
    const char *key;
    size_t offset;
    unsigned types;
    const char *of; /* these, for people */
} keys[] = {
    {"username", offsetof(struct login_settings, username), OF(LOGIN_PASSWORD) | OF(LOGIN_PLUGIN),
     "password or plugin"},
    {"username_variable", offsetof(struct login_settings, username_variable), OF(LOGIN_PASSWORD), "password"},
    {"password_variable", offsetof(struct login_settings, password_variable), OF(LOGIN_PASSWORD) | OF(LOGIN_PLUGIN),
     "password or plugin"},
    {"role", offsetof(struct login_settings, role), OF_AWS | OF(LOGIN_PLUGIN), "ecr, ecr_public or plugin"},
    {"account", offsetof(struct login_settings, account), OF(LOGIN_ECR) | OF(LOGIN_PLUGIN), "ecr or plugin"},
    {"region", offsetof(struct login_settings, region), OF(LOGIN_ECR) | OF(LOGIN_PLUGIN), "ecr or plugin"},
    {"provider", offsetof(struct login_settings, provider), OF(LOGIN_GOOGLE), "google"},
    {"service_account", offsetof(struct login_settings, service_account), OF(LOGIN_GOOGLE), "google"},
    {"helper", offsetof(struct login_settings, helper), OF(LOGIN_HELPER), "helper"},
    {"plugin", offsetof(struct login_settings, plugin), OF(LOGIN_PLUGIN), "plugin"},
};

static void check_keys(struct checker *checker, const struct login_settings *login, enum login_type type) {
    for (size_t i = 0; i < COUNT(keys); i++) {
        const struct record_text_value *value = (const void *)((const char *)login + keys[i].offset);
        if (value->node != NULL && (keys[i].types & OF(type)) == 0)
            REFUSE(checker, value->node, "'%s' belongs to a login of type %s; this one is of type %s", keys[i].key,
                   keys[i].of, login_type_word(type));
    }
}

/* --- what a value looks like --- */

static bool consists_of(struct text text, const char *extra) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    (c != '\0' && strchr(extra, c) != NULL);
        if (!fits) return false;
    }
    return text.len > 0;
}

/* A token that somebody pasted: by how those of well-known makers begin, or by how random it is. */
static bool is_like_a_secret(struct text text) {
    static const char *const beginnings[] = {"ghp_",   "gho_",      "ghs_",      "ghu_", "github_pat_",
                                             "glpat-", "dckr_pat_", "dckr_oat_", "AKIA", "bkua_",
                                             "bkct_",  "eyJ",       "xoxb-",     "ya29."};
    size_t digits = 0, small = 0, capital = 0;
    for (size_t i = 0; i < COUNT(beginnings); i++)
        if (text_starts(text, beginnings[i]) && text.len >= 16) return true;
    for (size_t i = 0; i < text.len; i++) {
        digits += text.ptr[i] >= '0' && text.ptr[i] <= '9';
        small += text.ptr[i] >= 'a' && text.ptr[i] <= 'z';
        capital += text.ptr[i] >= 'A' && text.ptr[i] <= 'Z';
    }
    return text.len >= 24 && digits >= 3 && small + capital + digits == text.len && small > 0 &&
           (capital > 0 || text.len >= 32);
}

static void check_variable(struct checker *checker, const struct record_text_value *value) {
    if (value->node == NULL) return;
    if (!variables_is_name(value->text)) {
        REFUSE(checker, value->node,
               "this is the name of an environment variable: letters, digits and '_', not a value");
    } else if (is_like_a_secret(value->text)) {
        REFUSE(checker, value->node,
               "this looks like a secret; give the name of the variable that holds it, and take it out of the "
               "repository's history");
    }
}

/* The value matches, or what it should look like is said. */
static void check_form(struct checker *checker, const struct record_text_value *value, bool fits, const char *form) {
    if (value->node != NULL && !fits) REFUSE(checker, value->node, "this is %s", form);
}

static bool is_role(struct text text) {
    size_t slash = text_find(text, '/');
    return consists_of(text, ":/_+=,.@-") && text_starts(text, "arn:aws") && text_contains(text, TEXT(":iam::")) &&
           slash != TEXT_NONE && text_ends(text_first(text, slash), ":role");
}

static bool is_account(struct text text) {
    return text.len == 12 && text_trim_right(text, "0123456789").len == 0;
}

static bool is_provider(struct text text) {
    text = login_provider(text);
    return consists_of(text, "/_.-") && text_starts(text, "projects/") &&
           text_contains(text, TEXT("/locations/global/workloadIdentityPools/")) &&
           text_contains(text, TEXT("/providers/"));
}

static void check_values(struct checker *checker, const struct login_settings *login) {
    check_variable(checker, &login->password_variable);
    check_variable(checker, &login->username_variable);
    if (login->username.node != NULL && is_like_a_secret(login->username.text))
        REFUSE(checker, login->username.node, "this looks like a secret, not like a user name");
    check_form(checker, &login->role, is_role(login->role.text),
               "the ARN of a role, such as arn:aws:iam::123456789012:role/push");
    check_form(checker, &login->account, is_account(login->account.text), "the number of an AWS account, 12 digits");
    check_form(checker, &login->region, consists_of(login->region.text, "-"), "an AWS region, such as us-east-1");
    check_form(checker, &login->provider, is_provider(login->provider.text),
               "a workload identity provider: projects/NUMBER/locations/global/workloadIdentityPools/POOL/"
               "providers/NAME");
    check_form(checker, &login->service_account,
               consists_of(login->service_account.text, "@.:-") &&
                   text_ends(login->service_account.text, ".gserviceaccount.com"),
               "the address of a service account, such as push@project.iam.gserviceaccount.com");
    check_form(checker, &login->helper, consists_of(login->helper.text, "._-"),
               "the name of a credential helper: ecr-login for the program docker-credential-ecr-login");
}

/* --- the registry --- */

static bool is_hub_address(struct text registry) {
    return text_equal(text_trim_right(registry, "/"), TEXT("https://index.docker.io/v1"));
}

static void check_registry_name(struct checker *checker, const struct record_text_value *registry) {
    if (registry->node == NULL) return;
    if (text_contains(registry->text, TEXT("://")) && !is_hub_address(registry->text)) {
        REFUSE(checker, registry->node, "a registry is its host, without 'https://'");
    } else if (!consists_of(registry->text, "_.:/@-")) {
        REFUSE(checker, registry->node, "'%.*s' is not the name of a registry", TEXT_ARG(registry->text));
    }
}

static const struct {
    enum login_type type;
    const char *hosts;
} homes[] = {
    {LOGIN_ECR, "123456789012.dkr.ecr.REGION.amazonaws.com"},
    {LOGIN_ECR_PUBLIC, "public.ecr.aws"},
    {LOGIN_GOOGLE, "REGION-docker.pkg.dev and gcr.io"},
    {LOGIN_BUILDKITE, "packages.buildkite.com/ORGANIZATION/REGISTRY"},
    {LOGIN_DEPOT, "registry.depot.dev and ORGANIZATION.registry.depot.dev"},
};

/* A type with a home is for that home; what the image's own registry says is only looked at where the login names none. */
static void check_home(struct checker *checker, const struct login_settings *login, enum login_type type,
                       struct text registry) {
    const struct login_settings bare = {0};
    struct text host = text_is_given(registry) ? login_host(registry) : (struct text){0};
    const struct node *node = login->registry.node != NULL ? login->registry.node : login->node;
    bool is_made_up = login->registry.node == NULL && login->account.node != NULL;
    if (!text_is_given(host) || is_made_up || login_type_at(&bare, host) == type) return;
    for (size_t i = 0; i < COUNT(homes); i++)
        if (homes[i].type == type)
            REFUSE(checker, node, "a login of type %s is for %s, not for '%.*s'", login_type_word(type), homes[i].hosts,
                   TEXT_ARG(host));
}

static void check_account(struct checker *checker, const struct login_settings *login, struct text registry) {
    struct login_ecr ecr;
    if (!text_is_given(registry) || !login_ecr_parse(login_host(registry), &ecr)) {
        if (login->account.node != NULL && login->region.node == NULL)
            REFUSE(checker, login->account.node, "an account needs 'region', too: both make the registry's name");
        return;
    }
    if (login->account.node != NULL && !text_equal(login->account.text, ecr.account))
        REFUSE(checker, login->account.node, "the registry is of the account %.*s", TEXT_ARG(ecr.account));
    if (login->region.node != NULL && !text_equal(login->region.text, ecr.region))
        REFUSE(checker, login->region.node, "the registry is in the region %.*s", TEXT_ARG(ecr.region));
}

/* --- what a type needs --- */

static void check_password(struct checker *checker, const struct login_settings *login) {
    if (login->password_variable.node == NULL)
        REFUSE(checker, login->node,
               "a login needs 'password_variable', the name of the variable that holds the password");
    if (login->username.node == NULL && login->username_variable.node == NULL)
        REFUSE(checker, login->node, "a login needs 'username' or 'username_variable'");
    if (login->username.node != NULL && login->username_variable.node != NULL)
        REFUSE(checker, login->username_variable.node, "give 'username' or 'username_variable', not both");
}

static void check_plugin(struct checker *checker, const struct login_settings *login, struct text registry) {
    struct login_plugin plugin = login_plugin_of(login, text_is_given(registry) ? login_host(registry) : registry);
    if (!text_is_given(plugin.name)) {
        REFUSE(checker, login->plugin.node,
               "the plugin is ecr or docker-login, with '#' and another version if need be");
        return;
    }
    if (!consists_of(plugin.version, "._-/"))
        REFUSE(checker, login->plugin.node, "'#' is followed by a tag of the plugin, such as v3.0.0");
    if (text_is(plugin.name, "docker-login")) {
        check_password(checker, login);
        const struct node *aws = login->role.node != NULL ? login->role.node : login->account.node;
        if (aws != NULL) REFUSE(checker, aws, "the plugin docker-login knows no AWS; say 'plugin: ecr'");
        return;
    }
    const struct node *user = login->username.node != NULL ? login->username.node : login->password_variable.node;
    if (user != NULL) REFUSE(checker, user, "the plugin ecr logs in by AWS, without user name and password");
    struct login_ecr ecr;
    if (text_is_given(registry) && !login_ecr_parse(login_host(registry), &ecr) &&
        !text_is(login_host(registry), "public.ecr.aws"))
        REFUSE(checker, login->node, "the plugin ecr is for registries of Amazon, not for '%.*s'", TEXT_ARG(registry));
}

static void check_buildkite(struct checker *checker, const struct login_settings *login) {
    struct text registry = text_trim_right(login->registry.text, "/");
    size_t slashes = 0;
    if (login->registry.node == NULL) return;
    for (size_t i = 0; i < registry.len; i++)
        slashes += registry.ptr[i] == '/';
    if (slashes != 2)
        REFUSE(checker, login->registry.node,
               "a registry of Buildkite is packages.buildkite.com/ORGANIZATION/REGISTRY, which its OIDC token names");
}

static void check_needs(struct checker *checker, const struct login_settings *login, enum login_type type,
                        struct text registry) {
    if (type == LOGIN_PASSWORD) check_password(checker, login);
    if (type == LOGIN_ECR) check_account(checker, login, registry);
    if (type == LOGIN_PLUGIN) check_plugin(checker, login, registry);
    if (type == LOGIN_BUILDKITE) check_buildkite(checker, login);
    if (type == LOGIN_GOOGLE && login->service_account.node != NULL && login->provider.node == NULL)
        REFUSE(checker, login->service_account.node, "a service account needs 'provider', whose tokens may act as it");
    if (type == LOGIN_HELPER && login->helper.node == NULL)
        REFUSE(checker, login->node, "a login of type helper needs 'helper', such as ecr-login");
}

static void check_one(struct checker *checker, const struct login_settings *login) {
    struct text own = login_registry(checker->arena, login);
    struct text registry = text_is_given(own) ? own : checker->context->registry;
    struct text host = text_is_given(registry) ? login_host(registry) : registry;
    enum login_type type = login_type_at(login, host);
    check_registry_name(checker, &login->registry);
    check_values(checker, login);
    check_keys(checker, login, type);
    check_home(checker, login, type, registry);
    check_needs(checker, login, type, registry);
}

/* Docker's configuration knows hosts only. */
static void check_repeats(struct checker *checker, const struct list *logins) {
    for (size_t i = 0; i < logins->count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct login_settings *login = logins->items[i], *earlier = logins->items[j];
            struct text a = login_registry(checker->arena, login), b = login_registry(checker->arena, earlier);
            bool same = text_is_given(a) == text_is_given(b);
            if (same && text_is_given(a)) same = text_equal(login_host(a), login_host(b));
            if (!same) continue;
            struct text what = text_is_given(a) ? login_host(a) : TEXT("no registry by name");
            struct diagnostic *diagnostic =
                diag_add(checker->diagnostics, DIAG_ERROR, "settings-value", node_place(login->node),
                         "two logins are for %.*s, and Docker keeps one a host", TEXT_ARG(what));
            diag_second(checker->diagnostics, diagnostic, node_place(earlier->node), "the other one is here");
            checker->ok = false;
            break;
        }
}

bool login_check(struct arena *arena, const struct list *logins, const struct login_context *context,
                 struct diagnostics *diagnostics) {
    struct checker checker = {.arena = arena, .diagnostics = diagnostics, .context = context, .ok = true};
    for (size_t i = 0; i < logins->count; i++)
        check_one(&checker, logins->items[i]);
    check_repeats(&checker, logins);
    return checker.ok;
}

/* --- beside the step --- */

static enum tools_purpose purpose_of(const struct login_settings *login, enum login_type type, struct text host) {
    switch (type) {
    case LOGIN_ECR:
    case LOGIN_ECR_PUBLIC:
        return login->role.node != NULL ? TOOLS_ROLE : TOOLS_ECR;
    case LOGIN_GOOGLE:
        return login->provider.node != NULL ? TOOLS_PROVIDER : TOOLS_GOOGLE;
    case LOGIN_BUILDKITE:
        return TOOLS_BUILDKITE;
    case LOGIN_DEPOT:
        return TOOLS_DEPOT;
    case LOGIN_HELPER:
        return TOOLS_HELPER;
    case LOGIN_PLUGIN:
        return text_is(login_plugin_of(login, host).name, "ecr") ? TOOLS_PLUGIN_ECR : TOOLS_PLUGIN_DOCKER_LOGIN;
    case LOGIN_NOT_GIVEN:
    case LOGIN_PASSWORD:
        break;
    }
    return TOOLS_PASSWORD;
}

static bool check_tools(const struct login_settings *login, enum login_type type, struct text host,
                        const struct node *image, struct diagnostics *diagnostics) {
    const struct tools_image *known = image != NULL && node_is_scalar(image) ? tools_find_image(image->text) : NULL;
    const char *lacking = known == NULL ? NULL : tools_lacking(known, purpose_of(login, type, host));
    if (lacking == NULL) return true;
    struct diagnostic *diagnostic =
        diag_add(diagnostics, DIAG_ERROR, "image-lacks-tool", node_place(login->node),
                 "this login needs '%s', and the image of the step does not have it: take an image that does, or a "
                 "login of another type (README, Registries)",
                 lacking);
    diag_second(diagnostics, diagnostic, node_place(image), "the step runs in this image");
    return false;
}

bool login_check_step(const struct list *logins, const struct login_context *context, struct diagnostics *diagnostics) {
    const struct node *condition = node_find(context->step, "if");
    bool ok = true;
    for (size_t i = 0; i < logins->count; i++) {
        const struct login_settings *login = logins->items[i];
        struct text registry = text_is_given(login->registry.text) ? login->registry.text : context->registry;
        struct text host = text_is_given(registry) ? login_host(registry) : registry;
        enum login_type type = login_type_at(login, host);
        ok &= check_tools(login, type, host, context->image, diagnostics);
        if (type != LOGIN_PLUGIN || condition == NULL) continue;
        struct diagnostic *diagnostic = diag_add(
            diagnostics, DIAG_ERROR, "settings-value", node_place(login->node),
            "a step's 'if' does not stop its plugins, so this login would be made in any case; take a login of "
            "another type");
        diag_second(diagnostics, diagnostic, node_place(condition), "the condition");
        ok = false;
    }
    return ok;
}
