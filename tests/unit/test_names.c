#include "check.h"

#include "model/names.h"

static const struct {
    const char *path, *name;
} rows[] = {
    {"Dockerfile", "shop"}, /* the repository's name */
    {"services/api/Dockerfile", "services/api"},
    {"Dockerfile.lint", "lint"},
    {"tools/Dockerfile.lint", "tools/lint"},
    {"tools/lint.Dockerfile", "tools/lint"},
    {"tools/lint.dockerfile", "tools/lint"},
    {"tools/Dockerfile-lint", "tools/lint"},
    {"tools/Containerfile", "tools"},
    {"tools/Containerfile.x", "tools/x"},
    {"dockerfile", "shop"},
    {"a/dockerfile", "a"},
    {".Dockerfile", "shop"}, /* nothing before the dot */
    {"a/Dockerfile.x.Dockerfile", "a/x.Dockerfile"},
    {"a.b/Dockerfile.c.d", "a.b/c.d"},
};

int main(void) {
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CHECK_TEXT(names_of_dockerfile(&arena, text_from(rows[i].path), TEXT("shop")), rows[i].name, rows[i].path);
    CHECK_TEXT(names_of_service(&arena, TEXT("."), TEXT("api")), "api", "a service at the root");
    CHECK_TEXT(names_of_service(&arena, TEXT("shop/x"), TEXT("api")), "shop/x/api", "below");
    CHECK_TEXT(names_of_file(&arena, TEXT("a/compose.yml")), "a/compose.yml", "the whole path");
    arena_finish(&arena);
    return check_done("names");
}
