/*
 * both: two pieces of work at once.
 *
 * The second runs in a thread of its own where there can be one, else after the first; so they share nothing that
 * either changes, each has an arena of its own, and the result does not tell which it was.
 */
#ifndef DEPOT_BASE_BOTH_H
#define DEPOT_BASE_BOTH_H

/* Returns when both are done. A `there` of NULL is nothing to do. */
void both_run(void (*here)(void *), void *mine, void (*there)(void *), void *its);

#endif
