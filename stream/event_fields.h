/* SPDX-License-Identifier: MIT
 *
 * The fields of an event by their names in JSON, for whoever takes any of them: which there are, and what one is in an event.
 */
#ifndef STREAM_EVENT_FIELDS_H
#define STREAM_EVENT_FIELDS_H

#include "view.h"

typedef enum EVENT_FIELD_ID
{
    EVENT_SEQ,
    EVENT_TIME,
    EVENT_PID,
    EVENT_TID,
    EVENT_ENTITY_ID,
    EVENT_CREATE_TIME,
    EVENT_START_KEY,
    EVENT_PARENT_PID,
    EVENT_PARENT_CREATE_TIME,
    EVENT_PARENT_ENTITY_ID,
    EVENT_PARENT_IMAGE,
    EVENT_CREATOR_PID,
    EVENT_CREATOR_TID,
    EVENT_SESSION_ID,
    EVENT_USER_SID,
    EVENT_USER,
    EVENT_INTEGRITY_LEVEL,
    EVENT_ELEVATED,
    EVENT_SUBSYSTEM,
    EVENT_ARCHITECTURE,
    EVENT_CREATION_STATUS,
    EVENT_IMAGE,
    EVENT_IMAGE_NT,
    EVENT_IMAGE_FORM,
    EVENT_IMAGE_EXACT,
    EVENT_COMMAND_LINE,
    EVENT_EXIT_STATUS,
    EVENT_LIFETIME_MS,
    EVENT_IMAGES,
    EVENT_BASE,
    EVENT_SIZE,
    EVENT_KERNEL_IMAGE,
    EVENT_ADDRESSING_MODE,
    EVENT_MAPPED_TO_ALL,
    EVENT_EXTENDED_INFO,
    EVENT_MACHINE_TYPE_MISMATCH,
    EVENT_PARTIAL_MAP,
    EVENT_SIGNATURE_LEVEL,
    EVENT_SIGNATURE_TYPE,
    EVENT_PROPERTIES,
    EVENT_FIELD_COUNT
} EVENT_FIELD_ID;

#define EVENT_BIT(Id) (1ull << (Id))

typedef enum EVENT_FIELD_TYPE
{
    EVENT_FIELD_UNSIGNED,
    EVENT_FIELD_HEX,  /* a number that people know in hexadecimal */
    EVENT_FIELD_DATE, /* 100 ns since 1601 */
    EVENT_FIELD_BOOL,
    EVENT_FIELD_WORD,
    EVENT_FIELD_TEXT,
    EVENT_FIELD_SID,
    EVENT_FIELD_IDENTITY
} EVENT_FIELD_TYPE;

/* The member that the field's type names is set where Status is PRCM_PRESENT or PRCM_TRUNCATED. */
typedef struct EVENT_VALUE
{
    uint32_t Status;
    uint32_t FullLength; /* bytes, where Status is PRCM_TRUNCATED */
    uint64_t Number;     /* EVENT_FIELD_UNSIGNED, EVENT_FIELD_HEX, EVENT_FIELD_DATE, EVENT_FIELD_BOOL */
    const char *Word;
    UTF16 Text;
    const uint8_t *Sid;
    IDENTITY Identity;
} EVENT_VALUE;

/* "process_start", "process_exit", "image_load" */
const char *EventKindName(uint32_t Kind);

const char *EventFieldName(EVENT_FIELD_ID Id);
EVENT_FIELD_TYPE EventFieldType(EVENT_FIELD_ID Id);

/* false: events of this kind have no such field. */
bool EventFieldGet(const EVENT *Event, EVENT_FIELD_ID Id, EVENT_VALUE *Value);

/* Whether a field with this status has a value. */
bool EventHasValue(uint32_t Status);

/* The text that a record has in Field. */
UTF16 EventText(const PRCM_RECORD *Record, const PRCM_BYTES *Field);

#endif
