/*
 * settings_text: the settings that count, as YAML or JSON, with or without where each value comes from.
 *
 * As YAML the origin is a comment, so that the text stays a settings file; as JSON each value is {"value", "origin"}.
 */
#ifndef DEPOT_REPORT_SETTINGS_TEXT_H
#define DEPOT_REPORT_SETTINGS_TEXT_H

#include "base/buffer.h"
#include "model/settings_origin.h"

/* The pairs of the view, each line after `indent`: spaces, or "  - " before the first one. False when it cannot be written. */
bool settings_text_yaml(struct buffer *buffer, const struct settings_view *view, size_t indent, bool shows_origin);

/* The same as a node for JSON. */
struct node *settings_text_json(struct arena *arena, const struct settings_view *view, bool shows_origin);

#endif
