/* SPDX-License-Identifier: MIT
 *
 * The one table of what can be asked of an event. Names are those of the JSON output.
 */
#ifndef FILTER_FIELDS_H
#define FILTER_FIELDS_H

#include "stream/format.h"

#define FIELD_KIND_LOST 3u /* of the words of kind; no event has it */
#define FIELD_MAX_UNITS 192u
#define FIELD_MAX_NAME  31u

typedef enum FIELD_TYPE
{
    FIELD_NUMBER,
    FIELD_CODE, /* 32 bits, with or without a sign */
    FIELD_TIME,
    FIELD_MILLISECONDS,
    FIELD_FLAG,
    FIELD_WORD, /* one of Words */
    FIELD_TEXT,
    FIELD_PATH, /* a text; matches takes a pattern without a backslash for one of file names */
    FIELD_TYPE_COUNT
} FIELD_TYPE;

typedef struct FIELD_WORD_VALUE
{
    const char *Word; /* NULL: behind the last */
    uint64_t Value;
} FIELD_WORD_VALUE;

typedef struct FIELD_INPUT
{
    const FORMAT_ORIGIN *Origin;
    const EVENT *Event;
} FIELD_INPUT;

typedef struct FIELD_VALUE
{
    uint32_t Status; /* a field status */
    uint64_t Number; /* all but texts; a time is signed */
    UTF16 Text;
    uint16_t Units[FIELD_MAX_UNITS]; /* where the record does not have the text as it is */
} FIELD_VALUE;

typedef struct FIELD
{
    const char *Name;
    FIELD_TYPE Type;
    uint32_t Kinds; /* PRCM_KIND_BIT of those that have it */
    void (*Get)(const struct FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value);
    size_t Where; /* for Get: the offset of a member of the record, or a mask of bits */
    const FIELD_WORD_VALUE *Words;
    uint32_t JoinedKinds; /* of Kinds, those whose value is the view's memory, */
    uint32_t JoinedFrom;  /* which is made from these kinds */
    bool FromOthers;      /* from events of other processes, too */
    const char *Meaning;
} FIELD;

extern const FIELD FieldTable[];
extern const size_t FieldCount;

/* "number", "text" and so on. */
extern const char *const FieldTypeNames[FIELD_TYPE_COUNT];

/* NULL: there is none of that name. */
const FIELD *FieldFind(const char *Name, size_t Length);

/* The field that was probably meant, or NULL. */
const FIELD *FieldSuggest(const char *Name, size_t Length);

/* The value of Word, whose case matters. false: it is none of the field's. */
bool FieldFindWord(const FIELD *Field, const char *Word, size_t Length, uint64_t *Value);

bool FieldIsText(const FIELD *Field);

/* false: events of this kind have no such field. */
bool FieldGet(const FIELD *Field, const FIELD_INPUT *Input, FIELD_VALUE *Value);
bool FieldHasValue(const FIELD_VALUE *Value);

/* The words of a status, as JSON's NAME_status has them. Units takes FIELD_MAX_UNITS. */
UTF16 FieldStatusText(uint32_t Status, uint16_t *Units);

#endif
