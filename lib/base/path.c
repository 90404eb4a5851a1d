#include "base/path.h"

#include <string.h>

/* Takes the last element off what was written so far; false when there is none to take. */
static bool drop_last(char *path, size_t *len, size_t floor) {
    if (*len <= floor) return false;
    size_t at = *len;
    while (at > floor && path[at - 1] != '/')
        at--;
    *len = at > floor ? at - 1 : floor;
    return true;
}

static void add_element(char *path, size_t *len, struct text element) {
    if (*len > 0 && path[*len - 1] != '/') path[(*len)++] = '/';
    memcpy(path + *len, element.ptr, element.len);
    *len += element.len;
}

/*
 * One pass over the elements; `clamp` forgets a ".." that has nothing to take off, else it
 * is kept (relative path) or forgotten (absolute path), as Go's path.Clean does.
 */
static struct text clean(struct arena *arena, struct text path, bool clamp) {
    bool absolute = path_is_absolute(path) && !clamp;
    char *result = arena_alloc(arena, path.len + 2);
    size_t len = 0, floor = 0;
    if (absolute) result[len++] = '/';
    floor = len;
    struct text rest = text_is_given(path) ? path : TEXT(""), element;
    while (text_next(&rest, '/', &element)) {
        if (element.len == 0 || text_is(element, ".")) continue;
        if (!text_is(element, "..")) {
            add_element(result, &len, element);
        } else if (!drop_last(result, &len, floor) && !absolute && !clamp) {
            add_element(result, &len, element);
            floor = len; /* nothing takes a leading ".." off again */
        }
    }
    return len == 0 ? TEXT(".") : text_of(result, len);
}

/* Is the element that begins at `at` one that cleaning drops: nothing, "." or ".."? */
static bool is_dropped(struct text path, size_t at) {
    if (at == path.len || path.ptr[at] == '/') return true;
    if (path.ptr[at] != '.') return false;
    size_t end = at + 1 < path.len && path.ptr[at + 1] == '.' ? at + 2 : at + 1;
    return end == path.len || path.ptr[end] == '/';
}

/* True when the path is clean already: most are, and then no copy is made. */
static bool is_clean(struct text path) {
    if (is_dropped(path, 0)) return false;
    for (const char *at = path.ptr, *end = path.ptr + path.len;;) {
        at = memchr(at, '/', (size_t)(end - at));
        if (at == NULL) return true;
        if (is_dropped(path, (size_t)(++at - path.ptr))) return false;
    }
}

struct text path_clean(struct arena *arena, struct text path) {
    return is_clean(path) ? path : clean(arena, path, false);
}

struct text path_clamp(struct arena *arena, struct text path) {
    return is_clean(path) ? path : clean(arena, path, true);
}

struct text path_join(struct arena *arena, struct text dir, struct text path) {
    if (dir.len == 0 || text_is(dir, ".")) {
        while (path_is_absolute(path))
            path = text_from_offset(path, 1);
        return path_clean(arena, path);
    }
    if (path.len == 0) return path_clean(arena, dir);
    char *joined = arena_alloc(arena, dir.len + 1 + path.len);
    memcpy(joined, dir.ptr, dir.len);
    joined[dir.len] = '/';
    memcpy(joined + dir.len + 1, path.ptr, path.len);
    return path_clean(arena, text_of(joined, dir.len + 1 + path.len));
}

struct text path_parent(struct text path) {
    size_t slash = text_find_last(path, '/');
    if (slash == TEXT_NONE) return TEXT(".");
    return slash == 0 ? TEXT("/") : text_first(path, slash);
}

struct text path_name(struct text path) {
    size_t slash = text_find_last(path, '/');
    return slash == TEXT_NONE ? path : text_from_offset(path, slash + 1);
}

bool path_is_inside(struct text dir, struct text path) {
    if (text_is(dir, ".")) return true;
    if (path.len < dir.len || !text_equal(text_first(path, dir.len), dir)) return false;
    return path.len == dir.len || path.ptr[dir.len] == '/';
}

bool path_escapes(struct text cleaned) {
    return text_is(cleaned, "..") || text_starts(cleaned, "../");
}

bool path_is_absolute(struct text path) {
    return path.len > 0 && path.ptr[0] == '/';
}

size_t path_depth(struct text path) {
    if (text_is(path, ".")) return 0;
    size_t depth = 1;
    for (size_t i = 0; i < path.len; i++)
        depth += path.ptr[i] == '/';
    return depth;
}

/* Length of the longest common leading part of whole elements. */
static size_t common_elements(struct text a, struct text b) {
    size_t common = 0, i = 0;
    for (; i < a.len && i < b.len && a.ptr[i] == b.ptr[i]; i++)
        if (a.ptr[i] == '/') common = i;
    bool a_ends = i == a.len && (i == b.len || b.ptr[i] == '/');
    bool b_ends = i == b.len && i < a.len && a.ptr[i] == '/';
    return a_ends || b_ends ? i : common;
}

static struct text after_elements(struct text path, size_t common) {
    struct text rest = text_from_offset(path, common);
    return rest.len > 0 && rest.ptr[0] == '/' ? text_from_offset(rest, 1) : rest;
}

struct text path_relative(struct arena *arena, struct text dir, struct text path) {
    if (text_is(dir, ".")) return path;
    if (text_is(path, ".")) path = TEXT("");
    size_t common = common_elements(dir, path);
    struct text up = after_elements(dir, common), down = after_elements(path, common);
    size_t ups = up.len == 0 ? 0 : path_depth(up);
    char *result = arena_alloc(arena, ups * 3 + down.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < ups; i++, len += 3)
        memcpy(result + len, "../", 3);
    if (down.len > 0) memcpy(result + len, down.ptr, down.len);
    len += down.len;
    if (len == 0) return TEXT(".");
    return text_of(result, result[len - 1] == '/' ? len - 1 : len);
}
