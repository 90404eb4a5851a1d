#include "model/image.h"

bool image_is_broken(const struct image *image) {
    return diag_has_errors(&image->problems);
}
