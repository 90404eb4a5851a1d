#include "plan/match.h"

#include "base/path.h"
#include "format/wildcard.h"
#include "plan/globs.h"

/* One context with its ignore file, and what was said of the last path. */
struct ignoring {
    struct pattern_walk *walk; /* NULL: nothing is left out */
    size_t last;               /* number of the question; 0: none yet */
    bool last_taken;
};

/* What is to be blamed differs from image to image although the rule is the same. */
struct member {
    size_t image;
    const struct watch_rule *rule;
};

struct group {
    const struct watch_rule *rule;
    const struct image_settings *settings; /* of its images, where they have globs that take back; else NULL */
    struct list members;                   /* of struct member */
    struct pattern_walk *takes;            /* NULL until it is needed */
    struct pattern_walk *excludes;
    bool is_done;
};

struct key {
    struct list groups;
    size_t done;
};

struct matcher {
    struct arena *arena;
    struct regex_cache *regexes;
    struct map keys;     /* path → struct key */
    struct map ignoring; /* the bytes of a pointer to a context → struct ignoring */
    struct globs globs;
    const struct list *watches;
    struct reason *out;
    size_t question; /* the changes that have been asked for, one after the other */
};

/* --- rules --- */

static bool same_texts(const struct texts *a, const struct texts *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = text_equal(a->items[i], b->items[i]);
    return same;
}

static bool same_excludes(const struct build_input *a, const struct build_input *b) {
    static const struct texts none = {0};
    const struct texts *left = a == NULL ? &none : &a->excludes, *right = b == NULL ? &none : &b->excludes;
    if (left->count == 0 && right->count == 0) return true;
    return same_texts(left, right) && text_equal(a->path, b->path);
}

static bool is_same(const struct group *group, const struct watch_rule *rule, const struct image_settings *settings) {
    return group->rule->kind == rule->kind && group->rule->context == rule->context && group->settings == settings &&
           text_equal(group->rule->pattern, rule->pattern) && same_excludes(group->rule->input, rule->input);
}

static struct group *find_group(struct matcher *matcher, const struct watch_rule *rule,
                                const struct image_settings *settings) {
    struct key *key = map_find(&matcher->keys, rule->key);
    if (key == NULL) {
        key = arena_alloc(matcher->arena, sizeof(*key));
        map_set(matcher->arena, &matcher->keys, rule->key, key);
    }
    for (size_t i = 0; i < key->groups.count; i++)
        if (is_same(key->groups.items[i], rule, settings)) return key->groups.items[i];
    struct group *group = arena_alloc(matcher->arena, sizeof(*group));
    group->rule = rule;
    group->settings = settings;
    list_add(matcher->arena, &key->groups, group);
    return group;
}

static void add_rule(struct matcher *matcher, size_t image, const struct watch_rule *rule) {
    const struct watch *watch = matcher->watches->items[image];
    const struct image_settings *settings = watch->image->settings;
    struct group *group =
        find_group(matcher, rule, settings != NULL && settings->build.ignore.count > 0 ? settings : NULL);
    struct member *member = arena_alloc(matcher->arena, sizeof(*member));
    *member = (struct member){image, rule};
    list_add(matcher->arena, &group->members, member);
}

/* --- paths --- */

static struct pattern_walk *walk_of(struct matcher *matcher, const struct texts *texts) {
    struct list list = {0};
    const char *problem;
    for (size_t i = 0; i < texts->count; i++) {
        struct pattern *pattern = arena_alloc(matcher->arena, sizeof(*pattern));
        if (pattern_compile(matcher->arena, texts->items[i], pattern, &problem))
            list_add(matcher->arena, &list, pattern);
    }
    return patterns_walk(matcher->arena, patterns_create(matcher->arena, &list), matcher->regexes, false);
}

/* The path seen from the context; "." for the context itself, which only a submodule is. */
static struct text inside(const struct watch_context *context, struct text path) {
    if (text_is(context->directory, ".")) return path;
    if (path.len <= context->directory.len) return TEXT(".");
    return text_from_offset(path, context->directory.len + 1);
}

static struct ignoring *ignoring_of(struct matcher *matcher, const struct watch_context *context) {
    struct text key = text_of((const char *)&context, sizeof(const struct watch_context *));
    struct ignoring *ignoring = map_find(&matcher->ignoring, key);
    if (ignoring != NULL) return ignoring;
    ignoring = arena_alloc(matcher->arena, sizeof(*ignoring));
    const struct patterns *patterns = context->ignore.patterns;
    if (patterns != NULL && patterns_count(patterns) > 0)
        ignoring->walk = patterns_walk(matcher->arena, patterns, matcher->regexes, true);
    map_set(matcher->arena, &matcher->ignoring, text_copy(matcher->arena, key), ignoring);
    return ignoring;
}

static bool is_submodule(const struct change *change) {
    return change->old_kind == PATH_SUBMODULE || change->new_kind == PATH_SUBMODULE;
}

static bool is_link(const struct change *change) {
    return change->old_kind == PATH_SYMLINK || change->new_kind == PATH_SYMLINK;
}

static bool is_ignored(struct matcher *matcher, const struct watch_context *context, const struct change *change) {
    struct ignoring *ignoring = ignoring_of(matcher, context);
    struct text path = inside(context, change->path);
    if (ignoring->walk == NULL || text_is(path, ".")) return false;
    if (ignoring->last == matcher->question) return ignoring->last_taken;
    ignoring->last = matcher->question;
    ignoring->last_taken = pattern_walk_takes(ignoring->walk, path);
    /* something in a submodule may be taken back */
    if (is_submodule(change) && patterns_may_take_back(context->ignore.patterns, path)) ignoring->last_taken = false;
    return ignoring->last_taken;
}

/* A link that the ignore file leaves out still leads where it leads: BuildKit follows links before it asks the ignore file. */
static bool is_left_out(struct matcher *matcher, const struct watch_rule *rule, const struct change *change) {
    bool is_copied_whole = rule->kind == WATCH_CONTEXT && rule->input != NULL;
    if (is_link(change) && !is_copied_whole) return false;
    return is_ignored(matcher, rule->context, change);
}

/* May a link at the path lie on the way to what the pattern takes? Element by element, as far as the path goes. */
static bool is_on_the_way(struct text pattern, struct text path) {
    struct text name, element;
    while (path.len > 0 && text_next(&path, '/', &name)) {
        if (pattern.len == 0 || !text_next(&pattern, '/', &element)) return false;
        if (text_contains(element, TEXT("**")) || text_starts(element, "!")) return true;
        if (!text_equal(element, name) && !wildcard_matches(element, name)) return false;
    }
    return true;
}

static bool is_taken(struct matcher *matcher, struct group *group, const struct change *change) {
    const struct watch_rule *rule = group->rule;
    struct text path = inside(rule->context, change->path);
    if (!text_is_given(rule->pattern) || text_is(path, ".")) return true;
    if (is_submodule(change)) return true; /* what is in it may match */
    if (is_link(change) && is_on_the_way(rule->pattern, path)) return true;
    if (group->takes == NULL) {
        struct texts one = {.items = (struct text *)&rule->pattern, .count = 1};
        group->takes = walk_of(matcher, &one);
    }
    return pattern_walk_takes(group->takes, path);
}

/* COPY --exclude, as model/inputs has it. */
static bool is_excluded(struct matcher *matcher, struct group *group, const struct change *change) {
    const struct build_input *input = group->rule->input;
    if (input == NULL || input->excludes.count == 0 || input->has_wildcard) return false;
    if (group->excludes == NULL) group->excludes = walk_of(matcher, &input->excludes);
    struct text path = inside(group->rule->context, change->path);
    if (text_is(input->path, ".")) return pattern_walk_takes(group->excludes, path);
    bool is_below = path.len > input->path.len && path_is_inside(input->path, path);
    return is_below && pattern_walk_takes(group->excludes, text_from_offset(path, input->path.len + 1));
}

/* `at` is the key: only a rule of a directory takes what is inside. */
static bool hits(struct matcher *matcher, struct group *group, const struct change *change, struct text at) {
    const struct watch_rule *rule = group->rule;
    if (rule->context == NULL) {
        if (!text_equal(at, change->path)) return false;
    } else if (!is_taken(matcher, group, change) || is_left_out(matcher, rule, change) ||
               is_excluded(matcher, group, change)) {
        return false;
    }
    return group->settings == NULL || !globs_match(&matcher->globs, &group->settings->build.ignore, change->path, NULL);
}

/* --- reasons --- */

static enum reason_kind kind_of(const struct watch_rule *rule) {
    switch (rule->kind) {
    case WATCH_DOCKERFILE:
    case WATCH_DECLARATION:
        return REASON_DOCKERFILE;
    case WATCH_IGNORE_FILE:
        return REASON_IGNORE_FILE;
    case WATCH_SOURCE:
        return REASON_SOURCE;
    case WATCH_CONTEXT:
        return REASON_CONTEXT;
    case WATCH_NAMED:
        return REASON_NAMED;
    case WATCH_LINK:
        return REASON_LINK;
    }
    return REASON_NONE;
}

static void blame(struct matcher *matcher, const struct member *member, const struct change *change) {
    struct reason *reason = &matcher->out[member->image];
    const struct watch *watch = matcher->watches->items[member->image];
    if (reason->kind != REASON_NONE) return;
    *reason = (struct reason){.kind = kind_of(member->rule), .change = change};
    if (member->rule->input != NULL) reason->place = member->rule->input->place;
    if (reason->kind == REASON_CONTEXT && member->rule->input == NULL) {
        reason->words = watch->reason;
        reason->place = watch->reason_place;
    }
}

static void answer(struct matcher *matcher, struct key *key, struct group *group, const struct change *change) {
    group->is_done = true;
    key->done++;
    for (size_t i = 0; i < group->members.count; i++)
        blame(matcher, group->members.items[i], change);
}

static void ask_key(struct matcher *matcher, struct text at, const struct change *change) {
    struct key *key = map_find(&matcher->keys, at);
    if (key == NULL || key->done == key->groups.count) return;
    for (size_t i = 0; i < key->groups.count; i++) {
        struct group *group = key->groups.items[i];
        if (group->is_done || !hits(matcher, group, change, at)) continue;
        answer(matcher, key, group, change);
    }
}

static void ask_ancestors(struct matcher *matcher, const struct change *change) {
    struct text path = change->path;
    for (;;) {
        ask_key(matcher, path, change);
        size_t slash = text_find_last(path, '/');
        if (slash == TEXT_NONE) break;
        path = text_first(path, slash);
    }
    ask_key(matcher, TEXT("."), change);
}

/* Where a link was, what is asked for below it was found elsewhere. */
static void ask_below(struct matcher *matcher, const struct change *change) {
    if (change->old_kind != PATH_SYMLINK) return;
    for (size_t i = 0; i < matcher->keys.count; i++) {
        struct key *key = matcher->keys.entries[i].value;
        struct text path = matcher->keys.entries[i].key;
        if (path.len <= change->path.len || !path_is_inside(change->path, path)) continue;
        for (size_t j = 0; j < key->groups.count; j++) {
            struct group *group = key->groups.items[j];
            if (!group->is_done) answer(matcher, key, group, change);
        }
    }
}

/* --- globs of the settings --- */

/* Of one settings struct, which many images may share. */
struct watched {
    const struct image_settings *settings;
    struct reason watch, always;
};

static void blame_glob(struct matcher *matcher, const struct list *globs, enum reason_kind kind,
                       const struct change *change, struct reason *out) {
    const struct record_text_value *glob;
    if (out->kind != REASON_NONE || !globs_match(&matcher->globs, globs, change->path, &glob)) return;
    *out = (struct reason){.kind = kind, .change = change, .place = node_place(glob->node), .words = glob->text};
}

static void ask_globs(struct matcher *matcher, struct watched *watched, const struct changes *changes) {
    const struct build_settings *build = &watched->settings->build;
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];
        blame_glob(matcher, &build->always, REASON_ALWAYS, change, &watched->always);
        bool is_taken_back = globs_match(&matcher->globs, &build->ignore, change->path, NULL);
        if (!is_taken_back) blame_glob(matcher, &build->watch, REASON_WATCH, change, &watched->watch);
    }
}

static void match_globs(struct matcher *matcher, const struct changes *changes) {
    struct list all = {0};
    for (size_t i = 0; i < matcher->watches->count; i++) {
        const struct image_settings *settings = ((const struct watch *)matcher->watches->items[i])->image->settings;
        struct watched *watched = NULL;
        if (settings == NULL || settings->build.watch.count + settings->build.always.count == 0) continue;
        for (size_t j = 0; j < all.count && watched == NULL; j++)
            if (((struct watched *)all.items[j])->settings == settings) watched = all.items[j];
        if (watched == NULL) {
            watched = arena_alloc(matcher->arena, sizeof(*watched));
            watched->settings = settings;
            ask_globs(matcher, watched, changes);
            list_add(matcher->arena, &all, watched);
        }
        if (matcher->out[i].kind == REASON_NONE) matcher->out[i] = watched->always;
        if (matcher->out[i].kind == REASON_NONE) matcher->out[i] = watched->watch;
    }
}

static void ask_change(struct matcher *matcher, const struct change *change) {
    matcher->question++;
    ask_ancestors(matcher, change);
    ask_below(matcher, change);
}

static struct matcher matcher_in(struct arena *arena, const struct list *watches, struct regex_cache *regexes,
                                 struct reason *out) {
    return (struct matcher){
        .arena = arena, .regexes = regexes, .globs = {.arena = arena}, .watches = watches, .out = out};
}

void match(struct arena *arena, const struct list *watches, const struct changes *changes, struct regex_cache *regexes,
           struct reason *out) {
    struct matcher matcher = matcher_in(arena, watches, regexes, out);
    for (size_t i = 0; i < watches->count; i++) {
        const struct watch *watch = watches->items[i];
        for (size_t j = 0; j < watch->rules.count; j++)
            add_rule(&matcher, i, watch->rules.items[j]);
    }
    for (size_t i = 0; i < changes->count && matcher.keys.count > 0; i++)
        ask_change(&matcher, &changes->items[i]);
    match_globs(&matcher, changes);
}

/* --- one image --- */

struct match_one {
    struct matcher matcher;
    const struct watch *watch;
    struct group *groups; /* one a rule */
};

struct match_one *match_one_create(struct arena *arena, const struct watch *watch, struct regex_cache *regexes) {
    struct match_one *one = arena_alloc(arena, sizeof(*one));
    one->matcher = matcher_in(arena, NULL, regexes, NULL);
    one->watch = watch;
    one->groups = arena_array(arena, watch->rules.count, sizeof(struct group));
    for (size_t i = 0; i < watch->rules.count; i++)
        one->groups[i].rule = watch->rules.items[i];
    return one;
}

static void ask_rule(struct match_one *one, struct group *group, const struct change *change,
                     struct match_answer *answer) {
    const struct watch_rule *rule = group->rule;
    struct matcher *matcher = &one->matcher;
    bool is_inside =
        rule->context == NULL ? text_equal(rule->key, change->path) : path_is_inside(rule->key, change->path);
    if (!is_inside || (rule->context != NULL && !is_taken(matcher, group, change))) return;
    struct match_answer found = {.nearness = MATCH_TAKEN, .rule = rule};
    if (rule->context != NULL && is_left_out(matcher, rule, change)) {
        found.nearness = MATCH_LEFT_OUT;
        found.pattern = pattern_walk_decider(ignoring_of(matcher, rule->context)->walk);
    } else if (rule->context != NULL && is_excluded(matcher, group, change)) {
        found.nearness = MATCH_LEFT_OUT;
        found.is_excluded = true;
    }
    if (found.nearness > answer->nearness) *answer = found;
}

static void ask_settings(struct match_one *one, const struct change *change, struct match_answer *answer) {
    const struct image_settings *settings = one->watch->image->settings;
    const struct record_text_value *glob;
    if (settings == NULL) return;
    struct globs *globs = &one->matcher.globs;
    bool is_taken_back = globs_match(globs, &settings->build.ignore, change->path, &glob);
    if (is_taken_back && answer->nearness == MATCH_TAKEN)
        *answer = (struct match_answer){.nearness = MATCH_LEFT_OUT, .rule = answer->rule, .glob = glob};
    bool is_watched = globs_match(globs, &settings->build.always, change->path, &glob) ||
                      (!is_taken_back && globs_match(globs, &settings->build.watch, change->path, &glob));
    if (is_watched && answer->nearness != MATCH_TAKEN)
        *answer = (struct match_answer){.nearness = MATCH_TAKEN, .glob = glob};
}

struct match_answer match_one_ask(struct match_one *one, const struct change *change) {
    struct match_answer answer = {.nearness = MATCH_FAR};
    const struct watch_context *context = one->watch->context;
    one->matcher.question++;
    if (context != NULL && path_is_inside(context->directory, change->path)) answer.nearness = MATCH_INSIDE;
    for (size_t i = 0; i < one->watch->rules.count; i++)
        ask_rule(one, &one->groups[i], change, &answer);
    ask_settings(one, change, &answer);
    return answer;
}
