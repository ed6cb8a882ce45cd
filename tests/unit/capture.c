/* SPDX-License-Identifier: MIT */
#include "capture.h"

#include <assert.h>
#include <string.h>

#define CAPTURE_BYTES 0x400000u

static SINK Sink;
static char Text[CAPTURE_BYTES];
static size_t Used;

static uint32_t
Keep(void *Context, const char *Bytes, size_t Length)
{
    (void)Context;
    assert(Used + Length < CAPTURE_BYTES);
    memcpy(Text + Used, Bytes, Length);
    Used += Length;
    return 0;
}

static SINK *
Begin(bool Color)
{
    Used = 0;
    SinkInit(&Sink, Keep, NULL, Color);
    return &Sink;
}

SINK *
CaptureBegin(void)
{
    return Begin(false);
}

SINK *
CaptureBeginColored(void)
{
    return Begin(true);
}

const char *
CaptureText(void)
{
    SinkFlush(&Sink);
    Text[Used] = '\0';
    return Text;
}
