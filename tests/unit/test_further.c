#include "check.h"

#include "model/settings_steps.h"
#include "pipeline/split.h"

/* Jobs of a small plan, as "key<dependency,dependency" in their order. */
static struct text describe(struct arena *arena, const struct list *jobs) {
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < jobs->count; i++) {
        const struct job *job = jobs->items[i];
        buffer_format(&out, "%s%.*s", i == 0 ? "" : " ", TEXT_ARG(job->key));
        for (size_t j = 0; j < job->depends_on.count; j++)
            buffer_format(&out, "%s%.*s", j == 0 ? "<" : ",", TEXT_ARG(job->depends_on.items[j]));
    }
    return buffer_text(&out);
}

static struct step_settings test = {.name = {.text = TEXT_INIT("test")}};
static struct step_settings deploy = {.name = {.text = TEXT_INIT("deploy")}, .after = STEP_AFTER_PUBLISH};
static struct gate_settings first_gate, second_gate = {.before = STEP_BEFORE_PUBLISH};

/* Of each image one letter: p pushed, P promoted, s saved, n built only, b broken, k kept, r retagged, f and F pushed and promoted with a floating tag, l pushed with one and L promoted without, both listed; '+' behind it: with the two steps. */
static const struct {
    const char *images, *gates, *expected, *why;
} rows[] = {
    {"pn", "", "k0 k1", "nothing further"},
    {"p+n+", "", "k0 k1 test-i0<k0 test-i1<k1 deploy-i0<k0 deploy-i1<k1", "steps of a team's own"},
    {"P", "", "k0 publish-i0<k0", "promoted"},
    {"P+", "", "k0 test-i0<k0 publish-i0<k0,test-i0 deploy-i0<publish-i0", "tests come before"},
    {"pnb", "1", "k2 gate-1 k0<gate-1 k1<gate-1", "a gate of builds; what cannot be built does not wait"},
    {"kp", "1", "k0 gate-1 k1<gate-1", "nor what is only shown"},
    {"pn", "2", "k1 gate-2 k0<gate-2", "a gate of publishing: what is not published does not wait"},
    {"pP", "12", "gate-1 gate-2 k0<gate-1,gate-2 k1<gate-1 publish-i1<k1,gate-2", "both"},
    {"b", "12", "k0", "no gate that nobody waits for"},
    {"P+", "2", "k0 test-i0<k0 gate-2 publish-i0<k0,test-i0,gate-2 deploy-i0<publish-i0", "a gate right before"},
    {"rpr", "", "k1 retag", "one for all"},
    {"fpf", "", "k0 k1 k2 tags<k0,k2", "floating tags, after what they are to point at"},
    {"F+", "", "k0 test-i0<k0 publish-i0<k0,test-i0 deploy-i0<publish-i0 tags<publish-i0", "of a promoted one"},
    {"lLr", "", "k0 k1 publish-i1<k1 tags<k0 retag list-images<k0,k1,publish-i1,tags,retag", "a list, after all of it"},
    {"rp", "2", "gate-2 k1<gate-2 retag<gate-2", "tags are published, too"},
};

static struct plan_image *make_image(struct arena *arena, struct plan *plan, const char *letter) {
    struct image *image = arena_alloc(arena, sizeof(*image));
    struct image_settings *settings = arena_alloc(arena, sizeof(*settings));
    struct plan_image *planned = arena_alloc(arena, sizeof(*planned));
    image->name = text_format(arena, "i%zu", plan->images.count);
    image->settings = settings;
    image->problems = planned->problems = diag_in(arena);
    planned->image = image;
    planned->number = plan->images.count;
    planned->is_built = strchr("kr", *letter) == NULL;
    planned->is_published = strchr("pPrfFlL", *letter) != NULL;
    planned->output = strchr("PFL", *letter) != NULL ? OUTPUT_PROMOTE
                      : planned->is_published        ? OUTPUT_PUSH
                                                     : OUTPUT_NONE;
    if (*letter == 'k') settings->build.unaffected = UNAFFECTED_KEEP;
    if (strchr("fFl", *letter) != NULL) list_add(arena, &planned->floating, arena_alloc(arena, sizeof(struct value)));
    if (strchr("lL", *letter) != NULL) settings->build.report.images = 2;
    if (*letter == 'r') planned->retagged_from = TEXT("r.io/i:base");
    if (*letter == 'b') diag_add(&image->problems, DIAG_ERROR, "r", (struct place){0}, "m");
    if (letter[1] == '+') {
        list_add(arena, &settings->build.steps, &test);
        list_add(arena, &settings->build.steps, &deploy);
        planned->steps = settings->build.steps;
    }
    list_add(arena, &plan->images, planned);
    list_add(arena, &plan->order, planned);
    return planned;
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct workspace workspace = {0};
        struct plan plan = {.workspace = &workspace};
        struct texts keys = {0};
        struct list jobs = {0};
        list_add(&arena, &workspace.layers.settings.gates, &first_gate);
        list_add(&arena, &workspace.layers.settings.gates, &second_gate);
        if (strchr(rows[i].gates, '1') != NULL) list_add(&arena, &plan.gates, &first_gate);
        if (strchr(rows[i].gates, '2') != NULL) list_add(&arena, &plan.gates, &second_gate);
        for (const char *letter = rows[i].images; *letter != '\0'; letter++) {
            if (*letter == '+') continue;
            (void)make_image(&arena, &plan, letter);
            texts_add(&arena, &keys, text_format(&arena, "k%zu", keys.count));
        }
        struct split_request request = {.plan = &plan, .keys = &keys};
        CHECK(!split_jobs(&arena, &request, &jobs), "%s: not too many", rows[i].why);
        CHECK_TEXT(describe(&arena, &jobs), rows[i].expected, rows[i].why);
    }
    arena_finish(&arena);
    return check_done("further");
}
