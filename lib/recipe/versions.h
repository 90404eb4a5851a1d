/*
 * versions: released Depot CLIs and the sha256 of their archives.
 *
 * The checksums are compiled in because the release's own list of checksums comes from the
 * same place as the archive. A version that is not here can be installed when the settings
 * give its checksums.
 *
 * Source: the history of depot.rb in github.com/depot/homebrew-tap, which Depot's release
 * job writes. versions.sh makes the table of it, released.c.
 */
#ifndef DEPOT_RECIPE_VERSIONS_H
#define DEPOT_RECIPE_VERSIONS_H

#include "base/text.h"

/* What is installed when the settings name no version: the newest that is known. */
#define VERSIONS_DEFAULT (versions_table[0].number)

/* The oldest depot on PATH to be content with: before it, `depot bake` silently dropped provenance, sbom and
   no_cache_filter of a compose file (depot/cli#552). */
#define VERSIONS_MINIMUM "2.102.0"

/* The vendor's image, whose tags are the versions. */
#define VERSIONS_IMAGE "ghcr.io/depot/cli"

/* Where releases are kept. */
#define VERSIONS_URL "https://github.com/depot/cli/releases/download"

struct version_archive {
    const char *platform; /* as in the archive's name: linux_amd64 */
    const char *sha256;   /* 64 small hexadecimal digits */
};

#define VERSIONS_PLATFORMS 4

struct version {
    const char *number;
    struct version_archive archives[VERSIONS_PLATFORMS]; /* linux_amd64, linux_arm64, darwin_amd64, darwin_arm64 */
};

/* All known versions, the newest first. */
extern const struct version versions_table[];
extern const size_t versions_count;

/* NULL when the checksums of that version are not known. */
const struct version *versions_find(struct text number);

/* The sha256 of the archive for `platform`; NULL when there is none. */
const char *versions_sha256(const struct version *version, struct text platform);

#endif
