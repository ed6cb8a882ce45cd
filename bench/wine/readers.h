/* SPDX-License-Identifier: MIT
 *
 * Each way's reader, as who knows the way well would write it; the author's as the author did.
 */
#ifndef READERS_H
#define READERS_H

#include "tally.h"

#include <stdbool.h>
#include <stdint.h>

/* A wait that brings nothing for so long ends the reader, once all has been raised. */
#define QUIET_MS 1000u

typedef struct READER
{
    const char *Name;
    uint32_t Pended;             /* requests at a time */
    uint32_t BufferBytes;        /* of each */
    void (*Open)(void);          /* from now on events are for this reader */
    bool (*Read)(TALLY *Tally);  /* waits for QUIET_MS at most; false: nothing came */
    void (*Close)(TALLY *Tally); /* asks for the losses, too */
} READER;

extern const READER Readers[];
extern const unsigned ReaderCount;

#endif
