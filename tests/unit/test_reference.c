/* Rows follow distribution/reference: normalize.go, regexp.go, and go-digest for digests. */
#include "base/buffer.h"
#include "check.h"
#include "docker/reference.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
    const char *text, *registry, *repository, *tag, *digest; /* registry NULL: refused; tag, digest NULL: absent */
} rows[] = {
    {"redis", "docker.io", "library/redis", NULL, NULL},
    {"redis:7", "docker.io", "library/redis", "7", NULL},
    {"acme/api", "docker.io", "acme/api", NULL, NULL},
    {"docker.io/redis", "docker.io", "library/redis", NULL, NULL},
    {"index.docker.io/redis", "docker.io", "library/redis", NULL, NULL}, /* the old name of the hub */
    {"ghcr.io/acme/api:1.2", "ghcr.io", "acme/api", "1.2", NULL},
    {"ghcr.io/api", "ghcr.io", "api", NULL, NULL}, /* library/ is the hub's own */
    {"localhost/api", "localhost", "api", NULL, NULL},
    {"localhost:5000/api:x", "localhost:5000", "api", "x", NULL},
    {"[::1]:5000/api", "[::1]:5000", "api", NULL, NULL},
    {"registry:5000/a/b/c", "registry:5000", "a/b/c", NULL, NULL},
    {"Acme/api", "Acme", "api", NULL, NULL}, /* upper case cannot be a path, so it is a host */
    {"a__b/c-_-d", NULL, NULL, NULL, NULL},
    {"a__b/c--d", "docker.io", "a__b/c--d", NULL, NULL},
    {"a___b", NULL, NULL, NULL, NULL},
    {"a..b", NULL, NULL, NULL, NULL},
    {"-a", NULL, NULL, NULL, NULL},
    {"a-", NULL, NULL, NULL, NULL},
    {"Redis", NULL, NULL, NULL, NULL},
    {"", NULL, NULL, NULL, NULL},
    {"redis:", NULL, NULL, NULL, NULL},
    {"redis:a b", NULL, NULL, NULL, NULL},
    {"redis:-a", NULL, NULL, NULL, NULL},
    {"$BASE", NULL, NULL, NULL, NULL},
    {"a//b", NULL, NULL, NULL, NULL},
    {HEX64, NULL, NULL, NULL, NULL}, /* would be taken for an image id */
    {"redis@sha256:" HEX64, "docker.io", "library/redis", NULL, "sha256:" HEX64},
    {"ghcr.io/a:1@sha256:" HEX64, "ghcr.io", "a", "1", "sha256:" HEX64},
    {"redis@sha256:0123", NULL, NULL, NULL, NULL},
    {"redis@md5:0123456789abcdef0123456789abcdef", NULL, NULL, NULL, NULL}, /* well formed, but not supported */
    {"redis@", NULL, NULL, NULL, NULL},
};

static void check_part(struct text got, const char *expected, const char *what) {
    CHECK(text_is_given(got) == (expected != NULL), "%s: given", what);
    if (expected != NULL) CHECK_TEXT(got, expected, what);
}

static void test_parse(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reference got = {0};
        const char *problem = NULL;
        bool ok = reference_parse(arena, text_from(rows[i].text), &got, &problem);
        CHECK(ok == (rows[i].registry != NULL), "%s: %s", rows[i].text, problem == NULL ? "accepted" : problem);
        CHECK((problem == NULL) == ok, "%s: the problem is given just when it is refused", rows[i].text);
        if (!ok || rows[i].registry == NULL) continue;
        check_part(got.registry, rows[i].registry, rows[i].text);
        check_part(got.repository, rows[i].repository, rows[i].text);
        check_part(got.tag, rows[i].tag, rows[i].text);
        check_part(got.digest, rows[i].digest, rows[i].text);
    }
}

static void test_tag(struct arena *arena) {
    struct buffer longest = buffer_in(arena);
    buffer_add_repeated(&longest, 'a', REFERENCE_TAG_LIMIT);
    CHECK(reference_is_tag(buffer_text(&longest)), "128 bytes");
    buffer_add_byte(&longest, 'a');
    CHECK(!reference_is_tag(buffer_text(&longest)), "129 bytes");
    CHECK(reference_is_tag(TEXT("_v1.0-rc")), "an underscore may begin");
    CHECK(!reference_is_tag(TEXT(".a")), "a dot may not");
    CHECK(!reference_is_tag(TEXT("a+b")), "semantic versions have a plus, tags have not");
    CHECK(!reference_is_tag(TEXT("a\0b")), "NUL");
    CHECK(!reference_is_tag(TEXT("")), "empty");
}

static void test_name(struct arena *arena) {
    const char *problem;
    CHECK(reference_is_name(arena, TEXT("ghcr.io/acme/api"), &problem), "a name");
    CHECK(!reference_is_name(arena, TEXT("ghcr.io/acme/api:1"), &problem), "a tag is too much");
    CHECK(!reference_is_name(arena, TEXT("ghcr.io/Acme/api"), &problem), "upper case");
    CHECK_TEXT(text_from(problem), "invalid reference format: repository name must be lowercase", "its words");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_parse(&arena);
    test_tag(&arena);
    test_name(&arena);
    arena_finish(&arena);
    return check_done("reference");
}
