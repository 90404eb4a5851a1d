#include "model/discover.h"
#include "scratch.h"

static const struct {
    const char *name;
    bool means;
} rows[] = {
    {"Dockerfile", true},
    {"dockerfile", true},
    {"DOCKERFILE", false},
    {"Containerfile", true},
    {"Dockerfile.prod", true},
    {"Dockerfile-prod", true},
    {"prod.Dockerfile", true},
    {"prod.dockerfile", true},
    {"Containerfile.x", true},
    {"x.Containerfile", false},
    {"Dockerfile.", false},
    {"Dockerfile-", false},
    {"Dockerfile_prod", false},
    {"Dockerfiles", false},
    {"Dockerfile.dockerignore", false}, /* belongs to Dockerfile */
    {"Dockerfile.prod.dockerignore", false},
    {"Dockerfile.md", false},
    {"Dockerfile~", false},
    {"Dockerfile.swp", false},
    {"Dockerfile.orig", false},
    {"MyDockerfile", false},
    {"dockerfile.prod", false},
    {".Dockerfile", true},
    {"", false},
};

static struct text join(struct arena *arena, const struct map *map) {
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < map->count; i++)
        buffer_format(&buffer, "%.*s ", TEXT_ARG(map->entries[i].key));
    return buffer_text(&buffer);
}

/* A real index: what is found, in byte order, and nothing of what only looks like it. */
static void test_repository(struct arena *arena) {
    scratch_begin();
    sh("git init -q . && mkdir -p b/c a x.yml a/.depot b/depot.json a/json && touch a/.depot/depot.yml b/depot.json/x "
       "a/.depot/ci.yml a/json/x b/depot.json/y && touch Dockerfile a/Dockerfile b/c/Dockerfile.x b/Containerfile "
       "compose.yaml b/docker-compose.yml b/docker-compose.override.yml b/compose.prod.yml depot.json a/depot.yml "
       "a/depot-pipeline.yml .depot.json .depot.txt x.yml/readme Dockerfile.md 'b/my file' untracked.Dockerfile && "
       "ln -s Dockerfile link.Dockerfile && git add . && git rm -q --cached untracked.Dockerfile");
    struct diagnostics problems = diag_in(arena);
    struct repository repository;
    struct paths paths;
    struct discovered found;
    bool ok = repository_locate(arena, ".", scratch_environment(), &problems, &repository) &&
              paths_open(arena, &repository, false, &problems, &paths) &&
              discover(arena, &paths, NULL, NULL, &problems, &found);
    CHECK(ok && problems.list.count == 0, "discovered");
    if (!ok) return;
    CHECK_TEXT(join(arena, &found.dockerfiles),
               "Dockerfile a/Dockerfile b/Containerfile b/c/Dockerfile.x link.Dockerfile ", "Dockerfiles");
    CHECK_TEXT(join(arena, &found.compose), "b/docker-compose.override.yml b/docker-compose.yml compose.yaml ",
               "compose");
    CHECK_TEXT(join(arena, &found.projects), "a/.depot/depot.yml a/depot.yml b/depot.json depot.json ", "projects");
    CHECK_TEXT(join(arena, &found.lookalikes), ".depot.json a/.depot/depot.yml ", "what is taken for one");
    CHECK_TEXT(join(arena, &found.beside), "a/depot-pipeline.yml ", "settings beside");
    CHECK(found.submodules.count == 0, "no submodules");
    repository_close(&repository);
    scratch_end();
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CHECK(discover_is_dockerfile_name(text_from(rows[i].name)) == rows[i].means, "<%s>", rows[i].name);
    test_repository(&arena);
    arena_finish(&arena);
    return check_done("discover");
}
