#include "options.h"

#include "base/typo.h"
#include "commands.h"
#include "format/record.h"

#include <stddef.h>
#include <string.h>

enum kind {
    KIND_FLAG,         /* bool at offset */
    KIND_TEXT,         /* struct text at offset */
    KIND_TEXTS,        /* struct texts at offset: it may be repeated */
    KIND_LIST,         /* struct texts at offset, comma-separated or repeated */
    KIND_FORMAT,       /* --format */
    KIND_COLOR,        /* --color */
    KIND_SETTING,      /* a key of the settings, one value */
    KIND_SETTING_FLAG, /* a key of the settings, true */
    KIND_SETTING_LIST, /* a key of the settings, comma-separated or repeated */
    KIND_HELP,
    KIND_VERSION,
};

struct option {
    const char *name; /* without dashes */
    char letter;      /* 0: none */
    enum kind kind;
    size_t offset;
    const char *setting;
    const char *argument; /* what its value is called in help; NULL when it takes none */
    const char *help;
    unsigned only; /* FOR(COMMAND_…): the commands that know it; 0: all of them */
};

#define AT(member) offsetof(struct options, member)
#define FOR(command) (1u << (command))
#define MANY 0u
#define INSPECT FOR(COMMAND_INSPECT)
#define EXPLAIN FOR(COMMAND_EXPLAIN)
#define K8S FOR(COMMAND_K8S)

static const struct option table[] = {
    {"chdir", 'C', KIND_TEXT, AT(chdir), NULL, "DIR", "read the repository that DIR lies in", MANY},
    {"config", 0, KIND_TEXT, AT(config), NULL, "FILE", "settings, not .buildkite/depot-pipeline.yml", MANY},
    {"output", 'o', KIND_TEXT, AT(output), NULL, "FILE", "write there instead of standard output", MANY},
    {"format", 0, KIND_FORMAT, 0, NULL, "FORMAT", "yaml or json (preview, inspect: text or json)", MANY},
    {"queue", 0, KIND_TEXT, AT(queue), NULL, "QUEUE", "queue of the steps; default: that of this job", MANY},
    {"registry", 0, KIND_SETTING_LIST, 0, "registry", "LIST", "push to <registry>/<image>, such as ghcr.io/acme", MANY},
    {"project", 0, KIND_SETTING, 0, "project", "ID", "Depot project to build in", MANY},
    {"platform", 0, KIND_SETTING_LIST, 0, "platforms", "LIST", "platforms, such as linux/amd64,linux/arm64", MANY},
    {"tag", 0, KIND_SETTING_LIST, 0, "tags", "LIST", "tags to push; with --event: the git tag", MANY},
    {"push", 0, KIND_SETTING, 0, "push", "WHEN", "auto (not on pull requests), always or never", MANY},
    {"no-cache", 0, KIND_SETTING_FLAG, 0, "no_cache", NULL, "build without any cache, this once", MANY},
    {"bundle", 0, KIND_SETTING, 0, "bundle", "WHAT", "images of a step: file, project or a number", MANY},
    {"builder", 0, KIND_SETTING, 0, "builder", "HOW", "depot, docker, buildx; compose files: bake, compose", MANY},
    {"install", 0, KIND_SETTING, 0, "install", "HOW", "Depot CLI of steps: pinned, script, image or none", MANY},
    {"auth", 0, KIND_SETTING, 0, "auth", "HOW", "auto, oidc or token", MANY},
    {"key-prefix", 0, KIND_SETTING, 0, "key_prefix", "TEXT", "put before every step key", MANY},
    {"base", 0, KIND_TEXT, AT(base), NULL, "REV", "compare with where HEAD left REV, a commit or branch", MANY},
    {"changed-files", 0, KIND_TEXT, AT(changed_files), NULL, "FILE", "a list of what changed; - is standard input",
     MANY},
    {"all", 0, KIND_FLAG, AT(all), NULL, NULL, "build every image, whatever changed", MANY},
    {"only", 0, KIND_LIST, AT(only), NULL, "LIST", "build these images and what they are built from", MANY},
    {"exclude", 0, KIND_LIST, AT(exclude), NULL, "LIST", "do not build these images", MANY},
    {"unaffected", 0, KIND_SETTING, 0, "unaffected", "WHAT", "steps of other images: omit, skip, keep or retag", MANY},
    {"fetch", 0, KIND_FLAG, AT(fetch), NULL, NULL, "fetch what a comparison needs (default in CI)", MANY},
    {"no-fetch", 0, KIND_FLAG, AT(no_fetch), NULL, NULL, "fetch nothing", MANY},
    {"worktree", 0, KIND_FLAG, AT(worktree), NULL, NULL, "count files as they lie there, not committed ones", MANY},
    {"no-worktree", 0, KIND_FLAG, AT(no_worktree), NULL, NULL, "count committed files only", MANY},
    {"event", 0, KIND_TEXT, AT(event), NULL, "KIND", "pr fork branch default tag merge-queue schedule", MANY},
    {"branch", 0, KIND_TEXT, AT(branch), NULL, "NAME", "with --event: the branch", MANY},
    {"pull-request", 0, KIND_TEXT, AT(pull_request), NULL, "NUMBER", "with --event pr", MANY},
    {"no-interpolation", 0, KIND_FLAG, AT(no_interpolation), NULL, NULL, "for pipeline upload --no-interpolation",
     MANY},
    {"untracked", 0, KIND_FLAG, AT(untracked), NULL, NULL, "see untracked files (default on a terminal)", MANY},
    {"no-untracked", 0, KIND_FLAG, AT(no_untracked), NULL, NULL, "see tracked files only", MANY},
    {"dry-run", 0, KIND_FLAG, AT(dry_run), NULL, NULL, "upload: print what would be uploaded", MANY},
    {"replace", 0, KIND_FLAG, AT(replace), NULL, NULL, "upload: in place of all steps not started yet", MANY},
    {"color", 0, KIND_COLOR, 0, NULL, "WHEN", "auto, always or never", MANY},
    {"quiet", 'q', KIND_FLAG, AT(quiet), NULL, NULL, "errors only", MANY},
    {"verbose", 'v', KIND_FLAG, AT(verbose), NULL, NULL, "notes too", MANY},
    {"help", 'h', KIND_HELP, 0, NULL, NULL, "this help", MANY},
    {"version", 0, KIND_VERSION, 0, NULL, NULL, "the version", MANY},
    {"target", 0, KIND_TEXT, AT(target), NULL, "STAGE", "the stage to build; default: the last", INSPECT},
    {"build-arg", 0, KIND_TEXTS, AT(build_arguments), NULL, "ARG", "a build argument, NAME=VALUE; may be repeated",
     INSPECT},
    {"profile", 0, KIND_TEXTS, AT(profiles), NULL, "NAME", "of compose files; default: all; may be repeated", INSPECT},
    {"env-file", 0, KIND_TEXTS, AT(env_files), NULL, "FILE", "in place of .env; may be repeated", INSPECT},
    {"project-directory", 0, KIND_TEXT, AT(project_directory), NULL, "DIR", "default: that of the first file", INSPECT},
    {"ignore", 0, KIND_TEXT, AT(ignore_file), NULL, "FILE", "print which paths of standard input it leaves out",
     INSPECT},
    {"inputs", 0, KIND_TEXT, AT(inputs_file), NULL, "DOCKERFILE", "print the tracked files that its build reads",
     INSPECT},
    {"context", 0, KIND_TEXT, AT(context), NULL, "DIR", "the build context; default: declared or inferred",
     INSPECT | EXPLAIN},
    {"path", 0, KIND_TEXT, AT(path), NULL, "FILE", "what a change of FILE would build", EXPLAIN},
    {"files", 0, KIND_FLAG, AT(files), NULL, NULL, "the tracked files whose change builds it", EXPLAIN},
    {"show-origin", 0, KIND_FLAG, AT(shows_origin), NULL, NULL, "where each value comes from", FOR(COMMAND_SETTINGS)},
    {"null", 'z', KIND_FLAG, AT(is_null_terminated), NULL, NULL, "paths end in NUL, not in newline", INSPECT | EXPLAIN},
    {"namespace", 0, KIND_TEXT, AT(namespace), NULL, "NAME", "of the stack; default: settings, else buildkite", K8S},
    {"image", 0, KIND_TEXT, AT(image), NULL, "IMAGE", "of the agents; default: that of the settings", K8S},
    {"organization", 0, KIND_TEXT, AT(organization), NULL, "SLUG", "of Buildkite; default: that of this job", K8S},
    {"pipeline", 0, KIND_TEXT, AT(pipeline), NULL, "SLUG", "the pipeline; default: that of this job", K8S},
};
#define VARIABLE_PREFIX "DEPOT_PIPELINE_"
#define OPTION_COUNT (sizeof(table) / sizeof(*table))

struct reader {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct options *options;
    struct node *settings;
    const struct option *last_restricted; /* given on the command line, and known to one command only */
    bool ok;
};

#define COMPLAIN(reader, ...)                                                                                          \
    ((reader)->ok = false, (void)diag_add((reader)->diagnostics, DIAG_ERROR, "usage", (struct place){0}, __VA_ARGS__))

/* The value as a node whose place is the option or variable it was given by. */
static const struct node *setting_node(struct reader *reader, struct text origin, struct text value) {
    struct node *node = node_string(reader->arena, value);
    node->source = source_create(reader->arena, origin, value);
    node->line = node->column = 1;
    return node;
}

static void set_list(struct reader *reader, const struct option *option, struct text origin, struct text value) {
    struct node *list = (struct node *)node_find(reader->settings, option->setting);
    if (list == NULL) {
        list = node_sequence(reader->arena);
        node_set(reader->arena, reader->settings, option->setting, list);
    }
    struct text rest = value, part;
    while (text_next(&rest, ',', &part))
        node_append(reader->arena, list, setting_node(reader, origin, part));
}

static bool choose(struct reader *reader, struct text origin, struct text value, const char *const *words, int *out) {
    for (int i = 0; words[i] != NULL; i++)
        if (text_is(value, words[i])) {
            *out = i;
            return true;
        }
    struct buffer known = buffer_in(reader->arena);
    for (size_t i = 0; words[i] != NULL; i++)
        buffer_format(&known, "%s%s", i == 0 ? "" : ", ", words[i]);
    struct text list = buffer_text(&known);
    COMPLAIN(reader, "'%.*s' takes %.*s, not '%.*s'", TEXT_ARG(origin), TEXT_ARG(list), TEXT_ARG(value));
    return false;
}

static void set_format(struct reader *reader, struct text origin, struct text value) {
    static const char *const words[] = {"yaml", "json", "text", NULL};
    int word = 0;
    if (choose(reader, origin, value, words, &word)) reader->options->is_json = word == 1;
}

static void set_color(struct reader *reader, struct text origin, struct text value) {
    static const char *const words[] = {"auto", "always", "never", NULL};
    int word = 0;
    if (choose(reader, origin, value, words, &word)) reader->options->color = (enum color_option)word;
}

/* Commas between braces belong to a glob: '{web,tools}/api'. */
static void add_parts(struct reader *reader, struct texts *list, struct text value) {
    size_t start = 0, depth = 0;
    for (size_t i = 0; i <= value.len; i++) {
        char c = i < value.len ? value.ptr[i] : ',';
        if (c == '{') depth++;
        if (c == '}' && depth > 0) depth--;
        if (c != ',' || (depth > 0 && i < value.len)) continue;
        struct text part = text_trim(text_of(value.ptr + start, i - start));
        if (part.len > 0) texts_add(reader->arena, list, part);
        start = i + 1;
    }
}

static void apply(struct reader *reader, const struct option *option, struct text origin, struct text value) {
    char *base = (char *)reader->options;
    switch (option->kind) {
    case KIND_FLAG:
        *(bool *)(base + option->offset) = true;
        return;
    case KIND_TEXT:
        *(struct text *)(base + option->offset) = value;
        return;
    case KIND_TEXTS:
        texts_add(reader->arena, (struct texts *)(base + option->offset), value);
        return;
    case KIND_LIST:
        add_parts(reader, (struct texts *)(base + option->offset), value);
        return;
    case KIND_FORMAT:
        set_format(reader, origin, value);
        return;
    case KIND_COLOR:
        set_color(reader, origin, value);
        return;
    case KIND_SETTING_LIST:
        set_list(reader, option, origin, value);
        return;
    case KIND_SETTING_FLAG:
        node_set(reader->arena, reader->settings, option->setting, setting_node(reader, origin, TEXT("true")));
        return;
    case KIND_HELP:
        reader->options->wants_help = true;
        return;
    case KIND_VERSION:
        reader->options->command = COMMAND_VERSION;
        return;
    case KIND_SETTING:
        node_set(reader->arena, reader->settings, option->setting, setting_node(reader, origin, value));
    }
}

static const struct option *find_option(struct text name) {
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (text_is(name, table[i].name)) return &table[i];
    return NULL;
}

static const struct option *find_letter(char letter) {
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (table[i].letter == letter) return &table[i];
    return NULL;
}

static void complain_unknown(struct reader *reader, struct text given) {
    struct texts names = {0};
    for (size_t i = 0; i < OPTION_COUNT; i++)
        texts_add(reader->arena, &names, text_format(reader->arena, "--%s", table[i].name));
    struct text nearest = typo_nearest(given, &names);
    if (text_is_given(nearest)) {
        COMPLAIN(reader, "unknown option '%.*s'; did you mean '%.*s'?", TEXT_ARG(given), TEXT_ARG(nearest));
    } else {
        COMPLAIN(reader, "unknown option '%.*s'; 'depot-pipeline help' lists them", TEXT_ARG(given));
    }
}

/* One argument that begins with '-'; takes the next one when the option wants a value. */
static void read_option(struct reader *reader, char **argv, int argc, int *at) {
    struct text given = text_from(argv[*at]), name = given, value = {0};
    bool is_long = text_starts(given, "--");
    size_t equals = is_long ? text_find(given, '=') : TEXT_NONE;
    if (equals != TEXT_NONE) {
        name = text_first(given, equals);
        value = text_from_offset(given, equals + 1);
    }
    if (!is_long && given.len > 2) {
        name = text_first(given, 2);
        value = text_from_offset(given, 2);
    }
    const struct option *option = is_long ? find_option(text_from_offset(name, 2)) : find_letter(name.ptr[1]);
    if (option == NULL) {
        complain_unknown(reader, name);
    } else if (option->argument == NULL && text_is_given(value)) {
        COMPLAIN(reader, "'%.*s' takes no value", TEXT_ARG(name));
    } else if (option->argument != NULL && !text_is_given(value) && *at + 1 == argc) {
        COMPLAIN(reader, "'%.*s' needs a value: %s", TEXT_ARG(name), option->argument);
    } else {
        if (option->argument != NULL && !text_is_given(value)) value = text_from(argv[++*at]);
        if (option->only != MANY) reader->last_restricted = option;
        apply(reader, option, name, value);
    }
}

static void read_word(struct reader *reader, struct text word, bool *has_command) {
    if (!reader->ok) return; /* it may belong to the option that was not understood */
    if (*has_command) {
        texts_add(reader->arena, &reader->options->words, word);
        return;
    }
    *has_command = true;
    if (commands_find(word, &reader->options->command)) return;
    struct texts topics = commands_names(reader->arena);
    struct text nearest = typo_nearest(word, &topics);
    reader->options->command = COMMAND_NONE;
    if (text_is_given(nearest)) {
        COMPLAIN(reader, "unknown command '%.*s'; did you mean '%.*s'?", TEXT_ARG(word), TEXT_ARG(nearest));
    } else {
        COMPLAIN(reader, "unknown command '%.*s'; 'depot-pipeline help' lists them", TEXT_ARG(word));
    }
}

/* DEPOT_PIPELINE_KEY_PREFIX for --key-prefix. */
static struct text variable_name(struct arena *arena, const struct option *option) {
    struct buffer name = buffer_in(arena);
    buffer_add_string(&name, VARIABLE_PREFIX);
    for (const char *c = option->name; *c != '\0'; c++)
        buffer_add_byte(&name, *c == '-' ? '_' : (char)(*c - 'a' + 'A'));
    return buffer_text(&name);
}

/* A variable of a flag is on unless it says no. */
static bool is_off(struct text value) {
    return text_is(value, "") || text_is(value, "0") || text_is(value, "false") || text_is(value, "no");
}

static bool has_variable(const struct option *option) {
    return option->kind != KIND_HELP && option->kind != KIND_VERSION && option->only == MANY;
}

static void read_variables(struct reader *reader, const char *const *environment) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (!has_variable(&table[i])) continue; /* a word of a call */
        struct text name = variable_name(reader->arena, &table[i]);
        for (const char *const *entry = environment; *entry != NULL; entry++) {
            struct text pair = text_from(*entry);
            bool is_it =
                pair.len > name.len && pair.ptr[name.len] == '=' && text_equal(text_first(pair, name.len), name);
            if (!is_it) continue;
            struct text value = text_from_offset(pair, name.len + 1);
            if (table[i].argument == NULL ? !is_off(value) : value.len > 0) apply(reader, &table[i], name, value);
        }
    }
}

/* Its value is not printed: it may be secret. */
static void warn_unknown(struct reader *reader, struct text rest, const struct texts *known) {
    struct text nearest = typo_nearest(rest, known), printable = text_printable(reader->arena, rest);
    bool is_near = text_is_given(nearest);
    diag_add(reader->diagnostics, DIAG_WARNING, "unknown-variable", (struct place){0},
             "no option has the variable '" VARIABLE_PREFIX "%.*s', so it has no effect%s%.*s%s", TEXT_ARG(printable),
             is_near ? "; did you mean '" VARIABLE_PREFIX : "", is_near ? (int)nearest.len : 0,
             is_near ? nearest.ptr : "", is_near ? "'?" : "");
}

static void check_variables(struct reader *reader, const char *const *environment) {
    const size_t prefix = sizeof(VARIABLE_PREFIX) - 1;
    struct texts known = {0};
    texts_add(reader->arena, &known, TEXT("API_URL")); /* environment.c */
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (has_variable(&table[i]))
            texts_add(reader->arena, &known, text_from_offset(variable_name(reader->arena, &table[i]), prefix));
    for (const char *const *entry = environment; *entry != NULL; entry++) {
        struct text pair = text_from(*entry);
        size_t equals = text_find(pair, '=');
        if (!text_starts(pair, VARIABLE_PREFIX) || equals == TEXT_NONE || equals + 1 == pair.len) continue;
        struct text rest = text_of(pair.ptr + prefix, equals - prefix);
        if (!texts_has(&known, rest)) warn_unknown(reader, rest, &known);
    }
}

static void check_words(struct reader *reader) {
    size_t most = commands_most_words(reader->options->command);
    if (!reader->ok || reader->options->words.count <= most) return;
    COMPLAIN(reader, "'%.*s' is one word too many", TEXT_ARG(reader->options->words.items[most]));
}

/* The first of the commands that know it. */
static const char *owner_of(const struct option *option) {
    enum command command = COMMAND_NONE;
    while ((option->only & FOR(command)) == 0)
        command++;
    return commands_name(command);
}

static void check_restricted(struct reader *reader) {
    const struct option *option = reader->last_restricted;
    if (!reader->ok || option == NULL || reader->options->wants_help) return;
    if ((option->only & FOR(reader->options->command)) != 0) return;
    COMPLAIN(reader, "'--%s' is an option of '%s'", option->name, owner_of(option));
}

/* As the option calls it; the settings' own words for a kind of build are understood, too. */
static bool find_event(struct text text, struct text *out) {
    static const char *const kinds[][2] = {{"pr", "pull_request"},  {"fork", "fork"},
                                           {"branch", "branch"},    {"default", "default_branch"},
                                           {"tag", "tag"},          {"merge-queue", "merge_queue"},
                                           {"schedule", "schedule"}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (!text_is(text, kinds[i][0]) && !text_is(text, kinds[i][1])) continue;
        *out = text_from(kinds[i][0]);
        return true;
    }
    return false;
}

/* The last of the tags given, where `--tag` means the one that is built; the settings forget it. */
static struct text take_tag(struct reader *reader, const struct node **settings) {
    const struct node *tags = node_find(*settings, "tags");
    struct node *rest = node_mapping(reader->arena);
    if (tags == NULL || tags->count == 0) return (struct text){0};
    for (size_t i = 0; i < (*settings)->count; i++)
        if (node_value(*settings, i) != tags)
            node_set_pair(reader->arena, rest, node_key(*settings, i), node_value(*settings, i));
    *settings = rest;
    return tags->items[tags->count - 1]->text;
}

static void check_rehearsal(struct reader *reader) {
    struct options *options = reader->options;
    if (!text_is_given(options->event)) {
        if (text_is_given(options->branch)) COMPLAIN(reader, "'--branch' goes with '--event'");
        if (text_is_given(options->pull_request)) COMPLAIN(reader, "'--pull-request' goes with '--event pr'");
        return;
    }
    if (!find_event(options->event, &options->event))
        COMPLAIN(reader, "'--event' takes pr, fork, branch, default, tag, merge-queue or schedule, not '%.*s'",
                 TEXT_ARG(options->event));
    if (text_is(options->event, "tag") && !text_is_given(options->tag))
        COMPLAIN(reader, "'--event tag' needs '--tag', the tag that is built");
}

static void check_changes(struct reader *reader) {
    const struct options *options = reader->options;
    if (options->all && text_is_given(options->changed_files))
        COMPLAIN(reader, "'--all' and '--changed-files' contradict each other");
    if (options->fetch && options->no_fetch) COMPLAIN(reader, "'--fetch' and '--no-fetch' contradict each other");
    if (options->worktree && options->no_worktree)
        COMPLAIN(reader, "'--worktree' and '--no-worktree' contradict each other");
}

/* Settings given by options stand over those given by variables, also where both are lists. */
static void read_arguments(struct reader *reader, int argc, char **argv) {
    bool has_command = false, are_words = false;
    for (int i = 1; i < argc; i++) {
        struct text argument = text_from(argv[i]);
        if (!are_words && text_is(argument, "--")) {
            are_words = true;
        } else if (!are_words && argument.len > 1 && argument.ptr[0] == '-') {
            read_option(reader, argv, argc, &i);
        } else {
            read_word(reader, argument, &has_command);
        }
    }
}

bool options_read(struct arena *arena, int argc, char **argv, const char *const *environment,
                  struct diagnostics *diagnostics, struct options *out) {
    *out = (struct options){0};
    struct reader reader = {
        .arena = arena, .diagnostics = diagnostics, .options = out, .settings = node_mapping(arena), .ok = true};
    read_variables(&reader, environment);
    check_variables(&reader, environment);
    const struct node *from_variables = reader.settings;
    reader.settings = node_mapping(arena);
    read_arguments(&reader, argc, argv);
    check_words(&reader);
    check_restricted(&reader);
    const struct node *given = reader.settings;
    if (text_is_given(out->event)) out->tag = take_tag(&reader, &given);
    check_rehearsal(&reader);
    check_changes(&reader);
    const struct node *merged = record_merge(arena, from_variables, given);
    if (merged->count > 0) out->settings = merged;
    return reader.ok;
}

static void write_option(struct buffer *buffer, const struct option *option) {
    struct text name = text_format(buffer->arena, "--%s%s%s", option->name, option->argument == NULL ? "" : " ",
                                   option->argument == NULL ? "" : option->argument);
    struct text letter = option->letter == 0 ? TEXT("    ") : text_format(buffer->arena, "-%c, ", option->letter);
    buffer_format(buffer, "  %.*s%-21.*s %s\n", TEXT_ARG(letter), TEXT_ARG(name), option->help);
}

void options_write_named(struct buffer *buffer, const char *const *names) {
    for (; *names != NULL; names++)
        for (size_t i = 0; i < OPTION_COUNT; i++)
            if (strcmp(table[i].name, *names) == 0) write_option(buffer, &table[i]);
}

void options_write_help(struct buffer *buffer, enum command command) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        bool is_shown = command == COMMAND_NONE ? table[i].only == MANY : (table[i].only & FOR(command)) != 0;
        if (is_shown) write_option(buffer, &table[i]);
    }
}
