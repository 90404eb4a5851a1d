/*
 * preview_json: what a run would do, for machines.
 *
 * One object: repository, event, images, left_out, steps, diagnostics. Keys are stable; what does not apply is null.
 */
#ifndef DEPOT_REPORT_PREVIEW_JSON_H
#define DEPOT_REPORT_PREVIEW_JSON_H

#include "report/preview.h"

/* False when it could not be written. Text that is not UTF-8 is shown with '?'. */
bool preview_json_write(struct buffer *buffer, const struct preview *preview);

#endif
