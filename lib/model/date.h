/*
 * date: a point in time as text, always in UTC.
 *
 * Of strftime's letters those that no locale changes: %Y %m %d %H %M %S, %y, %j (day of the year), %s (seconds since
 * 1970), %% for a percent sign.
 *
 * Limits: years 1970 to 9999.
 */
#ifndef DEPOT_MODEL_DATE_H
#define DEPOT_MODEL_DATE_H

#include "base/text.h"

#include <stdint.h>

#define DATE_DEFAULT "%Y-%m-%d"
#define DATE_RFC_3339 "%Y-%m-%dT%H:%M:%SZ"

bool date_is_format(struct text format);
struct text date_format(struct arena *arena, int64_t seconds, struct text format); /* asserts date_is_format */

#endif
