#include "commands.h"
int cmd_explain(struct session *session) { (void)session; return 0; }
