#include "model/date.h"

#include "base/buffer.h"

#include <assert.h>
#include <string.h>
#include <time.h>

bool date_is_format(struct text format) {
    for (size_t i = 0; i < format.len; i++) {
        if (format.ptr[i] != '%') continue;
        i++;
        if (i == format.len || format.ptr[i] == '\0' || strchr("YmdHMSyjs%", format.ptr[i]) == NULL) return false;
    }
    return format.len > 0;
}

static void add_letter(struct buffer *out, char letter, int64_t seconds, const struct tm *when) {
    switch (letter) {
    case 'Y':
        buffer_format(out, "%04d", when->tm_year + 1900);
        return;
    case 'y':
        buffer_format(out, "%02d", when->tm_year % 100);
        return;
    case 'm':
        buffer_format(out, "%02d", when->tm_mon + 1);
        return;
    case 'd':
        buffer_format(out, "%02d", when->tm_mday);
        return;
    case 'H':
        buffer_format(out, "%02d", when->tm_hour);
        return;
    case 'M':
        buffer_format(out, "%02d", when->tm_min);
        return;
    case 'S':
        buffer_format(out, "%02d", when->tm_sec);
        return;
    case 'j':
        buffer_format(out, "%03d", when->tm_yday + 1);
        return;
    case 's':
        buffer_format(out, "%lld", (long long)seconds);
        return;
    default:
        buffer_add_byte(out, letter);
    }
}

struct text date_format(struct arena *arena, int64_t seconds, struct text format) {
    struct buffer out = buffer_in(arena);
    struct tm when;
    time_t time = (time_t)seconds;
    assert(date_is_format(format) && "formats are checked with the settings");
    if (gmtime_r(&time, &when) == NULL) memset(&when, 0, sizeof(when));
    for (size_t i = 0; i < format.len; i++) {
        if (format.ptr[i] == '%') {
            add_letter(&out, format.ptr[++i], seconds, &when);
        } else {
            buffer_add_byte(&out, format.ptr[i]);
        }
    }
    return buffer_text(&out);
}
