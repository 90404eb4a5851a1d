/*
 * linear: is work in proportion to the input, for inputs that are made to be hard?
 *
 * A row makes an input of a size, of four times and of sixteen times that size. Work is counted in basic blocks, which
 * the library reports when it is built with -fsanitize-coverage=trace-pc, so the test says the same on every machine:
 * four times the size may cost RATIO_LIMIT times the work. `bounded` rows meet a limit of the library instead, and may cost no more
 * than BOUNDED_LIMIT. `linear --table` prints times too.
 */
#include "linear.h"

#include <time.h>

#define RATIO_LIMIT 5.0
#define BOUNDED_LIMIT ((size_t)2000 * 1000 * 1000)

static size_t steps;

void __sanitizer_cov_trace_pc(void); /* gcc and clang call it in each basic block of the library */

void __sanitizer_cov_trace_pc(void) {
    steps++;
}

/* --- measuring --- */

struct measure {
    size_t bytes, steps;
    double seconds;
    bool accepted;
};

static struct measure measure(const struct linear_row *row, size_t factor) {
    struct arena arena;
    struct timespec begin, end;
    arena_init(&arena);
    struct buffer input = buffer_in(&arena);
    row->make(&input, row->n * factor);
    steps = 0;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    bool accepted = row->run(&arena, buffer_text(&input));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    double seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    struct measure result = {.bytes = input.len, .steps = steps, .seconds = seconds, .accepted = accepted};
    arena_finish(&arena);
    return result;
}

static bool check_row(const struct linear_row *row, bool prints) {
    struct measure of[3];
    for (size_t i = 0, factor = 1; i < 3; i++, factor *= 4)
        of[i] = measure(row, factor);
    double first = (double)of[1].steps / (double)(of[0].steps + 1);
    double second = (double)of[2].steps / (double)(of[1].steps + 1);
    bool ok = row->bounded ? of[2].steps <= BOUNDED_LIMIT : first <= RATIO_LIMIT && second <= RATIO_LIMIT;
    ok = ok && of[2].accepted;
    if (prints || !ok)
        printf("%-7s %-42s %8zu bytes  steps %10zu x%5.1f x%5.1f  ms %8.2f x%5.1f x%5.1f%s\n", ok ? "ok" : "FAILED",
               row->name, of[2].bytes, of[0].steps, first, second, of[0].seconds * 1e3, of[1].seconds / of[0].seconds,
               of[2].seconds / of[1].seconds,
               !of[2].accepted ? "  (refused)"
               : row->bounded  ? "  (bounded)"
                               : "");
    return ok;
}

int main(int argc, char **argv) {
    static const struct linear_row *const lists[] = {linear_dockerfile, linear_compose};
    bool prints = argc > 1 && strcmp(argv[1], "--table") == 0;
    size_t failed = 0, count = 0;
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
        for (const struct linear_row *row = lists[i]; row->name != NULL; row++, count++)
            failed += !check_row(row, prints);
    printf("%zu passed, %zu failed\n", count - failed, failed);
    return failed != 0;
}
