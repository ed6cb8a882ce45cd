/* SPDX-License-Identifier: MIT */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdio.h>
#include <stdlib.h>

/* Zeroed, never NULL, to be freed: without memory there is nothing to prove. */
static inline void *
MemoryZeroed(size_t Count, size_t Bytes)
{
    void *Memory = calloc(Count ? Count : 1, Bytes);
    if (!Memory)
    {
        perror("replay");
        exit(EXIT_FAILURE);
    }
    return Memory;
}

/* As realloc, never NULL. */
static inline void *
MemoryResized(void *Memory, size_t Bytes)
{
    void *Resized = realloc(Memory, Bytes);
    if (!Resized)
    {
        perror("replay");
        exit(EXIT_FAILURE);
    }
    return Resized;
}

#endif
