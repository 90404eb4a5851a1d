#include "repo/seen.h"

#include "repo/paths.h"

/* Where a path's last element begins; 0 when it is its only one. */
static size_t name_at(struct text path) {
    const char *slash = memrchr(path.ptr, '/', path.len);
    return slash == NULL ? 0 : (size_t)(slash - path.ptr) + 1;
}

static uint64_t load(const char *bytes, size_t len) {
    uint64_t word = 0;
    memcpy(&word, bytes, len);
    return word;
}

/* The last word overlaps the one before it, so that no length needs a loop over bytes. */
static uint64_t last_word(const char *bytes, size_t len) {
    if (len >= 4) return load(bytes, 4) | load(bytes + len - 4, 4) << 32;
    return len == 0 ? 0 : load(bytes, 1) | load(bytes + len / 2, 1) << 8 | load(bytes + len - 1, 1) << 16;
}

static uint64_t hash_text(struct text text) {
    uint64_t hash = text.len * 0x9E3779B97F4A7C15u;
    for (; text.len > 8; text.ptr += 8, text.len -= 8) {
        hash = (hash ^ load(text.ptr, 8)) * 0xD6E8FEB86659FD93u;
        hash ^= hash >> 29;
    }
    hash = (hash ^ last_word(text.ptr, text.len)) * 0xD6E8FEB86659FD93u;
    return (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u;
}

/* Of a directory (with its '/') and a name in it, so that a directory is hashed once for all its files. */
static uint64_t combine(uint64_t directory, struct text name) {
    return directory * 0x9E3779B97F4A7C15u + hash_text(name);
}

static uint64_t hash_of(struct text path) {
    size_t at = name_at(path);
    return combine(hash_text(text_first(path, at)), text_from_offset(path, at));
}

static void keep(struct seen *seen, uint64_t hash) {
    if (seen->count == seen->capacity) {
        size_t old = seen->capacity, new = old == 0 ? 16384 : 2 * old;
        seen->hashes = arena_grow(seen->arena, seen->hashes, old * sizeof(hash), new * sizeof(hash));
        seen->capacity = new;
    }
    seen->hashes[seen->count++] = hash;
}

/* The directories that the last path was not in. */
static void enter(struct seen *seen, struct text directory) {
    struct text last = seen->directory.len == 0 ? TEXT("") : buffer_text(&seen->directory);
    size_t shared = 0;
    while (shared < last.len && shared < directory.len && last.ptr[shared] == directory.ptr[shared])
        shared++;
    for (size_t i = 0; i < directory.len; i++)
        if (directory.ptr[i] == '/' && i >= shared) keep(seen, hash_of(text_first(directory, i)));
    seen->directory.len = 0;
    buffer_add(&seen->directory, directory);
    seen->directory_hash = hash_text(directory);
}

struct seen seen_in(struct arena *arena) {
    return (struct seen){.arena = arena, .directory = buffer_in(arena), .directory_hash = hash_text(TEXT(""))};
}

void seen_restart(struct seen *seen) {
    seen->count = seen->directory.len = 0;
    seen->directory_hash = hash_text(TEXT(""));
}

void seen_add(struct seen *seen, struct text path, size_t at) {
    bool is_same = at == seen->directory.len && (at == 0 || memcmp(path.ptr, seen->directory.ptr, at) == 0);
    if (!is_same) enter(seen, text_first(path, at));
    keep(seen, combine(seen->directory_hash, text_from_offset(path, at)));
}

/* The questions by their hashes; a slot is a number plus one. */
struct table {
    const uint64_t *hashes;
    uint32_t *slots;
    size_t mask;
};

static uint32_t *find(const struct table *table, uint64_t hash) {
    size_t at = (hash >> 20) & table->mask;
    while (table->slots[at] != 0 && table->hashes[table->slots[at] - 1] != hash)
        at = (at + 1) & table->mask;
    return &table->slots[at];
}

void seen_answer(struct arena *arena, const struct seen *seen, const struct list *questions) {
    if (questions->count == 0) return;
    struct arena_mark mark = arena_mark(arena);
    size_t slots = 16;
    while (slots < 4 * questions->count)
        slots *= 2;
    uint64_t *hashes = arena_array(arena, questions->count, sizeof(*hashes));
    struct table table = {hashes, arena_array(arena, slots, sizeof(uint32_t)), slots - 1};
    bool *found = arena_array(arena, questions->count, sizeof(bool));
    for (size_t i = 0; i < questions->count; i++) {
        hashes[i] = hash_of(((const struct path_question *)questions->items[i])->path);
        uint32_t *slot = find(&table, hashes[i]);
        if (*slot == 0) *slot = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < seen->count; i++) {
        uint32_t slot = *find(&table, seen->hashes[i]);
        if (slot != 0) found[slot - 1] = true;
    }
    for (size_t i = 0; i < questions->count; i++)
        ((struct path_question *)questions->items[i])->found = found[*find(&table, hashes[i]) - 1];
    arena_release(arena, mark);
}
