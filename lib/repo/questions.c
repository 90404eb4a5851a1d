#include "repo/questions.h"

#include "base/buffer.h"
#include "base/map.h"
#include "format/wildcard.h"
#include "repo/beneath.h"
#include "repo/paths.h"

#include <string.h>
#include <unistd.h>

struct key {
    struct text text;
    struct path_question *question;
    bool is_prefix;
};

/* What is left of a pattern: its first element is to be matched in the directory of a level. */
struct step {
    struct path_question *question;
    struct text rest;
};

/* A directory above the entry at hand; its steps reach to those of the next level. */
struct level {
    size_t path_len; /* of the directory in `directory`, with its '/'; 0 for the root */
    size_t first_step;
};

struct questions {
    struct arena *arena;
    const struct list *list;
    struct list keys; /* of struct key, sorted */
    size_t next_key;
    struct list beyond_links; /* of struct path_question */
    struct map waiting;       /* directory → struct list of struct step */
    struct buffer directory;  /* the path of the last level, with its '/' */
    struct buffer inside;     /* scratch of note_link */
    struct level *levels;
    size_t level_count, level_capacity;
    struct step *steps;
    size_t step_count, step_capacity;
};

static int compare_keys(const void *a, const void *b) {
    const struct key *left = a, *right = b;
    return text_compare(left->text, right->text);
}

static void add_key(struct questions *questions, struct path_question *question, struct text text, bool is_prefix) {
    struct key *key = arena_alloc(questions->arena, sizeof(*key));
    *key = (struct key){text, question, is_prefix};
    list_add(questions->arena, &questions->keys, key);
}

static void add_literal(struct questions *questions, struct path_question *question) {
    struct text with_slash = text_concat(questions->arena, question->path, TEXT("/"));
    add_key(questions, question, text_first(with_slash, question->path.len), false);
    add_key(questions, question, with_slash, true);
}

/* Where the first element with a wildcard begins; TEXT_NONE when there is none. */
static size_t find_pattern(struct text path) {
    struct text rest = path, element;
    for (size_t at = 0; text_next(&rest, '/', &element); at += element.len + 1)
        if (wildcard_is_pattern(element)) return at;
    return TEXT_NONE;
}

static void add_pattern(struct questions *questions, struct path_question *question, size_t at) {
    struct text directory = text_first(question->path, at == 0 ? 0 : at - 1);
    struct list *steps = map_find(&questions->waiting, directory);
    if (steps == NULL) {
        steps = arena_alloc(questions->arena, sizeof(*steps));
        map_set(questions->arena, &questions->waiting, directory, steps);
    }
    struct step *step = arena_alloc(questions->arena, sizeof(*step));
    *step = (struct step){question, text_from_offset(question->path, at)};
    list_add(questions->arena, steps, step);
}

static void push_step(struct questions *questions, struct step step) {
    if (questions->step_count == questions->step_capacity) {
        size_t old = questions->step_capacity, new = old == 0 ? 64 : old * 2;
        questions->steps =
            arena_grow(questions->arena, questions->steps, old * sizeof(struct step), new * sizeof(struct step));
        questions->step_capacity = new;
    }
    questions->steps[questions->step_count++] = step;
}

/* Begins the level of a directory with the questions that waited for it. `path_len` counts its '/'. */
static void push_level(struct questions *questions, size_t path_len) {
    if (questions->level_count == questions->level_capacity) {
        size_t old = questions->level_capacity, new = old == 0 ? 16 : old * 2;
        questions->levels =
            arena_grow(questions->arena, questions->levels, old * sizeof(struct level), new * sizeof(struct level));
        questions->level_capacity = new;
    }
    questions->levels[questions->level_count++] = (struct level){path_len, questions->step_count};
    struct text directory = text_of(questions->directory.ptr, path_len == 0 ? 0 : path_len - 1);
    const struct list *steps = map_find(&questions->waiting, directory);
    for (size_t i = 0; steps != NULL && i < steps->count; i++)
        push_step(questions, *(const struct step *)steps->items[i]);
}

static void pop_level(struct questions *questions) {
    questions->step_count = questions->levels[--questions->level_count].first_step;
}

static void begin(struct questions *questions) {
    questions->next_key = questions->level_count = questions->step_count = 0;
    questions->directory.len = 0;
    questions->beyond_links.count = 0;
    for (size_t i = 0; i < questions->list->count; i++)
        ((struct path_question *)questions->list->items[i])->found = false;
    push_level(questions, 0);
}

struct questions *questions_create(struct arena *arena, const struct list *list) {
    struct questions *questions = arena_alloc(arena, sizeof(*questions));
    questions->arena = arena;
    questions->list = list;
    questions->directory = questions->inside = buffer_in(arena);
    for (size_t i = 0; i < list->count; i++) {
        struct path_question *question = list->items[i];
        size_t pattern = question->has_wildcard ? find_pattern(question->path) : TEXT_NONE;
        if (pattern == TEXT_NONE) {
            add_literal(questions, question);
        } else {
            add_pattern(questions, question, pattern);
        }
    }
    list_sort(arena, &questions->keys, compare_keys);
    begin(questions);
    return questions;
}

static const struct key *key_at(const struct questions *questions, size_t index) {
    return questions->keys.items[index];
}

/* Passes the keys up to the entry. */
static void visit_keys(struct questions *questions, struct text path) {
    for (; questions->next_key < questions->keys.count; questions->next_key++) {
        const struct key *key = key_at(questions, questions->next_key);
        if (text_compare(key->text, path) > 0) return;
        bool is_here = key->is_prefix ? text_has_prefix(path, key->text) : text_equal(path, key->text);
        if (is_here) key->question->found = true;
    }
}

/* Remembers the questions whose path goes on behind a link or a submodule. */
static void note_link(struct questions *questions, struct text path) {
    questions->inside.len = 0;
    buffer_add(&questions->inside, path);
    buffer_add_byte(&questions->inside, '/');
    struct text inside = buffer_text(&questions->inside);
    size_t low = questions->next_key, high = questions->keys.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (text_compare(key_at(questions, middle)->text, inside) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < questions->keys.count && text_has_prefix(key_at(questions, low)->text, inside); low++)
        if (!key_at(questions, low)->is_prefix)
            list_add(questions->arena, &questions->beyond_links, key_at(questions, low)->question);
}

/* Tries the steps of the level at hand on a name; with `descend` what is left goes to the level that follows. */
static void match_steps(struct questions *questions, size_t first, size_t end, struct text name, bool descend) {
    for (size_t i = first; i < end; i++) {
        struct step step = questions->steps[i];
        struct text element;
        if (step.question->found) continue;
        bool is_last = !text_has(step.rest, '/');
        if (!is_last && !descend) continue;
        if (!text_next(&step.rest, '/', &element) || !wildcard_matches(element, name)) continue;
        if (is_last) {
            step.question->found = true;
        } else {
            push_step(questions, step);
        }
    }
}

/* Copies the directory's path, since entries are valid during their visit only. */
static void enter(struct questions *questions, struct text path, size_t from, size_t path_len) {
    size_t first = questions->levels[questions->level_count - 1].first_step, end = questions->step_count;
    questions->directory.len = from;
    buffer_add(&questions->directory, text_of(path.ptr + from, path_len - from));
    push_level(questions, path_len);
    match_steps(questions, first, end, text_of(path.ptr + from, path_len - from - 1), true);
}

static void visit_patterns(struct questions *questions, struct text path) {
    const struct level *top = &questions->levels[questions->level_count - 1];
    while (!text_has_prefix(path, text_of(questions->directory.ptr, top->path_len))) {
        pop_level(questions);
        top--;
    }
    size_t at = top->path_len;
    for (const char *slash; (slash = memchr(path.ptr + at, '/', path.len - at)) != NULL;) {
        size_t path_len = (size_t)(slash - path.ptr) + 1;
        enter(questions, path, at, path_len);
        at = path_len;
    }
    size_t first = questions->levels[questions->level_count - 1].first_step;
    match_steps(questions, first, questions->step_count, text_from_offset(path, at), false);
}

void questions_visit(void *self, const struct path_entry *entry) {
    struct questions *questions = self;
    visit_keys(questions, entry->path);
    if (entry->kind == PATH_SYMLINK || entry->kind == PATH_SUBMODULE) note_link(questions, entry->path);
    if (questions->waiting.count > 0) visit_patterns(questions, entry->path);
}

void questions_restart(void *self) {
    begin(self);
}

void questions_finish(struct questions *questions, int root_fd) {
    for (size_t i = 0; i < questions->beyond_links.count; i++) {
        struct path_question *question = questions->beyond_links.items[i];
        if (question->found) continue;
        int fd = beneath_open(root_fd, question->path);
        question->found = fd >= 0;
        if (fd >= 0) close(fd);
    }
}
