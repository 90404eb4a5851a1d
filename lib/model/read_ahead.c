#include "model/read_ahead.h"

/* What one look at a Dockerfile, for a build without arguments, has found. */
struct glance {
    bool depends;       /* some of it depends on build arguments */
    struct texts names; /* of stages: a named context would take the place of one */
    const struct build_facts *facts;
};

static bool texts_have_variable(const struct texts *texts) {
    for (size_t i = 0; i < texts->count; i++)
        if (text_has(texts->items[i], '$')) return true;
    return false;
}

static bool flags_have_variable(const struct list *flags) {
    for (size_t i = 0; i < flags->count; i++)
        if (text_has(((const struct flag *)flags->items[i])->value, '$')) return true;
    return false;
}

static bool pairs_have_variable(const struct list *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = pairs->items[i];
        if (text_has(pair->name, '$') || text_has(pair->value, '$')) return true;
    }
    return false;
}

/* BuildKit expands everything but the text of commands; ONBUILD is not looked into. */
static bool has_variable(const struct instruction *instruction) {
    bool is_command = instruction->kind == INSTRUCTION_RUN || instruction->kind == INSTRUCTION_CMD ||
                      instruction->kind == INSTRUCTION_ENTRYPOINT;
    return instruction->kind == INSTRUCTION_ONBUILD || flags_have_variable(&instruction->flags) ||
           (!is_command && texts_have_variable(&instruction->arguments)) || pairs_have_variable(&instruction->pairs);
}

static bool depends_on_arguments(const struct dockerfile *dockerfile) {
    for (size_t i = 0; i < dockerfile->arguments.count; i++)
        if (has_variable(dockerfile->arguments.items[i])) return true;
    for (size_t i = 0; i < dockerfile->stages.count; i++) {
        const struct stage *stage = dockerfile->stages.items[i];
        if (text_has(stage->base, '$') || text_has(stage->platform, '$')) return true;
        for (size_t j = 0; j < stage->instructions.count; j++)
            if (has_variable(stage->instructions.items[j])) return true;
    }
    return false;
}

/* Is there nothing to say? */
static bool look(struct arena *scratch, const struct source *source, struct build_reading *reading, bool *depends) {
    const struct dockerfile *dockerfile;
    struct diagnostics problems = diag_in(scratch);
    struct build_choice choice = {0};
    if (!dockerfile_parse(scratch, source, &problems, &dockerfile) || dockerfile->is_foreign) return false;
    if (!stages_read(scratch, dockerfile, &choice, &problems, reading)) return false;
    *depends = depends_on_arguments(dockerfile);
    return problems.list.count == 0;
}

static void keep_names(struct read_ahead_reader *reader, const struct build_reading *reading, struct glance *glance) {
    for (size_t i = 0; i < reading->stages.count; i++) {
        struct text name = ((const struct stage_reading *)reading->stages.items[i])->stage->name;
        if (name.len > 0) texts_add(&reader->arena, &glance->names, text_copy(&reader->arena, name));
    }
}

static void keep(const struct read_ahead *ahead, struct read_ahead_reader *reader, struct text path,
                 const struct build_reading *reading, bool depends) {
    struct glance *glance = arena_alloc(&reader->arena, sizeof(*glance));
    const struct source *source = source_create(&reader->kept, path, TEXT(""));
    glance->depends = depends;
    keep_names(reader, reading, glance);
    glance->facts = build_facts_keep(&reader->kept, source, reading, ahead->wants_inputs);
    map_set(&reader->arena, &reader->good, path, glance);
}

static void read_one(const struct read_ahead *ahead, struct read_ahead_reader *reader, struct text path) {
    const struct source *source;
    struct build_reading reading;
    bool depends = false;
    if (files_read(ahead->files, &reader->scratch, path, DOCKERFILE_SIZE_LIMIT, &source) != FILES_OK) return;
    bool good = look(&reader->scratch, source, &reading, &depends);
    if (good) keep(ahead, reader, path, &reading, depends);
    if (good && !depends) return;
    struct text *bytes = arena_alloc(&reader->arena, sizeof(*bytes));
    *bytes = text_copy(&reader->arena, source->bytes);
    map_set(&reader->arena, &reader->doubtful, path, bytes);
}

/* Whoever comes first reads it. */
static void read_claimed(struct read_ahead *ahead, struct read_ahead_reader *reader, size_t i) {
    struct text path = ahead->paths->entries[i].key;
    if (atomic_exchange(&ahead->is_claimed[i], true)) return;
    if (ahead->except != NULL && map_has(ahead->except, path)) return;
    struct arena_mark mark = arena_mark(&reader->scratch);
    read_one(ahead, reader, path);
    arena_release(&reader->scratch, mark);
}

static void *run(void *self) {
    struct read_ahead *ahead = self;
    for (size_t i = 0; i < ahead->paths->count && !ahead->is_enough; i++)
        read_claimed(ahead, &ahead->readers[0], i);
    return NULL;
}

static void begin_reader(struct read_ahead_reader *reader) {
    arena_init(&reader->arena);
    arena_init(&reader->kept);
    arena_init(&reader->scratch);
}

static void finish_reader(struct read_ahead_reader *reader, struct arena *keeper) {
    arena_adopt(keeper, &reader->kept);
    arena_finish(&reader->scratch);
    arena_finish(&reader->arena);
}

void read_ahead_start(struct read_ahead *ahead, struct files *files, const struct map *paths, const struct map *except,
                      bool wants_inputs) {
    ahead->wants_inputs = wants_inputs;
    ahead->files = files;
    ahead->paths = paths;
    ahead->except = except;
    ahead->is_enough = false;
    begin_reader(&ahead->readers[0]);
    begin_reader(&ahead->readers[1]);
    if (paths->count < READ_AHEAD_LEAST) return;
    ahead->is_claimed = arena_array(&ahead->readers[0].arena, paths->count, sizeof(*ahead->is_claimed));
    ahead->is_running = pthread_create(&ahead->thread, NULL, run, ahead) == 0;
}

void read_ahead_help(struct read_ahead *ahead, struct text path) {
    size_t at = ahead->is_running ? map_position(ahead->paths, path) : MAP_NONE;
    if (at != MAP_NONE) read_claimed(ahead, &ahead->readers[1], at);
}

void read_ahead_join(struct read_ahead *ahead) {
    ahead->is_enough = true;
    if (ahead->is_running) pthread_join(ahead->thread, NULL);
    ahead->is_running = false;
}

/* A context is called as the stage is, in any case, perhaps with a tag or a platform behind it. */
static bool begins_with(struct text name, struct text stage) {
    return name.len >= stage.len && text_equal_ignoring_case(text_first(name, stage.len), stage);
}

static bool replaces_stage(const struct glance *glance, const struct build_choice *choice) {
    for (size_t i = 0; i < choice->contexts.count; i++)
        for (size_t j = 0; j < glance->names.count; j++)
            if (begins_with(choice->contexts.entries[i].key, glance->names.items[j])) return true;
    return false;
}

const struct build_facts *read_ahead_find(const struct read_ahead *ahead, struct text path,
                                          const struct build_choice *choice) {
    const struct glance *glance = map_find(&ahead->readers[0].good, path);
    if (glance == NULL) glance = map_find(&ahead->readers[1].good, path);
    bool is_plain = choice->target.len == 0 && choice->platform.len == 0;
    if (glance == NULL || !is_plain || replaces_stage(glance, choice)) return NULL;
    bool holds = (choice->arguments.count == 0 || !glance->depends);
    return holds ? glance->facts : NULL;
}

const struct text *read_ahead_bytes(const struct read_ahead *ahead, struct text path) {
    const struct text *bytes = map_find(&ahead->readers[0].doubtful, path);
    return bytes != NULL ? bytes : map_find(&ahead->readers[1].doubtful, path);
}

void read_ahead_finish(struct read_ahead *ahead, struct arena *keeper) {
    read_ahead_join(ahead);
    finish_reader(&ahead->readers[0], keeper);
    finish_reader(&ahead->readers[1], keeper);
}
