#include "docker/compose_names.h"

void compose_names_of_values(struct arena *arena, const struct list *values, struct texts *out) {
    for (size_t i = 0; i < values->count; i++)
        value_names(arena, values->items[i], out);
}

static void add_pairs(struct arena *arena, const struct list *pairs, struct texts *out) {
    for (size_t i = 0; i < pairs->count; i++)
        value_names(arena, &((const struct compose_pair *)pairs->items[i])->value, out);
}

static void add_extras(struct arena *arena, const struct compose_extras *extras, struct texts *out) {
    compose_names_of_values(arena, &extras->ulimits, out);
    compose_names_of_values(arena, &extras->entitlements, out);
    compose_names_of_values(arena, &extras->no_cache_filter, out);
    value_names(arena, &extras->provenance, out);
    value_names(arena, &extras->sbom, out);
}

void compose_names_add(struct arena *arena, const struct compose_build *build, struct texts *out) {
    add_pairs(arena, &build->contexts, out);
    add_pairs(arena, &build->labels, out);
    compose_names_of_values(arena, &build->cache_from, out);
    compose_names_of_values(arena, &build->cache_to, out);
    compose_names_of_values(arena, &build->extra_hosts, out);
    compose_names_of_values(arena, &build->ssh, out);
    if (build->extras != NULL) add_extras(arena, build->extras, out);
}
