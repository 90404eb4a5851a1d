#include "base/rune.h"

/* The value of a sequence of `need` bytes, or RUNE_INVALID when a byte does not continue it. */
static uint32_t decode(const unsigned char *p, size_t need) {
    static const unsigned char first_bits[] = {0, 0, 0x1F, 0x0F, 0x07};
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t rune = p[0] & first_bits[need];
    for (size_t i = 1; i < need; i++) {
        if ((p[i] & 0xC0) != 0x80) return RUNE_INVALID;
        rune = rune << 6 | (p[i] & 0x3Fu);
    }
    bool is_surrogate = rune >= 0xD800 && rune <= 0xDFFF;
    return rune < smallest[need] || rune > 0x10FFFF || is_surrogate ? RUNE_INVALID : rune;
}

uint32_t rune_at(struct text text, size_t offset, size_t *len) {
    const unsigned char *p = (const unsigned char *)text.ptr + offset;
    *len = 1;
    if (p[0] < 0x80) return p[0];
    size_t need = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || need > text.len - offset) return RUNE_INVALID;
    uint32_t rune = decode(p, need);
    bool is_written_out = rune == RUNE_INVALID && p[0] == 0xEF && p[1] == 0xBF && p[2] == 0xBD;
    if (rune != RUNE_INVALID || is_written_out) *len = need;
    return rune;
}

void rune_add(struct buffer *buffer, uint32_t rune) {
    if (rune < 0x80) {
        buffer_add_byte(buffer, (char)rune);
        return;
    }
    if (rune < 0x800) {
        buffer_add_byte(buffer, (char)(0xC0 | rune >> 6));
    } else {
        if (rune < 0x10000) {
            buffer_add_byte(buffer, (char)(0xE0 | rune >> 12));
        } else {
            buffer_add_byte(buffer, (char)(0xF0 | rune >> 18));
            buffer_add_byte(buffer, (char)(0x80 | (rune >> 12 & 0x3F)));
        }
        buffer_add_byte(buffer, (char)(0x80 | (rune >> 6 & 0x3F)));
    }
    buffer_add_byte(buffer, (char)(0x80 | (rune & 0x3F)));
}

bool rune_is_space(uint32_t rune) {
    if (rune < 0x80) return rune == ' ' || (rune >= '\t' && rune <= '\r');
    return rune == 0x85 || rune == 0xA0 || rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200A) || rune == 0x2028 ||
           rune == 0x2029 || rune == 0x202F || rune == 0x205F || rune == 0x3000;
}

/* Blocks of letters; what lies between them is punctuation, symbols or unassigned. */
static const struct {
    uint32_t first, last;
} letter_ranges[] = {
    {0xAA, 0xAA},     {0xB5, 0xB5},     {0xBA, 0xBA},     {0xC0, 0xD6},       {0xD8, 0xF6},       {0xF8, 0x2C1},
    {0x370, 0x1FFF},  {0x2C00, 0x2DFF}, {0x3041, 0x31BF}, {0x31F0, 0x31FF},   {0x3400, 0x4DBF},   {0x4E00, 0xD7FF},
    {0xF900, 0xFDFF}, {0xFE70, 0xFEFE}, {0xFF21, 0xFFDC}, {0x10000, 0x1CFFF}, {0x20000, 0x3FFFF},
};

bool rune_is_letter(uint32_t rune) {
    if (rune < 0x80) return (rune | 0x20) >= 'a' && (rune | 0x20) <= 'z';
    for (size_t i = 0; i < sizeof(letter_ranges) / sizeof(letter_ranges[0]); i++)
        if (rune >= letter_ranges[i].first && rune <= letter_ranges[i].last) return !rune_is_space(rune);
    return false;
}

struct text rune_trim_left(struct text text) {
    size_t len;
    while (text.len > 0 && rune_is_space(rune_at(text, 0, &len)))
        text = text_from_offset(text, len);
    return text;
}

struct text rune_trim(struct text text) {
    text = rune_trim_left(text);
    while (text.len > 0) {
        size_t start = text.len - 1, len;
        while (start > 0 && text.len - start < 4 && ((unsigned char)text.ptr[start] & 0xC0) == 0x80)
            start--;
        bool is_whole = rune_is_space(rune_at(text, start, &len)) && start + len == text.len;
        if (!is_whole) return text;
        text.len = start;
    }
    return text;
}
