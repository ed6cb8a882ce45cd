/* SPDX-License-Identifier: MIT
 *
 * What is raised: the events of recordings, their processes in the kernel's table and their text in memory, so that raising one
 * costs what the kernel's call costs and nothing else.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include <sim.h>

typedef enum EVENT_KIND
{
    EVENT_START,
    EVENT_EXIT,
    EVENT_IMAGE
} EVENT_KIND;

typedef struct EVENT
{
    EVENT_KIND Kind;
    PEPROCESS Process; /* NULL: an image of the kernel's */
    ULONG ProcessId;
    int64_t Due; /* nanoseconds after the first */
    UNICODE_STRING Path;
    UNICODE_STRING CommandLine;
} EVENT;

typedef struct EVENTS
{
    EVENT *Items;
    size_t Count;
    size_t Room;
} EVENTS;

/* The last event of a run: the exit status of a process that no recording has. */
#define EVENTS_END_TAG        0x7FFFFFFFu
#define EVENTS_END_PROCESS_ID 0x7FFFFFF0u

/* All events of the recordings, one after the other. Exits the program if one cannot be read. */
void EventsRead(EVENTS *Events, char *const *Files, unsigned Count);

/* Starts alone, of one process, whose command line has so many bytes. */
void EventsMakeStarts(EVENTS *Events, unsigned CommandLineBytes);

/* Those of the second in which most happen, when they happen. */
void EventsBusiestSecond(EVENTS *Events);

/* Calls the notify routines. Tag, below 2^31, comes to the reader with the event. */
void EventRaise(const EVENT *Event, uint32_t Tag);

/* The mean of what an event's text takes. */
double EventsMeanTextBytes(const EVENTS *Events);

void EventsFree(EVENTS *Events);

#endif
