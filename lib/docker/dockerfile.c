#include "docker/dockerfile.h"

#include "docker/directive.h"
#include "docker/dockerfile_lines.h"
#include "docker/heredoc.h"
#include "docker/instructions.h"

struct reader {
    struct arena *arena;
    struct dockerfile_lines lines;
    struct dockerfile *file;
    size_t count;        /* instructions read */
    struct text problem; /* what BuildKit refuses, and where; absent when nothing */
    struct place place;
};

static bool refuse(struct reader *reader, struct place place, struct text problem) {
    reader->problem = problem;
    reader->place = place;
    return false;
}

static struct place line_place(const struct reader *reader, uint32_t line) {
    return (struct place){.source = reader->lines.source, .line = line, .column = line == 0 ? 0 : 1};
}

/* Reads the heredocs that a line begins, in order; they stand below it one after the other. */
static bool read_heredocs(struct reader *reader, struct text line, struct list *out) {
    struct list words = {0};
    if (text_contains(line, TEXT("<<"))) heredoc_find(reader->arena, line, &words);
    for (size_t i = 0; i < words.count; i++) {
        const struct heredoc_word *word = words.items[i];
        struct heredoc *heredoc = arena_alloc(reader->arena, sizeof(*heredoc));
        heredoc->name = word->name;
        heredoc->expand = word->expand;
        if (!dockerfile_lines_heredoc(&reader->lines, word->name, word->chomp, &heredoc->content)) return false;
        list_add(reader->arena, out, heredoc);
    }
    return true;
}

static void add_stage(struct reader *reader, const struct instruction *from) {
    struct stage *stage = arena_alloc(reader->arena, sizeof(*stage));
    stage->index = reader->file->stages.count;
    stage->name = instructions_stage_name(reader->arena, from);
    stage->base = from->arguments.items[0];
    stage->platform = instruction_flag(from, "platform");
    if (stage->platform.len == 0) stage->platform = (struct text){0};
    stage->place = from->place;
    list_add(reader->arena, &reader->file->stages, stage);
}

/* Before the first FROM only ARG may stand. */
static bool add_instruction(struct reader *reader, struct instruction *instruction) {
    struct list *stages = &reader->file->stages;
    if (instruction->kind == INSTRUCTION_FROM) {
        add_stage(reader, instruction);
    } else if (stages->count > 0) {
        struct stage *stage = stages->items[stages->count - 1];
        list_add(reader->arena, &stage->instructions, instruction);
    } else if (instruction->kind == INSTRUCTION_ARG) {
        list_add(reader->arena, &reader->file->arguments, instruction);
    } else {
        return refuse(reader, instruction->place, TEXT("no build stage in current context"));
    }
    return true;
}

static bool read_instruction(struct reader *reader, const struct logical_line *line) {
    struct command_line split;
    struct text problem = {0};
    struct place place = line->place;
    if (!command_line_parse(reader->arena, line->text, reader->lines.escape, &split, &problem))
        return refuse(reader, place, problem);
    if (split.name.len < place.length) place.length = (uint32_t)split.name.len;
    split.place = place;
    reader->count++;
    if (command_line_takes_heredocs(&split) && !read_heredocs(reader, line->text, &split.heredocs))
        return refuse(reader, place, TEXT("unterminated heredoc"));
    struct instruction *instruction = arena_alloc(reader->arena, sizeof(*instruction));
    if (!instructions_check(reader->arena, &split, instruction, &problem)) return refuse(reader, place, problem);
    return add_instruction(reader, instruction);
}

static bool read_instructions(struct reader *reader) {
    struct logical_line line;
    while (dockerfile_lines_next(&reader->lines, &line))
        if (!read_instruction(reader, &line)) return false;
    const struct dockerfile_lines *lines = &reader->lines;
    if (text_is_given(lines->problem)) return refuse(reader, line_place(reader, lines->number), lines->problem);
    if (lines->too_long != 0)
        return refuse(
            reader, line_place(reader, lines->too_long),
            text_format(reader->arena, "dockerfile line greater than max allowed size of %d", DOCKERFILE_LINE_LIMIT));
    if (lines->source->bytes.len == 0)
        return refuse(reader, line_place(reader, 0), TEXT("the Dockerfile cannot be empty"));
    if (reader->count == 0) return refuse(reader, line_place(reader, 0), TEXT("file with no instructions"));
    if (reader->file->stages.count == 0)
        return refuse(reader, line_place(reader, 0), TEXT("dockerfile contains no stages to build"));
    return true;
}

bool dockerfile_parse(struct arena *arena, const struct source *source, struct diagnostics *diagnostics,
                      const struct dockerfile **out) {
    struct dockerfile *file = arena_alloc(arena, sizeof(*file));
    struct reader reader = {.arena = arena, .file = file};
    file->source = source;
    file->syntax = directive_syntax(arena, source->bytes);
    file->is_foreign = text_is_given(file->syntax) && !directive_is_docker(arena, file->syntax);
    dockerfile_lines_init(&reader.lines, arena, source);
    if (!read_instructions(&reader) && !file->is_foreign) {
        diag_add(diagnostics, DIAG_ERROR, "dockerfile-syntax", reader.place, "%.*s", TEXT_ARG(reader.problem));
        return false;
    }
    file->escape = reader.lines.escape;
    *out = file;
    return true;
}
