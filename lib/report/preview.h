/*
 * preview: what a run would do, as text for a terminal. Another form for people is another file beside this one.
 *
 * Images first, with the reason for each thing inferred; then what was left out and why; then the steps. Nothing is
 * cut: what is wider than the terminal is wrapped under its column.
 */
#ifndef DEPOT_REPORT_PREVIEW_H
#define DEPOT_REPORT_PREVIEW_H

#include "pipeline/pipeline.h"

struct preview {
    const struct plan *plan;
    const struct pipeline *pipeline;
    const struct texts *keys; /* of the images, in their order */
    const struct diagnostics *diagnostics;
    size_t width; /* columns */
    bool has_colour;
};

void preview_write(struct buffer *buffer, const struct preview *preview);

#endif
