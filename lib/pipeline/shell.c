#include "pipeline/shell.h"

#include <assert.h>
#include <string.h>

struct shell_scope shell_scope_in(struct arena *arena) {
    return (struct shell_scope){.assignments = buffer_in(arena)};
}

struct shell shell_take_assignments(struct shell_scope *scope) {
    struct shell taken = {text_copy(scope->assignments.arena, buffer_text(&scope->assignments))};
    scope->assignments.len = 0;
    return taken;
}

struct shell shell_constant_of(struct text text) {
    return (struct shell){text};
}

struct shell shell_recipe(const struct recipe *recipe) {
    return (struct shell){recipe->body};
}

struct shell shell_join(struct arena *arena, struct shell a, struct shell b) {
    return (struct shell){text_concat(arena, a.text, b.text)};
}

/* Means itself anywhere in a word of any shell. A leading '~' or '=' is not among them. */
static bool is_bare_byte(char c) {
    bool is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_alphanumeric || (c != '\0' && strchr("_./:@%+,=-", c) != NULL);
}

static bool is_bare(struct text text) {
    for (size_t i = 0; i < text.len; i++)
        if (!is_bare_byte(text.ptr[i])) return false;
    return true;
}

/* Text that a pipeline can hold on one line: UTF-8 without control characters and Unicode line breaks. */
static bool is_plain(struct arena *arena, struct text text) {
    struct arena_mark mark = arena_mark(arena);
    bool plain = text_equal(text_printable(arena, text), text);
    arena_release(arena, mark);
    return plain;
}

/* '…' with each ' as '\''; a `$` after a backslash begins a new pair of quotes, so that no backslash stands before it. */
static void add_quoted(struct buffer *buffer, struct text text) {
    buffer_add_byte(buffer, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'') {
            buffer_add_string(buffer, "'\\''");
            continue;
        }
        if (text.ptr[i] == '$' && i > 0 && text.ptr[i - 1] == '\\') buffer_add_string(buffer, "''");
        buffer_add_byte(buffer, text.ptr[i]);
    }
    buffer_add_byte(buffer, '\'');
}

static struct text new_name(struct shell_scope *scope) {
    return text_format(scope->assignments.arena, "depot_v%u", ++scope->count);
}

/*
 * name=$(printf '\ooo…')'…'  — `$(…)` drops line ends at the end, so these follow in quotes. Not a byte after them
 * that ${name%?} takes away again: bash 5.2 returns other bytes when it looks into text that is not UTF-8.
 */
static struct text assign_bytes(struct shell_scope *scope, struct text text) {
    struct text name = new_name(scope), start = text_trim_right(text, "\n");
    struct buffer *lines = &scope->assignments;
    buffer_format(lines, start.len == 0 ? "%.*s=" : "%.*s=$(printf '", TEXT_ARG(name));
    for (size_t i = 0; i < start.len; i++) {
        unsigned char c = (unsigned char)start.ptr[i];
        assert(c != '\0' && "a NUL cannot be in an argument");
        bool is_option = c == '-' && i == 0;
        if (is_bare_byte(start.ptr[i]) && c != '%' && !is_option) {
            buffer_add_byte(lines, start.ptr[i]);
        } else {
            buffer_format(lines, "\\%03o", c);
        }
    }
    if (start.len > 0) buffer_add_string(lines, "')");
    if (start.len < text.len) add_quoted(lines, text_from_offset(text, start.len));
    buffer_add_byte(lines, '\n');
    return name;
}

static void add_word(struct shell_scope *scope, struct buffer *buffer, struct text text) {
    if (text.len > 0 && is_bare(text)) {
        buffer_add(buffer, text);
    } else if (is_plain(buffer->arena, text)) {
        add_quoted(buffer, text);
    } else {
        struct text name = assign_bytes(scope, text);
        buffer_format(buffer, "\"$%.*s\"", TEXT_ARG(name));
    }
}

struct shell shell_word(struct shell_scope *scope, struct text text) {
    if (text.len > 0 && is_bare(text)) return (struct shell){text};
    struct buffer buffer = buffer_in(scope->assignments.arena);
    add_word(scope, &buffer, text);
    return (struct shell){buffer_text(&buffer)};
}

struct shell shell_document(struct shell_scope *scope, struct text text) {
    struct arena *arena = scope->assignments.arena;
    struct buffer flat = buffer_in(arena);
    for (size_t i = 0; i < text.len; i++)
        buffer_add_byte(&flat, text.ptr[i] == '\n' ? ' ' : text.ptr[i]);
    if (!is_plain(arena, buffer_text(&flat))) return shell_word(scope, text);
    struct buffer buffer = buffer_in(arena);
    add_quoted(&buffer, text);
    return (struct shell){buffer_text(&buffer)};
}

static struct text assign_literal(struct shell_scope *scope, struct text text) {
    if (!is_plain(scope->assignments.arena, text)) return assign_bytes(scope, text);
    struct text name = new_name(scope);
    buffer_format(&scope->assignments, "%.*s=", TEXT_ARG(name));
    add_quoted(&scope->assignments, text);
    buffer_add_byte(&scope->assignments, '\n');
    return name;
}

bool shell_sets(struct text name) {
    static const char *const names[] = {"UID",       "EUID",   "PPID",     "GROUPS",   "HOSTNAME",   "HOSTTYPE",
                                        "MACHTYPE",  "OSTYPE", "SECONDS",  "RANDOM",   "SRANDOM",    "LINENO",
                                        "SHELLOPTS", "IFS",    "OPTIND",   "OPTARG",   "OPTERR",     "PS1",
                                        "PS2",       "PS4",    "DIRSTACK", "FUNCNAME", "PIPESTATUS", "SHLVL"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (text_is(name, names[i])) return true;
    return text_starts(name, "BASH") || text_starts(name, "EPOCH") || text_starts(name, "depot_");
}

/* depot_v1=$(printenv UID) || depot_v1=1000 — or, without a default, || unset depot_v1 */
static struct text assign_from_environment(struct shell_scope *scope, struct text name) {
    struct text mine = new_name(scope);
    const struct text *value = scope->defaults == NULL ? NULL : variables_find(scope->defaults, name);
    struct shell word = {TEXT("")};
    if (value != NULL) word = shell_word(scope, *value);
    buffer_format(&scope->assignments, "%.*s=$(printenv %.*s) || ", TEXT_ARG(mine), TEXT_ARG(name));
    if (value == NULL) {
        buffer_format(&scope->assignments, "unset %.*s\n", TEXT_ARG(mine));
    } else {
        buffer_format(&scope->assignments, "%.*s=%.*s\n", TEXT_ARG(mine), TEXT_ARG(word.text));
    }
    return mine;
}

static const char *operator_text(enum value_operator operator) {
    static const char *const texts[] = {
        [VALUE_PLAIN] = "",
        [VALUE_DEFAULT] = ":-",
        [VALUE_DEFAULT_IF_UNSET] = "-",
        [VALUE_ALTERNATIVE] = ":+",
        [VALUE_ALTERNATIVE_IF_SET] = "+",
        [VALUE_REQUIRED] = ":?",
        [VALUE_REQUIRED_IF_UNSET] = "?",
    };
    return texts[operator];
}

static void add_reference(struct shell_scope *scope, struct buffer *buffer, const struct value_piece *piece);

/*
 * The word of a reference, inside the braces: literal parts bare, or in a variable; references stay where they are,
 * because a shell looks at a word only when it is wanted, and so at a `:?` in it.
 */
static void add_reference_word(struct shell_scope *scope, struct buffer *buffer, const struct value *word) {
    for (size_t i = 0; i < word->pieces.count; i++) {
        const struct value_piece *piece = word->pieces.items[i];
        if (piece->is_reference) {
            add_reference(scope, buffer, piece);
        } else if (is_bare(piece->text)) {
            buffer_add(buffer, piece->text);
        } else {
            struct text name = assign_literal(scope, piece->text);
            buffer_format(buffer, word->pieces.count == 1 ? "$%.*s" : "${%.*s}", TEXT_ARG(name));
        }
    }
}

static void add_reference(struct shell_scope *scope, struct buffer *buffer, const struct value_piece *piece) {
    struct text name = shell_sets(piece->text) ? assign_from_environment(scope, piece->text) : piece->text;
    buffer_format(buffer, "${%.*s%s", TEXT_ARG(name), operator_text(piece->operator));
    if (piece->operator!= VALUE_PLAIN) {
        /* an empty word after `:?` would get the shell's own message; compose has none either */
        add_reference_word(scope, buffer, &piece->word);
    } else {
        buffer_add_byte(buffer, '-'); /* empty when unset, also under `set -u` */
    }
    buffer_add_byte(buffer, '}');
}

/* Literal text that means itself between double quotes. */
static bool fits_double_quotes(struct arena *arena, struct text text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '$' || text.ptr[i] == '`' || text.ptr[i] == '"' || text.ptr[i] == '\\') return false;
    return is_plain(arena, text);
}

static bool fits_one_string(struct arena *arena, const struct value *value) {
    for (size_t i = 0; i < value->pieces.count; i++) {
        const struct value_piece *piece = value->pieces.items[i];
        if (!piece->is_reference && !fits_double_quotes(arena, piece->text)) return false;
    }
    return true;
}

struct shell shell_value(struct shell_scope *scope, const struct value *value) {
    struct arena *arena = scope->assignments.arena;
    if (value_is_literal(value)) return shell_word(scope, value_text(arena, value));
    struct buffer buffer = buffer_in(arena);
    bool one_string = fits_one_string(arena, value);
    if (one_string) buffer_add_byte(&buffer, '"');
    for (size_t i = 0; i < value->pieces.count; i++) {
        const struct value_piece *piece = value->pieces.items[i];
        if (!piece->is_reference && one_string) buffer_add(&buffer, piece->text);
        if (!piece->is_reference && !one_string) add_word(scope, &buffer, piece->text);
        if (piece->is_reference && !one_string) buffer_add_byte(&buffer, '"');
        if (piece->is_reference) add_reference(scope, &buffer, piece);
        if (piece->is_reference && !one_string) buffer_add_byte(&buffer, '"');
    }
    if (one_string) buffer_add_byte(&buffer, '"');
    return (struct shell){buffer_text(&buffer)};
}
