/* SPDX-License-Identifier: MIT */
#include "reader.h"
#include <sys/syscall.h>
#include <unistd.h>

void
Cross(void)
{
    syscall(SYS_getppid);
}

void
ReaderReady(READER *Reader)
{
    SimGateOpen(Reader->Ready);
    if (Reader->Go)
        SimGateWait(Reader->Go);
}
