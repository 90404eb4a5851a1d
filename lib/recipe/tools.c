#include "recipe/tools.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* The agent of a Kubernetes stack copies buildkite-agent into the containers of its pods. */
struct tools_image {
    const char *names[3]; /* without tag; NULL ends them */
    const char *has;      /* words between spaces */
};
static const struct tools_image images[] = {
    {{"ghcr.io/depot/cli", "public.ecr.aws/depot/cli", NULL}, " sh bash awk base64 curl depot buildkite-agent "},
    {{"buildkite/agent", "ghcr.io/buildkite/agent", NULL},
     " sh bash awk base64 curl git jq docker depot buildkite-agent "},
};

/* Any one of the words of `needs[i]` will do; `depot` is installed by the step. */
struct need {
    const char *what;
    const char *needs[3];
};
static const struct need purposes[TOOLS_PURPOSES] = {
    [TOOLS_PASSWORD] = {"`password`", {"awk", "base64"}},
    [TOOLS_ECR] = {"`ecr`, `ecr_public`", {"aws curl"}},
    [TOOLS_ROLE] = {"… with `role`", {"buildkite-agent", "aws curl"}},
    [TOOLS_GOOGLE] = {"`google`", {"gcloud curl"}},
    [TOOLS_PROVIDER] = {"… with `provider`", {"buildkite-agent", "curl"}},
    [TOOLS_BUILDKITE] = {"`buildkite`", {"buildkite-agent"}},
    [TOOLS_DEPOT] = {"`depot`", {"depot"}},
    [TOOLS_HELPER] = {"`helper`", {"docker-credential-…"}},
    [TOOLS_PLUGIN_DOCKER_LOGIN] = {"`plugin: docker-login`", {"docker", "bash"}},
    [TOOLS_PLUGIN_ECR] = {"`plugin: ecr`", {"aws", "docker", "bash"}},
    [TOOLS_DOCKER] = {"`builder: docker`, `buildx`, `compose`; `output: load`", {"docker"}},
};

static struct text without_tag(struct text reference) {
    size_t at = text_find(reference, '@'), slash, colon;
    if (at != TEXT_NONE) reference = text_first(reference, at);
    slash = text_find_last(reference, '/');
    colon = text_find_last(reference, ':');
    bool has_tag = colon != TEXT_NONE && (slash == TEXT_NONE || colon > slash);
    return has_tag ? text_first(reference, colon) : reference;
}

const struct tools_image *tools_find_image(struct text reference) {
    struct text name = without_tag(reference);
    if (text_starts(name, "docker.io/")) name = text_from_offset(name, strlen("docker.io/"));
    for (size_t i = 0; i < COUNT(images); i++)
        for (size_t j = 0; images[i].names[j] != NULL; j++)
            if (text_is(name, images[i].names[j])) return &images[i];
    return NULL;
}

static bool has(const struct tools_image *image, struct text word) {
    struct text rest = text_from(image->has), tool;
    while (text_next(&rest, ' ', &tool))
        if (text_equal(tool, word)) return true;
    return false;
}

static bool has_one(const struct tools_image *image, const char *words) {
    struct text rest = text_from(words), word;
    while (text_next(&rest, ' ', &word))
        if (has(image, word)) return true;
    return false;
}

const char *tools_lacking(const struct tools_image *image, enum tools_purpose purpose) {
    for (size_t i = 0; i < COUNT(purposes[purpose].needs) && purposes[purpose].needs[i] != NULL; i++)
        if (!has_one(image, purposes[purpose].needs[i])) return purposes[purpose].needs[i];
    return NULL;
}

static void add_needs(struct buffer *buffer, const struct need *need) {
    for (size_t i = 0; i < COUNT(need->needs) && need->needs[i] != NULL; i++) {
        struct text rest = text_from(need->needs[i]), word;
        for (bool first = true; text_next(&rest, ' ', &word); first = false)
            buffer_format(buffer, "%s`%.*s`", !first ? " or " : i > 0 ? ", " : "", TEXT_ARG(word));
    }
}

void tools_write(struct buffer *buffer) {
    buffer_add_string(buffer, "| login | needs |");
    for (size_t i = 0; i < COUNT(images); i++)
        buffer_format(buffer, " `%s` |", images[i].names[0]);
    buffer_add_string(buffer, "\n|---|---|");
    for (size_t i = 0; i < COUNT(images); i++)
        buffer_add_string(buffer, "---|");
    for (size_t purpose = 0; purpose < TOOLS_PURPOSES; purpose++) {
        buffer_format(buffer, "\n| %s | ", purposes[purpose].what);
        add_needs(buffer, &purposes[purpose]);
        for (size_t i = 0; i < COUNT(images); i++) {
            const char *lacking = tools_lacking(&images[i], (enum tools_purpose)purpose);
            buffer_format(buffer, " | %s%s%s", lacking == NULL ? "yes" : "no `", lacking == NULL ? "" : lacking,
                          lacking == NULL ? "" : "`");
        }
        buffer_add_string(buffer, " |");
    }
    buffer_add_byte(buffer, '\n');
}
