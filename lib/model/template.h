/*
 * template: `{branch}`-like words in tags, labels and build arguments.
 *
 * What git knows comes out literal; what only Buildkite knows is a reference that the step
 * resolves ({build_number}, {env:NAME}). Where the build has no such fact ({tag} without a tag)
 * the whole value is left out. {semver} and its parts are those of {version}, where that is one; a pre-release has no
 * parts, for nobody who asks for 1.2 wants 1.2.0-rc.1.
 * `{{matrix}}` is Buildkite's, and stays as it is.
 */
#ifndef DEPOT_MODEL_TEMPLATE_H
#define DEPOT_MODEL_TEMPLATE_H

#include "base/value.h"
#include "repo/event.h"

struct template_facts {
    const struct event *event;
    struct text name;    /* of the image; absent where there is none */
    struct text version; /* the git tag without what names the image; absent when it is none of the image */
};

enum template_result {
    TEMPLATE_OK,
    TEMPLATE_NO_FACT, /* `problem` says so: "this build has no {tag}" */
    TEMPLATE_WRONG,   /* not a template; `problem` says why */
};

enum template_use {
    TEMPLATE_TAG,      /* facts become legal parts of a tag; an unknown word is wrong */
    TEMPLATE_ARGUMENT, /* facts stand as they are; a brace that begins no known word is text */
};

enum template_result template_expand(struct arena *arena, struct text text, enum template_use use,
                                     const struct template_facts *facts, struct value *out, struct text *problem);

/* The name as a part of a pipeline's slug: small letters, digits, and one '-' for all that is between them. */
struct text template_slug(struct arena *arena, struct text name);

/* Is it what Buildkite takes for the slug of a pipeline? */
bool template_is_slug(struct text text);

/* `text` with {name} alone, in small letters: a repository. */
struct text template_repository(struct arena *arena, struct text text, struct text name);

/* Does it need the commit's date? */
bool template_has_date(struct text text);

/* Is this literal value a tag? A word of a step's matrix in it is, for what that may be is checked where the matrix is. */
bool template_is_tag(struct arena *arena, const struct value *value);

/* The known words, for help and messages; NULL-terminated. */
extern const char *const template_words[];

#endif
