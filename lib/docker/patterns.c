#include "docker/patterns.h"

#include "base/buffer.h"
#include "base/map.h"
#include "base/path.h"

#include <stdlib.h>

/* Places in the list of patterns, ascending. */
struct places {
    uint32_t *items;
    size_t count, capacity;
};

struct patterns {
    struct pattern *items;
    size_t count;
    bool has_exceptions;
    bool exceptions_are_literal; /* no exception has a wildcard but at its very end */
    bool may_fail;               /* one of them may not be tryable */
    struct map exact;            /* path → struct places */
    struct map below;            /* directory → struct places of `directory/` + `**` */
    struct map named;            /* last element → struct places of `**` + `/…/element` */
    struct places loose;         /* the others: they are tried one by one */
    size_t longest_exact;
};

/* A directory above the path at hand. */
struct level {
    size_t path_len; /* in walk->directory, without the '/' behind it */
    size_t recorded; /* where its patterns begin in walk->recorded: those that matched it, ascending */
    size_t recorded_end;
    size_t below_end;        /* how much of walk->below counts for what is in it */
    size_t loose, loose_end; /* in walk->loose: those that can match something in it */
    bool is_pruned;
};

struct pattern_walk {
    struct arena *arena;
    const struct patterns *patterns;
    struct regex_cache *regexes;
    bool prunes;
    struct buffer directory; /* of the deepest level */
    struct level *levels;    /* levels[0] is the context itself */
    size_t level_count, level_capacity;
    struct places recorded, below, loose; /* stacks that the levels share */
    struct places own;                    /* scratch: what matches one path by itself */
    const struct pattern *decider;
    const struct pattern *failure;
};

static void push(struct arena *arena, struct places *places, uint32_t place) {
    if (places->count == places->capacity) {
        size_t old = places->capacity, new = old == 0 ? 32 : old * 2;
        places->items = arena_grow(arena, places->items, old * sizeof(uint32_t), new * sizeof(uint32_t));
        places->capacity = new;
    }
    places->items[places->count++] = place;
}

static void push_mapped(struct arena *arena, struct map *map, struct text key, uint32_t place) {
    struct places *places = map_find(map, key);
    if (places == NULL) {
        places = arena_alloc(arena, sizeof(*places));
        map_set(arena, map, key, places);
    }
    push(arena, places, place);
}

/* --- the list --- */

/* fsutil patternWithoutTrailingGlob. */
static struct text without_trailing_glob(struct text text) {
    if (text_ends(text, "/**")) text.len -= 3;
    if (text_ends(text, "/*")) text.len -= 2;
    return text;
}

static bool has_pattern_character(struct text text) {
    static const char characters[] = "*[]?^\\";
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\0' && strchr(characters, text.ptr[i]) != NULL) return true;
    return false;
}

static void file(struct arena *arena, struct patterns *patterns, uint32_t place) {
    const struct pattern *pattern = &patterns->items[place];
    struct text literal = pattern->literal;
    bool is_below = pattern->kind == PATTERN_PREFIX && text_ends(literal, "/");
    bool is_named = pattern->kind == PATTERN_SUFFIX && text_starts(literal, "/");
    if (pattern->kind == PATTERN_EXACT) {
        push_mapped(arena, &patterns->exact, literal, place);
        if (literal.len > patterns->longest_exact) patterns->longest_exact = literal.len;
    } else if (is_below) {
        push_mapped(arena, &patterns->below, text_first(literal, literal.len - 1), place);
    } else if (is_named) {
        push_mapped(arena, &patterns->named, path_name(literal), place);
    } else {
        push(arena, &patterns->loose, place);
    }
    if (pattern->kind == PATTERN_BROKEN || pattern->kind == PATTERN_REGEX) patterns->may_fail = true;
    if (!pattern->is_exception) return;
    patterns->has_exceptions = true;
    if (has_pattern_character(without_trailing_glob(pattern->text))) patterns->exceptions_are_literal = false;
}

const struct patterns *patterns_create(struct arena *arena, const struct list *list) {
    struct patterns *patterns = arena_alloc(arena, sizeof(*patterns));
    patterns->items = arena_array(arena, list->count, sizeof(*patterns->items));
    patterns->exceptions_are_literal = true;
    for (size_t i = 0; i < list->count; i++) {
        const struct pattern *pattern = list->items[i];
        if (pattern->text.len == 0) continue;
        patterns->items[patterns->count] = *pattern;
        file(arena, patterns, (uint32_t)patterns->count++);
    }
    return patterns;
}

size_t patterns_count(const struct patterns *patterns) {
    return patterns->count;
}

/* --- what matches one path by itself --- */

static bool matches(struct pattern_walk *walk, uint32_t place, struct text path) {
    const struct pattern *pattern = &walk->patterns->items[place];
    bool failed = false;
    bool result = pattern_matches(pattern, walk->regexes, walk->arena, path, &failed);
    if (failed && walk->failure == NULL) walk->failure = pattern;
    return result;
}

static const struct places *find_named(const struct pattern_walk *walk, struct text path) {
    return walk->patterns->named.count == 0 ? NULL : map_find(&walk->patterns->named, path_name(path));
}

static const struct places *find_exact(const struct pattern_walk *walk, struct text path) {
    return path.len > walk->patterns->longest_exact ? NULL : map_find(&walk->patterns->exact, path);
}

/* Cheap, and right for most: does the last byte fit? */
static bool may_match(const struct pattern *pattern, struct text path) {
    if (pattern->kind != PATTERN_PROGRAM || pattern->back.len == 0) return true;
    return path.ptr[path.len - 1] == pattern->back.ptr[pattern->back.len - 1];
}

/* The last place of `places` that matches and is at least `least`; else `none`. */
static uint32_t last_match(struct pattern_walk *walk, const uint32_t *places, size_t count, struct text path,
                           uint32_t least, uint32_t none) {
    for (size_t i = count; i-- > 0 && places[i] >= least;)
        if (may_match(&walk->patterns->items[places[i]], path) && matches(walk, places[i], path)) return places[i];
    return none;
}

/* --- verdicts --- */

/* Places count from 1 in a verdict; 0 is none. */
static bool takes(const struct pattern_walk *walk, uint32_t verdict) {
    return verdict > 0 && !walk->patterns->items[verdict - 1].is_exception;
}

static uint32_t higher(uint32_t verdict, uint32_t place) {
    return place + 1 > verdict ? place + 1 : verdict;
}

/*
 * What is not a directory: the last of those that its directory had and of those that match it. A pattern that
 * BuildKit would skip has the polarity that the verdict has anyway.
 */
static uint32_t judge(struct pattern_walk *walk, const struct level *level, struct text path) {
    uint32_t verdict = 0;
    if (level->recorded_end > level->recorded) verdict = walk->recorded.items[level->recorded_end - 1] + 1;
    if (level->below_end > 0)
        for (size_t i = 0; i < level->below_end; i++)
            verdict = higher(verdict, walk->below.items[i]);
    const struct places *exact = find_exact(walk, path), *named = find_named(walk, path);
    if (exact != NULL) verdict = higher(verdict, exact->items[exact->count - 1]);
    uint32_t found = UINT32_MAX;
    if (named != NULL) found = last_match(walk, named->items, named->count, path, verdict, UINT32_MAX);
    if (found != UINT32_MAX) verdict = higher(verdict, found);
    const uint32_t *loose = walk->loose.items + level->loose;
    found = last_match(walk, loose, level->loose_end - level->loose, path, verdict, UINT32_MAX);
    return found == UINT32_MAX ? verdict : higher(verdict, found);
}

static int compare_places(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

/* All that may match the path, to be tried in order; literals are known to. */
static void collect(struct pattern_walk *walk, const struct level *level, struct text path) {
    const struct places *exact = find_exact(walk, path), *named = find_named(walk, path);
    walk->own.count = 0;
    for (size_t i = 0; i < level->below_end; i++)
        push(walk->arena, &walk->own, walk->below.items[i]);
    for (size_t i = 0; exact != NULL && i < exact->count; i++)
        push(walk->arena, &walk->own, exact->items[i]);
    for (size_t i = 0; named != NULL && i < named->count; i++)
        push(walk->arena, &walk->own, named->items[i]);
    for (size_t i = level->loose; i < level->loose_end; i++)
        if (may_match(&walk->patterns->items[walk->loose.items[i]], path))
            push(walk->arena, &walk->own, walk->loose.items[i]);
    if (walk->own.count > 1) qsort(walk->own.items, walk->own.count, sizeof(uint32_t), compare_places);
}

/*
 * BuildKit's own loop: through what the directory above had and what may match this path, in order. What is
 * recorded goes onto the stack; returns the verdict.
 */
static uint32_t judge_and_record(struct pattern_walk *walk, const struct level *level, struct text path) {
    collect(walk, level, path);
    size_t parent = level->recorded, parent_end = level->recorded_end;
    uint32_t verdict = 0;
    for (size_t own = 0; parent < parent_end || own < walk->own.count;) {
        bool is_parents =
            own == walk->own.count || (parent < parent_end && walk->recorded.items[parent] <= walk->own.items[own]);
        uint32_t place = is_parents ? walk->recorded.items[parent] : walk->own.items[own];
        if (is_parents) parent++;
        while (own < walk->own.count && walk->own.items[own] == place)
            own++;
        if (!is_parents) {
            bool is_skipped = walk->patterns->items[place].is_exception != takes(walk, verdict);
            if (is_skipped || !matches(walk, place, path)) continue;
        }
        push(walk->arena, &walk->recorded, place);
        verdict = place + 1;
    }
    return verdict;
}

/* --- directories --- */

/* Can an exception lie in the directory? */
static bool may_hold_exception(const struct patterns *patterns, struct text directory) {
    for (size_t i = 0; i < patterns->count; i++) {
        const struct pattern *pattern = &patterns->items[i];
        struct text text = without_trailing_glob(pattern->text);
        if (pattern->is_exception && path_is_inside(directory, text)) return true;
    }
    return false;
}

/* Can the pattern match something in the directory? Only what it begins with is looked at. */
static bool reaches_into(const struct pattern *pattern, struct text directory) {
    struct text front = pattern->kind == PATTERN_PREFIX ? pattern->literal : pattern->front;
    size_t common = front.len < directory.len ? front.len : directory.len;
    if (common > 0 && memcmp(front.ptr, directory.ptr, common) != 0) return false;
    return front.len <= directory.len || front.ptr[directory.len] == '/';
}

static struct level *push_level(struct pattern_walk *walk) {
    if (walk->level_count == walk->level_capacity) {
        size_t old = walk->level_capacity, new = old == 0 ? 16 : old * 2;
        walk->levels = arena_grow(walk->arena, walk->levels, old * sizeof(struct level), new * sizeof(struct level));
        walk->level_capacity = new;
    }
    struct level *level = &walk->levels[walk->level_count++];
    *level = (struct level){0};
    return level;
}

static void enter(struct pattern_walk *walk, struct text directory) {
    struct level *level = push_level(walk);
    const struct level above = walk->levels[walk->level_count - 2];
    *level = above;
    level->path_len = directory.len;
    if (above.is_pruned) return;
    size_t recorded = walk->recorded.count;
    uint32_t verdict = judge_and_record(walk, &above, directory);
    level->recorded = recorded;
    level->recorded_end = walk->recorded.count;
    if (walk->prunes && takes(walk, verdict) && walk->patterns->exceptions_are_literal)
        level->is_pruned = !may_hold_exception(walk->patterns, directory);
    const struct places *below = walk->patterns->below.count == 0 ? NULL : map_find(&walk->patterns->below, directory);
    for (size_t i = 0; below != NULL && i < below->count; i++)
        push(walk->arena, &walk->below, below->items[i]);
    level->below_end = walk->below.count;
    level->loose = walk->loose.count;
    for (size_t i = above.loose; i < above.loose_end; i++) {
        uint32_t place = walk->loose.items[i];
        if (reaches_into(&walk->patterns->items[place], directory)) push(walk->arena, &walk->loose, place);
    }
    level->loose_end = walk->loose.count;
}

static void leave(struct pattern_walk *walk) {
    walk->level_count--;
    const struct level *level = &walk->levels[walk->level_count - 1];
    walk->recorded.count = level->recorded_end;
    walk->below.count = level->below_end;
    walk->loose.count = level->loose_end;
}

/* Leaves the directories that the path is not in and enters those that it is in. */
static void go_to(struct pattern_walk *walk, struct text path) {
    struct text current = buffer_text(&walk->directory);
    while (walk->level_count > 1) {
        size_t len = walk->levels[walk->level_count - 1].path_len;
        bool is_inside = path.len > len && path.ptr[len] == '/' && memcmp(path.ptr, current.ptr, len) == 0;
        if (is_inside) break;
        leave(walk);
    }
    size_t known = walk->levels[walk->level_count - 1].path_len;
    for (size_t at = known == 0 ? 0 : known + 1; at < path.len; at++) {
        if (path.ptr[at] != '/') continue;
        walk->directory.len = 0;
        buffer_add(&walk->directory, text_first(path, at));
        enter(walk, buffer_text(&walk->directory));
    }
}

struct pattern_walk *patterns_walk(struct arena *arena, const struct patterns *patterns, struct regex_cache *regexes,
                                   bool prunes) {
    struct pattern_walk *walk = arena_alloc(arena, sizeof(*walk));
    *walk = (struct pattern_walk){.arena = arena, .patterns = patterns, .regexes = regexes, .prunes = prunes};
    walk->directory = buffer_in(arena);
    struct level *root = push_level(walk);
    for (size_t i = 0; i < patterns->loose.count; i++)
        push(arena, &walk->loose, patterns->loose.items[i]);
    root->loose_end = walk->loose.count;
    return walk;
}

bool pattern_walk_takes(struct pattern_walk *walk, struct text path) {
    uint32_t verdict = 0;
    go_to(walk, path);
    const struct level level = walk->levels[walk->level_count - 1];
    if (level.is_pruned) {
        verdict = level.recorded_end == level.recorded ? 0 : walk->recorded.items[level.recorded_end - 1] + 1;
    } else if (walk->patterns->may_fail) {
        verdict = judge_and_record(walk, &level, path);
        walk->recorded.count = level.recorded_end;
    } else {
        verdict = judge(walk, &level, path);
    }
    walk->decider = verdict == 0 ? NULL : &walk->patterns->items[verdict - 1];
    return takes(walk, verdict);
}

const struct pattern *pattern_walk_decider(const struct pattern_walk *walk) {
    return walk->decider;
}

const struct pattern *pattern_walk_failure(const struct pattern_walk *walk) {
    return walk->failure;
}
