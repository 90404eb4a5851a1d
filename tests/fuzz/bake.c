/*
 * bake: bake files and a compose file, and what a call of bake makes of them.
 *
 * The input is a byte of flags (two bits each: the kind of the first file and of the second: HCL, JSON, either, compose), then
 * the files with a NUL between them.
 *
 * Checked: an error is reported exactly when something is refused; reports can be printed and have a place in a file; the same
 * again gives the same; a target that is known and whose texts have no template is, printed and read again, the same.
 */
#include "fuzz.h"

#include "docker/bake.h"
#include "report/bake_json.h"

#define NAMES_LIMIT 20 /* that are asked for together */

struct input {
    struct files_memory memory;
    struct texts bake, compose;
    size_t lines; /* of the longest file */
};

struct run {
    struct arena *arena;
    struct diagnostics diagnostics;
    struct bake_model model, resolved, evaluated;
    struct buffer printed;
};

/* ---- the input ---- */

static void add_file(struct input *input, struct arena *arena, unsigned kind, struct text bytes, const char *name) {
    static const char *const ends[] = {".hcl", ".json", "", ".yaml"};
    struct text path = text_format(arena, "%s%s", name, ends[kind & 3]);
    size_t lines = 1;
    for (size_t i = 0; i < bytes.len; i++)
        lines +=
            bytes.ptr[i] == '\n' || bytes.ptr[i] == '\r' || (unsigned char)bytes.ptr[i] >= 0x80; /* YAML's breaks */
    if (lines > input->lines) input->lines = lines;
    files_memory_add(&input->memory, arena, path, bytes);
    texts_add(arena, (kind & 3) == 3 ? &input->compose : &input->bake, path);
}

/* ---- reports ---- */

static void check_reports(const struct run *run, size_t from, bool ok, size_t lines, const char *what) {
    bool has_error = false;
    for (size_t i = from; i < run->diagnostics.list.count; i++) {
        const struct diagnostic *one = run->diagnostics.list.items[i];
        has_error = has_error || one->severity == DIAG_ERROR;
        FUZZ_CHECK(fuzz_is_printable(one->message), "%s: %.*s", one->rule, TEXT_ARG(one->message));
        FUZZ_CHECK(one->place.line <= lines, "%s in line %u of %zu", one->rule, (unsigned)one->place.line, lines);
    }
    FUZZ_CHECK(has_error != ok, "%s: %s", what, ok ? "an error and no refusal" : "a refusal and no error");
}

static void check_open(const struct run *run) {
    for (size_t i = 0; i < run->evaluated.targets.count; i++) {
        const struct bake_target *target = run->evaluated.targets.items[i];
        FUZZ_CHECK(target->open.count <= BAKE_OPEN_LIMIT, "%zu things are open", target->open.count);
        for (size_t j = 0; j < target->open.count; j++)
            FUZZ_CHECK(fuzz_is_printable(bake_open_message(run->arena, target->open.items[j])), "a message");
    }
}

/* ---- one run ---- */

/* False when it was refused. Compose may refuse a file in its own way, which is not looked at here. */
static bool read_models(struct run *run, struct input *input) {
    struct bake_model composed = {0}, read = {0};
    struct compose_request request = {.paths = input->compose};
    struct compose_model compose = {0};
    if (input->compose.count > 0 &&
        !compose_load(run->arena, &input->memory.files, &request, &run->diagnostics, &compose))
        return false;
    run->diagnostics = diag_in(run->arena);
    if (input->compose.count > 0) {
        bool ok = bake_of_compose(run->arena, &compose, &run->diagnostics, &composed);
        check_reports(run, 0, ok, input->lines, "bake_of_compose");
        if (!ok) return false;
    }
    size_t before = run->diagnostics.list.count;
    if (input->bake.count > 0) {
        bool ok = bake_read(run->arena, &input->memory.files, &input->bake, &run->diagnostics, &read);
        check_reports(run, before, ok, input->lines, "bake_read");
        if (!ok) return false;
    }
    bake_merge(run->arena, &composed, &read, &run->model);
    return true;
}

static bool finish(struct run *run, size_t lines, const struct texts *names) {
    size_t before = run->diagnostics.list.count;
    bool ok = bake_resolve(run->arena, &run->model, names, NULL, &run->diagnostics, &run->resolved);
    if (ok) ok = bake_evaluate(run->arena, &run->resolved, NULL, &run->diagnostics, &run->evaluated);
    check_reports(run, before, ok, lines, "bake_resolve");
    if (!ok) return false;
    check_open(run);
    bake_json_write(&run->printed, &run->evaluated);
    return true;
}

static struct run begin(struct arena *arena) {
    return (struct run){.arena = arena, .diagnostics = diag_in(arena), .printed = buffer_in(arena)};
}

static struct texts names_of(struct arena *arena, const struct bake_model *model) {
    struct texts names = {0};
    for (size_t i = 0; i < model->targets.count && i < NAMES_LIMIT; i++)
        texts_add(arena, &names, ((const struct bake_target *)model->targets.items[i])->name);
    return names;
}

/* ---- printed and read again ---- */

static bool is_all_known(const struct bake_model *model) {
    for (size_t i = 0; i < model->targets.count; i++)
        if (((const struct bake_target *)model->targets.items[i])->open.count > 0) return false;
    return true;
}

/* What bake prints and would itself read otherwise: templates that it does not escape, and what is not cleaned twice the same. */
static bool can_be_read_again(struct run *run) {
    struct text printed = buffer_text(&run->printed);
    return is_all_known(&run->evaluated) && !text_contains(printed, TEXT("${")) &&
           !text_contains(printed, TEXT("%{")) && !text_contains(printed, TEXT("cwd://"));
}

static void check_again(struct arena *arena, struct run *first) {
    struct run again = begin(arena);
    struct input input = {.lines = SIZE_MAX};
    struct texts names = {0};
    files_memory_init(&input.memory);
    if (!can_be_read_again(first)) return;
    files_memory_add(&input.memory, arena, TEXT("again.json"), buffer_text(&first->printed));
    texts_add(arena, &input.bake, TEXT("again.json"));
    FUZZ_CHECK(read_models(&again, &input), "what was printed is refused");
    const struct bake_group *group = bake_find_group(&first->evaluated, TEXT("default"));
    for (size_t i = 0; i < group->targets.texts.count; i++)
        texts_add(arena, &names, group->targets.texts.items[i]);
    if (names.count == 0 || texts_has(&names, TEXT("default"))) return;
    bool is_group =
        false; /* a group that was asked for by name is printed as it is: its members do not come from names */
    for (size_t i = 0; i < names.count; i++)
        is_group = is_group || bake_find_group(&first->evaluated, names.items[i]) != NULL;
    if (is_group) return;
    FUZZ_CHECK(finish(&again, SIZE_MAX, &names), "what was printed cannot be resolved");
    struct text one = buffer_text(&first->printed), two = buffer_text(&again.printed);
    FUZZ_CHECK(text_equal(one, two), "printed\n%.*s\nand read again\n%.*s", TEXT_ARG(one), TEXT_ARG(two));
}

static void run_twice(struct arena *arena, struct input *input) {
    struct run first = begin(arena), second = begin(arena);
    bool ok = read_models(&first, input);
    FUZZ_CHECK(read_models(&second, input) == ok, "read, and not the same again");
    if (!ok) return;
    struct texts names = names_of(arena, &first.model), none = {0};
    struct run other = begin(arena);
    other.model = first.model;
    finish(&other, input->lines, &none);
    ok = finish(&first, input->lines, &names);
    FUZZ_CHECK(finish(&second, input->lines, &names) == ok, "resolved, and not the same again");
    FUZZ_CHECK(text_equal(buffer_text(&first.printed), buffer_text(&second.printed)),
               "printed, and not the same again");
    if (ok) check_again(arena, &first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct input input = {.lines = 1};
    struct text rest = fuzz_text(data, size);
    unsigned flags = fuzz_byte(&rest);
    arena_init(&arena);
    files_memory_init(&input.memory);
    struct text first = fuzz_part(&rest);
    add_file(&input, &arena, flags, first, "first");
    if (rest.len > 0) add_file(&input, &arena, flags >> 2, rest, "second");
    run_twice(&arena, &input);
    arena_finish(&arena);
    return 0;
}
