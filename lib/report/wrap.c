#include "report/wrap.h"

void wrap_add(struct buffer *buffer, struct text text, size_t column, size_t indent, size_t width) {
    struct text rest = text, word;
    bool is_first = true;
    while (text_next(&rest, ' ', &word)) {
        size_t needed = text_width(word) + !is_first;
        bool breaks = !is_first && column + needed > width;
        if (breaks) {
            buffer_add_byte(buffer, '\n');
            buffer_add_repeated(buffer, ' ', indent);
            column = indent;
            needed--;
        } else if (!is_first) {
            buffer_add_byte(buffer, ' ');
        }
        buffer_add(buffer, word);
        column += needed;
        is_first = false;
    }
    buffer_add_byte(buffer, '\n');
}
