#include "docker/heredoc.h"

#include "base/rune.h"
#include "docker/expand.h"

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

/* ^(\d*)<<(-?)\s*([^<]*)$ : gives the third group, which is empty when there is no match. */
static struct text split(struct text word, bool *chomp) {
    while (word.len > 0 && word.ptr[0] >= '0' && word.ptr[0] <= '9')
        word = text_from_offset(word, 1);
    if (!text_starts(word, "<<")) return TEXT("");
    word = text_from_offset(word, 2);
    *chomp = text_starts(word, "-");
    word = text_from_offset(word, *chomp);
    while (word.len > 0 && is_blank(word.ptr[0]))
        word = text_from_offset(word, 1);
    return text_has(word, '<') ? TEXT("") : word;
}

static size_t count_quotes(struct text text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\'' || text.ptr[i] == '"';
    return count;
}

bool heredoc_match(struct arena *arena, struct text word, struct heredoc_word *out) {
    struct heredoc_word found = {0};
    struct text rest = split(word, &found.chomp);
    struct texts names = {0}, raw = {0};
    if (rest.len == 0) return false;
    /* Lexed with and without its quotes: when they differ, the name was quoted. */
    if (expand_words(arena, rest, '\\', EXPAND_KEEP_UNSET, expand_nothing(), &names) != NULL) return false;
    if (expand_words(arena, rest, '\\', EXPAND_KEEP_UNSET | EXPAND_RAW_QUOTES, expand_nothing(), &raw) != NULL)
        return false;
    if (names.count != 1 || raw.count != 1) return false;
    found.name = names.items[0];
    found.expand = count_quotes(found.name) == count_quotes(raw.items[0]);
    *out = found;
    return true;
}

void heredoc_find(struct arena *arena, struct text line, struct list *out) {
    unsigned options = EXPAND_RAW_QUOTES | EXPAND_RAW_ESCAPES | EXPAND_KEEP_UNSET;
    struct texts words = {0};
    struct heredoc_word found;
    if (expand_words(arena, line, '\\', options, expand_nothing(), &words) != NULL) return;
    for (size_t i = 0; i < words.count; i++) {
        if (!heredoc_match(arena, words.items[i], &found)) continue;
        struct heredoc_word *word = arena_alloc(arena, sizeof(*word));
        *word = found;
        list_add(arena, out, word);
    }
}
