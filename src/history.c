#include "history.h"

#include "agent.h"
#include "base/process.h"
#include "format/json_read.h"
#include "repo/refs.h"

#include <errno.h>
#include <string.h>

#define API "https://api.buildkite.com/v2"
#define SECONDS 30
#define ANSWER_LIMIT ((size_t)4 * 1024 * 1024)
#define LINE_LIMIT ((size_t)4096)

static struct text nothing(struct text *problem, struct text why) {
    *problem = why;
    return (struct text){0};
}

static struct text text_at(const struct node *node, const char *key) {
    const struct node *value = node_find(node, key);
    return value != NULL && value->kind == NODE_STRING ? value->text : (struct text){0};
}

/* GitHub and GitLab say `before`; Bitbucket has a list of what changed. */
static struct text before_of(const struct node *webhook) {
    struct text before = text_at(webhook, "before");
    const struct node *changes = node_find(node_find(webhook, "push"), "changes");
    bool has_changes = changes != NULL && changes->kind == NODE_SEQUENCE && changes->count > 0;
    if (text_is_given(before) || !has_changes) return before;
    return text_at(node_find(node_find(changes->items[0], "old"), "target"), "hash");
}

static struct text find_pushed(struct base_facts *self, struct arena *arena) {
    struct session *session = ((struct history *)self)->session; /* `facts` is its first member */
    if (!session->environment.has_agent || !text_is(session->event.source, "webhook")) return (struct text){0};
    struct text webhook = agent_meta_data(session, "buildkite:webhook");
    if (!text_is_given(webhook)) return (struct text){0};
    struct text before = before_of(json_read(arena, webhook));
    return refs_is_object_id(before) ? before : (struct text){0};
}

/* --- the last commit that passed --- */

static struct text take_id(struct arena *arena, struct text words, struct text where, struct text *problem) {
    struct text id = text_trim(words);
    if (refs_is_object_id(id)) return id;
    struct text shown = text_printable(arena, text_first(id, 60));
    return nothing(
        problem, id.len == 0 ? text_format(arena, "%.*s tells no commit", TEXT_ARG(where))
                             : text_format(arena, "%.*s tells no commit but '%.*s'", TEXT_ARG(where), TEXT_ARG(shown)));
}

static struct text read_passed(struct session *session, struct arena *arena, struct text path, struct text *problem) {
    const struct source *source;
    struct text shown = text_printable(arena, path);
    enum files_status status = files_read(&session->checkout.files, arena, path, LINE_LIMIT, &source);
    if (status == FILES_OK) return take_id(arena, source->bytes, shown, problem);
    struct text reason = files_reason(arena, status, LINE_LIMIT);
    return nothing(problem, text_format(arena, "%.*s %.*s", TEXT_ARG(shown), TEXT_ARG(reason)));
}

static struct text run_command(struct session *session, struct arena *arena, struct text words, struct text *problem) {
    if (!session->environment.is_ci && !session->options.fetch)
        return nothing(problem,
                       TEXT("the command of the settings that tells the last commit that passed runs in CI only"));
    struct text root = session->repository.root;
    struct text script = text_format(arena, "cd -- \"$1\" && %.*s", TEXT_ARG(words));
    const char *const argv[] = {"sh", "-c", text_string(arena, script), "sh", text_string(arena, root), NULL};
    struct process_command command = {.argv = argv,
                                      .environment = session->environment.all,
                                      .limit = LINE_LIMIT,
                                      .seconds = SECONDS,
                                      .own_session = true};
    struct process_result result;
    if (!process_run(arena, &command, &result))
        return nothing(problem, TEXT("the command that tells the last commit that passed cannot be run"));
    if (result.timed_out)
        return nothing(problem, TEXT("the command that tells the last commit that passed takes too long"));
    if (result.status != 0)
        return nothing(problem, text_format(arena, "the command that tells the last commit that passed ended with %d",
                                            result.status));
    return take_id(arena, result.output, TEXT("the command"), problem);
}

static struct text percent_encoded(struct arena *arena, struct text text) {
    struct buffer buffer = buffer_in(arena);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                        c == '_' || c == '.';
        if (is_plain) buffer_add_byte(&buffer, c);
        if (!is_plain) buffer_format(&buffer, "%%%02X", (unsigned)(unsigned char)c);
    }
    return buffer.len == 0 ? TEXT("") : buffer_text(&buffer);
}

static bool is_token(struct text token) {
    for (size_t i = 0; i < token.len; i++)
        if (token.ptr[i] <= ' ' || token.ptr[i] == '"' || token.ptr[i] == '\\' || token.ptr[i] == 0x7F) return false;
    return token.len > 0;
}

/* The token goes in on standard input: a command line can be read by everybody. */
static struct text ask_api(struct session *session, struct arena *arena, struct text variable, struct text *problem) {
    const struct environment *environment = &session->environment;
    struct text token = environment_find(environment, arena, variable);
    struct text branch = session->event.branch;
    if (!is_token(token))
        return nothing(problem, text_format(arena, "the variable %.*s holds no token", TEXT_ARG(variable)));
    if (!text_is_given(environment->organization) || !text_is_given(environment->pipeline) || !text_is_given(branch))
        return nothing(problem, TEXT("this is not a Buildkite job, so it is not known which pipeline to ask about"));
    struct text api = text_is_given(environment->api) ? environment->api : TEXT(API);
    struct text branch_word = percent_encoded(arena, branch),
                organization = percent_encoded(arena, environment->organization);
    struct text pipeline = percent_encoded(arena, environment->pipeline);
    struct text config =
        text_format(arena,
                    "header = \"Authorization: Bearer %.*s\"\n"
                    "url = \"%.*s/organizations/%.*s/pipelines/%.*s/builds?branch=%.*s&state=passed&per_page=1\"\n",
                    TEXT_ARG(token), TEXT_ARG(api), TEXT_ARG(organization), TEXT_ARG(pipeline), TEXT_ARG(branch_word));
    const char *const argv[] = {"curl",     "-q", "--silent", "--show-error", "--fail", "--max-time", "10",
                                "--config", "-",  NULL};
    struct process_command command = {
        .argv = argv, .environment = environment->all, .input = config, .limit = ANSWER_LIMIT, .seconds = SECONDS};
    struct process_result result;
    if (!process_run(arena, &command, &result))
        return nothing(problem, text_format(arena, "curl, which asks Buildkite, cannot be run: %s", strerror(errno)));
    if (result.status != 0) {
        struct text words = text_printable(arena, text_trim(text_first(result.errors, 200)));
        return nothing(problem,
                       text_format(arena, "Buildkite did not tell the last build that passed: %.*s", TEXT_ARG(words)));
    }
    const struct node *builds = json_read(arena, result.output);
    if (builds == NULL || builds->kind != NODE_SEQUENCE)
        return nothing(problem, TEXT("Buildkite's answer about the last build that passed is not understood"));
    if (builds->count == 0)
        return nothing(problem, text_format(arena, "no build of %.*s has passed yet", TEXT_ARG(branch)));
    return take_id(arena, text_at(builds->items[0], "commit"), TEXT("the last build that passed"), problem);
}

static struct text find_passed(struct base_facts *self, struct arena *arena, struct text *problem) {
    struct session *session = ((struct history *)self)->session; /* `facts` is its first member */
    const struct base_settings *base = &session->workspace.layers.settings.base;
    if (base->file.node != NULL) return read_passed(session, arena, base->file.text, problem);
    if (base->command.node != NULL) return run_command(session, arena, base->command.text, problem);
    if (base->token_variable.node != NULL) return ask_api(session, arena, base->token_variable.text, problem);
    return nothing(problem, TEXT("the settings say 'default_branch: passed' and not how to learn which build passed"));
}

void history_init(struct history *history, struct session *session) {
    *history = (struct history){.facts = {.pushed = find_pushed, .passed = find_passed}, .session = session};
}
