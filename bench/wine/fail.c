/* SPDX-License-Identifier: MIT */
#include "fail.h"

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

void
Fail(const char *What)
{
    fprintf(stderr, "burst: %s (error %lu)\n", What, GetLastError());
    exit(1);
}

void *
Allocate(size_t Bytes)
{
    void *Block = calloc(1, Bytes);
    if (!Block)
        Fail("no memory");
    return Block;
}
