#include "report/bake_json.h"

#include "base/rune.h"

struct writer {
    struct buffer *buffer;
    unsigned depth;
    bool is_first; /* of an object or a list that was just opened */
};

/* ---- JSON as Go writes it ---- */

static void write_escaped(struct buffer *buffer, uint32_t rune) {
    switch (rune) {
    case '"':
        buffer_add_string(buffer, "\\\"");
        break;
    case '\\':
        buffer_add_string(buffer, "\\\\");
        break;
    case '\b':
        buffer_add_string(buffer, "\\b");
        break;
    case '\f':
        buffer_add_string(buffer, "\\f");
        break;
    case '\n':
        buffer_add_string(buffer, "\\n");
        break;
    case '\r':
        buffer_add_string(buffer, "\\r");
        break;
    case '\t':
        buffer_add_string(buffer, "\\t");
        break;
    default:
        buffer_format(buffer, "\\u%04x", (unsigned)rune);
    }
}

static bool is_escaped(uint32_t rune) {
    return rune < ' ' || rune == '"' || rune == '\\' || rune == '<' || rune == '>' || rune == '&' || rune == 0x2028 ||
           rune == 0x2029;
}

/* Nearly all bytes stand for themselves. */
static bool is_plain(char c) {
    return c >= ' ' && c < 0x7F && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

static void write_text(struct buffer *buffer, struct text text) {
    buffer_add_byte(buffer, '"');
    for (size_t at = 0, len = 0; at < text.len; at += len) {
        for (len = 0; at + len < text.len && is_plain(text.ptr[at + len]);)
            len++;
        buffer_add(buffer, text_of(text.ptr + at, len));
        if (len > 0) continue;
        uint32_t rune = rune_at(text, at, &len);
        if (is_escaped(rune)) {
            write_escaped(buffer, rune);
        } else if (rune == RUNE_INVALID && len == 1) {
            buffer_add_string(buffer, "\\ufffd");
        } else {
            buffer_add(buffer, text_of(text.ptr + at, len));
        }
    }
    buffer_add_byte(buffer, '"');
}

static void begin(struct writer *writer, char bracket) {
    buffer_add_byte(writer->buffer, bracket);
    writer->depth++;
    writer->is_first = true;
}

static void next_line(struct writer *writer) {
    if (!writer->is_first) buffer_add_byte(writer->buffer, ',');
    writer->is_first = false;
    buffer_add_byte(writer->buffer, '\n');
    buffer_add_repeated(writer->buffer, ' ', (size_t)2 * writer->depth);
}

/* Nothing between brackets stays on one line. */
static void end(struct writer *writer, char bracket) {
    bool is_empty = writer->is_first;
    writer->depth--;
    writer->is_first = true;
    if (!is_empty) next_line(writer);
    writer->is_first = false;
    buffer_add_byte(writer->buffer, bracket);
}

static void write_key(struct writer *writer, struct text key) {
    next_line(writer);
    write_text(writer->buffer, key);
    buffer_add_string(writer->buffer, ": ");
}

/* ---- values ---- */

static struct text text_of_value(const struct writer *writer, const struct value *value) {
    return value_is_literal(value) ? value_text(writer->buffer->arena, value) : TEXT("");
}

/* "${" and "%{" begin a template; doubled they are text. */
static struct text escape(const struct writer *writer, struct text text) {
    struct buffer buffer = buffer_in(writer->buffer->arena);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((c == '$' || c == '%') && i + 1 < text.len && text.ptr[i + 1] == '{') buffer_add_byte(&buffer, c);
        buffer_add_byte(&buffer, c);
    }
    return buffer.len == 0 ? TEXT("") : buffer_text(&buffer);
}

static void write_value(struct writer *writer, const struct value *value, bool is_escaped_too) {
    struct text text = text_of_value(writer, value);
    write_text(writer->buffer, is_escaped_too ? escape(writer, text) : text);
}

static void write_member(struct writer *writer, const char *key, const struct value *value) {
    if (value == NULL) return;
    write_key(writer, text_from(key));
    write_value(writer, value, text_is(text_from(key), "dockerfile-inline"));
}

static void write_switch(struct writer *writer, const char *key, enum bake_switch value) {
    if (value == BAKE_UNSET) return;
    write_key(writer, text_from(key));
    buffer_add_string(writer->buffer, value == BAKE_TRUE ? "true" : "false");
}

static void write_list(struct writer *writer, const char *key, const struct list *list) {
    if (list->count == 0) return;
    write_key(writer, text_from(key));
    begin(writer, '[');
    for (size_t i = 0; i < list->count; i++) {
        next_line(writer);
        write_value(writer, list->items[i], text_is(text_from(key), "annotations"));
    }
    end(writer, ']');
}

static void write_pairs(struct writer *writer, const char *key, const struct list *pairs, bool is_escaped_too) {
    if (pairs->count == 0) return;
    write_key(writer, text_from(key));
    begin(writer, '{');
    for (size_t i = 0; i < pairs->count; i++) {
        const struct bake_pair *pair = pairs->items[i];
        write_key(writer, pair->name);
        write_value(writer, pair->value, is_escaped_too);
    }
    end(writer, '}');
}

/* ---- entries ---- */

static const struct bake_pair *find(const struct bake_entry *entry, const char *name) {
    for (size_t i = 0; i < entry->pairs.count; i++) {
        const struct bake_pair *pair = entry->pairs.items[i];
        if (text_is(pair->name, name)) return pair;
    }
    return NULL;
}

/* By name; "disabled" of an attestation is no text. */
static void write_entry(struct writer *writer, const struct bake_entry *entry, bool is_attest) {
    for (size_t i = 0; i < entry->pairs.count; i++) {
        const struct bake_pair *pair = entry->pairs.items[i];
        write_key(writer, pair->name);
        if (is_attest && text_is(pair->name, "disabled")) {
            buffer_add_string(writer->buffer, "true");
        } else {
            write_value(writer, pair->value, false);
        }
    }
}

/* Secrets are structs in bake: the order is that of their fields. */
static void write_secret(struct writer *writer, const struct bake_entry *entry) {
    static const char *const keys[] = {"id", "src", "env"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const struct bake_pair *pair = find(entry, keys[i]);
        if (pair != NULL) write_member(writer, keys[i], pair->value);
    }
}

static void write_ssh(struct writer *writer, const struct bake_entry *entry) {
    const struct bake_pair *id = find(entry, "id");
    struct list paths = {0};
    if (id != NULL) write_member(writer, "id", id->value);
    for (size_t i = 0; i < entry->pairs.count; i++) {
        const struct bake_pair *pair = entry->pairs.items[i];
        if (text_is(pair->name, "paths")) list_add(writer->buffer->arena, &paths, (void *)pair->value);
    }
    write_list(writer, "paths", &paths);
}

static void write_entries(struct writer *writer, const char *key, const struct list *entries) {
    struct text name = text_from(key);
    if (entries->count == 0) return;
    write_key(writer, name);
    begin(writer, '[');
    for (size_t i = 0; i < entries->count; i++) {
        next_line(writer);
        begin(writer, '{');
        if (text_is(name, "secret")) {
            write_secret(writer, entries->items[i]);
        } else if (text_is(name, "ssh")) {
            write_ssh(writer, entries->items[i]);
        } else {
            write_entry(writer, entries->items[i], text_is(name, "attest"));
        }
        end(writer, '}');
    }
    end(writer, ']');
}

/* ---- targets and groups ---- */

static const struct value *unless_empty(const struct value *value) {
    return value != NULL && value->pieces.count > 0 ? value : NULL;
}

static void write_target(struct writer *writer, const struct bake_target *target) {
    write_key(writer, target->name);
    begin(writer, '{');
    write_member(writer, "description", unless_empty(target->description));
    write_list(writer, "annotations", &target->annotations);
    write_entries(writer, "attest", &target->attest);
    write_member(writer, "context", target->context);
    write_pairs(writer, "contexts", &target->contexts, false);
    write_member(writer, "dockerfile", target->dockerfile);
    write_member(writer, "dockerfile-inline", target->dockerfile_inline);
    write_pairs(writer, "args", &target->args, true);
    write_pairs(writer, "labels", &target->labels, true);
    write_list(writer, "tags", &target->tags);
    write_entries(writer, "cache-from", &target->cache_from);
    write_entries(writer, "cache-to", &target->cache_to);
    write_member(writer, "target", target->target);
    write_entries(writer, "secret", &target->secrets);
    write_entries(writer, "ssh", &target->ssh);
    write_list(writer, "platforms", &target->platforms);
    write_entries(writer, "output", &target->output);
    write_switch(writer, "pull", target->pull);
    write_switch(writer, "no-cache", target->no_cache);
    write_member(writer, "network", target->network);
    write_list(writer, "no-cache-filter", &target->no_cache_filter);
    write_member(writer, "shm-size", target->shm_size);
    write_list(writer, "ulimits", &target->ulimits);
    write_member(writer, "call", target->call);
    write_list(writer, "entitlements", &target->entitlements);
    write_pairs(writer, "extra-hosts", &target->extra_hosts, true);
    write_member(writer, "project_id", unless_empty(target->project_id));
    end(writer, '}');
}

static void write_names(struct writer *writer, const struct texts *names) {
    begin(writer, '[');
    for (size_t i = 0; i < names->count; i++) {
        next_line(writer);
        write_text(writer->buffer, names->items[i]);
    }
    end(writer, ']');
}

static void write_group(struct writer *writer, const struct bake_group *group) {
    write_key(writer, group->name);
    begin(writer, '{');
    write_member(writer, "description", unless_empty(group->description));
    write_key(writer, TEXT("targets"));
    if (group->targets.texts.items == NULL) {
        buffer_add_string(writer->buffer, "null");
    } else {
        write_names(writer, &group->targets.texts);
    }
    end(writer, '}');
}

void bake_json_write(struct buffer *buffer, const struct bake_model *model) {
    struct writer writer = {.buffer = buffer};
    begin(&writer, '{');
    if (model->groups.count > 0) {
        write_key(&writer, TEXT("group"));
        begin(&writer, '{');
        for (size_t i = 0; i < model->groups.count; i++)
            write_group(&writer, model->groups.items[i]);
        end(&writer, '}');
    }
    write_key(&writer, TEXT("target"));
    begin(&writer, '{');
    for (size_t i = 0; i < model->targets.count; i++)
        write_target(&writer, model->targets.items[i]);
    end(&writer, '}');
    end(&writer, '}');
    buffer_add_byte(buffer, '\n');
}
