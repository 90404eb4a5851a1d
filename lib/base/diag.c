#include "base/diag.h"

#include "base/map.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

struct diagnostics diag_in(struct arena *arena) {
    return (struct diagnostics){.arena = arena};
}

/* As text_format; a va_list cannot be handed to a variadic function. */
static struct text format_message(struct arena *arena, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    assert(len >= 0 && "a format of our own is always valid");
    char *message = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(message, (size_t)len + 1, format, arguments);
    return text_of(message, (size_t)len);
}

struct diagnostic *diag_add(struct diagnostics *diagnostics, enum severity severity, const char *rule,
                            struct place place, const char *format, ...) {
    struct diagnostic *diagnostic = arena_alloc(diagnostics->arena, sizeof(*diagnostic));
    diagnostic->severity = severity;
    diagnostic->rule = rule;
    diagnostic->place = place;
    va_list arguments;
    va_start(arguments, format);
    diagnostic->message = format_message(diagnostics->arena, format, arguments);
    va_end(arguments);
    list_add(diagnostics->arena, &diagnostics->list, diagnostic);
    return diagnostic;
}

void diag_second(struct diagnostics *diagnostics, struct diagnostic *diagnostic, struct place place,
                 const char *message) {
    diagnostic->second = place;
    diagnostic->second_message = text_copy(diagnostics->arena, text_from(message));
}

static struct text path_of(const struct diagnostic *diagnostic) {
    return diagnostic->place.source == NULL ? TEXT("") : diagnostic->place.source->path;
}

static int compare(const void *a, const void *b) {
    const struct diagnostic *left = a, *right = b;
    int order = text_compare(path_of(left), path_of(right));
    if (order != 0) return order;
    if (left->place.line != right->place.line) return left->place.line < right->place.line ? -1 : 1;
    if (left->place.column != right->place.column) return left->place.column < right->place.column ? -1 : 1;
    return 0;
}

/* Of one place: messages, each to the severities it was reported with. Made for the second one there. */
static bool is_new(struct arena *arena, struct map *here, const struct diagnostic *diagnostic) {
    bool *reported = map_find(here, diagnostic->message);
    if (reported == NULL) {
        reported = arena_array(arena, DIAG_ERROR + 1, sizeof(*reported));
        map_set(arena, here, diagnostic->message, reported);
    }
    bool is_first = !reported[diagnostic->severity];
    reported[diagnostic->severity] = true;
    return is_first;
}

void diag_sort(struct diagnostics *diagnostics) {
    struct list *list = &diagnostics->list;
    struct map here = {0};
    list_sort(diagnostics->arena, list, compare);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct diagnostic *last = kept == 0 ? NULL : list->items[kept - 1];
        bool is_elsewhere = last == NULL || compare(last, list->items[i]) != 0;
        if (is_elsewhere) here = (struct map){0};
        if (!is_elsewhere && here.count == 0) is_new(diagnostics->arena, &here, last);
        if (is_elsewhere || is_new(diagnostics->arena, &here, list->items[i])) list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

bool diag_has_errors(const struct diagnostics *diagnostics) {
    return diag_count(diagnostics, DIAG_ERROR) > 0;
}

size_t diag_count(const struct diagnostics *diagnostics, enum severity severity) {
    size_t count = 0;
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct diagnostic *diagnostic = diagnostics->list.items[i];
        count += diagnostic->severity == severity;
    }
    return count;
}

const char *diag_severity_name(enum severity severity) {
    static const char *const names[] = {[DIAG_NOTE] = "note", [DIAG_WARNING] = "warning", [DIAG_ERROR] = "error"};
    return names[severity];
}
