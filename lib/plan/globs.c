#include "plan/globs.h"

static const struct glob *compile(struct globs *globs, struct text text) {
    const char *problem;
    const struct glob *glob = map_find(&globs->compiled, text);
    if (glob != NULL || map_has(&globs->compiled, text)) return glob;
    glob = glob_compile(globs->arena, text, &problem);
    map_set(globs->arena, &globs->compiled, text, (void *)glob);
    return glob;
}

bool globs_match(struct globs *globs, const struct list *list, struct text path, const struct record_text_value **out) {
    for (size_t i = 0; i < list->count; i++) {
        const struct record_text_value *value = list->items[i];
        const struct glob *glob = compile(globs, value->text);
        if (glob == NULL || !glob_match(glob, path)) continue;
        if (out != NULL) *out = value;
        return true;
    }
    return false;
}
