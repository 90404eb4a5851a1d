/*
 * questions: answers "is there anything at this path?" for many paths in one pass over a sorted list.
 *
 * A path is there as itself or as a directory above something. Both become a key, and the sorted keys
 * run beside the sorted list; the entry at which a key is passed decides:
 *
 *     question a/b    keys   a/b (equal)   a/b/ (prefix)
 *     list            a/b.c ─────┴─ a/b/x ────┴─ …              found, by the second
 *
 * Questions with wildcards wait in the directory before their first wildcard. A stack of the
 * directories above the entry at hand holds, per level, what is still to be matched there; a name is
 * tried once where it changes, so a pattern costs nothing in directories that it cannot reach.
 *
 * What lies beyond a symbolic link or in a submodule is in no list: such a question is asked of the
 * disk, beneath the root. With wildcards it is not, and stays unanswered (not found).
 */
#ifndef DEPOT_REPO_QUESTIONS_H
#define DEPOT_REPO_QUESTIONS_H

#include "base/list.h"
#include "repo/entry.h"

struct path_question;
struct questions;

/* `list`: struct path_question pointers, in any order; they must live as long as the result. */
struct questions *questions_create(struct arena *arena, const struct list *list);

/* A path_visitor: takes the entries in byte order. */
void questions_visit(void *self, const struct path_entry *entry);

/* Forgets all answers, for a list that is begun again. */
void questions_restart(void *self);

/* After the last entry: asks the disk where the list could not tell. */
void questions_finish(struct questions *questions, int root_fd);

#endif
