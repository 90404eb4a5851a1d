#include "pipeline/script.h"

struct script script_in(struct arena *arena) {
    return (struct script){.arena = arena, .scope = shell_scope_in(arena), .text = buffer_in(arena)};
}

struct shell script_shell(const struct script *script) {
    return shell_constant_of(buffer_text(&script->text));
}

/* What words made so far need above them. */
static void flush(struct script *script) {
    buffer_add(&script->text, shell_take_assignments(&script->scope).text);
}

void script_line(struct script *script, struct shell line) {
    flush(script);
    buffer_add(&script->text, line.text);
    if (!text_ends(line.text, "\n")) buffer_add_byte(&script->text, '\n');
}

void script_blank(struct script *script) {
    if (script->text.len > 0 || script->goes_on) buffer_add_byte(&script->text, '\n');
}

/* Between double quotes these mean themselves, also to an `echo` that knows escapes. */
static bool is_echo_text(struct text text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '$' || c == '`' || c == '"' || c == '\\' || c == '!') return false;
    }
    return true;
}

void script_heading(struct script *script, const char *marker, struct text words) {
    struct text front = text_concat(script->arena, text_from(marker), TEXT(" "));
    struct text line = text_concat(script->arena, front, text_printable(script->arena, words));
    if (is_echo_text(line)) {
        buffer_add(&script->text, TEXT("echo \""));
        buffer_add(&script->text, line);
        buffer_add(&script->text, TEXT("\"\n"));
        return;
    }
    struct shell word = shell_word(&script->scope, line);
    flush(script);
    buffer_format(&script->text, "printf '%%s\\n' %.*s\n", TEXT_ARG(word.text));
}

void script_assign(struct script *script, const char *name, struct shell value) {
    flush(script);
    buffer_format(&script->text, "%s=%.*s\n", name, TEXT_ARG(value.text));
}

void script_file(struct script *script, const char *path, struct shell text) {
    flush(script);
    buffer_format(&script->text, "printf '%%s' %.*s >%s\n", TEXT_ARG(text.text), path);
}

void script_export_default(struct script *script, struct text name, struct text value) {
    struct value word = value_literal(script->arena, value), reference = {0};
    value_add_reference(script->arena, &reference, name, VALUE_DEFAULT_IF_UNSET, word);
    struct shell expansion = shell_value(&script->scope, &reference);
    flush(script);
    buffer_format(&script->text, "export %.*s=%.*s\n", TEXT_ARG(name), TEXT_ARG(expansion.text));
}

static void add(struct call *call, struct shell piece) {
    texts_add(call->script->arena, &call->pieces, piece.text);
}

struct call call_begin(struct script *script, struct shell program) {
    struct call call = {.script = script};
    add(&call, program);
    return call;
}

void call_flag(struct call *call, const char *option) {
    add(call, shell_constant(" \\\n  "));
    add(call, shell_constant_of(text_from(option)));
}

void call_option(struct call *call, const char *option, struct shell value) {
    call_flag(call, option);
    add(call, shell_constant(" "));
    add(call, value);
}

void call_text(struct call *call, const char *option, struct text value) {
    if (text_is_given(value)) call_option(call, option, shell_word(&call->script->scope, value));
}

void call_value(struct call *call, const char *option, const struct value *value) {
    call_option(call, option, shell_value(&call->script->scope, value));
}

void call_word(struct call *call, struct shell word) {
    call_flag(call, "");
    add(call, word);
}

void call_close(struct call *call) {
    add(call, shell_constant(")"));
}

void call_end(struct call *call) {
    flush(call->script);
    for (size_t i = 0; i < call->pieces.count; i++)
        buffer_add(&call->script->text, call->pieces.items[i]);
    buffer_add_byte(&call->script->text, '\n');
}
