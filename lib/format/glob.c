#include "format/glob.h"

#include <string.h>

/*
 * The pattern becomes a small program for a set of threads (Thompson's construction):
 *
 *   src/{a,b}*.c   →   's' 'r' 'c' '/'  SPLIT ─┬─ 'a' ─┬─ STAR '.' 'c' MATCH
 *                                              └─ 'b' ─┘
 */
enum op { OP_BYTE, OP_ANY, OP_SET, OP_STAR, OP_STAR_STAR, OP_SPLIT, OP_JUMP, OP_MATCH };

struct instruction {
    enum op op;
    bool negated;    /* OP_SET */
    char byte;       /* OP_BYTE */
    struct text set; /* OP_SET: the characters between the brackets */
    uint16_t to;     /* OP_SPLIT: the other branch; OP_JUMP: where to go on */
};

struct glob {
    struct instruction *program;
    size_t count;
};

struct compiler {
    struct arena *arena;
    struct text pattern;
    size_t at;
    size_t room;
    struct glob *glob;
    const char *problem;
};

static size_t add(struct compiler *compiler, struct instruction instruction) {
    struct glob *glob = compiler->glob;
    if (glob->count == compiler->room) {
        compiler->problem = "the pattern is too long";
        return 0;
    }
    glob->program[glob->count] = instruction;
    return glob->count++;
}

static bool at_byte(const struct compiler *compiler, char byte) {
    return compiler->at < compiler->pattern.len && compiler->pattern.ptr[compiler->at] == byte;
}

/* An element that is `**` may be nothing, together with the slash after it; in "a**" it is no element of its own. */
static void compile_star(struct compiler *compiler) {
    bool begins_element = compiler->at == 0 || compiler->pattern.ptr[compiler->at - 1] == '/';
    compiler->at++;
    if (!at_byte(compiler, '*')) {
        add(compiler, (struct instruction){.op = OP_STAR});
        return;
    }
    while (at_byte(compiler, '*'))
        compiler->at++;
    if (!begins_element || !at_byte(compiler, '/')) {
        add(compiler, (struct instruction){.op = OP_STAR_STAR});
        return;
    }
    compiler->at++;
    size_t split = add(compiler, (struct instruction){.op = OP_SPLIT});
    add(compiler, (struct instruction){.op = OP_STAR_STAR});
    add(compiler, (struct instruction){.op = OP_BYTE, .byte = '/'});
    compiler->glob->program[split].to = (uint16_t)compiler->glob->count;
}

/* The members, escapes undone; NULL pointer when there is no ']'. */
static struct text read_set(struct compiler *compiler) {
    char *members = arena_alloc(compiler->arena, compiler->pattern.len);
    size_t count = 0;
    while (compiler->at < compiler->pattern.len && !at_byte(compiler, ']')) {
        if (at_byte(compiler, '\\') && compiler->at + 1 < compiler->pattern.len) compiler->at++;
        members[count++] = compiler->pattern.ptr[compiler->at++];
    }
    return compiler->at == compiler->pattern.len ? (struct text){0} : text_of(members, count);
}

static void compile_set(struct compiler *compiler) {
    compiler->at++;
    bool negated = at_byte(compiler, '^');
    if (negated) compiler->at++;
    struct text set = read_set(compiler);
    if (!text_is_given(set)) {
        compiler->problem = "'[' without ']'";
        return;
    }
    compiler->at++;
    add(compiler, (struct instruction){.op = OP_SET, .negated = negated, .set = set});
}

static void compile_until(struct compiler *compiler, bool in_braces, unsigned depth);

/* Each alternative but the last ends in a jump; the jumps are chained through `to` until the end is known. */
static void compile_braces(struct compiler *compiler, unsigned depth) {
    struct instruction *program = compiler->glob->program;
    size_t chain = 0;
    do {
        compiler->at++;
        size_t split = add(compiler, (struct instruction){.op = OP_SPLIT});
        compile_until(compiler, true, depth + 1);
        size_t jump = add(compiler, (struct instruction){.op = OP_JUMP, .to = (uint16_t)chain});
        chain = jump;
        if (compiler->problem == NULL) program[split].to = (uint16_t)compiler->glob->count;
        /* the branch after the last alternative leads nowhere: a set that nothing is in */
        if (at_byte(compiler, '}')) add(compiler, (struct instruction){.op = OP_SET, .set = TEXT_INIT("")});
    } while (compiler->problem == NULL && at_byte(compiler, ','));
    if (compiler->problem == NULL && !at_byte(compiler, '}')) compiler->problem = "'{' without '}'";
    compiler->at++;
    while (compiler->problem == NULL && chain != 0) {
        size_t next = program[chain].to;
        program[chain].to = (uint16_t)compiler->glob->count;
        chain = next;
    }
}

static void compile_escape(struct compiler *compiler) {
    if (++compiler->at == compiler->pattern.len) {
        compiler->problem = "'\\' at the end";
        return;
    }
    add(compiler, (struct instruction){.op = OP_BYTE, .byte = compiler->pattern.ptr[compiler->at++]});
}

static void compile_one(struct compiler *compiler, unsigned depth) {
    switch (compiler->pattern.ptr[compiler->at]) {
    case '*':
        compile_star(compiler);
        return;
    case '[':
        compile_set(compiler);
        return;
    case '\\':
        compile_escape(compiler);
        return;
    case '{':
        if (depth == 8) compiler->problem = "'{' nested too deeply";
        if (depth < 8) compile_braces(compiler, depth);
        return;
    case '?':
        compiler->at++;
        add(compiler, (struct instruction){.op = OP_ANY});
        return;
    default:
        add(compiler, (struct instruction){.op = OP_BYTE, .byte = compiler->pattern.ptr[compiler->at++]});
    }
}

static void compile_until(struct compiler *compiler, bool in_braces, unsigned depth) {
    while (compiler->problem == NULL && compiler->at < compiler->pattern.len) {
        if (in_braces && (at_byte(compiler, ',') || at_byte(compiler, '}'))) return;
        compile_one(compiler, depth);
    }
}

const struct glob *glob_compile(struct arena *arena, struct text pattern, const char **problem) {
    struct glob *glob = arena_alloc(arena, sizeof(*glob));
    size_t most = 3 * pattern.len + 1; /* a comma is a jump and a split, a closing brace a jump and a set */
    size_t room = most < GLOB_PROGRAM_LIMIT ? most : GLOB_PROGRAM_LIMIT;
    glob->program = arena_array(arena, room, sizeof(*glob->program));
    struct compiler compiler = {.arena = arena, .pattern = pattern, .room = room, .glob = glob};
    compile_until(&compiler, false, 0);
    add(&compiler, (struct instruction){.op = OP_MATCH});
    *problem = compiler.problem;
    return compiler.problem == NULL ? glob : NULL;
}

/* The places of the program that the next byte is tried at. */
struct threads {
    uint16_t places[GLOB_PROGRAM_LIMIT];
    size_t count;
    bool has[GLOB_PROGRAM_LIMIT];
};

static void follow(const struct glob *glob, struct threads *threads, size_t place) {
    for (;;) {
        if (threads->has[place]) return;
        threads->has[place] = true;
        const struct instruction *instruction = &glob->program[place];
        if (instruction->op == OP_JUMP) {
            place = instruction->to;
            continue;
        }
        if (instruction->op == OP_SPLIT) follow(glob, threads, instruction->to);
        if (instruction->op != OP_SPLIT) threads->places[threads->count++] = (uint16_t)place;
        bool may_be_empty =
            instruction->op == OP_SPLIT || instruction->op == OP_STAR || instruction->op == OP_STAR_STAR;
        if (!may_be_empty) return;
        place++;
    }
}

static bool accepts(const struct instruction *instruction, char byte) {
    switch (instruction->op) {
    case OP_BYTE:
        return instruction->byte == byte;
    case OP_SET:
        return byte != '/' && text_has(instruction->set, byte) != instruction->negated;
    case OP_ANY:
    case OP_STAR:
        return byte != '/';
    case OP_STAR_STAR:
        return true;
    default:
        return false;
    }
}

static void step(const struct glob *glob, const struct threads *now, char byte, struct threads *next) {
    next->count = 0;
    memset(next->has, 0, glob->count * sizeof(*next->has));
    for (size_t i = 0; i < now->count; i++) {
        const struct instruction *instruction = &glob->program[now->places[i]];
        if (!accepts(instruction, byte)) continue;
        bool repeats = instruction->op == OP_STAR || instruction->op == OP_STAR_STAR;
        follow(glob, next, now->places[i] + !repeats);
    }
}

bool glob_match(const struct glob *glob, struct text path) {
    struct threads sets[2];
    struct threads *now = &sets[0], *next = &sets[1];
    now->count = 0;
    memset(now->has, 0, glob->count * sizeof(*now->has));
    follow(glob, now, 0);
    for (size_t i = 0; i < path.len && now->count > 0; i++) {
        step(glob, now, path.ptr[i], next);
        struct threads *swap = now;
        now = next;
        next = swap;
    }
    for (size_t i = 0; i < now->count; i++)
        if (glob->program[now->places[i]].op == OP_MATCH) return true;
    return false;
}
