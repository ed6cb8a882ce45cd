/* SPDX-License-Identifier: MIT
 *
 * What passes between feeder.exe and ntext.sys. Fixed-width, the same for 32 and 64 bits, no Windows types.
 */
#ifndef NTEXT_H
#define NTEXT_H

#include <stddef.h>
#include <stdint.h>

#define NTEXT_DEVICE_NAME L"\\Device\\Ntext"
#define NTEXT_LINK_NAME   L"\\DosDevices\\Ntext"
#define NTEXT_WIN32_NAME  L"\\\\.\\Ntext"

/* What the "OS" offers. A value named after a routine holds a REG_DWORD, the NTSTATUS with which that routine
 * refuses; NTEXT_HIDDEN takes the routine out of what MmGetSystemRoutineAddress finds. No value: offered. */
#define NTEXT_OFFER_KEY        L"System\\CurrentControlSet\\Control\\Ntext"
#define NTEXT_OFFER_KERNEL_KEY L"\\Registry\\Machine\\" NTEXT_OFFER_KEY
#define NTEXT_HIDDEN           0xC000007Au /* STATUS_PROCEDURE_NOT_FOUND */

/* A line for each rule of the OS's that a driver has broken. */
#define NTEXT_RULES_FILE L"\\??\\C:\\windows\\ntext-rules.txt"

#define NTEXT_VERSION 2u

/* CTL_CODE(0x8951, Function, METHOD_BUFFERED, FILE_ANY_ACCESS) */
#define NTEXT_CTL_CODE(Function) (((uint32_t)0x8951 << 16) | ((uint32_t)(Function) << 2))

/* Output: NTEXT_STATE. */
#define NTEXT_IOCTL_STATE NTEXT_CTL_CODE(0x900)
/* Input: an NTEXT_EVENT and its texts. Output: NTEXT_RESULT. Returns when every routine has returned. */
#define NTEXT_IOCTL_RAISE NTEXT_CTL_CODE(0x901)
/* Input: NTEXT_SPEC. Output: NTEXT_BULK_RESULT. Pended until every event has been raised. */
#define NTEXT_IOCTL_BULK  NTEXT_CTL_CODE(0x902)

/* The tiers of the registration routines. */
#define NTEXT_TIER_NONE 0u
#define NTEXT_TIER_BASE 1u
#define NTEXT_TIER_EX   2u
#define NTEXT_TIER_EX2  3u /* of process routines only */

typedef struct NTEXT_STATE
{
    uint32_t Version;
    uint32_t ProcessRoutines; /* registered now */
    uint32_t ProcessTier;     /* of the best of them; NTEXT_TIER_NONE without any */
    uint32_t ImageRoutines;
    uint32_t ImageTier;
    uint32_t Processes;   /* process objects alive */
    uint32_t References;  /* to process objects that drivers hold: 0 once they have let go of all */
    uint32_t Handles;     /* to process objects and their tokens that drivers hold, likewise */
    uint32_t BrokenRules; /* what drivers did that NT forbids */
} NTEXT_STATE;

#define NTEXT_START      0u
#define NTEXT_EXIT       1u
#define NTEXT_IMAGE      2u
#define NTEXT_KIND_COUNT 3u

#define NTEXT_MAX_TEXT_BYTES  65534u /* UNICODE_STRING's limit */
#define NTEXT_MAX_PATH_BYTES  65532u /* so that a copy of it can be terminated */
#define NTEXT_MAX_SID_BYTES   68u
#define NTEXT_MAX_EVENT_BYTES (sizeof(NTEXT_EVENT) + 3 * (NTEXT_MAX_TEXT_BYTES + 2) + NTEXT_MAX_SID_BYTES)

/* Bytes elsewhere in the same event; Offset is a multiple of 4, and 0 where nothing is known. */
typedef struct NTEXT_BYTES
{
    uint32_t Offset;
    uint32_t Length;
} NTEXT_BYTES;

/* NTEXT_EVENT.Known: which of these members mean anything. */
#define NTEXT_KNOWS_SESSION   0x01u
#define NTEXT_KNOWS_INTEGRITY 0x02u
#define NTEXT_KNOWS_ELEVATED  0x04u
#define NTEXT_KNOWS_EMULATED  0x08u

/* NTEXT_EVENT.CreateFlags: PS_CREATE_NOTIFY_INFO.Flags. */
#define NTEXT_FILE_OPEN_NAME_AVAILABLE 0x1u
#define NTEXT_IS_SUBSYSTEM_PROCESS     0x2u

/* NTEXT_EVENT.Properties: IMAGE_INFO.Properties. */
#define NTEXT_IMAGE_ADDRESSING_MODE 0x00000003u /* IMAGE_ADDRESSING_MODE_32BIT, the only one there is */
#define NTEXT_IMAGE_SYSTEM_MODE     0x00000100u
#define NTEXT_IMAGE_MAPPED_TO_ALL   0x00000200u
#define NTEXT_IMAGE_EXTENDED_INFO   0x00000400u
#define NTEXT_IMAGE_MISMATCH        0x00000800u
#define NTEXT_IMAGE_PARTIAL_MAP     0x00080000u

/* One notification. What a kind does not use is zero. */
typedef struct NTEXT_EVENT
{
    uint32_t Size; /* with its texts */
    uint32_t Kind;
    uint32_t ProcessId;       /* 0: a kernel image */
    uint32_t ThreadId;        /* the thread that reports; of a start it is CreatorThreadId */
    int64_t CreateTime;       /* of ProcessId; 0: unknown */
    int64_t ParentCreateTime; /* 0: unknown */
    uint32_t ParentProcessId;
    uint32_t CreatorProcessId; /* 0: unknown; the routines of a start run in it */
    uint32_t CreatorThreadId;  /* likewise */
    uint32_t CreateFlags;
    uint32_t CreationStatus;
    uint32_t Known;
    uint32_t SessionId;
    uint32_t IntegrityLevel;
    uint32_t Elevated;
    uint32_t Emulated;
    uint32_t ExitStatus;
    uint32_t Properties;
    uint64_t Base;
    uint64_t ImageSize;
    NTEXT_BYTES Image;       /* ImageFileName of a start, FullImageName of an image */
    NTEXT_BYTES NativeImage; /* of a start: the \Device form of the same file */
    NTEXT_BYTES CommandLine;
    NTEXT_BYTES UserSid;
} NTEXT_EVENT;

typedef struct NTEXT_RESULT
{
    uint32_t Routines; /* how many were called; 0: the event reached no driver */
    uint32_t Tier;     /* the best tier among them */
} NTEXT_RESULT;

#define NTEXT_MAX_BULK_EVENTS  4000000u /* of one kind in one request */
#define NTEXT_MAX_BULK_THREADS 64u
#define NTEXT_FIRST_PROCESS_ID 16u /* two ids below the first are the made-up parent's */
#define NTEXT_LAST_PROCESS_ID  0x7FFFFFFCu

/* Made-up events. The same numbers always make the same events: see madeup.h. */
typedef struct NTEXT_SPEC
{
    uint32_t Size;
    uint32_t Starts;
    uint32_t Exits;
    uint32_t Images;
    uint32_t FirstProcessId; /* a multiple of 4 */
    uint32_t Threads;
    uint32_t CommandLineBytes; /* even */
    uint32_t PathBytes;        /* even */
    uint32_t KernelImages;     /* 1: the images are kernel images, which belong to no process */
    uint32_t Reserved;
    int64_t BaseTime; /* create time of the first process */
} NTEXT_SPEC;

/* A bitmap follows, a bit for each event: 1 if it reached a driver. The bits of each thread begin at a new
 * byte, thread after thread, each in the order in which the thread raised. */
typedef struct NTEXT_BULK_RESULT
{
    uint32_t Delivered; /* events that reached a driver */
    uint32_t ProcessTier;
    uint32_t ImageTier;
    uint32_t Reserved;
} NTEXT_BULK_RESULT;

#endif
