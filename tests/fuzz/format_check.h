/* SPDX-License-Identifier: MIT
 *
 * What any output of a format has to be, whatever the records were.
 */
#ifndef FORMAT_CHECK_H
#define FORMAT_CHECK_H

#include <stddef.h>

/* Aborts unless Text, which is what the format Name has written to its end, is UTF-8 in whole lines, has nothing that steers a
 * terminal, and is JSON or CSV where the format is. Text has a terminator that does not count. */
void FormatCheck(const char *Name, const char *Text, size_t Length);

#endif
