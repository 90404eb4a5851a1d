#include "pipeline/links.h"

#include "base/buffer.h"

const struct link_target *links_target(const struct links *links, const struct plan_image *planned) {
    for (size_t i = 0; i < links->targets.count; i++) {
        const struct link_target *target = links->targets.items[i];
        if (target->planned == planned) return target;
    }
    return NULL;
}

static bool has_name(const struct links *links, struct text name) {
    for (size_t i = 0; i < links->targets.count; i++)
        if (text_equal(((const struct link_target *)links->targets.items[i])->name, name)) return true;
    return false;
}

/* "services-api" for services/api: letters, digits, '_' and '-', each name once; a '-' in front would make it an option. */
static struct text target_name(struct arena *arena, const struct links *links, struct text name) {
    struct buffer letters = buffer_in(arena);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        buffer_add_byte(&letters, fits ? c : i == 0 ? '_' : '-');
    }
    struct text plain = buffer_text(&letters), unique = plain;
    for (unsigned tries = 2; has_name(links, unique); tries++)
        unique = text_format(arena, "%.*s-%u", TEXT_ARG(plain), tries);
    return unique;
}

static void add_target(struct arena *arena, struct links *links, const struct plan_image *planned, bool is_wanted) {
    struct link_target *target = arena_alloc(arena, sizeof(*target));
    target->planned = planned;
    target->name = target_name(arena, links, planned->image->name);
    target->is_wanted = is_wanted;
    list_add(arena, &links->targets, target);
}

static bool has_text(const struct list *texts, const struct text *text) {
    for (size_t i = 0; i < texts->count; i++)
        if (text_equal(*(const struct text *)texts->items[i], *text)) return true;
    return false;
}

struct list links_platforms(struct arena *arena, const struct list *images) {
    struct list all = {0};
    for (size_t i = 0; i < images->count; i++) {
        const struct image *image = ((const struct plan_image *)images->items[i])->image;
        for (size_t j = 0; j < image->platforms.count; j++)
            if (!has_text(&all, image->platforms.items[j])) list_add(arena, &all, image->platforms.items[j]);
    }
    return all;
}

static void add_bases(struct arena *arena, struct links *links, const struct plan_image *planned) {
    for (size_t i = 0; i < planned->links.count; i++) {
        const struct plan_image *base = ((const struct plan_link *)planned->links.items[i])->base;
        bool is_needed = base->is_built && !plan_image_pushes(base) && handover_obstacle(planned, base) == NULL;
        if (is_needed && links_target(links, base) == NULL) add_target(arena, links, base, false);
    }
}

void links_find(struct arena *arena, const struct list *images, struct links *out) {
    for (size_t i = 0; i < images->count; i++)
        add_target(arena, out, images->items[i], true);
    out->platforms = links_platforms(arena, images);
    for (size_t i = 0; i < out->targets.count; i++)
        add_bases(arena, out, ((const struct link_target *)out->targets.items[i])->planned);
}
