/*
 * settings_report: what a step tells the build of an image that it pushed or saved.
 *
 *   report: {annotation: false, images: true}
 */
#ifndef DEPOT_MODEL_SETTINGS_REPORT_H
#define DEPOT_MODEL_SETTINGS_REPORT_H

#include "format/record.h"

/* As record_bool stores them; 0 is "not given". */
struct report_settings {
    int annotation; /* a part of the build's page; given or not, unless false */
    int meta_data;  /* the same, for later steps */
    int images;     /* a last step that lists all images */
};

extern const struct record_table settings_report_table;

bool settings_report_lists(const struct report_settings *report);

/* `images` lives from the meta-data, so it has them written. */
bool settings_report_annotates(const struct report_settings *report);
bool settings_report_has_meta_data(const struct report_settings *report);

#endif
