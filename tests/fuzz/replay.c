/*
 * replay: gives files to a target without a fuzzer; directories are walked, in order of their names.
 *
 *     replay-dockerfile tests/fuzz/corpus/dockerfile
 *
 * Each file is named on stdout before it is run, so that after a crash the last line says whose it was. A file takes
 * FILE_SECONDS at most.
 */
#include "fuzz.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_SECONDS 30
#define FILE_LIMIT ((size_t)16 * 1024 * 1024)
#define PATH_LIMIT 4096

static size_t files;

static _Noreturn void cannot(const char *path) {
    perror(path);
    exit(2);
}

/* The bytes exactly, so that AddressSanitizer sees a step over their end. */
static uint8_t *read_bytes(const char *path, size_t *out) {
    FILE *file = fopen(path, "rb");
    uint8_t *buffer = malloc(FILE_LIMIT), *bytes;
    if (file == NULL || buffer == NULL) cannot(path);
    *out = fread(buffer, 1, FILE_LIMIT, file);
    fclose(file);
    bytes = malloc(*out == 0 ? 1 : *out);
    if (bytes == NULL) cannot(path);
    memcpy(bytes, buffer, *out);
    free(buffer);
    return bytes;
}

static void replay_file(const char *path) {
    size_t size;
    uint8_t *bytes = read_bytes(path, &size);
    printf("%s\n", path);
    fflush(stdout);
    alarm(FILE_SECONDS);
    LLVMFuzzerTestOneInput(bytes, size);
    alarm(0);
    files++;
    free(bytes);
}

static int is_visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static void replay(const char *path) {
    struct stat status;
    struct dirent **entries;
    char inside[PATH_LIMIT];
    if (stat(path, &status) != 0) cannot(path);
    if (!S_ISDIR(status.st_mode)) {
        replay_file(path);
        return;
    }
    int count = scandir(path, &entries, is_visible, alphasort);
    if (count < 0) cannot(path);
    for (int i = 0; i < count; i++) {
        snprintf(inside, sizeof(inside), "%s/%s", path, entries[i]->d_name);
        replay(inside);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("%zu passed, 0 failed\n", files);
    return 0;
}
