/* Rows follow BuildKit's convert_expose.go, dchapes-mode, moby/sys/signal and docker/go-units. */
#include "check.h"
#include "docker/build_values.h"

typedef bool checker(struct arena *arena, struct text value, struct text *problem);

static bool check_size(struct arena *arena, struct text value, struct text *problem) {
    (void)arena;
    *problem = TEXT("");
    return build_values_size(value);
}

static const struct {
    checker *check;
    const char *value, *problem; /* NULL: it is taken */
} rows[] = {
    {build_values_mode, "0644", NULL},
    {build_values_mode, "7777", NULL},
    {build_values_mode, "10000", "invalid chmod parameter: '10000'. it should be octal string and between 0 and 07777"},
    {build_values_mode, "888", "invalid chmod parameter: '888'. it should be octal string and between 0 and 07777"},
    {build_values_mode, "u=rwX,go=rX", NULL},
    {build_values_mode, "+x", NULL}, /* for all whom the mask allows */
    {build_values_mode, "a=", NULL},
    {build_values_mode, "u=g", NULL}, /* as the group */
    {build_values_mode, "u+w-x", NULL},
    {build_values_mode, "z+q", "invalid syntax"},
    {build_values_mode, "u", "invalid syntax"},
    {build_values_mode, "u+w,", "invalid syntax"},
    {build_values_port, "80", NULL},
    {build_values_port, "65535/UDP", NULL},
    {build_values_port, "8000-8010/sctp", NULL},
    {build_values_port, "127.0.0.1:80:8080", NULL},
    {build_values_port, ":80", NULL},
    {build_values_port, "80/", NULL},
    {build_values_port, "65536", "invalid containerPort: 65536"},
    {build_values_port, "http", "invalid containerPort: http"},
    {build_values_port, "90-80", "invalid containerPort: 90-80"},
    {build_values_port, "80-", "invalid containerPort: 80-"},
    {build_values_port, "x:80", "invalid hostPort: x"},
    {build_values_port, "80/quic", "invalid port: \"80/quic\": invalid proto: quic"},
    {build_values_port, "/tcp", "invalid port: \"/tcp\": no port specified"},
    {build_values_signal, "SIGTERM", NULL},
    {build_values_signal, "usr1", NULL},
    {build_values_signal, "9", NULL},
    {build_values_signal, "RTMIN+3", NULL},
    {build_values_signal, "SIGRTMAX-14", NULL},
    {build_values_signal, "0", "invalid signal: 0"},
    {build_values_signal, "RTMIN+16", "invalid signal: RTMIN+16"},
    {build_values_signal, "NOPE", "invalid signal: NOPE"},
    {check_size, "64m", NULL},
    {check_size, "1.5 GiB", NULL},
    {check_size, "1000", NULL},
    {check_size, "10kb", NULL},
    {check_size, "much", ""},
    {check_size, "10x", ""},
    {check_size, "", ""},
};

int main(void) {
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct text problem = {0};
        bool ok = rows[i].check(&arena, text_from(rows[i].value), &problem);
        CHECK(ok == (rows[i].problem == NULL), "row %zu: %s", i, rows[i].value);
        if (!ok && rows[i].problem != NULL) CHECK_TEXT(problem, rows[i].problem, rows[i].value);
    }
    uint64_t number = 0;
    CHECK(build_values_number(TEXT("4294967295"), 10, &number) && number == UINT32_MAX, "the largest");
    CHECK(!build_values_number(TEXT("4294967296"), 10, &number), "one more");
    CHECK(!build_values_number(TEXT("-1"), 10, &number), "a sign");
    arena_finish(&arena);
    return check_done("build_values");
}
