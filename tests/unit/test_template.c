#include "check.h"

#include "docker/reference.h"
#include "model/template.h"

static const struct event push = {
    .commit = TEXT_INIT("0123456789abcdef0123456789abcdef01234567"),
    .branch = TEXT_INIT("feature/\xC3\x84 x"),
    .committed = 1767323045, /* 2026-01-02 03:04:05 */
};
static const struct template_facts push_facts = {.event = &push, .name = TEXT_INIT("services/api")};

static const struct {
    const char *template;
    const char *tag, *argument; /* spelling; "!" and the problem; "?" and the fact that there is none of */
    const char *why;
} rows[] = {
    {"", "", "", "nothing"},
    {"latest", "latest", "latest", "no template at all"},
    {"{{matrix}}-{{matrix.os}}", "{{matrix}}-{{matrix.os}}", "{{matrix}}-{{matrix.os}}", "Buildkite's own"},
    {"{sha}", "0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef01234567", "the commit"},
    {"v-{short_sha}", "v-0123456789ab", "v-0123456789ab", "twelve digits"},
    {"{branch}", "feature----x", "feature/\xC3\x84 x", "a tag has an alphabet, an argument has not"},
    {"{branch}-{short_sha}", "feature----x-0123456789ab", "feature/\xC3\x84 x-0123456789ab", "two words"},
    {"{tag}", "?this build has no {tag}", "?this build has no {tag}", "no tag is built"},
    {"a{tag}b", "?this build has no {tag}", "?this build has no {tag}", "the whole value goes"},
    {"{pull_request}", "?this build has no {pull_request}", "?this build has no {pull_request}", "no pull request"},
    {"{semver}", "?this build has no {semver}", "?this build has no {semver}", "no version"},
    {"{semver.major}", "?this build has no {semver.major}", "?this build has no {semver.major}", "nor a part of one"},
    {"{semver.build}", "!'{semver.build}' is not a word of a template", "{semver.build}", "there is no such part"},
    {"{default_branch}", "?this build has no {default_branch}", "?this build has no {default_branch}",
     "nobody tells it"},
    {"{name}-{short_sha}", "services-api-0123456789ab", "services/api-0123456789ab", "the image"},
    {"{slug}-{name}", "services-api-services-api", "services-api-services/api", "the same as part of a slug"},
    {"{date}", "2026-01-02", "2026-01-02", "when the commit was made"},
    {"{date:%Y%m%d-%H%M%S}", "20260102-030405", "20260102-030405", "in letters"},
    {"{date:%j %s %y%%}", "002-1767323045-26-", "002 1767323045 26%", "all of them"},
    {"{date:%H:%M}", "03-04", "03:04", "a colon is no part of a tag"},
    {"{date:%B}", "!'{date:%B}' is not a word of a template", "{date:%B}", "a name would need a language"},
    {"{date:%}", "!'{date:%}' is not a word of a template", "{date:%}", "half a letter"},
    {"{date:}", "!'{date:}' is not a word of a template", "{date:}", "no letter at all"},
    {"{build_number}", "${BUILDKITE_BUILD_NUMBER}", "${BUILDKITE_BUILD_NUMBER}", "known when the step runs"},
    {"1.{build_number}", "1.${BUILDKITE_BUILD_NUMBER}", "1.${BUILDKITE_BUILD_NUMBER}", "after text"},
    {"{env:A_1}", "${A_1}", "${A_1}", "a variable of the step"},
    {"{env:}", "!'{env:}' is not a word of a template", "{env:}", "no name"},
    {"{env:1A}", "!'{env:1A}' is not a word of a template", "{env:1A}", "no name of a variable"},
    {"{env:A B}", "!'{env:A B}' is not a word of a template", "{env:A B}", "nor this"},
    {"{nonsense}", "!'{nonsense}' is not a word of a template", "{nonsense}", "an unknown word"},
    {"{}", "!'{}' is not a word of a template", "{}", "an empty one"},
    {"{SHA}", "!'{SHA}' is not a word of a template", "{SHA}", "case counts"},
    {"{\"a\": 1}", "!'{\"a\": 1}' is not a word of a template", "{\"a\": 1}", "JSON in an argument"},
    {"{{sha}}", "!'{{sha}' is not a word of a template", "{0123456789abcdef0123456789abcdef01234567}",
     "in an argument the outer braces are text"},
    {"{sha", "{sha", "{sha", "no end: text, which a tag may not be"},
    {"}{", "}{", "}{", "the wrong way round"},
    {"$X", "$$X", "$$X", "a dollar is text"},
};

static void check_row(struct arena *arena, const char *template, enum template_use use, const char *expected,
                      const char *why) {
    struct value value = {0};
    struct text problem = TEXT(""), got = TEXT("");
    switch (template_expand(arena, text_from(template), use, &push_facts, &value, &problem)) {
    case TEMPLATE_OK:
        got = value_spelling(arena, &value);
        break;
    case TEMPLATE_NO_FACT:
        got = text_concat(arena, TEXT("?"), problem);
        break;
    case TEMPLATE_WRONG:
        got = text_concat(arena, TEXT("!"), problem);
    }
    CHECK_TEXT(got, expected, why);
}

/* Whatever a branch is called, a tag that is only its name is a tag. */
static void test_branches(struct arena *arena) {
    static const char *const branches[] = {"main", "\xC3\xBCx",   "-x",   ".x", "/",
                                           "a b",  "release/1.0", "\xFF", "_",  "#1"};
    for (size_t i = 0; i < sizeof(branches) / sizeof(*branches); i++) {
        struct event event = {.branch = text_from(branches[i])};
        struct template_facts facts = {.event = &event};
        struct value value = {0};
        struct text problem;
        template_expand(arena, TEXT("{branch}"), TEMPLATE_TAG, &facts, &value, &problem);
        struct text tag = value_text(arena, &value);
        CHECK(reference_is_tag(tag), "<%s>: <%.*s>", branches[i], TEXT_ARG(tag));
    }
    char *bytes = memset(arena_alloc(arena, 300), 'b', 300);
    struct event event = {.branch = text_of(bytes, 300)};
    struct template_facts facts = {.event = &event};
    struct value value = {0};
    struct text problem;
    template_expand(arena, TEXT("{branch}"), TEMPLATE_TAG, &facts, &value, &problem);
    CHECK(value_text(arena, &value).len == REFERENCE_TAG_LIMIT, "a long one is cut");
    event = (struct event){.tag = TEXT_INIT("v1.2+3"), .pull_request = TEXT_INIT("7")};
    value = (struct value){0};
    CHECK(template_expand(arena, TEXT("{tag}-{pull_request}"), TEMPLATE_TAG, &facts, &value, &problem) == TEMPLATE_OK,
          "a tag is built");
    CHECK_TEXT(value_text(arena, &value), "v1.2-3-7", "a plus is no part of a tag");
}

static void test_slugs(struct arena *arena) {
    static const char *const slugs[][2] = {
        {"api", "api"},       {"services/API", "services-api"},
        {"a__b//c", "a-b-c"}, {"a--b", "a-b"},
        {"-a-", "-a-"},       {"\xC3\x84", "-"},
        {"a.1", "a-1"},       {"x-", "x-"},
    };
    for (size_t i = 0; i < sizeof(slugs) / sizeof(*slugs); i++) {
        struct text slug = template_slug(arena, text_from(slugs[i][0]));
        CHECK_TEXT(slug, slugs[i][1], slugs[i][0]);
        CHECK(template_is_slug(slug), "%s", slugs[i][1]);
    }
    CHECK(!text_is_given(template_slug(arena, (struct text){0})), "no name, no slug");
    CHECK(!template_is_slug(TEXT("")) && !template_is_slug(TEXT("a/b")) && !template_is_slug(TEXT("A")), "no slugs");
}

/* What the words say of a version; '-' where they say nothing. */
static void test_versions(struct arena *arena) {
    static const struct {
        const char *version, *expected;
    } versions[] = {
        {"v1.2.3", "v1.2.3 1.2.3 1 1.2 1.2.3"},
        {"1.2.3", "1.2.3 1.2.3 1 1.2 1.2.3"},
        {"V10.0.20", "V10.0.20 10.0.20 10 10.0 10.0.20"},
        {"v1.2.3-rc.1", "v1.2.3-rc.1 1.2.3-rc.1 - - -"},
        {"v1.2.3-0", "v1.2.3-0 1.2.3-0 - - -"},
        {"v1.2.3-01", "v1.2.3-01 - - - -"},
        {"v1.2.3-0a", "v1.2.3-0a 1.2.3-0a - - -"},
        {"v1.2.3-", "v1.2.3- - - - -"},
        {"v1.2.3-a..b", "v1.2.3-a..b - - - -"},
        {"v1.2.3+7.sha", "v1.2.3-7.sha 1.2.3-7.sha 1 1.2 1.2.3"},
        {"v1.2.3-rc+07", "v1.2.3-rc-07 1.2.3-rc-07 - - -"},
        {"v1.2", "v1.2 - - - -"},
        {"v1", "v1 - - - -"},
        {"1.2.3.4", "1.2.3.4 - - - -"},
        {"01.2.3", "01.2.3 - - - -"},
        {"1.02.3", "1.02.3 - - - -"},
        {"0.0.0", "0.0.0 0.0.0 0 0.0 0.0.0"},
        {"vv1.2.3", "vv1.2.3 - - - -"},
        {"nightly", "nightly - - - -"},
        {"api/v1.2.3", "api-v1.2.3 - - - -"}, /* what it is cut to is plan/facts' business */
    };
    static const char *const words[] = {"{version}", "{semver}", "{semver.major}", "{semver.minor}", "{semver.patch}"};
    for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
        struct template_facts facts = {.event = &push, .version = text_from(versions[i].version)};
        struct buffer got = buffer_in(arena);
        for (size_t j = 0; j < 5; j++) {
            struct value value = {0};
            struct text problem;
            enum template_result result =
                template_expand(arena, text_from(words[j]), TEMPLATE_TAG, &facts, &value, &problem);
            if (j > 0) buffer_add_byte(&got, ' ');
            buffer_add(&got, result == TEMPLATE_OK ? value_spelling(arena, &value) : TEXT("-"));
        }
        CHECK_TEXT(buffer_text(&got), versions[i].expected, versions[i].version);
    }
}

static void test_repositories(struct arena *arena) {
    CHECK_TEXT(template_repository(arena, TEXT("r.io/{name}/cache/"), TEXT("Services/API")), "r.io/services/api/cache",
               "small letters, no slash at the end");
    CHECK_TEXT(template_repository(arena, TEXT("r.io/c"), TEXT("a")), "r.io/c", "no word");
    CHECK(template_has_date(TEXT("a-{date:%Y}")) && template_has_date(TEXT("{date}")) &&
              !template_has_date(TEXT("date")),
          "what needs the date");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        check_row(&arena, rows[i].template, TEMPLATE_TAG, rows[i].tag, rows[i].why);
        check_row(&arena, rows[i].template, TEMPLATE_ARGUMENT, rows[i].argument, rows[i].why);
    }
    test_branches(&arena);
    test_slugs(&arena);
    test_versions(&arena);
    test_repositories(&arena);
    for (size_t i = 0; template_words[i] != NULL; i++)
        CHECK(template_words[i][0] != '{', "%s: words are told without braces", template_words[i]);
    arena_finish(&arena);
    return check_done("template");
}
