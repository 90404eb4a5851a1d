#include "commands.h"
int cmd_test(struct session *session) { (void)session; return 0; }
