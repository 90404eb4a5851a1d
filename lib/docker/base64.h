/* base64: the text of RFC 4648 with its padding, as Go's base64.StdEncoding reads it: ends of lines in it are passed over. */
#ifndef DEPOT_DOCKER_BASE64_H
#define DEPOT_DOCKER_BASE64_H

#include "base/arena.h"
#include "base/text.h"

/* Any bytes may come out. False when it is malformed. */
bool base64_decode(struct arena *arena, struct text text, struct text *out);

#endif
