/* SPDX-License-Identifier: MIT
 *
 * The chain of OCSF's profile record_integrity: each record names the one before it, with its fingerprint, so that one that is
 * missing, moved or changed is found by whoever has the records alone.
 */
#ifndef FORMATS_OCSF_CHAIN_H
#define FORMATS_OCSF_CHAIN_H

#include "parts.h"

/* What a record is called, for metadata.uid: "0x5-17". */
void OcsfNameEvent(const FORMAT_ORIGIN *Origin, uint64_t Sequence, char Name[FORMAT_MAX_NAME_BYTES]);

/* "0x5-lost-18-image_load-evicted" and "0x5-account-1-25" */
void OcsfNameLost(const FORMAT_ORIGIN *Origin, const HOLE *Hole, const HOLE_LOSS *Loss,
                  char Name[FORMAT_MAX_NAME_BYTES]);
void OcsfNameAccount(const FORMAT_ORIGIN *Origin, const CLOSING *Closing, char Name[FORMAT_MAX_NAME_BYTES]);

/* attestation_list, the last member of the record Name, and the end of its line. */
void OcsfEndRecord(JSON *Json, const FORMAT_ORIGIN *Origin, const char *Name);

#endif
