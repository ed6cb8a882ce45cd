/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "capture_buffer.h"

#define LEAST_ROOM 4096u

bool
BufferReserve(CAPTURE_BUFFER *Buffer, uint32_t Needed)
{
    uint32_t Room = Buffer->Room != 0 ? Buffer->Room : LEAST_ROOM;
    if (Needed <= Buffer->Room)
        return true;
    while (Room < Needed)
        Room *= 2;
    uint8_t *Grown = realloc(Buffer->Bytes, Room);
    if (Grown == NULL)
        return false;
    Buffer->Bytes = Grown;
    Buffer->Room = Room;
    return true;
}

void
BufferFree(CAPTURE_BUFFER *Buffer)
{
    free(Buffer->Bytes);
    *Buffer = (CAPTURE_BUFFER){0};
}
