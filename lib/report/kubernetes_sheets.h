/*
 * kubernetes_sheets: what an operator of the Agent Stack for Kubernetes needs beside a pipeline.
 *
 *   values     Helm values of the stack          secret   a script that makes the secrets which are named
 *   image      the Dockerfile of an agent image   bootstrap  the step that uploads the others
 *   trust      what Depot and registries are told to trust
 *
 * Filled from the settings and a few facts; every text is checked to need no quoting. No secret value is ever known here.
 */
#ifndef DEPOT_REPORT_KUBERNETES_SHEETS_H
#define DEPOT_REPORT_KUBERNETES_SHEETS_H

#include "plan/plan.h"

struct kubernetes_sheets {
    const struct plan *plan;
    const struct list *jobs; /* of struct job: the steps that the pipeline really has */
    /* absent: not given */
    struct text namespace, queue, image;
    struct text organization, pipeline; /* slugs */
};

#define KUBERNETES_SHEETS "values, secret, image, bootstrap or trust"

/* Writes the sheet of that name. False when there is none, or a fact is none that can stand there: `problem` says which. */
bool kubernetes_sheets_write(struct buffer *buffer, struct text name, const struct kubernetes_sheets *sheets,
                             struct text *problem);

#endif
