#include "docker/lint_secret.h"

static bool is_one_of(struct text word, const char *const *words) {
    for (; *words != NULL; words++)
        if (text_equal_ignoring_case(word, text_from(*words))) return true;
    return false;
}

bool lint_secret_is_named(struct text name) {
    static const char *const secret[] = {"apikey", "auth",   "credential", "credentials", "key", "password",
                                         "pword",  "passwd", "secret",     "token",       NULL};
    static const char *const harmless[] = {"public", "file", "version", NULL};
    struct text rest = name, word;
    bool is_secret = false;
    while (text_next(&rest, '_', &word)) {
        if (is_one_of(word, harmless)) return false;
        if (is_one_of(word, secret)) is_secret = true;
    }
    return is_secret;
}
