/* SPDX-License-Identifier: MIT
 *
 * What several formats write alike.
 */
#ifndef FORMATS_PARTS_H
#define FORMATS_PARTS_H

#include "stream/event_fields.h"
#include "stream/format.h"
#include "text/json.h"

/* A JSON string; what JSON cannot carry is U+FFFD, and nothing tells what it was. */
void PartsText(JSON *Json, const char *Name, UTF16 Text);

/* These write nothing where there is no value. */
void PartsTold(JSON *Json, const char *Name, const PROCESS_TEXT *Text);
void PartsEntity(JSON *Json, const char *Name, const IDENTITY *Identity);
void PartsOptional(JSON *Json, const char *Name, const PRCM_VALUE *Field, JSON_VALUE *Write);
void PartsField(JSON *Json, const char *Name, const EVENT *Event, EVENT_FIELD_ID Id);
void PartsFileName(JSON *Json, const char *Name, UTF16 Path);

/* JSON_VALUEs of times: RFC 3339, and milliseconds since 1970. */
void PartsDate(JSON *Json, const char *Name, uint64_t Value);
void PartsUnixTime(JSON *Json, const char *Name, uint64_t Value);

void PartsSigned(JSON *Json, const char *Name, int64_t Value);

/* "S-1-5-18" */
void PartsSid(JSON *Json, const char *Name, const uint8_t *Sid);

/* "10.0.19045.3803", as far as it is known; nothing if not even the first is. */
void PartsSystemVersion(JSON *Json, const char *Name, const FORMAT_SYSTEM *System);

/* DOMAIN\name in two. Without a backslash all is the name. */
void PartsSplitUser(UTF16 User, UTF16 *Domain, UTF16 *Name);

/* The user of the event's process: of a start its own record's, else as remembered. Sid is NULL where it is not known. */
void PartsUser(const EVENT *Event, const uint8_t **Sid, PROCESS_TEXT *User);

/* A load that is the kernel's and no process's: of a driver, or of what drivers are made of. */
bool PartsIsDriver(const EVENT *Event);

/* "Low" and so on, as Sysmon has it; "Untrusted" and "Protected" beside. NULL: a level between these, or not known. */
const char *PartsIntegrity(const PRCM_VALUE *Level);

/* The fields of the event that are not among Placed, which are EVENT_BITs, by their names in JSON; and in an object "status"
 * why a field, among Placed or not, has no value or not all of it. */
void PartsRest(JSON *Json, const EVENT *Event, uint64_t Placed);

/* What a line of JSON has of these behind its beginning. */
void PartsStream(JSON *Json, const FORMAT_ORIGIN *Origin, const FORMAT_HEADER *Header);
void PartsLost(JSON *Json, const HOLE *Hole, const HOLE_LOSS *Loss);
void PartsAccount(JSON *Json, const CLOSING *Closing);

/* "3 image loads lost: evicted, among numbers 17 to 25" and the like, in a string. */
void PartsLostText(JSON *Json, const char *Name, const HOLE *Hole, const HOLE_LOSS *Loss);

/* "complete: numbers 1 to 9" or what is missing, in a string. */
void PartsAccountText(JSON *Json, const char *Name, const CLOSING *Closing);

/* When something happened whose time is Time, or is not told: then the latest time written before. */
int64_t PartsTime(const FORMAT_ORIGIN *Origin, int64_t Time);

/* To be called for each event. */
void PartsSawTime(const FORMAT_ORIGIN *Origin, int64_t Time);

#endif
