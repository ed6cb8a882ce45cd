/* SPDX-License-Identifier: MIT
 *
 * What passes between prcm.sys and its readers. Driver and library share this header and it includes nothing
 * else of prcm's. The layout is the same for 32 and 64 bits; every size and offset is asserted at the end.
 *
 * Rules for every structure: it begins with its size where it can grow, it grows at its end only, reserved
 * fields and padding are zero, sizes and lengths are bytes, offsets count from the start of the record, times
 * are 100 ns units since 1601-01-01 UTC.
 */
#ifndef PRCM_ABI_H
#define PRCM_ABI_H

#include <stddef.h>
#include <stdint.h>

/* Changes whenever a reader built for the old layout could misread the new one. A structure that only grew
 * keeps it. */
#define PRCM_ABI_VERSION 1u

/* Of driver, library and console, which are released together. */
#define PRCM_VERSION_MAJOR 0
#define PRCM_VERSION_MINOR 1
#define PRCM_VERSION_PATCH 0

#define PRCM_SERVICE_NAME L"prcm"
#define PRCM_DEVICE_NAME  L"\\Device\\Prcm"
#define PRCM_LINK_NAME    L"\\DosDevices\\Prcm"
#define PRCM_WIN32_NAME   L"\\\\.\\Prcm"

/* Kinds of events, lanes of the log. */

#define PRCM_KIND_START 0u /* a process started */
#define PRCM_KIND_EXIT  1u /* a process exited */
#define PRCM_KIND_IMAGE 2u /* an image was mapped for execution */
#define PRCM_KIND_COUNT 4u /* how many kinds a count by kind has room for; the fourth is zero */

/* Not an event: stands in a batch where events are missing. */
#define PRCM_KIND_LOST 0x8000u

#define PRCM_KIND_BIT(Kind) (1u << (Kind))
#define PRCM_KINDS_ALL                                                                                       \
    (PRCM_KIND_BIT(PRCM_KIND_START) | PRCM_KIND_BIT(PRCM_KIND_EXIT) | PRCM_KIND_BIT(PRCM_KIND_IMAGE))

#define PRCM_LANE_LIFECYCLE 0u /* starts and exits */
#define PRCM_LANE_IMAGE     1u /* image loads, whose storms never push out a start or an exit */
#define PRCM_LANE_COUNT     2u

/* Limits. */

#define PRCM_MAX_STRING_BYTES             65534u /* UNICODE_STRING's own limit; longer cannot reach the driver */
#define PRCM_MAX_SID_BYTES                68u    /* SECURITY_MAX_SID_SIZE */
#define PRCM_MAX_RECORD_BYTES             0x20400u /* a start with path and command line at their limits fits */
#define PRCM_MAX_KEYS                     64u      /* process ids in one subscription */
#define PRCM_MAX_SESSIONS                 64u      /* open handles */
#define PRCM_MAX_READ_BYTES               (1024u * 1024u) /* so that all pended reads together lock at most 64 MiB */
#define PRCM_MIN_LANE_BYTES               (2u * 1024u * 1024u) /* at least eight records of the largest size */
#define PRCM_MAX_LANE_BYTES               (256u * 1024u * 1024u)
#define PRCM_DEFAULT_LIFECYCLE_LANE_BYTES (4u * 1024u * 1024u)
#define PRCM_DEFAULT_IMAGE_LANE_BYTES     (8u * 1024u * 1024u)

/* Optional fields. */

/* The status of an optional field. A value with the top bit set is the NTSTATUS with which obtaining the
 * field failed. Only a present field, and as far as it goes a truncated one, has a value; else the value is
 * zero. */
#define PRCM_ABSENT             0u /* the OS gave none, or has no documented way to tell */
#define PRCM_PRESENT            1u /* whole */
#define PRCM_TRUNCATED          2u /* cut; FullLength is the original length */
#define PRCM_WITHHELD           3u /* known, and not told: kernel addresses */
#define PRCM_IS_FAILURE(Status) (((Status)&0x80000000u) != 0)

typedef struct PRCM_VALUE
{
    uint64_t Value;
    uint32_t Status;
    uint32_t Reserved;
} PRCM_VALUE;

/* Bytes elsewhere in the same record: UTF-16LE without a terminator, or a SID. Unpaired surrogates and
 * embedded NULs are passed on as the OS gave them. */
typedef struct PRCM_BYTES
{
    uint32_t Status;
    uint32_t Offset;     /* from the start of the record; a multiple of 2; 0 where there are none */
    uint32_t Length;     /* may be 0 and present: the OS gave an empty string */
    uint32_t FullLength; /* as the OS gave it; differs from Length only when truncated */
} PRCM_BYTES;

/* The form of a path. */
#define PRCM_PATH_OTHER       0u
#define PRCM_PATH_NT          1u /* \Device\HarddiskVolume3\... */
#define PRCM_PATH_DOS_DEVICE  2u /* \??\C:\... */
#define PRCM_PATH_SYSTEM_ROOT 3u /* \SystemRoot\... */

typedef struct PRCM_PATH
{
    PRCM_BYTES Text;
    uint32_t Form; /* PRCM_PATH_XXX; PRCM_PATH_OTHER without a text */
    uint32_t Reserved;
} PRCM_PATH;

/* Records. */

/* What every record begins with. */
typedef struct PRCM_RECORD
{
    uint32_t Size;      /* of the whole record; a multiple of 8: the next record follows at once */
    uint16_t Kind;      /* PRCM_KIND_XXX */
    uint16_t FixedSize; /* of the structure, before the bytes it points to; larger in a newer driver */
    uint64_t Sequence;  /* from 1, one series over all captured kinds; the only order there is */
    int64_t Time;       /* when the number was given; clocks step, so this need not ascend */
    uint32_t Key;       /* what a subscription can select by: the id of the process the event is about */
    uint32_t ThreadId;  /* the thread that reported the event */
} PRCM_RECORD;

/* PRCM_START.Architecture */
#define PRCM_ARCHITECTURE_NATIVE   0u
#define PRCM_ARCHITECTURE_EMULATED 1u /* runs under WOW64 */

typedef struct PRCM_START
{
    PRCM_RECORD Header; /* Key: the new process */
    PRCM_VALUE CreateTime;
    PRCM_VALUE StartKey; /* unique across boots, unlike the id; Windows 10 1703 and later */
    PRCM_VALUE ParentProcessId;
    PRCM_VALUE ParentCreateTime; /* present only if the id still belonged to a process that is not younger */
    PRCM_VALUE CreatorProcessId; /* who called the OS; not always the parent */
    PRCM_VALUE CreatorThreadId;
    PRCM_VALUE SessionId;
    PRCM_VALUE IntegrityLevel; /* the RID: 0x1000 low, 0x2000 medium, 0x3000 high, 0x4000 system */
    PRCM_VALUE Elevated;       /* 0 or 1 */
    PRCM_VALUE Subsystem;      /* 1: the process belongs to a subsystem other than Win32 (WSL 1) */
    PRCM_VALUE Architecture;
    PRCM_VALUE CreationStatus; /* NTSTATUS as of prcm's turn; others may still refuse the process */
    PRCM_VALUE ImageExact;     /* 1: ImagePath is the very name that was opened; 0: it may be partial */
    PRCM_PATH ImagePath;
    PRCM_BYTES CommandLine;
    PRCM_BYTES UserSid;
} PRCM_START;

typedef struct PRCM_EXIT
{
    PRCM_RECORD Header; /* Key: the process that exited */
    PRCM_VALUE CreateTime;
    PRCM_VALUE ExitStatus; /* the exit code or NTSTATUS, 32 bits */
} PRCM_EXIT;

/* PRCM_IMAGE.Properties: the bits of the WDK's IMAGE_INFO.Properties, as the OS gave them. */
#define PRCM_IMAGE_ADDRESSING_MODE             0x000000FFu
#define PRCM_IMAGE_SYSTEM_MODE                 0x00000100u /* a kernel image; Base is withheld */
#define PRCM_IMAGE_MAPPED_TO_ALL_PIDS          0x00000200u
#define PRCM_IMAGE_EXTENDED_INFO               0x00000400u
#define PRCM_IMAGE_MACHINE_TYPE_MISMATCH       0x00000800u
#define PRCM_IMAGE_SIGNATURE_LEVEL(Properties) (((Properties) >> 12) & 0xFu)
#define PRCM_IMAGE_SIGNATURE_TYPE(Properties)  (((Properties) >> 16) & 0x7u)
#define PRCM_IMAGE_PARTIAL_MAP                 0x00080000u

typedef struct PRCM_IMAGE
{
    PRCM_RECORD Header;    /* Key: the process mapped into; 0 for a kernel image */
    PRCM_VALUE CreateTime; /* of that process */
    PRCM_VALUE Base;
    uint64_t ImageSize;
    uint32_t Properties; /* PRCM_IMAGE_XXX */
    uint32_t Reserved;
    PRCM_PATH ImagePath;
} PRCM_IMAGE;

/* A maximal hole in the numbers as this reader sees them: events it subscribed to and will not get. Header:
 * Sequence is the first number of the hole, Time that of the record after the hole (0 where none follows
 * yet), Key 0.
 *
 *     NextSequence - Sequence = sum of Evicted + sum of Dropped + Unknown + Filtered
 */
typedef struct PRCM_LOST
{
    PRCM_RECORD Header;
    uint64_t NextSequence;             /* the first number after the hole */
    uint64_t Evicted[PRCM_KIND_COUNT]; /* kept once, overwritten before this reader came: it was overtaken */
    uint64_t Dropped[PRCM_KIND_COUNT]; /* never kept: the lane was full up to a record not yet committed */
    uint64_t Unknown;                  /* resumed from a bare number: kinds and causes cannot be told */
    uint64_t Filtered;                 /* of kinds not subscribed to, so not lost to this reader */
} PRCM_LOST;

/* Requests. */

/* Access and method as in the WDK's CTL_CODE. */
#define PRCM_DEVICE_TYPE 0x8950u /* of the range left to vendors */
#define PRCM_CTL_CODE(Function, Method, Access)                                                              \
    ((PRCM_DEVICE_TYPE << 16) | ((uint32_t)(Access) << 14) | ((uint32_t)(Function) << 2) | (uint32_t)(Method))
#define PRCM_METHOD_BUFFERED   0
#define PRCM_METHOD_OUT_DIRECT 2
#define PRCM_ACCESS_READ       1
#define PRCM_ACCESS_WRITE      2

/* Every request whose input is a structure: Size must equal the length of the input, else
 * STATUS_INFO_LENGTH_MISMATCH, as for an input shorter than the structure or longer than 4096 bytes. Bytes
 * beyond the structure as the driver knows it must be zero, else STATUS_INVALID_PARAMETER: a newer reader
 * asks for something that this driver does not have.
 *
 * Common to all: an unknown code is STATUS_INVALID_DEVICE_REQUEST; a handle without the access the code names
 * is STATUS_ACCESS_DENIED (the I/O manager's). A handle whose open was refused does not exist; on Wine, which hands out
 * one all the same, it answers every request with the status that refused it. */

/* QUERY. Input: none (else STATUS_INFO_LENGTH_MISMATCH). Output: PRCM_QUERY, as much of it as fits and the
 * driver knows; Size says how much. Shorter than PRCM_QUERY_MIN_BYTES: STATUS_BUFFER_TOO_SMALL. Answers
 * before SUBSCRIBE, after STOP, and whatever the reader's version. */
#define PRCM_IOCTL_QUERY PRCM_CTL_CODE(0x800, PRCM_METHOD_BUFFERED, PRCM_ACCESS_READ)

/* SUBSCRIBE. Once per handle: a second is STATUS_INVALID_DEVICE_STATE. Input: PRCM_SUBSCRIBE. Output:
 * PRCM_SUBSCRIBED; shorter: STATUS_BUFFER_TOO_SMALL.
 * STATUS_REVISION_MISMATCH: AbiVersion is not the driver's; found before any fault of the length.
 * STATUS_INVALID_PARAMETER: an unknown kind, no kind, an unknown From, too many keys, a number that is 0 or not yet
 * reached, a token that this instance cannot have given, something in a member that is not used.
 * STATUS_DEVICE_REMOVED: stopping. */
#define PRCM_IOCTL_SUBSCRIBE PRCM_CTL_CODE(0x801, PRCM_METHOD_BUFFERED, PRCM_ACCESS_READ)

/* READ. Input: PRCM_READ. Output: a PRCM_BATCH and its records. Stays pended until there is something for this
 * reader, unless PRCM_READ_NO_WAIT.
 *   STATUS_SUCCESS                 a batch; empty only with PRCM_READ_NO_WAIT
 *   STATUS_BUFFER_OVERFLOW         a warning: a PRCM_BATCH without records; the next record needs RequiredBytes;
 *                                  the cursor has not moved, and Number is that of the next batch
 *   STATUS_BUFFER_TOO_SMALL        shorter than PRCM_BATCH
 *   STATUS_INVALID_BUFFER_SIZE     longer than PRCM_MAX_READ_BYTES
 *   STATUS_INVALID_PARAMETER       unknown flags
 *   STATUS_INVALID_DEVICE_STATE    not subscribed
 *   STATUS_DEVICE_BUSY             this handle has a READ already
 *   STATUS_CANCELLED               cancelled, or the handle closed; the cursor has not moved
 *   STATUS_DEVICE_REMOVED          stopping
 *   STATUS_INSUFFICIENT_RESOURCES  the buffer could not be mapped; the cursor has not moved */
#define PRCM_IOCTL_READ PRCM_CTL_CODE(0x802, PRCM_METHOD_OUT_DIRECT, PRCM_ACCESS_READ)

/* STOP. No input, no output (else STATUS_INFO_LENGTH_MISMATCH). Refuses new opens, subscriptions and reads
 * from now on and ends the pended reads, all with STATUS_DEVICE_REMOVED, so that handles get closed and the
 * driver can unload. Cannot be taken back; a second STOP succeeds and does nothing. */
#define PRCM_IOCTL_STOP PRCM_CTL_CODE(0x803, PRCM_METHOD_BUFFERED, PRCM_ACCESS_WRITE)

/* QUERY. */

/* The registration routines, best first. Process: Ex2, Ex, base. Image: Ex, base. */
#define PRCM_PROCESS_TIER_EX2   0u
#define PRCM_PROCESS_TIER_EX    1u
#define PRCM_PROCESS_TIER_BASE  2u
#define PRCM_PROCESS_TIER_COUNT 3u
#define PRCM_IMAGE_TIER_EX      0u
#define PRCM_IMAGE_TIER_BASE    1u
#define PRCM_IMAGE_TIER_COUNT   2u

/* PRCM_QUERY.ProcessTierStatus and ImageTierStatus: 0 is the tier in use; PRCM_TIER_NOT_TRIED a tier below
 * it; STATUS_PROCEDURE_NOT_FOUND (0xC000007A) one that this OS does not export; else the NTSTATUS of the
 * refusal. */
#define PRCM_TIER_NOT_TRIED 0xFFFFFFFFu

/* PRCM_QUERY.Flags */
#define PRCM_QUERY_STOPPING          0x00000001u /* after STOP */
#define PRCM_QUERY_CLAMPED_LIFECYCLE 0x00000002u /* a Parameters value was out of range and was changed */
#define PRCM_QUERY_CLAMPED_IMAGE     0x00000004u
#define PRCM_QUERY_CLAMPED_KINDS     0x00000008u
#define PRCM_QUERY_TIME_PRECISE      0x00000010u /* times are finer than the clock tick */

typedef struct PRCM_LANE_INFO
{
    uint64_t Bytes;     /* size of the lane */
    uint64_t Requested; /* by the service's Parameters key; 0: nothing */
    uint64_t Used;      /* bytes that records and their bookkeeping take now */
    uint64_t Oldest;    /* number of the oldest record kept; 0: the lane is empty */
} PRCM_LANE_INFO;

/* All counters are taken in one hold of the log's lock. sum of Captured = Next - 1. */
typedef struct PRCM_QUERY
{
    uint32_t Size;
    uint32_t AbiVersion;
    uint32_t DriverVersion; /* major << 24 | minor << 16 | patch */
    uint32_t Flags;
    uint64_t Instance; /* one run of the driver: the time it started; never 0 */
    int64_t Time;      /* now */

    uint32_t ProcessTierStatus[PRCM_PROCESS_TIER_COUNT];
    uint32_t ImageTierStatus[PRCM_IMAGE_TIER_COUNT];
    uint32_t Kinds; /* captured kinds, PRCM_KIND_BIT */

    uint32_t MaxSessions;
    uint32_t MaxReadBytes;
    uint32_t MaxRecordBytes;
    uint32_t MaxKeys;
    uint32_t Sessions; /* open handles now */
    uint32_t Waiting;  /* reads pended now */

    uint64_t Next;                      /* number the next event will get */
    uint64_t Published;                 /* readers get numbers below this */
    uint64_t Captured[PRCM_KIND_COUNT]; /* events that got a number */
    uint64_t Dropped[PRCM_KIND_COUNT];  /* those of them that were never kept */
    uint64_t Evicted[PRCM_KIND_COUNT];  /* those of them that were kept and have been overwritten since */
    uint64_t LongestStall; /* 100 ns: longest that an uncommitted record made a full lane drop newcomers; 0:
                              never */
    PRCM_LANE_INFO Lanes[PRCM_LANE_COUNT];
} PRCM_QUERY;

#define PRCM_QUERY_MIN_BYTES ((uint32_t)sizeof(PRCM_QUERY)) /* stays what it is in version 1 */

/* SUBSCRIBE. */

/* A place in the stream, and all that is needed to go on from it. */
typedef struct PRCM_TOKEN
{
    uint64_t Instance;
    uint64_t Next;                      /* the number to go on with, from 1 */
    uint64_t Captured[PRCM_KIND_COUNT]; /* events numbered below Next; sum = Next - 1; zero if unknown */
    uint64_t Dropped[PRCM_KIND_COUNT];  /* those of them that were dropped */
    uint32_t CountsKnown;               /* 1, or 0: Captured and Dropped are not known */
    uint32_t Reserved;
} PRCM_TOKEN;

/* PRCM_SUBSCRIBE.From */
#define PRCM_FROM_OLDEST   1u /* the oldest number that any lane still has; those below count as before */
#define PRCM_FROM_NOW      2u /* the next event */
#define PRCM_FROM_SEQUENCE 3u /* Token.Next, in this instance; the rest of Token is zero */
#define PRCM_FROM_TOKEN    4u /* Token; of another instance: like PRCM_FROM_SEQUENCE with 1 */

typedef struct PRCM_SUBSCRIBE
{
    uint32_t Size;
    uint32_t AbiVersion;
    uint32_t Kinds; /* PRCM_KIND_BIT; at least one */
    uint32_t From;
    PRCM_TOKEN Token;
    uint32_t KeyCount;            /* 0: every process */
    uint32_t Keys[PRCM_MAX_KEYS]; /* process ids; those beyond KeyCount are zero */
    uint32_t Reserved;
} PRCM_SUBSCRIBE;

/* PRCM_SUBSCRIBED.Resume */
#define PRCM_RESUME_EXACT          1u /* kinds of all that may be missing will be known */
#define PRCM_RESUME_KINDS_UNKNOWN  2u /* a bare number whose baseline is gone */
#define PRCM_RESUME_OTHER_INSTANCE 3u /* the token is of another run: what happened in between is unknown */

typedef struct PRCM_SUBSCRIBED
{
    uint32_t Size;
    uint32_t AbiVersion;
    uint32_t Resume;
    uint32_t Reserved;
    PRCM_TOKEN Start; /* where the cursor stands */
    uint64_t Oldest;  /* the oldest number kept in any lane; equal to Head if none is */
    uint64_t Head;    /* number the next event will get */
} PRCM_SUBSCRIBED;

/* READ. */

#define PRCM_READ_NO_WAIT 0x00000001u

typedef struct PRCM_READ
{
    uint32_t Size;
    uint32_t Flags;
} PRCM_READ;

/* The header of what one READ returns; RecordCount records follow at offset Size.
 *
 *     Next.Next - First = sum of Delivered + sum of Filtered + sum of Lost + Unknown
 *
 * and, where counts are known at both ends, Captured(Next) - Captured(First) = Delivered + Filtered + Lost
 * for each kind. Head and HeadCaptured are of the same hold of the lock as the end of the batch, so that
 * captured = before the reader's start + delivered + filtered + lost + (Head - Next.Next). */
typedef struct PRCM_BATCH
{
    uint32_t Size;          /* of this header; a multiple of 8 */
    uint32_t Bytes;         /* header and records */
    uint32_t RecordCount;   /* LOST records included */
    uint32_t RequiredBytes; /* with STATUS_BUFFER_OVERFLOW: the length that the next READ needs; else 0 */
    uint64_t Number;        /* of this batch in the session, from 1 */
    uint64_t First;         /* the first number this batch accounts for: the Next of the one before */
    PRCM_TOKEN Next;        /* where the reader stands after this batch */
    uint64_t Delivered[PRCM_KIND_COUNT];
    uint64_t Filtered[PRCM_KIND_COUNT]; /* of kinds or processes not subscribed to */
    uint64_t Lost[PRCM_KIND_COUNT]; /* with process ids subscribed to: of any process, as it was not kept */
    uint64_t Unknown;               /* missing, kind unknown: see PRCM_LOST */
    uint64_t Head;                  /* number the next event will get */
    uint64_t HeadCaptured[PRCM_KIND_COUNT];
} PRCM_BATCH;

/* The layout, for every compiler and word size. */

#ifdef __cplusplus
#define PRCM_ASSERT(Condition) static_assert(Condition, #Condition)
#else
#define PRCM_ASSERT(Condition) _Static_assert(Condition, #Condition)
#endif
#define PRCM_ASSERT_AT(Type, Field, At) PRCM_ASSERT(offsetof(Type, Field) == (At))

PRCM_ASSERT_AT(PRCM_VALUE, Value, 0);
PRCM_ASSERT_AT(PRCM_VALUE, Status, 8);
PRCM_ASSERT_AT(PRCM_VALUE, Reserved, 12);
PRCM_ASSERT(sizeof(PRCM_VALUE) == 16);

PRCM_ASSERT_AT(PRCM_BYTES, Status, 0);
PRCM_ASSERT_AT(PRCM_BYTES, Offset, 4);
PRCM_ASSERT_AT(PRCM_BYTES, Length, 8);
PRCM_ASSERT_AT(PRCM_BYTES, FullLength, 12);
PRCM_ASSERT(sizeof(PRCM_BYTES) == 16);

PRCM_ASSERT_AT(PRCM_PATH, Text, 0);
PRCM_ASSERT_AT(PRCM_PATH, Form, 16);
PRCM_ASSERT_AT(PRCM_PATH, Reserved, 20);
PRCM_ASSERT(sizeof(PRCM_PATH) == 24);

PRCM_ASSERT_AT(PRCM_RECORD, Size, 0);
PRCM_ASSERT_AT(PRCM_RECORD, Kind, 4);
PRCM_ASSERT_AT(PRCM_RECORD, FixedSize, 6);
PRCM_ASSERT_AT(PRCM_RECORD, Sequence, 8);
PRCM_ASSERT_AT(PRCM_RECORD, Time, 16);
PRCM_ASSERT_AT(PRCM_RECORD, Key, 24);
PRCM_ASSERT_AT(PRCM_RECORD, ThreadId, 28);
PRCM_ASSERT(sizeof(PRCM_RECORD) == 32);

PRCM_ASSERT_AT(PRCM_START, Header, 0);
PRCM_ASSERT_AT(PRCM_START, CreateTime, 32);
PRCM_ASSERT_AT(PRCM_START, StartKey, 48);
PRCM_ASSERT_AT(PRCM_START, ParentProcessId, 64);
PRCM_ASSERT_AT(PRCM_START, ParentCreateTime, 80);
PRCM_ASSERT_AT(PRCM_START, CreatorProcessId, 96);
PRCM_ASSERT_AT(PRCM_START, CreatorThreadId, 112);
PRCM_ASSERT_AT(PRCM_START, SessionId, 128);
PRCM_ASSERT_AT(PRCM_START, IntegrityLevel, 144);
PRCM_ASSERT_AT(PRCM_START, Elevated, 160);
PRCM_ASSERT_AT(PRCM_START, Subsystem, 176);
PRCM_ASSERT_AT(PRCM_START, Architecture, 192);
PRCM_ASSERT_AT(PRCM_START, CreationStatus, 208);
PRCM_ASSERT_AT(PRCM_START, ImageExact, 224);
PRCM_ASSERT_AT(PRCM_START, ImagePath, 240);
PRCM_ASSERT_AT(PRCM_START, CommandLine, 264);
PRCM_ASSERT_AT(PRCM_START, UserSid, 280);
PRCM_ASSERT(sizeof(PRCM_START) == 296);

PRCM_ASSERT_AT(PRCM_EXIT, Header, 0);
PRCM_ASSERT_AT(PRCM_EXIT, CreateTime, 32);
PRCM_ASSERT_AT(PRCM_EXIT, ExitStatus, 48);
PRCM_ASSERT(sizeof(PRCM_EXIT) == 64);

PRCM_ASSERT_AT(PRCM_IMAGE, Header, 0);
PRCM_ASSERT_AT(PRCM_IMAGE, CreateTime, 32);
PRCM_ASSERT_AT(PRCM_IMAGE, Base, 48);
PRCM_ASSERT_AT(PRCM_IMAGE, ImageSize, 64);
PRCM_ASSERT_AT(PRCM_IMAGE, Properties, 72);
PRCM_ASSERT_AT(PRCM_IMAGE, Reserved, 76);
PRCM_ASSERT_AT(PRCM_IMAGE, ImagePath, 80);
PRCM_ASSERT(sizeof(PRCM_IMAGE) == 104);

PRCM_ASSERT_AT(PRCM_LOST, Header, 0);
PRCM_ASSERT_AT(PRCM_LOST, NextSequence, 32);
PRCM_ASSERT_AT(PRCM_LOST, Evicted, 40);
PRCM_ASSERT_AT(PRCM_LOST, Dropped, 72);
PRCM_ASSERT_AT(PRCM_LOST, Unknown, 104);
PRCM_ASSERT_AT(PRCM_LOST, Filtered, 112);
PRCM_ASSERT(sizeof(PRCM_LOST) == 120);

PRCM_ASSERT_AT(PRCM_LANE_INFO, Bytes, 0);
PRCM_ASSERT_AT(PRCM_LANE_INFO, Requested, 8);
PRCM_ASSERT_AT(PRCM_LANE_INFO, Used, 16);
PRCM_ASSERT_AT(PRCM_LANE_INFO, Oldest, 24);
PRCM_ASSERT(sizeof(PRCM_LANE_INFO) == 32);

PRCM_ASSERT_AT(PRCM_QUERY, Size, 0);
PRCM_ASSERT_AT(PRCM_QUERY, AbiVersion, 4);
PRCM_ASSERT_AT(PRCM_QUERY, DriverVersion, 8);
PRCM_ASSERT_AT(PRCM_QUERY, Flags, 12);
PRCM_ASSERT_AT(PRCM_QUERY, Instance, 16);
PRCM_ASSERT_AT(PRCM_QUERY, Time, 24);
PRCM_ASSERT_AT(PRCM_QUERY, ProcessTierStatus, 32);
PRCM_ASSERT_AT(PRCM_QUERY, ImageTierStatus, 44);
PRCM_ASSERT_AT(PRCM_QUERY, Kinds, 52);
PRCM_ASSERT_AT(PRCM_QUERY, MaxSessions, 56);
PRCM_ASSERT_AT(PRCM_QUERY, MaxReadBytes, 60);
PRCM_ASSERT_AT(PRCM_QUERY, MaxRecordBytes, 64);
PRCM_ASSERT_AT(PRCM_QUERY, MaxKeys, 68);
PRCM_ASSERT_AT(PRCM_QUERY, Sessions, 72);
PRCM_ASSERT_AT(PRCM_QUERY, Waiting, 76);
PRCM_ASSERT_AT(PRCM_QUERY, Next, 80);
PRCM_ASSERT_AT(PRCM_QUERY, Published, 88);
PRCM_ASSERT_AT(PRCM_QUERY, Captured, 96);
PRCM_ASSERT_AT(PRCM_QUERY, Dropped, 128);
PRCM_ASSERT_AT(PRCM_QUERY, Evicted, 160);
PRCM_ASSERT_AT(PRCM_QUERY, LongestStall, 192);
PRCM_ASSERT_AT(PRCM_QUERY, Lanes, 200);
PRCM_ASSERT(sizeof(PRCM_QUERY) == 264);

PRCM_ASSERT_AT(PRCM_TOKEN, Instance, 0);
PRCM_ASSERT_AT(PRCM_TOKEN, Next, 8);
PRCM_ASSERT_AT(PRCM_TOKEN, Captured, 16);
PRCM_ASSERT_AT(PRCM_TOKEN, Dropped, 48);
PRCM_ASSERT_AT(PRCM_TOKEN, CountsKnown, 80);
PRCM_ASSERT_AT(PRCM_TOKEN, Reserved, 84);
PRCM_ASSERT(sizeof(PRCM_TOKEN) == 88);

PRCM_ASSERT_AT(PRCM_SUBSCRIBE, Size, 0);
PRCM_ASSERT_AT(PRCM_SUBSCRIBE, AbiVersion, 4);
PRCM_ASSERT_AT(PRCM_SUBSCRIBE, Kinds, 8);
PRCM_ASSERT_AT(PRCM_SUBSCRIBE, From, 12);
PRCM_ASSERT_AT(PRCM_SUBSCRIBE, Token, 16);
PRCM_ASSERT_AT(PRCM_SUBSCRIBE, KeyCount, 104);
PRCM_ASSERT_AT(PRCM_SUBSCRIBE, Keys, 108);
PRCM_ASSERT_AT(PRCM_SUBSCRIBE, Reserved, 364);
PRCM_ASSERT(sizeof(PRCM_SUBSCRIBE) == 368);

PRCM_ASSERT_AT(PRCM_SUBSCRIBED, Size, 0);
PRCM_ASSERT_AT(PRCM_SUBSCRIBED, AbiVersion, 4);
PRCM_ASSERT_AT(PRCM_SUBSCRIBED, Resume, 8);
PRCM_ASSERT_AT(PRCM_SUBSCRIBED, Reserved, 12);
PRCM_ASSERT_AT(PRCM_SUBSCRIBED, Start, 16);
PRCM_ASSERT_AT(PRCM_SUBSCRIBED, Oldest, 104);
PRCM_ASSERT_AT(PRCM_SUBSCRIBED, Head, 112);
PRCM_ASSERT(sizeof(PRCM_SUBSCRIBED) == 120);

PRCM_ASSERT_AT(PRCM_READ, Size, 0);
PRCM_ASSERT_AT(PRCM_READ, Flags, 4);
PRCM_ASSERT(sizeof(PRCM_READ) == 8);

PRCM_ASSERT_AT(PRCM_BATCH, Size, 0);
PRCM_ASSERT_AT(PRCM_BATCH, Bytes, 4);
PRCM_ASSERT_AT(PRCM_BATCH, RecordCount, 8);
PRCM_ASSERT_AT(PRCM_BATCH, RequiredBytes, 12);
PRCM_ASSERT_AT(PRCM_BATCH, Number, 16);
PRCM_ASSERT_AT(PRCM_BATCH, First, 24);
PRCM_ASSERT_AT(PRCM_BATCH, Next, 32);
PRCM_ASSERT_AT(PRCM_BATCH, Delivered, 120);
PRCM_ASSERT_AT(PRCM_BATCH, Filtered, 152);
PRCM_ASSERT_AT(PRCM_BATCH, Lost, 184);
PRCM_ASSERT_AT(PRCM_BATCH, Unknown, 216);
PRCM_ASSERT_AT(PRCM_BATCH, Head, 224);
PRCM_ASSERT_AT(PRCM_BATCH, HeadCaptured, 232);
PRCM_ASSERT(sizeof(PRCM_BATCH) == 264);

#endif
