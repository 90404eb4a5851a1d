#include "model/settings_login.h"

#include <stddef.h>
#include <string.h>

/* What is emitted where the settings name no version: releases that were read and tried. */
#define PLUGIN_ECR "v2.12.0"
#define PLUGIN_DOCKER_LOGIN "v3.0.0"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define AT(member) offsetof(struct login_settings, member)
#define VARIABLE "^[A-Za-z_][A-Za-z0-9_]*$"

static const char *const type_words[] = {"password", "ecr",    "ecr_public", "google", "buildkite",
                                         "depot",    "helper", "plugin",     NULL};

static const struct record_field login_fields[] = {
    {"registry", &record_text, AT(registry),
     "The registry's host; by default that of the image's destinations. One that is named here is logged in to even "
     "where "
     "nothing is pushed to it, for base images.",
     NULL, NULL, NULL},
    {"type", &record_choice, AT(type),
     "Where the password comes from: password (a variable), ecr and ecr_public (AWS), google, buildkite and depot "
     "(their tokens), helper (a credential helper of the agent), plugin (of Buildkite); by default what fits the other "
     "keys and the registry's host.",
     type_words, NULL, NULL},
    {"username", &record_text, AT(username), "The user name.", NULL, NULL, NULL},
    {"username_variable", &record_text, AT(username_variable),
     "Name of the step's environment variable that holds the user name.", NULL, NULL, VARIABLE},
    {"password_variable", &record_text, AT(password_variable),
     "Name of the step's environment variable that holds the password; never the password itself.", NULL, NULL,
     VARIABLE},
    {"role", &record_text, AT(role),
     "ARN of an AWS role that trusts the job's OIDC token; by default who the agent is.", NULL, NULL,
     "^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$"},
    {"account", &record_text, AT(account), "The AWS account of the registry, where 'registry' does not say it.", NULL,
     NULL, "^[0-9]{12}$"},
    {"region", &record_text, AT(region), "The AWS region of the registry, where 'registry' does not say it.", NULL,
     NULL, "^[a-z0-9-]+$"},
    {"provider", &record_text, AT(provider),
     "Google's workload identity provider: projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/NAME; "
     "by default who the agent is.",
     NULL, NULL, NULL},
    {"service_account", &record_text, AT(service_account), "The Google service account that the job then acts as.",
     NULL, NULL, NULL},
    {"helper", &record_text, AT(helper), "The credential helper: ecr-login for docker-credential-ecr-login.", NULL,
     NULL, "^[A-Za-z0-9._-]+$"},
    {"plugin", &record_text, AT(plugin), "The Buildkite plugin, ecr or docker-login, with another version if need be.",
     NULL, NULL, NULL},
};
const struct record_table settings_login_table = {"login",
                                                  "A login to a registry, made just before the build.",
                                                  login_fields,
                                                  COUNT(login_fields),
                                                  sizeof(struct login_settings),
                                                  .has_node = true};

/* "one.two.three" → "one", and what is after its dot. */
static struct text take_label(struct text *rest) {
    struct text label = {0};
    (void)text_next(rest, '.', &label);
    return label;
}

static bool is_digits(struct text text, size_t count) {
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
    return text.len == count;
}

bool login_ecr_parse(struct text host, struct login_ecr *out) {
    struct text rest = host;
    struct login_ecr ecr = {.account = take_label(&rest)};
    if (!is_digits(ecr.account, 12) || !text_is(take_label(&rest), "dkr")) return false;
    struct text service = take_label(&rest);
    if (!text_is(service, "ecr") && !text_is(service, "ecr-fips")) return false;
    ecr.region = take_label(&rest);
    ecr.domain = rest;
    if (ecr.region.len == 0 || !(text_is(rest, "amazonaws.com") || text_is(rest, "amazonaws.com.cn"))) return false;
    *out = ecr;
    return true;
}

struct text login_host(struct text registry) {
    if (text_equal(text_trim_right(registry, "/"), TEXT("https://index.docker.io/v1"))) return TEXT("docker.io");
    size_t slash = text_find(registry, '/');
    struct text host = slash == TEXT_NONE ? registry : text_first(registry, slash);
    bool is_host = text_has(host, '.') || text_has(host, ':') || text_is(host, "localhost");
    bool is_hub = !is_host || text_is(host, "index.docker.io") || text_is(host, "registry-1.docker.io");
    return is_hub ? TEXT("docker.io") : host;
}

struct text login_registry(struct arena *arena, const struct login_settings *login) {
    if (text_is_given(login->registry.text)) return text_trim_right(login->registry.text, "/");
    if (!text_is_given(login->account.text) || !text_is_given(login->region.text)) return (struct text){0};
    return text_format(arena, "%.*s.dkr.ecr.%.*s.amazonaws.com%s", TEXT_ARG(login->account.text),
                       TEXT_ARG(login->region.text), text_starts(login->region.text, "cn-") ? ".cn" : "");
}

static enum login_type type_of_host(struct text host) {
    struct login_ecr ignored;
    if (login_ecr_parse(host, &ignored)) return LOGIN_ECR;
    if (text_is(host, "public.ecr.aws")) return LOGIN_ECR_PUBLIC;
    if (text_ends(host, ".pkg.dev") || text_is(host, "gcr.io") || text_ends(host, ".gcr.io")) return LOGIN_GOOGLE;
    if (text_is(host, "packages.buildkite.com")) return LOGIN_BUILDKITE;
    if (text_is(host, "registry.depot.dev") || text_ends(host, ".registry.depot.dev")) return LOGIN_DEPOT;
    return LOGIN_PASSWORD;
}

enum login_type login_type_at(const struct login_settings *login, struct text host) {
    if (login->type != LOGIN_NOT_GIVEN) return (enum login_type)login->type;
    if (login->plugin.node != NULL) return LOGIN_PLUGIN;
    if (login->helper.node != NULL) return LOGIN_HELPER;
    if (login->password_variable.node != NULL || login->username.node != NULL || login->username_variable.node != NULL)
        return LOGIN_PASSWORD;
    enum login_type type = text_is_given(host) ? type_of_host(host) : LOGIN_PASSWORD;
    if (type != LOGIN_PASSWORD) return type;
    if (login->provider.node != NULL || login->service_account.node != NULL) return LOGIN_GOOGLE;
    return login->role.node != NULL || login->account.node != NULL ? LOGIN_ECR : LOGIN_PASSWORD;
}

struct text login_provider(struct text provider) {
    static const char *const beginnings[] = {"https:", "//iam.googleapis.com/"};
    for (size_t i = 0; i < COUNT(beginnings); i++)
        if (text_starts(provider, beginnings[i])) provider = text_from_offset(provider, strlen(beginnings[i]));
    return provider;
}

struct login_plugin login_plugin_of(const struct login_settings *login, struct text host) {
    struct login_plugin plugin = {0};
    struct text name = login->plugin.text, given = {0};
    bool is_aws = type_of_host(text_is_given(host) ? host : TEXT("")) == LOGIN_ECR || text_is(host, "public.ecr.aws");
    if (!text_is_given(name)) name = is_aws || login->role.node != NULL ? TEXT("ecr") : TEXT("docker-login");
    size_t hash = text_find(name, '#');
    if (hash != TEXT_NONE) {
        given = text_from_offset(name, hash + 1);
        name = text_first(name, hash);
    }
    bool is_ecr = text_is(name, "ecr");
    if (!is_ecr && !text_is(name, "docker-login")) return plugin;
    plugin.name = name;
    plugin.version = text_is_given(given) ? given : is_ecr ? TEXT(PLUGIN_ECR) : TEXT(PLUGIN_DOCKER_LOGIN);
    return plugin;
}

const char *login_type_word(enum login_type type) {
    return type == LOGIN_NOT_GIVEN ? "password" : type_words[type - 1];
}

bool login_same(const struct login_settings *a, const struct login_settings *b) {
    bool same = a->type == b->type;
    for (size_t i = 0; same && i < COUNT(login_fields); i++) {
        if (login_fields[i].type != &record_text) continue;
        const struct record_text_value *left = (const void *)((const char *)a + login_fields[i].offset);
        const struct record_text_value *right = (const void *)((const char *)b + login_fields[i].offset);
        same = text_is_given(left->text) == text_is_given(right->text) && text_equal(left->text, right->text);
    }
    return same;
}

bool login_same_lists(const struct list *a, const struct list *b) {
    bool all = a->count == b->count;
    for (size_t i = 0; all && i < a->count; i++)
        all = login_same(a->items[i], b->items[i]);
    return all;
}
