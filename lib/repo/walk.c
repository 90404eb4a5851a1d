#include "repo/walk.h"

#include "repo/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
    struct arena scratch; /* names of the directories that are open */
    struct buffer path;   /* in scratch: of the directory at hand, with a '/' at the end */
    struct buffer out;
    struct diagnostics *diagnostics;
    size_t left;  /* names that may still be read */
    bool is_full; /* the limit was reported */
};

struct name {
    struct text text; /* of a directory with its '/' */
    bool is_directory;
    bool is_symlink;
};

static void report(struct walk *walk, const char *rule, const char *what) {
    struct text path = buffer_text(&walk->path);
    if (path.len > 0) path.len--;
    path = path.len == 0 ? TEXT(".") : text_copy(walk->diagnostics->arena, path);
    const struct source *directory = source_create(walk->diagnostics->arena, path, TEXT(""));
    diag_add(walk->diagnostics, DIAG_WARNING, rule, source_whole(directory), "%s; what it holds is not seen", what);
}

static int compare_names(const void *a, const void *b) {
    const struct name *left = a, *right = b;
    return text_compare(left->text, right->text);
}

/* The file type bits of a directory entry; 0 when it is gone. Most file systems give it for free. */
static mode_t entry_type(int fd, const struct dirent *entry) {
    struct stat status;
    if (entry->d_type != DT_UNKNOWN) return DTTOIF(entry->d_type);
    if (fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return 0;
    return status.st_mode & S_IFMT;
}

static void add_name(struct walk *walk, const char *string, mode_t type, struct list *names) {
    struct name *name = arena_alloc(&walk->scratch, sizeof(*name));
    name->is_directory = S_ISDIR(type);
    name->is_symlink = S_ISLNK(type);
    name->text = text_format(&walk->scratch, "%s%s", string, name->is_directory ? "/" : "");
    list_add(&walk->scratch, names, name);
}

static bool is_left_out(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, ".git") == 0;
}

static void read_names(struct walk *walk, DIR *dir, struct list *names) {
    errno = 0;
    for (struct dirent *entry = readdir(dir); entry != NULL; errno = 0, entry = readdir(dir)) {
        if (is_left_out(entry->d_name)) continue;
        if (walk->left == 0) {
            if (!walk->is_full) report(walk, "walk-limit", "more than 2,000,000 names outside git");
            walk->is_full = true;
            return;
        }
        walk->left--;
        mode_t type = entry_type(dirfd(dir), entry);
        if (S_ISDIR(type) || S_ISREG(type) || S_ISLNK(type)) add_name(walk, entry->d_name, type, names);
    }
    if (errno != 0) report(walk, "unreadable-directory", strerror(errno));
}

/* Opens a directory of `parent`, which may have become a link since it was listed. */
static DIR *open_directory(int parent, const char *name) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return NULL;
    DIR *dir = fdopendir(fd);
    if (dir == NULL) close(fd);
    return dir;
}

/* The name of a directory at the end of the path, without its '/', as a C string. */
static const char *last_name(struct walk *walk, size_t start) {
    struct text path = text_from_offset(buffer_text(&walk->path), start);
    return text_string(&walk->scratch, text_first(path, path.len - 1));
}

static void walk_directory(struct walk *walk, int parent, const char *directory, unsigned depth);

static void walk_names(struct walk *walk, int fd, const struct list *names, unsigned depth) {
    size_t start = walk->path.len;
    for (size_t i = 0; i < names->count; i++) {
        const struct name *name = names->items[i];
        buffer_add(&walk->path, name->text);
        if (name->is_directory) {
            walk_directory(walk, fd, last_name(walk, start), depth + 1);
        } else {
            listing_add(&walk->out, name->is_symlink ? PATH_SYMLINK : PATH_FILE, buffer_text(&walk->path));
        }
        walk->path.len = start;
    }
}

static void walk_directory(struct walk *walk, int parent, const char *directory,
                           unsigned depth) { // NOLINT(misc-no-recursion)
    if (depth > WALK_DEPTH_LIMIT) {
        report(walk, "walk-limit", "directories lie deeper than 100 levels");
        return;
    }
    struct arena_mark mark = arena_mark(&walk->scratch);
    DIR *dir = open_directory(parent, directory);
    if (dir == NULL) {
        report(walk, "unreadable-directory", strerror(errno));
        return;
    }
    struct list names = {0};
    read_names(walk, dir, &names);
    list_sort(&walk->scratch, &names, compare_names);
    walk_names(walk, dirfd(dir), &names, depth);
    closedir(dir);
    arena_release(&walk->scratch, mark);
}

struct text walk_list(struct arena *arena, int root_fd, struct diagnostics *diagnostics) {
    struct walk walk = {.out = buffer_in(arena), .diagnostics = diagnostics, .left = WALK_ENTRY_LIMIT};
    arena_init(&walk.scratch);
    walk.path = buffer_in(&walk.scratch);
    /* as long as a path gets, so that it does not move while marks of the scratch arena are open */
    buffer_reserve(&walk.path, (size_t)(WALK_DEPTH_LIMIT + 2) * (NAME_MAX + 2));
    walk_directory(&walk, root_fd, ".", 0);
    arena_finish(&walk.scratch);
    return buffer_text(&walk.out);
}
