#include "model/settings_report.h"

#include <stddef.h>

#define FALSE_GIVEN 1
#define TRUE_GIVEN 2

static const struct record_field fields[] = {
    {"annotation", &record_bool, offsetof(struct report_settings, annotation),
     "Whether each image that is pushed or saved gets a part of the annotation 'depot-images' on the build's page; by "
     "default true.",
     NULL, NULL, NULL},
    {"meta_data", &record_bool, offsetof(struct report_settings, meta_data),
     "Whether its reference and digest are set as meta-data of the build, 'image:<name>' and 'image-reference:<name>'; "
     "by default true.",
     NULL, NULL, NULL},
    {"images", &record_bool, offsetof(struct report_settings, images),
     "Whether a last step keeps images.json, the list of all images, as an artifact and makes one table of the "
     "annotation; by default false.",
     NULL, NULL, NULL},
};

const struct record_table settings_report_table = {"report",
                                                   "What a step tells the build of an image.",
                                                   fields,
                                                   sizeof(fields) / sizeof(*fields),
                                                   sizeof(struct report_settings),
                                                   false};

bool settings_report_lists(const struct report_settings *report) {
    return report->images == TRUE_GIVEN;
}

bool settings_report_annotates(const struct report_settings *report) {
    return report->annotation != FALSE_GIVEN;
}

bool settings_report_has_meta_data(const struct report_settings *report) {
    return report->meta_data != FALSE_GIVEN || report->images == TRUE_GIVEN;
}
