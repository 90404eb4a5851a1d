#include "recipe/catalogue.h"

#include <string.h>

const struct recipe *recipe_find(const char *name) {
    for (size_t i = 0; i < recipe_count; i++)
        if (strcmp(recipe_table[i].name, name) == 0) return &recipe_table[i];
    return NULL;
}

bool recipe_has_input(const struct recipe *recipe, const char *input) {
    for (const char *const *name = recipe->inputs; *name != NULL; name++)
        if (strcmp(*name, input) == 0) return true;
    return false;
}
