#include "pipeline/compile.h"
#include "pipeline/told.h"

/* A command is one variable of the environment, which holds 128 kB. */
#define NAMES_LIMIT ((size_t)96 * 1024)

static void add_names(struct script *script, const struct list *images) {
    struct buffer names = buffer_in(script->arena);
    size_t count = 0;
    for (; count < images->count && names.len < NAMES_LIMIT; count++) {
        const struct plan_image *planned = images->items[count];
        if (count > 0) buffer_add_byte(&names, '\n');
        buffer_add(&names, told_name(script->arena, planned->image));
    }
    if (count < images->count)
        script_heading(script, "+++",
                       text_format(script->arena, "The list has %zu images, not all %zu", count, images->count));
    script_assign(script, "depot_images", shell_document(&script->scope, buffer_text(&names)));
}

struct step *compile_images(struct arena *arena, const struct compile_request *request, const struct job *job) {
    struct step *step = compile_create(arena, request, job->key, TEXT("list of images"));
    struct script script = script_in(arena);
    struct prepared prepared = {0};
    prepare_registry(&script, request->plan->workspace, &job->images, &prepared);
    add_names(&script, &job->images);
    script_line(&script, shell_recipe(recipe_find("images")));
    step->command = script_shell(&script).text;
    step->tolerates = true;
    const struct plan_image *first = job->images.items[0];
    step->attributes = compile_shared_attributes(arena, first->image);
    compile_place(arena, request, step, &first->image->settings->build, false);
    return step;
}
