#include "docker/mounts.h"

#include "base/buffer.h"
#include "docker/build_values.h"

/* A field in quotes, where `""` is a quote; false when something follows the closing quote. */
static bool read_quoted(struct arena *arena, struct text line, size_t *at, struct text *out) {
    struct buffer field = buffer_in(arena);
    for (++*at; *at < line.len; ++*at) {
        if (line.ptr[*at] != '"') {
            buffer_add_byte(&field, line.ptr[*at]);
            continue;
        }
        ++*at;
        if (*at == line.len || line.ptr[*at] == ',') {
            *out = buffer_text(&field);
            return true;
        }
        if (line.ptr[*at] != '"') return false;
        buffer_add_byte(&field, '"');
    }
    return false;
}

bool mounts_split(struct arena *arena, struct text line, struct texts *out) {
    if (text_ends(line, "\n")) line.len -= text_ends(line, "\r\n") ? 2 : 1;
    if (line.len == 0) return false;
    for (size_t at = 0;; at++) {
        struct text field;
        if (at < line.len && line.ptr[at] == '"') {
            if (!read_quoted(arena, line, &at, &field)) return false;
        } else {
            struct text rest = text_from_offset(line, at);
            size_t comma = text_find(rest, ',');
            field = text_first(rest, comma == TEXT_NONE ? rest.len : comma);
            if (text_has(field, '"')) return false;
            at += field.len;
        }
        texts_add(arena, out, field);
        if (at >= line.len) return true;
    }
}

/* Cuts a field at its first `=`; the value is absent when there is none. */
static struct text cut(struct arena *arena, struct text field, struct text *value) {
    size_t equals = text_find(field, '=');
    *value = equals == TEXT_NONE ? (struct text){0} : text_from_offset(field, equals + 1);
    return text_lower(arena, text_first(field, equals == TEXT_NONE ? field.len : equals));
}

bool mounts_check(struct arena *arena, struct text value, struct text *from, struct text *problem) {
    struct texts fields = {0};
    *from = (struct text){0};
    if (!mounts_split(arena, value, &fields)) {
        *problem = TEXT("failed to parse csv mounts");
        return false;
    }
    for (size_t i = 0; i < fields.count; i++) {
        struct text field_value, key = cut(arena, fields.items[i], &field_value);
        if (!text_is(key, "from") || !text_is_given(field_value)) continue;
        size_t dollar = text_find(field_value, '$');
        if (dollar != TEXT_NONE && dollar + 1 != field_value.len) {
            *problem = TEXT("'from' doesn't support variable expansion, define alias stage instead");
            return false;
        }
        *from = field_value.len == 0 ? (struct text){0} : field_value;
    }
    return true;
}

/* --- building --- */

struct builder {
    struct arena *arena;
    struct mount mount;
    struct text *problem;
    bool unset_is_unknown;
    bool type_is_unknown;
    struct text id, sharing; /* absent when not given */
    const char *of_file;     /* the last of mode, uid and gid that was given; NULL when none was */
};

static bool refuse(struct builder *builder, const char *before, struct text what, const char *after) {
    struct text shown = text_printable(builder->arena, text_first(what, 80));
    *builder->problem = text_format(builder->arena, "%s'%.*s'%s", before, TEXT_ARG(shown), after);
    return false;
}

/* `readonly`, `required`: a bare word, or a key whose value only has to be a boolean. */
static bool is_bare(struct text key) {
    return text_is(key, "readonly") || text_is(key, "ro") || text_is(key, "readwrite") || text_is(key, "rw") ||
           text_is(key, "required");
}

static bool is_boolean(struct text value) {
    static const char *const words[] = {"1", "t", "T", "TRUE",  "true",  "True",
                                        "0", "f", "F", "FALSE", "false", "False"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (text_is(value, words[i])) return true;
    return false;
}

static const char *const names[] = {[MOUNT_BIND] = "bind",
                                    [MOUNT_CACHE] = "cache",
                                    [MOUNT_TMPFS] = "tmpfs",
                                    [MOUNT_SECRET] = "secret",
                                    [MOUNT_SSH] = "ssh"};

const char *mounts_type_name(enum mount_type type) {
    return names[type];
}

static bool set_type(struct builder *builder, struct text value) {
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (text_equal_ignoring_case(value, text_from(names[i]))) {
            builder->mount.type = (enum mount_type)i;
            return true;
        }
    return refuse(builder, "unsupported mount type ", value, "");
}

static bool is_type(const struct builder *builder, enum mount_type type) {
    return builder->type_is_unknown || builder->mount.type == type;
}

/* Only what came before counts: a type that is given later is too late. */
static bool refuse_key(struct builder *builder, struct text key) {
    *builder->problem = text_format(builder->arena, "unexpected key '%.*s' for mount type '%s'", TEXT_ARG(key),
                                    mounts_type_name(builder->mount.type));
    return false;
}

static bool refuse_value(struct builder *builder, struct text key, struct text value) {
    struct text shown = text_printable(builder->arena, text_first(value, 80));
    *builder->problem = text_format(builder->arena, "invalid value for %.*s: %.*s", TEXT_ARG(key), TEXT_ARG(shown));
    return false;
}

static bool set_sharing(struct builder *builder, struct text value) {
    static const char *const words[] = {"shared", "private", "locked"};
    builder->sharing = value;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (text_equal_ignoring_case(value, text_from(words[i]))) return true;
    struct text shown = text_printable(builder->arena, text_first(value, 80));
    *builder->problem = text_format(builder->arena, "unsupported sharing value \"%.*s\"", TEXT_ARG(shown));
    return false;
}

static bool set_file_info(struct builder *builder, const char *key, struct text value, unsigned base, bool is_known) {
    uint64_t number;
    builder->of_file = key;
    if (!is_known || build_values_number(value, base, &number)) return true;
    struct text shown = text_printable(builder->arena, text_first(value, 80));
    *builder->problem = text_format(builder->arena, "invalid value %.*s for %s", TEXT_ARG(shown), key);
    return false;
}

/* Options that say nothing of which files are read. */
static bool set_option(struct builder *builder, struct text key, struct text value, bool is_known) {
    if (text_is(key, "id")) {
        builder->id = value;
    } else if (text_is(key, "sharing")) {
        return !is_known || set_sharing(builder, value);
    } else if (text_is(key, "size")) {
        if (!is_type(builder, MOUNT_TMPFS)) return refuse_key(builder, key);
        return !is_known || build_values_size(value) || refuse_value(builder, key, value);
    } else if (text_is(key, "mode")) {
        return set_file_info(builder, "mode", value, 8, is_known);
    } else if (text_is(key, "uid") || text_is(key, "gid")) {
        return set_file_info(builder, text_is(key, "uid") ? "uid" : "gid", value, 10, is_known);
    } else if (!text_is(key, "env")) {
        return refuse(builder, "unexpected key ", key, "");
    }
    return true;
}

/* `required` is for secrets and sockets. */
static bool may_have(const struct builder *builder, struct text key) {
    return !text_is(key, "required") || is_type(builder, MOUNT_SECRET) || is_type(builder, MOUNT_SSH);
}

static bool set_field(struct builder *builder, struct text key, struct text value, bool is_known) {
    struct mount *mount = &builder->mount;
    if (text_is(key, "type")) {
        builder->type_is_unknown = !is_known;
        return !is_known || set_type(builder, value);
    }
    if (text_is(key, "from")) {
        mount->from = value.len == 0 ? (struct text){0} : value;
    } else if (text_is(key, "source") || text_is(key, "src")) {
        mount->source = value;
    } else if (text_is(key, "target") || text_is(key, "dst") || text_is(key, "destination")) {
        mount->target = value;
    } else if (is_bare(key)) {
        if (!may_have(builder, key)) return refuse_key(builder, key);
        return !is_known || is_boolean(value) || refuse_value(builder, key, value);
    } else {
        return set_option(builder, key, value, is_known);
    }
    return true;
}

static bool is_unknown(const struct builder *builder, const struct expand_result *expanded) {
    return expanded->unknown || (expanded->unset && builder->unset_is_unknown);
}

/* What the expansion of a value says: fine, refused for certain, or only as far as is known here. */
static bool expand(struct builder *builder, struct text value, char escape, struct expand_scope scope,
                   struct expand_result *out) {
    *out = expand_word(builder->arena, value, escape, scope);
    if (out->failure == EXPAND_SYNTAX) *builder->problem = text_from(out->error);
    if (is_unknown(builder, out)) builder->mount.unknown = true;
    return out->failure == EXPAND_FINE;
}

static bool check_target(struct builder *builder) {
    const struct mount *mount = &builder->mount;
    bool is_kept = mount->type != MOUNT_SECRET && mount->type != MOUNT_SSH;
    if (mount->unknown || !is_kept || !text_is(mount->target, "/")) return true;
    return refuse(builder, "invalid mount target ", mount->target, "");
}

static bool refuse_because(struct builder *builder, const char *why) {
    *builder->problem = text_from(why);
    return false;
}

static bool check_secret(struct builder *builder) {
    const struct mount *mount = &builder->mount;
    if (mount->from.len > 0) return refuse_because(builder, "secret mount should not have a from");
    if (builder->sharing.len > 0) return refuse_because(builder, "secret mount should not define sharing");
    if (mount->unknown) return true;
    if (mount->source.len + mount->target.len + builder->id.len == 0)
        return refuse_because(builder, "invalid secret mount. one of source, target required");
    if (mount->source.len > 0 && builder->id.len > 0) return refuse_because(builder, "both source and id can't be set");
    return true;
}

/* What goes with what, once all of it is read. */
static bool check_options(struct builder *builder) {
    const char *type = mounts_type_name(builder->mount.type);
    if (builder->type_is_unknown) return true;
    bool has_files = builder->mount.type != MOUNT_BIND && builder->mount.type != MOUNT_TMPFS;
    if (builder->of_file != NULL && !has_files) {
        *builder->problem =
            text_format(builder->arena, "%s not allowed for \"%s\" type mounts", builder->of_file, type);
        return false;
    }
    if (builder->mount.type == MOUNT_SECRET) return check_secret(builder);
    if (builder->sharing.len == 0 || builder->mount.type == MOUNT_CACHE) return true;
    *builder->problem = text_format(builder->arena, "invalid cache sharing set for %s mount", type);
    return false;
}

bool mounts_read(struct arena *arena, struct text value, char escape, struct expand_scope scope, bool unset_is_unknown,
                 struct mount *out, struct text *problem) {
    struct builder builder = {.arena = arena, .problem = problem, .unset_is_unknown = unset_is_unknown};
    struct texts fields = {0};
    *problem = (struct text){0};
    if (!mounts_split(arena, value, &fields)) return false;
    for (size_t i = 0; i < fields.count; i++) {
        struct text field_value, key = cut(arena, fields.items[i], &field_value);
        if (!text_is_given(field_value)) {
            if (is_bare(key) && may_have(&builder, key)) continue;
            if (is_bare(key)) return refuse_key(&builder, key);
            return refuse(&builder, "invalid field ", fields.items[i], " must be a key=value pair");
        }
        struct expand_result expanded;
        if (!expand(&builder, field_value, escape, scope, &expanded)) return false;
        bool is_known = !is_unknown(&builder, &expanded);
        if (!set_field(&builder, key, expanded.text, is_known)) return false;
    }
    if (!check_options(&builder) || !check_target(&builder)) return false;
    *out = builder.mount;
    return true;
}
