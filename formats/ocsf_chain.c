/* SPDX-License-Identifier: MIT
 *
 * A fingerprint is XXH3 with 128 bits, seed 0, of the line's bytes before the comma of ,"fingerprint": that ends it. It finds
 * accidents and what was taken away; it is no signature, and who changes records can make another.
 */
#include "ocsf_chain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#define ALGORITHM_OTHER 99u

void
OcsfNameEvent(const FORMAT_ORIGIN *Origin, uint64_t Sequence, char Name[FORMAT_MAX_NAME_BYTES])
{
    snprintf(Name, FORMAT_MAX_NAME_BYTES, "0x%" PRIx64 "-%" PRIu64, Origin->Instance, Sequence);
}

void
OcsfNameLost(const FORMAT_ORIGIN *Origin, const HOLE *Hole, const HOLE_LOSS *Loss,
             char Name[FORMAT_MAX_NAME_BYTES])
{
    snprintf(Name, FORMAT_MAX_NAME_BYTES, "0x%" PRIx64 "-lost-%" PRIu64 "-%s-%s", Origin->Instance,
             Hole->First, Loss->Kind, Loss->Cause);
}

void
OcsfNameAccount(const FORMAT_ORIGIN *Origin, const CLOSING *Closing, char Name[FORMAT_MAX_NAME_BYTES])
{
    snprintf(Name, FORMAT_MAX_NAME_BYTES, "0x%" PRIx64 "-account-%" PRIu64 "-%" PRIu64, Origin->Instance,
             Closing->From, Closing->Next);
}

static void
WriteFingerprint(JSON *Json, uint64_t High, uint64_t Low)
{
    JsonOpen(Json, "fingerprint", '{');
    JsonAscii(Json, "algorithm", "XXH3-128");
    JsonUnsigned(Json, "algorithm_id", ALGORITHM_OTHER);
    JsonName(Json, "value");
    SinkChar(Json->Sink, '"');
    SinkHex(Json->Sink, High, 16);
    SinkHex(Json->Sink, Low, 16);
    SinkChar(Json->Sink, '"');
    JsonClose(Json, '}');
}

/* Of the line so far, which the sink still has whole. */
static XXH128_hash_t
FingerprintOf(const SINK *Sink)
{
    size_t Begun = Sink->Used;

    while (Begun > 0 && Sink->Bytes[Begun - 1] != '\n')
        Begun--;
    return XXH3_128bits(Sink->Bytes + Begun, Sink->Used - Begun);
}

void
OcsfEndRecord(JSON *Json, const FORMAT_ORIGIN *Origin, const char *Name)
{
    FORMAT_STATE *State = Origin->State;

    JsonOpen(Json, "attestation_list", '[');
    JsonOpen(Json, NULL, '{');
    JsonHex(Json, "chain_uid", Origin->Instance);
    if (State->RecordName[0] != '\0')
    {
        JsonOpen(Json, "prev_event", '{');
        JsonAscii(Json, "uid", State->RecordName);
        WriteFingerprint(Json, State->RecordHigh, State->RecordLow);
        JsonClose(Json, '}');
    }
    XXH128_hash_t Fingerprint = FingerprintOf(Json->Sink);
    State->RecordHigh = Fingerprint.high64;
    State->RecordLow = Fingerprint.low64;
    snprintf(State->RecordName, sizeof(State->RecordName), "%s", Name);
    WriteFingerprint(Json, State->RecordHigh, State->RecordLow);
    JsonClose(Json, '}');
    JsonClose(Json, ']');
    JsonEnd(Json);
}
