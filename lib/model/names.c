#include "model/names.h"

#include "base/path.h"

struct text names_of_service(struct arena *arena, struct text compose_directory, struct text service) {
    if (text_is(compose_directory, ".")) return service;
    return text_concat(arena, text_concat(arena, compose_directory, TEXT("/")), service);
}

/* What the file's name says beside "Dockerfile": "lint" of Dockerfile.lint; empty for a plain one. */
static struct text suffix_of(struct text name) {
    static const char *const words[] = {"Dockerfile", "Containerfile", "dockerfile"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t len = text_from(words[i]).len;
        if (text_starts(name, words[i])) return text_from_offset(name, len < name.len ? len + 1 : len);
        if (text_ends(name, words[i])) return text_first(name, name.len - len - 1);
    }
    return name;
}

struct text names_of_dockerfile(struct arena *arena, struct text path, struct text repository) {
    struct text directory = path_parent(path), suffix = suffix_of(path_name(path));
    if (suffix.len == 0) return text_is(directory, ".") ? repository : directory;
    return names_of_service(arena, directory, suffix);
}

struct text names_of_file(struct arena *arena, struct text path) {
    return text_copy(arena, path);
}
