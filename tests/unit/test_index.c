#include "repo/index.h"
#include "scratch.h"

#include "base/buffer.h"

#include <fcntl.h>

/* Makes a repository and its index; each runs in a directory of its own. */
static const struct row {
    const char *name;
    const char *commands;
    enum object_format format;
    enum index_status expected;
} rows[] = {
    {"empty", "git init -q .", OBJECT_SHA1, INDEX_OK},
    {"v2", "git init -q . && eval \"$FILL\" && git add .", OBJECT_SHA1, INDEX_OK},
    {"v2 with trees", "git init -q . && eval \"$FILL\" && git add . && git commit -qm x", OBJECT_SHA1, INDEX_OK},
    {"v4", "git init -q . && eval \"$FILL\" && git add . && git update-index --index-version 4", OBJECT_SHA1, INDEX_OK},
    {"v3: intent to add", "git init -q . && eval \"$FILL\" && git add a && git add -N b 'x y'", OBJECT_SHA1, INDEX_OK},
    {"v3: skip-worktree", "git init -q . && eval \"$FILL\" && git add . && git update-index --skip-worktree a/b/c",
     OBJECT_SHA1, INDEX_OK},
    {"v4: skip-worktree",
     "git init -q . && eval \"$FILL\" && git add . && git update-index --index-version 4 --skip-worktree a/b/c",
     OBJECT_SHA1, INDEX_OK},
    {"sha256", "git init -q --object-format=sha256 . && eval \"$FILL\" && git add .", OBJECT_SHA256, INDEX_OK},
    {"sha256 v4",
     "git init -q --object-format=sha256 . && eval \"$FILL\" && git add . && git update-index --index-version 4 && "
     "git update-index --skip-worktree b",
     OBJECT_SHA256, INDEX_OK},
    {"sha256 read as sha1", "git init -q --object-format=sha256 . && eval \"$FILL\" && git add .", OBJECT_SHA1,
     INDEX_DAMAGED},
    {"assume unchanged", "git init -q . && eval \"$FILL\" && git add . && git update-index --assume-unchanged b",
     OBJECT_SHA1, INDEX_OK},
    {"conflicts",
     "git init -q -b main . && echo 1 >c && eval \"$FILL\" && git add . && git commit -qm 1 && git checkout -qb o && "
     "echo 2 >c && "
     "git commit -qam 2 && git checkout -q main && echo 3 >c && git commit -qam 3 && ! git merge -q o 2>&1",
     OBJECT_SHA1, INDEX_OK},
    {"gitlink",
     "git init -q . && eval \"$FILL\" && git add . && "
     "git update-index --add --cacheinfo 160000,0123456789012345678901234567890123456789,sub",
     OBJECT_SHA1, INDEX_OK},
    {"end of entries recorded",
     "git init -q . && git config index.threads 2 && git config index.recordEndOfIndexEntries true && "
     "git config index.recordOffsetTable true && eval \"$FILL\" && git add . && git update-index --index-version 4",
     OBJECT_SHA1, INDEX_OK},
    {"untracked cache",
     "git init -q . && eval \"$FILL\" && git add . && git update-index --force-untracked-cache && git status -s",
     OBJECT_SHA1, INDEX_OK},
    {"split", "git init -q . && eval \"$FILL\" && git add . && git update-index --split-index", OBJECT_SHA1,
     INDEX_FOREIGN},
    {"split and changed",
     "git init -q . && eval \"$FILL\" && git add . && git update-index --split-index && echo more >b && echo n >n && "
     "git add .",
     OBJECT_SHA1, INDEX_FOREIGN},
    {"sparse",
     "git init -q . && eval \"$FILL\" && git add . && git commit -qm x && git sparse-checkout set --cone "
     "--sparse-index a/b",
     OBJECT_SHA1, INDEX_FOREIGN},
    {"sparse, full index",
     "git init -q . && eval \"$FILL\" && git add . && git commit -qm x && git sparse-checkout set --cone "
     "--no-sparse-index a/b",
     OBJECT_SHA1, INDEX_OK},
    {"long paths",
     "git init -q . && B=$(git hash-object -w --stdin </dev/null) && L=$(printf '%0200d/' $(seq 40)) && "
     "for n in a b c; do printf '100644 %s\\t%s%s\\n' $B \"$L\" $n; done | git update-index --index-info",
     OBJECT_SHA1, INDEX_OK},
    {"long paths v4",
     "git init -q . && B=$(git hash-object -w --stdin </dev/null) && L=$(printf '%0200d/' $(seq 40)) && "
     "for n in a b c; do printf '100644 %s\\t%s%s\\n' $B \"$L\" $n; done | git update-index --index-info && "
     "git update-index --index-version 4",
     OBJECT_SHA1, INDEX_OK},
    {"larger than the window",
     "git init -q . && B=$(git hash-object -w --stdin </dev/null) && "
     "awk -v b=$B 'BEGIN { for (i = 0; i < 60000; i++) "
     "printf \"100644 %s\\tservices/%d-some-longer-name-to-fill-the-window/%d.c\\n\", b, i / 500, i }' | "
     "git update-index --index-info && git write-tree",
     OBJECT_SHA1, INDEX_OK},
    {"larger than the window, v4",
     "git init -q . && B=$(git hash-object -w --stdin </dev/null) && "
     "awk -v b=$B 'BEGIN { for (i = 0; i < 60000; i++) "
     "printf \"100644 %s\\tservices/%d-some-longer-name-to-fill-the-window/%d.c\\n\", b, i / 500, i }' | "
     "git update-index --index-info && git update-index --index-version 4 && git write-tree",
     OBJECT_SHA1, INDEX_OK},
};

static const char fill[] = "mkdir -p a/b a-b d && echo 1 >a/b/c && echo 2 >a/b.c && echo 3 >a-b/f && echo 4 >b && "
                           "echo 5 >'x y' && ln -s b l && echo 6 >d/run && chmod +x d/run && echo 7 >a.c";

/* What `git ls-files -s -t` prints, written from the entries; git repeats the stages of a conflict. */
static void write_entry(void *self, const struct path_entry *entry) {
    static const char *const modes[] = {
        [PATH_FILE] = "100644", [PATH_EXECUTABLE] = "100755", [PATH_SYMLINK] = "120000", [PATH_SUBMODULE] = "160000"};
    struct buffer *out = self;
    buffer_format(out, "%s %02x%02x ", modes[entry->kind], entry->object[0], entry->object[19]);
    buffer_add(out, entry->path);
    if (entry->skip_worktree) buffer_add_string(out, " (skipped)");
    buffer_add_byte(out, '\n');
}

static const char oracle[] =
    "git ls-files -s -t -z | tr '\\0' '\\n' | awk -F '\\t' '$2 != last { last = $2; split($1, f, \" \"); "
    "print f[2] \" \" substr(f[3], 1, 2) substr(f[3], 39, 2) \" \" $2 (f[1] == \"S\" ? \" (skipped)\" : \"\") }'";

static enum index_status read_index(struct arena *arena, const char *path, enum object_format format,
                                    struct buffer *out) {
    struct index_proof proof = {.is_given = false};
    const char *reason = "";
    return index_visit(arena, text_from(path), format, &proof, out == NULL ? NULL : write_entry, out, &reason);
}

static void test_row(struct arena *arena, const struct row *row) {
    if (!sh("mkdir -p r")) return;
    char command[2000];
    snprintf(command, sizeof(command), "cd r && %s >/dev/null", row->commands);
    CHECK(sh(command), "%s: cannot be made", row->name);
    CHECK(chdir("r") == 0, "%s", row->name);
    struct buffer got = buffer_in(arena);
    enum index_status status = read_index(arena, ".git/index", row->format, &got);
    CHECK(status == row->expected, "%s: status %d", row->name, status);
    CHECK(read_index(arena, ".git/index", row->format, NULL) == row->expected, "%s: without a visitor", row->name);
    if (row->expected == INDEX_OK) {
        struct text expected = sh_output(arena, oracle);
        CHECK(text_equal(buffer_text(&got), expected), "%s\n%.2000s---\n%.2000s", row->name,
              text_string(arena, buffer_text(&got)), text_string(arena, expected));
    }
    CHECK(chdir("..") == 0 && sh("rm -rf r"), "%s", row->name);
}

static void ignore_entry(void *self, const struct path_entry *entry) {
    size_t *bytes = self;
    for (size_t i = 0; i < entry->path.len; i++)
        *bytes += (unsigned char)entry->path.ptr[i];
    *bytes += entry->object[0];
}

static enum index_status read_bytes(struct arena *arena, struct text bytes, enum object_format format) {
    struct index_proof proof = {.is_given = false};
    const char *reason = NULL;
    size_t sum = 0;
    /* over the old bytes: thousands of new files would be most of this test's time */
    int fd = open("cut", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ssize_t written = bytes.len == 0 ? 0 : pwrite(fd, bytes.ptr, bytes.len, 0);
    CHECK(ftruncate(fd, (off_t)bytes.len) == 0 && written == (ssize_t)bytes.len, "write");
    close(fd);
    enum index_status status = index_visit(arena, TEXT("cut"), format, &proof, ignore_entry, &sum, &reason);
    CHECK(status != INDEX_DAMAGED || reason != NULL, "a reason is given");
    return status;
}

/* No beginning of an index is an index, and no damage is worse than a status. */
static void test_damage(struct arena *arena, const char *commands, enum object_format format) {
    char command[2000];
    snprintf(command, sizeof(command), "mkdir r && cd r && %s >/dev/null && cp .git/index ../whole", commands);
    CHECK(sh(command), "%s", commands);
    struct text whole = read_file(arena, "whole");
    CHECK(read_bytes(arena, whole, format) == INDEX_OK, "whole");
    if (whole.len == 0) return;
    for (size_t len = 0; len < whole.len; len++) {
        enum index_status status = read_bytes(arena, text_first(whole, len), format);
        CHECK(status == INDEX_DAMAGED, "first %zu of %zu: %d", len, whole.len, status);
    }
    struct buffer longer = buffer_in(arena);
    buffer_add(&longer, whole);
    buffer_add_byte(&longer, 'x');
    CHECK(read_bytes(arena, buffer_text(&longer), format) == INDEX_DAMAGED, "one byte more");
    unsigned random = 1;
    for (int i = 0; i < 1000; i++) {
        char *copy = text_string(arena, whole);
        for (unsigned n = 0; n <= random % 3; n++) {
            random = random * 1103515245 + 12345;
            ((unsigned char *)copy)[(random >> 8) % whole.len] ^= (unsigned char)(1u << (random >> 4 & 7));
        }
        read_bytes(arena, text_of(copy, whole.len), format);
    }
    CHECK(sh("rm -rf r whole cut"), "clean up");
}

/* Sets one field of a good index to something that must not be believed. */
static void test_fields(struct arena *arena) {
    static const struct {
        const char *name;
        size_t at;
        const char *bytes;
        size_t len;
        enum index_status expected;
    } fields[] = {
        {"signature", 0, "DIRX", 4, INDEX_DAMAGED},
        {"version 1", 4, "\0\0\0\1", 4, INDEX_FOREIGN},
        {"version 5", 4, "\0\0\0\5", 4, INDEX_FOREIGN},
        {"one entry less", 11, "\1", 1, INDEX_DAMAGED},
        {"one entry more", 11, "\3", 1, INDEX_DAMAGED},
        {"very many entries", 8, "\xff\xff\xff\xff", 4, INDEX_DAMAGED},
        {"mode of a directory", 12 + 24, "\0\0\x40\0", 4, INDEX_FOREIGN},
        {"mode of a device", 12 + 24, "\0\0\x20\0", 4, INDEX_DAMAGED},
        {"extended in version 2", 12 + 60, "\x40", 1, INDEX_DAMAGED},
        {"length 0", 12 + 60, "\0\0", 2, INDEX_DAMAGED},
        {"length 2 for 1", 12 + 61, "\2", 1, INDEX_DAMAGED},
        {"long form for 1", 12 + 60, "\x0f\xff", 2, INDEX_DAMAGED},
        {"order", 12 + 62, "z", 1, INDEX_DAMAGED},
        {"twice the same", 12 + 62, "b", 1, INDEX_DAMAGED},
    };
    CHECK(sh("mkdir r && cd r && git init -q . && echo 1 >a && echo 2 >b && git add . && cp .git/index ../whole"), "r");
    struct text whole = read_file(arena, "whole");
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        char *copy = text_string(arena, whole);
        memcpy(copy + fields[i].at, fields[i].bytes, fields[i].len);
        enum index_status status = read_bytes(arena, text_of(copy, whole.len), OBJECT_SHA1);
        CHECK(status == fields[i].expected, "%s: %d", fields[i].name, status);
    }
    CHECK(sh("rm -rf r whole cut"), "clean up");
}

/* A proof is about one file; another one in its place is not visited. */
static void test_proof(struct arena *arena) {
    CHECK(sh("mkdir r && cd r && git init -q . && echo 1 >a && git add ."), "r");
    struct index_proof proof = {.is_given = false};
    struct text path = TEXT("r/.git/index");
    const char *reason;
    size_t sum = 0;
    CHECK(index_visit(arena, path, OBJECT_SHA1, &proof, NULL, NULL, &reason) == INDEX_OK && proof.is_given, "proof");
    CHECK(index_visit(arena, path, OBJECT_SHA1, &proof, ignore_entry, &sum, &reason) == INDEX_OK && sum > 0, "visit");
    CHECK(sh("cd r && echo 2 >b && git add ."), "b");
    sum = 0;
    CHECK(index_visit(arena, path, OBJECT_SHA1, &proof, ignore_entry, &sum, &reason) == INDEX_CHANGED, "changed");
    CHECK(sum == 0, "nothing visited");
    CHECK(sh("rm r/.git/index"), "rm");
    CHECK(index_visit(arena, path, OBJECT_SHA1, &proof, ignore_entry, &sum, &reason) == INDEX_CHANGED, "gone");
    CHECK(sh("rm -rf r && mkdir -p r/.git/index"), "a directory");
    proof.is_given = false;
    CHECK(index_visit(arena, path, OBJECT_SHA1, &proof, ignore_entry, &sum, &reason) == INDEX_DAMAGED, "a directory");
    CHECK(sh("rm -rf r && mkdir -p r/.git && mkfifo r/.git/index"), "a FIFO");
    CHECK(index_visit(arena, path, OBJECT_SHA1, &proof, ignore_entry, &sum, &reason) == INDEX_DAMAGED, "a FIFO");
    CHECK(sh("rm -rf r"), "clean up");
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    scratch_begin();
    setenv("FILL", fill, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena_mark mark = arena_mark(&arena);
        test_row(&arena, &rows[i]);
        arena_release(&arena, mark);
    }
    test_damage(&arena, "git init -q . && eval \"$FILL\" && git add . && git commit -qm x", OBJECT_SHA1);
    test_damage(&arena,
                "git init -q . && eval \"$FILL\" && git add . && git update-index --index-version 4 --skip-worktree b",
                OBJECT_SHA1);
    test_damage(&arena, "git init -q --object-format=sha256 . && eval \"$FILL\" && git add -N . && git add b",
                OBJECT_SHA256);
    test_fields(&arena);
    test_proof(&arena);
    scratch_end();
    arena_finish(&arena);
    return check_done("index");
}
