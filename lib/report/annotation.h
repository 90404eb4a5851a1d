/*
 * annotation: what this build does with each image, as Markdown for the build's page.
 *
 * Names and paths stand in code, so that nothing of them is markup. At most ANNOTATION_ROWS images each way: a body may have 1 MiB.
 */
#ifndef DEPOT_REPORT_ANNOTATION_H
#define DEPOT_REPORT_ANNOTATION_H

#include "plan/plan.h"

#define ANNOTATION_ROWS 500

/* `artifacts`: names of those that the page links to. */
void annotation_write(struct buffer *buffer, const struct plan *plan, const struct texts *artifacts);

/* "error" where an image cannot be built, "warning" where the base is in doubt, else "info". */
const char *annotation_style(const struct plan *plan);

#endif
