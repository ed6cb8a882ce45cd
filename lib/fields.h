/* SPDX-License-Identifier: MIT */
#ifndef FIELDS_H
#define FIELDS_H

#include <stdbool.h>

#include "prcm_abi.h"

/* What stands where in a structure with optional fields, so that one loop checks every kind of them. */
typedef enum FIELD_TYPE
{
    FIELD_VALUE,
    FIELD_TEXT,
    FIELD_PATH,
    FIELD_SID,
    FIELD_BLOB,    /* bytes at a multiple of 8 */
    FIELD_RESERVED /* 32 bits */
} FIELD_TYPE;

typedef struct FIELD
{
    FIELD_TYPE Type;
    uint32_t Offset;
} FIELD;

typedef struct LAYOUT
{
    uint32_t FixedSize;
    uint32_t FieldCount;
    const FIELD *Fields;
} LAYOUT;

#define COUNT_OF(Array) (sizeof(Array) / sizeof((Array)[0]))

/* Every field of a structure: statuses, forms, reserved members, and that no field points outside it.
 *   Start      aligned to 8 bytes
 *   Size       of all of it, with the bytes that fields point to
 *   FixedSize  of what stands before those; from Layout->FixedSize to Size */
bool FieldsAreWellFormed(const void *Start, uint32_t Size, uint32_t FixedSize, const LAYOUT *Layout);

#endif
