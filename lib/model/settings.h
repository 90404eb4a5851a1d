/*
 * settings: what a team decides, as tables.
 *
 * `.buildkite/depot-pipeline.yml` holds the settings of the repository, a `depot-pipeline.yml`
 * beside a Dockerfile those of that image alone; variables and options come on top. The
 * layers are node trees and are merged as nodes (settings_merge.h); a struct is decoded
 * once from the result. The tables in settings.c are the only list of keys: the JSON Schema, the
 * manual and the check for mistyped keys come from them.
 */
#ifndef DEPOT_MODEL_SETTINGS_H
#define DEPOT_MODEL_SETTINGS_H

#include "format/glob.h"
#include "format/record.h"
#include "model/settings_kubernetes.h"
#include "model/settings_login.h"
#include "model/settings_profiles.h"
#include "model/settings_publish.h"
#include "model/settings_report.h"

#define SETTINGS_SIZE_LIMIT ((size_t)1024 * 1024)
#define SETTINGS_PATH ".buildkite/depot-pipeline.yml"
#define SETTINGS_BESIDE_NAME "depot-pipeline.yml"
#define SETTINGS_MISNAMED "depot-pipeline.yaml" /* what one may write instead; warned of */

/* As record_choice stores them: 0 is "not given". */
enum push_setting { PUSH_NOT_GIVEN, PUSH_AUTO, PUSH_ALWAYS, PUSH_NEVER };
/* What becomes of what a build makes. */
enum output_setting { OUTPUT_NOT_GIVEN, OUTPUT_PUSH, OUTPUT_SAVE, OUTPUT_LOAD, OUTPUT_NONE, OUTPUT_PROMOTE };
enum install_setting { INSTALL_NOT_GIVEN, INSTALL_PINNED, INSTALL_SCRIPT, INSTALL_NONE, INSTALL_IMAGE };
enum auth_setting { AUTH_NOT_GIVEN, AUTH_AUTO, AUTH_OIDC, AUTH_TOKEN };

/* How an image is built: by a call of ours, of the Depot CLI or of Docker's, or from the compose file as it is. */
enum builder_setting {
    BUILDER_NOT_GIVEN,
    BUILDER_DEPOT,
    BUILDER_BAKE,
    BUILDER_COMPOSE,
    BUILDER_DOCKER,
    BUILDER_BUILDX
};

enum unaffected_setting { UNAFFECTED_NOT_GIVEN, UNAFFECTED_OMIT, UNAFFECTED_SKIP, UNAFFECTED_KEEP, UNAFFECTED_RETAG };

/* What may be said for all images and for one. */
struct build_settings {
    struct list registries; /* of struct record_text_value, prefixes of every destination: "ghcr.io/acme" */
    struct record_text_value project;
    struct list platforms;  /* of struct record_text_value */
    struct list tags;       /* of struct record_text_value, templates */
    struct list build_args; /* of struct record_pair, templates; absent value: from the step's environment */
    int push;               /* enum push_setting */
    int output;             /* enum output_setting */
    struct list save_tags;  /* of struct record_text_value, templates */
    struct list test;       /* of struct record_text_value: commands for what is loaded */
    int builder;            /* enum builder_setting */
    struct record_text_value context_limit; /* "100MB": a larger context is warned of */
    struct list login;                      /* of struct login_settings */
    struct list watch;                      /* of struct record_text_value, globs: a change there builds it, too */
    struct list ignore;                     /* the same: a change there does not */
    struct list always;                     /* the same: a change there builds it, whatever `ignore` says */
    int unaffected;                         /* enum unaffected_setting */
    struct list steps;                      /* of struct step_settings (settings_steps.h) */
    struct record_text_value group;         /* template: images with the same text stand in one group */
    struct report_settings report;
    const struct node *step; /* attributes merged into the step, NULL when none */
    struct kubernetes_settings kubernetes;
    struct publish_settings publish;
};

/* What may be said of one image. */
struct image_settings {
    struct record_text_value name;
    struct list
        repositories; /* of struct record_text_value: whole destinations without tag, instead of registry + name */
    struct record_text_value context;
    struct record_text_value target;
    struct build_settings build;
    const struct node *node; /* all of it as a mapping; NULL for what nothing singles out */
    struct list own;         /* of struct settings_layer: what singles it out, the lowest first */
};

/* Where settings stand. */
struct settings_layer {
    const char *kind; /* "images", "beside" … */
    const struct node *node;
};

/* All that is given must hold; of a list one. */
struct match_settings {
    struct list name; /* of struct record_text_value, names or globs */
    struct list path; /* the same, globs */
    struct list regex;
    unsigned events;           /* EVENT_BIT of each; 0: any */
    const struct glob **names; /* of `name`, compiled when they are first asked for; NULL for a plain name */
    const struct glob **paths; /* the same of `path` */
};

struct override_settings {
    const struct node *node;
    struct match_settings match;
    struct image_settings image;
    bool is_used; /* some image matched */
};

struct discovery_settings {
    struct list include; /* of struct record_text_value, globs */
    struct list exclude;
    struct list compose;  /* compose files to read beside the default ones; "a:b" is one model of both */
    struct list profiles; /* of compose, that are active */
};

/* What a build is compared with; the words are those of repo/base_commit.h. */
struct base_settings {
    int default_branch;
    int merge_queue;
    struct record_text_value token_variable; /* of Buildkite's REST API; the name of a variable, never a value */
    struct record_text_value command;        /* prints the last commit that passed */
    struct record_text_value file;           /* holds it */
};

/* An expectation: what a change of these files builds. */
struct expectation_settings {
    const struct node *node;
    struct record_text_value name;
    struct list changed; /* of struct record_text_value: paths */
    struct list builds;  /* the same: names of images, globs */
    struct list not ;    /* the same: that are not built */
};

struct cli_settings {
    struct record_text_value version;
    struct record_text_value url;
    struct list sha256;             /* of struct record_pair: "linux_amd64" → checksum */
    struct record_text_value image; /* that holds the CLI, for INSTALL_IMAGE */
};

struct settings {
    const struct node *node; /* the mapping; NULL: no file */
    struct record_text_value version;
    struct discovery_settings discovery;
    int install; /* enum install_setting */
    struct cli_settings cli;
    int auth;                              /* enum auth_setting */
    struct record_text_value token_secret; /* name of the Buildkite secret that holds the Depot token */
    int verify;                            /* a step that asks Depot before any builds: as record_bool */
    struct record_text_value key_prefix;
    struct record_text_value bundle; /* see settings_bundle */
    struct base_settings base;
    struct build_settings build;
    struct list gates;  /* of struct gate_settings (settings_steps.h) */
    struct list images; /* of struct override_settings, in order */
    struct list tests;  /* of struct expectation_settings */
    struct profiles_settings profiles;
};

extern const struct record_table settings_table;
extern const struct record_table settings_image_table; /* the file beside a Dockerfile */
extern const struct record_table settings_build_table; /* keys that reach every image */
extern const struct record_table settings_match_table;
extern const struct record_table settings_profile_table; /* of struct settings: what a profile may say */

/* Which images share a step. */
enum bundle_kind { BUNDLE_NONE, BUNDLE_FILE, BUNDLE_PROJECT, BUNDLE_COUNT };
struct bundle_setting {
    enum bundle_kind kind;
    size_t most; /* images of a step */
};

/* More would make a command that no longer fits into a variable of the environment, where agents put it. */
#define BUNDLE_LIMIT 100

/* Of "file", "project" or a number up to BUNDLE_LIMIT; absent: none. False when it is neither. */
bool settings_bundle(struct text text, struct bundle_setting *out);

/* Bytes of "500 MB", "2GiB" or "1000"; false when it is no size. */
bool settings_size(struct text text, uint64_t *out);

/* Does some template or label of it say when the commit was made? */
bool settings_need_date(const struct image_settings *settings);

/* The JSON Schema of the settings file. */
struct node *settings_schema(struct arena *arena);

#endif
