#include "report/rules.h"

#include "report/rules_pages.h"
#include "report/wrap.h"

static const struct rule *const tables[] = {
    rules_of_dockerfiles, rules_of_lint, rules_of_compose, rules_of_settings, rules_of_kubernetes, rules_of_runs,
};
#define TABLE_COUNT (sizeof(tables) / sizeof(*tables))

#define TITLE_COLUMN 31

const struct rule *rules_find(struct text name) {
    for (size_t i = 0; i < TABLE_COUNT; i++)
        for (const struct rule *rule = tables[i]; rule->name != NULL; rule++)
            if (text_is(name, rule->name)) return rule;
    return NULL;
}

static int by_name(const void *a, const void *b) {
    return text_compare(text_from(((const struct rule *)a)->name), text_from(((const struct rule *)b)->name));
}

static struct list all_sorted(struct arena *arena) {
    struct list all = {0};
    for (size_t i = 0; i < TABLE_COUNT; i++)
        for (const struct rule *rule = tables[i]; rule->name != NULL; rule++)
            list_add(arena, &all, (void *)rule);
    list_sort(arena, &all, by_name);
    return all;
}

static void add_block(struct buffer *buffer, const char *title, const char *lines) {
    struct text rest = text_from(lines), line;
    if (lines == NULL) return;
    buffer_format(buffer, "\n%s\n", title);
    while (text_next(&rest, '\n', &line))
        buffer_format(buffer, line.len == 0 ? "%.*s\n" : "    %.*s\n", TEXT_ARG(line));
}

void rules_write(struct buffer *buffer, const struct rule *rule, size_t width) {
    buffer_format(buffer, "%s: %s\n", rule->name, rule->title);
    add_block(buffer, "Bad", rule->bad);
    add_block(buffer, "Good", rule->good);
    buffer_add_string(buffer, "\nWhy\n    ");
    wrap_add(buffer, text_from(rule->why), 4, 4, width);
}

/* A name that leaves no room has its title on the next line. */
void rules_write_list(struct buffer *buffer, size_t width) {
    struct list all = all_sorted(buffer->arena);
    for (size_t i = 0; i < all.count; i++) {
        const struct rule *rule = all.items[i];
        struct text name = text_from(rule->name);
        bool has_room = name.len + 3 <= TITLE_COLUMN;
        buffer_add_string(buffer, "  ");
        buffer_add(buffer, name);
        if (!has_room) buffer_add_byte(buffer, '\n');
        buffer_add_repeated(buffer, ' ', has_room ? TITLE_COLUMN - name.len - 2 : TITLE_COLUMN);
        wrap_add(buffer, text_from(rule->title), TITLE_COLUMN, TITLE_COLUMN, width);
    }
}

void rules_add_names(struct arena *arena, struct texts *out) {
    struct list all = all_sorted(arena);
    for (size_t i = 0; i < all.count; i++)
        texts_add(arena, out, text_from(((const struct rule *)all.items[i])->name));
}
