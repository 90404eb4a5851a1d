#include "model/settings_profiles.h"

#include "model/settings.h"
#include "repo/event.h"

#define OF(kind) (offsetof(struct profiles_settings, of) + (kind) * sizeof(const struct node *))

/* Kept as a node, for it is a layer; decoded here once, so that its mistakes are told whatever the build. */
static bool read_profile(struct record_reader *reader, const struct record_field *field, const struct node *node,
                         void *out) {
    struct settings *unused = arena_alloc(reader->arena, sizeof(*unused));
    if (!record_any.read(reader, field, node, out)) return false;
    return record_read(reader, field->table, node, unused);
}

static struct node *profile_schema(struct arena *arena, const struct record_field *field) {
    return record_record.schema(arena, field);
}

static const struct record_type record_profile = {read_profile, profile_schema};

static const struct record_field profiles_fields[] = {
    {"pull_request", &record_profile, OF(EVENT_PULL_REQUEST), "Builds of pull requests.", NULL, &settings_profile_table,
     NULL},
    {"branch", &record_profile, OF(EVENT_BRANCH), "Builds of branches other than the default one.", NULL,
     &settings_profile_table, NULL},
    {"default_branch", &record_profile, OF(EVENT_DEFAULT_BRANCH), "Builds of the default branch.", NULL,
     &settings_profile_table, NULL},
    {"tag", &record_profile, OF(EVENT_TAG), "Builds of tags.", NULL, &settings_profile_table, NULL},
    {"merge_queue", &record_profile, OF(EVENT_MERGE_QUEUE), "Builds in a merge queue.", NULL, &settings_profile_table,
     NULL},
    {"schedule", &record_profile, OF(EVENT_SCHEDULE),
     "Scheduled builds; without it the profile of their branch counts.", NULL, &settings_profile_table, NULL},
    {"fork", &record_profile, OF(EVENT_FORK),
     "Pull requests from another repository; without it 'pull_request' counts.", NULL, &settings_profile_table, NULL},
};
const struct record_table settings_profiles_table = {"profiles",
                                                     "Settings by kind of build.",
                                                     profiles_fields,
                                                     sizeof(profiles_fields) / sizeof(*profiles_fields),
                                                     sizeof(struct profiles_settings),
                                                     false};

int settings_profile_choose(const struct profiles_settings *profiles, unsigned kinds) {
    for (int kind = 0; kind < PROFILE_COUNT; kind++)
        if ((kinds & EVENT_BIT(kind)) != 0 && profiles->of[kind] != NULL) return kind;
    return -1;
}
