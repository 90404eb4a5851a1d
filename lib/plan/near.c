#include "plan/near.h"

#include "base/path.h"

static size_t shared_directories(struct text a, struct text b) {
    size_t shared = 0;
    for (size_t i = 0; i < a.len && i < b.len && a.ptr[i] == b.ptr[i]; i++)
        shared += a.ptr[i] == '/';
    return shared;
}

static struct text home_of(const struct image *image) {
    if (text_is_given(image->dockerfile)) return image->dockerfile;
    return text_is_given(image->context) ? image->context : TEXT("");
}

struct near near_find(struct arena *arena, const struct watch *watch, const struct changes *changes,
                      struct regex_cache *regexes) {
    struct match_one *one = match_one_create(arena, watch, regexes);
    struct near nearest = {0};
    size_t most = 0;
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];
        struct match_answer answer = match_one_ask(one, change);
        size_t shared = shared_directories(home_of(watch->image), change->path);
        bool is_nearer = nearest.change == NULL || answer.nearness > nearest.answer.nearness ||
                         (answer.nearness == nearest.answer.nearness && shared > most);
        if (!is_nearer) continue;
        nearest = (struct near){.change = change, .answer = answer};
        most = shared;
    }
    return nearest;
}
