/* SPDX-License-Identifier: MIT
 *
 * How an event becomes the bytes of a record: a fixed structure, gathered by the caller, and behind it the
 * bytes that its fields point to. Calls nothing of the kernel.
 */
#ifndef RECORD_H
#define RECORD_H

#include <ntifs.h>
#include "prcm_abi.h"

/* Bytes to stand behind the fixed part, and the field of the fixed part that tells of them. */
typedef struct RECORD_BYTES
{
    PRCM_BYTES *Field;
    const VOID *Bytes;
} RECORD_BYTES;

#define RECORD_MAX_BYTES_FIELDS 3

/* A record being gathered. */
typedef struct RECORD_PLAN
{
    PRCM_RECORD *Fixed; /* begins with this; the caller's */
    ULONG FixedSize;
    ULONG Size; /* of the whole record so far, without the padding at its end */
    ULONG Count;
    RECORD_BYTES Fields[RECORD_MAX_BYTES_FIELDS];
} RECORD_PLAN;

VOID RecordPlanInit(_Out_ RECORD_PLAN *Plan, _In_ PRCM_RECORD *Fixed, _In_ ULONG FixedSize);

/* Plans Length bytes, an even number, for Field of Plan->Fixed, and sets Field to present. The bytes are touched, page
 * by page, so that reading pageable memory blocks here and not in RecordWrite; they must last until then. At most
 * RECORD_MAX_BYTES_FIELDS of them, PRCM_MAX_STRING_BYTES each. */
VOID RecordPlanBytes(_Inout_ RECORD_PLAN *Plan, _Out_ PRCM_BYTES *Field,
                     _In_reads_bytes_(Length) const VOID *Bytes, _In_ ULONG Length);

/* What the record takes: a multiple of 8. */
ULONG RecordPlanSize(_In_ const RECORD_PLAN *Plan);

/* Writes the planned record over Record, RecordPlanSize bytes, all but the header that the log gave it; the
 * header's FixedSize and ThreadId are Plan's. */
VOID RecordWrite(_In_ const RECORD_PLAN *Plan, _Inout_ PRCM_RECORD *Record);

/* Fields. */

/* A field that is present. */
PRCM_VALUE RecordValue(_In_ ULONG64 Value);

/* A field that is not: PRCM_ABSENT, PRCM_WITHHELD or the NTSTATUS of a failure. */
PRCM_VALUE RecordNoValue(_In_ ULONG Status);

/* What status a field gets whose source failed with Status: an OS that does not have the source at all has
 * not failed. */
ULONG RecordFailure(_In_ NTSTATUS Status);

/* The form of a path, from its beginning. */
ULONG RecordPathForm(_In_ PCUNICODE_STRING Path);

#endif
