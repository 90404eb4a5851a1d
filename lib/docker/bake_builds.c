#include "docker/bake_builds.h"

#include "base/buffer.h"
#include "base/path.h"
#include "docker/compose_build.h"
#include "docker/compose_interpolate.h"
#include "docker/compose_keys.h"

struct builder {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct text directory;
    const struct bake_target *target;
    struct compose_build *build;
};

/* ---- what must be known now ---- */

static struct text literal(struct builder *builder, const char *attribute, const struct value *value) {
    static const struct variables none;
    struct compose_evaluation evaluation;
    if (value == NULL || !compose_evaluate(builder->arena, value, &none, &evaluation)) return (struct text){0};
    struct text shown = text_printable(builder->arena, text_first(evaluation.text, 200));
    struct text name = text_printable(builder->arena, builder->target->name);
    for (size_t i = 0; i < evaluation.unset.count; i++)
        diag_add(builder->diagnostics, DIAG_NOTE, "bake-variable", builder->target->place,
                 "target '%.*s': '%s' is taken as '%.*s', whatever '%.*s' is when the step runs", TEXT_ARG(name),
                 attribute, TEXT_ARG(shown), TEXT_ARG(evaluation.unset.items[i]));
    return evaluation.text.len > 0 ? evaluation.text : (struct text){0};
}

static void doubt(struct builder *builder, const char *attribute, struct text path) {
    struct text name = text_printable(builder->arena, builder->target->name);
    struct text shown = text_printable(builder->arena, path);
    diag_add(builder->diagnostics, DIAG_WARNING, "context-outside", builder->target->place,
             "target '%.*s': '%s' is '%.*s', which is outside the repository", TEXT_ARG(name), attribute,
             TEXT_ARG(shown));
    builder->build->doubt =
        text_format(builder->arena, "'%s' is '%.*s', which is outside the repository", attribute, TEXT_ARG(shown));
    builder->build->is_understood = false;
}

/* From a directory to one from the root; "cwd://x" is seen from where bake is called. */
static struct text resolve(struct builder *builder, const char *attribute, struct text directory, struct text path) {
    bool is_of_caller = text_starts(path, "cwd://");
    struct text resolved = is_of_caller ? path_join(builder->arena, builder->directory, text_from_offset(path, 6))
                                        : path_join(builder->arena, directory, path);
    if (path_is_absolute(path) || path_escapes(resolved)) doubt(builder, attribute, path);
    return resolved;
}

static bool is_remote(struct text context) {
    return !text_starts(context, "cwd://") && compose_is_remote_context(context);
}

static void take_paths(struct builder *builder) {
    const struct bake_target *target = builder->target;
    struct compose_build *build = builder->build;
    struct text context = literal(builder, "context", target->context);
    struct text dockerfile = literal(builder, "dockerfile", target->dockerfile);
    if (!text_is_given(context)) context = TEXT(".");
    build->dockerfile_inline = literal(builder, "dockerfile-inline", target->dockerfile_inline);
    build->context_is_remote = is_remote(context);
    build->context = build->context_is_remote ? context : resolve(builder, "context", builder->directory, context);
    if (build->context_is_remote) build->remote_dockerfile = dockerfile;
    if (build->context_is_remote || text_is_given(build->dockerfile_inline)) return;
    build->dockerfile =
        resolve(builder, "dockerfile", build->context, text_is_given(dockerfile) ? dockerfile : TEXT("Dockerfile"));
}

static void take_platforms(struct builder *builder) {
    const struct list *platforms = &builder->target->platforms;
    for (size_t i = 0; i < platforms->count; i++) {
        struct text platform = literal(builder, "platforms", platforms->items[i]), part;
        while (platform.len > 0 && text_next(&platform, ',', &part)) {
            struct text *kept = arena_alloc(builder->arena, sizeof(*kept));
            *kept = text_trim(part);
            if (kept->len > 0) list_add(builder->arena, &builder->build->platforms, kept);
        }
    }
}

/* ---- what may stay open ---- */

static struct value *copy_value(struct arena *arena, const struct value *value) {
    struct value *copy = arena_alloc(arena, sizeof(*copy));
    *copy = *value;
    return copy;
}

static void take_values(struct builder *builder, const struct list *from, struct list *out) {
    for (size_t i = 0; i < from->count; i++)
        list_add(builder->arena, out, copy_value(builder->arena, from->items[i]));
}

static bool is_own_variable(const struct bake_pair *pair) {
    const struct value_piece *piece = pair->value->pieces.count == 1 ? pair->value->pieces.items[0] : NULL;
    return pair->is_optional && piece != NULL && piece->is_reference && text_equal(piece->text, pair->name);
}

static void take_arguments(struct builder *builder) {
    const struct list *pairs = &builder->target->args;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct bake_pair *pair = pairs->items[i];
        if (pair->value == NULL) continue;
        struct compose_argument *argument = arena_alloc(builder->arena, sizeof(*argument));
        *argument = (struct compose_argument){.name = pair->name, .place = builder->target->place};
        argument->from_environment = is_own_variable(pair);
        if (!argument->from_environment) argument->value = *pair->value;
        list_add(builder->arena, &builder->build->arguments, argument);
    }
}

static struct compose_pair *add_pair(struct builder *builder, struct list *out, struct text name) {
    struct compose_pair *pair = arena_alloc(builder->arena, sizeof(*pair));
    *pair = (struct compose_pair){.name = name, .place = builder->target->place};
    list_add(builder->arena, out, pair);
    return pair;
}

static void take_labels(struct builder *builder) {
    const struct list *pairs = &builder->target->labels;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct bake_pair *pair = pairs->items[i];
        if (pair->value != NULL) add_pair(builder, &builder->build->labels, pair->name)->value = *pair->value;
    }
}

/* "target:x" is to bake what "service:x" is to compose. */
static void take_contexts(struct builder *builder) {
    struct arena *arena = builder->arena;
    const struct list *pairs = &builder->target->contexts;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct bake_pair *pair = pairs->items[i];
        struct text text = literal(builder, "contexts", pair->value);
        if (!text_is_given(text)) continue;
        struct compose_pair *context = add_pair(builder, &builder->build->contexts, pair->name);
        if (text_starts(text, "target:")) {
            text = text_concat(arena, TEXT("service:"), text_from_offset(text, 7));
        } else if (!is_remote(text)) {
            context->is_path = true;
            text = resolve(builder, "contexts", builder->directory, text);
        }
        context->value = value_literal(arena, text);
    }
}

static const struct value *find_attribute(const struct bake_entry *entry, const char *name) {
    for (size_t i = 0; i < entry->pairs.count; i++) {
        const struct bake_pair *pair = entry->pairs.items[i];
        if (text_is(pair->name, name)) return pair->value;
    }
    return NULL;
}

/* "type=registry,ref=x" */
static void take_caches(struct builder *builder, const struct list *entries, struct list *out) {
    for (size_t i = 0; i < entries->count; i++) {
        const struct bake_entry *entry = entries->items[i];
        struct value *joined = arena_alloc(builder->arena, sizeof(*joined));
        for (size_t j = 0; j < entry->pairs.count; j++) {
            const struct bake_pair *pair = entry->pairs.items[j];
            if (pair->value == NULL) continue;
            if (joined->pieces.count > 0) value_add_text(builder->arena, joined, TEXT(","));
            value_add_text(builder->arena, joined, text_concat(builder->arena, pair->name, TEXT("=")));
            value_add(builder->arena, joined, pair->value);
        }
        list_add(builder->arena, out, joined);
    }
}

static void take_secrets(struct builder *builder) {
    const struct list *entries = &builder->target->secrets;
    for (size_t i = 0; i < entries->count; i++) {
        const struct bake_entry *entry = entries->items[i];
        struct compose_secret *secret = arena_alloc(builder->arena, sizeof(*secret));
        struct text file = literal(builder, "secret", find_attribute(entry, "src"));
        secret->id = secret->source = literal(builder, "secret", find_attribute(entry, "id"));
        secret->environment = literal(builder, "secret", find_attribute(entry, "env"));
        if (text_is_given(file))
            secret->file = path_is_absolute(file) ? file : resolve(builder, "secret", builder->directory, file);
        if (text_is_given(secret->id)) list_add(builder->arena, &builder->build->secrets, secret);
    }
}

static void take_ssh(struct builder *builder) {
    const struct list *entries = &builder->target->ssh;
    for (size_t i = 0; i < entries->count; i++) {
        const struct bake_entry *entry = entries->items[i];
        const struct value *id = find_attribute(entry, "id"), *path = find_attribute(entry, "paths");
        struct value *key = arena_alloc(builder->arena, sizeof(*key));
        if (id == NULL) continue;
        value_add(builder->arena, key, id);
        if (path != NULL) value_add_text(builder->arena, key, TEXT("="));
        if (path != NULL) {
            struct value found = compose_keys_ssh_path(builder->arena, builder->directory, path);
            value_add(builder->arena, key, &found);
        }
        list_add(builder->arena, &builder->build->ssh, key);
    }
}

static void take_hosts(struct builder *builder) {
    const struct list *pairs = &builder->target->extra_hosts;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct bake_pair *pair = pairs->items[i];
        struct value *host = arena_alloc(builder->arena, sizeof(*host));
        if (pair->value == NULL) continue;
        *host = value_literal(builder->arena, text_concat(builder->arena, pair->name, TEXT("=")));
        value_add(builder->arena, host, pair->value);
        list_add(builder->arena, &builder->build->extra_hosts, host);
    }
}

/* ---- what few have ---- */

static struct compose_extras *extras_of(struct builder *builder) {
    if (builder->build->extras == NULL)
        builder->build->extras = arena_alloc(builder->arena, sizeof(*builder->build->extras));
    return builder->build->extras;
}

/* {type = provenance, mode = max} is "mode=max"; {type = sbom} is "true". */
static void take_attestation(struct builder *builder, const struct bake_entry *entry) {
    const struct value *type = find_attribute(entry, "type"), *off = find_attribute(entry, "disabled");
    struct text kind = literal(builder, "attest", type);
    struct value words = {0};
    for (size_t i = 0; i < entry->pairs.count; i++) {
        const struct bake_pair *pair = entry->pairs.items[i];
        if (pair->value == NULL || text_is(pair->name, "type") || text_is(pair->name, "disabled")) continue;
        if (words.pieces.count > 0) value_add_text(builder->arena, &words, TEXT(","));
        value_add_text(builder->arena, &words, text_concat(builder->arena, pair->name, TEXT("=")));
        value_add(builder->arena, &words, pair->value);
    }
    bool is_off = off != NULL && text_is(literal(builder, "attest", off), "true");
    if (is_off) words = value_literal(builder->arena, TEXT("false"));
    if (words.pieces.count == 0) words = value_literal(builder->arena, TEXT("true"));
    if (text_is(kind, "provenance")) extras_of(builder)->provenance = words;
    if (text_is(kind, "sbom")) extras_of(builder)->sbom = words;
}

static void take_extras(struct builder *builder) {
    const struct bake_target *target = builder->target;
    if (target->ulimits.count > 0) take_values(builder, &target->ulimits, &extras_of(builder)->ulimits);
    if (target->entitlements.count > 0) take_values(builder, &target->entitlements, &extras_of(builder)->entitlements);
    if (target->no_cache_filter.count > 0)
        take_values(builder, &target->no_cache_filter, &extras_of(builder)->no_cache_filter);
    for (size_t i = 0; i < target->attest.count; i++)
        take_attestation(builder, target->attest.items[i]);
}

/* ---- what needs evaluation ---- */

static bool decides_inputs(struct text attribute) {
    static const char *const attributes[] = {"context", "contexts", "dockerfile", "dockerfile-inline",
                                             "target",  "inherits", "matrix",     "name"};
    for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
        if (text_is(attribute, attributes[i])) return true;
    return false;
}

/* What a build by another program can do without: it says itself what it pushes and where, and caches only save time. */
static bool is_dispensable(struct text attribute) {
    static const char *const attributes[] = {"tags", "output",      "cache-from", "cache-to",
                                             "call", "description", "annotations"};
    for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
        if (text_is(attribute, attributes[i])) return true;
    return false;
}

static void note_open(struct builder *builder, const struct bake_open *open) {
    const char *left_out = ", and is left out", *baked = ", so bake builds it", *end = baked;
    if (builder->build->is_family) end = "";
    if (is_dispensable(open->attribute)) end = left_out;
    struct text words = bake_open_message(builder->arena, open),
                name = text_printable(builder->arena, builder->target->name);
    diag_add(builder->diagnostics, DIAG_NOTE, "bake-open", open->place, "target '%.*s': %.*s%s", TEXT_ARG(name),
             TEXT_ARG(words), end);
}

/* What an argument is that only bake can tell: the Dockerfile is read as with one that the step gives. */
static void open_argument(struct builder *builder, const struct bake_open *open) {
    struct compose_argument *argument = arena_alloc(builder->arena, sizeof(*argument));
    *argument =
        (struct compose_argument){.name = open->name, .from_environment = true, .place = builder->target->place};
    list_add(builder->arena, &builder->build->arguments, argument);
}

static void take_open(struct builder *builder) {
    const struct list *all = &builder->target->open;
    for (size_t i = 0; i < all->count; i++) {
        const struct bake_open *open = all->items[i];
        bool is_arguments = text_is(open->attribute, "args");
        note_open(builder, open);
        if (is_dispensable(open->attribute)) continue;
        if (!text_is_given(builder->build->needs_bake))
            builder->build->needs_bake = bake_open_message(builder->arena, open);
        if (is_arguments && text_is_given(open->name)) open_argument(builder, open);
        if (decides_inputs(open->attribute) || (is_arguments && !text_is_given(open->name)))
            builder->build->is_context_open = true;
    }
    if (!builder->build->is_context_open) return;
    builder->build->context = TEXT(".");
    builder->build->context_is_remote = false;
    builder->build->dockerfile = (struct text){0};
}

/* ---- a target ---- */

static const struct compose_build *build_of(struct builder *builder, const struct bake_target *target) {
    static const struct variables none;
    struct compose_build *build = arena_alloc(builder->arena, sizeof(*build));
    *build = (struct compose_build){.service = target->name,
                                    .place = target->place,
                                    .variables = &none,
                                    .is_linked = target->is_linked,
                                    .is_family = bake_is_family(target),
                                    .is_understood = true};
    builder->target = target;
    builder->build = build;
    take_paths(builder);
    build->target = literal(builder, "target", target->target);
    build->network = literal(builder, "network", target->network);
    build->shm_size = literal(builder, "shm-size", target->shm_size);
    build->project = literal(builder, "project_id", target->project_id);
    build->pull = target->pull == BAKE_TRUE;
    build->no_cache = target->no_cache == BAKE_TRUE;
    take_arguments(builder);
    take_labels(builder);
    take_contexts(builder);
    take_platforms(builder);
    take_values(builder, &target->tags, &build->tags);
    take_caches(builder, &target->cache_from, &build->cache_from);
    take_caches(builder, &target->cache_to, &build->cache_to);
    take_secrets(builder);
    take_ssh(builder);
    take_hosts(builder);
    take_extras(builder);
    take_open(builder);
    return build;
}

/* ---- all ---- */

/* All targets, but for those that are there to be inherited from, as their names say: "_common". */
static void add_names(struct arena *arena, const struct bake_model *model, bool with_all, struct texts *out) {
    for (size_t i = 0; i < model->targets.count; i++) {
        struct text name = ((const struct bake_target *)model->targets.items[i])->name;
        if (with_all || !text_starts(name, "_")) texts_add(arena, out, name);
    }
}

/* A group of which something needs evaluation; NULL when there is none. */
static const struct bake_group *find_open_group(const struct bake_model *model) {
    for (size_t i = 0; i < model->groups.count; i++) {
        const struct bake_group *group = model->groups.items[i];
        if (group->open.count > 0) return group;
    }
    return NULL;
}

static bool has_default(const struct bake_model *model) {
    return bake_find_group(model, TEXT("default")) != NULL || bake_find_target(model, TEXT("default")) != NULL;
}

/* What a call of bake without names builds. Where a group's targets are not known that may be any, so it is all of them. */
static bool resolve_default(struct builder *builder, const struct bake_model *all, struct bake_model *out) {
    struct arena *arena = builder->arena;
    struct texts names = {0};
    *out = (struct bake_model){0};
    if (!has_default(all)) add_names(arena, all, true, &names);
    if (!has_default(all) && names.count == 0) return true;
    if (!bake_resolve(arena, all, &names, NULL, builder->diagnostics, out)) return false;
    const struct bake_group *open = find_open_group(out);
    if (open == NULL) return true;
    struct text shown = text_printable(arena, open->name);
    struct text words = bake_open_message(arena, open->open.items[0]);
    diag_add(builder->diagnostics, DIAG_WARNING, "bake-open", open->place,
             "group '%.*s': %.*s, so all targets count as built", TEXT_ARG(shown), TEXT_ARG(words));
    add_names(arena, all, false, &names);
    return names.count == 0 || bake_resolve(arena, all, &names, NULL, builder->diagnostics, out);
}

static void find_others(struct arena *arena, const struct bake_model *all, const struct bake_model *built,
                        struct list *out) {
    for (size_t i = 0; i < all->targets.count; i++) {
        struct bake_target *target = all->targets.items[i];
        if (bake_find_target(built, target->name) == NULL) list_add(arena, out, target);
    }
}

static uint64_t digest_of(struct arena *arena, struct files *files, const struct texts *paths) {
    uint64_t digest = 0;
    for (size_t i = 0; i < paths->count; i++) {
        const struct source *source;
        if (files_read(files, arena, paths->items[i], BAKE_SIZE_LIMIT, &source) == FILES_OK)
            digest = digest * 31 + text_hash(source->bytes);
    }
    return digest;
}

bool bake_builds(struct arena *arena, struct files *files, const struct texts *paths, struct diagnostics *diagnostics,
                 struct bake_builds *out) {
    static const struct variables none;
    struct bake_model all, built;
    struct bake_builds result = {.model = {.paths = *paths, .variables = &none, .is_bake = true}};
    struct builder builder = {.arena = arena, .diagnostics = diagnostics, .directory = path_parent(paths->items[0])};
    if (!bake_read(arena, files, paths, diagnostics, &all)) return false;
    if (!resolve_default(&builder, &all, &built)) return false;
    result.model.directory = builder.directory;
    result.model.digest = digest_of(arena, files, paths);
    result.model.source = source_create(arena, paths->items[0], TEXT(""));
    result.model.service_count = built.targets.count;
    for (size_t i = 0; i < built.targets.count; i++)
        list_add(arena, &result.model.builds, (void *)build_of(&builder, built.targets.items[i]));
    find_others(arena, &all, &built, &result.others);
    *out = result;
    return true;
}
