/* SPDX-License-Identifier: MIT
 *
 * XXH3 with 128 bits, seed 0, of these bytes, numbers little-endian:
 *
 *     u64  when the system started
 *     u64  the process's create time
 *     u32  its id
 *     u32  1, the version of this scheme
 *     the host's name, UTF-16LE, up to IDENTITY_MAX_HOST_UNITS
 *
 * The canonical form of the hash, its high half first, is the identity.
 */
#include "identity.h"

#include <string.h>
#include <xxhash.h>

#define SCHEME      1u
#define FIXED_BYTES 24u

void
IdentityBegin(IDENTITY_ORIGIN *Origin, UTF16 Host, uint32_t HostStatus, const PRCM_VALUE *Boot)
{
    memset(Origin, 0, sizeof(*Origin));
    Origin->Status = HostStatus != PRCM_PRESENT ? HostStatus : Boot->Status;
    if (Origin->Status != PRCM_PRESENT)
        return;
    Origin->Boot = Boot->Value;
    while (Origin->HostCount < Host.Count && Origin->HostCount < IDENTITY_MAX_HOST_UNITS)
    {
        Origin->Host[Origin->HostCount] = Host.Units[Origin->HostCount];
        Origin->HostCount++;
    }
}

static uint8_t *
Put(uint8_t *At, uint64_t Value, unsigned Bytes)
{
    for (unsigned Index = 0; Index < Bytes; Index++)
        *At++ = (uint8_t)(Value >> (8 * Index));
    return At;
}

IDENTITY
IdentityOf(const IDENTITY_ORIGIN *Origin, uint32_t Id, const PRCM_VALUE *CreateTime)
{
    uint8_t Bytes[FIXED_BYTES + IDENTITY_MAX_HOST_UNITS * sizeof(uint16_t)];

    if (CreateTime->Status != PRCM_PRESENT)
        return (IDENTITY){.Status = CreateTime->Status};
    if (Origin->Status != PRCM_PRESENT)
        return (IDENTITY){.Status = Origin->Status};
    uint8_t *End = Put(Bytes, Origin->Boot, 8);
    End = Put(End, CreateTime->Value, 8);
    End = Put(End, Id, 4);
    End = Put(End, SCHEME, 4);
    for (uint32_t Index = 0; Index < Origin->HostCount; Index++)
        End = Put(End, Origin->Host[Index], 2);
    XXH128_hash_t Hash = XXH3_128bits(Bytes, (size_t)(End - Bytes));
    return (IDENTITY){.High = Hash.high64, .Low = Hash.low64, .Status = PRCM_PRESENT};
}

void
IdentityToText(const IDENTITY *Identity, char Text[IDENTITY_DIGITS + 1])
{
    for (unsigned Index = 0; Index < IDENTITY_DIGITS; Index++)
    {
        uint64_t Half = Index < IDENTITY_DIGITS / 2 ? Identity->High : Identity->Low;
        Text[Index] = "0123456789abcdef"[Half >> (60 - 4 * (Index % (IDENTITY_DIGITS / 2))) & 0xF];
    }
    Text[IDENTITY_DIGITS] = '\0';
}

void
IdentityWrite(SINK *Sink, const IDENTITY *Identity)
{
    char Text[IDENTITY_DIGITS + 1];

    IdentityToText(Identity, Text);
    SinkBytes(Sink, Text, IDENTITY_DIGITS);
}

void
IdentityWriteGuid(SINK *Sink, const IDENTITY *Identity)
{
    SinkChar(Sink, '{');
    SinkHex(Sink, Identity->High >> 32, 8);
    SinkChar(Sink, '-');
    SinkHex(Sink, Identity->High >> 16 & 0xFFFF, 4);
    SinkChar(Sink, '-');
    SinkHex(Sink, Identity->High & 0xFFFF, 4);
    SinkChar(Sink, '-');
    SinkHex(Sink, Identity->Low >> 48, 4);
    SinkChar(Sink, '-');
    SinkHex(Sink, Identity->Low & 0xFFFFFFFFFFFF, 12);
    SinkChar(Sink, '}');
}
