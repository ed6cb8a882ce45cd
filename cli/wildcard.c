/* SPDX-License-Identifier: MIT */
#include "wildcard.h"

/* After a mismatch only the last '*' has to take one unit more: an earlier one could not do better. So this
 * is linear in practice and never worse than pattern times text, whatever the pattern. */
static bool
Matches(UTF16 Pattern, UTF16 Text)
{
    uint32_t InPattern = 0;
    uint32_t InText = 0;
    uint32_t AfterStar = UINT32_MAX;
    uint32_t StarTook = 0;

    while (InText < Text.Count)
    {
        uint16_t Wanted = InPattern < Pattern.Count ? Pattern.Units[InPattern] : 0;
        if (InPattern < Pattern.Count && Wanted == '*')
        {
            AfterStar = ++InPattern;
            StarTook = InText;
        }
        else if (InPattern < Pattern.Count &&
                 (Wanted == '?' || Utf16Upper(Wanted) == Utf16Upper(Text.Units[InText])))
        {
            InPattern++;
            InText++;
        }
        else if (AfterStar != UINT32_MAX)
        {
            InPattern = AfterStar;
            InText = ++StarTook;
        }
        else
            return false;
    }
    while (InPattern < Pattern.Count && Pattern.Units[InPattern] == '*')
        InPattern++;
    return InPattern == Pattern.Count;
}

bool
WildcardMatchesPath(UTF16 Pattern, UTF16 Path)
{
    for (uint32_t Index = 0; Index < Pattern.Count; Index++)
    {
        if (Pattern.Units[Index] == '\\')
            return Matches(Pattern, Path);
    }
    return Matches(Pattern, Utf16FileName(Path));
}
