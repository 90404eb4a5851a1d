/* The recipes say in their headers what they read and how they fail; here the bodies are held to it. */
#include "check.h"

#include "recipe/catalogue.h"
#include "recipe/versions.h"

#include <ctype.h>

static bool is_name_byte(char byte) {
    return isalnum((unsigned char)byte) || byte == '_';
}

static bool has_status(const int *statuses, int status) {
    for (; *statuses != 0; statuses++)
        if (*statuses == status) return true;
    return false;
}

/* Finds `$name` and `${name`, but not `$name_of_another`. */
static bool body_reads(struct text body, const char *name) {
    size_t len = strlen(name);
    for (size_t i = 0; i + len < body.len; i++) {
        if (body.ptr[i] != '$') continue;
        struct text rest = text_from_offset(body, i + 1 + (body.ptr[i + 1] == '{'));
        if (text_starts(rest, name) && (rest.len == len || !is_name_byte(rest.ptr[len]))) return true;
    }
    return false;
}

/* What a status follows. */
static size_t exit_length(struct text text) {
    static const char *const words[] = {"exit ", "depot_known ", "depot_advise "};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (text_starts(text, words[i])) return strlen(words[i]);
    return 0;
}

/* The next status that the text exits with, other than by a signal; 0 at the end. */
static int next_exit(struct text *rest) {
    while (rest->len > 0) {
        size_t found = exit_length(*rest);
        *rest = text_from_offset(*rest, found > 0 ? found : 1);
        if (found == 0 || rest->len < 3 || !isdigit((unsigned char)rest->ptr[0])) continue;
        int status = (rest->ptr[0] - '0') * 10 + rest->ptr[1] - '0';
        if (!isdigit((unsigned char)rest->ptr[2])) return status;
    }
    return 0;
}

/* depot_stop, of login.sh, is how the recipes below it end. */
static void check_statuses(const struct recipe *recipe) {
    bool seen[100] = {false};
    if (text_contains(recipe->body, TEXT("depot_stop ")) || text_contains(recipe->body, TEXT("depot_login ")))
        seen[RECIPE_LOGIN] = true;
    struct text rest = recipe->body;
    for (int status = next_exit(&rest); status != 0; status = next_exit(&rest)) {
        seen[status] = true;
        CHECK(has_status(recipe->exits, status), "%s exits with %d", recipe->name, status);
    }
    for (const int *status = recipe->exits; *status != 0; status++) {
        CHECK(*status >= RECIPE_INSTALL && *status <= RECIPE_PUSH, "%s: %d", recipe->name, *status);
        CHECK(*status < 100 && seen[*status], "%s never exits with %d", recipe->name, *status);
    }
    for (const int *status = recipe->retries; *status != 0; status++)
        CHECK(has_status(recipe->exits, *status), "%s retries %d", recipe->name, *status);
}

/* A name that is assigned must be one that no variable of the user's has. */
static void check_assignments(const struct recipe *recipe) {
    struct text rest = recipe->body, line;
    while (text_next(&rest, '\n', &line)) {
        line = text_trim(line);
        size_t len = 0;
        while (len < line.len && is_name_byte(line.ptr[len]))
            len++;
        if (len == 0 || len == line.len || line.ptr[len] != '=') continue;
        bool ours = text_starts(line, "depot_") || text_starts(line, "DEPOT_INSTALL_DIR=");
        CHECK(ours, "%s: %.*s", recipe->name, TEXT_ARG(line));
    }
}

static bool is_plain_byte(unsigned char byte) {
    return byte == '\n' || (byte >= ' ' && byte < 0x7F);
}

/* What makes the YAML writer quote a whole command, which then nobody can read. */
static void check_bytes(const struct recipe *recipe) {
    size_t plain = 0;
    while (plain < recipe->body.len && is_plain_byte((unsigned char)recipe->body.ptr[plain]))
        plain++;
    CHECK(plain == recipe->body.len, "%s: byte %zu is not plain", recipe->name, plain);
    CHECK(!text_contains(recipe->body, TEXT(" \n")), "%s: a line ends in a space", recipe->name);
}

static void check_recipe(const struct recipe *recipe) {
    CHECK(recipe_find(recipe->name) == recipe, "%s", recipe->name);
    CHECK(text_ends(text_from(recipe->summary), "."), "%s: %s", recipe->name, recipe->summary);
    CHECK(text_ends(recipe->body, "\n"), "%s", recipe->name);
    CHECK(!text_starts(recipe->body, "#") && !text_starts(recipe->body, "\n"), "%s keeps its header", recipe->name);
    CHECK(!text_contains(recipe->body, TEXT("\\$")), "%s: Buildkite would take \\$ for an escape", recipe->name);
    CHECK(!text_contains(recipe->body, TEXT("\n\n")), "%s has an empty line", recipe->name);
    for (const char *const *input = recipe->inputs; *input != NULL; input++) {
        CHECK(text_starts(text_from(*input), "depot_"), "%s: %s", recipe->name, *input);
        CHECK(body_reads(recipe->body, *input), "%s never reads %s", recipe->name, *input);
    }
    CHECK(recipe_has_input(recipe, "depot_scratch") ==
              (strcmp(recipe->name, "scratch") != 0 && body_reads(recipe->body, "depot_scratch")),
          "%s must say that it needs scratch.sh", recipe->name);
    check_bytes(recipe);
    check_statuses(recipe);
    check_assignments(recipe);
}

static void test_recipes(void) {
    static const char *const names[] = {"auth_oidc",
                                        "auth_token",
                                        "configure_docker",
                                        "docker_config",
                                        "docker_daemon",
                                        "image_facts",
                                        "images",
                                        "install_image",
                                        "install_none",
                                        "install_pinned",
                                        "install_script",
                                        "login",
                                        "login_buildkite",
                                        "login_depot",
                                        "login_ecr",
                                        "login_gcloud",
                                        "login_google",
                                        "login_helper",
                                        "login_oidc",
                                        "login_password",
                                        "move_tags",
                                        "project_differs",
                                        "project_required",
                                        "registry_http",
                                        "report",
                                        "report_compose",
                                        "retag",
                                        "run",
                                        "saved_build",
                                        "scratch",
                                        "verify"};
    CHECK(recipe_count == sizeof(names) / sizeof(*names), "%zu recipes", recipe_count);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        CHECK(recipe_find(names[i]) != NULL, "%s", names[i]);
    for (size_t i = 0; i < recipe_count; i++)
        check_recipe(&recipe_table[i]);
    CHECK(recipe_find("") == NULL && recipe_find("embed") == NULL, "what is no recipe");
    CHECK(recipe_has_input(recipe_find("login"), "depot_registry"), "an input of login");
    CHECK(!recipe_has_input(recipe_find("login"), "depot_url"), "no input of login");
    CHECK(has_status(recipe_find("install_pinned")->retries, RECIPE_INSTALL), "a download may work the next time");
    CHECK(!has_status(recipe_find("login")->retries, RECIPE_LOGIN), "a wrong password locks accounts when repeated");
}

static void test_versions(void) {
    static const char *const platforms[] = {"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"};
    CHECK(versions_find(text_from(VERSIONS_DEFAULT)) == &versions_table[0], "the default is the newest");
    CHECK(versions_find(TEXT(VERSIONS_MINIMUM)) != NULL, "the minimum can be installed");
    CHECK(versions_find(TEXT("2.102.60")) == NULL && versions_find(TEXT("")) == NULL, "unknown versions");
    for (size_t i = 0; i < versions_count; i++) {
        const struct version *version = &versions_table[i];
        for (size_t j = 0; j < VERSIONS_PLATFORMS; j++) {
            const char *sha256 = versions_sha256(version, text_from(platforms[j]));
            bool right = sha256 != NULL && strspn(sha256, "0123456789abcdef") == 64 && sha256[64] == '\0';
            CHECK(right, "%s %s: %s", version->number, platforms[j], sha256 == NULL ? "none" : sha256);
        }
        CHECK(versions_sha256(version, TEXT("linux_armv7l")) == NULL, "%s on a platform of no agent", version->number);
    }
    CHECK_TEXT(text_from(versions_sha256(versions_find(TEXT("2.102.6")), TEXT("linux_amd64"))),
               "7665d46e17edd3343f77aca839572bbf1dd3185132152c7dbf46bb83f3921185", "2.102.6 linux_amd64");
}

int main(void) {
    test_recipes();
    test_versions();
    return check_done("recipe");
}
