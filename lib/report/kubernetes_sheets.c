#include "report/kubernetes_sheets.h"

#include "pipeline/split.h"
#include "recipe/versions.h"
#include "report/sheet.h"

#include <string.h>

#define NAMESPACE "buildkite"
#define QUEUE "kubernetes"
#define AGENT_SECRET "buildkite-agent-token"
#define TOKEN_SECRET "depot-token"
#define AGENT_IMAGE "ghcr.io/buildkite/agent:3.136.2"
#define OWN_IMAGE "registry.example.com/agent:1"

struct filler {
    struct arena *arena;
    const struct kubernetes_sheets *sheets;
    const struct settings *settings;
    struct map values; /* of struct text */
    struct text problem;
};

static void set(struct filler *filler, const char *name, struct text value) {
    struct text *kept = arena_alloc(filler->arena, sizeof(*kept));
    *kept = value;
    map_set(filler->arena, &filler->values, text_from(name), kept);
}

static void set_when(struct filler *filler, const char *name, struct text value) {
    if (text_is_given(value)) set(filler, name, value);
}

static struct text first_of(struct text a, struct text b, const char *otherwise) {
    return text_is_given(a) ? a : text_is_given(b) ? b : text_from(otherwise);
}

/* --- facts --- */

/* What stands unquoted in shell and Dockerfiles, and between double quotes in YAML. */
static bool is_plain(struct text text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    (c != '\0' && strchr("-_./:@+%~", c) != NULL);
        if (!fits) return false;
    }
    return text.len > 0;
}

static void need_plain(struct filler *filler, const char *what, struct text value) {
    if (text_is_given(filler->problem) || is_plain(value)) return;
    struct text shown = text_printable(filler->arena, value);
    filler->problem = text_format(filler->arena, "'%.*s' cannot be %s", TEXT_ARG(shown), what);
}

static struct text queue_of(const struct filler *filler) {
    const struct node *own = node_find(node_find(filler->settings->build.step, "agents"), "queue");
    struct text named = own != NULL && node_is_scalar(own) ? own->text : (struct text){0};
    return first_of(filler->sheets->queue, named, QUEUE);
}

static void add_places(struct filler *filler) {
    const struct kubernetes_settings *kubernetes = &filler->settings->build.kubernetes;
    struct text namespace = first_of(filler->sheets->namespace, kubernetes->namespace.text, NAMESPACE);
    struct text image = first_of(filler->sheets->image, kubernetes->image.text, OWN_IMAGE);
    struct text queue = queue_of(filler);
    bool is_named = text_is_given(filler->sheets->image) || kubernetes->image.node != NULL;
    bool is_never = kubernetes->plugin == KUBERNETES_PLUGIN_NEVER;
    if (!settings_kubernetes_is_name(namespace, false)) need_plain(filler, "a namespace", TEXT(" "));
    need_plain(filler, "an image", image);
    need_plain(filler, "a queue", queue);
    set(filler, "namespace", namespace);
    set(filler, "queue", queue);
    set(filler, "own_image", image);
    if (is_named) set(filler, "image", image);
    set(filler, is_never ? "never" : "plugin", TEXT(""));
    set(filler, "agent_secret", TEXT(AGENT_SECRET));
    set_when(filler, "service_account", kubernetes->service_account.text);
}

static void add_mirrors(struct filler *filler) {
    const struct kubernetes_mirrors *mirrors = &filler->settings->build.kubernetes.git_mirrors;
    if (mirrors->node == NULL) return;
    set(filler, "mirrors", first_of(mirrors->path.text, (struct text){0}, KUBERNETES_MIRRORS_PATH));
    set_when(filler, "claim", mirrors->claim.text);
    set_when(filler, "host_path", mirrors->host_path.text);
}

/* A token is given by the step's plugin, by a secret of Buildkite's, or else by the controller to all of its pods. */
static void add_authentication(struct filler *filler) {
    const struct kubernetes_token *token = &filler->settings->build.kubernetes.token;
    if (filler->settings->auth != AUTH_TOKEN) {
        set(filler, "oidc", TEXT(""));
    } else if (token->node != NULL) {
        set(filler, "step_token", TEXT(""));
    } else if (text_is_given(filler->settings->token_secret.text)) {
        set(filler, "buildkite_secret", filler->settings->token_secret.text);
    } else {
        set(filler, "token", TEXT(TOKEN_SECRET));
        set(filler, "token_key", TEXT(KUBERNETES_TOKEN_KEY));
    }
}

static struct text checksum(const struct cli_settings *cli, struct text version, const char *platform) {
    for (size_t i = 0; i < cli->sha256.count; i++) {
        const struct record_pair *pair = cli->sha256.items[i];
        if (text_is(pair->name, platform)) return pair->value;
    }
    const struct version *known = cli->sha256.count > 0 ? NULL : versions_find(version);
    const char *sum = known == NULL ? NULL : versions_sha256(known, text_from(platform));
    return text_from(sum);
}

static void add_cli(struct filler *filler) {
    const struct cli_settings *cli = &filler->settings->cli;
    struct text version = first_of(cli->version.text, (struct text){0}, VERSIONS_DEFAULT);
    struct text url = text_trim_right(first_of(cli->url.text, (struct text){0}, VERSIONS_URL), "/");
    struct text amd64 = checksum(cli, version, "linux_amd64"), arm64 = checksum(cli, version, "linux_arm64");
    if (!text_is_given(amd64) || !text_is_given(arm64))
        filler->problem = text_format(filler->arena,
                                      "the settings give no checksums of Depot CLI %.*s for linux_amd64 and "
                                      "linux_arm64 ('cli: sha256:')",
                                      TEXT_ARG(version));
    need_plain(filler, "the address of a mirror in a Dockerfile", url);
    set(filler, "version", version);
    set(filler, "url", url);
    set_when(filler, "amd64", amd64);
    set_when(filler, "arm64", arm64);
    set(filler, "base", TEXT(AGENT_IMAGE));
}

/* --- secrets --- */

struct asker {
    struct filler *filler;
    struct buffer asks, puts;
    struct map asked, made; /* "secret key" and "secret" */
};

static void ask(struct asker *asker, struct text secret, struct text key, struct text what) {
    struct arena *arena = asker->filler->arena;
    struct text both = text_format(arena, "%.*s %.*s", TEXT_ARG(secret), TEXT_ARG(key));
    if (map_has(&asker->asked, both)) return;
    map_set(arena, &asker->asked, both, asker);
    buffer_format(&asker->asks, "ask %.*s '%.*s'\n", TEXT_ARG(both), TEXT_ARG(what));
    if (map_has(&asker->made, secret)) return;
    map_set(arena, &asker->made, secret, asker);
    buffer_format(&asker->puts, "put %.*s\n", TEXT_ARG(secret));
}

static void ask_whole(struct asker *asker, struct text secret) {
    if (map_has(&asker->asked, secret)) return;
    map_set(asker->filler->arena, &asker->asked, secret, asker);
    buffer_format(&asker->asks,
                  "# %.*s is given whole, each of its keys as a variable; a line for each, and one below:\n",
                  TEXT_ARG(secret));
    buffer_format(&asker->asks, "#   ask %.*s NAME 'NAME'\n", TEXT_ARG(secret));
    buffer_format(&asker->puts, "# put %.*s\n", TEXT_ARG(secret));
}

static void ask_for_settings(struct asker *asker, const struct kubernetes_settings *kubernetes) {
    if (kubernetes->token.node != NULL)
        ask(asker, kubernetes->token.secret.text,
            first_of(kubernetes->token.key.text, (struct text){0}, KUBERNETES_TOKEN_KEY), TEXT("Depot token"));
    for (size_t i = 0; i < kubernetes->env.count; i++) {
        const struct kubernetes_variable *variable = kubernetes->env.items[i];
        struct text key = variable->key.node != NULL ? variable->key.text : variable->name.text;
        ask(asker, variable->secret.text, key, variable->name.text);
    }
    for (size_t i = 0; i < kubernetes->secrets.count; i++)
        ask_whole(asker, ((const struct record_text_value *)kubernetes->secrets.items[i])->text);
}

static void add_secrets(struct filler *filler) {
    struct asker asker = {.filler = filler, .asks = buffer_in(filler->arena), .puts = buffer_in(filler->arena)};
    ask(&asker, TEXT(AGENT_SECRET), TEXT("BUILDKITE_AGENT_TOKEN"), TEXT("agent token of the Buildkite cluster"));
    const struct text *token = map_find(&filler->values, TEXT("token"));
    if (token != NULL) ask(&asker, *token, TEXT(KUBERNETES_TOKEN_KEY), TEXT("Depot token"));
    ask_for_settings(&asker, &filler->settings->build.kubernetes);
    for (size_t i = 0; i < filler->sheets->plan->images.count; i++) {
        const struct plan_image *planned = filler->sheets->plan->images.items[i];
        const struct kubernetes_settings *own = &planned->image->settings->build.kubernetes;
        if (own->node != filler->settings->build.kubernetes.node) ask_for_settings(&asker, own);
    }
    set(filler, "asks", text_trim_right(buffer_text(&asker.asks), "\n"));
    set(filler, "puts", text_trim_right(buffer_text(&asker.puts), "\n"));
}

/* --- trust --- */

/* "    x19jffd9zf  (depot.json): api, web" */
static void add_project(struct filler *filler, struct buffer *buffer, struct text id, const struct list *images) {
    const struct project *project = NULL;
    struct buffer names = buffer_in(filler->arena);
    for (size_t i = 0; i < images->count; i++) {
        const struct plan_image *planned = images->items[i];
        if (!text_equal(planned->image->project.id, id)) continue;
        if (project == NULL) project = &planned->image->project;
        buffer_add_string(&names, names.len == 0 ? "" : ", ");
        buffer_add(&names, text_printable(filler->arena, planned->image->name));
    }
    struct text list = buffer_text(&names);
    if (!text_is_given(id)) {
        buffer_format(buffer, "    that of the agents' DEPOT_PROJECT_ID: %.*s\n", TEXT_ARG(list));
        return;
    }
    struct text shown = text_printable(filler->arena, id), from = text_printable(filler->arena, project->origin);
    buffer_format(buffer, "    %.*s (%.*s): %.*s\n", TEXT_ARG(shown), TEXT_ARG(from), TEXT_ARG(list));
}

static void add_projects(struct filler *filler) {
    const struct list *images = &filler->sheets->plan->images;
    struct buffer buffer = buffer_in(filler->arena);
    struct map seen = {0};
    for (size_t i = 0; i < images->count; i++) {
        const struct plan_image *planned = images->items[i];
        struct text id = text_is_given(planned->image->project.id) ? planned->image->project.id : TEXT("");
        if (map_has(&seen, id)) continue;
        map_set(filler->arena, &seen, id, filler);
        add_project(filler, &buffer, planned->image->project.id, images);
    }
    if (buffer.len == 0) buffer_add_string(&buffer, "    none: the repository builds no image\n");
    set(filler, "projects", text_trim_right(buffer_text(&buffer), "\n"));
}

static bool publishes(const struct job *job) {
    for (size_t i = 0; i < job->images.count; i++)
        if (((const struct plan_image *)job->images.items[i])->is_published) return true;
    return false;
}

static void add_subjects(struct filler *filler, struct text organization, struct text pipeline, struct text branch) {
    struct buffer buffer = buffer_in(filler->arena);
    for (size_t i = 0; i < filler->sheets->jobs->count; i++) {
        const struct job *job = filler->sheets->jobs->items[i];
        if (!publishes(job)) continue;
        buffer_format(&buffer, "    organization:%.*s:pipeline:%.*s:ref:refs/heads/%.*s:commit:*:step:%.*s\n",
                      TEXT_ARG(organization), TEXT_ARG(pipeline), TEXT_ARG(branch), TEXT_ARG(job->key));
    }
    if (buffer.len == 0) buffer_add_string(&buffer, "    none: nothing is published, the settings name no registry\n");
    set(filler, "subjects", text_trim_right(buffer_text(&buffer), "\n"));
}

static void add_trust(struct filler *filler) {
    struct text organization = first_of(filler->sheets->organization, (struct text){0}, "ORGANIZATION");
    struct text pipeline = first_of(filler->sheets->pipeline, (struct text){0}, "PIPELINE");
    struct text branch = first_of(filler->sheets->plan->event->default_branch, (struct text){0}, "main");
    branch = text_printable(filler->arena, branch);
    need_plain(filler, "the slug of an organization", organization);
    need_plain(filler, "the slug of a pipeline", pipeline);
    set(filler, "organization", organization);
    set(filler, "pipeline_slug", pipeline);
    set(filler, "branch", branch);
    add_projects(filler);
    add_subjects(filler, organization, pipeline, branch);
}

/* --- all of them --- */

static const struct {
    const char *name, *sheet;
    void (*add)(struct filler *filler); /* what this one alone needs; NULL: nothing */
} rows[] = {
    {"values", "values.yaml", NULL},       {"secret", "secret", add_secrets}, {"image", "Dockerfile", add_cli},
    {"bootstrap", "bootstrap.yaml", NULL}, {"trust", "trust.txt", add_trust},
};

bool kubernetes_sheets_write(struct buffer *buffer, struct text name, const struct kubernetes_sheets *sheets,
                             struct text *problem) {
    struct filler filler = {
        .arena = buffer->arena, .sheets = sheets, .settings = &sheets->plan->workspace->layers.settings};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (!text_is(name, rows[i].name)) continue;
        add_places(&filler);
        add_mirrors(&filler);
        add_authentication(&filler);
        if (rows[i].add != NULL) rows[i].add(&filler);
        *problem = filler.problem;
        if (!text_is_given(filler.problem)) sheet_write(buffer, sheet_find(rows[i].sheet), &filler.values);
        return !text_is_given(filler.problem);
    }
    *problem = text_format(buffer->arena, "'k8s' prints " KUBERNETES_SHEETS ", not '%.*s'", TEXT_ARG(name));
    return false;
}
