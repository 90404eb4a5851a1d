#include "model/settings_check.h"

#include "base/path.h"
#include "base/variables.h"
#include "docker/reference.h"
#include "format/glob.h"
#include "model/group.h"
#include "model/login_check.h"
#include "model/settings_docker_check.h"
#include "model/settings_step.h"
#include "model/settings_steps_check.h"
#include "model/template.h"
#include "recipe/versions.h"

#include <string.h>

#define KEY_PREFIX_LIMIT 40

struct checker {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct regex_cache *regexes;
    const struct settings *settings; /* of the whole run; NULL: a file beside a Dockerfile */
    bool ok;
};

/* Reports with the value in quotes: `refuse(checker, node, "'%.*s' is not a platform …", …)`. */
#define REFUSE(checker, node, ...)                                                                                     \
    ((checker)->ok = false,                                                                                            \
     (void)diag_add((checker)->diagnostics, DIAG_ERROR, "settings-value", node_place(node), __VA_ARGS__))

static bool consists_of(struct text text, const char *extra) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    (c != '\0' && strchr(extra, c) != NULL);
        if (!fits) return false;
    }
    return true;
}

static void check_variable(struct checker *checker, const struct record_text_value *value) {
    if (value->node == NULL || variables_is_name(value->text)) return;
    REFUSE(checker, value->node, "this is the name of an environment variable: letters, digits and '_', not a value");
}

static void check_repository(struct checker *checker, const struct record_text_value *value) {
    const char *problem = NULL;
    if (reference_is_name(checker->arena, text_trim_right(value->text, "/"), &problem)) return;
    REFUSE(checker, value->node, "'%.*s' is not a registry with a path, such as ghcr.io/acme: %s",
           TEXT_ARG(value->text), problem);
}

static void check_repositories(struct checker *checker, const struct list *values) {
    for (size_t i = 0; i < values->count; i++)
        check_repository(checker, values->items[i]);
}

/* os/architecture or os/architecture/variant */
static void check_platform(struct checker *checker, const struct record_text_value *value) {
    size_t slashes = path_depth(value->text) - 1;
    bool ok = slashes >= 1 && slashes <= 2 && consists_of(value->text, "/_.-") && value->text.ptr[0] != '/' &&
              !text_ends(value->text, "/");
    if (!ok) REFUSE(checker, value->node, "'%.*s' is not a platform, such as linux/arm64", TEXT_ARG(value->text));
}

static const struct event all_facts = {
    .commit = TEXT_INIT("0123456789abcdef0123456789abcdef01234567"),
    .branch = TEXT_INIT("main"),
    .tag = TEXT_INIT("v1"),
    .pull_request = TEXT_INIT("1"),
    .base_branch = TEXT_INIT("main"),
    .default_branch = TEXT_INIT("main"),
    .committed = 1,
};
static const struct template_facts all_words = {
    .event = &all_facts, .name = TEXT_INIT("name"), .version = TEXT_INIT("v1.2.3")};

/* "{sha} {short_sha} …" */
static struct text words(struct arena *arena) {
    struct buffer all = buffer_in(arena);
    for (size_t i = 0; template_words[i] != NULL; i++)
        buffer_format(&all, "%s{%s}", i == 0 ? "" : " ", template_words[i]);
    return buffer_text(&all);
}

/* The template is tried with facts of every kind: then only its own mistakes are left. */
static void check_tag(struct checker *checker, const struct record_text_value *value) {
    struct value tag;
    struct text problem = TEXT("");
    if (template_expand(checker->arena, value->text, TEMPLATE_TAG, &all_words, &tag, &problem) != TEMPLATE_OK) {
        REFUSE(checker, value->node, "%.*s; the words are %.*s", TEXT_ARG(problem), TEXT_ARG(words(checker->arena)));
        return;
    }
    bool ok = value->text.len > 0 && (!value_is_literal(&tag) || template_is_tag(checker->arena, &tag));
    if (!ok) REFUSE(checker, value->node, "'%.*s' cannot be a tag of an image", TEXT_ARG(value->text));
}

static void check_build_args(struct checker *checker, const struct list *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct record_pair *pair = pairs->items[i];
        if (!variables_is_name(pair->name))
            REFUSE(checker, pair->node, "'%.*s' is not the name of a build argument", TEXT_ARG(pair->name));
        if (text_is_given(pair->value) && variables_is_secret_name(pair->name))
            diag_add(checker->diagnostics, DIAG_WARNING, "secret-argument", node_place(pair->node),
                     "the value of '%.*s' ends up in the image and in the pipeline; a secret belongs in RUN "
                     "--mount=type=secret",
                     TEXT_ARG(pair->name));
    }
}

/* Of several, a login that names none may be for any. */
static struct text only_registry(const struct list *registries) {
    return registries->count == 1 ? ((const struct record_text_value *)registries->items[0])->text : (struct text){0};
}

static void check_logins(struct checker *checker, const struct build_settings *build) {
    struct login_context context = {.registry = only_registry(&build->registries),
                                    .step = build->step,
                                    .image = settings_docker_image(checker->arena, checker->settings, build)};
    if (build->login.count == 0) return;
    checker->ok &= login_check(checker->arena, &build->login, &context, checker->diagnostics);
    checker->ok &= login_check_step(&build->login, &context, checker->diagnostics);
}

/* What an entry of 'images' says of the login or of the step, beside what all images have of the other one. */
static void check_override_login(struct checker *checker, const struct build_settings *common,
                                 const struct build_settings *own) {
    if (own->login.count == 0 && own->step == NULL && own->kubernetes.image.node == NULL) return;
    const struct node *step = record_merge(checker->arena, common->step, own->step);
    struct login_context context = {
        .registry = only_registry(own->registries.count > 0 ? &own->registries : &common->registries),
        .step = step,
        .image = node_find(step, "image")};
    if (context.image == NULL) context.image = settings_docker_image(checker->arena, NULL, own);
    if (context.image == NULL) context.image = settings_docker_image(checker->arena, checker->settings, common);
    checker->ok &=
        login_check_step(own->login.count > 0 ? &own->login : &common->login, &context, checker->diagnostics);
}

static void check_size(struct checker *checker, const struct record_text_value *value) {
    uint64_t size;
    if (value->node == NULL || settings_size(value->text, &size)) return;
    REFUSE(checker, value->node, "'%.*s' is not a size, such as 500MB or 2GiB", TEXT_ARG(value->text));
}

static void check_glob(struct checker *checker, const struct record_text_value *value) {
    const char *problem = NULL;
    if (value->node != NULL && glob_compile(checker->arena, value->text, &problem) == NULL)
        REFUSE(checker, value->node, "'%.*s' is not a glob: %s", TEXT_ARG(value->text), problem);
}

static void check_globs(struct checker *checker, const struct list *globs) {
    for (size_t i = 0; i < globs->count; i++)
        check_glob(checker, globs->items[i]);
}

static void check_regex(struct checker *checker, const struct record_text_value *value) {
    struct text problem = {0};
    regex_search(checker->regexes, value->text, TEXT(""), &problem);
    if (text_is_given(problem))
        REFUSE(checker, value->node, "'%.*s' is not a regular expression: %.*s", TEXT_ARG(value->text),
               TEXT_ARG(problem));
}

static void check_match(struct checker *checker, const struct match_settings *match) {
    check_globs(checker, &match->name);
    check_globs(checker, &match->path);
    for (size_t i = 0; i < match->regex.count; i++)
        check_regex(checker, match->regex.items[i]);
}

static void check_steps(struct checker *checker, const struct list *steps) {
    for (size_t i = 0; i < steps->count; i++)
        check_match(checker, &((const struct step_settings *)steps->items[i])->match);
    checker->ok &= settings_steps_check(steps, checker->diagnostics);
}

static void check_build(struct checker *checker, const struct build_settings *build) {
    check_repositories(checker, &build->registries);
    check_size(checker, &build->context_limit);
    for (size_t i = 0; i < build->platforms.count; i++)
        check_platform(checker, build->platforms.items[i]);
    for (size_t i = 0; i < build->tags.count; i++)
        check_tag(checker, build->tags.items[i]);
    for (size_t i = 0; i < build->publish.floating_tags.count; i++)
        check_tag(checker, build->publish.floating_tags.items[i]);
    checker->ok &= settings_publish_check(checker->arena, &build->publish, checker->diagnostics);
    for (size_t i = 0; i < build->save_tags.count; i++)
        check_tag(checker, build->save_tags.items[i]);
    check_build_args(checker, &build->build_args);
    check_globs(checker, &build->watch);
    check_globs(checker, &build->ignore);
    check_globs(checker, &build->always);
    check_logins(checker, build);
    check_steps(checker, &build->steps);
    if (build->group.node != NULL && text_is_given(group_problem(checker->arena, build->group.text)))
        REFUSE(checker, build->group.node, "%s",
               text_string(checker->arena, group_problem(checker->arena, build->group.text)));
    checker->ok &= settings_check_step(build->step, checker->diagnostics);
    checker->ok &= settings_kubernetes_check(&build->kubernetes, checker->diagnostics);
}

static void check_context(struct checker *checker, const struct record_text_value *context) {
    if (context->node == NULL) return;
    struct text cleaned = path_clean(checker->arena, context->text);
    if (path_is_absolute(cleaned) || path_escapes(cleaned))
        REFUSE(checker, context->node, "'%.*s' is outside the repository; a context is relative to its root",
               TEXT_ARG(context->text));
}

static void check_image(struct checker *checker, const struct image_settings *image) {
    check_repositories(checker, &image->repositories);
    check_context(checker, &image->context);
    if (image->name.node != NULL && (image->name.text.len == 0 || !text_is_utf8(image->name.text)))
        REFUSE(checker, image->name.node, "a name is not empty and is UTF-8");
    check_build(checker, &image->build);
}

/* What it says wrongly has been told. */
static bool says_nothing(const struct node *entry) {
    const struct node *match = node_find(entry, "match");
    for (size_t i = 0; match != NULL && match->kind == NODE_MAPPING && i < match->count; i++)
        if (node_value(match, i)->kind != NODE_NULL) return false;
    return true;
}

static void check_override(struct checker *checker, const struct settings *settings,
                           const struct override_settings *override) {
    const struct node *where = override->node;
    const struct match_settings *match = &override->match;
    if (match->name.count + match->path.count + match->regex.count == 0 && match->events == 0 && says_nothing(where))
        REFUSE(checker, where, "an entry of 'images' needs 'match' with a name, a path, a regex or an event");
    check_match(checker, match);
    check_image(checker, &override->image);
    check_override_login(checker, &settings->build, &override->image.build);
}

static bool is_sha256(struct text text) {
    bool ok = text.len == 64;
    for (size_t i = 0; i < text.len; i++)
        ok &= text.ptr[i] != '\0' && strchr("0123456789abcdef", text.ptr[i]) != NULL;
    return ok;
}

static void check_cli(struct checker *checker, const struct settings *settings) {
    const struct cli_settings *cli = &settings->cli;
    struct text version = cli->version.text;
    bool is_pinned = settings->install == INSTALL_NOT_GIVEN || settings->install == INSTALL_PINNED;
    for (size_t i = 0; i < cli->sha256.count; i++) {
        const struct record_pair *pair = cli->sha256.items[i];
        if (!is_sha256(pair->value)) REFUSE(checker, pair->node, "a sha256 is 64 hexadecimal digits in small letters");
        if (!consists_of(pair->name, "_"))
            REFUSE(checker, pair->node, "'%.*s' is not a platform, such as linux_amd64", TEXT_ARG(pair->name));
    }
    if (cli->url.node != NULL && !text_starts(cli->url.text, "https://") && !text_starts(cli->url.text, "http://"))
        REFUSE(checker, cli->url.node, "the mirror is an address that begins with https://");
    if (cli->image.node != NULL && (cli->image.text.len == 0 || text_has(cli->image.text, ' ')))
        REFUSE(checker, cli->image.node, "'%.*s' is not the name of an image", TEXT_ARG(cli->image.text));
    if (cli->image.node != NULL && settings->install != INSTALL_IMAGE)
        REFUSE(checker, cli->image.node, "'image' needs 'install: image'");
    if (cli->version.node == NULL) return;
    if (version.len == 0 || !consists_of(version, ".") || !(version.ptr[0] >= '0' && version.ptr[0] <= '9')) {
        REFUSE(checker, cli->version.node, "'%.*s' is not a version, such as %s", TEXT_ARG(version), VERSIONS_DEFAULT);
    } else if (is_pinned && cli->sha256.count == 0 && versions_find(version) == NULL) {
        REFUSE(checker, cli->version.node, "no checksums are known for %.*s; give them in 'cli: sha256:'",
               TEXT_ARG(version));
    }
}

static void check_top(struct checker *checker, const struct settings *settings) {
    const struct record_text_value *secret = &settings->token_secret, *prefix = &settings->key_prefix;
    struct bundle_setting ignored;
    if (settings->bundle.node != NULL && !settings_bundle(settings->bundle.text, &ignored))
        REFUSE(checker, settings->bundle.node, "'bundle' is file, project or a number up to %d, not '%.*s'",
               BUNDLE_LIMIT, TEXT_ARG(settings->bundle.text));
    if (settings->version.node != NULL && !text_is(settings->version.text, "1"))
        REFUSE(checker, settings->version.node, "this program reads version 1 of the settings");
    if (secret->node != NULL && settings->auth == AUTH_NOT_GIVEN)
        REFUSE(checker, secret->node, "'token_secret' needs 'auth: token'");
    if (secret->node != NULL && settings->build.kubernetes.token.node != NULL)
        REFUSE(checker, secret->node, "'token_secret' and 'kubernetes: token:' are two ways to one token: give one");
    if (secret->node != NULL && (secret->text.len == 0 || !consists_of(secret->text, "_")))
        REFUSE(checker, secret->node, "'%.*s' is not the name of a Buildkite secret", TEXT_ARG(secret->text));
    if (prefix->node != NULL && (!consists_of(prefix->text, "_-") || prefix->text.len > KEY_PREFIX_LIMIT))
        REFUSE(checker, prefix->node, "a prefix has up to %d letters, digits, '_' and '-'", KEY_PREFIX_LIMIT);
}

static void check_base(struct checker *checker, const struct base_settings *base) {
    check_variable(checker, &base->token_variable);
    const struct record_text_value *all[] = {&base->token_variable, &base->command, &base->file};
    const struct node *first = NULL;
    for (size_t i = 0; i < 3; i++) {
        if (all[i]->node == NULL) continue;
        if (all[i]->text.len == 0) REFUSE(checker, all[i]->node, "this is empty");
        if (first != NULL)
            REFUSE(checker, all[i]->node,
                   "'token_variable', 'command' and 'file' are three ways to one commit: give one");
        first = all[i]->node;
    }
}

static void check_expectation(struct checker *checker, const struct expectation_settings *expectation) {
    if (expectation->changed.count == 0)
        REFUSE(checker, expectation->node, "a test needs 'changed', the paths that change");
    if (expectation->builds.count + expectation->not .count == 0)
        REFUSE(checker, expectation->node, "a test needs 'builds' or 'not', the images that are built, or are not");
    check_globs(checker, &expectation->builds);
    check_globs(checker, &expectation->not );
}

bool settings_check(struct arena *arena, const struct settings *settings, struct regex_cache *regexes,
                    struct diagnostics *diagnostics) {
    struct checker checker = {
        .arena = arena, .diagnostics = diagnostics, .regexes = regexes, .settings = settings, .ok = true};
    check_top(&checker, settings);
    check_cli(&checker, settings);
    check_build(&checker, &settings->build);
    checker.ok &=
        settings_kubernetes_check_merged(&settings->build.kubernetes, settings->auth == AUTH_TOKEN, diagnostics);
    checker.ok &= settings_docker_check(arena, settings, diagnostics);
    check_base(&checker, &settings->base);
    checker.ok &= settings_gates_check(&settings->gates, diagnostics);
    for (size_t i = 0; i < settings->tests.count; i++)
        check_expectation(&checker, settings->tests.items[i]);
    check_globs(&checker, &settings->discovery.include);
    check_globs(&checker, &settings->discovery.exclude);
    for (size_t i = 0; i < settings->images.count; i++)
        check_override(&checker, settings, settings->images.items[i]);
    return checker.ok;
}

bool settings_check_image(struct arena *arena, const struct image_settings *image, struct diagnostics *diagnostics) {
    struct regex_cache regexes = {0};
    struct checker checker = {.arena = arena, .diagnostics = diagnostics, .regexes = &regexes, .ok = true};
    check_image(&checker, image);
    regex_finish(&regexes);
    return checker.ok;
}
