#include "base/variables.h"

void variables_set(struct arena *arena, struct variables *variables, struct text name, struct text value) {
    struct text *copy = arena_alloc(arena, sizeof(*copy));
    *copy = value;
    map_set(arena, &variables->defaults, name, copy);
}

const struct text *variables_find(const struct variables *variables, struct text name) {
    const struct text *higher = variables->above == NULL ? NULL : variables_find(variables->above, name);
    return higher != NULL ? higher : map_find(&variables->defaults, name);
}

bool variables_is_name(struct text name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool digit = c >= '0' && c <= '9';
        if (!letter && !(digit && i > 0)) return false;
    }
    return name.len > 0;
}

static bool ends_ignoring_case(struct text name, struct text end) {
    return name.len >= end.len && text_equal_ignoring_case(text_from_offset(name, name.len - end.len), end);
}

/* The agent's list: clicommand/global.go, RedactedVars. */
static const char *const secret_ends[] = {
    "_PASSWORD",   "_SECRET",     "_TOKEN",   "_PRIVATE_KEY",       "_SSH_KEY",
    "_ACCESS_KEY", "_SECRET_KEY", "_API_KEY", "_CONNECTION_STRING", NULL,
};

bool variables_is_redacted_name(struct text name) {
    for (size_t i = 0; secret_ends[i] != NULL; i++)
        if (text_ends(name, secret_ends[i])) return true;
    return false;
}

bool variables_is_secret_name(struct text name) {
    for (size_t i = 0; secret_ends[i] != NULL; i++) {
        struct text end = text_from(secret_ends[i]);
        struct text bare = text_from_offset(end, 1);
        if (ends_ignoring_case(name, end) || text_equal_ignoring_case(name, bare)) return true;
    }
    return ends_ignoring_case(name, TEXT("PASSWORD"));
}
