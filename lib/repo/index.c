#include "repo/index.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW_SIZE ((size_t)1024 * 1024)
#define PATH_LIMIT ((size_t)64 * 1024)
#define ENTRY_LIMIT (PATH_LIMIT + 128) /* the longest entry that is accepted, with its fixed part */

#define HEADER_SIZE ((size_t)12)
#define EXTENSION_HEADER ((size_t)8)
#define STAT_SIZE ((size_t)40) /* times, device, inode, mode, owner, size */
#define MODE_AT ((size_t)24)
#define SIZE_AT ((size_t)36)

#define FLAG_EXTENDED 0x4000u
#define FLAG_STAGE_SHIFT 12
#define FLAG_STAGE 0x3u
#define FLAG_LENGTH 0x0FFFu /* as a length: this long or longer */
#define MORE_SKIP_WORKTREE 0x4000u
#define MORE_INTENT_TO_ADD 0x2000u

#define MODE_TYPE 0170000u
#define MODE_REGULAR 0100000u
#define MODE_SYMLINK 0120000u
#define MODE_GITLINK 0160000u
#define MODE_DIRECTORY 0040000u

/*
 *     file   ├──────────── read ───────────┤·····················┤ size
 *     window          ├─── done ───┼─ here ─┤
 *                     0            at      end                     offset = place of `end` in the file
 */
struct reader {
    int fd;
    unsigned char *window;
    size_t capacity; /* of the window; a small file has a smaller one */
    size_t at, end;
    uint64_t offset, size;
    unsigned version;
    size_t hash_size;
    char *name;           /* PATH_LIMIT bytes: the path of version 4, or one that left the window */
    struct text previous; /* in `name` or in the window */
    unsigned previous_stage;
    path_visitor *visit;
    void *self;
    const char *reason;
};

struct raw_entry {
    struct path_entry entry;
    unsigned stage;
    size_t size; /* bytes on disk */
};

static inline uint32_t be32(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline unsigned be16(const unsigned char *p) {
    return (unsigned)p[0] << 8 | p[1];
}

static enum index_status damaged(struct reader *reader, const char *reason) {
    reader->reason = reason;
    return INDEX_DAMAGED;
}

/* Moves what is left to the front of the window and fills the rest; at the end of the file it stays short. */
static void refill(struct reader *reader) {
    if (reader->previous.ptr != reader->name && reader->previous.len > 0) {
        memcpy(reader->name, reader->previous.ptr, reader->previous.len);
        reader->previous.ptr = reader->name;
    }
    memmove(reader->window, reader->window + reader->at, reader->end - reader->at);
    reader->end -= reader->at;
    reader->at = 0;
    while (reader->end < reader->capacity && reader->offset < reader->size) {
        size_t room = reader->capacity - reader->end;
        ssize_t got = pread(reader->fd, reader->window + reader->end, room, (off_t)reader->offset);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        reader->end += (size_t)got;
        reader->offset += (uint64_t)got;
    }
}

/* Makes at least `want` bytes readable where the file has them. */
static inline size_t available(struct reader *reader, size_t want) {
    if (reader->end - reader->at < want && reader->offset < reader->size) refill(reader);
    return reader->end - reader->at;
}

static enum index_status read_kind(struct reader *reader, uint32_t mode, enum path_kind *out) {
    if (mode >> 16 != 0) return damaged(reader, "has an entry of an unknown kind");
    switch (mode & MODE_TYPE) {
    case MODE_REGULAR:
        *out = (mode & 0100u) != 0 ? PATH_EXECUTABLE : PATH_FILE;
        return INDEX_OK;
    case MODE_SYMLINK:
        *out = PATH_SYMLINK;
        return INDEX_OK;
    case MODE_GITLINK:
        *out = PATH_SUBMODULE;
        return INDEX_OK;
    case MODE_DIRECTORY:
        return INDEX_FOREIGN; /* a directory that a sparse index has not opened */
    default:
        return damaged(reader, "has an entry of an unknown kind");
    }
}

/* The path of versions 2 and 3 stands in full, with 1 to 8 NULs after it. */
static enum index_status read_full_path(struct reader *reader, size_t fixed, unsigned flags, struct raw_entry *out) {
    const unsigned char *start = reader->window + reader->at;
    size_t room = reader->end - reader->at - fixed;
    const char *name = (const char *)start + fixed;
    size_t len = flags & FLAG_LENGTH;
    if (len == FLAG_LENGTH) {
        len = strnlen(name, room);
        if (len < FLAG_LENGTH) return damaged(reader, "has an entry with a wrong length");
    }
    if (len >= PATH_LIMIT) return damaged(reader, "has a path of more than 65,535 bytes");
    out->size = (fixed + len + 8) & ~(size_t)7;
    if (out->size > room + fixed) return damaged(reader, "ends within an entry");
    if (name[len] != '\0') return damaged(reader, "has an entry with a wrong length");
    out->entry.path = text_of(name, len);
    return INDEX_OK;
}

/* git's "offset encoding": seven bits a byte, and each continuation adds one. */
static bool read_varint(const unsigned char **p, const unsigned char *end, size_t *out) {
    if (*p == end) return false;
    unsigned byte = *(*p)++;
    size_t value = byte & 127;
    while ((byte & 128) != 0) {
        if (*p == end || value >= PATH_LIMIT) return false;
        byte = *(*p)++;
        value = ((value + 1) << 7) + (byte & 127);
    }
    *out = value;
    return true;
}

static int compare(const char *a, size_t a_len, const char *b, size_t b_len) {
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/*
 * Version 4 gives how many bytes of the previous path to drop and what follows instead. The order is
 * known from the tails alone, which must be compared before the old one is overwritten.
 */
static enum index_status read_short_path(struct reader *reader, size_t fixed, unsigned flags, struct raw_entry *out,
                                         int *order) {
    const unsigned char *start = reader->window + reader->at, *end = reader->window + reader->end;
    const unsigned char *p = start + fixed;
    size_t drop;
    if (!read_varint(&p, end, &drop) || drop > reader->previous.len)
        return damaged(reader, "has an entry with a wrong length");
    size_t kept = reader->previous.len - drop;
    size_t tail = strnlen((const char *)p, (size_t)(end - p));
    if (p + tail == end) return damaged(reader, "ends within an entry");
    if (kept + tail >= PATH_LIMIT) return damaged(reader, "has a path of more than 65,535 bytes");
    size_t len = kept + tail, said = flags & FLAG_LENGTH;
    if (said != (len < FLAG_LENGTH ? len : FLAG_LENGTH)) return damaged(reader, "has an entry with a wrong length");
    *order = compare(reader->name + kept, drop, (const char *)p, tail);
    memcpy(reader->name + kept, p, tail);
    out->size = (size_t)(p - start) + tail + 1;
    out->entry.path = text_of(reader->name, len);
    return INDEX_OK;
}

/* Reads the entry at hand; `order` is how the previous path compares to its own. */
static enum index_status read_entry(struct reader *reader, struct raw_entry *out, int *order) {
    size_t room = available(reader, ENTRY_LIMIT);
    size_t fixed = STAT_SIZE + reader->hash_size + 2;
    const unsigned char *start = reader->window + reader->at;
    if (room < fixed + 3) return damaged(reader, "ends within an entry");
    unsigned flags = be16(start + fixed - 2), more = 0;
    if ((flags & FLAG_EXTENDED) != 0) {
        more = be16(start + fixed);
        fixed += 2;
        if (reader->version < 3 || (more & ~(MORE_SKIP_WORKTREE | MORE_INTENT_TO_ADD)) != 0)
            return damaged(reader, "has an entry with unknown flags");
    }
    enum index_status status = read_kind(reader, be32(start + MODE_AT), &out->entry.kind);
    if (status != INDEX_OK) return status;
    out->stage = flags >> FLAG_STAGE_SHIFT & FLAG_STAGE;
    out->entry.skip_worktree = (more & MORE_SKIP_WORKTREE) != 0;
    out->entry.object = start + STAT_SIZE;
    out->entry.size = be32(start + SIZE_AT);
    out->entry.has_size = out->entry.size > 0; /* git writes 0 where it is not sure of the file */
    if (reader->version == 4) return read_short_path(reader, fixed, flags, out, order);
    status = read_full_path(reader, fixed, flags, out);
    if (status == INDEX_OK)
        *order = compare(reader->previous.ptr, reader->previous.len, out->entry.path.ptr, out->entry.path.len);
    return status;
}

static enum index_status visit_entry(struct reader *reader) {
    struct raw_entry raw;
    int order;
    enum index_status status = read_entry(reader, &raw, &order);
    if (status != INDEX_OK) return status;
    /* a split index leaves the path out where an entry replaces one of the shared file */
    if (raw.entry.path.len == 0) return INDEX_FOREIGN;
    bool is_next_stage = order == 0 && reader->previous_stage != 0 && reader->previous_stage < raw.stage;
    if (order >= 0 && !is_next_stage) return damaged(reader, "has entries out of order");
    reader->previous = raw.entry.path;
    reader->previous_stage = raw.stage;
    if (!is_next_stage && reader->visit != NULL) reader->visit(reader->self, &raw.entry);
    reader->at += raw.size;
    return INDEX_OK;
}

static void skip(struct reader *reader, size_t count) {
    size_t here = reader->end - reader->at;
    if (count <= here) {
        reader->at += count;
        return;
    }
    reader->offset += count - here;
    reader->at = reader->end = 0;
}

/*
 * A file that was cut a checksum's length after the entries, or after an extension, ends as a whole one
 * does; but what would be the checksum is then the head of an extension.
 */
static enum index_status check_end(struct reader *reader) {
    static const char *const names[] = {"TREE", "REUC", "UNTR", "FSMN", "EOIE", "IEOT", "link", "sdir"};
    if (available(reader, reader->hash_size) < reader->hash_size) return damaged(reader, "cannot be read to its end");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (memcmp(reader->window + reader->at, names[i], 4) == 0) return damaged(reader, "ends within an extension");
    return INDEX_OK;
}

/* From the end of the entries to the checksum: name, length and content of each extension. */
static enum index_status check_extensions(struct reader *reader) {
    reader->previous = (struct text){NULL, 0};
    for (;;) {
        uint64_t left = reader->size - (reader->offset - (reader->end - reader->at));
        if (left == reader->hash_size) return check_end(reader);
        if (left < reader->hash_size + EXTENSION_HEADER) return damaged(reader, "does not end after its checksum");
        if (available(reader, EXTENSION_HEADER) < EXTENSION_HEADER) return damaged(reader, "cannot be read to its end");
        const unsigned char *header = reader->window + reader->at;
        uint32_t len = be32(header + 4);
        if (len > left - reader->hash_size - EXTENSION_HEADER) return damaged(reader, "ends within an extension");
        if (header[0] < 'A' || header[0] > 'Z') return INDEX_FOREIGN;
        skip(reader, EXTENSION_HEADER + len);
    }
}

static enum index_status read_all(struct reader *reader) {
    if (available(reader, HEADER_SIZE) < HEADER_SIZE || reader->size < HEADER_SIZE + reader->hash_size)
        return damaged(reader, "is shorter than an index");
    if (memcmp(reader->window, "DIRC", 4) != 0) return damaged(reader, "is not an index");
    reader->version = be32(reader->window + 4);
    if (reader->version < 2 || reader->version > 4) return INDEX_FOREIGN;
    uint32_t count = be32(reader->window + 8);
    reader->at = HEADER_SIZE;
    reader->previous = text_of(reader->name, 0);
    for (uint32_t i = 0; i < count; i++) {
        enum index_status status = visit_entry(reader);
        if (status != INDEX_OK) return status;
    }
    return check_extensions(reader);
}

static struct index_proof identity(const struct stat *status) {
#ifdef __APPLE__
    const struct timespec *modified = &status->st_mtimespec;
#else
    const struct timespec *modified = &status->st_mtim;
#endif
    return (struct index_proof){
        .is_given = true,
        .device = (uint64_t)status->st_dev,
        .inode = (uint64_t)status->st_ino,
        .size = (uint64_t)status->st_size,
        .seconds = (int64_t)modified->tv_sec,
        .nanoseconds = (int64_t)modified->tv_nsec,
    };
}

static bool is_same(const struct index_proof *a, const struct index_proof *b) {
    return a->device == b->device && a->inode == b->inode && a->size == b->size && a->seconds == b->seconds &&
           a->nanoseconds == b->nanoseconds;
}

static enum index_status read_open(struct reader *reader, struct index_proof *proof) {
    struct stat file;
    if (fstat(reader->fd, &file) != 0 || !S_ISREG(file.st_mode)) return damaged(reader, "is not a regular file");
    struct index_proof found = identity(&file);
    if (proof->is_given && !is_same(proof, &found)) return INDEX_CHANGED;
    reader->size = found.size;
    /* an arena of its own: visitors keep what they copy in theirs, so a mark there could not be released */
    struct arena scratch;
    arena_init(&scratch);
    reader->capacity = found.size < WINDOW_SIZE ? (size_t)found.size : WINDOW_SIZE;
    reader->window = arena_alloc(&scratch, reader->capacity);
    reader->name = arena_alloc(&scratch, PATH_LIMIT);
    enum index_status status = read_all(reader);
    arena_finish(&scratch);
    if (status == INDEX_OK) *proof = found;
    return status;
}

enum index_status index_visit(struct arena *arena, struct text path, enum object_format format,
                              struct index_proof *proof, path_visitor *visit, void *self, const char **reason) {
    struct reader reader = {.hash_size = format == OBJECT_SHA256 ? 32 : 20, .visit = visit, .self = self};
    static const struct index_proof no_file = {.is_given = true};
    enum index_status status;
    reader.fd = open(text_string(arena, path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (reader.fd >= 0) {
        status = read_open(&reader, proof);
        close(reader.fd);
    } else if (errno == ENOENT) {
        status = proof->is_given && !is_same(proof, &no_file) ? INDEX_CHANGED : INDEX_OK;
        if (status == INDEX_OK) *proof = no_file;
    } else {
        status = damaged(&reader, "cannot be opened");
    }
    if (status == INDEX_DAMAGED) *reason = reader.reason;
    return status;
}
