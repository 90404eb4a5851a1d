/*
 * inspect: what was read of a Dockerfile, and what its build reads, for people and for machines.
 */
#ifndef DEPOT_REPORT_INSPECT_H
#define DEPOT_REPORT_INSPECT_H

#include "base/buffer.h"
#include "docker/stages.h"
#include "format/node.h"
#include "model/inputs.h"

struct inspection {
    const struct source *source;
    const struct dockerfile *dockerfile;
    const struct build_reading *reading; /* with its commands */
};

/* Appends the stages and what comes into them; `width`: columns of the terminal. */
void inspect_write(struct buffer *buffer, const struct inspection *inspection, size_t width);

/*
 * {"file", "stages": [{"index", "name", "base", "base_expanded", "from_stage", "platform", "platform_expanded", "line",
 * "reachable", "commands": […]}], "target", …}: null where there is nothing, or where it is not known.
 */
const struct node *inspect_json(struct arena *arena, const struct inspection *inspection);

/* {"dockerfile", "context", "ignore_file", "files": […], "bytes", "context_files", "context_bytes", "largest", "widened", …} */
const struct node *inspect_inputs_json(struct arena *arena, struct text dockerfile, struct text context,
                                       struct text ignore_file, const struct inputs *inputs);

#endif
