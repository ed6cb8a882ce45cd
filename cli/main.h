/* SPDX-License-Identifier: MIT */
#ifndef CLI_MAIN_H
#define CLI_MAIN_H

#include "exit_code.h"

/* The program, behind what each system makes of its beginning. Values are UTF-8, without the program's own name. */
EXIT_CODE MainRun(int Count, char **Values);

#endif
