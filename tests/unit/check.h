/*
 * check: what a unit test needs.
 *
 * A test is a table of rows and a loop; a row that fails reports and the loop goes on.
 * check_done prints "name: N passed, M failed" and gives the exit status.
 */
#ifndef DEPOT_TESTS_CHECK_H
#define DEPOT_TESTS_CHECK_H

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static unsigned check_passed, check_failed;

#define CHECK(condition, ...) check_report((condition), __FILE__, __LINE__, #condition, __VA_ARGS__)

/* `what` says which row: a printf format and its arguments. */
__attribute__((format(printf, 5, 6), unused)) static void check_report(bool ok, const char *file, int line,
                                                                       const char *condition, const char *what, ...) {
    if (ok) {
        check_passed++;
        return;
    }
    check_failed++;
    va_list arguments;
    va_start(arguments, what);
    fprintf(stderr, "%s:%d: failed: %s: ", file, line, condition);
    vfprintf(stderr, what, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

/* Compares texts and shows both. */
__attribute__((unused)) static void check_text(const char *file, int line, struct text got, const char *expected,
                                               const char *what) {
    bool ok = text_is(got, expected);
    check_report(ok, file, line, "same text", "%s\n  got:      <%.*s>\n  expected: <%s>", what, TEXT_ARG(got),
                 expected);
}
#define CHECK_TEXT(got, expected, what) check_text(__FILE__, __LINE__, (got), (expected), (what))

__attribute__((unused)) static int check_done(const char *name) {
    printf("%s: %u passed, %u failed\n", name, check_passed, check_failed);
    return check_failed != 0;
}

#endif
