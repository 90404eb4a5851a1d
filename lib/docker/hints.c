#include "docker/hints.h"

#include "base/path.h"
#include "docker/mounts.h"

#include <string.h>

#define HINT_LIMIT 64
#define WORKDIR_LIMIT 1024 /* each relative WORKDIR makes it longer */

/* What is known of a stage's file system; texts are absent when unknown. */
struct place_in_image {
    struct text workdir;
    struct text copied; /* where the whole context went; never "/" */
};

struct hints {
    struct arena *arena;
    const struct dockerfile *dockerfile;
    struct place_in_image *stages; /* one a stage */
    struct map names;              /* of stages, lower-cased → struct place_in_image; the first of equal ones */
    struct map seen;
    struct list *out;
};

static void add(struct hints *hints, struct text path, bool may_be_product) {
    struct hint *hint;
    if (path.len == 0 || text_is(path, ".") || hints->out->count == HINT_LIMIT || map_has(&hints->seen, path)) return;
    hint = arena_alloc(hints->arena, sizeof(*hint));
    hint->path = path;
    struct text parent = path_parent(path);
    if (may_be_product && !text_is(parent, ".")) hint->parent = parent;
    map_set(hints->arena, &hints->seen, path, hint);
    list_add(hints->arena, hints->out, hint);
}

/* A path inside the image that lies below where the context went says that its rest is in the context. */
static void add_below(struct hints *hints, const struct place_in_image *stage, struct text path) {
    if (!text_is_given(stage->copied) || !path_is_absolute(path) || text_has(path, '$')) return;
    struct text cleaned = path_clean(hints->arena, path);
    if (!path_is_inside(stage->copied, cleaned) || cleaned.len == stage->copied.len) return;
    add(hints, text_from_offset(cleaned, stage->copied.len + 1), true);
}

/* A destination or directory as the stage sees it; absent when that is not known. */
static struct text resolve(struct hints *hints, const struct place_in_image *stage, struct text path) {
    if (text_has(path, '$')) return (struct text){0};
    if (path_is_absolute(path)) return path_clean(hints->arena, path);
    if (!text_is_given(stage->workdir) || stage->workdir.len > WORKDIR_LIMIT) return (struct text){0};
    return path_clean(hints->arena, text_format(hints->arena, "%.*s/%.*s", TEXT_ARG(stage->workdir), TEXT_ARG(path)));
}

static const struct place_in_image *find_stage(const struct hints *hints, struct text name) {
    return map_find(&hints->names, text_lower(hints->arena, name));
}

static bool copies_everything(const struct instruction *copy) {
    for (size_t i = 0; i + 1 < copy->arguments.count; i++) {
        struct text source = copy->arguments.items[i];
        if (text_is(source, ".") || text_is(source, "./") || text_is(source, "/")) return true;
    }
    return false;
}

static void read_copy(struct hints *hints, struct place_in_image *stage, const struct instruction *copy) {
    struct text from = instruction_flag(copy, "from");
    if (copy->arguments.count < 2) return;
    if (text_is_given(from)) {
        const struct place_in_image *source = find_stage(hints, from);
        for (size_t i = 0; source != NULL && i + 1 < copy->arguments.count; i++)
            add_below(hints, source, copy->arguments.items[i]);
    } else if (copies_everything(copy)) {
        struct text copied = resolve(hints, stage, copy->arguments.items[copy->arguments.count - 1]);
        stage->copied = text_is(copied, "/") ? (struct text){0} : copied;
    }
}

/* The file that a tool looks for in the directory it is started in. */
static const char *manifest_of(struct text command) {
    static const struct {
        const char *command;
        const char *file;
    } table[] = {
        {"go", "go.mod"},
        {"make", "Makefile"},
        {"npm", "package.json"},
        {"yarn", "package.json"},
        {"pnpm", "package.json"},
        {"bun", "package.json"},
        {"cargo", "Cargo.toml"},
        {"mvn", "pom.xml"},
        {"./mvnw", "mvnw"},
        {"./gradlew", "gradlew"},
        {"poetry", "pyproject.toml"},
        {"uv", "pyproject.toml"},
        {"golangci-lint", "go.mod"},
        {"govulncheck", "go.mod"},
        {"bundle", "Gemfile"},
        {"composer", "composer.json"},
        {"mix", "mix.exs"},
        {"mkdocs", "mkdocs.yml"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        if (text_is(command, table[i].command)) return table[i].file;
    return NULL;
}

static bool ends_command(char c) {
    return c != '\0' && strchr(";&|()\n", c) != NULL;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/* One word off the front of shell text; quotes around it are dropped. */
static struct text take_word(struct text *rest) {
    size_t len = 0;
    while (len < rest->len && !is_blank(rest->ptr[len]) && !ends_command(rest->ptr[len]))
        len++;
    struct text word = text_first(*rest, len);
    *rest = text_from_offset(*rest, len);
    if (word.len >= 2 && (word.ptr[0] == '"' || word.ptr[0] == '\'') && word.ptr[word.len - 1] == word.ptr[0])
        word = text_of(word.ptr + 1, word.len - 2);
    return word;
}

/* An absolute path, or one that says that it begins here: `go build ./cmd/api`. */
static void add_word(struct hints *hints, const struct place_in_image *stage, struct text word) {
    bool is_here = text_starts(word, "./") && !text_ends(word, "...");
    if (is_here) word = resolve(hints, stage, word);
    if (text_is_given(word)) add_below(hints, stage, word);
}

/* Words of a script: each may be a path, the first of each command a tool. Assignments before a command are passed over. */
static void read_script(struct hints *hints, const struct place_in_image *stage, struct text script) {
    bool is_first = true;
    while (script.len > 0) {
        char c = script.ptr[0];
        if (is_blank(c) || ends_command(c)) {
            is_first |= ends_command(c);
            script = text_from_offset(script, 1);
            continue;
        }
        struct text word = take_word(&script);
        const char *manifest = is_first && text_is_given(stage->copied) ? manifest_of(word) : NULL;
        if (manifest != NULL) add(hints, text_from(manifest), false);
        add_word(hints, stage, word);
        is_first = is_first && (text_has(word, '=') || text_is(word, "\\"));
    }
}

static bool starts_field(struct text field, const char *key, struct text *value) {
    if (!text_starts(field, key)) return false;
    *value = text_from_offset(field, text_from(key).len);
    return true;
}

/* Where `--mount=type=bind` puts the whole context for this one command; absent for every other mount. */
static struct text bind_target(struct hints *hints, const struct place_in_image *stage, struct text mount) {
    struct texts fields = {0};
    struct text source = TEXT("."), target = {0}, value;
    if (!mounts_split(hints->arena, mount, &fields)) return target;
    for (size_t i = 0; i < fields.count; i++) {
        struct text field = fields.items[i];
        if (text_starts(field, "from=")) return (struct text){0};
        if (starts_field(field, "type=", &value) && !text_is(value, "bind")) return (struct text){0};
        if (starts_field(field, "source=", &value) || starts_field(field, "src=", &value)) source = value;
        bool is_target = starts_field(field, "target=", &value) || starts_field(field, "dst=", &value) ||
                         starts_field(field, "destination=", &value);
        if (is_target) target = value;
    }
    bool is_whole = text_is(source, ".") || text_is(source, "./") || text_is(source, "/");
    return is_whole && text_is_given(target) ? resolve(hints, stage, target) : (struct text){0};
}

static void read_run(struct hints *hints, const struct place_in_image *before, const struct instruction *run) {
    struct place_in_image here = *before, *stage = &here;
    for (size_t i = 0; i < run->flags.count; i++) {
        const struct flag *flag = run->flags.items[i];
        struct text target = text_is(flag->name, "mount") ? bind_target(hints, before, flag->value) : (struct text){0};
        if (!text_is_given(target)) continue;
        /* nothing can be mounted on "/", so the image has a directory of its own there, whatever its name is */
        here.copied = text_is(target, "/") ? TEXT("/./") : target;
    }
    for (size_t i = 0; i < run->arguments.count; i++)
        read_script(hints, stage, run->arguments.items[i]);
    for (size_t i = 0; i < run->heredocs.count; i++)
        read_script(hints, stage, ((const struct heredoc *)run->heredocs.items[i])->content);
}

static void read_instruction(struct hints *hints, struct place_in_image *stage, const struct instruction *instruction) {
    switch (instruction->kind) {
    case INSTRUCTION_WORKDIR:
        if (instruction->arguments.count == 0) return;
        stage->workdir = resolve(hints, stage, instruction->arguments.items[0]);
        if (text_is_given(stage->workdir)) add_below(hints, stage, stage->workdir);
        return;
    case INSTRUCTION_COPY:
    case INSTRUCTION_ADD:
        read_copy(hints, stage, instruction);
        return;
    case INSTRUCTION_RUN:
        read_run(hints, stage, instruction);
        return;
    default:
        return;
    }
}

void hints_read(struct arena *arena, const struct dockerfile *dockerfile, const struct build_reading *reading,
                struct list *out) {
    size_t count = dockerfile->stages.count;
    struct hints hints = {.arena = arena, .dockerfile = dockerfile, .out = out};
    hints.stages = arena_array(arena, count, sizeof(*hints.stages));
    for (size_t i = 0; i < count && i < reading->stages.count; i++) {
        const struct stage_reading *read = reading->stages.items[i];
        const struct stage *stage = dockerfile->stages.items[i];
        if (stage->name.len > 0 && !map_has(&hints.names, stage->name))
            map_set(arena, &hints.names, stage->name, &hints.stages[i]);
        hints.stages[i].workdir = TEXT("/"); /* of an image that sets none */
        if (read->from != NULL) hints.stages[i] = hints.stages[read->from->index];
        for (size_t j = 0; read->reachable && j < stage->instructions.count; j++)
            read_instruction(&hints, &hints.stages[i], stage->instructions.items[j]);
    }
}
