#include "base/both.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct work {
    void (*run)(void *);
    void *data;
};

static void *run(void *self) {
    const struct work *work = self;
    work->run(work->data);
    return NULL;
}

void both_run(void (*here)(void *), void *mine, void (*there)(void *), void *its) {
    struct work beside = {there, its};
    pthread_t thread;
    bool is_beside = there != NULL && pthread_create(&thread, NULL, run, &beside) == 0;
    here(mine);
    if (is_beside) {
        pthread_join(thread, NULL);
    } else if (there != NULL) {
        there(its);
    }
}
