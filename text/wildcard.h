/* SPDX-License-Identifier: MIT
 *
 * Patterns of --image: '*' is any text, '?' any one character, case does not matter.
 */
#ifndef TEXT_WILDCARD_H
#define TEXT_WILDCARD_H

#include "utf16.h"

/* Whether Pattern matches all of Text. */
bool WildcardMatches(UTF16 Pattern, UTF16 Text);

/* Whether Pattern matches Path: all of it if the pattern has a backslash, else its file name. Of an alternate stream such
 * as C:\x.txt:evil.exe the path or name of its file, C:\x.txt, matches too. */
bool WildcardMatchesPath(UTF16 Pattern, UTF16 Path);

#endif
