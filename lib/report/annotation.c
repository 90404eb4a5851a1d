#include "report/annotation.h"

/* In a table, so without line ends and '|'; a code span ends at no fewer backticks than it begins with. */
static void add_code(struct buffer *buffer, struct text text) {
    text = text_printable(buffer->arena, text);
    const char *fence = text_has(text, '`') ? "``" : "`";
    buffer_format(buffer, "%s%s", fence, text_has(text, '`') ? " " : "");
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '|') buffer_add_byte(buffer, '\\');
        buffer_add_byte(buffer, text.ptr[i]);
    }
    buffer_format(buffer, "%s%s", text_has(text, '`') ? " " : "", fence);
}

/* Prose with names from the repository in it. */
static void add_prose(struct buffer *buffer, struct text text) {
    text = text_printable(buffer->arena, text);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (strchr("\\`*_{}[]<>|#~&!", c) != NULL) buffer_add_byte(buffer, '\\');
        buffer_add_byte(buffer, c);
    }
}

static void add_heading(struct buffer *buffer, const struct plan *plan) {
    const struct base *base = plan->base;
    size_t count = plan->images.count;
    buffer_format(buffer, "**%zu of %zu image%s** ", plan->built, count, count == 1 ? "" : "s");
    if (base == NULL) return;
    add_prose(buffer, base->sentence);
    if (text_is_given(base->commit)) {
        struct text commit = text_first(base->commit, 12);
        buffer_format(buffer, " (`%.*s`)", TEXT_ARG(commit));
    }
    if (!base->is_everything)
        buffer_format(buffer, ", %zu changed file%s", base->changes.count, base->changes.count == 1 ? "" : "s");
    if (text_is_given(base->remedy)) {
        buffer_add_string(buffer, "\n\n:warning: ");
        add_prose(buffer, base->remedy);
    }
    if (text_is_given(base->note)) {
        buffer_add_string(buffer, "\n\n:warning: ");
        add_prose(buffer, base->note);
    }
}

static void add_rows(struct buffer *buffer, const struct plan *plan, bool built) {
    size_t rows = 0, more = 0;
    buffer_add_string(buffer, "\n\n| image | why |\n| --- | --- |\n");
    for (size_t i = 0; i < plan->images.count; i++) {
        const struct plan_image *planned = plan->images.items[i];
        if (planned->is_built != built) continue;
        if (rows++ >= ANNOTATION_ROWS) {
            more++;
            continue;
        }
        buffer_add_string(buffer, "| ");
        add_code(buffer, planned->image->name);
        buffer_add_string(buffer, " | ");
        add_prose(buffer, plan_image_sentence(buffer->arena, plan, planned));
        buffer_add_string(buffer, " |\n");
    }
    if (more > 0) buffer_format(buffer, "\nand %zu more\n", more);
}

static void add_gone(struct buffer *buffer, const struct plan *plan) {
    for (size_t i = 0; i < plan->gone.count && i < ANNOTATION_ROWS; i++) {
        buffer_add_string(buffer, i == 0 ? "\nNo more: " : ", ");
        add_code(buffer, plan->gone.items[i]);
    }
    if (plan->gone.count > 0) buffer_add_byte(buffer, '\n');
}

static void add_artifacts(struct buffer *buffer, const struct texts *artifacts) {
    for (size_t i = 0; i < artifacts->count; i++) {
        struct text name = artifacts->items[i];
        buffer_add_string(buffer, i == 0 ? "\n" : ", ");
        buffer_format(buffer, "[%.*s](artifact://%.*s)", TEXT_ARG(name), TEXT_ARG(name));
    }
    if (artifacts->count > 0) buffer_add_byte(buffer, '\n');
}

void annotation_write(struct buffer *buffer, const struct plan *plan, const struct texts *artifacts) {
    size_t unbuilt = plan->images.count - plan->built;
    bool says_more = plan->base == NULL || !plan->base->is_everything; /* else every row would say the same */
    add_heading(buffer, plan);
    if (plan->built > 0 && says_more) add_rows(buffer, plan, true);
    if (unbuilt > 0) {
        buffer_format(buffer, "\n<details><summary>%zu image%s not built</summary>", unbuilt, unbuilt == 1 ? "" : "s");
        add_rows(buffer, plan, false);
        buffer_add_string(buffer, "\n</details>\n");
    }
    add_gone(buffer, plan);
    add_artifacts(buffer, artifacts);
    buffer_add_byte(buffer, '\n');
}

const char *annotation_style(const struct plan *plan) {
    for (size_t i = 0; i < plan->images.count; i++) {
        const struct plan_image *planned = plan->images.items[i];
        if (planned->is_built && plan_image_is_broken(planned)) return "error";
    }
    const struct base *base = plan->base;
    bool has_doubt = base != NULL && (text_is_given(base->remedy) || text_is_given(base->note));
    return has_doubt ? "warning" : "info";
}
