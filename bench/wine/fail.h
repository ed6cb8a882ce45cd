/* SPDX-License-Identifier: MIT
 *
 * What must not fail: where it does, the program says so and ends.
 */
#ifndef FAIL_H
#define FAIL_H

#include <stddef.h>

/* Says what failed, with the last error, and ends the program. */
void Fail(const char *What) __attribute__((noreturn));

/* Never fails. All zero. */
void *Allocate(size_t Bytes);

#endif
