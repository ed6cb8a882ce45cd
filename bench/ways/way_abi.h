/* SPDX-License-Identifier: MIT
 *
 * What the ways of way.h and their readers share.
 */
#ifndef WAY_ABI_H
#define WAY_ABI_H

#include <stdint.h>

#define WAY_DEVICE_NAME L"\\Device\\PrcmWay"
#define WAY_LINK_NAME   L"\\DosDevices\\PrcmWay"

typedef enum WAY_KIND
{
    WAY_START,
    WAY_EXIT,
    WAY_IMAGE
} WAY_KIND;

/* An event; behind it its path and its command line, UTF-16LE, padded to a multiple of 8. */
typedef struct WAY_EVENT
{
    uint32_t Bytes; /* of the whole */
    uint32_t Kind;
    int64_t Time;  /* 100 ns since 1601 */
    uint64_t Tag;  /* of an image its size, of an exit its status, of a start its creator's thread */
    uint64_t Base; /* of an image */
    uint32_t ProcessId;
    uint32_t ThreadId;
    uint32_t ParentId;
    uint32_t PathBytes;
    uint32_t CommandLineBytes;
    uint32_t Reserved;
} WAY_EVENT;

#define WAY_MAX_EVENT_BYTES (sizeof(WAY_EVENT) + 2 * 65536)

/* CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_OUT_DIRECT, FILE_READ_ACCESS): one event, or as many as fit; what it does where
 * there is none is the way's affair. */
#define WAY_IOCTL_TAKE 0x00226402u

/* CTL_CODE(FILE_DEVICE_UNKNOWN, 0x901, METHOD_BUFFERED, FILE_READ_ACCESS): a uint64_t, how many events were not kept. */
#define WAY_IOCTL_LOST 0x00226404u

#endif
