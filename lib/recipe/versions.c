#include "recipe/versions.h"

const struct version *versions_find(struct text number) {
    for (size_t i = 0; i < versions_count; i++)
        if (text_is(number, versions_table[i].number)) return &versions_table[i];
    return NULL;
}

const char *versions_sha256(const struct version *version, struct text platform) {
    for (size_t i = 0; i < VERSIONS_PLATFORMS; i++)
        if (text_is(platform, version->archives[i].platform)) return version->archives[i].sha256;
    return NULL;
}
