#include "base/path.h"
#include "docker/bake_attribute.h"
#include "docker/bake_fields.h"
#include "docker/bake_target.h"
#include "docker/bake_x.h"

/* compose.go ParseCompose. */

struct mapping {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct compose_model *model;
    struct map names; /* of targets, to the build */
    bool is_valid;
};

static const struct value *literal(struct arena *arena, struct text text) {
    struct value *value = arena_alloc(arena, sizeof(*value));
    *value = value_literal(arena, text);
    return value;
}

static const struct value *literal_or_none(struct arena *arena, struct text text) {
    return text_is_given(text) && text.len > 0 ? literal(arena, text) : NULL;
}

static void refuse(struct mapping *mapping, const struct compose_build *build, const char *problem, struct text name) {
    bake_refuse(mapping->diagnostics, build->place, "service '%.*s': bake %s '%.*s'", TEXT_ARG(build->service), problem,
                TEXT_ARG(name));
    mapping->is_valid = false;
}

static void add_pair(struct arena *arena, struct list *pairs, struct text name, const struct value *value,
                     bool is_optional) {
    struct bake_pair *pair = arena_alloc(arena, sizeof(*pair));
    *pair = (struct bake_pair){.name = name, .value = value, .is_optional = is_optional};
    bake_set_pair(arena, pairs, pair);
}

/* A path in the repository as bake, called in the project directory, has it. */
static struct text from_project(const struct mapping *mapping, struct text path) {
    struct text directory = text_is_given(mapping->model->directory) ? mapping->model->directory : TEXT(".");
    bool is_inside = !path_is_absolute(path) && !path_escapes(path) && !path_escapes(directory);
    return is_inside ? path_relative(mapping->arena, directory, path) : path;
}

/* ---- arguments and labels ---- */

static const struct compose_argument *find_argument(const struct list *arguments, struct text name) {
    for (size_t i = 0; i < arguments->count; i++) {
        const struct compose_argument *argument = arguments->items[i];
        if (text_equal(argument->name, name)) return argument;
    }
    return NULL;
}

/* Without a value: what the service's environment says, else the variable itself, where it is set. */
static void add_asked_argument(struct mapping *mapping, const struct compose_build *build, struct bake_target *target,
                               struct text name) {
    const struct compose_argument *own =
        build->extras == NULL ? NULL : find_argument(&build->extras->environment, name);
    if (own != NULL && !own->from_environment) {
        add_pair(mapping->arena, &target->args, name, &own->value, false);
    } else if (build->variables != mapping->model->variables) { /* an included file's own say nothing of it */
        const struct text *outer = variables_find(mapping->model->variables, name);
        if (outer != NULL) add_pair(mapping->arena, &target->args, name, literal(mapping->arena, *outer), false);
    } else {
        struct value *value = arena_alloc(mapping->arena, sizeof(*value)), none = {0};
        value_add_reference(mapping->arena, value, name, VALUE_PLAIN, none);
        add_pair(mapping->arena, &target->args, name, value, true);
    }
}

static void map_arguments(struct mapping *mapping, const struct compose_build *build, struct bake_target *target) {
    for (size_t i = 0; i < build->arguments.count; i++) {
        const struct compose_argument *argument = build->arguments.items[i];
        if (argument->from_environment) {
            add_asked_argument(mapping, build, target, argument->name);
        } else {
            add_pair(mapping->arena, &target->args, argument->name, &argument->value, false);
        }
    }
    for (size_t i = 0; i < build->labels.count; i++) {
        const struct compose_pair *label = build->labels.items[i];
        add_pair(mapping->arena, &target->labels, label->name, &label->value, false);
    }
}

/* ---- contexts and hosts ---- */

static void map_contexts(struct mapping *mapping, const struct compose_build *build, struct bake_target *target) {
    for (size_t i = 0; i < build->contexts.count; i++) {
        const struct compose_pair *context = build->contexts.items[i];
        const struct value *value = &context->value;
        if (value_is_literal(value)) {
            struct text text = value_text(mapping->arena, value);
            text = context->is_path ? from_project(mapping, text) : bake_context_of(mapping->arena, text);
            value = literal(mapping->arena, text);
        }
        add_pair(mapping->arena, &target->contexts, context->name, value, false);
    }
}

/* "name=address": several addresses of a name are one, with commas. */
static void map_hosts(struct mapping *mapping, const struct compose_build *build, struct bake_target *target) {
    struct map hosts = {0};
    for (size_t i = 0; i < build->extra_hosts.count; i++) {
        struct value name = {0}, address = {0};
        if (!value_cut(mapping->arena, build->extra_hosts.items[i], '=', &name, &address)) continue;
        if (!value_is_literal(&name)) continue;
        struct text text = value_text(mapping->arena, &name);
        struct value *known = map_find(&hosts, text);
        if (known != NULL) {
            value_add_text(mapping->arena, known, TEXT(","));
            value_add(mapping->arena, known, &address);
            continue;
        }
        known = arena_alloc(mapping->arena, sizeof(*known));
        *known = address;
        map_set(mapping->arena, &hosts, text, known);
        add_pair(mapping->arena, &target->extra_hosts, text, known, false);
    }
}

/* ---- entries ---- */

static void map_entries(struct mapping *mapping, const struct compose_build *build, struct bake_target *target,
                        const struct bake_field *field, const struct list *values) {
    struct list entries = {0};
    for (size_t i = 0; i < values->count; i++) {
        const char *problem = "";
        enum bake_entry_status status =
            bake_entry_parse(mapping->arena, field->entry, values->items[i], &entries, &problem);
        if (status == BAKE_ENTRY_WRONG) refuse(mapping, build, problem, text_from(field->name));
        if (status == BAKE_ENTRY_OPEN)
            bake_add_open(mapping->arena, &target->open, field->name, (struct text){0}, TEXT("a variable"),
                          build->place);
    }
    bake_append(mapping->arena, bake_member(target, field), &entries);
}

static void map_secrets(struct mapping *mapping, const struct compose_build *build, struct bake_target *target) {
    for (size_t i = 0; i < build->secrets.count; i++) {
        const struct compose_secret *secret = build->secrets.items[i];
        struct bake_entry *entry = arena_alloc(mapping->arena, sizeof(*entry));
        struct text id = text_is_given(secret->source) ? secret->source : secret->id;
        bake_entry_set(mapping->arena, entry, "id", literal(mapping->arena, id));
        if (text_is_given(secret->environment)) {
            bake_entry_set(mapping->arena, entry, "env", literal(mapping->arena, secret->environment));
        } else if (text_is_given(secret->file)) {
            bake_entry_set(mapping->arena, entry, "src", literal(mapping->arena, from_project(mapping, secret->file)));
        }
        list_add(mapping->arena, &target->secrets, entry);
    }
    if (build->extras != NULL && build->extras->external_secrets.count > 0)
        refuse(mapping, build, "takes no external secret, such as", build->extras->external_secrets.items[0]);
}

/* A path is one, commas and all. */
static void map_ssh(struct mapping *mapping, const struct compose_build *build, struct bake_target *target) {
    for (size_t i = 0; i < build->ssh.count; i++) {
        const struct value *whole = build->ssh.items[i];
        struct bake_entry *entry = arena_alloc(mapping->arena, sizeof(*entry));
        struct value *id = arena_alloc(mapping->arena, sizeof(*id)), *path = arena_alloc(mapping->arena, sizeof(*path));
        bool has_path = value_cut(mapping->arena, whole, '=', id, path);
        bake_entry_set(mapping->arena, entry, "id", has_path ? id : whole);
        if (has_path) bake_entry_set(mapping->arena, entry, "paths", path);
        list_add(mapping->arena, &target->ssh, entry);
    }
    bake_sort_ssh(mapping->arena, &target->ssh);
}

/* CanonicalizeAttest: a boolean turns it on or off, any other text gives its attributes. */
static void map_attestation(struct mapping *mapping, const struct compose_build *build, struct bake_target *target,
                            const char *type, const struct value *value) {
    static const char *const yes[] = {"1", "t", "T", "TRUE", "true", "True", NULL};
    static const char *const no[] = {"0", "f", "F", "FALSE", "false", "False", NULL};
    static const struct bake_field field = {.name = "attest", .entry = BAKE_ATTEST};
    struct list one = {0};
    if (value->pieces.count == 0) return;
    if (!value_is_literal(value)) {
        bake_add_open(mapping->arena, &target->open, "attest", (struct text){0}, TEXT("a variable"), build->place);
        return;
    }
    struct text text = value_text(mapping->arena, value), rest = text;
    for (size_t i = 0; yes[i] != NULL; i++)
        if (text_is(text, yes[i])) rest = TEXT("disabled=false");
    for (size_t i = 0; no[i] != NULL; i++)
        if (text_is(text, no[i])) rest = TEXT("disabled=true");
    text = text_format(mapping->arena, "type=%s,%.*s", type, TEXT_ARG(rest));
    list_add(mapping->arena, &one, (void *)literal(mapping->arena, text));
    struct bake_field attest = field;
    attest.offset = (size_t)((char *)&target->attest - (char *)target);
    map_entries(mapping, build, target, &attest, &one);
}

/* ---- what few builds have ---- */

/* "nofile=5" has neither a soft nor a hard limit, and bake takes what is not there for 0. */
static void map_ulimits(struct mapping *mapping, const struct list *ulimits, struct bake_target *target) {
    for (size_t i = 0; i < ulimits->count; i++) {
        struct value name = {0}, limits = {0}, soft = {0}, hard = {0};
        struct value *kept = arena_alloc(mapping->arena, sizeof(*kept));
        *kept = *(const struct value *)ulimits->items[i];
        bool is_one = value_cut(mapping->arena, kept, '=', &name, &limits) &&
                      !value_cut(mapping->arena, &limits, ':', &soft, &hard);
        if (is_one) {
            *kept = name;
            value_add_text(mapping->arena, kept, TEXT("=0:0"));
        }
        list_add(mapping->arena, &target->ulimits, kept);
    }
}

static void map_extras(struct mapping *mapping, const struct compose_build *build, struct bake_target *target) {
    const struct compose_extras *extras = build->extras;
    if (extras == NULL) return;
    map_ulimits(mapping, &extras->ulimits, target);
    bake_append(mapping->arena, &target->no_cache_filter, &extras->no_cache_filter);
    map_attestation(mapping, build, target, "sbom", &extras->sbom);
    map_attestation(mapping, build, target, "provenance", &extras->provenance);
    if (extras->x_bake != NULL && !bake_read_x(mapping->arena, mapping->diagnostics, build, target))
        mapping->is_valid = false;
}

/* ---- one service ---- */

static void map_tags(struct mapping *mapping, const struct compose_build *build, struct bake_target *target) {
    size_t own = build->tags.count - (build->image_is_last_tag ? 1 : 0);
    for (size_t i = 0; i < own; i++)
        list_add(mapping->arena, &target->tags, build->tags.items[i]);
    for (size_t i = 0; i < build->platforms.count && !build->platform_is_service; i++)
        list_add(mapping->arena, &target->platforms,
                 (void *)literal(mapping->arena, *(const struct text *)build->platforms.items[i]));
}

static void map_paths(struct mapping *mapping, const struct compose_build *build, struct bake_target *target) {
    struct text context = build->context_is_remote ? build->context : from_project(mapping, build->context);
    target->context = literal_or_none(mapping->arena, context);
    target->dockerfile = literal_or_none(mapping->arena, build->dockerfile_written);
    target->dockerfile_inline = literal_or_none(mapping->arena, build->dockerfile_inline);
    target->target = literal_or_none(mapping->arena, build->target);
    target->network = literal_or_none(mapping->arena, build->network);
    target->project_id = literal_or_none(mapping->arena, build->project);
    struct text size = text_is_given(build->shm_size) ? bake_size_of(mapping->arena, build->shm_size) : TEXT("");
    target->shm_size = literal_or_none(mapping->arena, size);
}

static void map_cache(struct mapping *mapping, const struct compose_build *build, struct bake_target *target) {
    for (const struct bake_field *field = bake_fields; field->name != NULL; field++) {
        if (text_is(text_from(field->name), "cache-from"))
            map_entries(mapping, build, target, field, &build->cache_from);
        if (text_is(text_from(field->name), "cache-to")) map_entries(mapping, build, target, field, &build->cache_to);
    }
}

static void map_build(struct mapping *mapping, const struct compose_build *build, struct bake_target *target) {
    map_paths(mapping, build, target);
    map_tags(mapping, build, target);
    map_arguments(mapping, build, target);
    map_contexts(mapping, build, target);
    map_hosts(mapping, build, target);
    map_cache(mapping, build, target);
    map_secrets(mapping, build, target);
    map_ssh(mapping, build, target);
    if (build->no_cache) target->no_cache = BAKE_TRUE;
    if (build->pull) target->pull = BAKE_TRUE;
    map_extras(mapping, build, target);
    if (target->tags.count == 0 && build->image_is_last_tag)
        list_add(mapping->arena, &target->tags, build->tags.items[build->tags.count - 1]);
}

/* "a.b" and "a_b" are one target, and bake merges them in an order that differs from call to call. */
static void note_name(struct mapping *mapping, const struct compose_build *build, struct bake_target *target) {
    const struct compose_build *before = map_find(&mapping->names, target->name);
    map_set(mapping->arena, &mapping->names, target->name, (void *)build);
    if (before == NULL) return;
    struct text one = text_printable(mapping->arena, before->service),
                other = text_printable(mapping->arena, build->service);
    diag_add(mapping->diagnostics, DIAG_WARNING, "bake-invalid", build->place,
             "services '%.*s' and '%.*s' are one target of bake, and which of them wins is not certain", TEXT_ARG(one),
             TEXT_ARG(other));
    bake_add_open(mapping->arena, &target->open, "build", (struct text){0}, TEXT("two services of one name"),
                  build->place);
}

static void add_build(struct mapping *mapping, const struct compose_build *build, struct bake_model *out,
                      struct bake_group *group) {
    struct bake_target *target = arena_alloc(mapping->arena, sizeof(*target));
    target->name = bake_clean_name(mapping->arena, build->service);
    target->place = build->place;
    target->variables = build->variables;
    if (!bake_is_name(target->name)) {
        refuse(mapping, build, "takes no target named", target->name);
        return;
    }
    note_name(mapping, build, target);
    if (build->is_understood) {
        map_build(mapping, build, target);
    } else {
        bake_add_open(mapping->arena, &target->open, "build", (struct text){0}, TEXT("it is not understood"),
                      build->place);
    }
    list_add(mapping->arena, &out->targets, target);
    texts_add(mapping->arena, &group->targets.texts, target->name);
}

bool bake_of_compose(struct arena *arena, const struct compose_model *compose, struct diagnostics *diagnostics,
                     struct bake_model *out) {
    struct mapping mapping = {.arena = arena, .diagnostics = diagnostics, .model = compose, .is_valid = true};
    struct bake_group *group = arena_alloc(arena, sizeof(*group));
    struct bake_model none = {0}, model = {0};
    *group = (struct bake_group){.name = TEXT("default"), .place = source_whole(compose->source)};
    for (size_t i = 0; i < compose->builds.count; i++)
        add_build(&mapping, compose->builds.items[i], &model, group);
    if (compose->service_count > 0) list_add(arena, &model.groups, group);
    if (mapping.is_valid) bake_merge(arena, &none, &model, out);
    return mapping.is_valid;
}
