#include "docker/platform.h"

#include <string.h>

static bool is_word(struct text text, const char *also) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], lower = (char)(c | 0x20);
        bool is_plain = (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z');
        if (!is_plain && (c == '\0' || strchr(also, c) == NULL)) return false;
    }
    return true;
}

static bool is_one_of(struct text text, const char *const *words) {
    for (; *words != NULL; words++)
        if (text_is(text, *words)) return true;
    return false;
}

static bool is_known_os(struct text os) {
    static const char *const names[] = {"aix",     "android", "darwin",  "dragonfly", "freebsd", "hurd",
                                        "illumos", "ios",     "js",      "linux",     "nacl",    "netbsd",
                                        "openbsd", "plan9",   "solaris", "windows",   "zos",     NULL};
    return is_one_of(os, names);
}

static bool is_known_architecture(struct text architecture) {
    static const char *const names[] = {
        "386",     "amd64", "amd64p32", "arm",    "armbe",    "arm64",     "arm64be",     "ppc64", "ppc64le",
        "loong64", "mips",  "mipsle",   "mips64", "mips64le", "mips64p32", "mips64p32le", "ppc",   "riscv",
        "riscv64", "s390",  "s390x",    "sparc",  "sparc64",  "wasm",      NULL};
    return is_one_of(architecture, names);
}

/* ^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$ */
static bool read_os(struct arena *arena, struct text part, struct platform *out) {
    size_t open = text_find(part, '(');
    struct text name = text_first(part, open == TEXT_NONE ? part.len : open);
    if (name.len == 0 || !is_word(name, "_-")) return false;
    out->os = text_lower(arena, name);
    if (text_is(out->os, "macos")) out->os = TEXT("darwin");
    if (open == TEXT_NONE) return true;
    if (!text_ends(part, ")")) return false;
    struct text version = text_of(part.ptr + open + 1, part.len - open - 2);
    size_t plus = text_find(version, '+');
    if (!is_word(version, "_.%-+") || text_ends(version, "+")) return false;
    out->os_version = text_first(version, plus == TEXT_NONE ? version.len : plus);
    return true;
}

/* Names that mean the same, and the variants that go without saying. */
static void normalise(struct platform *platform) {
    struct text *name = &platform->architecture, *variant = &platform->variant;
    if (text_is(*name, "i386"))
        *platform = (struct platform){platform->os, platform->os_version, TEXT("386"), TEXT("")};
    if (text_is(*name, "x86_64") || text_is(*name, "x86-64")) *name = TEXT("amd64");
    if (text_is(*name, "aarch64")) *name = TEXT("arm64");
    if (text_is(*name, "amd64") && text_is(*variant, "v1")) *variant = TEXT("");
    if (text_is(*name, "arm64")) {
        if (text_is(*variant, "8") || text_is(*variant, "v8") || text_is(*variant, "v8.0")) *variant = TEXT("");
        if (text_is(*variant, "9") || text_is(*variant, "9.0") || text_is(*variant, "v9.0")) *variant = TEXT("v9");
    }
    if (text_is(*name, "arm")) {
        if (variant->len == 0 || text_is(*variant, "7")) *variant = TEXT("v7");
        if (text_is(*variant, "5")) *variant = TEXT("v5");
        if (text_is(*variant, "6")) *variant = TEXT("v6");
        if (text_is(*variant, "8")) *variant = TEXT("v8");
    }
    if (text_is(*name, "armhf"))
        *platform = (struct platform){platform->os, platform->os_version, TEXT("arm"), TEXT("v7")};
    if (text_is(*name, "armel"))
        *platform = (struct platform){platform->os, platform->os_version, TEXT("arm"), TEXT("v6")};
}

/* One word: an operating system, or an architecture of linux. */
static bool read_single(struct arena *arena, struct text part, struct platform *platform) {
    if (is_known_os(platform->os)) {
        platform->architecture = TEXT("amd64");
        return true;
    }
    platform->os = TEXT("linux");
    platform->architecture = text_lower(arena, part);
    normalise(platform);
    return is_known_architecture(platform->architecture);
}

bool platform_parse(struct arena *arena, struct text specifier, struct platform *out) {
    struct platform platform = {.os_version = TEXT(""), .architecture = TEXT(""), .variant = TEXT("")};
    struct text rest = specifier, part = {0}, first = {0};
    size_t count = 0;
    for (; count < 4 && text_next(&rest, '/', &part); count++) {
        if (count > 0 && (part.len == 0 || !is_word(part, "_.-"))) return false;
        if (count == 0) first = part;
        if (count == 1) platform.architecture = text_lower(arena, part);
        if (count == 2) platform.variant = text_lower(arena, part);
    }
    if (count == 0 || count > 3 || !read_os(arena, first, &platform)) return false;
    if (count == 1 && !read_single(arena, first, &platform)) return false;
    normalise(&platform);
    *out = platform;
    return true;
}

struct text platform_format(struct arena *arena, const struct platform *platform) {
    struct text os = platform->os;
    if (platform->os_version.len > 0)
        os = text_format(arena, "%.*s(%.*s)", TEXT_ARG(os), TEXT_ARG(platform->os_version));
    struct text words = text_concat(arena, text_concat(arena, os, TEXT("/")), platform->architecture);
    if (platform->variant.len == 0) return words;
    return text_concat(arena, text_concat(arena, words, TEXT("/")), platform->variant);
}
