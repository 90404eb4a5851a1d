#include "base/typo.h"

#define WORD_LIMIT 64

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Three rows of the usual table; a swap looks two rows back. */
static size_t distance(struct text a, struct text b) {
    size_t rows[3][WORD_LIMIT + 1];
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = a.ptr[i - 1] == b.ptr[j - 1];
            row[j] = least(least(row[j - 1], above[j]) + 1, above[j - 1] + !same);
            bool swapped = i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1];
            if (swapped) row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}

struct text typo_nearest(struct text word, const struct texts *candidates) {
    struct text best = {0};
    size_t best_distance = SIZE_MAX;
    for (size_t i = 0; i < candidates->count; i++) {
        struct text candidate = candidates->items[i];
        if (word.len > WORD_LIMIT || candidate.len > WORD_LIMIT) continue;
        size_t longer = word.len > candidate.len ? word.len : candidate.len;
        size_t allowed = longer / 3 > 0 ? longer / 3 : 1;
        size_t edits = distance(word, candidate);
        if (edits > allowed || edits >= best_distance) continue;
        best = candidate;
        best_distance = edits;
    }
    return best;
}
