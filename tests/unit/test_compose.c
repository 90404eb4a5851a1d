#include "check.h"

#include "base/buffer.h"
#include "docker/compose.h"

/*
 * A model as one text: "web: context=app dockerfile=app/Dockerfile tags=[x]" a line, "web!" for a service that is not
 * understood, "refused" for a file. Then the rules reported, with their line: " note:compose-variable@3".
 */

static void show_text(struct buffer *out, const char *name, struct text text) {
    if (text_is_given(text)) buffer_format(out, " %s=%.*s", name, TEXT_ARG(text));
}

static void show_values(struct buffer *out, const char *name, const struct list *values) {
    if (values->count > 0) buffer_format(out, " %s=[", name);
    for (size_t i = 0; i < values->count; i++) {
        if (i > 0) buffer_add_byte(out, ' ');
        buffer_add(out, value_spelling(out->arena, values->items[i]));
    }
    if (values->count > 0) buffer_add_byte(out, ']');
}

static void show_texts(struct buffer *out, const char *name, const struct list *texts) {
    if (texts->count > 0) buffer_format(out, " %s=[", name);
    for (size_t i = 0; i < texts->count; i++) {
        if (i > 0) buffer_add_byte(out, ' ');
        buffer_add(out, *(const struct text *)texts->items[i]);
    }
    if (texts->count > 0) buffer_add_byte(out, ']');
}

static void show_words(struct buffer *out, const char *name, const struct texts *words) {
    if (words->count > 0) buffer_format(out, " %s=[", name);
    for (size_t i = 0; i < words->count; i++)
        buffer_format(out, "%s%.*s", i > 0 ? " " : "", TEXT_ARG(words->items[i]));
    if (words->count > 0) buffer_add_byte(out, ']');
}

static void show_arguments(struct buffer *out, const char *name, const struct list *arguments) {
    if (arguments->count > 0) buffer_format(out, " %s=[", name);
    for (size_t i = 0; i < arguments->count; i++) {
        const struct compose_argument *argument = arguments->items[i];
        if (i > 0) buffer_add_byte(out, ' ');
        buffer_add(out, argument->name);
        if (argument->from_environment) continue;
        buffer_add_byte(out, '=');
        buffer_add(out, value_spelling(out->arena, &argument->value));
    }
    if (arguments->count > 0) buffer_add_byte(out, ']');
}

static void show_pairs(struct buffer *out, const char *name, const struct list *pairs) {
    if (pairs->count > 0) buffer_format(out, " %s=[", name);
    for (size_t i = 0; i < pairs->count; i++) {
        const struct compose_pair *pair = pairs->items[i];
        if (i > 0) buffer_add_byte(out, ' ');
        buffer_format(out, "%.*s=%s", TEXT_ARG(pair->name), pair->is_path ? "path:" : "");
        buffer_add(out, value_spelling(out->arena, &pair->value));
    }
    if (pairs->count > 0) buffer_add_byte(out, ']');
}

static void show_secrets(struct buffer *out, const struct list *secrets) {
    for (size_t i = 0; i < secrets->count; i++) {
        const struct compose_secret *secret = secrets->items[i];
        show_text(out, "secret", secret->id);
        show_text(out, "file", secret->file);
        show_text(out, "env", secret->environment);
    }
}

static void show_value(struct buffer *out, const char *name, const struct value *value) {
    if (value->pieces.count > 0) show_text(out, name, value_spelling(out->arena, value));
}

static void show_extras(struct buffer *out, const struct compose_extras *extras) {
    show_values(out, "ulimits", &extras->ulimits);
    show_values(out, "entitlements", &extras->entitlements);
    show_values(out, "no_cache_filter", &extras->no_cache_filter);
    show_value(out, "provenance", &extras->provenance);
    show_value(out, "sbom", &extras->sbom);
    show_arguments(out, "environment", &extras->environment);
    show_words(out, "env_files", &extras->env_files);
    show_words(out, "external", &extras->external_secrets);
}

static void show_build(struct buffer *out, const struct compose_build *build) {
    buffer_add(out, build->service);
    buffer_add_byte(out, build->is_understood ? ':' : '!');
    if (!build->is_understood) return;
    show_text(out, build->context_is_remote ? "remote" : "context", build->context);
    show_text(out, "dockerfile", build->dockerfile);
    show_text(out, "remote_dockerfile", build->remote_dockerfile);
    show_text(out, "inline", build->dockerfile_inline);
    show_text(out, "target", build->target);
    show_arguments(out, "args", &build->arguments);
    show_values(out, "tags", &build->tags);
    show_texts(out, "platforms", &build->platforms);
    show_pairs(out, "contexts", &build->contexts);
    show_pairs(out, "labels", &build->labels);
    show_values(out, "cache_from", &build->cache_from);
    show_values(out, "cache_to", &build->cache_to);
    show_secrets(out, &build->secrets);
    show_values(out, "ssh", &build->ssh);
    show_values(out, "hosts", &build->extra_hosts);
    show_text(out, "network", build->network);
    show_text(out, "shm_size", build->shm_size);
    if (build->no_cache) buffer_add_string(out, " no_cache");
    if (build->pull) buffer_add_string(out, " pull");
    show_text(out, "project", build->project);
    show_texts(out, "profiles", &build->profiles);
    if (build->extras != NULL) show_extras(out, build->extras);
}

static void show_builds(struct buffer *out, const struct compose_model *model) {
    for (size_t i = 0; i < model->builds.count; i++) {
        if (i > 0) buffer_add_string(out, " | ");
        show_build(out, model->builds.items[i]);
    }
}

static void show_diagnostics(struct buffer *out, struct diagnostics *diagnostics) {
    diag_sort(diagnostics);
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const struct diagnostic *diagnostic = diagnostics->list.items[i];
        buffer_format(out, " %s:%s@%u", diag_severity_name(diagnostic->severity), diagnostic->rule,
                      diagnostic->place.line);
    }
}

struct row {
    const char *base;     /* app/compose.yaml */
    const char *expected; /* without the diagnostics of plain success: all are listed */
    const char *why;
    const char *over; /* app/compose.override.yaml, NULL: none */
    const char *env;  /* app/.env, NULL: none */
};

static struct compose_request request_of(struct arena *arena, struct text path) {
    struct compose_request request = {0};
    texts_add(arena, &request.paths, path);
    return request;
}

static struct text load(struct arena *arena, const struct row *row, const char *directory) {
    struct files_memory memory;
    struct diagnostics diagnostics = diag_in(arena);
    struct compose_model model;
    struct compose_request request = request_of(arena, text_format(arena, "%scompose.yaml", directory));
    files_memory_init(&memory);
    files_memory_add(&memory, arena, request.paths.items[0], text_from(row->base));
    if (row->over != NULL) {
        texts_add(arena, &request.paths, text_format(arena, "%scompose.override.yaml", directory));
        files_memory_add(&memory, arena, request.paths.items[1], text_from(row->over));
    }
    if (row->env != NULL)
        files_memory_add(&memory, arena, text_format(arena, "%s.env", directory), text_from(row->env));
    struct buffer out = buffer_in(arena);
    if (!compose_load(arena, &memory.files, &request, &diagnostics, &model)) {
        buffer_add_string(&out, "refused");
        model = (struct compose_model){0};
    }
    if (text_is_given(model.name)) buffer_format(&out, "name=%.*s ", TEXT_ARG(model.name));
    show_builds(&out, &model);
    show_diagnostics(&out, &diagnostics);
    return buffer_text(&out);
}

/* One service `a` whose `build` is what stands in the row; `B` begins it. */
#define B "services:\n  a:\n    build:\n"
#define CONTEXT "a: context=app dockerfile=app/Dockerfile"

static const struct row rows[] = {
    /* what has no builds */
    {"", "", "an empty file", NULL, NULL},
    {"# c\n", "", "a comment", NULL, NULL},
    {"---\n", "", "a document without content", NULL, NULL},
    {"web:\n  build: .\n", "", "version 1: no `services`", NULL, NULL},
    {"services:\n", "", "no services", NULL, NULL},
    {"services: {a: {image: x}}\n", "", "a service without build", NULL, NULL},
    {"services: {a: {environment: {A: b}}}\n", "", "an overlay", NULL, NULL},
    {"[a]\n", "refused error:compose-schema@1", "a list", NULL, NULL},
    {"a\n", "refused error:compose-schema@1", "a string", NULL, NULL},
    {"services: [a]\n", "refused error:compose-schema@1", "services as a list", NULL, NULL},
    {"services: {a: }\n", "refused error:compose-schema@1", "a service without content", NULL, NULL},
    {"services: {a: {build: .}, a: {}}\n", "refused error:yaml-duplicate-key@1", "a key twice", NULL, NULL},
    {"services: {a: {build: .\n", "refused error:yaml-syntax@2", "no YAML", NULL, NULL},

    /* forms of build */
    {"services: {a: {build: .}}\n", CONTEXT, "short", NULL, NULL},
    {"services: {a: {build: web}}\n", "a: context=app/web dockerfile=app/web/Dockerfile", "a directory", NULL, NULL},
    {"services: {a: {build: ./web/}}\n", "a: context=app/web dockerfile=app/web/Dockerfile", "cleaned", NULL, NULL},
    {"services: {a: {build: ..}}\n", "a: context=. dockerfile=Dockerfile", "the parent", NULL, NULL},
    {"services: {a: {build: ../lib}}\n", "a: context=lib dockerfile=lib/Dockerfile", "a sibling", NULL, NULL},
    {"services: {a: {build: {}}}\n", CONTEXT, "nothing given", NULL, NULL},
    {"services: {a: {build: \"\"}}\n", CONTEXT, "an empty string is none", NULL, NULL},
    {"services: {a: {build: }}\n", "refused error:compose-schema@1", "null is not", NULL, NULL},
    {"services: {a: {build: 5}}\n", "refused error:compose-schema@1", "a number", NULL, NULL},
    {"services: {a: {build: [.]}}\n", "refused error:compose-schema@1", "a list", NULL, NULL},
    {"services: {b: {build: b}, a: {build: a}}\n",
     "b: context=app/b dockerfile=app/b/Dockerfile | a: context=app/a dockerfile=app/a/Dockerfile",
     "in the file's order", NULL, NULL},
    {"services: {a.b-C_1: {build: .}}\n", "a.b-C_1: context=app dockerfile=app/Dockerfile", "a name as written", NULL,
     NULL},

    /* context and dockerfile */
    {B "      context: web\n", "a: context=app/web dockerfile=app/web/Dockerfile", "long", NULL, NULL},
    {B "      context: ''\n      dockerfile: ''\n", CONTEXT, "empty strings", NULL, NULL},
    {B "      dockerfile: D\n", "a: context=app dockerfile=app/D", "relative to the context", NULL, NULL},
    {B "      dockerfile: ../D\n      context: web\n", "a: context=app/web dockerfile=app/D",
     "also upwards; the order of keys does not matter", NULL, NULL},
    {B "      context: ..\n      dockerfile: app/D\n", "a: context=. dockerfile=app/D", NULL, NULL, NULL},
    {B "      dockerfile_inline: FROM x\n", "a: context=app inline=FROM x", "no file with an inline one", NULL, NULL},
    {B "      dockerfile_inline: FROM x\n      dockerfile: D\n", "a! error:compose-invalid@4", "not both", NULL, NULL},
    {B "      dockerfile_inline: |\n        FROM x\n        RUN echo $$A\n",
     "a: context=app inline=FROM x\nRUN echo $A\n", "dollars are doubled in there", NULL, NULL},
    {B "      context: ../..\n", "a! warning:context-outside@4", "outside the repository", NULL, NULL},
    {B "      context: /srv\n", "a! warning:context-outside@4", "absolute", NULL, NULL},
    {B "      context: ~/x\n", "a! warning:context-outside@4", "at home", NULL, NULL},
    {B "      context: ~x\n", "a! warning:context-outside@4", "at home, too, as compose reads it", NULL, NULL},
    {B "      context: ./~x\n", "a: context=app/~x dockerfile=app/~x/Dockerfile", "a directory of that name", NULL,
     NULL},
    {B "      dockerfile: ../../D\n", "a! warning:context-outside@4", "a Dockerfile outside", NULL, NULL},
    {B "      dockerfile: /D\n", "a! warning:context-outside@4", "an absolute one", NULL, NULL},
    {B "      context: https://h/r.git#main:d\n      dockerfile: D\n",
     "a: remote=https://h/r.git#main:d remote_dockerfile=D", "a URL", NULL, NULL},
    {B "      context: git@h:r.git\n", "a: remote=git@h:r.git", "git over ssh", NULL, NULL},
    {B "      context: github.com/o/r\n", "a: remote=github.com/o/r", "a prefix that compose knows", NULL, NULL},
    {B "      context: ./github.com/o\n", "a: context=app/github.com/o dockerfile=app/github.com/o/Dockerfile",
     "which this is not", NULL, NULL},
    {B "      context: gitlab.com/o/r\n", "a: context=app/gitlab.com/o/r dockerfile=app/gitlab.com/o/r/Dockerfile",
     "nor this", NULL, NULL},
    {B "      context: ftp://h/x\n", "a: remote=ftp://h/x", "any scheme", NULL, NULL},
    {B "      context: 5\n", "refused error:compose-schema@4", "a number", NULL, NULL},
    {B "      context: '5'\n", "a: context=app/5 dockerfile=app/5/Dockerfile", "quoted it is a name", NULL, NULL},
    {B "      context: [x]\n", "refused error:compose-schema@4", "a list", NULL, NULL},
    {B "      target: \n", "refused error:compose-schema@4", "null", NULL, NULL},
    {B "      target: prod\n", CONTEXT " target=prod", "a target", NULL, NULL},
    {B "      target: ''\n", CONTEXT, "none", NULL, NULL},
    {B "      network: host\n      shm_size: 64m\n", CONTEXT " network=host shm_size=64m", NULL, NULL, NULL},
    {B "      shm_size: 1_024\n", CONTEXT " shm_size=1024", "a size as a number", NULL, NULL},
    {B "      shm_size: 1.5\n", "refused error:compose-schema@4", "a float is none", NULL, NULL},
    {B "      no_cache: true\n      pull: 'yes'\n", CONTEXT " no_cache pull", "booleans", NULL, NULL},
    {B "      no_cache: off\n      pull: FALSE\n", CONTEXT, NULL, NULL, NULL},
    {B "      no_cache: 1\n", "refused error:compose-schema@4", "a number is none", NULL, NULL},
    {B "      pull: always\n", "a! error:compose-invalid@4", "nor is another word", NULL, NULL},
    {B "      contxt: .\n", "refused error:unknown-key@4", "an unknown key", NULL, NULL},
    {B "      x-mine: [1]\n", CONTEXT, "but for extensions", NULL, NULL},
    {B "      ulimits: {nofile: 5}\n      sbom: true\n", CONTEXT " ulimits=[nofile=5] sbom=true",
     "one limit, an attestation", NULL, NULL},
    {B "      x-bake: {tags: [t]}\n", CONTEXT " note:x-bake-ignored@4", "bake's own", NULL, NULL},

    /* args */
    {B "      args: {B: two, A: '1'}\n", CONTEXT " args=[A=1 B=two]", "a mapping, sorted by name", NULL, NULL},
    {B "      args: [B=two, A=1]\n", CONTEXT " args=[A=1 B=two]", "a list", NULL, NULL},
    {B "      args: {A: 1_000, B: 1e6, C: 010, D: true, E: 1.10}\n", CONTEXT " args=[A=1000 B=1e+06 C=8 D=true E=1.1]",
     "as go-yaml reads and Go prints", NULL, NULL},
    {B "      args: {A: , B: ''}\n", CONTEXT " args=[A B=]", "no value is not the empty one", NULL, NULL},
    {B "      args: [A, B=]\n", CONTEXT " args=[A B=]", NULL, NULL, NULL},
    {B "      args: [A=1, B=2, A=3]\n", CONTEXT " args=[A=3 B=2]", "the last value counts", NULL, NULL},
    {B "      args: [A=1, A]\n", CONTEXT " args=[A]", "even if it is none", NULL, NULL},
    {B "      args: [A=b=c]\n", CONTEXT " args=[A=b=c]", "the first equals sign", NULL, NULL},
    {B "      args: {A: $X, B: '${Y:-d}z', C: $$X}\n", CONTEXT " args=[A=${X} B=${Y:-d}z C=$$X]",
     "references stay until the step runs", NULL, NULL},
    {B "      args: ['A=$X']\n", CONTEXT " args=[A=${X}]", NULL, NULL, NULL},
    {B "      args: ['$X=1']\n", CONTEXT " args=[N=1]", "a name from a variable", NULL, "X=N\n"},
    {B "      args: {$X: 1}\n", CONTEXT " args=[$X=1]", "keys are never interpolated", NULL, "X=N\n"},
    {B "      args: {A: $X}\n", CONTEXT " args=[A=${X}]", "even with a value in .env: the step may have another", NULL,
     "X=v\n"},
    {B "      args: [5]\n", "refused error:compose-schema@4", "a number in a list", NULL, NULL},
    {B "      args: A=1\n", "refused error:compose-schema@4", "a string", NULL, NULL},
    {B "      args: {A: [1]}\n", "refused error:compose-schema@4", "a list as value", NULL, NULL},
    {B "      args: [{A: 1}]\n", "refused error:compose-schema@4", "a mapping in a list", NULL, NULL},
    {B "      args: {A: 2024-01-02}\n", "refused error:compose-schema@4", "a date must be quoted", NULL, NULL},
    {B "      args: {A: '2024-01-02'}\n", CONTEXT " args=[A=2024-01-02]", NULL, NULL, NULL},
    {"x-a: &a {A: 1, B: 2}\n" B "      args: {<<: *a, B: 3}\n", CONTEXT " args=[A=1 B=3]", "a merge key", NULL, NULL},

    /* lists */
    {B "      tags: [x, y, x]\n    image: z\n", CONTEXT " tags=[x y z]", "tags, then the image", NULL, NULL},
    {B "      tags: [x, y]\n    image: x\n", CONTEXT " tags=[x y]", "unless it is one of them", NULL, NULL},
    {B "      tags: ['r/a:$T']\n    image: r/a:${T}\n", CONTEXT " tags=[r/a:${T}]", "however it is written", NULL,
     NULL},
    {B "      tags: x\n", "refused error:compose-schema@4", "a string", NULL, NULL},
    {B "      tags: [5]\n", "refused error:compose-schema@4", "a number", NULL, NULL},
    {B "      context: .\n    image: ''\n", CONTEXT, "an empty image is none", NULL, NULL},
    {B "      context: .\n    image: 5\n", "refused error:compose-schema@5", "a number as image", NULL, NULL},
    {B "      platforms: [linux/amd64, linux/arm64, linux/amd64]\n", CONTEXT " platforms=[linux/amd64 linux/arm64]",
     "repeats go", NULL, NULL},
    {B "      context: .\n    platform: linux/arm64\n", CONTEXT " platforms=[linux/arm64]", "the service's platform",
     NULL, NULL},
    {B "      platforms: [linux/amd64, linux/arm64]\n    platform: linux/arm64\n",
     CONTEXT " platforms=[linux/amd64 linux/arm64]", "which may be one of several", NULL, NULL},
    {B "      platforms: [linux/amd64]\n    platform: linux/arm64\n", "a! error:compose-invalid@5", "or must", NULL,
     NULL},
    {B "      platforms: ['$P', linux/amd64, '']\n", CONTEXT " platforms=[linux/amd64] note:compose-variable@4",
     "empty ones are dropped", NULL, NULL},
    {B "      no_cache_filter: deps\n", CONTEXT " no_cache_filter=[deps]", "one stage", NULL, NULL},
    {B "      cache_from: [a, b, a]\n", CONTEXT " cache_from=[a b]", "the builder is told of each cache once", NULL,
     NULL},
    {B "      args: {A: !!binary aGVsbG8=}\n      tags: [!!binary aGVsbG8=]\n", CONTEXT " args=[A=hello] tags=[hello]",
     "binary text", NULL, NULL},
    {B "      args: {A: !!int x}\n", "refused error:compose-schema@4", "a tag that does not fit", NULL, NULL},
    {B "      args: {1: x}\n", "refused error:compose-schema@4", "a key that is a number", NULL, NULL},
    {B "      cache_from: [x, type=gha, x]\n      cache_to: ['type=registry,ref=$R']\n",
     CONTEXT " cache_from=[x type=gha] cache_to=[type=registry,ref=${R}] warning:cache-dropped@4",
     "caches; Depot drops one of them", NULL, NULL},
    {B "      context: .\n    profiles: [dev, '$P']\n", CONTEXT " profiles=[dev p]", "profiles are known now", NULL,
     "P=p\n"},
    {B "      labels: {b: 1, a: }\n", CONTEXT " labels=[a= b=1]", "a label without value is empty", NULL, NULL},
    {B "      labels: [b=$X, a]\n", CONTEXT " labels=[a= b=${X}]", NULL, NULL, NULL},
    {B "      ssh: [default, k=/y]\n", CONTEXT " ssh=[default k=/y]", "a list", NULL, NULL},
    {B "      ssh: {default: , k: /y}\n", CONTEXT " ssh=[default k=/y]", "a mapping", NULL, NULL},
    {B "      ssh: [a=./k, b=../../k, 'c=x/${N}', 'd=${F}', e=~/k, f=~k, g=/k]\n",
     CONTEXT " ssh=[a=app/k b=../k c=app/x/${N} d=${F} e=${HOME}/k f=${HOME}/k g=/k]",
     "the path of a key is the file's", NULL, NULL},
    {B "      ssh: [k]\n", "a! error:compose-invalid@4", "only `default` needs no path", NULL, NULL},
    {B "      extra_hosts: ['a:1.2.3.4', 'b=::1', 'b=[::2]']\n", CONTEXT " hosts=[a=1.2.3.4 b=::1 b=::2]",
     "either separator; brackets go", NULL, NULL},
    {B "      extra_hosts: {a: 1.2.3.4, b: ['::1', '::2']}\n", CONTEXT " hosts=[a=1.2.3.4 b=::1 b=::2]",
     "one or several addresses", NULL, NULL},
    {B "      extra_hosts: [a]\n", "a! error:compose-invalid@4", "no address", NULL, NULL},

    /* named contexts */
    {B "      additional_contexts: {s: ../lib, i: 'docker-image://x', g: 'https://h/r.git'}\n",
     CONTEXT " contexts=[g=https://h/r.git i=docker-image://x s=path:lib]", "paths are from the root", NULL, NULL},
    {B "      additional_contexts: [s=lib]\n", CONTEXT " contexts=[s=path:app/lib]", "a list", NULL, NULL},
    {B "      additional_contexts: {s: 'service:b'}\n  b: {build: b}\n",
     CONTEXT " contexts=[s=service:b] | b: context=app/b dockerfile=app/b/Dockerfile", "another service", NULL, NULL},
    {B "      additional_contexts: {s: 'service:c'}\n", "a! error:compose-invalid@4", "one that is not there", NULL,
     NULL},
    {B "      additional_contexts: {s: ../../x}\n", "a! warning:context-outside@4", "outside", NULL, NULL},
    {B "      additional_contexts: [s]\n", "a! error:compose-invalid@4", "no value", NULL, NULL},

    /* secrets */
    {B "      secrets: [s]\nsecrets: {s: {file: ./s.txt}}\n", CONTEXT " secret=s file=app/s.txt", "a file", NULL, NULL},
    {B "      secrets: [{source: s, target: t}]\nsecrets: {s: {environment: V}}\n", CONTEXT " secret=t env=V",
     "a variable, under another id", NULL, NULL},
    {B "      secrets: [s]\nsecrets: {s: {file: /run/s}}\n", CONTEXT " secret=s file=/run/s", "a file of the agent",
     NULL, NULL},
    {B "      secrets: [s]\nsecrets: {s: {external: true}}\n", CONTEXT " external=[s]",
     "external: the build gets nothing", NULL, NULL},
    {B "      secrets: [s]\n", "a! error:compose-invalid@4", "not defined", NULL, NULL},
    {B "      secrets: [s]\nsecrets: {s: {file: ../../s}}\n", "a! warning:context-outside@5", "outside", NULL, NULL},

    /* x-depot */
    {B "      x-depot: {project-id: x19jffd9zf}\n", CONTEXT " project=x19jffd9zf", "Depot's own", NULL, NULL},
    {B "      x-depot: {project-id: 1234567890}\n", CONTEXT " project=1234567890", "a number", NULL, NULL},
    {B "      x-depot: {project-id: 0123}\n", CONTEXT " project=83 warning:project-id@4", "is printed as Go does", NULL,
     NULL},
    {B "      x-depot: {project-id: true}\n", CONTEXT " project=true", "so is a boolean", NULL, NULL},
    {B "      x-depot: {project-id: '0123'}\n", CONTEXT " project=0123", "a string stays", NULL, NULL},
    {B "      x-depot: {project-id: }\n", CONTEXT " warning:x-depot-ignored@4", "none", NULL, NULL},
    {B "      x-depot:\n", CONTEXT, "nothing", NULL, NULL},
    {B "      x-depot: {}\n", CONTEXT " warning:x-depot-ignored@4", "nothing", NULL, NULL},
    {B "      x-depot: {project-id: [a]}\n", "refused error:compose-schema@4", "no string", NULL, NULL},
    {B "      x-depot: {project-id: '${P:-abc}'}\n", CONTEXT " project=abc note:compose-variable@4", "interpolated",
     NULL, NULL},
    {B "      x-depot: {project_id: x}\n", CONTEXT " warning:x-depot-ignored@4", "with a dash, not an underscore", NULL,
     NULL},
    {B "      x-depot: x\n", "refused error:compose-schema@4", "no mapping", NULL, NULL},
    {B "      context: .\n    x-depot: {project-id: x}\n", CONTEXT " warning:x-depot-ignored@5", "only under `build`",
     NULL, NULL},

    /* values that must be known now */
    {B "      context: $D\n", "a: context=app/web dockerfile=app/web/Dockerfile", "from .env without a word", NULL,
     "D=web\n"},
    {B "      context: ${D:-web}\n", "a: context=app/web dockerfile=app/web/Dockerfile note:compose-variable@4",
     "a default is an assumption", NULL, NULL},
    {B "      context: $D\n", CONTEXT " note:compose-variable@4", "unset is empty", NULL, NULL},
    {B "      dockerfile: D.$E\n      target: ${T-t}\n",
     "a: context=app dockerfile=app/D. target=t note:compose-variable@4 note:compose-variable@5", "each is noted", NULL,
     NULL},
    {B "      context: ${D:?set it}\n", "a! warning:compose-not-understood@4", "required and not there", NULL, NULL},
    {B "      context: ${D:?set it}\n", "a: context=app/web dockerfile=app/web/Dockerfile", "required and there", NULL,
     "D=web\n"},
    {B "      args: {A: '${X:?m}'}\n", CONTEXT " args=[A=${X:?m}]", "an argument may wait for the step", NULL, NULL},
    {B "      no_cache: $N\n", "a! note:compose-variable@4 error:compose-invalid@4", "an unset boolean", NULL, NULL},
    {B "      no_cache: $N\n", CONTEXT " no_cache", "a set one", NULL, "N=on\n"},
    {B "      target: $X_TOKEN\n", CONTEXT " note:dotenv-secret@1 note:compose-variable@4",
     "a secret of .env is as good as unset", NULL, "X_TOKEN=hunter2\n"},
    {B "      context: .\n", "refused error:dotenv-syntax@1", "a .env that compose refuses", NULL, "A B=1\n"},

    /* the project's name */
    {"name: My_Proj.1\n" B "      context: .\n", "name=my_proj1 " CONTEXT, "made usable", NULL, NULL},
    {"name: ${N:-x}\nservices: {}\n", "name=x  note:compose-variable@1", "interpolated", NULL, NULL},
    {"name: ${N:?m}\nservices: {}\n", " warning:compose-not-understood@1", "required and not there", NULL, NULL},
    {"name: 5\nservices: {}\n", "refused error:compose-schema@1", "a number", NULL, NULL},

    /* templates anywhere in the file */
    {B "      context: .\n    command: echo ${\n", "refused error:compose-interpolation@5", "in a key that is not read",
     NULL, NULL},
    {"x-a: {b: ['${X']}\n" B "      context: .\n", "refused error:compose-interpolation@1", "in an extension", NULL,
     NULL},
    {B "      context: .\n    command: echo $(x) $1 $$y\n", CONTEXT, "dollars that are none", NULL, NULL},
    {B "      dockerfile_inline: |\n        FROM x\n        RUN ${a#b}\n", "refused error:compose-interpolation@4",
     "the shell's own in an inline Dockerfile", NULL, NULL},
    {"services:\n  a: {build: ., command: '${'}\n  b: {command: '${}'}\n",
     "refused error:compose-interpolation@2 error:compose-interpolation@3", "all are found", NULL, NULL},

    /* extends, tags and documents of one file */
    {B "      context: .\n    extends: b\n  b: {build: {context: b, target: t}}\n",
     CONTEXT " target=t | b: context=app/b dockerfile=app/b/Dockerfile target=t", "a service over what it extends",
     NULL, NULL},
    {"services: {a: {extends: b}, b: {build: .}}\n", CONTEXT " | b: context=app dockerfile=app/Dockerfile",
     "an inherited build", NULL, NULL},
    {"services: {a: {extends: {service: b}}, b: {extends: c}, c: {build: ., image: x}}\n",
     CONTEXT " tags=[x] | b: context=app dockerfile=app/Dockerfile tags=[x] | c: context=app "
             "dockerfile=app/Dockerfile tags=[x]",
     "a chain", NULL, NULL},
    {"services: {a: {extends: b}, b: {image: x}}\n", "", "no build anywhere", NULL, NULL},
    {"services:\n  a: {extends: b}\n  b: {extends: a}\n", "refused error:compose-extends@3", "a circle", NULL, NULL},
    {"services: {a: {extends: a, build: .}}\n", "refused error:compose-extends@1", "itself", NULL, NULL},
    {"services: {a: {extends: x, build: .}}\n", "refused error:compose-extends@1", "what is not there", NULL, NULL},
    {"services: {a: {extends: {file: x.yaml}, build: .}}\n", "refused error:compose-schema@1", "no service named", NULL,
     NULL},
    {"services: {a: {extends: {file: ../../x.yaml, service: b}, build: .}}\n", "a! warning:compose-not-understood@1",
     "a file outside the repository", NULL, NULL},
    {"services: {a: {extends: {file: x.yaml, service: b}, build: .}}\n", "refused error:compose-unreadable@1",
     "a file that is not there", NULL, NULL},
    {"include: [x.yaml]\n" B "      context: .\n", "refused error:compose-unreadable@1", "include of what is not there",
     NULL, NULL},
    {"include: ['https://x/y.git']\n" B "      context: .\n", CONTEXT " warning:compose-not-understood@1",
     "include of a repository", NULL, NULL},
    {"include: [compose.yaml]\n" B "      context: .\n", "refused error:compose-include@1", "include of itself", NULL,
     NULL},
    {B "      context: .\n    ports: !reset []\n", CONTEXT, "!reset of what is not there", NULL, NULL},
    {B "      context: .\n      target: !reset t\n", CONTEXT, "!reset of what stands beside it", NULL, NULL},
    {B "      args: !override {A: 1}\n  b: {build: b}\n",
     CONTEXT " args=[A=1] | b: context=app/b dockerfile=app/b/Dockerfile", "!override of what is not there", NULL,
     NULL},
    {B "      target: !override t\n", CONTEXT " target=t", "of a scalar", NULL, NULL},
    {"volumes: !reset {}\n" B "      context: .\n", CONTEXT, "where no build looks", NULL, NULL},
    {"services: !override\n  a: {build: .}\n", CONTEXT, "on all of them", NULL, NULL},
    {"services: {a: {extends: b, build: !reset null}, b: {build: .}}\n", "b: context=app dockerfile=app/Dockerfile",
     "!reset of what is inherited", NULL, NULL},
    {B "      context: .\n---\nservices: {b: {build: .}}\n", CONTEXT " | b: context=app dockerfile=app/Dockerfile",
     "two documents", NULL, NULL},
    {B "      args: {A: 1}\n---\n" B "      args: {B: 2}\n", CONTEXT " args=[A=1 B=2]", "are merged", NULL, NULL},
    {B "      target: t\n---\n" B "      target: !reset null\n", CONTEXT, "with their tags", NULL, NULL},

    /* what few builds have */
    {B "      ulimits: {nofile: 1024, nproc: {soft: 1, hard: $N}}\n", CONTEXT " ulimits=[nofile=1024 nproc=1:${N}]",
     "ulimits", NULL, NULL},
    {B "      ulimits: {nproc: {soft: 1}}\n", "refused error:compose-schema@4", "half a limit", NULL, NULL},
    {B "      entitlements: [network.host]\n      privileged: true\n",
     CONTEXT " entitlements=[network.host security.insecure]", "entitlements", NULL, NULL},
    {B "      privileged: 'yes'\n      entitlements: [security.insecure]\n",
     CONTEXT " entitlements=[security.insecure]", "each once", NULL, NULL},
    {B "      provenance: mode=$M\n      sbom: true\n", CONTEXT " provenance=mode=${M} sbom=true", "attestations", NULL,
     NULL},
    {B "      no_cache_filter: [a, b]\n", CONTEXT " no_cache_filter=[a b]", "stages without a cache", NULL, NULL},
    {B "      args: [A, B]\n    environment: {A: 1, C: 2}\n", CONTEXT " args=[A B] environment=[A=1]",
     "the service's environment, where bake looks for arguments", NULL, NULL},
    {B "      args: [A=1]\n    environment: {A: 1}\n", CONTEXT " args=[A=1]", "nobody asks for it", NULL, NULL},
    {B "      args: [A]\n    env_file: .env\n", CONTEXT " args=[A] environment=[A=x] env_files=[app/.env]",
     "from a file, too", NULL, "A=x\n"},
    {B "      context: .\n    env_file: [{path: x.env, required: false}, y.env]\n", CONTEXT " env_files=[app/y.env]",
     "files that must be there", NULL, NULL},
    {"secrets: {s: {external: true}}\n" B "      secrets: [s]\n", CONTEXT " external=[s]", "a secret kept elsewhere",
     NULL, NULL},

    /* override files */
    {"services: {a: {build: x}}\n", "a: context=app/y dockerfile=app/y/Dockerfile", "a string over a string",
     "services: {a: {build: y}}\n", NULL},
    {"services: {a: {build: x}}\n", "a: context=app/x dockerfile=app/x/Dockerfile target=t", "a mapping over a string",
     "services: {a: {build: {target: t}}}\n", NULL},
    {"services: {a: {build: {context: x, target: t}}}\n", "a: context=app/y dockerfile=app/y/Dockerfile target=t",
     "a string over a mapping", "services: {a: {build: y}}\n", NULL},
    {"services: {a: {image: x}}\n", CONTEXT " tags=[x]", "a build that the override adds",
     "services: {a: {build: .}}\n", NULL},
    {"services: {a: {build: .}}\n", CONTEXT " tags=[y] | b: context=app/b dockerfile=app/b/Dockerfile",
     "a service that it adds comes last", "services: {b: {build: b}, a: {image: y}}\n", NULL},
    {B "      args: {A: 1, B: 2}\n", CONTEXT " args=[A=1 B=3 C=4]", "args of two mappings",
     B "      args: {B: 3, C: 4}\n", NULL},
    {B "      args: {A: 1, B: 2}\n", CONTEXT " args=[A=1 B=3 C]", "a list over a mapping", B "      args: [B=3, C]\n",
     NULL},
    {B "      args: [A=$X]\n", CONTEXT " args=[$A=$$X A=${X}]", "a name that looks like a reference stays one",
     B "      args: {$A: $$X}\n", NULL},
    {B "      args: [{A: 1}]\n", "refused error:compose-merge@4", "a mapping in a list is none of ours",
     B "      args: {B: 2}\n", NULL},
    {B "      context: .\n", "refused error:compose-schema@4", "null where the base has nothing", B "      target: \n",
     NULL},
    {B "      args: {A: 1}\n", CONTEXT " args=[A]", "no value over a value", B "      args: {A: }\n", NULL},
    {B "      args: {A: 1}\n", CONTEXT " args=[A=1]", "null leaves the base", B "      args: \n", NULL},
    {B "      tags: [x]\n", CONTEXT " tags=[x y]", "lists append", B "      tags: [y, x]\n", NULL},
    {B "      context: .\n    image: x\n", CONTEXT " tags=[y]", "an image replaces", "services: {a: {image: y}}\n",
     NULL},
    {B "      additional_contexts: {s: x}\n", CONTEXT " contexts=[s=path:app/y t=path:app/z]", "named contexts",
     B "      additional_contexts: [s=y, t=z]\n", NULL},
    {B "      extra_hosts: ['a:1']\n", CONTEXT " hosts=[a=1 b=2]", "hosts", B "      extra_hosts: {b: '2'}\n", NULL},
    {B "      ssh: [default]\n", CONTEXT " ssh=[default k=/x]", "ssh keys", B "      ssh: {k: /x}\n", NULL},
    {B "      ssh: {k: /x}\n", CONTEXT " ssh=[k=/x l=/y]", "of two mappings", B "      ssh: {l: /y}\n", NULL},
    {B "      ssh: [default]\n", "refused error:compose-merge@4", "a list of them overrides nothing",
     B "      ssh: [k=/x]\n", NULL},
    {B "      ssh: {k: /x}\n", "refused error:compose-merge@4", "not even a mapping", B "      ssh: [default]\n", NULL},
    {B "      ssh: [default]\n", CONTEXT " ssh=[k=/x]", "but in its place", B "      ssh: !override [k=/x]\n", NULL},
    {B "      target: t\n", CONTEXT " target=u", "a scalar replaces", B "      target: u\n", NULL},
    {B "      target: t\n", CONTEXT " target=t", "null does not", B "      target:\n", NULL},
    {B "      tags: [x]\n", "refused error:compose-merge@4", "other kinds do not mix", B "      tags: x\n", NULL},
    {"services: {a: {build: .}}\n", "refused error:compose-merge@1", "nor above", "services: [a]\n", NULL},
    {"services: {a: {build: ., command: [x]}}\n", CONTEXT, "keys that no build reads are not looked at",
     "services: {a: {command: y, ports: {a: b}}}\n", NULL},
    {"services: {a: {build: .}}\n", "", "a build that is taken away", "services: {a: {build: !reset null}}\n", NULL},
    {"services: {a: {build: .}}\n", "", "a service that is", "services: {a: !reset {}}\n", NULL},
    {B "      args: {A: 1, B: 2}\n", CONTEXT " args=[C=3]", "args in their place", B "      args: !override {C: 3}\n",
     NULL},
    {B "      args: {A: 1, B: 2}\n", CONTEXT " args=[A=1]", "one of them taken away",
     B "      args: {B: !reset null}\n", NULL},
    {B "      tags: [x]\n", CONTEXT " tags=[y]", "a list in another's place", B "      tags: !override [y]\n", NULL},
    {B "      ulimits: {nofile: 1}\n", CONTEXT " ulimits=[nofile=1:2]", "a limit is replaced as a whole",
     B "      ulimits: {nofile: {soft: 1, hard: 2}}\n", NULL},
    {B "      args: [A]\n    environment: {A: 1}\n", CONTEXT " args=[A] environment=[A=2]", "the environment of both",
     "services: {a: {environment: [A=2, B=3]}}\n", NULL},
    {"name: x\nservices: {a: {build: .}}\n", "name=y " CONTEXT, "the name", "name: y\n", NULL},
    {"services: {a: {build: .}}\n", CONTEXT, "an empty override", "# nothing\n", NULL},
    {B "      secrets: [s]\n", CONTEXT " secret=s env=V", "a secret that the override defines",
     "secrets: {s: {environment: V}}\n", NULL},
};

static void test_rows(struct arena *arena) {
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *why = rows[i].why == NULL ? rows[i].base : rows[i].why;
        CHECK_TEXT(load(arena, &rows[i], "app/"), rows[i].expected, why);
    }
}

static void test_at_the_root(struct arena *arena) {
    struct row root = {"services: {a: {build: .}}\n", "a: context=. dockerfile=Dockerfile", "at the root", NULL, NULL};
    CHECK_TEXT(load(arena, &root, ""), root.expected, root.why);
    struct row parent = {"services: {a: {build: ..}}\n", "a! warning:context-outside@1", "above it", NULL, NULL};
    CHECK_TEXT(load(arena, &parent, ""), parent.expected, parent.why);
}

/* ---- several files ---- */

struct file_row {
    const char *files[12]; /* path, bytes, path, bytes …; the first is the base file */
    const char *expected;
    const char *why;
};

static const struct file_row file_rows[] = {
    {{"app/compose.yaml", "services: {a: {extends: {file: sub/base.yaml, service: b}}}\n", "app/sub/base.yaml",
      "services: {b: {build: {context: ./inner, additional_contexts: {c: ../d}, args: [X=$V]}}}\n", "app/.env",
      "V=1\n"},
     "a: context=app/sub/inner dockerfile=app/sub/inner/Dockerfile args=[X=${V}] contexts=[c=path:app/d] "
     "parts=[app/sub/base.yaml]",
     "paths of an extended file are seen from its directory"},
    {{"app/compose.yaml", "services: {a: {extends: {file: sub/base.yaml, service: b}, build: {context: own}}}\n",
      "app/sub/base.yaml", "services: {b: {build: {dockerfile: x/Dockerfile}}}\n"},
     "a: context=app/own dockerfile=app/own/x/Dockerfile parts=[app/sub/base.yaml]",
     "the Dockerfile is seen from the context, whoever says it"},
    {{"app/compose.yaml", "services: {a: {extends: {file: sub/b.yaml, service: b}}}\n", "app/sub/b.yaml",
      "services: {b: {extends: {file: ../c.yaml, service: c}}}\n", "app/c.yaml", "services: {c: {build: c}}\n"},
     "a: context=app/c dockerfile=app/c/Dockerfile parts=[app/sub/b.yaml app/c.yaml]",
     "and so are further files"},
    {{"app/compose.yaml", "services: {a: {extends: {file: compose.yaml, service: b}}, b: {build: .}}\n"},
     "a: context=app dockerfile=app/Dockerfile | b: context=app dockerfile=app/Dockerfile",
     "the very file"},
    {{"app/compose.yaml", "services: {a: {extends: {file: compose.yaml, service: a}}}\n"},
     "refused error:compose-extends@1",
     "itself by way of the file"},
    {{"app/compose.yaml", "services: {a: {extends: {file: b.yaml, service: b}}}\n", "app/b.yaml",
      "include: [nowhere.yaml]\nservices: {b: {build: .}}\n"},
     "a: context=app dockerfile=app/Dockerfile parts=[app/b.yaml]",
     "an extended file includes nothing"},
    {{"app/compose.yaml", "services: {a: {extends: {file: b.yaml, service: b}}}\n", "app/b.yaml",
      "services: {b: {build: .}, c: {command: '${'}}\n"},
     "refused error:compose-interpolation@1",
     "all of it is looked at"},
    {{"app/compose.yaml", "include: [sub/inc.yaml]\nservices: {a: {build: a}}\n", "app/sub/inc.yaml",
      "services: {b: {build: .}}\n"},
     "a: context=app/a dockerfile=app/a/Dockerfile | b: context=app/sub dockerfile=app/sub/Dockerfile "
     "parts=[app/sub/inc.yaml]",
     "include"},
    {{"app/compose.yaml", "include: [{path: [sub/i.yaml, sub/x/j.yaml]}]\n", "app/sub/i.yaml",
      "services: {b: {build: {context: ., target: t}}}\n", "app/sub/x/j.yaml",
      "services: {b: {build: {context: ./y}}}\n"},
     "b: context=app/sub/y dockerfile=app/sub/y/Dockerfile target=t parts=[app/sub/i.yaml app/sub/x/j.yaml]",
     "one entry with two files: the first one's directory"},
    {{"app/compose.yaml", "include: [{path: sub/i.yaml, project_directory: .}]\n", "app/sub/i.yaml",
      "services: {b: {build: ./z}}\n"},
     "b: context=app/z dockerfile=app/z/Dockerfile parts=[app/sub/i.yaml]",
     "or the one that is given"},
    {{"app/compose.yaml", "include: [i.yaml]\nservices: {a: {extends: b}}\n", "app/i.yaml",
      "services: {b: {build: .}}\n"},
     "a: context=app dockerfile=app/Dockerfile | b: context=app dockerfile=app/Dockerfile parts=[app/i.yaml]",
     "what is included can be extended"},
    {{"app/compose.yaml", "include: [i.yaml, i.yaml]\n", "app/i.yaml", "services: {b: {build: .}}\n"},
     "b: context=app dockerfile=app/Dockerfile parts=[app/i.yaml]",
     "the same twice"},
    {{"app/compose.yaml", "include: [i.yaml]\nservices: {b: {build: {target: t}}}\n", "app/i.yaml",
      "services: {b: {build: {context: x}}}\n"},
     "b: context=app/x dockerfile=app/x/Dockerfile target=t parts=[app/i.yaml] warning:compose-include@2",
     "what both define is merged, and said"},
    {{"app/compose.yaml", "include: [i.yaml]\n", "app/i.yaml", "include: [compose.yaml]\nservices: {b: {build: .}}\n"},
     "refused error:compose-include@1",
     "a circle"},
    {{"app/compose.yaml", "include: [$D/i.yaml]\n", "app/sub/i.yaml", "services: {b: {build: ./$E}}\n", "app/.env",
      "D=sub\nE=one\n", "app/sub/.env", "E=two\nF=f\n"},
     "b: context=app/sub/one dockerfile=app/sub/one/Dockerfile parts=[app/sub/i.yaml]",
     "the variables of the including project beat those of the included one"},
    {{"app/compose.yaml", "include: [sub/i.yaml]\n", "app/sub/i.yaml", "services: {b: {build: ./$E}}\n", "app/sub/.env",
      "E=two\n"},
     "b: context=app/sub/two dockerfile=app/sub/two/Dockerfile parts=[app/sub/i.yaml]",
     "which it has besides"},
    {{"app/compose.yaml", "include: [{path: sub/i.yaml, env_file: e.env}]\n", "app/sub/i.yaml",
      "services: {b: {build: ./$E}}\n", "app/sub/.env", "E=two\n", "app/e.env", "E=three\n"},
     "b: context=app/sub/three dockerfile=app/sub/three/Dockerfile parts=[app/sub/i.yaml]",
     "or those of files that are named, seen from the including project"},
    {{"app/compose.yaml", "include: [{path: i.yaml, env_file: no.env}]\n", "app/i.yaml", "services: {b: {build: .}}\n"},
     "refused error:compose-unreadable@1",
     "which must be there"},
    {{"app/compose.yaml", "include: [i.yaml]\nservices: {a: {build: {context: ., secrets: [s]}}}\n", "app/i.yaml",
      "secrets: {s: {file: ./k}}\n"},
     "a: context=app dockerfile=app/Dockerfile secret=s file=app/k parts=[app/i.yaml]",
     "secrets come along"},
    {{"app/compose.yaml", "include: i.yaml\n"}, "refused error:compose-schema@1", "include is a list"},
    {{"app/compose.yaml", "include: [{env_file: x}]\n"}, " warning:compose-include@1", "an entry without a path"},
};

static void add_files(struct arena *arena, struct files_memory *memory, const struct file_row *row) {
    files_memory_init(memory);
    for (size_t i = 0; i + 1 < sizeof(row->files) / sizeof(*row->files) && row->files[i] != NULL; i += 2)
        files_memory_add(memory, arena, text_from(row->files[i]), text_from(row->files[i + 1]));
}

static void test_files(struct arena *arena) {
    for (size_t i = 0; i < sizeof(file_rows) / sizeof(*file_rows); i++) {
        const struct file_row *row = &file_rows[i];
        struct files_memory memory;
        struct diagnostics diagnostics = diag_in(arena);
        struct compose_model model = {0};
        struct compose_request request = request_of(arena, text_from(row->files[0]));
        struct buffer out = buffer_in(arena);
        add_files(arena, &memory, row);
        if (!compose_load(arena, &memory.files, &request, &diagnostics, &model)) buffer_add_string(&out, "refused");
        show_builds(&out, &model);
        show_words(&out, "parts", &model.parts);
        show_diagnostics(&out, &diagnostics);
        CHECK_TEXT(buffer_text(&out), row->expected, row->why);
    }
}

static void test_request(struct arena *arena) {
    struct files_memory memory;
    struct diagnostics diagnostics = diag_in(arena);
    struct compose_model model;
    struct variables known = {0};
    struct compose_request request = request_of(arena, TEXT("deploy/compose.yaml"));
    struct buffer out = buffer_in(arena);
    files_memory_init(&memory);
    files_memory_add(&memory, arena, TEXT("deploy/compose.yaml"), TEXT("services: {a: {build: $A/$B/$C}}\n"));
    files_memory_add(&memory, arena, TEXT("one.env"), TEXT("A=1\nB=1\nC=1\n"));
    files_memory_add(&memory, arena, TEXT("two.env"), TEXT("B=2\nC=2\n"));
    variables_set(arena, &known, TEXT("C"), TEXT("3"));
    request.directory = TEXT(".");
    request.variables = &known;
    texts_add(arena, &request.env_files, TEXT("one.env"));
    texts_add(arena, &request.env_files, TEXT("two.env"));
    CHECK(compose_load(arena, &memory.files, &request, &diagnostics, &model), "read");
    show_builds(&out, &model);
    CHECK_TEXT(buffer_text(&out), "a: context=1/2/3 dockerfile=1/2/3/Dockerfile",
               "another project directory, files of variables, the later one first, and what beats them");
}

/* What is extended or merged again and again may not grow without end. */
static void test_bombs(struct arena *arena) {
    struct buffer chain = buffer_in(arena), wide = buffer_in(arena);
    buffer_add_string(&chain, "services:\n");
    for (int i = 0; i < 1000; i++)
        buffer_format(&chain, "  s%d: {extends: s%d}\n", i, i + 1);
    buffer_add_string(&chain, "  s1000: {build: .}\n");
    buffer_add_string(&wide, "x: &big [");
    for (int i = 0; i < 20000; i++)
        buffer_add_string(&wide, "a, ");
    buffer_add_string(&wide, "]\nservices:\n  s: {build: {context: ., tags: *big}}\n");
    for (int i = 0; i < 1000; i++)
        buffer_format(&wide, "  s%d: {extends: s}\n", i);
    const struct buffer *bombs[] = {&chain, &wide};
    for (size_t i = 0; i < 2; i++) {
        struct files_memory memory;
        struct diagnostics diagnostics = diag_in(arena);
        struct compose_model model;
        struct compose_request request = request_of(arena, TEXT("compose.yaml"));
        files_memory_init(&memory);
        files_memory_add(&memory, arena, request.paths.items[0], buffer_text(bombs[i]));
        CHECK(!compose_load(arena, &memory.files, &request, &diagnostics, &model), "bomb %zu", i);
        CHECK_TEXT(text_from(((const struct diagnostic *)diagnostics.list.items[0])->rule), "compose-limit", "said");
    }
    struct files_memory memory;
    struct diagnostics diagnostics = diag_in(arena);
    struct compose_model model;
    struct compose_request request = request_of(arena, TEXT("0.yaml"));
    files_memory_init(&memory);
    for (int i = 0; i < 20; i++) /* each includes the next one twice */
        files_memory_add(&memory, arena, text_format(arena, "%d.yaml", i),
                         text_format(arena, "include: [{path: %d.yaml}, {path: ./%d.yaml}]\n", i + 1, i + 1));
    files_memory_add(&memory, arena, TEXT("20.yaml"), TEXT("services: {}\n"));
    CHECK(!compose_load(arena, &memory.files, &request, &diagnostics, &model), "a million includes");
    CHECK_TEXT(text_from(((const struct diagnostic *)diagnostics.list.items[0])->rule), "compose-limit", "said");
}

static void test_missing_file(struct arena *arena) {
    struct files_memory memory;
    struct diagnostics diagnostics = diag_in(arena);
    struct compose_model model;
    struct compose_request request = request_of(arena, TEXT("compose.yaml"));
    files_memory_init(&memory);
    CHECK(!compose_load(arena, &memory.files, &request, &diagnostics, &model), "a file that is not there");
    const struct diagnostic *diagnostic = diagnostics.list.items[0];
    CHECK_TEXT(diagnostic->message, "'compose.yaml' does not exist", "is named");
}

static void test_messages(struct arena *arena) {
    struct files_memory memory;
    struct diagnostics diagnostics = diag_in(arena);
    struct compose_model model;
    struct compose_request request = request_of(arena, TEXT("compose.yaml"));
    files_memory_init(&memory);
    files_memory_add(&memory, arena, request.paths.items[0],
                     TEXT("services:\n  web:\n    build: {dockerfil: x, target: [x], context: '${D:-web}'}\n"));
    compose_load(arena, &memory.files, &request, &diagnostics, &model);
    diag_sort(&diagnostics);
    static const char *const expected[] = {
        "services.web.build additional properties 'dockerfil' not allowed; did you mean 'dockerfile'?",
        "services.web.build.target must be a string",
        "service 'web': 'build.context' is taken as 'web', for 'D' is not set in '.env'",
    };
    CHECK(diagnostics.list.count == 3, "%zu", diagnostics.list.count);
    for (size_t i = 0; i < diagnostics.list.count && i < 3; i++) {
        const struct diagnostic *diagnostic = diagnostics.list.items[i];
        CHECK_TEXT(diagnostic->message, expected[i], "words");
    }
}

/* Thousands of services: look-ups of services, arguments and tags go through hashes. */
static void test_many(struct arena *arena) {
    struct buffer base = buffer_in(arena);
    buffer_add_string(&base, "services:\n");
    for (int i = 0; i < 5000; i++)
        buffer_format(&base, "  s%d:\n    build:\n      context: ./s%d\n      args: {A: $A, B: %d}\n    image: r/s%d\n",
                      i, i, i, i);
    struct files_memory memory;
    struct diagnostics diagnostics = diag_in(arena);
    struct compose_model model;
    struct compose_request request = request_of(arena, TEXT("compose.yaml"));
    texts_add(arena, &request.paths, TEXT("over.yaml"));
    files_memory_init(&memory);
    files_memory_add(&memory, arena, request.paths.items[0], buffer_text(&base));
    files_memory_add(&memory, arena, request.paths.items[1], buffer_text(&base));
    CHECK(compose_load(arena, &memory.files, &request, &diagnostics, &model), "many services, merged with themselves");
    CHECK(model.builds.count == 5000 && model.service_count == 5000, "%zu", model.builds.count);
}

int main(void) {
    struct arena arena;
    arena_init(&arena);
    test_rows(&arena);
    test_files(&arena);
    test_request(&arena);
    test_bombs(&arena);
    test_at_the_root(&arena);
    test_missing_file(&arena);
    test_messages(&arena);
    test_many(&arena);
    arena_finish(&arena);
    return check_done("compose");
}
