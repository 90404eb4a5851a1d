#include "check.h"

#include "base/buffer.h"
#include "base/typo.h"

static const char *const words[] = {"registry", "repository", "tags", "target", "push", "platforms", "step", "auth"};

static const struct {
    const char *word, *nearest; /* NULL: none */
    const char *why;
} rows[] = {
    {"registry", "registry", "the word itself"},
    {"regsitry", "registry", "two neighbours swapped are one edit"},
    {"registri", "registry", "one letter"},
    {"rgistry", "registry", "one missing"},
    {"reegistry", "registry", "one too many"},
    {"registery", "registry", "one inserted"},
    {"repo", NULL, "an abbreviation is more than a third away"},
    {"tag", "tags", "singular"},
    {"atgs", "tags", "swapped at the beginning"},
    {"targst", "target", "one of six letters"},
    {"tagets", "tags", "as far from 'target', but the first one wins"},
    {"platform", "platforms", "singular"},
    {"Push", "push", "case is an edit"},
    {"PUSH", NULL, "four are too many"},
    {"xyz", NULL, "nothing near"},
    {"", NULL, "the empty word is one letter from no word here"},
    {"auht", "auth", "swapped at the end"},
    {"stpe", "step", "swapped"},
    {"spte", NULL, "two edits of four letters"},
};

static void test_rows(struct arena *arena) {
    struct texts candidates = {0};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        texts_add(arena, &candidates, text_from(words[i]));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct text nearest = typo_nearest(text_from(rows[i].word), &candidates);
        CHECK(text_is_given(nearest) == (rows[i].nearest != NULL), "<%s>: %s: got <%.*s>", rows[i].word, rows[i].why,
              TEXT_ARG(nearest));
        if (rows[i].nearest != NULL && text_is_given(nearest)) CHECK_TEXT(nearest, rows[i].nearest, rows[i].why);
    }
}

static void test_order(struct arena *arena) {
    struct texts candidates = {0};
    CHECK(!text_is_given(typo_nearest(TEXT("a"), &candidates)), "no candidates");
    texts_add(arena, &candidates, TEXT("cats"));
    texts_add(arena, &candidates, TEXT("bats"));
    texts_add(arena, &candidates, TEXT("rats"));
    CHECK_TEXT(typo_nearest(TEXT("mats"), &candidates), "cats", "the first of equally near ones");
    CHECK_TEXT(typo_nearest(TEXT("rat"), &candidates), "rats", "but a nearer one wins");
}

/* Words past the limit are never offered; those at it are. */
static void test_long(struct arena *arena) {
    struct texts candidates = {0};
    struct buffer word = buffer_in(arena);
    buffer_add_repeated(&word, 'a', 64);
    texts_add(arena, &candidates, text_copy(arena, buffer_text(&word)));
    CHECK(text_is_given(typo_nearest(buffer_text(&word), &candidates)), "64 letters");
    buffer_add_byte(&word, 'a');
    CHECK(!text_is_given(typo_nearest(buffer_text(&word), &candidates)), "65 letters");
    texts_add(arena, &candidates, buffer_text(&word));
    CHECK(text_first(typo_nearest(text_first(buffer_text(&word), 63), &candidates), 64).len == 64, "the shorter one");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_order(&arena);
    test_long(&arena);
    arena_finish(&arena);
    return check_done("typo");
}
