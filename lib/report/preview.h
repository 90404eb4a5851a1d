/*
 * preview: what a run would do, as text for a terminal. Another form for people is another file beside this one.
 *
 * Images first, with the reason for each thing inferred; then what was left out and why; then the steps. What is wider than
 * the terminal is wrapped under its column. Many images take one line each.
 */
#ifndef DEPOT_REPORT_PREVIEW_H
#define DEPOT_REPORT_PREVIEW_H

#include "model/context_size.h"
#include "pipeline/pipeline.h"

/* More images than this are shown in one line each, unless the whole is asked for. */
#define PREVIEW_WHOLE_UP_TO 20

struct preview {
    const struct plan *plan;
    const struct pipeline *pipeline;
    const struct texts *keys; /* of the images, in their order */
    const struct diagnostics *diagnostics;
    const struct list *contexts; /* of struct image_context, of the images in their order; NULL when not measured */
    size_t width;                /* columns */
    bool has_colour;
    bool is_whole;      /* every image and every file left out in full, however many */
    bool has_untracked; /* files that git does not track were counted in */
};

void preview_write(struct buffer *buffer, const struct preview *preview);

#endif
