/*
 * options: the command line and the variables that stand for it, by one table.
 *
 * Every option but those of a single command has a variable, DEPOT_PIPELINE_ and its name in capitals; the option wins. Options
 * that are settings become the topmost layer of the settings. A mistyped word is answered
 * with the nearest one.
 */
#ifndef DEPOT_SRC_OPTIONS_H
#define DEPOT_SRC_OPTIONS_H

#include "base/diag.h"
#include "base/list.h"
#include "format/node.h"

enum command {
    COMMAND_NONE, /* the bare program: preview when interactive, else generate */
    COMMAND_GENERATE,
    COMMAND_UPLOAD,
    COMMAND_PREVIEW,
    COMMAND_CHECK,
    COMMAND_EXPLAIN,
    COMMAND_TEST,
    COMMAND_INSPECT,
    COMMAND_K8S,
    COMMAND_SETTINGS,
    COMMAND_SCHEMA,
    COMMAND_HELP,
    COMMAND_VERSION,
};

enum color_option { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
    enum command command;
    bool wants_help;    /* --help was given */
    struct text chdir;  /* absent: the working directory */
    struct text config; /* absent: the usual place */
    struct text output; /* absent or "-": standard output */
    struct text queue;
    bool is_json; /* --format json: of the pipeline, or of the preview */
    bool no_interpolation;
    bool untracked;
    bool no_untracked;
    bool dry_run;
    bool replace; /* of upload */
    bool all;
    struct text base;           /* a revision to compare with; with `event` the branch it goes into */
    struct text changed_files;  /* a file, or "-" */
    struct texts only, exclude; /* names of images, globs */
    bool fetch, no_fetch;
    bool worktree, no_worktree;
    struct text event, branch, tag, pull_request; /* of a rehearsal; absent: the build at hand */
    bool files;                                   /* of explain */
    struct text path;                             /* the same */
    bool quiet;
    bool verbose;
    enum color_option color;
    struct texts words; /* after the command: files of inspect, images of explain, the topic of help or k8s */
    struct text target, ignore_file, inputs_file, context; /* of inspect; the last one of explain, too */
    struct texts build_arguments;                          /* NAME=value, or NAME */
    struct texts profiles, env_files;                      /* of inspect */
    struct text project_directory;                         /* the same */
    bool shows_origin;                                     /* of settings */
    bool is_null_terminated;
    struct text namespace, organization, pipeline, image; /* of k8s */
    const struct node *settings;                          /* a mapping, or NULL when no option is a setting */
};

/*
 * Reads arguments and environment ("NAME=value", NULL-terminated). False on a mistake: reported
 * (rule "usage"), and then `out` holds what was understood, for deciding where to complain.
 */
bool options_read(struct arena *arena, int argc, char **argv, const char *const *environment,
                  struct diagnostics *diagnostics, struct options *out);

/* Appends a line for each option that is for this command alone (COMMAND_NONE: for many), in 80 columns. */
void options_write_help(struct buffer *buffer, enum command command);

/* The same for options by name; NULL-terminated. */
void options_write_named(struct buffer *buffer, const char *const *names);

#endif
