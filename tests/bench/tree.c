/*
 * tree: makes a synthetic monorepo to measure against.
 *
 * The rule that makes it simple: everything is a function of a number. Unit 17 has one
 * path, ordinary file 123,456 belongs to one unit and has one path and one content. So
 * nothing is stored, nothing is random, and the same arguments give the same commit ids.
 *
 *     compose.yaml  depot.json  .gitignore
 *     services/<group>/<name>/  Dockerfile, an ignore file, ordinary files   a unit
 *     images/<name>/            the same: a base image that services build from   a unit
 *     libs/<name>/              ordinary files that services copy   a unit
 *     docs/<name>/              ordinary files that no image copies   a unit
 *
 * The history goes through `git fast-import`: refs/heads/main, and for each --changed N a
 * branch cN one commit above it that changes N ordinary files. main is checked out.
 *
 * Limits: SHA-1 objects, index version 2, sizes below 2^32; one tree a directory.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    services_per_group = 25,
    files_per_directory = 13,
    files_at_root = 3,   /* compose.yaml, depot.json, .gitignore */
    container_files = 2, /* of a unit that is an image: the Dockerfile and its ignore file */
    smallest_unit = 2,   /* package.json and one source: what the Dockerfiles copy */
    most_changes = 8,
};

struct shape {
    unsigned services, files, nesting, libs, bases, untracked, ignored;
    unsigned changed[most_changes];
    size_t changes;
    bool shared_library, index_only, replace;
};

/* Directory counts are a result: about 100, 4,200 and 44,000. */
static const struct {
    const char *name;
    struct shape shape;
} sizes[] = {
    {"small", {.services = 10, .files = 1000, .nesting = 3, .libs = 4, .changed = {1, 100}, .changes = 2}},
    {"medium",
     {.services = 200,
      .files = 50000,
      .nesting = 3,
      .libs = 40,
      .bases = 10,
      .changed = {1, 1000, 10000},
      .changes = 3}},
    {"large",
     {.services = 5000,
      .files = 500000,
      .nesting = 3,
      .libs = 200,
      .bases = 50,
      .changed = {1, 1000, 50000},
      .changes = 3}},
};

/* None of these is a name that a scan would leave out, such as "test" or "vendor". */
static const char *const words[] = {
    "account", "address", "alert",   "audit",  "basket", "batch",  "billing", "budget",  "cache",  "catalog", "claim",
    "client",  "contact", "coupon",  "credit", "device", "digest", "event",   "export",  "feed",   "filter",  "gateway",
    "import",  "invoice", "label",   "ledger", "mail",   "market", "media",   "member",  "metric", "notice",  "offer",
    "order",   "parcel",  "payment", "plan",   "policy", "price",  "profile", "queue",   "quota",  "rating",  "refund",
    "region",  "report",  "return",  "review", "route",  "rule",   "search",  "session", "shift",  "stock",   "store",
    "supply",  "ticket",  "token",   "trace",  "user",   "vault",  "wallet",  "window",  "zone",
};

static const char *const extensions[] = {"go", "ts", "json", "py", "sql"};

static void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("tree: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

/* ---- numbers to names ---------------------------------------------------------------- */

struct path {
    char text[512];
    size_t length;
};

static void append(struct path *path, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    size_t room = sizeof path->text - path->length;
    int added = vsnprintf(path->text + path->length, room, format, arguments);
    va_end(arguments);
    if (added < 0 || (size_t)added >= room)
        die("a path is longer than %zu bytes: choose a smaller --nesting", sizeof path->text);
    path->length += (size_t)added;
}

/* The finaliser of splitmix64: neighbouring numbers get names that are not alike. */
static uint64_t mix(uint64_t number) {
    number += 0x9e3779b97f4a7c15;
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
    number = (number ^ number >> 27) * 0x94d049bb133111eb;
    return number ^ number >> 31;
}

static const char *word(uint64_t number) {
    return words[number % COUNT(words)];
}

static const char *word_of(uint64_t number) {
    return word(mix(number));
}

/* Units are numbered through: services, base images, libraries, topics of the documentation. */
static unsigned topics(const struct shape *shape) {
    return shape->services / 20 + 1;
}

static unsigned images(const struct shape *shape) {
    return shape->services + shape->bases;
}

static unsigned units(const struct shape *shape) {
    return images(shape) + shape->libs + topics(shape);
}

static unsigned library(const struct shape *shape, uint64_t number) {
    return images(shape) + (unsigned)(number % shape->libs);
}

static void append_unit(struct path *path, const struct shape *shape, unsigned unit) {
    if (unit < shape->services) {
        unsigned group = unit / services_per_group;
        append(path, "services/%s-%u/%s-%s-%u", word_of(group * 31), group, word_of(unit), word_of(~(uint64_t)unit),
               unit);
    } else if (unit < images(shape)) {
        append(path, "images/%s-%u", word_of(unit), unit - shape->services);
    } else if (unit < images(shape) + shape->libs) {
        append(path, "libs/%s-%u", word_of(unit), unit - images(shape));
    } else {
        append(path, "docs/%s-%u", word_of(unit), unit - images(shape) - shape->libs);
    }
}

/* The name that compose and the registry use: the last component of the directory. */
static const char *unit_name(const struct path *unit) {
    return strrchr(unit->text, '/') + 1;
}

/*
 * A unit's sources fill directories of `files_per_directory`; the directories hang below
 * src in chains of `nesting`:   src   src/a0   src/a0/b0   src/a0/b0/c0   src/d1   src/d1/e1
 */
static void append_source(struct path *path, const struct shape *shape, unsigned unit, unsigned source) {
    unsigned directory = source / files_per_directory;
    uint64_t first_word = mix((uint64_t)unit << 32 | directory);
    append(path, "/src");
    if (directory > 0 && shape->nesting > 0) {
        unsigned chain = (directory - 1) / shape->nesting;
        unsigned depth = (directory - 1) % shape->nesting;
        for (unsigned level = 0; level <= depth; level++)
            append(path, "/%s%u", word_of((uint64_t)unit << 16 ^ chain << 4 ^ level), chain);
    }
    append(path, "/%s_%s", word(first_word + source % files_per_directory), word_of(first_word + source));
    /* Without nesting all share one directory, and chains share theirs only by design. */
    if (shape->nesting == 0) append(path, "_%u", source);
    append(path, ".%s", extensions[mix(source) % COUNT(extensions)]);
}

/* ---- ordinary files ------------------------------------------------------------------ */

static unsigned ordinary_files(const struct shape *shape) {
    return shape->files - files_at_root - container_files * images(shape);
}

static unsigned most_changed(const struct shape *shape) {
    unsigned most = 0;
    for (size_t i = 0; i < shape->changes; i++)
        if (shape->changed[i] > most) most = shape->changed[i];
    return most;
}

/* With a shared library the last files are all its own, so that a commit can change them. */
static unsigned spread_files(const struct shape *shape) {
    return ordinary_files(shape) - (shape->shared_library ? most_changed(shape) : 0);
}

/* The first file of a unit when the spread ones are dealt out evenly and in order. */
static unsigned first_file(const struct shape *shape, unsigned unit) {
    uint64_t total = units(shape);
    return (unsigned)(((uint64_t)unit * spread_files(shape) + total - 1) / total);
}

static void append_ordinary(struct path *path, const struct shape *shape, unsigned file) {
    unsigned spread = spread_files(shape);
    bool shared = file >= spread;
    unsigned unit = shared ? library(shape, 0) : (unsigned)((uint64_t)file * units(shape) / spread);
    unsigned first = first_file(shape, unit);
    append_unit(path, shape, unit);
    if (shared) /* goes on where the library's own part of the spread ended */
        append_source(path, shape, unit, file - spread + first_file(shape, unit + 1) - first - 1);
    else if (file == first)
        append(path, "/package.json");
    else
        append_source(path, shape, unit, file - first - 1);
}

/* ---- the text of container files ----------------------------------------------------- */

static bool has_root_context(const struct shape *shape, unsigned service) {
    return shape->shared_library || service % 3 == 0;
}

static bool has_named_context(const struct shape *shape, unsigned service) {
    return shape->libs > 0 && service % 10 == 3;
}

static bool has_internal_base(const struct shape *shape, unsigned service) {
    return shape->bases > 0 && service % 5 == 2;
}

static void write_base_reference(FILE *out, const struct shape *shape, unsigned base) {
    struct path path = {0};
    append_unit(&path, shape, shape->services + base);
    fprintf(out, "registry.example.com/images/%s:1", unit_name(&path));
}

static void write_from(FILE *out, const struct shape *shape, unsigned service) {
    fputs("FROM ", out);
    if (has_internal_base(shape, service))
        write_base_reference(out, shape, service % shape->bases);
    else
        fputs("node:22-bookworm-slim", out);
    fputs(" AS build\n", out);
}

/* From the repository root a path is whole; from the unit's own directory it is short. */
static void write_copies(FILE *out, const struct shape *shape, unsigned service) {
    struct path path = {0};
    append_unit(&path, shape, service);
    if (!has_root_context(shape, service)) {
        fputs("COPY package.json ./\nCOPY src ./src\n", out);
        return;
    }
    fprintf(out, "COPY %s/package.json ./\nCOPY %s/src ./src\n", path.text, path.text);
    unsigned copied = shape->shared_library ? 1 : 3;
    for (unsigned i = 0; i < copied && i < shape->libs; i++) {
        struct path lib = {0};
        append_unit(&lib, shape, library(shape, shape->shared_library ? 0 : service / 3 + i));
        fprintf(out, "COPY %s ./%s\n", lib.text, lib.text);
    }
}

static void write_service_dockerfile(FILE *out, const struct shape *shape, unsigned service) {
    fputs("# syntax=docker/dockerfile:1\n"
          "ARG VERSION=dev\n",
          out);
    write_from(out, shape, service);
    fputs("ARG VERSION\n"
          "ENV NODE_ENV=production\n"
          "WORKDIR /app\n",
          out);
    write_copies(out, shape, service);
    if (has_named_context(shape, service)) fputs("COPY --from=shared . ./shared/\n", out);
    fputs("RUN --mount=type=cache,target=/root/.npm \\\n"
          "    npm install --omit=dev && \\\n"
          "    npm run build -- --define VERSION=\"$VERSION\"\n"
          "\n"
          "FROM node:22-bookworm-slim\n"
          "WORKDIR /app\n"
          "COPY --from=build /app/dist ./dist\n"
          "USER node\n"
          "EXPOSE 8080\n"
          "ENTRYPOINT [\"node\", \"dist/main.js\"]\n",
          out);
}

static void write_base_dockerfile(FILE *out) {
    fputs("FROM debian:bookworm-slim\n"
          "RUN apt-get update && \\\n"
          "    apt-get install --yes --no-install-recommends ca-certificates nodejs npm && \\\n"
          "    rm -rf /var/lib/apt/lists/*\n"
          "COPY package.json /opt/base/\n"
          "COPY src /opt/base/src\n",
          out);
}

static void write_ignore_file(FILE *out) {
    fputs("**/node_modules\n"
          "**/dist\n"
          "**/*.log\n"
          "**/*.md\n"
          "!README.md\n"
          ".git\n"
          ".env*\n"
          "coverage\n"
          "tmp/**\n",
          out);
}

static void write_compose_build(FILE *out, const struct shape *shape, unsigned service) {
    struct path path = {0};
    append_unit(&path, shape, service);
    bool root = has_root_context(shape, service);
    fprintf(out,
            "    build:\n"
            "      context: %s%s\n"
            "      dockerfile: %s%sDockerfile\n",
            root ? "." : "./", root ? "" : path.text, root ? path.text : "", root ? "/" : "");
    if (has_named_context(shape, service)) {
        struct path lib = {0};
        append_unit(&lib, shape, library(shape, service / 10));
        fprintf(out, "      additional_contexts:\n        shared: ./%s\n", lib.text);
    }
    fprintf(out,
            "      args:\n"
            "        VERSION: \"${VERSION:-dev}\"\n"
            "        SERVICE: %s\n",
            unit_name(&path));
}

static void write_compose_service(FILE *out, const struct shape *shape, unsigned service) {
    struct path path = {0};
    append_unit(&path, shape, service);
    const char *name = unit_name(&path);
    fprintf(out, "  %s:\n    image: registry.example.com/services/%s:${TAG:-latest}\n", name, name);
    write_compose_build(out, shape, service);
    fprintf(out,
            "    restart: unless-stopped\n"
            "    environment:\n"
            "      PORT: \"8080\"\n"
            "      LOG_LEVEL: \"${LOG_LEVEL:-info}\"\n"
            "      DATABASE_URL: postgres://database:5432/%s\n"
            "    healthcheck:\n"
            "      test: [\"CMD\", \"node\", \"dist/health.js\"]\n"
            "      interval: 30s\n",
            name);
}

static void write_compose_base(FILE *out, const struct shape *shape, unsigned base) {
    struct path path = {0};
    append_unit(&path, shape, shape->services + base);
    fprintf(out, "  %s:\n    image: ", unit_name(&path));
    write_base_reference(out, shape, base);
    fprintf(out, "\n    build: ./%s\n", path.text);
}

static void write_compose(FILE *out, const struct shape *shape) {
    fputs("services:\n", out);
    for (unsigned base = 0; base < shape->bases; base++)
        write_compose_base(out, shape, base);
    for (unsigned service = 0; service < shape->services; service++)
        write_compose_service(out, shape, service);
}

/* ---- history ------------------------------------------------------------------------- */

/* No text here has a line "END", so a delimiter saves counting the bytes beforehand. */
static void begin_file(FILE *out, const char *path) {
    fprintf(out, "M 100644 inline %s\ndata <<END\n", path);
}

static void end_file(FILE *out) {
    fputs("END\n", out);
}

static void begin_commit(FILE *out, const char *branch, const char *message) {
    fprintf(out,
            "commit refs/heads/%s\n"
            "committer Bench <bench@example.com> 1700000000 +0000\n"
            "data <<END\n%s\nEND\n",
            branch, message);
}

/* Names its path, so that no two files are one blob: real trees do not compress that well. */
static void import_ordinary(FILE *out, const struct shape *shape, unsigned file, const char *version) {
    struct path path = {0};
    append_ordinary(&path, shape, file);
    begin_file(out, path.text);
    for (uint64_t line = 0; line <= mix(file) % 8; line++)
        fprintf(out, "%s %s %u\n", path.text, version, (unsigned)line);
    end_file(out);
}

static void import_image(FILE *out, const struct shape *shape, unsigned unit) {
    bool service = unit < shape->services;
    struct path dockerfile = {0};
    append_unit(&dockerfile, shape, unit);
    struct path ignore = dockerfile;
    append(&dockerfile, "/Dockerfile");
    /* A context shared by many has no .dockerignore of its own: the Dockerfile's counts. */
    append(&ignore, "/%s.dockerignore", service && has_root_context(shape, unit) ? "Dockerfile" : "");

    begin_file(out, dockerfile.text);
    if (service)
        write_service_dockerfile(out, shape, unit);
    else
        write_base_dockerfile(out);
    end_file(out);
    begin_file(out, ignore.text);
    write_ignore_file(out);
    end_file(out);
}

static void import_root(FILE *out, const struct shape *shape) {
    begin_file(out, "compose.yaml");
    write_compose(out, shape);
    end_file(out);
    begin_file(out, "depot.json");
    fputs("{\"id\": \"x19jffd9zf\"}\n", out);
    end_file(out);
    begin_file(out, ".gitignore");
    fputs("node_modules/\n", out);
    end_file(out);
}

static void import_main(FILE *out, const struct shape *shape) {
    begin_commit(out, "main", "A synthetic repository");
    import_root(out, shape);
    for (unsigned unit = 0; unit < images(shape); unit++)
        import_image(out, shape, unit);
    for (unsigned file = 0; file < ordinary_files(shape); file++)
        import_ordinary(out, shape, file, "one");
}

static unsigned common_divisor(unsigned a, unsigned b) {
    return b == 0 ? a : common_divisor(b, a % b);
}

/* Steps of about a golden section: all different, and spread evenly whatever their number. */
static unsigned spread_step(unsigned total) {
    unsigned step = (unsigned)(total * 0.618) | 1;
    while (common_divisor(total, step) != 1)
        step++;
    return step;
}

static void import_changed(FILE *out, const struct shape *shape, unsigned changed) {
    char branch[16];
    snprintf(branch, sizeof branch, "c%u", changed);
    begin_commit(out, branch, branch);
    fputs("from refs/heads/main\n", out);
    unsigned total = ordinary_files(shape);
    uint64_t step = spread_step(total);
    for (unsigned i = 0; i < changed; i++) {
        unsigned file = shape->shared_library ? spread_files(shape) + i : (unsigned)((i + 1) * step % total);
        import_ordinary(out, shape, file, branch);
    }
}

/* ---- on disk ------------------------------------------------------------------------- */

static void run(const char *command) {
    if (system(command) != 0) die("failed: %s", command);
}

static void import(const struct shape *shape) {
    FILE *out = popen("git fast-import --quiet", "w");
    if (!out) die("cannot start git: %s", strerror(errno));
    import_main(out, shape);
    for (size_t i = 0; i < shape->changes; i++)
        import_changed(out, shape, shape->changed[i]);
    if (pclose(out) != 0) die("git fast-import failed");
}

/*
 * Index only: all entries are there, but only the container files are on disk. No entry is
 * marked skip-worktree, so the bytes of the index are those of a full checkout but for the
 * stat data of absent files.
 */
static void check_out(const struct shape *shape) {
    if (shape->index_only)
        run("git read-tree HEAD && git ls-files -z"
            " '*Dockerfile' '*.dockerignore' compose.yaml depot.json .gitignore"
            " | git checkout-index -z --stdin -u");
    else
        run("git read-tree --reset -u HEAD");
}

static void make_parents(const char *path) {
    char parent[sizeof((struct path *)0)->text];
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        memcpy(parent, path, (size_t)(slash - path));
        parent[slash - path] = '\0';
        if (mkdir(parent, 0777) != 0 && errno != EEXIST) die("%s: %s", parent, strerror(errno));
    }
}

static void write_loose(const char *path) {
    make_parents(path);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || write(file, "loose\n", 6) != 6 || close(file) != 0) die("%s: %s", path, strerror(errno));
}

/* Untracked files lie beside the sources of services, ignored ones in their node_modules. */
static void write_untracked(const struct shape *shape) {
    for (unsigned i = 0; i < shape->untracked; i++) {
        struct path path = {0};
        append_unit(&path, shape, i % shape->services);
        append(&path, "/src/untracked-%u.txt", i);
        write_loose(path.text);
    }
}

static void write_ignored(const struct shape *shape) {
    for (unsigned i = 0; i < shape->ignored; i++) {
        struct path path = {0};
        append_unit(&path, shape, i % shape->services);
        append(&path, "/node_modules/%s/%s-%u.js", word(i / shape->services / 16), word_of(i), i);
        write_loose(path.text);
    }
}

/* ---- reuse --------------------------------------------------------------------------- */

/* Holds the arguments once the tree is whole; empty while it is being made. */
static const char stamp[] = ".git/made-by-bench-tree";

static void write_stamp(const char *text) {
    FILE *file = fopen(stamp, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) die("%s: %s", stamp, strerror(errno));
}

/* What a tree was made from, but not where: one line that differs when the tree would. */
static void describe(const struct shape *shape, struct path *out) {
    append(out, "services %u files %u nesting %u libs %u bases %u untracked %u ignored %u", shape->services,
           shape->files, shape->nesting, shape->libs, shape->bases, shape->untracked, shape->ignored);
    for (size_t i = 0; i < shape->changes; i++)
        append(out, " changed %u", shape->changed[i]);
    append(out, "%s%s\n", shape->shared_library ? " shared-library" : "", shape->index_only ? " index-only" : "");
}

/* Up to date: the same arguments, and made after this program was compiled. */
static bool is_made(const char *description) {
    struct stat tree, program;
    struct path made = {0};
    FILE *file = fopen(stamp, "r");
    if (!file) return false;
    made.length = fread(made.text, 1, sizeof made.text - 1, file);
    bool newer =
        fstat(fileno(file), &tree) == 0 && stat("/proc/self/exe", &program) == 0 && tree.st_mtime >= program.st_mtime;
    fclose(file);
    return newer && strcmp(made.text, description) == 0;
}

static bool is_empty(void) {
    unsigned entries = 0;
    DIR *directory = opendir(".");
    if (!directory) die("%s", strerror(errno));
    while (readdir(directory))
        entries++;
    closedir(directory);
    return entries == 2; /* "." and ".." */
}

/* Makes room in the current directory. What this program did not make it does not remove. */
static void clear(bool replace) {
    if (is_empty()) return;
    if (access(stamp, F_OK) != 0) die("the directory holds something else");
    if (!replace) die("the directory holds another tree: --replace removes it");
    run("find . -mindepth 1 -delete");
}

/* The settings of this machine must change neither the commits nor the index. */
static void forget_settings(void) {
    static const char *const variables[] = {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS",
        "GIT_TEMPLATE_DIR",
        "GIT_DEFAULT_HASH",
        "GIT_COMMITTER_DATE",
    };
    for (size_t i = 0; i < COUNT(variables); i++)
        unsetenv(variables[i]);
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
}

static void make(const struct shape *shape) {
    struct path description = {0};
    describe(shape, &description);
    if (is_made(description.text)) return;
    clear(shape->replace);
    run("git init --quiet --initial-branch=main .");
    write_stamp("");
    import(shape);
    check_out(shape);
    write_untracked(shape);
    write_ignored(shape);
    write_stamp(description.text);
}

/* ---- command line -------------------------------------------------------------------- */

static const char usage[] = "usage: tree [--size small|medium|large] [options] DIRECTORY\n"
                            "  --size NAME                 a preset (small); it stands first, options change it\n"
                            "  --services N  --files N  --libs N  --bases N\n"
                            "                              files is the total of tracked files\n"
                            "  --nesting N                 directories below each other in a unit\n"
                            "  --changed N[,N...]          a branch cN for each, with N changed files\n"
                            "  --untracked N  --ignored N  files that git does not track\n"
                            "  --shared-library            every service copies one library; the changes are in it\n"
                            "  --index-only                only container files are on disk\n"
                            "  --replace                   removes another tree of this program in DIRECTORY\n";

static void refuse(const char *what) {
    fprintf(stderr, "tree: %s\n%s", what, usage);
    exit(2);
}

static unsigned number(const char *text, const char **end) {
    char *stop = NULL;
    errno = 0;
    unsigned long value = text ? strtoul(text, &stop, 10) : 0;
    if (stop == text || errno != 0 || value > 100000000 || *text == '-') refuse("a number is missing or too large");
    *end = stop;
    return (unsigned)value;
}

static unsigned whole_number(const char *text) {
    const char *end = NULL;
    unsigned value = number(text, &end);
    if (*end != '\0') refuse("a number has something behind it");
    return value;
}

static void read_changed(struct shape *shape, const char *text) {
    shape->changes = 0;
    do {
        if (shape->changes == most_changes) refuse("too many --changed");
        shape->changed[shape->changes++] = number(text, &text);
    } while (*text++ == ',');
    if (text[-1] != '\0') refuse("--changed takes numbers with commas between them");
}

static void read_size(struct shape *shape, const char *name) {
    for (size_t i = 0; i < COUNT(sizes); i++) {
        if (name && strcmp(name, sizes[i].name) == 0) {
            *shape = sizes[i].shape;
            return;
        }
    }
    refuse("--size is small, medium or large");
}

/* True when the option was a switch, so that what follows it is not its value. */
static bool read_switch(struct shape *shape, const char *option) {
    const struct {
        const char *name;
        bool *value;
    } switches[] = {
        {"--shared-library", &shape->shared_library},
        {"--index-only", &shape->index_only},
        {"--replace", &shape->replace},
    };
    for (size_t i = 0; i < COUNT(switches); i++)
        if (strcmp(option, switches[i].name) == 0) return *switches[i].value = true;
    return false;
}

static void read_option(struct shape *shape, const char *option, const char *value) {
    const struct {
        const char *name;
        unsigned *value;
    } numbers[] = {
        {"--services", &shape->services}, {"--files", &shape->files}, {"--nesting", &shape->nesting},
        {"--libs", &shape->libs},         {"--bases", &shape->bases}, {"--untracked", &shape->untracked},
        {"--ignored", &shape->ignored},
    };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        if (strcmp(option, numbers[i].name) == 0) {
            *numbers[i].value = whole_number(value);
            return;
        }
    }
    if (strcmp(option, "--changed") == 0)
        read_changed(shape, value);
    else
        refuse("an option is not known");
}

static const char *read_arguments(struct shape *shape, char **arguments) {
    read_size(shape, "small");
    if (*arguments && strcmp(*arguments, "--size") == 0) {
        read_size(shape, arguments[1]);
        arguments += 2;
    }
    for (; *arguments && **arguments == '-'; arguments++)
        if (!read_switch(shape, *arguments)) {
            read_option(shape, arguments[0], arguments[1]);
            arguments++;
        }
    if (!*arguments || arguments[1]) refuse("one DIRECTORY is needed, after the options");
    return *arguments;
}

/* Every unit needs the files that its Dockerfile copies, and the numbers must add up. */
static void check(const struct shape *shape) {
    uint64_t fixed = files_at_root + (uint64_t)container_files * images(shape);
    uint64_t shared = shape->shared_library ? most_changed(shape) : 0;
    if (shape->services == 0) refuse("there must be a service");
    if (shape->shared_library && shape->libs == 0) refuse("--shared-library needs --libs");
    if (shape->files < fixed + shared + (uint64_t)smallest_unit * units(shape))
        refuse("too few --files for so many services, images and libraries");
    if (most_changed(shape) > ordinary_files(shape)) refuse("--changed is larger than the number of ordinary files");
}

int main(int count, char **arguments) {
    struct shape shape = {0};
    const char *directory = read_arguments(&shape, arguments + (count > 0));
    check(&shape);
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) die("%s: %s", directory, strerror(errno));
    if (chdir(directory) != 0) die("%s: %s", directory, strerror(errno));
    forget_settings();
    make(&shape);
    run("git for-each-ref --format='%(objectname) %(refname)'");
    return 0;
}
