#include "format/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

struct regex {
    struct regex *next;
    struct text pattern;
    uint32_t options;
    pcre2_code *code; /* NULL when the pattern is wrong */
    struct text problem;
};

void regex_finish(struct regex_cache *cache) {
    for (struct regex *regex = cache->first; regex != NULL; regex = regex->next)
        pcre2_code_free(regex->code);
    cache->first = NULL;
    arena_finish(&cache->arena);
}

static struct text describe(struct arena *arena, int error, size_t offset) {
    PCRE2_UCHAR words[160];
    pcre2_get_error_message(error, words, sizeof(words));
    return text_format(arena, "%s at character %zu", (const char *)words, offset + 1);
}

static pcre2_code *compile_code(struct text pattern, uint32_t options, int *error, size_t *offset) {
    options |= PCRE2_NEVER_BACKSLASH_C;
    return pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, error, offset, NULL);
}

static struct regex *compile(struct arena *arena, struct text pattern, uint32_t options) {
    struct regex *regex = arena_alloc(arena, sizeof(*regex));
    regex->pattern = text_copy(arena, pattern);
    regex->options = options;
    int error = 0;
    size_t offset = 0;
    if (pattern.len > REGEX_PATTERN_LIMIT) {
        regex->problem = text_format(arena, "longer than %d characters", REGEX_PATTERN_LIMIT);
        return regex;
    }
    regex->code = compile_code(pattern, options, &error, &offset);
    if (regex->code == NULL) regex->problem = describe(arena, error, offset);
    return regex;
}

static const struct regex *find(struct regex_cache *cache, struct text pattern, uint32_t options) {
    for (struct regex *regex = cache->first; regex != NULL; regex = regex->next)
        if (regex->options == options && text_equal(regex->pattern, pattern)) return regex;
    struct regex *regex = compile(&cache->arena, pattern, options);
    regex->next = cache->first;
    cache->first = regex;
    return regex;
}

static int match(const struct regex *regex, struct text subject) {
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    if (data == NULL || context == NULL) abort();
    pcre2_set_match_limit(context, REGEX_MATCH_LIMIT);
    pcre2_set_depth_limit(context, REGEX_MATCH_LIMIT);
    int result = pcre2_match(regex->code, (PCRE2_SPTR)subject.ptr, subject.len, 0, 0, data, context);
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    return result;
}

static enum regex_result search(const struct regex *regex, struct text subject) {
    if (regex->code == NULL) return REGEX_NO;
    int result = match(regex, subject);
    if (result >= 0) return REGEX_YES;
    return result == PCRE2_ERROR_NOMATCH ? REGEX_NO : REGEX_LIMIT;
}

enum regex_result regex_search(struct regex_cache *cache, struct text pattern, struct text subject,
                               struct text *problem) {
    const struct regex *regex = find(cache, pattern, 0);
    *problem = regex->problem;
    return search(regex, subject);
}

enum regex_result regex_search_unicode(struct regex_cache *cache, struct text pattern, struct text subject) {
    return search(find(cache, pattern, PCRE2_UTF), subject);
}

bool regex_is_good(struct text pattern) {
    int error;
    size_t offset;
    if (pattern.len > REGEX_PATTERN_LIMIT) return false;
    pcre2_code *code = compile_code(pattern, PCRE2_UTF, &error, &offset);
    pcre2_code_free(code);
    return code != NULL;
}
