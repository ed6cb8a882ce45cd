/* SPDX-License-Identifier: MIT
 *
 * What captures need of the system beside their files.
 */
#ifndef CAPTURE_FILE_H
#define CAPTURE_FILE_H

#include <stdint.h>

/* A number that nobody can guess, and never 0. */
uint64_t CaptureFileNewId(void);

#endif
