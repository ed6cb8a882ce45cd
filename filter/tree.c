/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <stdlib.h>

FILTER *
TreeCreate(size_t TextLength)
{
    FILTER *Filter = calloc(1, sizeof(*Filter));
    size_t Room = TextLength + 1;

    if (Filter == NULL)
        return NULL;
    Filter->Nodes = calloc(Room, sizeof(*Filter->Nodes));
    Filter->Operands = calloc(Room, sizeof(*Filter->Operands));
    Filter->Units = calloc(Room, sizeof(*Filter->Units));
    Filter->Borders = calloc(Room, sizeof(*Filter->Borders));
    if (Filter->Nodes != NULL && Filter->Operands != NULL && Filter->Units != NULL && Filter->Borders != NULL)
        return Filter;
    FilterFree(Filter);
    return NULL;
}

void
FilterFree(FILTER *Filter)
{
    if (Filter == NULL)
        return;
    for (uint32_t Index = 0; Index < Filter->OperandCount; Index++)
        RegexFree(Filter->Operands[Index].Regex);
    free(Filter->Nodes);
    free(Filter->Operands);
    free(Filter->Units);
    free(Filter->Borders);
    free(Filter);
}

uint32_t
TreeAddNode(FILTER *Filter, NODE_TYPE Type)
{
    uint32_t Node = Filter->NodeCount++;
    Filter->Nodes[Node] = (NODE){.Type = Type, .First = NO_NODE, .Next = NO_NODE};
    return Node;
}

OPERAND *
TreeAddOperand(FILTER *Filter)
{
    return &Filter->Operands[Filter->OperandCount++];
}

UTF16
TreeTextOf(const FILTER *Filter, const OPERAND *Operand)
{
    return (UTF16){.Units = Filter->Units + Operand->TextAt, .Count = Operand->TextCount};
}

const FILTER_UNDECIDED *
FilterUndecided(const FILTER *Filter)
{
    return &Filter->Undecided;
}
