/* SPDX-License-Identifier: MIT
 *
 * Buffered output. A sink remembers the first error of its writer and drops what follows, so that callers
 * format without checking each call and look at Error once per batch. It also knows the column it stands in,
 * which is how lines get aligned.
 */
#ifndef CLI_SINK_H
#define CLI_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SINK_BYTES 65536u

/* Writes all of Bytes, which end with a whole character and a whole style. 0, or the system's error code. */
typedef uint32_t SINK_WRITE(void *Context, const char *Bytes, size_t Length);

/* Select Graphic Rendition codes: what a terminal understands after ESC [. */
typedef enum SINK_STYLE
{
    STYLE_PLAIN,
    STYLE_DIM,
    STYLE_BOLD,
    STYLE_GREEN,
    STYLE_YELLOW,
    STYLE_BLUE,
    STYLE_CYAN,
    STYLE_RED,
    STYLE_COUNT
} SINK_STYLE;

typedef struct SINK
{
    SINK_WRITE *Write;
    void *Context;
    uint32_t Error; /* the first error of Write; nothing is written after it */
    bool Color;     /* whether SinkStyle writes anything */
    SINK_STYLE Style;
    size_t Column; /* characters since the last line feed, styles not counted */
    size_t Used;
    char Bytes[SINK_BYTES];
} SINK;

void SinkInit(SINK *Sink, SINK_WRITE *Write, void *Context, bool Color);

/* UTF-8, whole characters. */
void SinkBytes(SINK *Sink, const char *Bytes, size_t Length);
void SinkText(SINK *Sink, const char *Text);
void SinkChar(SINK *Sink, char Character);

void SinkUnsigned(SINK *Sink, uint64_t Value);

/* At least Digits digits, zeros in front. */
void SinkDigits(SINK *Sink, uint64_t Value, unsigned Digits);

/* With a comma at every third digit. */
void SinkGrouped(SINK *Sink, uint64_t Value);

/* Lower-case (SinkHex) or upper-case hexadecimal, at least Digits digits, without "0x". */
void SinkHex(SINK *Sink, uint64_t Value, unsigned Digits);
void SinkHexUpper(SINK *Sink, uint64_t Value, unsigned Digits);

/* "0x" and an NTSTATUS or other 32-bit code as Windows documents them: 0xC0000022. */
void SinkCode(SINK *Sink, uint32_t Code);

/* Spaces up to Column, or one space if the line is there already. */
void SinkPadTo(SINK *Sink, size_t Column);

/* How many columns SinkGrouped and SinkUnsigned take, for aligning to the right. */
size_t SinkGroupedWidth(uint64_t Value);
size_t SinkUnsignedWidth(uint64_t Value);

/* One at a time. */
void SinkStyle(SINK *Sink, SINK_STYLE Style);

/* false: an error, now or before. */
bool SinkFlush(SINK *Sink);

#endif
