/*
 * ignore: an ignore file, and which paths it leaves out.
 *
 * The input is the file and, each after a NUL, paths. A slow evaluator stands here again, after
 * moby/patternmatcher MatchesUsingParentResults and tonistiigi/fsutil filter.go: it tries every pattern for every directory
 * above a path, and remembers nothing but the booleans that BuildKit remembers. The walk must agree with it, with and without
 * pruning, in the order that is given and in that of a list.
 */
#include "fuzz.h"

#include "base/path.h"
#include "base/rune.h"
#include "docker/ignore.h"

#define TRIES_LIMIT ((size_t)1000 * 1000) /* of the slow evaluator, for one input: bytes of paths times patterns */
#define PATHS_LIMIT 1000                  /* of the others too */

struct input {
    struct arena *arena;
    struct regex_cache *regexes;
    const struct patterns *patterns;
    struct list list; /* of struct pattern, blank ones left out: the same, read once more */
    struct texts paths;
};

/* --- the slow evaluator --- */

struct slow {
    const struct input *input;
    bool prunes;
    bool has_exceptions, exceptions_are_literal;
    bool failed;
    bool *above, *own; /* by pattern: does the directory above match, does this path? */
};

static struct text without_glob(struct text text) {
    if (text_ends(text, "/**")) text = text_first(text, text.len - 3);
    if (text_ends(text, "/*")) text = text_first(text, text.len - 2);
    return text;
}

static struct slow slow_begin(const struct input *input, bool prunes) {
    struct slow slow = {.input = input, .prunes = prunes, .exceptions_are_literal = true};
    slow.above = arena_array(input->arena, input->list.count, sizeof(bool));
    slow.own = arena_array(input->arena, input->list.count, sizeof(bool));
    for (size_t i = 0; i < input->list.count; i++) {
        const struct pattern *pattern = input->list.items[i];
        if (!pattern->is_exception) continue;
        struct text text = without_glob(pattern->text);
        slow.has_exceptions = true;
        for (const char *c = "*[]?^\\"; *c != '\0'; c++)
            if (text_has(text, *c)) slow.exceptions_are_literal = false;
    }
    return slow;
}

/* MatchesUsingParentResults; the first directory has nothing above it. */
static bool slow_match(struct slow *slow, struct text path) {
    bool matched = false;
    for (size_t i = 0; i < slow->input->list.count; i++) {
        const struct pattern *pattern = slow->input->list.items[i];
        bool match = slow->above[i];
        slow->own[i] = false;
        if (!match) {
            if (pattern->is_exception != matched) continue;
            match = pattern_matches(pattern, slow->input->regexes, path, &slow->failed);
        }
        slow->own[i] = match;
        if (match) matched = !pattern->is_exception;
    }
    return matched;
}

static bool slow_is_entered(const struct slow *slow, struct text directory) {
    if (!slow->prunes || !slow->exceptions_are_literal) return true;
    for (size_t i = 0; i < slow->input->list.count; i++) {
        const struct pattern *pattern = slow->input->list.items[i];
        struct text text = without_glob(pattern->text);
        bool is_in = text.len > directory.len && text.ptr[directory.len] == '/';
        if (pattern->is_exception && text_equal(text_first(text, directory.len), directory) &&
            (is_in || text.len == directory.len))
            return true;
    }
    return false;
}

static bool slow_takes(struct slow *slow, struct text path) {
    size_t bytes = slow->input->list.count * sizeof(bool);
    if (bytes > 0) memset(slow->above, 0, bytes);
    for (size_t at = 0; at < path.len; at++) {
        if (path.ptr[at] != '/') continue;
        struct text directory = text_first(path, at);
        if (slow_match(slow, directory) && !slow_is_entered(slow, directory)) return true;
        bool *swap = slow->above;
        slow->above = slow->own;
        slow->own = swap;
    }
    return slow_match(slow, path);
}

/* --- reading --- */

static struct text clean(struct arena *arena, struct text pattern) {
    if (pattern.len == 0) return pattern;
    pattern = path_clean(arena, pattern);
    return pattern.len > 1 && pattern.ptr[0] == '/' ? text_from_offset(pattern, 1) : pattern;
}

/* moby/patternmatcher ignorefile.ReadAll, for a file that was accepted. */
static void read_patterns(struct input *input, struct text bytes) {
    struct text line;
    const char *problem;
    if (text_starts(bytes, "\xEF\xBB\xBF")) bytes = text_from_offset(bytes, 3);
    while (text_next(&bytes, '\n', &line)) {
        struct pattern *pattern = arena_alloc(input->arena, sizeof(*pattern));
        struct text text = rune_trim(line);
        if (text_starts(line, "#") || text.len == 0) continue;
        bool is_exception = text.ptr[0] == '!';
        text = clean(input->arena, is_exception ? rune_trim(text_from_offset(text, 1)) : text);
        if (is_exception) text = text_concat(input->arena, TEXT("!"), text);
        FUZZ_CHECK(pattern_compile(input->arena, text, pattern, &problem), "<%.*s>: %s", TEXT_ARG(text), problem);
        if (pattern->text.len > 0) list_add(input->arena, &input->list, pattern);
    }
    FUZZ_CHECK(input->list.count == patterns_count(input->patterns), "%zu patterns, and %zu",
               patterns_count(input->patterns), input->list.count);
}

static void read_paths(struct input *input, struct text rest) {
    while (rest.len > 0 && input->paths.count < PATHS_LIMIT) {
        struct text path = fuzz_part(&rest);
        while (path_is_absolute(path))
            path = text_from_offset(path, 1);
        path = path_clean(input->arena, path);
        if (!text_is(path, ".") && !path_escapes(path)) texts_add(input->arena, &input->paths, path);
    }
}

/* --- comparing --- */

static size_t tries(const struct input *input) {
    size_t bytes = 0;
    for (size_t i = 0; i < input->paths.count; i++)
        bytes += input->paths.items[i].len * path_depth(input->paths.items[i]);
    return bytes * input->list.count;
}

static void walk_all(const struct input *input, bool prunes) {
    struct pattern_walk *walk = patterns_walk(input->arena, input->patterns, input->regexes, prunes);
    struct slow slow = slow_begin(input, prunes);
    bool is_compared = tries(input) <= TRIES_LIMIT;
    for (size_t i = 0; i < input->paths.count; i++) {
        struct text path = input->paths.items[i];
        bool takes = pattern_walk_takes(walk, path);
        const struct pattern *decider = pattern_walk_decider(walk);
        FUZZ_CHECK(takes == (decider != NULL && !decider->is_exception), "<%.*s> and what decided", TEXT_ARG(path));
        if (!is_compared) continue;
        bool expected = slow_takes(&slow, path);
        bool failed = pattern_walk_failure(walk) != NULL;
        FUZZ_CHECK(failed == slow.failed, "<%.*s>: %s fails", TEXT_ARG(path), failed ? "the walk" : "BuildKit");
        FUZZ_CHECK(failed || takes == expected, "<%.*s>: %s%s", TEXT_ARG(path),
                   takes ? "taken, and BuildKit does not" : "not taken, and BuildKit does", prunes ? " (pruning)" : "");
    }
}

static void check_refusal(const struct diagnostics *diagnostics, bool ok) {
    FUZZ_CHECK(diagnostics->list.count == !ok, "%zu diagnostics", diagnostics->list.count);
    struct buffer buffer = buffer_in(diagnostics->arena);
    diag_write(&buffer, diagnostics, DIAG_NOTE, false);
    if (buffer.len > 0) FUZZ_CHECK(fuzz_is_printable(buffer_text(&buffer)), "the written diagnostics");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct regex_cache regexes = {0};
    arena_init(&arena);
    struct text rest = fuzz_text(data, size), file = fuzz_part(&rest);
    struct input input = {.arena = &arena, .regexes = &regexes};
    struct diagnostics diagnostics = diag_in(&arena);
    bool ok = ignore_parse(&arena, source_create(&arena, TEXT(IGNORE_NAME), file), &diagnostics, &input.patterns);
    check_refusal(&diagnostics, ok);
    if (ok) {
        read_patterns(&input, file);
        read_paths(&input, rest);
        for (int sorted = 0; sorted < 2; sorted++) {
            if (sorted) texts_sort(&input.paths);
            walk_all(&input, true);
            walk_all(&input, false);
        }
    }
    regex_finish(&regexes);
    arena_finish(&arena);
    return 0;
}
