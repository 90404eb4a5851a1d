/* Logins: what follows from a registry's host, what goes together, which images have the tools. */
#include "check.h"

#include "format/yaml_read.h"
#include "model/settings_check.h"
#include "recipe/tools.h"

static const struct {
    const char *host;
    enum login_type type;
} hosts[] = {
    {"123456789012.dkr.ecr.us-east-1.amazonaws.com", LOGIN_ECR},
    {"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", LOGIN_ECR},
    {"123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", LOGIN_ECR},
    {"12345678901.dkr.ecr.us-east-1.amazonaws.com", LOGIN_PASSWORD}, /* eleven digits */
    {"123456789012.dkr.ecr.us-east-1.amazonaws.com.evil.test", LOGIN_PASSWORD},
    {"123456789012.dkr.ecr..amazonaws.com", LOGIN_PASSWORD},
    {"public.ecr.aws", LOGIN_ECR_PUBLIC},
    {"europe-docker.pkg.dev", LOGIN_GOOGLE},
    {"gcr.io", LOGIN_GOOGLE},
    {"eu.gcr.io", LOGIN_GOOGLE},
    {"notgcr.io", LOGIN_PASSWORD},
    {"packages.buildkite.com", LOGIN_BUILDKITE},
    {"registry.depot.dev", LOGIN_DEPOT},
    {"org123.registry.depot.dev", LOGIN_DEPOT},
    {"ghcr.io", LOGIN_PASSWORD},
    {"docker.io", LOGIN_PASSWORD},
    {"", LOGIN_PASSWORD},
};

static void test_hosts(void) {
    const struct login_settings bare = {0};
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
        CHECK(login_type_at(&bare, text_from(hosts[i].host)) == hosts[i].type, "%s", hosts[i].host);
    CHECK_TEXT(login_host(TEXT("ghcr.io/acme/x")), "ghcr.io", "a host");
    CHECK_TEXT(login_host(TEXT("localhost:5000/acme")), "localhost:5000", "a port");
    static const char *const hub[] = {"acme", "docker.io/acme", "index.docker.io", "https://index.docker.io/v1/",
                                      "https://index.docker.io/v1"};
    for (size_t i = 0; i < 4; i++)
        CHECK_TEXT(login_host(text_from(hub[i])), "docker.io", hub[i]);
}

#define ECR "123456789012.dkr.ecr.us-east-1.amazonaws.com"
#define ROLE "'arn:aws:iam::123456789012:role/push'"
#define PROVIDER "projects/1/locations/global/workloadIdentityPools/p/providers/b"

static const struct {
    const char *yaml;
    const char *problems; /* "line:column message", each with a line end; "" when it is accepted */
} rows[] = {
    {"login: {registry: " ECR "}", ""},
    {"login: {account: '123456789012', region: eu-west-1, role: " ROLE "}", ""},
    {"registry: " ECR "/a\nlogin: {role: " ROLE "}", ""},
    {"login: {type: ecr}", ""},
    {"login: {type: google, provider: //iam.googleapis.com/" PROVIDER "}", ""},
    {"login: {provider: " PROVIDER ", service_account: a@b.iam.gserviceaccount.com}", ""},
    {"login: {registry: packages.buildkite.com/acme/images}", ""},
    {"login: {registry: org.registry.depot.dev}", ""},
    {"login: {helper: ecr-login}", ""},
    {"registry: " ECR "/a\nlogin: {plugin: ecr}", ""},
    {"login: {type: plugin, registry: ghcr.io, username: a, password_variable: P}", ""},
    {"login: {plugin: 'docker-login#v9', username: a, password_variable: P}", ""},
    {"login: {registry: " ECR ", username: AWS, password_variable: P}", ""}, /* who says a password means it */
    {"login:\n- {username: a, password_variable: P}\n- {registry: quay.io, username: a, password_variable: P}", ""},

    {"login: {}", "1:8 a login needs 'password_variable', the name of the variable that holds the password\n"
                  "1:8 a login needs 'username' or 'username_variable'\n"},
    {"login: {username: a, username_variable: U, password_variable: P}",
     "1:41 give 'username' or 'username_variable', not both\n"},
    {"login: {username: a, password_variable: ghp_0123456789abcdefABCDEF0123456789abcd}",
     "1:41 this looks like a secret; give the name of the variable that holds it, and take it out of the repository's "
     "history\n"},
    {"login: {username: a, password_variable: Zk3vXq9RmT0aLw7Ys2Pd8Nf4}",
     "1:41 this looks like a secret; give the name of the variable that holds it, and take it out of the repository's "
     "history\n"},
    {"login: {username: a, password_variable: DOCKER_HUB_PASSWORD_OF_TEAM_2024}", ""},
    {"login: {username: AKIA0123456789ABCDEF, password_variable: P}",
     "1:19 this looks like a secret, not like a user name\n"},
    {"login: {username: a, password_variable: P, registry: 'https://ghcr.io'}",
     "1:54 a registry is its host, without 'https://'\n"},
    {"login: {username: a, password_variable: P, registry: 'a b'}", "1:54 'a b' is not the name of a registry\n"},
    {"login: {username: a, password_variable: P, role: " ROLE "}",
     "1:50 'role' belongs to a login of type ecr, ecr_public or plugin; this one is of type password\n"},
    {"login: {type: ecr, username: a}",
     "1:30 'username' belongs to a login of type password or plugin; this one is of type ecr\n"},
    {"login: {type: ecr, role: push}", "1:26 this is the ARN of a role, such as arn:aws:iam::123456789012:role/push\n"},
    {"login: {type: ecr, account: 12345, region: us-east-1}", "1:29 this is the number of an AWS account, 12 digits\n"},
    {"login: {type: ecr, account: '123456789012'}",
     "1:29 an account needs 'region', too: both make the registry's name\n"},
    {"login: {registry: " ECR ", region: eu-west-1}", "1:73 the registry is in the region us-east-1\n"},
    {"login: {registry: " ECR ", account: '210987654321'}", "1:74 the registry is of the account 123456789012\n"},
    {"login: {type: ecr, registry: ghcr.io}",
     "1:30 a login of type ecr is for 123456789012.dkr.ecr.REGION.amazonaws.com, not for 'ghcr.io'\n"},
    {"registry: ghcr.io/a\nlogin: {type: google}",
     "2:8 a login of type google is for REGION-docker.pkg.dev and gcr.io, not for 'ghcr.io'\n"},
    {"login: {type: google, provider: buildkite}",
     "1:33 this is a workload identity provider: "
     "projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/NAME\n"},
    {"login: {type: google, service_account: a@b.iam.gserviceaccount.com}",
     "1:40 a service account needs 'provider', whose tokens may act as it\n"},
    {"login: {type: google, provider: " PROVIDER ", service_account: me@acme.test}",
     "1:115 this is the address of a service account, such as push@project.iam.gserviceaccount.com\n"},
    {"login: {registry: packages.buildkite.com/acme}",
     "1:19 a registry of Buildkite is packages.buildkite.com/ORGANIZATION/REGISTRY, which its OIDC token names\n"},
    {"login: {type: helper}", "1:8 a login of type helper needs 'helper', such as ecr-login\n"},
    {"login: {helper: /usr/bin/x}", "1:17 this is the name of a credential helper: ecr-login for the program "
                                    "docker-credential-ecr-login\n"},
    {"login: {plugin: gcp}", "1:17 the plugin is ecr or docker-login, with '#' and another version if need be\n"},
    {"registry: ghcr.io/a\nlogin: {plugin: ecr}",
     "2:8 the plugin ecr is for registries of Amazon, not for 'ghcr.io/a'\n"},
    {"login: {plugin: docker-login, username: a, password_variable: P, role: " ROLE "}",
     "1:72 the plugin docker-login knows no AWS; say 'plugin: ecr'\n"},
    {"login: {plugin: ecr}\nstep: {if: build.tag != null}",
     "1:8 a step's 'if' does not stop its plugins, so this login would be made in any case; take a login of another "
     "type\n"},
    {"login:\n- {registry: ghcr.io, username: a, password_variable: P}\n- {registry: ghcr.io/x, helper: y}",
     "3:3 two logins are for ghcr.io, and Docker keeps one a host\n"},
    {"login:\n- {username: a, password_variable: P}\n- {username: b, password_variable: P}",
     "3:3 two logins are for no registry by name, and Docker keeps one a host\n"},
    {"step: {image: 'ghcr.io/depot/cli:2.102.6'}\nlogin: {type: ecr, role: " ROLE "}", ""},
    {"step: {image: ghcr.io/depot/cli}\nlogin: {helper: ecr-login}",
     "2:8 this login needs 'docker-credential-…', and the image of the step does not have it: take an image that does, "
     "or a login of another type (README, Registries)\n"},
    {"step: {image: public.ecr.aws/depot/cli@sha256:0}\nlogin: {plugin: docker-login, username: a, password_variable: "
     "P}",
     "2:8 this login needs 'docker', and the image of the step does not have it: take an image that does, or a login "
     "of "
     "another type (README, Registries)\n"},
    {"step: {image: 'docker.io/buildkite/agent:3'}\nlogin: {plugin: docker-login, username: a, password_variable: P}",
     ""},
    {"login: {plugin: ecr}\nimages: [{match: {name: a}, step: {image: buildkite/agent}}]",
     "1:8 this login needs 'aws', and the image of the step does not have it: take an image that does, or a login of "
     "another type (README, Registries)\n"},
    {"kubernetes: {image: ghcr.io/depot/cli}\nlogin: {helper: x}",
     "2:8 this login needs 'docker-credential-…', and the image of the step does not have it: take an image that does, "
     "or a login of another type (README, Registries)\n"},
    {"step: {image: acme/agent}\nlogin: {helper: x}", ""}, /* nothing is known of it */
};

static void test_checks(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct diagnostics problems = diag_in(arena);
        struct record_reader reader = {.arena = arena, .diagnostics = &problems};
        const struct source *source = source_create(arena, TEXT("f"), text_from(rows[i].yaml));
        const struct node *node = NULL;
        struct settings settings = {0};
        struct regex_cache regexes = {0};
        bool ok = yaml_read_one(arena, source, &problems, &node) &&
                  record_read(&reader, &settings_table, node, &settings) &&
                  settings_check(arena, &settings, &regexes, &problems);
        diag_sort(&problems);
        struct buffer got = buffer_in(arena);
        for (size_t k = 0; k < problems.list.count; k++) {
            const struct diagnostic *problem = problems.list.items[k];
            buffer_format(&got, "%u:%u %.*s\n", problem->place.line, problem->place.column, TEXT_ARG(problem->message));
        }
        CHECK_TEXT(buffer_text(&got), rows[i].problems, rows[i].yaml);
        CHECK(ok == (problems.list.count == 0), "refused just when it is reported: %s", rows[i].yaml);
        regex_finish(&regexes);
    }
}

static void test_tools(struct arena *arena) {
    CHECK(tools_find_image(TEXT("acme/cli")) == NULL, "an image that nobody knows");
    CHECK(tools_find_image(TEXT("localhost:5000/depot/cli")) == NULL, "a port is no tag");
    const struct tools_image *image = tools_find_image(TEXT("ghcr.io/depot/cli:2"));
    CHECK(image != NULL && tools_lacking(image, TOOLS_ROLE) == NULL, "curl will do without aws");
    CHECK(image == tools_find_image(TEXT("public.ecr.aws/depot/cli:2@sha256:0")), "two names of one image");
    CHECK_TEXT(text_from(tools_lacking(image, TOOLS_PLUGIN_ECR)), "aws", "the first that it lacks");
    struct buffer table = buffer_in(arena);
    tools_write(&table);
    FILE *readme = fopen("README.md", "r");
    CHECK(readme != NULL, "the README, seen from where the tests are run");
    struct buffer text = buffer_in(arena);
    char block[4096];
    for (size_t got; readme != NULL && (got = fread(block, 1, sizeof(block), readme)) > 0;)
        buffer_add(&text, text_of(block, got));
    if (readme != NULL) (void)fclose(readme);
    CHECK(text_contains(buffer_text(&text), buffer_text(&table)), "the README has this table:\n%.*s",
          TEXT_ARG(buffer_text(&table)));
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_hosts();
    test_checks(&arena);
    test_tools(&arena);
    arena_finish(&arena);
    return check_done("login");
}
