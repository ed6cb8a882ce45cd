/* SPDX-License-Identifier: MIT
 *
 * The ring that kernel and user mode share. Its one consumer reads it as follows, and moves Consumer when it is done with an
 * entry:
 *
 *     while Consumer != Producer (acquire)
 *         Length of the entry at Consumer (acquire): busy: stop, whoever commits it will wake
 *         an entry whose length says skip is padding, of that length in all
 *
 * Both positions only grow; their low bits are the place in Memory.
 */
#ifndef RING_H
#define RING_H

#include <stdint.h>

#define RING_BYTES (8u * 1024u * 1024u) /* as much as prcm's image lane */
#define RING_BUSY  0x80000000u
#define RING_SKIP  0x40000000u

typedef struct RING_ENTRY
{
    uint32_t Length;   /* of the record that follows, or of the padding, with the two bits */
    uint32_t Padding;  /* before it. From here on it is the producer's alone */
    uint64_t Position; /* its own */
} RING_ENTRY;

typedef struct RING
{
    uint64_t Producer;
    uint64_t Unused[7]; /* each position in a cache line of its own */
    uint64_t Consumer;
    uint64_t Unused2[7];
    uint8_t Memory[RING_BYTES];
} RING;

/* Where a mapping of it would be. */
RING *RingMapping(void);

#endif
