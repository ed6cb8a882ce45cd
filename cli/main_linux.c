/* SPDX-License-Identifier: MIT */
#include "host/console.h"
#include "main.h"

int
main(int Count, char **Values)
{
    ConsoleInit();
    return MainRun(Count > 0 ? Count - 1 : 0, Values + 1);
}
