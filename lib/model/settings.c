#include "model/settings_steps.h"

#include "model/template.h"

#include "repo/event.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define AT(structure, member) offsetof(struct structure, member)

static const char *const push_words[] = {"auto", "always", "never", NULL};
static const char *const builder_words[] = {"depot", "bake", "compose", "docker", "buildx", NULL};
static const char *const install_words[] = {"pinned", "script", "none", "image", NULL};
static const char *const unaffected_words[] = {"omit", "skip", "keep", "retag", NULL};
static const char *const output_words[] = {"push", "save", "load", "none", "promote", NULL};
static const char *const default_branch_words[] = {"push", "passed", "all", NULL};
static const char *const merge_queue_words[] = {"group", "entry", NULL};
static const char *const auth_words[] = {"auto", "oidc", "token", NULL};

static const struct record_field build_fields[] = {
    {"registry", &record_texts, AT(build_settings, registries),
     "Where images are pushed: a registry with a path, such as ghcr.io/acme, or several; the image's name is appended. "
     "Without it nothing is pushed.",
     NULL, NULL, NULL},
    {"project", &record_text, AT(build_settings, project),
     "The Depot project to build in; by default the nearest depot.json, else DEPOT_PROJECT_ID.", NULL, NULL, NULL},
    {"platforms", &record_texts, AT(build_settings, platforms),
     "Platforms to build for, such as linux/arm64; by default linux/amd64.", NULL, NULL, NULL},
    {"tags", &record_texts, AT(build_settings, tags),
     "Tags to push: text with {sha}, {short_sha}, {branch}, {default_branch}, {base_branch}, {tag}, {version}, "
     "{semver}, {semver.major}, {semver.minor}, {semver.patch}, {date}, {date:FORMAT}, {name}, {slug}, "
     "{pull_request}, {build_number} or {env:NAME}; by default {sha}.",
     NULL, NULL, NULL},
    {"build_args", &record_pairs, AT(build_settings, build_args),
     "Build arguments, with the same templates as tags; a name without a value is taken from the step's environment.",
     NULL, NULL, NULL},
    {"push", &record_choice, AT(build_settings, push),
     "auto: pull requests are not pushed; always: they are, but for forks; never: nothing is.", push_words, NULL, NULL},
    {"output", &record_choice, AT(build_settings, output),
     "push: to the registry, while it is built; save: kept in Depot's registry under the build's id; load: into the "
     "agent's Docker; none: built only; promote: saved, and pushed from there by a step of its own when the steps "
     "after "
     "the build have passed. By default push.",
     output_words, NULL, NULL},
    {"save_tags", &record_texts, AT(build_settings, save_tags),
     "Names in Depot's registry besides the build's id, for what is saved; the same templates as tags.", NULL, NULL,
     NULL},
    {"test", &record_texts, AT(build_settings, test),
     "Shell commands, one or a list, that the build step runs once the image is loaded (output: load); they are told "
     "IMAGE_NAME, IMAGE_PATH and IMAGE_REFERENCE.",
     NULL, NULL, NULL},
    {"builder", &record_choice, AT(build_settings, builder),
     "depot: a 'depot build' that says everything; bake: 'depot bake' of the compose file; compose: 'docker compose "
     "build' of it; docker and buildx: 'docker build' and 'docker buildx build' of each image. The last three go "
     "through "
     "'depot configure-docker', which needs a Docker daemon.",
     builder_words, NULL, NULL},
    {"context_limit", &record_text, AT(build_settings, context_limit),
     "A build context above this size is warned of, such as 500MB or 2GiB; by default 100MB.", NULL, NULL,
     "^[0-9]{1,9} ?([kMGT]i?)?B?$"},
    {"login", &record_some, AT(build_settings, login),
     "Logins to registries before the build, one or a list: to those that are pushed to, and to those that are named.",
     NULL, &settings_login_table, NULL},
    {"watch", &record_texts, AT(build_settings, watch),
     "Globs, seen from the repository's root: a change there builds the image, too.", NULL, NULL, NULL},
    {"ignore", &record_texts, AT(build_settings, ignore),
     "Globs, seen from the repository's root: a change there does not build the image.", NULL, NULL, NULL},
    {"always", &record_texts, AT(build_settings, always),
     "Globs, seen from the repository's root: a change there builds the image, whatever 'ignore' says.", NULL, NULL,
     NULL},
    {"unaffected", &record_choice, AT(build_settings, unaffected),
     "An image that the change does not affect: omit it, skip it visibly, keep a step that builds nothing (for "
     "required checks), or retag: this commit's tags point at the image of the base commit.",
     unaffected_words, NULL, NULL},
    {"steps", &record_records, AT(build_settings, steps), "Steps for each image: tests, scans, deployments.", NULL,
     &settings_step_table, NULL},
    {"report", &record_record, AT(build_settings, report), "What the step tells the build of the image.", NULL,
     &settings_report_table, NULL},
    {"group", &record_text, AT(build_settings, group),
     "Images with the same text stand in one group of the build page: text with {name}, {directory} or {project}; by "
     "default one group where there are more than 30 steps.",
     NULL, NULL, NULL},
    {"step", &record_any, AT(build_settings, step),
     "Attributes of the Buildkite step, merged over those of the program: agents, env, plugins, timeout_in_minutes …",
     NULL, NULL, NULL},
    {"kubernetes", &record_record, AT(build_settings, kubernetes),
     "How steps run in pods of the Agent Stack for Kubernetes.", NULL, &settings_kubernetes_table, NULL},
    {NULL, &record_inline, AT(build_settings, publish), NULL, NULL, &settings_publish_table, NULL},
};
const struct record_table settings_build_table = {"build",
                                                  "What may be said for all images and for one.",
                                                  build_fields,
                                                  COUNT(build_fields),
                                                  sizeof(struct build_settings),
                                                  false};

static const struct record_field image_fields[] = {
    {"name", &record_text, AT(image_settings, name), "The image's name, in place of the one made from its path.", NULL,
     NULL, NULL},
    {"repository", &record_texts, AT(image_settings, repositories),
     "Where this image is pushed, whole and without a tag, in place of registry and name; one or several.", NULL, NULL,
     NULL},
    {"context", &record_text, AT(image_settings, context),
     "The build context, relative to the repository's root, in place of the declared or inferred one.", NULL, NULL,
     NULL},
    {"target", &record_text, AT(image_settings, target), "The stage of the Dockerfile to build.", NULL, NULL, NULL},
    {NULL, &record_inline, AT(image_settings, build), NULL, NULL, &settings_build_table, NULL},
};
const struct record_table settings_image_table = {
    "image", "What may be said of one image.", image_fields, COUNT(image_fields), sizeof(struct image_settings), false};

static const struct record_field match_fields[] = {
    {"name", &record_texts, AT(match_settings, name), "The image's name, or a glob for it; of a list one must fit.",
     NULL, NULL, NULL},
    {"path", &record_texts, AT(match_settings, path),
     "A glob for the path of its Dockerfile: ** crosses directories; of a list one must fit.", NULL, NULL, NULL},
    {"regex", &record_texts, AT(match_settings, regex),
     "A regular expression (PCRE2) found in its name; of a list one must be.", NULL, NULL, NULL},
    {"event", &record_choices, AT(match_settings, events),
     "The kind of build, one or a list; a fork's build is a pull_request, too, and a schedule one of its branch.",
     event_words, NULL, NULL},
};
const struct record_table settings_match_table = {"match",
                                                  "Which images are meant; all that is given must hold.",
                                                  match_fields,
                                                  COUNT(match_fields),
                                                  sizeof(struct match_settings),
                                                  false};

static const struct record_field override_fields[] = {
    {"match", &record_record, AT(override_settings, match), "Which images are meant.", NULL, &settings_match_table,
     NULL},
    {NULL, &record_inline, AT(override_settings, image), NULL, NULL, &settings_image_table, NULL},
};
static const struct record_table override_table = {"images",
                                                   "Settings for the images that match.",
                                                   override_fields,
                                                   COUNT(override_fields),
                                                   sizeof(struct override_settings),
                                                   .has_node = true};

static const struct record_field discovery_fields[] = {
    {"include", &record_texts, AT(discovery_settings, include),
     "Globs of container files to build although they would be left out.", NULL, NULL, NULL},
    {"exclude", &record_texts, AT(discovery_settings, exclude), "Globs of container files to leave out.", NULL, NULL,
     NULL},
    {"compose", &record_texts, AT(discovery_settings, compose),
     "Compose files to read besides those with the usual names; files joined by ':' are one model, as in COMPOSE_FILE.",
     NULL, NULL, NULL},
    {"profiles", &record_texts, AT(discovery_settings, profiles),
     "Profiles of compose files that are active, as in COMPOSE_PROFILES; * is all of them.", NULL, NULL, NULL},
};
static const struct record_table discovery_table = {"discovery",
                                                    "Which container files are looked at.",
                                                    discovery_fields,
                                                    COUNT(discovery_fields),
                                                    sizeof(struct discovery_settings),
                                                    false};

static const struct record_field base_fields[] = {
    {"default_branch", &record_choice, AT(base_settings, default_branch),
     "What a push to the default branch is compared with: push (where the branch was before, as the webhook says; else "
     "everything is built), passed (the last commit whose build passed), all (nothing: everything is built).",
     default_branch_words, NULL, NULL},
    {"merge_queue", &record_choice, AT(base_settings, merge_queue),
     "In a merge queue: group (all that is not merged yet), entry (this entry alone; only where every entry has to "
     "pass).",
     merge_queue_words, NULL, NULL},
    {"token_variable", &record_text, AT(base_settings, token_variable),
     "Name of the variable that holds a token of Buildkite's REST API (read_builds), to ask for the last build that "
     "passed.",
     NULL, NULL, "^[A-Za-z_][A-Za-z0-9_]*$"},
    {"command", &record_text, AT(base_settings, command),
     "A shell command, run in CI, that prints the last commit that passed.", NULL, NULL, NULL},
    {"file", &record_text, AT(base_settings, file), "A file that holds the last commit that passed.", NULL, NULL, NULL},
};
static const struct record_table base_table = {
    "base", "What a build is compared with.", base_fields, COUNT(base_fields), sizeof(struct base_settings), false};

static const struct record_field expectation_fields[] = {
    {"name", &record_text, AT(expectation_settings, name), "What it shows.", NULL, NULL, NULL},
    {"changed", &record_texts, AT(expectation_settings, changed), "Paths that change.", NULL, NULL, NULL},
    {"builds", &record_texts, AT(expectation_settings, builds), "Images (names or globs) that are then built.", NULL,
     NULL, NULL},
    {"not", &record_texts, AT(expectation_settings, not ), "Images (names or globs) that are then not built.", NULL,
     NULL, NULL},
};
static const struct record_table expectation_table = {"tests",
                                                      "What a change of these files builds.",
                                                      expectation_fields,
                                                      COUNT(expectation_fields),
                                                      sizeof(struct expectation_settings),
                                                      .has_node = true};

static const struct record_field cli_fields[] = {
    {"version", &record_text, AT(cli_settings, version), "The version of the Depot CLI to install.", NULL, NULL, NULL},
    {"url", &record_text, AT(cli_settings, url), "A mirror of the CLI's releases.", NULL, NULL, NULL},
    {"sha256", &record_pairs, AT(cli_settings, sha256),
     "Checksums of the archives by platform (linux_amd64, linux_arm64, …), for a version the program does not know.",
     NULL, NULL, NULL},
    {"image", &record_text, AT(cli_settings, image),
     "The image that steps run in with 'install: image'; by default the vendor's, ghcr.io/depot/cli of the version.",
     NULL, NULL, "^[^ ]+$"},
};
static const struct record_table cli_table = {
    "cli", "The Depot CLI.", cli_fields, COUNT(cli_fields), sizeof(struct cli_settings), false};

/* Of the whole run, by the file or a profile. */
static const struct record_field settings_fields[] = {
    {"install", &record_choice, AT(settings, install),
     "How a step gets the Depot CLI: pinned (one on PATH, else a checked download), script (the vendor's installer), "
     "none, image (the step runs in an image that has it, which Kubernetes and hosted agents can).",
     install_words, NULL, NULL},
    {"cli", &record_record, AT(settings, cli), "The Depot CLI.", NULL, &cli_table, NULL},
    {"auth", &record_choice, AT(settings, auth),
     "auto: whatever the agent provides; oidc: a token in the environment is put aside; token: DEPOT_TOKEN must be "
     "there.",
     auth_words, NULL, NULL},
    {"token_secret", &record_text, AT(settings, token_secret),
     "Name of the Buildkite secret that holds the Depot token (with auth: token).", NULL, NULL, NULL},
    {"verify", &record_bool, AT(settings, verify),
     "A step that says which Depot CLI, project and token there are, before any image is built; red when Depot refuses "
     "the token.",
     NULL, NULL, NULL},
    {"key_prefix", &record_text, AT(settings, key_prefix),
     "Put before every step key, for several uploads in one build.", NULL, NULL, "^[A-Za-z0-9_-]*$"},
    {"bundle", &record_text, AT(settings, bundle),
     "Images that share a step: file (all of a compose file), project (all of a Depot project), or how many of a "
     "project; "
     "by default each has its own.",
     NULL, NULL, "^(file|project|[1-9][0-9]?|100)$"},
    {NULL, &record_inline, AT(settings, build), NULL, NULL, &settings_build_table, NULL},
    {"gates", &record_records, AT(settings, gates), "Block steps that builds wait for.", NULL, &settings_gate_table,
     NULL},
    {"base", &record_record, AT(settings, base), "What a build is compared with.", NULL, &base_table, NULL},
    {"images", &record_records, AT(settings, images), "Settings for single images.", NULL, &override_table, NULL},
};
const struct record_table settings_profile_table = {"profile",
                                                    "Settings for one kind of build, over those of the file.",
                                                    settings_fields,
                                                    COUNT(settings_fields),
                                                    sizeof(struct settings),
                                                    .has_node = true};

/* What is of the file, whatever the build. */
static const struct record_field file_fields[] = {
    {"version", &record_text, AT(settings, version), "The version of this format: 1.", NULL, NULL, "^1$"},
    {"discovery", &record_record, AT(settings, discovery), "Which container files are looked at.", NULL,
     &discovery_table, NULL},
    {NULL, &record_inline, 0, NULL, NULL, &settings_profile_table, NULL},
    {"profiles", &record_record, AT(settings, profiles),
     "Settings for one kind of build, over those of the file and below 'images'.", NULL, &settings_profiles_table,
     NULL},
    {"tests", &record_records, AT(settings, tests), "What 'depot-pipeline test' expects.", NULL, &expectation_table,
     NULL},
};
const struct record_table settings_table = {"settings",         "Settings of depot-pipeline", file_fields,
                                            COUNT(file_fields), sizeof(struct settings),      .has_node = true};

bool settings_bundle(struct text text, struct bundle_setting *out) {
    size_t most = 0;
    *out = (struct bundle_setting){0};
    if (!text_is_given(text)) return true;
    if (text_is(text, "file") || text_is(text, "project")) {
        out->kind = text_is(text, "file") ? BUNDLE_FILE : BUNDLE_PROJECT;
        out->most = BUNDLE_LIMIT;
        return true;
    }
    for (size_t i = 0; i < text.len && most <= BUNDLE_LIMIT; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
        most = 10 * most + (size_t)(text.ptr[i] - '0');
    }
    if (most == 0 || most > BUNDLE_LIMIT) return false;
    if (most > 1) *out = (struct bundle_setting){.kind = BUNDLE_COUNT, .most = most};
    return true;
}

bool settings_size(struct text text, uint64_t *out) {
    static const char *const prefixes = "kMGT";
    uint64_t value = 0;
    size_t at = 0;
    for (; at < text.len && at < 9 && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++)
        value = value * 10 + (uint64_t)(text.ptr[at] - '0');
    if (at == 0) return false;
    struct text unit = text_from_offset(text, at);
    if (text_starts(unit, " ")) unit = text_from_offset(unit, 1);
    if (text_ends(unit, "B")) unit.len--;
    bool is_binary = text_ends(unit, "i");
    if (is_binary) unit.len--;
    const char *prefix = unit.len == 1 ? strchr(prefixes, unit.ptr[0]) : NULL;
    if (unit.len > 1 || (unit.len == 1 && (prefix == NULL || *prefix == '\0')) || (unit.len == 0 && is_binary))
        return false;
    for (size_t i = 0; prefix != NULL && i <= (size_t)(prefix - prefixes); i++)
        value *= is_binary ? 1024 : 1000;
    *out = value;
    return true;
}

static bool texts_need_date(const struct list *texts) {
    for (size_t i = 0; i < texts->count; i++)
        if (template_has_date(((const struct record_text_value *)texts->items[i])->text)) return true;
    return false;
}

static bool pairs_need_date(const struct list *pairs) {
    for (size_t i = 0; i < pairs->count; i++)
        if (template_has_date(((const struct record_pair *)pairs->items[i])->value)) return true;
    return false;
}

static bool node_needs_date(const struct node *node) {
    if (node_is_scalar(node)) return template_has_date(node->text);
    bool needs = false;
    for (size_t i = 0; i < node->count && !needs; i++)
        needs = node_needs_date(node->kind == NODE_MAPPING ? node_value(node, i) : node->items[i]);
    return needs;
}

static bool steps_need_date(const struct list *steps) {
    for (size_t i = 0; i < steps->count; i++)
        if (node_needs_date(((const struct step_settings *)steps->items[i])->node)) return true;
    return false;
}

bool settings_need_date(const struct image_settings *settings) {
    const struct publish_settings *publish = &settings->build.publish;
    return publish->oci_labels == SETTINGS_TRUE || texts_need_date(&settings->build.tags) ||
           texts_need_date(&settings->build.save_tags) || steps_need_date(&settings->build.steps) ||
           texts_need_date(&publish->floating_tags) || pairs_need_date(&publish->labels) ||
           pairs_need_date(&publish->annotations) || pairs_need_date(&settings->build.build_args);
}

#define SCHEMA_ID "depot-pipeline.schema.json"

struct node *settings_schema(struct arena *arena) {
    return record_schema(arena, &settings_table, SCHEMA_ID);
}
