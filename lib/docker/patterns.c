#include "docker/patterns.h"

#include "base/buffer.h"
#include "base/map.h"
#include "base/path.h"

#include <stdlib.h>

/* States that a walk keeps at most: patterns that change with each of many directories. */
#define CANDIDATE_LIMIT ((size_t)1 << 22)

/* Longer ones lie in no directory that can be. */
#define EXCEPTION_LIMIT ((size_t)4096)

/* Places in the list of patterns, ascending. */
struct places {
    uint32_t *items;
    size_t count, capacity;
};

/* Bytes that a key ends with: nearly all names end otherwise, and are not looked up. */
struct last_bytes {
    bool has[256];
};

struct patterns {
    struct pattern *items;
    size_t count;
    bool exceptions_are_literal; /* no exception has a wildcard but at its very end */
    struct map above_exceptions; /* directories that an exception may lie in; each is a key, or is that exception */
    bool may_fail;               /* one of them may not be tryable */
    struct map exact;            /* path → struct places */
    struct map below;            /* directory → struct places of `directory/` + `**` */
    struct map named;            /* last element → struct places of `**` + `/…/element` */
    struct places loose;         /* the others: they are tried one by one */
    struct last_bytes exact_ends, named_ends;
    size_t longest_exact;
};

/* A pattern that must be tried, and how far the directory at hand has brought it. */
struct candidate {
    const struct pattern *pattern;
    uint32_t place;
    bool has_state;
    pattern_state state;
};

struct candidates {
    struct candidate *items;
    size_t count, capacity;
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
    struct places recorded, below; /* stacks that the levels share, as is the next */
    struct candidates loose;
    struct places own; /* scratch: what may match one path by itself */
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

/* Of a/b/c: a, a/b, and a/b/c itself. A pattern that long is no path: then every directory is entered. */
static void note_exception(struct arena *arena, struct patterns *patterns, const struct pattern *pattern) {
    struct text text = without_trailing_glob(pattern->text);
    if (has_pattern_character(text) || text.len > EXCEPTION_LIMIT) patterns->exceptions_are_literal = false;
    for (size_t at = 1; at <= text.len && patterns->exceptions_are_literal; at++)
        if (at == text.len || text.ptr[at] == '/')
            map_set(arena, &patterns->above_exceptions, text_first(text, at), patterns);
}

static void note_end(struct last_bytes *ends, struct text key) {
    ends->has[(unsigned char)key.ptr[key.len - 1]] = true;
}

static bool may_be_key(const struct last_bytes *ends, struct text text) {
    return text.len > 0 && ends->has[(unsigned char)text.ptr[text.len - 1]];
}

static void file(struct arena *arena, struct patterns *patterns, uint32_t place) {
    const struct pattern *pattern = &patterns->items[place];
    struct text literal = pattern->literal;
    bool is_below = pattern->kind == PATTERN_PREFIX && text_ends(literal, "/");
    bool is_named = pattern->kind == PATTERN_SUFFIX && text_starts(literal, "/");
    if (pattern->kind == PATTERN_EXACT) {
        push_mapped(arena, &patterns->exact, literal, place);
        note_end(&patterns->exact_ends, literal);
        if (literal.len > patterns->longest_exact) patterns->longest_exact = literal.len;
    } else if (is_below) {
        push_mapped(arena, &patterns->below, text_first(literal, literal.len - 1), place);
    } else if (is_named) {
        push_mapped(arena, &patterns->named, path_name(literal), place);
        note_end(&patterns->named_ends, literal);
    } else {
        push(arena, &patterns->loose, place);
    }
    if (pattern->kind == PATTERN_BROKEN || pattern->kind == PATTERN_REGEX) patterns->may_fail = true;
    if (pattern->is_exception) note_exception(arena, patterns, pattern);
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

bool patterns_may_take_back(const struct patterns *patterns, struct text path) {
    return !patterns->exceptions_are_literal || map_has(&patterns->above_exceptions, path);
}

size_t patterns_count(const struct patterns *patterns) {
    return patterns->count;
}

/* --- what matches one path by itself --- */

static bool matches(struct pattern_walk *walk, uint32_t place, struct text path) {
    const struct pattern *pattern = &walk->patterns->items[place];
    bool failed = false;
    bool result = pattern_matches(pattern, walk->regexes, path, &failed);
    if (failed && walk->failure == NULL) walk->failure = pattern;
    return result;
}

static const struct places *find_named(const struct pattern_walk *walk, struct text name) {
    return may_be_key(&walk->patterns->named_ends, name) ? map_find(&walk->patterns->named, name) : NULL;
}

static const struct places *find_exact(const struct pattern_walk *walk, struct text path) {
    if (path.len > walk->patterns->longest_exact || !may_be_key(&walk->patterns->exact_ends, path)) return NULL;
    return map_find(&walk->patterns->exact, path);
}

/* Does a candidate of this directory match? `name` is the last element of `path`. */
static bool candidate_matches(struct pattern_walk *walk, const struct candidate *candidate, struct text path,
                              struct text name) {
    if (!candidate->has_state) return matches(walk, candidate->place, path);
    return text_has_suffix(path, candidate->pattern->back) && pattern_ends(candidate->pattern, candidate->state, name);
}

/* What is behind the directory of the level, and its '/'. */
static struct text name_in(const struct level *level, struct text path) {
    return text_from_offset(path, level->path_len == 0 ? 0 : level->path_len + 1);
}

/* --- verdicts --- */

/* Places count from 1 in a verdict; 0 is none. */
static bool takes(const struct pattern_walk *walk, uint32_t verdict) {
    return verdict > 0 && !walk->patterns->items[verdict - 1].is_exception;
}

static uint32_t higher(uint32_t verdict, uint32_t place) {
    return place + 1 > verdict ? place + 1 : verdict;
}

/* The last of what the directory matched: what it comes to where nothing else matches. */
static uint32_t inherited(const struct pattern_walk *walk, const struct level *level) {
    return level->recorded_end == level->recorded ? 0 : walk->recorded.items[level->recorded_end - 1] + 1;
}

/* The last of `places` that is above the verdict and matches; else the verdict. */
static uint32_t judge_places(struct pattern_walk *walk, const struct places *places, struct text path,
                             uint32_t verdict) {
    for (size_t i = places == NULL ? 0 : places->count; i-- > 0 && places->items[i] >= verdict;)
        if (matches(walk, places->items[i], path)) return places->items[i] + 1;
    return verdict;
}

static uint32_t judge_loose(struct pattern_walk *walk, const struct level *level, struct text path, struct text name,
                            uint32_t verdict) {
    for (size_t i = level->loose_end; i-- > level->loose && walk->loose.items[i].place >= verdict;) {
        const struct candidate *candidate = &walk->loose.items[i];
        if (candidate_matches(walk, candidate, path, name)) return candidate->place + 1;
    }
    return verdict;
}

/*
 * What is not a directory: the last of those that its directory had and of those that match it. A pattern that
 * BuildKit would skip has the polarity that the verdict has anyway.
 */
static uint32_t judge(struct pattern_walk *walk, const struct level *level, struct text path) {
    struct text name = name_in(level, path);
    uint32_t verdict = inherited(walk, level);
    for (size_t i = 0; i < level->below_end; i++)
        verdict = higher(verdict, walk->below.items[i]);
    verdict = judge_places(walk, find_exact(walk, path), path, verdict);
    verdict = judge_places(walk, find_named(walk, name), path, verdict);
    return judge_loose(walk, level, path, name, verdict);
}

static int compare_places(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

/* All that may match the path, to be tried in order; literals are known to. */
static void collect(struct pattern_walk *walk, const struct level *level, struct text path) {
    struct text name = name_in(level, path);
    const struct places *exact = find_exact(walk, path), *named = find_named(walk, name);
    walk->own.count = 0;
    for (size_t i = 0; i < level->below_end; i++)
        push(walk->arena, &walk->own, walk->below.items[i]);
    for (size_t i = 0; exact != NULL && i < exact->count; i++)
        push(walk->arena, &walk->own, exact->items[i]);
    for (size_t i = 0; named != NULL && i < named->count; i++)
        push(walk->arena, &walk->own, named->items[i]);
    for (size_t i = level->loose; i < level->loose_end; i++) {
        const struct candidate *candidate = &walk->loose.items[i];
        if (!candidate->has_state || candidate_matches(walk, candidate, path, name))
            push(walk->arena, &walk->own, candidate->place);
    }
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
        bool is_skipped = walk->patterns->items[place].is_exception != takes(walk, verdict);
        if (!is_parents && (is_skipped || !matches(walk, place, path))) continue;
        push(walk->arena, &walk->recorded, place);
        verdict = place + 1;
    }
    return verdict;
}

/* --- directories --- */

static void push_candidate(struct pattern_walk *walk, struct candidate candidate) {
    struct candidates *loose = &walk->loose;
    if (loose->count == loose->capacity) {
        size_t old = loose->capacity, new = old == 0 ? 32 : old * 2;
        loose->items = arena_grow(walk->arena, loose->items, old * sizeof(candidate), new * sizeof(candidate));
        loose->capacity = new;
    }
    loose->items[loose->count++] = candidate;
}

/* Do the states that were pushed from `first` on say just what those of the level above do? */
static bool are_as_above(const struct pattern_walk *walk, const struct level *above, size_t first) {
    if (walk->loose.count - first != above->loose_end - above->loose) return false;
    for (size_t i = first; i < walk->loose.count; i++)
        if (walk->loose.items[i].state != walk->loose.items[above->loose + (i - first)].state) return false;
    return true;
}

static bool rests(const struct candidate *candidate, bool has_newline) {
    return candidate->has_state && candidate->state == candidate->pattern->resting && !has_newline;
}

static bool all_rest(const struct pattern_walk *walk, const struct level *level, bool has_newline) {
    for (size_t i = level->loose; i < level->loose_end; i++)
        if (!rests(&walk->loose.items[i], has_newline)) return false;
    return true;
}

/*
 * Brings the candidates of the directory above one element further, and drops those that lead nowhere. Where nothing
 * changes, as it is with patterns that begin with ** in most directories, both levels have the same ones.
 */
static void enter_candidates(struct pattern_walk *walk, struct level *level, const struct level *above,
                             struct text name) {
    bool has_newline = text_has(name, '\n');
    level->loose = above->loose;
    level->loose_end = above->loose_end;
    if (all_rest(walk, above, has_newline)) return;
    size_t first = walk->loose.count;
    for (size_t i = above->loose; i < above->loose_end; i++) {
        struct candidate candidate = walk->loose.items[i];
        if (candidate.has_state && !rests(&candidate, has_newline))
            candidate.state = pattern_enter(candidate.pattern, candidate.state, name);
        if (!candidate.has_state || candidate.state != 0) push_candidate(walk, candidate);
    }
    bool is_shared = are_as_above(walk, above, first);
    if (is_shared) walk->loose.count = first;
    level->loose = is_shared ? above->loose : first;
    level->loose_end = walk->loose.count;
    if (walk->loose.count > CANDIDATE_LIMIT && walk->failure == NULL) walk->failure = walk->loose.items[first].pattern;
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
        level->is_pruned = !map_has(&walk->patterns->above_exceptions, directory);
    const struct places *below = walk->patterns->below.count == 0 ? NULL : map_find(&walk->patterns->below, directory);
    for (size_t i = 0; below != NULL && i < below->count; i++)
        push(walk->arena, &walk->below, below->items[i]);
    level->below_end = walk->below.count;
    enter_candidates(walk, level, &above, name_in(&above, directory));
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
    for (size_t i = 0; i < patterns->loose.count; i++) {
        const struct pattern *pattern = &patterns->items[patterns->loose.items[i]];
        bool has_state = pattern_has_states(pattern);
        push_candidate(walk, (struct candidate){.pattern = pattern,
                                                .place = patterns->loose.items[i],
                                                .has_state = has_state,
                                                .state = has_state ? pattern_begin(pattern) : 0});
    }
    root->loose_end = walk->loose.count;
    return walk;
}

bool pattern_walk_takes(struct pattern_walk *walk, struct text path) {
    uint32_t verdict = 0;
    go_to(walk, path);
    const struct level *level = &walk->levels[walk->level_count - 1];
    if (level->is_pruned) {
        verdict = inherited(walk, level);
    } else if (walk->patterns->may_fail) {
        verdict = judge_and_record(walk, level, path);
        walk->recorded.count = level->recorded_end;
    } else {
        verdict = judge(walk, level, path);
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
