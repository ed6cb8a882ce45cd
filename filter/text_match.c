/* SPDX-License-Identifier: MIT */
#include "text_match.h"

bool
TextStartsWith(UTF16 Text, UTF16 Beginning)
{
    return Text.Count >= Beginning.Count &&
           Utf16EqualNoCase((UTF16){.Units = Text.Units, .Count = Beginning.Count}, Beginning);
}

bool
TextEndsWith(UTF16 Text, UTF16 End)
{
    if (End.Count == 0 || Text.Count < End.Count)
        return End.Count == 0;
    return Utf16EqualNoCase((UTF16){.Units = Text.Units + (Text.Count - End.Count), .Count = End.Count}, End);
}

/* How much of Part matches behind Unit, if Matched did before it. */
static uint32_t
Advance(UTF16 Part, const uint32_t *Borders, uint32_t Matched, uint16_t Unit)
{
    while (Matched > 0 && Part.Units[Matched] != Unit)
        Matched = Borders[Matched - 1];
    return Part.Units[Matched] == Unit ? Matched + 1 : 0;
}

void
TextPrepare(UTF16 Part, uint32_t *Borders)
{
    uint32_t Border = 0;

    for (uint32_t At = 0; At < Part.Count; At++)
    {
        Border = At == 0 ? 0 : Advance(Part, Borders, Border, Part.Units[At]);
        Borders[At] = Border;
    }
}

bool
TextContains(UTF16 Text, UTF16 Part, const uint32_t *Borders)
{
    uint32_t Matched = 0;

    for (uint32_t At = 0; At < Text.Count && Matched < Part.Count; At++)
        Matched = Advance(Part, Borders, Matched, Utf16Upper(Text.Units[At]));
    return Matched == Part.Count;
}
