/* SPDX-License-Identifier: MIT
 *
 * Memory that grows to what is needed.
 */
#ifndef CAPTURE_BUFFER_H
#define CAPTURE_BUFFER_H

#include <stdbool.h>
#include <stdint.h>

/* Zero is an empty one. */
typedef struct CAPTURE_BUFFER
{
    uint8_t *Bytes;
    uint32_t Room;
} CAPTURE_BUFFER;

/* Has room for Needed bytes, at most 1 GiB; keeps what is in it. false: no memory, and it is as it was. */
bool BufferReserve(CAPTURE_BUFFER *Buffer, uint32_t Needed);

void BufferFree(CAPTURE_BUFFER *Buffer);

#endif
