/* SPDX-License-Identifier: MIT
 *
 * All ways, each with its reader.
 */
#ifndef READERS_H
#define READERS_H

#include "reader.h"

extern const WAY_INFO Ways[];
extern const unsigned WayCount;

#endif
