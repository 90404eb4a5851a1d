#include "report/rules.h"

#include "report/wrap.h"

static const struct rule table[] = {
    {"dockerfile-syntax", "the Dockerfile cannot be read", "FORM alpine", "FROM alpine",
     "BuildKit refuses the whole file, so the image becomes a step that fails and says why."},
};
#define RULE_COUNT (sizeof(table) / sizeof(*table))

const struct rule *rules_find(struct text name) {
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (text_is(name, table[i].name)) return &table[i];
    return NULL;
}

static void add_block(struct buffer *buffer, const char *title, const char *lines) {
    struct text rest = text_from(lines), line;
    if (lines == NULL) return;
    buffer_format(buffer, "\n%s\n", title);
    while (text_next(&rest, '\n', &line))
        buffer_format(buffer, "    %.*s\n", TEXT_ARG(line));
}

void rules_write(struct buffer *buffer, const struct rule *rule, size_t width) {
    buffer_format(buffer, "%s: %s\n", rule->name, rule->title);
    add_block(buffer, "Bad", rule->bad);
    add_block(buffer, "Good", rule->good);
    buffer_add_string(buffer, "\nWhy\n    ");
    wrap_add(buffer, text_from(rule->why), 4, 4, width);
}

void rules_write_list(struct buffer *buffer, size_t width) {
    for (size_t i = 0; i < RULE_COUNT; i++) {
        buffer_format(buffer, "  %-28s ", table[i].name);
        wrap_add(buffer, text_from(table[i].title), 31, 31, width);
    }
}

void rules_add_names(struct arena *arena, struct texts *out) {
    for (size_t i = 0; i < RULE_COUNT; i++)
        texts_add(arena, out, text_from(table[i].name));
}
