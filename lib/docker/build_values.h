/*
 * build_values: values that BuildKit refuses when it builds, though they say nothing of files.
 *
 * Each takes an expanded value that is known. True when BuildKit takes it; else `problem` has its words.
 *
 * Limits: an address before a port (EXPOSE 127.0.0.1:80:80) is taken as it is.
 */
#ifndef DEPOT_DOCKER_BUILD_VALUES_H
#define DEPOT_DOCKER_BUILD_VALUES_H

#include "base/text.h"

bool build_values_mode(struct arena *arena, struct text mode, struct text *problem); /* --chmod: 0644, u=rwX,go=rX */
bool build_values_port(struct arena *arena, struct text port, struct text *problem); /* EXPOSE: 80, 8000-8010/udp */
bool build_values_signal(struct arena *arena, struct text signal, struct text *problem); /* STOPSIGNAL: SIGTERM, 9 */
bool build_values_size(struct text size);                                                /* 64m, 1.5 GiB */

/* A number without a sign, of at most 32 bits, in this base (8 or 10); false when it is none. */
bool build_values_number(struct text text, unsigned base, uint64_t *out);

#endif
