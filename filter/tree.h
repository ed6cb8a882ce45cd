/* SPDX-License-Identifier: MIT
 *
 * A filter that has been read. Its nodes are in one array and refer to each other by number. Whatever there is of one
 * stands for a word of the text or more, so the text's length bounds how much memory is needed, and it is allocated
 * before reading begins.
 */
#ifndef FILTER_TREE_H
#define FILTER_TREE_H

#include "fields.h"
#include "filter.h"
#include "regex.h"

#define NO_NODE UINT32_MAX

typedef enum NODE_TYPE
{
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_HAS,  /* Field has a value */
    NODE_FLAG, /* Field is true */
    NODE_COMPARE
} NODE_TYPE;

typedef enum OPERATOR
{
    OPERATOR_EQUAL,
    OPERATOR_UNEQUAL,
    OPERATOR_LESS,
    OPERATOR_NOT_MORE,
    OPERATOR_MORE,
    OPERATOR_NOT_LESS,
    OPERATOR_IN,
    OPERATOR_MATCHES,
    OPERATOR_STARTS,
    OPERATOR_ENDS,
    OPERATOR_CONTAINS,
    OPERATOR_REGEX,
    OPERATOR_NOT_REGEX,
    OPERATOR_COUNT
} OPERATOR;

/* What a field is compared with. */
typedef struct OPERAND
{
    const FIELD *Field; /* another field; NULL: what follows */
    uint64_t Number;
    uint32_t TextAt; /* in FILTER.Units, in upper case */
    uint32_t TextCount;
    REGEX *Regex;
    size_t Offset; /* in the filter's text */
    size_t Length;
} OPERAND;

typedef struct NODE
{
    NODE_TYPE Type;
    OPERATOR Operator;  /* NODE_COMPARE */
    const FIELD *Field; /* neither AND, OR nor NOT */
    bool OfStatus;      /* it is the field's status that is compared */
    uint32_t First;     /* NODE_COMPARE: the first operand; AND, OR, NOT: the first node below */
    uint32_t Count;     /* of operands */
    uint32_t Next;      /* below the same node */
} NODE;

struct FILTER
{
    uint32_t Root;
    uint32_t NodeCount;
    uint32_t OperandCount;
    uint32_t UnitCount;
    NODE *Nodes;
    OPERAND *Operands;
    uint16_t *Units;
    uint32_t *Borders; /* for TextContains; of each text as many as it has units, at the same place */
    FILTER_UNDECIDED Undecided;
};

/* An empty filter with room for what a text of so many bytes may say. NULL: no memory. */
FILTER *TreeCreate(size_t TextLength);

uint32_t TreeAddNode(FILTER *Filter, NODE_TYPE Type);
OPERAND *TreeAddOperand(FILTER *Filter);

UTF16 TreeTextOf(const FILTER *Filter, const OPERAND *Operand);

#endif
