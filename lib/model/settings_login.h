/*
 * settings_login: how a step logs in to a registry.
 *
 * `login` is one mapping or a list of them, and each is for one host. The type says where the password comes from; where
 * it is not given it follows from what is said, else from the host. Secrets are named, never given.
 *
 * Limits: Docker's configuration knows hosts only, so there is one login a host.
 */
#ifndef DEPOT_MODEL_SETTINGS_LOGIN_H
#define DEPOT_MODEL_SETTINGS_LOGIN_H

#include "format/record.h"

/* As record_choice stores them: 0 is "not given". */
enum login_type {
    LOGIN_NOT_GIVEN,
    LOGIN_PASSWORD,
    LOGIN_ECR,
    LOGIN_ECR_PUBLIC,
    LOGIN_GOOGLE,
    LOGIN_BUILDKITE,
    LOGIN_DEPOT,
    LOGIN_HELPER,
    LOGIN_PLUGIN
};

struct login_settings {
    const struct node *node;
    int type;                          /* enum login_type */
    struct record_text_value registry; /* host, or host/path; default: that of the image's destinations */
    struct record_text_value username;
    struct record_text_value username_variable;
    struct record_text_value password_variable; /* name of a variable, never a value */
    struct record_text_value role;              /* of AWS, that trusts the job's OIDC token */
    struct record_text_value account;           /* of AWS; with a region it is the registry */
    struct record_text_value region;
    struct record_text_value provider;        /* of Google's workload identity federation */
    struct record_text_value service_account; /* of Google, that the job acts as */
    struct record_text_value helper;          /* the program is docker-credential-<this> */
    struct record_text_value plugin;          /* of Buildkite: "ecr", "docker-login#v3.0.0" */
};

extern const struct record_table settings_login_table;

/* A registry of Amazon ECR: 123456789012.dkr.ecr.us-east-1.amazonaws.com */
struct login_ecr {
    struct text account, region;
    struct text domain; /* "amazonaws.com" or "amazonaws.com.cn" */
};
bool login_ecr_parse(struct text host, struct login_ecr *out);

/* "docker.io" for Docker Hub however it is spelled, else what stands before the first '/'. */
struct text login_host(struct text registry);

/* The registry as the login itself says it (by name, or by account and region); absent when it does not. */
struct text login_registry(struct arena *arena, const struct login_settings *login);

/* What it is, at a host that may be unknown (absent); never LOGIN_NOT_GIVEN. */
enum login_type login_type_at(const struct login_settings *login, struct text host);

/* "projects/…" of a provider, however its beginning is spelled. */
struct text login_provider(struct text provider);

/* The Buildkite plugin of a login at a host; the name is absent when it is none that we know how to configure. */
struct login_plugin {
    struct text name;    /* "ecr", "docker-login" */
    struct text version; /* "v2.12.0" */
};
struct login_plugin login_plugin_of(const struct login_settings *login, struct text host);

/* The word of the settings for it: "ecr". */
const char *login_type_word(enum login_type type);

bool login_same(const struct login_settings *a, const struct login_settings *b);

/* Do both lists (of struct login_settings) say the same? */
bool login_same_lists(const struct list *a, const struct list *b);

#endif
