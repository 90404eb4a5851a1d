#include "model/settings_publish.h"

#include "base/variables.h"
#include "docker/reference.h"
#include "model/template.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define AT(structure, member) offsetof(struct structure, member)

static const char *const latest_words[] = {"never", "release", "default_branch", "always", NULL};
static const char *const floating_words[] = {"push", "step", NULL};
static const char *const mode_words[] = {"max", "min", NULL};
static const char *const write_words[] = {"auto", "always", "never", NULL};
static const char *const provenance_words[] = {"false", "min", "max", "true", NULL};
static const char *const lint_words[] = {"false", "true", "error", "warn", "info", NULL};

static const struct record_field cache_fields[] = {
    {"repository", &record_text, AT(cache_settings, repository),
     "Where the cache is kept, without a tag; {name} is the image's. Without {name} the tags begin with it. By "
     "default, "
     "or with 'cache: true', beside the image, with tags that begin with cache-.",
     NULL, NULL, NULL},
    {"mode", &record_choice, AT(cache_settings, mode), "max (default): of all stages; min: of the last one.",
     mode_words, NULL, NULL},
    {"write", &record_choice, AT(cache_settings, write),
     "auto: branches write, pull requests, merge queues and tags only read; always: all but forks write; never.",
     write_words, NULL, NULL},
};
static const struct record_table cache_table = {
    "cache", "A cache in a registry.", cache_fields, COUNT(cache_fields), sizeof(struct cache_settings), false};

static const struct record_field publish_fields[] = {
    {"latest", &record_choice, AT(publish_settings, latest),
     "When an image is tagged latest: never, release (a tag with a version that is no pre-release), default_branch or "
     "always; never for pull requests.",
     latest_words, NULL, NULL},
    {"floating_tags", &record_texts, AT(publish_settings, floating_tags),
     "Tags that move from build to build, such as {semver.major}: templates as in tags; not for pull requests.", NULL,
     NULL, NULL},
    {"floating", &record_choice, AT(publish_settings, floating),
     "How latest and floating_tags are set: push (with the others), or step (by a step of their own after all builds, "
     "one build at a time).",
     floating_words, NULL, NULL},
    {"labels", &record_pairs, AT(publish_settings, labels), "Labels of the image, with the same templates as tags.",
     NULL, NULL, NULL},
    {"annotations", &record_pairs, AT(publish_settings, annotations),
     "Annotations of what is pushed, as in --annotation, with the same templates.", NULL, NULL, NULL},
    {"oci_labels", &record_bool, AT(publish_settings, oci_labels),
     "Labels org.opencontainers.image.revision, source, version and created (when the commit was made).", NULL, NULL,
     NULL},
    {"cache", &record_text_or_record, AT(publish_settings, cache),
     "A cache in a registry, beside that of Depot: its repository, or more of it.", NULL, &cache_table, NULL},
    {"provenance", &record_text, AT(publish_settings, provenance), "Provenance attestation: false, min, max or true.",
     NULL, NULL, "^(false|min|max|true)$"},
    {"sbom", &record_bool, AT(publish_settings, sbom), "An SBOM attestation.", NULL, NULL, NULL},
    {"sbom_artifacts", &record_bool, AT(publish_settings, sbom_artifacts),
     "The SBOM is kept as an artifact of the step, too.", NULL, NULL, NULL},
    {"lint", &record_text, AT(publish_settings, lint),
     "Depot lints the Dockerfile first and stops at errors (true, error), warnings (warn) or remarks (info).", NULL,
     NULL, "^(false|true|error|warn|info)$"},
    {"no_cache", &record_bool, AT(publish_settings, no_cache), "Build without any cache.", NULL, NULL, NULL},
    {"build_secrets", &record_pairs, AT(publish_settings, build_secrets),
     "Secrets of the build: for each id the name of the step's environment variable, never a value. Forks get none.",
     NULL, NULL, NULL},
};
const struct record_table settings_publish_table = {"publish",
                                                    "Tags that move, labels, caches and attestations.",
                                                    publish_fields,
                                                    COUNT(publish_fields),
                                                    sizeof(struct publish_settings),
                                                    false};

/* --- checks --- */

struct checker {
    struct arena *arena;
    struct diagnostics *diagnostics;
    bool ok;
};

#define REFUSE(checker, node, ...)                                                                                     \
    ((checker)->ok = false,                                                                                            \
     (void)diag_add((checker)->diagnostics, DIAG_ERROR, "settings-value", node_place(node), __VA_ARGS__))

static void check_word(struct checker *checker, const struct record_text_value *value, const char *key,
                       const char *const *words) {
    if (value->node == NULL) return;
    struct buffer known = buffer_in(checker->arena);
    for (size_t i = 0; words[i] != NULL; i++) {
        if (text_is(value->text, words[i])) return;
        buffer_format(&known, "%s%s", i == 0 ? "" : ", ", words[i]);
    }
    REFUSE(checker, value->node, "'%s' is one of %.*s, not '%.*s'", key, TEXT_ARG(buffer_text(&known)),
           TEXT_ARG(value->text));
}

static void check_names(struct checker *checker, const struct list *pairs, const char *what) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct record_pair *pair = pairs->items[i];
        bool ok = pair->name.len > 0 && text_is_utf8(pair->name) && !text_has(pair->name, '=');
        for (size_t j = 0; ok && j < pair->name.len; j++)
            ok = (unsigned char)pair->name.ptr[j] > ' ';
        if (!ok) REFUSE(checker, pair->node, "'%.*s' is not the name of %s", TEXT_ARG(pair->name), what);
    }
}

/* An id is a field of --secret, and of a bake's --set. */
static void check_secrets(struct checker *checker, const struct list *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct record_pair *pair = pairs->items[i];
        bool ok = pair->name.len > 0;
        for (size_t j = 0; j < pair->name.len; j++)
            ok &= pair->name.ptr[j] > ' ' && pair->name.ptr[j] < 0x7F && strchr(",=\"'", pair->name.ptr[j]) == NULL;
        if (!ok) REFUSE(checker, pair->node, "'%.*s' cannot be the id of a build secret", TEXT_ARG(pair->name));
        if (text_is_given(pair->value) && !variables_is_name(pair->value))
            REFUSE(checker, pair->node,
                   "'%.*s' needs the name of an environment variable: letters, digits and '_', not a value",
                   TEXT_ARG(pair->name));
    }
}

/* "cache: true" and "cache: false" are words, whatever images may be called. */
struct text settings_publish_cache_repository(const struct publish_settings *publish) {
    struct text given = publish->cache.repository.text;
    return text_is(given, "true") || text_is(given, "false") ? (struct text){0} : given;
}

static void check_cache(struct checker *checker, const struct publish_settings *publish) {
    const struct record_text_value *repository = &publish->cache.repository;
    const char *problem = "it holds a variable of the step";
    if (!text_is_given(settings_publish_cache_repository(publish))) return;
    struct text name = template_repository(checker->arena, repository->text, TEXT("name"));
    if (!reference_is_name(checker->arena, name, &problem)) {
        REFUSE(checker, repository->node, "'%.*s' is not a repository for a cache, such as ghcr.io/acme/cache: %s",
               TEXT_ARG(repository->text), problem);
        return;
    }
    diag_add(checker->diagnostics, DIAG_NOTE, "cache-needless", node_place(repository->node),
             "builds on Depot share the project's own cache; one in a registry is for those who build elsewhere, too");
}

bool settings_publish_check(struct arena *arena, const struct publish_settings *publish,
                            struct diagnostics *diagnostics) {
    struct checker checker = {.arena = arena, .diagnostics = diagnostics, .ok = true};
    check_word(&checker, &publish->provenance, "provenance", provenance_words);
    check_word(&checker, &publish->lint, "lint", lint_words);
    check_names(&checker, &publish->labels, "a label");
    check_names(&checker, &publish->annotations, "an annotation");
    check_secrets(&checker, &publish->build_secrets);
    check_cache(&checker, publish);
    return checker.ok;
}

bool settings_publish_has_cache(const struct publish_settings *publish) {
    if (text_is(publish->cache.repository.text, "false")) return false;
    return publish->cache.repository.node != NULL || publish->cache.mode != CACHE_MODE_NOT_GIVEN ||
           publish->cache.write != CACHE_WRITE_NOT_GIVEN;
}

/* --- differences --- */

/* What checks a build, or only makes it slower, makes no other image: lint, cache and no_cache are not looked at. */
const char *settings_publish_difference(const struct publish_settings *a, const struct publish_settings *b) {
    if (a->latest != b->latest) return "settings (latest)";
    if (!record_same_texts(&a->floating_tags, &b->floating_tags)) return "settings (floating_tags)";
    if (a->floating != b->floating) return "settings (floating)";
    if (!record_same_pairs(&a->labels, &b->labels)) return "settings (labels)";
    if (!record_same_pairs(&a->annotations, &b->annotations)) return "settings (annotations)";
    if (a->oci_labels != b->oci_labels) return "settings (oci_labels)";
    if (!record_same_text(&a->provenance, &b->provenance)) return "settings (provenance)";
    if (a->sbom != b->sbom) return "settings (sbom)";
    if (!record_same_pairs(&a->build_secrets, &b->build_secrets)) return "settings (build_secrets)";
    return NULL;
}
