/* SPDX-License-Identifier: MIT
 *
 * What tells a process from every other, on any host and at any time: entity_id. It is made of what every record of a process
 * carries, so that its start, loads and exit have the same, whoever reads them and from when on. The start key is no part of
 * it: only starts carry that.
 */
#ifndef STREAM_IDENTITY_H
#define STREAM_IDENTITY_H

#include "text/sink.h"
#include "text/utf16.h"
#include "prcm_abi.h"

/* Of a host's name, more is not looked at. */
#define IDENTITY_MAX_HOST_UNITS 256u

/* Of one boot of a host. Ids are used again after a boot, and a clock that was set back may show the same times again. */
typedef struct IDENTITY_ORIGIN
{
    uint16_t Host[IDENTITY_MAX_HOST_UNITS];
    uint32_t HostCount;
    uint64_t Boot;
    uint32_t Status; /* PRCM_PRESENT, or why there can be no identities */
} IDENTITY_ORIGIN;

typedef struct IDENTITY
{
    uint64_t High;
    uint64_t Low;
    uint32_t Status; /* as of a field: PRCM_PRESENT, or why it is not known */
} IDENTITY;

/* Boot is when the system started, by its clock at that time. */
void IdentityBegin(IDENTITY_ORIGIN *Origin, UTF16 Host, uint32_t HostStatus, const PRCM_VALUE *Boot);

/* The process that had the id and was created at CreateTime. */
IDENTITY IdentityOf(const IDENTITY_ORIGIN *Origin, uint32_t Id, const PRCM_VALUE *CreateTime);

#define IDENTITY_DIGITS 32u

/* Lower-case hexadecimal digits. */
void IdentityToText(const IDENTITY *Identity, char Text[IDENTITY_DIGITS + 1]);
void IdentityWrite(SINK *Sink, const IDENTITY *Identity);

/* The same digits as a GUID: {01234567-89ab-cdef-0123-456789abcdef} */
void IdentityWriteGuid(SINK *Sink, const IDENTITY *Identity);

#endif
