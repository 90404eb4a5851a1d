#include "check.h"

#include "format/yaml_read.h"
#include "pipeline/documents.h"

struct made {
    struct plan plan;
    struct workspace workspace;
    struct list jobs;
};

/* A job for each letter of `groups`, again and again: its image's group, '.' for none; '+' has a matrix of 50. */
static struct made *make(struct arena *arena, size_t count, const char *groups, const struct node *matrix) {
    struct made *made = arena_alloc(arena, sizeof(*made));
    made->workspace.name = TEXT("shop");
    made->plan.workspace = &made->workspace;
    for (size_t i = 0; i < count; i++) {
        char group = groups[i % strlen(groups)];
        struct image *image = arena_alloc(arena, sizeof(*image));
        struct image_settings *settings = arena_alloc(arena, sizeof(*settings));
        struct plan_image *planned = arena_alloc(arena, sizeof(*planned));
        struct job *job = arena_alloc(arena, sizeof(*job));
        if (group != '.' && group != '+') settings->build.group.text = text_format(arena, "%c", group);
        if (group == '+') settings->build.step = matrix;
        image->settings = settings;
        image->problems = planned->problems = diag_in(arena);
        planned->image = image;
        planned->is_built = true;
        planned->number = i;
        job->key = text_format(arena, "k%zu", i);
        list_add(arena, &job->images, planned);
        list_add(arena, &made->jobs, job);
        list_add(arena, &made->plan.images, planned);
    }
    return made;
}

/* "a:3 .:2 | b:1": sections with their numbers of jobs, documents parted by '|'. */
static struct text describe(struct arena *arena, struct made *made) {
    struct documents_request request = {.plan = &made->plan, .key_prefix = TEXT("p-"), .jobs = &made->jobs};
    struct list documents = {0};
    struct buffer words = buffer_in(arena);
    struct map keys = {0};
    documents_make(arena, &request, &documents);
    for (size_t i = 0; i < documents.count; i++) {
        const struct document *document = documents.items[i];
        size_t weight = 0;
        if (i > 0) buffer_add_string(&words, " |");
        for (size_t j = 0; j < document->sections.count; j++) {
            const struct section *section = document->sections.items[j];
            CHECK(section->jobs.count > 0, "no group is empty");
            for (size_t k = 0; k < section->jobs.count; k++)
                weight += documents_weight(section->jobs.items[k]);
            bool is_group = text_is_given(section->label);
            buffer_format(&words, "%s%.*s:%zu", words.len == 0 ? "" : " ",
                          TEXT_ARG(!is_group                                ? TEXT(".")
                                   : text_starts(section->label, ":docker") ? TEXT("*")
                                                                            : section->label),
                          section->jobs.count);
            if (!is_group) continue;
            CHECK(text_starts(section->key, "p-") && !map_has(&keys, section->key), "a key of its own");
            map_set(arena, &keys, section->key, made);
        }
        CHECK(weight <= SPLIT_JOBS_OF_DOCUMENT, "a document fits into an upload: %zu", weight);
    }
    return buffer_text(&words);
}

static const struct {
    size_t count;
    const char *groups, *expected, *why;
} rows[] = {
    {0, ".", "", "nothing"},
    {1, ".", ".:1", "one"},
    {30, ".", ".:30", "as many as the page shows"},
    {31, ".", "*:31", "one more: one group"},
    {501, ".", "*:500 | .:1", "two documents"},
    {4, "ab", "a:2 b:2", "groups, by their first steps"},
    {3, ".a", ".:1 a:1 .:1", "steps without one keep their places"},
    {62, "a.", "a:31 *:31", "more than thirty of those have the usual one"},
    {501, "a", "a:500 | a:1", "a group that does not fit goes on"},
    {600, "ab", "a:300 | b:300", "groups stay whole where they fit"},
    {900, "abc", "a:300 | b:300 | c:300", "each in its own"},
    {1000, "abcd", "a:250 b:250 | c:250 d:250", "two in each"},
    {10, "+", ".:10", "a matrix counts all its jobs: as many as fit"},
    {11, "+", ".:10 | .:1", "and no more"},
};

/* Groups that wait for each other in a circle are cut, and no step waits for a later document. */
static void test_circle(struct arena *arena) {
    struct made *made = make(arena, 600, "ab", NULL);
    for (size_t i = 1; i < made->jobs.count; i++)
        texts_add(arena, &((struct job *)made->jobs.items[i])->depends_on,
                  ((const struct job *)made->jobs.items[i - 1])->key);
    CHECK_TEXT(describe(arena, made), "a:250 b:250 | a:50 b:50", "each waits for the one before");
}

static void test_order(struct arena *arena) {
    struct made *made = make(arena, 600, "ab", NULL);
    struct job *first = made->jobs.items[0];
    texts_add(arena, &first->depends_on, TEXT("k1"));
    CHECK_TEXT(describe(arena, made), "b:300 | a:300", "a group that is waited for comes first");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    struct diagnostics problems = diag_in(&arena);
    const char *yaml = "matrix: {setup: {a: [1, 2, 3, 4, 5], b: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}}";
    const struct node *matrix = NULL;
    CHECK(yaml_read_one(&arena, source_create(&arena, TEXT("f"), text_from(yaml)), &problems, &matrix), "yaml");
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CHECK_TEXT(describe(&arena, make(&arena, rows[i].count, rows[i].groups, matrix)), rows[i].expected,
                   rows[i].why);
    test_circle(&arena);
    test_order(&arena);
    arena_finish(&arena);
    return check_done("documents");
}
