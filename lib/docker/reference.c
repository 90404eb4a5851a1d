#include "docker/reference.h"

#define NAME_LIMIT 255

static const char *const invalid_format = "invalid reference format";

static bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return is_lower((char)(c | 0x20));
}

static bool is_hex(char c) {
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool has_upper(struct text text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') return true;
    return false;
}

static bool is_word(char c) {
    return is_letter(c) || is_digit(c) || c == '_';
}

bool reference_is_tag(struct text text) {
    if (text.len == 0 || text.len > REFERENCE_TAG_LIMIT || !is_word(text.ptr[0])) return false;
    for (size_t i = 1; i < text.len; i++)
        if (!is_word(text.ptr[i]) && text.ptr[i] != '.' && text.ptr[i] != '-') return false;
    return true;
}

/* Bytes of a separator inside a path component: one `.`, one or two `_`, any number of `-`. */
static size_t separator_at(struct text text, size_t at) {
    size_t count = 0;
    char c = text.ptr[at];
    while (at + count < text.len && text.ptr[at + count] == c)
        count++;
    if (c == '-' || (c == '.' && count == 1) || (c == '_' && count <= 2)) return count;
    return 0;
}

/* [a-z0-9]+ ((\.|_|__|-+) [a-z0-9]+)* */
static bool is_component(struct text text) {
    size_t at = 0;
    while (at < text.len) {
        size_t start = at;
        while (at < text.len && (is_lower(text.ptr[at]) || is_digit(text.ptr[at])))
            at++;
        if (at == start) return false;
        if (at == text.len) return true;
        size_t separator = separator_at(text, at);
        if (separator == 0) return false;
        at += separator;
    }
    return false;
}

static bool is_path(struct text path) {
    struct text rest = path, component;
    if (path.len == 0) return false;
    while (text_next(&rest, '/', &component))
        if (!is_component(component)) return false;
    return true;
}

/* Letters, digits and inner dashes between dots. */
static bool is_host_name(struct text host) {
    struct text rest = host, label;
    if (host.len == 0) return false;
    while (text_next(&rest, '.', &label)) {
        if (label.len == 0 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-') return false;
        for (size_t i = 0; i < label.len; i++)
            if (!is_letter(label.ptr[i]) && !is_digit(label.ptr[i]) && label.ptr[i] != '-') return false;
    }
    return true;
}

static bool is_address(struct text host) {
    if (host.len < 3 || host.ptr[0] != '[' || host.ptr[host.len - 1] != ']') return false;
    for (size_t i = 1; i + 1 < host.len; i++)
        if (!is_hex(host.ptr[i]) && host.ptr[i] != ':') return false;
    return true;
}

/* A host name or a bracketed IPv6 address, and perhaps a port. */
static bool is_domain(struct text domain) {
    size_t end = domain.len;
    while (end > 0 && is_digit(domain.ptr[end - 1]))
        end--;
    bool has_port = end > 0 && end < domain.len && domain.ptr[end - 1] == ':';
    struct text host = has_port ? text_first(domain, end - 1) : domain;
    return is_host_name(host) || is_address(host);
}

/* [A-Za-z][A-Za-z0-9]* ([-_+.] [A-Za-z][A-Za-z0-9]*)* */
static bool is_algorithm(struct text text) {
    bool starts = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (starts ? !is_letter(c) : !is_word(c) && c != '-' && c != '+' && c != '.') return false;
        starts = c == '-' || c == '_' || c == '+' || c == '.';
    }
    return text.len > 0 && !starts;
}

static const char *check_encoded(struct text encoded, size_t length) {
    if (encoded.len != length) return "invalid checksum digest length";
    return has_upper(encoded) ? "invalid checksum digest format" : NULL;
}

/* What is wrong with a digest, or NULL: the form of a reference first, then go-digest's rules. */
static const char *check_digest(struct text digest) {
    size_t colon = text_find(digest, ':');
    struct text algorithm = text_first(digest, colon == TEXT_NONE ? 0 : colon);
    struct text encoded = colon == TEXT_NONE ? digest : text_from_offset(digest, colon + 1);
    if (!is_algorithm(algorithm) || encoded.len < 32) return invalid_format;
    for (size_t i = 0; i < encoded.len; i++)
        if (!is_hex(encoded.ptr[i])) return invalid_format;
    if (text_is(algorithm, "sha256")) return check_encoded(encoded, 64);
    if (text_is(algorithm, "sha384")) return check_encoded(encoded, 96);
    if (text_is(algorithm, "sha512")) return check_encoded(encoded, 128);
    return has_upper(algorithm) ? "invalid checksum digest format" : "unsupported digest algorithm";
}

static bool is_identifier(struct text text) {
    if (text.len != 64) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!is_hex(text.ptr[i]) || has_upper(text_of(text.ptr + i, 1))) return false;
    return true;
}

/* splitDockerDomain: is the part before the first '/' a registry? */
static bool names_registry(struct text head) {
    return text_is(head, "localhost") || text_has(head, '.') || text_has(head, ':') || has_upper(head);
}

static void split_registry(struct arena *arena, struct text text, struct reference *out) {
    size_t slash = text_find(text, '/');
    struct text head = text_first(text, slash == TEXT_NONE ? 0 : slash);
    bool is_hub =
        slash == TEXT_NONE || !names_registry(head) || text_is(head, "docker.io") || text_is(head, "index.docker.io");
    bool has_head = slash != TEXT_NONE && names_registry(head);
    out->registry = is_hub ? TEXT("docker.io") : head;
    out->repository = has_head ? text_from_offset(text, slash + 1) : text;
    if (is_hub && !text_has(out->repository, '/'))
        out->repository = text_concat(arena, TEXT("library/"), out->repository);
}

/* Takes "@digest", then ":tag", off the repository. */
static void split_suffixes(struct reference *out) {
    size_t at = text_find(out->repository, '@');
    if (at != TEXT_NONE) {
        out->digest = text_from_offset(out->repository, at + 1);
        out->repository = text_first(out->repository, at);
    }
    size_t colon = text_find(out->repository, ':');
    if (colon != TEXT_NONE) {
        out->tag = text_from_offset(out->repository, colon + 1);
        out->repository = text_first(out->repository, colon);
    }
}

/* The first rule that the parts break, in Docker's words; NULL when there is none. */
static const char *check(const struct reference *reference) {
    if (has_upper(reference->repository)) return "invalid reference format: repository name must be lowercase";
    if (!is_domain(reference->registry) || !is_path(reference->repository)) return invalid_format;
    if (text_is_given(reference->tag) && !reference_is_tag(reference->tag)) return invalid_format;
    const char *problem = text_is_given(reference->digest) ? check_digest(reference->digest) : NULL;
    if (problem == invalid_format) return problem;
    if (reference->repository.len > NAME_LIMIT) return "repository name must not be more than 255 characters";
    return problem;
}

bool reference_parse(struct arena *arena, struct text text, struct reference *out, const char **problem) {
    struct reference reference = {0};
    *problem = NULL;
    if (text.len == 0) *problem = invalid_format;
    if (is_identifier(text)) *problem = "invalid repository name, cannot specify 64-byte hexadecimal strings";
    if (*problem != NULL) return false;
    split_registry(arena, text, &reference);
    split_suffixes(&reference);
    *problem = check(&reference);
    if (*problem != NULL) return false;
    *out = reference;
    return true;
}

bool reference_is_name(struct arena *arena, struct text text, const char **problem) {
    struct reference reference;
    if (!reference_parse(arena, text, &reference, problem)) return false;
    if (!text_is_given(reference.tag) && !text_is_given(reference.digest)) return true;
    *problem = "a tag or digest does not belong to a repository name";
    return false;
}
