/* SPDX-License-Identifier: MIT */
#ifndef FORMATS_FORMATS_H
#define FORMATS_FORMATS_H

#include "stream/format.h"

/* A line or two for people, aligned and coloured. */
extern const FORMAT FormatText;

/* A JSON object a line, each with every field. */
extern const FORMAT FormatJson;

#endif
