/* SPDX-License-Identifier: MIT
 *
 * A sink whose output can be compared.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "text/sink.h"

/* An empty sink; there is one at a time. */
SINK *CaptureBegin(void);
SINK *CaptureBeginColored(void);

/* What was written, terminated. */
const char *CaptureText(void);

#define ASSERT_WROTE(Expected) assert_string_equal(CaptureText(), Expected)

#endif
