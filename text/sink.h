/* SPDX-License-Identifier: MIT
 *
 * Buffered output. A sink remembers the first error of its writer and drops what follows, so that callers
 * format without checking each call and look at Error once per batch. It also knows the column it stands in,
 * which is how lines get aligned.
 *
 * A console breaks a line that is too long by itself, and the rest begins at its left edge: whoever chooses a command line
 * could write rows of his own there. So a row, a line with text of others in it, is broken by the sink, with a mark at the
 * left edge that no row begins with. Only its last field is cut, with a mark at the end: else a long text would hide what
 * follows it.
 */
#ifndef TEXT_SINK_H
#define TEXT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So much is kept before it is written by itself, in whole lines. A line longer than SINK_LINE_BYTES is written in parts. */
#define SINK_BYTES      65536u
#define SINK_LINE_BYTES 0x200000u

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

/* The console behind a sink. */
typedef struct SINK_WINDOW
{
    size_t Width;   /* columns; 0: unknown, and nothing is broken or cut */
    bool EastAsian; /* see CellsOf */
} SINK_WINDOW;

/* Asked before the first row after each flush, since windows change. */
typedef SINK_WINDOW SINK_ASK_WINDOW(void *Context);

typedef struct SINK
{
    SINK_WRITE *Write;
    SINK_ASK_WINDOW *AskWindow; /* NULL: no console, rows are as long as they are */
    void *Context;
    uint32_t Error; /* the first error of Write; nothing is written after it */
    bool Color;     /* whether SinkStyle writes anything */
    SINK_STYLE Style;
    size_t Column; /* cells since the last line feed, styles not counted */
    SINK_WINDOW Window;
    size_t RowLines; /* how many lines a row may take before its last field is cut; 0: as many as it needs */
    size_t RowLine;  /* which of them it is in, from 1; 0: not in a row */
    size_t RowEnd;   /* the last of them; 0: there is none, or the last field has not begun */
    size_t RowIndent;
    bool RowCut; /* what is left of it is dropped */
    size_t Used;
    size_t LineEnd; /* of Used, what is whole lines for certain */
    char Bytes[SINK_LINE_BYTES];
} SINK;

void SinkInit(SINK *Sink, SINK_WRITE *Write, void *Context, bool Color);

/* What follows, up to the next line feed, is a row; its further lines begin at column Indent. */
void SinkBeginRow(SINK *Sink, size_t Indent);

/* What follows in the row is its last field. It has RowLines, and one more where what precedes it has used them up. */
void SinkLastField(SINK *Sink);

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

/* Spaces up to Column, at least two, so that columns can be told apart. In a row, where too little of the line is left
 * after Column: the next line of the row if there may be one, else two spaces. */
void SinkPadTo(SINK *Sink, size_t Column);

/* How many columns SinkGrouped and SinkUnsigned take, for aligning to the right. */
size_t SinkGroupedWidth(uint64_t Value);
size_t SinkUnsignedWidth(uint64_t Value);

/* One at a time. */
void SinkStyle(SINK *Sink, SINK_STYLE Style);

/* Writes all that is kept. false: an error, now or before. */
bool SinkFlush(SINK *Sink);

/* For a SINK_WRITE whose reader may see part of what it is given: how many of Bytes to hand over at once, so that it is at
 * most Limit in whole lines, or where one line is longer, that line. */
size_t SinkWholeLines(const char *Bytes, size_t Length, size_t Limit);

#endif
