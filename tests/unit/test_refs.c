#include "scratch.h"

#include "repo/refs.h"

#define ONE "1111111111111111111111111111111111111111"
#define TWO "2222222222222222222222222222222222222222"

static const struct {
    const char *name, *expected;
    const char *why;
} rows[] = {
    {"refs/heads/loose", ONE, "a file"},
    {"refs/heads/packed", TWO, "a line of packed-refs"},
    {"refs/heads/both", ONE, "the file counts"},
    {"refs/heads/pack", "", "the beginning of another name"},
    {"refs/heads/acked", "", "the end of one"},
    {"refs/remotes/origin/HEAD", TWO, "a symbolic ref"},
    {"refs/heads/circle", "", "leads to itself"},
    {"refs/heads/fifo", "", "is not read"},
    {"refs/heads/broken", "", "holds no id"},
    {"refs/heads/nowhere", "", "is not there"},
    {"refs/heads/../../config", "", "leads outside"},
    {"loose", "", "is no full name"},
};

int main(void) {
    struct arena arena;
    arena_init(&arena);
    scratch_begin();
    sh("git init -q -b main . && cd .git && mkdir -p refs/remotes/origin && echo " ONE " >refs/heads/loose && "
       "echo " ONE " >refs/heads/both && echo 'ref: refs/heads/packed' >refs/remotes/origin/HEAD && "
       "echo 'ref: refs/heads/circle' >refs/heads/circle && mkfifo refs/heads/fifo && echo nonsense >refs/heads/broken "
       "&& "
       "printf '# pack-refs with: peeled fully-peeled sorted \\n%s refs/heads/both\\n%s "
       "refs/heads/packed\\n^%s\\n' " TWO " " TWO " " ONE " >packed-refs");
    struct diagnostics problems = diag_in(&arena);
    struct repository repository;
    CHECK(repository_locate(&arena, ".", scratch_environment(), &problems, &repository), "a repository");
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CHECK_TEXT(refs_find(&arena, &repository, text_from(rows[i].name)), rows[i].expected, rows[i].why);
    CHECK_TEXT(refs_symbolic(&arena, &repository, TEXT("refs/remotes/origin/HEAD")), "refs/heads/packed", "its target");
    CHECK_TEXT(refs_head(&arena, &repository), "ref: refs/heads/main", "HEAD as it is written");
    CHECK_TEXT(refs_head_commit(&arena, &repository), "", "no commit yet");
    sh("rm .git/refs/heads/fifo .git/refs/heads/circle .git/refs/heads/broken && git commit -q --allow-empty -m x");
    struct text head = text_trim(sh_output(&arena, "git rev-parse HEAD"));
    CHECK(text_equal(refs_head_commit(&arena, &repository), head), "a commit");
    sh("git pack-refs --all --prune");
    CHECK(text_equal(refs_head_commit(&arena, &repository), head), "a commit whose ref is packed");
    CHECK(text_equal(refs_resolve(&arena, &repository, TEXT("HEAD~0")), head), "what only git understands");
    sh("git checkout -q --detach");
    CHECK(text_equal(refs_head_commit(&arena, &repository), head), "a detached HEAD");
    CHECK(!text_is_given(refs_resolve(&arena, &repository, TEXT("--help"))), "an option is no revision");
    repository_close(&repository);
    scratch_end();
    arena_finish(&arena);
    return check_done("refs");
}
