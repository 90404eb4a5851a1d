#include "base/path.h"
#include "pipeline/compile.h"
#include "pipeline/login.h"
#include "pipeline/told.h"

#define GROUP_LIMIT 200

/*
 * One at a time in the whole organisation: by what is moved, so that another pipeline of the same registry waits, too. Nothing that
 * only the running build knows is in it.
 */
static struct text group_of(struct arena *arena, const struct plan *plan, const struct plan_image *first) {
    struct text registry = path_parent(first->repository);
    struct text name = text_format(arena, "depot-pipeline/tags/%.*s/%.*s", TEXT_ARG(registry),
                                   TEXT_ARG(text_printable(arena, plan->workspace->name)));
    return text_first(name, GROUP_LIMIT);
}

/* depot_move NAME SOURCE TARGET... */
static void add_move(struct script *script, const struct plan_image *planned) {
    struct call call = call_begin(script, shell_constant("depot_move"));
    call_word(&call, shell_word(&script->scope, told_name(script->arena, planned->image)));
    call_word(&call, shell_value(&script->scope, planned->destinations.items[0]));
    for (size_t i = 0; i < planned->floating.count; i++)
        call_word(&call, shell_value(&script->scope, planned->floating.items[i]));
    call_end(&call);
}

static const struct node *attributes_of(struct arena *arena, const struct plan *plan, const struct plan_image *first) {
    const struct node *shared = compile_shared_attributes(arena, first->image);
    struct node *attributes = node_mapping(arena);
    for (size_t i = 0; shared != NULL && i < shared->count; i++)
        node_set_pair(arena, attributes, node_key(shared, i), node_value(shared, i));
    node_set(arena, attributes, "concurrency", node_number(arena, 1));
    node_set(arena, attributes, "concurrency_group", node_string(arena, group_of(arena, plan, first)));
    node_set(arena, attributes, "concurrency_method", node_string(arena, TEXT("ordered")));
    return attributes;
}

struct step *compile_tags(struct arena *arena, const struct compile_request *request, const struct job *job) {
    const struct plan_image *first = job->images.items[0];
    size_t count = job->images.count;
    struct step *step = compile_create(arena, request, job->key,
                                       text_format(arena, "tags of %zu image%s", count, count == 1 ? "" : "s"));
    struct script script = script_in(arena);
    struct prepared prepared = {0};
    prepare_registry(&script, request->plan->workspace, &job->images, &prepared);
    prepare_recipe(&script, "move_tags", &prepared);
    script_blank(&script);
    script_heading(&script, "+++", TEXT(":docker: tags that move forward"));
    for (size_t i = 0; i < count; i++)
        add_move(&script, job->images.items[i]);
    script_line(&script, shell_constant("depot_finish"));
    step->command = script_shell(&script).text;
    step->retried = prepared.retried;
    login_add_plugins(arena, &job->images, &step->plugins);
    step->builds = step->exports = true;
    step->attributes = attributes_of(arena, request->plan, first);
    compile_place(arena, request, step, &first->image->settings->build, false);
    return step;
}
