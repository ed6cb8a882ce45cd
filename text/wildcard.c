/* SPDX-License-Identifier: MIT */
#include "wildcard.h"

/* After a mismatch only the last '*' has to take one unit more: an earlier one could not do better. So this
 * is linear in practice and never worse than pattern times text, whatever the pattern. */
bool
WildcardMatches(UTF16 Pattern, UTF16 Text)
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

static bool
HasBackslash(UTF16 Text)
{
    return Utf16FileName(Text).Count != Text.Count;
}

/* C:\x.txt of C:\x.txt:evil.exe: the file whose stream it is. A drive's colon is none of a stream. */
static UTF16
WithoutStream(UTF16 Path)
{
    uint32_t First = Path.Count - Utf16FileName(Path).Count;

    for (uint32_t At = First + (First == 0 ? 2 : 1); At + 1 < Path.Count; At++)
    {
        if (Path.Units[At] == ':')
            return (UTF16){.Units = Path.Units, .Count = At};
    }
    return Path;
}

bool
WildcardMatchesPath(UTF16 Pattern, UTF16 Path)
{
    UTF16 Text = HasBackslash(Pattern) ? Path : Utf16FileName(Path);
    UTF16 File = WithoutStream(Path);
    UTF16 FileText = HasBackslash(Pattern) ? File : Utf16FileName(File);

    return WildcardMatches(Pattern, Text) ||
           (FileText.Count != Text.Count && WildcardMatches(Pattern, FileText));
}
