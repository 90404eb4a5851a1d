#include "model/template.h"

#include "base/buffer.h"
#include "base/variables.h"
#include "docker/reference.h"
#include "model/date.h"
#include "model/semver.h"

#include <string.h>

const char *const template_words[] = {
    "sha",    "short_sha",    "branch",       "default_branch", "base_branch", "tag",         "version",
    "semver", "semver.major", "semver.minor", "semver.patch",   "date",        "date:FORMAT", "name",
    "slug",   "pull_request", "build_number", "env:NAME",       NULL};

#define SHORT_SHA 12

/* A branch is `feature/Ä x`, a tag's part may be [A-Za-z0-9_.-] only, and no tag begins with '.' or '-'. */
static struct text as_tag_part(struct arena *arena, struct text text, size_t most) {
    char *part = arena_alloc(arena, text.len);
    for (size_t i = 0; i < text.len; i++) {
        bool fits = (text.ptr[i] >= 'a' && text.ptr[i] <= 'z') || (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') ||
                    (text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
                    (text.ptr[i] != '\0' && strchr("_.-", text.ptr[i]) != NULL);
        part[i] = fits ? text.ptr[i] : '-';
    }
    if (text.len > 0 && (part[0] == '.' || part[0] == '-')) part[0] = '_';
    return text_first(text_of(part, text.len), most);
}

static struct text find_git_fact(const struct event *event, struct text word, bool *known) {
    *known = true;
    if (text_is(word, "sha")) return event->commit;
    if (text_is(word, "short_sha")) return text_first(event->commit, SHORT_SHA);
    if (text_is(word, "branch")) return event->branch;
    if (text_is(word, "default_branch")) return event->default_branch;
    if (text_is(word, "base_branch"))
        return text_is_given(event->base_branch) ? event->base_branch : event->queue_branch;
    if (text_is(word, "tag")) return event->tag;
    if (text_is(word, "pull_request")) return event->pull_request;
    *known = false;
    return (struct text){0};
}

/* {semver.minor}: its part of the version; absent when that is none, or a pre-release. */
static struct text find_version(const struct template_facts *facts, struct text word, bool *known) {
    struct semver semver = {0};
    bool is_version = text_is_given(facts->version) && semver_parse(facts->version, &semver);
    bool is_whole = is_version && !semver.is_pre_release;
    struct text none = {0};
    *known = true;
    if (text_is(word, "version")) return facts->version;
    if (text_is(word, "semver")) return is_version ? semver.whole : none;
    if (text_is(word, "semver.major")) return is_whole ? semver.major : none;
    if (text_is(word, "semver.minor")) return is_whole ? semver.minor : none;
    if (text_is(word, "semver.patch")) return is_whole ? semver.patch : none;
    *known = false;
    return none;
}

static struct text find_date(struct arena *arena, const struct event *event, struct text word, bool *known) {
    struct text format = TEXT(DATE_DEFAULT);
    if (text_starts(word, "date:")) format = text_from_offset(word, sizeof("date:") - 1);
    *known = (text_is(word, "date") || text_starts(word, "date:")) && date_is_format(format);
    return *known && event->committed != 0 ? date_format(arena, event->committed, format) : (struct text){0};
}

/* The fact that a word names; the absent text when this build has none. `known` is false for other words. */
static struct text find_fact(struct arena *arena, const struct template_facts *facts, struct text word, bool *known) {
    struct text fact = find_git_fact(facts->event, word, known);
    if (!*known) fact = find_version(facts, word, known);
    if (!*known) fact = find_date(arena, facts->event, word, known);
    if (*known) return fact;
    *known = text_is(word, "name") || text_is(word, "slug");
    if (text_is(word, "name")) return facts->name;
    return text_is(word, "slug") ? template_slug(arena, facts->name) : (struct text){0};
}

/* "1.2.0-rc.1 is a pre-release", where that is why there is no {semver.minor}. */
static struct text explain_absence(struct arena *arena, const struct template_facts *facts, struct text word) {
    struct semver semver;
    bool is_part = text_starts(word, "semver.");
    if (is_part && text_is_given(facts->version) && semver_parse(facts->version, &semver))
        return text_format(arena, "%.*s is a pre-release", TEXT_ARG(semver.whole));
    return text_format(arena, "this build has no {%.*s}", TEXT_ARG(word));
}

/* The variable that holds what only the running build knows; the absent text for other words. */
static struct text find_variable(struct text word) {
    if (text_is(word, "build_number")) return TEXT("BUILDKITE_BUILD_NUMBER");
    if (!text_starts(word, "env:")) return (struct text){0};
    struct text name = text_from_offset(word, 4);
    return variables_is_name(name) ? name : (struct text){0};
}

struct expansion {
    struct arena *arena;
    enum template_use use;
    const struct template_facts *facts;
    size_t most;    /* bytes of a fact in a tag */
    size_t longest; /* bytes of the longest fact put in */
    struct value value;
    struct text *problem;
};

static void add_fact(struct expansion *expansion, struct text fact) {
    if (expansion->use == TEMPLATE_TAG) fact = as_tag_part(expansion->arena, fact, expansion->most);
    if (fact.len > expansion->longest) expansion->longest = fact.len;
    value_add_text(expansion->arena, &expansion->value, fact);
}

static enum template_result add_word(struct expansion *expansion, struct text word) {
    struct arena *arena = expansion->arena;
    struct text variable = find_variable(word);
    if (text_is_given(variable)) {
        value_add_reference(arena, &expansion->value, variable, VALUE_PLAIN, (struct value){0});
        return TEMPLATE_OK;
    }
    bool known;
    struct text fact = find_fact(arena, expansion->facts, word, &known);
    if (known && text_is_empty(fact)) {
        *expansion->problem = explain_absence(arena, expansion->facts, word);
        return TEMPLATE_NO_FACT;
    }
    if (!known && expansion->use == TEMPLATE_TAG) {
        *expansion->problem = text_format(arena, "'{%.*s}' is not a word of a template", TEXT_ARG(word));
        return TEMPLATE_WRONG;
    }
    if (known) {
        add_fact(expansion, fact);
    } else {
        value_add_text(arena, &expansion->value, text_format(arena, "{%.*s}", TEXT_ARG(word)));
    }
    return TEMPLATE_OK;
}

/* Where a word begins. In an argument `{"a": "{sha}"}` it is the last '{' before the '}'; a tag has no other braces. */
static size_t find_open(struct text text, enum template_use use) {
    size_t open = text_find(text, '{');
    while (open != TEXT_NONE && use == TEMPLATE_ARGUMENT) {
        struct text rest = text_from_offset(text, open + 1);
        size_t next = text_find(rest, '{');
        if (next == TEXT_NONE || text_find(rest, '}') < next) break;
        open += next + 1;
    }
    return open;
}

/* The length of a `{{matrix}}` or `{{matrix.os}}` at the beginning, which Buildkite fills in; 0 when there is none. */
static size_t matrix_word(struct text text) {
    if (!text_starts(text, "{{matrix}}") && !text_starts(text, "{{matrix.")) return 0;
    size_t close = text_find(text, '}');
    return close == TEXT_NONE || !text_starts(text_from_offset(text, close), "}}") ? 0 : close + 2;
}

static enum template_result expand(struct expansion *expansion, struct text text) {
    while (text.len > 0) {
        size_t word = text_find(text, '{'), matrix = word == TEXT_NONE ? 0 : matrix_word(text_from_offset(text, word));
        if (matrix > 0) {
            value_add_text(expansion->arena, &expansion->value, text_first(text, word + matrix));
            text = text_from_offset(text, word + matrix);
            continue;
        }
        size_t open = find_open(text, expansion->use);
        size_t close = open == TEXT_NONE ? TEXT_NONE : text_find(text_from_offset(text, open), '}');
        if (close == TEXT_NONE) {
            value_add_text(expansion->arena, &expansion->value, text);
            break;
        }
        if (open > 0) value_add_text(expansion->arena, &expansion->value, text_first(text, open));
        enum template_result result = add_word(expansion, text_of(text.ptr + open + 1, close - 1));
        if (result != TEMPLATE_OK) return result;
        text = text_from_offset(text, open + close + 1);
    }
    return TEMPLATE_OK;
}

/* How much a tag is too long; 0 when it fits or its length is not known now. */
static size_t excess_of(const struct expansion *expansion) {
    if (expansion->use != TEMPLATE_TAG || !value_is_literal(&expansion->value)) return 0;
    size_t len = value_text(expansion->arena, &expansion->value).len;
    return len > REFERENCE_TAG_LIMIT ? len - REFERENCE_TAG_LIMIT : 0;
}

bool template_is_tag(struct arena *arena, const struct value *value) {
    struct text rest = value_text(arena, value);
    struct buffer filled = buffer_in(arena);
    for (size_t i = 0; i < rest.len;) {
        size_t matrix = matrix_word(text_from_offset(rest, i));
        buffer_add_byte(&filled, matrix > 0 ? 'x' : rest.ptr[i]);
        i += matrix > 0 ? matrix : 1;
    }
    return reference_is_tag(buffer_text(&filled));
}

enum template_result template_expand(struct arena *arena, struct text text, enum template_use use,
                                     const struct template_facts *facts, struct value *out, struct text *problem) {
    struct expansion expansion = {
        .arena = arena, .use = use, .facts = facts, .most = REFERENCE_TAG_LIMIT, .problem = problem};
    enum template_result result = expand(&expansion, text);
    size_t excess = result == TEMPLATE_OK ? excess_of(&expansion) : 0;
    if (excess > 0 && excess < expansion.longest) {
        /* a long branch gives way; what stands beside it, a commit say, must not */
        expansion.most = expansion.longest - excess;
        expansion.value = (struct value){0};
        result = expand(&expansion, text);
    }
    if (result == TEMPLATE_OK) *out = expansion.value;
    return result;
}

struct text template_slug(struct arena *arena, struct text name) {
    struct buffer slug = buffer_in(arena);
    struct text lower = text_lower(arena, name);
    if (!text_is_given(name)) return name;
    for (size_t i = 0; i < lower.len; i++) {
        char c = lower.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        bool is_second = !fits && slug.len > 0 && text_ends(buffer_text(&slug), "-");
        if (!is_second) buffer_add_byte(&slug, fits ? c : '-');
    }
    return buffer_text(&slug);
}

bool template_is_slug(struct text text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') return false;
    }
    return text.len > 0;
}

struct text template_repository(struct arena *arena, struct text text, struct text name) {
    static const struct text word = TEXT_INIT("{name}");
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < text.len;) {
        bool is_word = text_starts(text_from_offset(text, i), "{name}");
        if (is_word) buffer_add(&out, text_lower(arena, name));
        if (!is_word) buffer_add_byte(&out, text.ptr[i]);
        i += is_word ? word.len : 1;
    }
    return text_trim_right(buffer_text(&out), "/");
}

bool template_has_date(struct text text) {
    return text_contains(text, TEXT("{date}")) || text_contains(text, TEXT("{date:"));
}
