/* SPDX-License-Identifier: MIT */
#include "replay.h"

int
main(int Count, char **Values)
{
    return ReplayMain(Count, Values, stdout, stderr);
}
