/* settings_keys: every key of the settings with its help, from the tables that read them. */
#ifndef DEPOT_REPORT_SETTINGS_KEYS_H
#define DEPOT_REPORT_SETTINGS_KEYS_H

#include "base/buffer.h"

/* A key that was said already (those of every image under `images`, of the file under `profiles`) is not said again. */
void settings_keys_write(struct buffer *buffer, size_t width);

#endif
