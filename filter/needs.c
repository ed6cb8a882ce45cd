/* SPDX-License-Identifier: MIT
 *
 * What of a filter the driver can do. Of each part it is asked which kinds and processes it may be true of, too many
 * rather than too few; under not, which it may be false of. A field that has no value makes a comparison false, so
 * what may be false of it is every kind.
 */
#include <string.h>

#include "tree.h"

#define EVERYTHING (PRCM_KINDS_ALL | PRCM_KIND_BIT(FIELD_KIND_LOST))

typedef struct KEYS
{
    bool All;
    uint32_t Count;
    uint32_t Keys[PRCM_MAX_KEYS];
} KEYS;

static bool
IsNamed(const NODE *Node, const char *Name)
{
    return strcmp(Node->Field->Name, Name) == 0;
}

/* A comparison of Node's field with values, for equality: of a field that always has a value. */
static bool
IsEquality(const FILTER *Filter, const NODE *Node)
{
    bool Operator = Node->Operator == OPERATOR_EQUAL || Node->Operator == OPERATOR_UNEQUAL ||
                    Node->Operator == OPERATOR_IN;
    return Node->Type == NODE_COMPARE && !Node->OfStatus && Operator &&
           Filter->Operands[Node->First].Field == NULL;
}

/* Kinds that have the fields of a leaf: of others it is false. */
static uint32_t
KindsThatHave(const FILTER *Filter, const NODE *Node)
{
    const FIELD *Other = Node->Type == NODE_COMPARE ? Filter->Operands[Node->First].Field : NULL;
    return Node->Field->Kinds & (Other != NULL ? Other->Kinds : PRCM_KINDS_ALL);
}

static uint32_t
KindsOfLeaf(const FILTER *Filter, const NODE *Node, bool Negated)
{
    uint32_t Kinds = 0;

    if (!IsEquality(Filter, Node) || !(IsNamed(Node, "kind") || IsNamed(Node, "event")))
        return Negated ? EVERYTHING : KindsThatHave(Filter, Node);
    for (uint32_t Index = 0; Index < Node->Count; Index++)
        Kinds |= PRCM_KIND_BIT(Filter->Operands[Node->First + Index].Number);
    return (Node->Operator == OPERATOR_UNEQUAL) == Negated ? Kinds : EVERYTHING & ~Kinds;
}

static uint32_t
KindsOf(const FILTER *Filter, uint32_t At, bool Negated)
{
    const NODE *Node = &Filter->Nodes[At];

    if (Node->Type == NODE_NOT)
        return KindsOf(Filter, Node->First, !Negated);
    if (Node->Type != NODE_AND && Node->Type != NODE_OR)
        return KindsOfLeaf(Filter, Node, Negated);
    bool And = (Node->Type == NODE_AND) != Negated;
    uint32_t Kinds = And ? EVERYTHING : 0;
    for (uint32_t Below = Node->First; Below != NO_NODE; Below = Filter->Nodes[Below].Next)
    {
        uint32_t Found = KindsOf(Filter, Below, Negated);
        Kinds = And ? Kinds & Found : Kinds | Found;
    }
    return Kinds;
}

static bool
HasKey(const KEYS *Keys, uint32_t Key)
{
    uint32_t Index = 0;

    while (Index < Keys->Count && Keys->Keys[Index] != Key)
        Index++;
    return Keys->All || Index < Keys->Count;
}

/* More than the driver takes are all. */
static void
AddKey(KEYS *Keys, uint32_t Key)
{
    if (HasKey(Keys, Key))
        return;
    Keys->All = Keys->Count == PRCM_MAX_KEYS;
    if (!Keys->All)
        Keys->Keys[Keys->Count++] = Key;
}

static void
AddKeys(KEYS *Keys, const KEYS *More)
{
    Keys->All = Keys->All || More->All;
    for (uint32_t Index = 0; Index < More->Count && !Keys->All; Index++)
        AddKey(Keys, More->Keys[Index]);
}

static void
KeepKeys(KEYS *Keys, const KEYS *Others)
{
    uint32_t Count = 0;

    if (Others->All)
        return;
    if (Keys->All)
    {
        *Keys = *Others;
        return;
    }
    for (uint32_t Index = 0; Index < Keys->Count; Index++)
    {
        if (HasKey(Others, Keys->Keys[Index]))
            Keys->Keys[Count++] = Keys->Keys[Index];
    }
    Keys->Count = Count;
}

static void
KeysOfLeaf(const FILTER *Filter, const NODE *Node, bool Negated, KEYS *Keys)
{
    Keys->Count = 0;
    Keys->All =
        !IsEquality(Filter, Node) || !IsNamed(Node, "pid") || (Node->Operator == OPERATOR_UNEQUAL) != Negated;
    for (uint32_t Index = 0; Index < Node->Count && !Keys->All; Index++)
    {
        uint64_t Number = Filter->Operands[Node->First + Index].Number;
        if (Number <= UINT32_MAX)
            AddKey(Keys, (uint32_t)Number);
    }
}

static void
KeysOf(const FILTER *Filter, uint32_t At, bool Negated, KEYS *Keys)
{
    const NODE *Node = &Filter->Nodes[At];

    if (Node->Type == NODE_NOT)
    {
        KeysOf(Filter, Node->First, !Negated, Keys);
        return;
    }
    if (Node->Type != NODE_AND && Node->Type != NODE_OR)
    {
        KeysOfLeaf(Filter, Node, Negated, Keys);
        return;
    }
    bool And = (Node->Type == NODE_AND) != Negated;
    Keys->All = And;
    Keys->Count = 0;
    for (uint32_t Below = Node->First; Below != NO_NODE; Below = Filter->Nodes[Below].Next)
    {
        KEYS Found;
        KeysOf(Filter, Below, Negated, &Found);
        if (And)
            KeepKeys(Keys, &Found);
        else
            AddKeys(Keys, &Found);
    }
}

/* What the view has to see for Field to have the value that it would have without any filter. */
static void
AddJoined(const FIELD *Field, FILTER_NEEDS *Needs, bool *FromOthers)
{
    if (Field == NULL || (Field->JoinedKinds & Needs->Shown) == 0)
        return;
    Needs->Read |= Field->JoinedFrom;
    *FromOthers = *FromOthers || Field->FromOthers;
}

static bool
AddAllJoined(const FILTER *Filter, FILTER_NEEDS *Needs)
{
    bool FromOthers = false;

    for (uint32_t Index = 0; Index < Filter->NodeCount; Index++)
        AddJoined(Filter->Nodes[Index].Field, Needs, &FromOthers);
    for (uint32_t Index = 0; Index < Filter->OperandCount; Index++)
        AddJoined(Filter->Operands[Index].Field, Needs, &FromOthers);
    return FromOthers;
}

/* Keys, but all of them if some field is made from other processes' events. */
static void
SetKeys(FILTER_NEEDS *Needs, const KEYS *Keys, bool FromOthers)
{
    Needs->KeyCount = 0;
    memset(Needs->Keys, 0, sizeof(Needs->Keys));
    if (Keys->All || FromOthers || Needs->Shown == 0)
        return;
    Needs->KeyCount = Keys->Count;
    memcpy(Needs->Keys, Keys->Keys, Keys->Count * sizeof(Keys->Keys[0]));
}

void
FilterGetNeedsOfAll(const FILTER *const *Filters, uint32_t Count, FILTER_NEEDS *Needs)
{
    KEYS Keys = {.All = Needs->KeyCount == 0};
    bool FromOthers = false;

    for (uint32_t Index = 0; Index < Needs->KeyCount; Index++)
        AddKey(&Keys, Needs->Keys[Index]);
    for (uint32_t Index = 0; Index < Count; Index++)
    {
        KEYS Found;
        KeysOf(Filters[Index], Filters[Index]->Root, false, &Found);
        KeepKeys(&Keys, &Found);
        Needs->Shown &= KindsOf(Filters[Index], Filters[Index]->Root, false);
    }
    if (!Keys.All && Keys.Count == 0)
        Needs->Shown = 0;
    Needs->Read = Needs->Shown != 0 ? Needs->Shown : PRCM_KINDS_ALL;
    for (uint32_t Index = 0; Index < Count; Index++)
        FromOthers = AddAllJoined(Filters[Index], Needs) || FromOthers;
    SetKeys(Needs, &Keys, FromOthers);
}

void
FilterGetNeeds(const FILTER *Filter, FILTER_NEEDS *Needs)
{
    Needs->Shown = PRCM_KINDS_ALL;
    Needs->KeyCount = 0;
    FilterGetNeedsOfAll(&Filter, 1, Needs);
}
