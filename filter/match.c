/* SPDX-License-Identifier: MIT
 *
 * A comparison with a field that has no value is not true, whatever it is; not makes it true. Undecided is alone what a
 * pattern was given up on, and stays so unless the rest of the filter decides alone.
 */
#include "fields.h"
#include "text/wildcard.h"
#include "text_match.h"
#include "lexer.h"
#include "tree.h"

typedef enum TRUTH
{
    TRUTH_FALSE,
    TRUTH_TRUE,
    TRUTH_UNDECIDED
} TRUTH;

typedef struct ASKED
{
    FILTER *Filter;
    FIELD_INPUT Input;
    const OPERAND *GivenUp; /* the first pattern that was */
} ASKED;

static TRUTH Ask(ASKED *Asked, uint32_t Node);

static TRUTH
TruthOf(bool Condition)
{
    return Condition ? TRUTH_TRUE : TRUTH_FALSE;
}

static TRUTH
Opposite(TRUTH Truth)
{
    return Truth == TRUTH_UNDECIDED ? Truth : TruthOf(Truth == TRUTH_FALSE);
}

/* -1, 0 or 1. */
static int
Order(const FIELD *Field, uint64_t A, uint64_t B)
{
    if (Field->Type == FIELD_TIME)
        return ((int64_t)A > (int64_t)B) - ((int64_t)A < (int64_t)B);
    return (A > B) - (A < B);
}

static bool
CompareNumbers(const NODE *Node, uint64_t Value, uint64_t With)
{
    int Found = Order(Node->Field, Value, With);

    switch (Node->Operator)
    {
    case OPERATOR_UNEQUAL:
        return Found != 0;
    case OPERATOR_LESS:
        return Found < 0;
    case OPERATOR_NOT_MORE:
        return Found <= 0;
    case OPERATOR_MORE:
        return Found > 0;
    case OPERATOR_NOT_LESS:
        return Found >= 0;
    default:
        return Found == 0;
    }
}

static TRUTH
Search(ASKED *Asked, const OPERAND *Operand, UTF16 Text)
{
    REGEX_RESULT Result = RegexSearch(Operand->Regex, Text);

    if (Result != REGEX_GIVEN_UP)
        return TruthOf(Result == REGEX_MATCH);
    if (Asked->GivenUp == NULL)
        Asked->GivenUp = Operand;
    return TRUTH_UNDECIDED;
}

static TRUTH
CompareTexts(ASKED *Asked, const NODE *Node, const OPERAND *Operand, UTF16 Text, UTF16 With)
{
    switch (Node->Operator)
    {
    case OPERATOR_UNEQUAL:
        return TruthOf(!Utf16EqualNoCase(Text, With));
    case OPERATOR_MATCHES:
        return TruthOf(Node->Field->Type == FIELD_PATH && !Node->OfStatus ? WildcardMatchesPath(With, Text)
                                                                          : WildcardMatches(With, Text));
    case OPERATOR_STARTS:
        return TruthOf(TextStartsWith(Text, With));
    case OPERATOR_ENDS:
        return TruthOf(TextEndsWith(Text, With));
    case OPERATOR_CONTAINS:
        return TruthOf(TextContains(Text, With, Asked->Filter->Borders + Operand->TextAt));
    case OPERATOR_REGEX:
        return Search(Asked, Operand, Text);
    case OPERATOR_NOT_REGEX:
        return Opposite(Search(Asked, Operand, Text));
    default:
        return TruthOf(Utf16EqualNoCase(Text, With));
    }
}

/* With one of the operands. */
static TRUTH
CompareWith(ASKED *Asked, const NODE *Node, const OPERAND *Operand, const FIELD_VALUE *Value)
{
    FIELD_VALUE Other;

    if (Operand->Field == NULL)
    {
        Other.Number = Operand->Number;
        Other.Text = TreeTextOf(Asked->Filter, Operand);
    }
    else if (!FieldGet(Operand->Field, &Asked->Input, &Other) || !FieldHasValue(&Other))
        return TRUTH_FALSE;
    if (Node->OfStatus || FieldIsText(Node->Field))
        return CompareTexts(Asked, Node, Operand, Value->Text, Other.Text);
    return TruthOf(CompareNumbers(Node, Value->Number, Other.Number));
}

static TRUTH
Compare(ASKED *Asked, const NODE *Node)
{
    FIELD_VALUE Value;
    TRUTH Truth = TRUTH_FALSE;

    if (!FieldGet(Node->Field, &Asked->Input, &Value))
        return TRUTH_FALSE;
    if (Node->OfStatus)
        Value.Text = FieldStatusText(Value.Status, Value.Units);
    else if (!FieldHasValue(&Value))
        return TRUTH_FALSE;
    for (uint32_t Index = 0; Index < Node->Count && Truth == TRUTH_FALSE; Index++)
        Truth = CompareWith(Asked, Node, &Asked->Filter->Operands[Node->First + Index], &Value);
    return Truth;
}

/* All or any of what is below; it ends at the first that is End. */
static TRUTH
AskAll(ASKED *Asked, const NODE *Node, TRUTH End)
{
    TRUTH Truth = Opposite(End);

    for (uint32_t At = Node->First; At != NO_NODE; At = Asked->Filter->Nodes[At].Next)
    {
        TRUTH Found = Ask(Asked, At);
        if (Found == End)
            return End;
        if (Found == TRUTH_UNDECIDED)
            Truth = TRUTH_UNDECIDED;
    }
    return Truth;
}

static TRUTH
AskField(const ASKED *Asked, const NODE *Node)
{
    FIELD_VALUE Value;

    if (!FieldGet(Node->Field, &Asked->Input, &Value) || !FieldHasValue(&Value))
        return TRUTH_FALSE;
    return TruthOf(Node->Type == NODE_HAS || Value.Number != 0);
}

/* As deep as parentheses are in each other, which the parser bounds. */
static TRUTH
Ask(ASKED *Asked, uint32_t At)
{
    const NODE *Node = &Asked->Filter->Nodes[At];

    switch (Node->Type)
    {
    case NODE_AND:
        return AskAll(Asked, Node, TRUTH_FALSE);
    case NODE_OR:
        return AskAll(Asked, Node, TRUTH_TRUE);
    case NODE_NOT:
        return Opposite(Ask(Asked, Node->First));
    case NODE_COMPARE:
        return Compare(Asked, Node);
    default:
        return AskField(Asked, Node);
    }
}

static void
TellUndecided(FILTER_UNDECIDED *Undecided, const OPERAND *Operand, const EVENT *Event)
{
    if (Undecided->Events++ != 0)
        return;
    Undecided->FirstSequence = Event->Record->Sequence;
    FilterFail(&Undecided->Reason, Operand->Offset, Operand->Length,
               "this pattern takes too many steps and was given up on; the event passes");
}

bool
FilterMatches(FILTER *Filter, const FORMAT_ORIGIN *Origin, const EVENT *Event)
{
    ASKED Asked = {.Filter = Filter, .Input = {.Origin = Origin, .Event = Event}};
    TRUTH Truth = Ask(&Asked, Filter->Root);

    if (Truth == TRUTH_UNDECIDED && Asked.GivenUp != NULL)
        TellUndecided(&Filter->Undecided, Asked.GivenUp, Event);
    return Truth != TRUTH_FALSE;
}
