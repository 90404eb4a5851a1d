/* hcl_expression: one expression of HCL's native syntax, whole, and nothing of it evaluated. */
#ifndef DEPOT_DOCKER_HCL_EXPRESSION_H
#define DEPOT_DOCKER_HCL_EXPRESSION_H

#include "docker/hcl_scan.h"

enum hcl_template_end { HCL_TEMPLATE_QUOTED, HCL_TEMPLATE_HEREDOC, HCL_TEMPLATE_BARE };

/* NULL after a mistake, which has been reported. */
const struct hcl_expression *hcl_parse_expression(struct hcl_reader *reader);

/*
 * The template from `at` on, up to its end: the closing quote, the line that says `marker` (a heredoc; `is_flush`: of "<<-", so what
 * all lines are indented by goes), or the end of the bytes. Its end is taken.
 */
const struct hcl_expression *hcl_parse_template(struct hcl_reader *reader, struct place place,
                                                enum hcl_template_end end, struct text marker, bool is_flush);

struct hcl_expression *hcl_expression(struct hcl_reader *reader, enum hcl_kind kind, struct place place,
                                      struct text text);

/* A number as cty writes it; "" when HCL would refuse it, absent when it has an exponent. */
struct text hcl_number(struct arena *arena, struct text digits);

#endif
