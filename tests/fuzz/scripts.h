/* SPDX-License-Identifier: MIT
 *
 * Inputs written by hand, from which the fuzzer begins and of which it takes pieces.
 */
#ifndef SCRIPTS_H
#define SCRIPTS_H

#include "drive.h"

/* Script Index, modulo their number; how many operations it has. */
size_t ScriptWhole(uint32_t Index, SETUP *Setup, OPERATION *Operations);

/* Some operations of it that follow one another. */
const OPERATION *ScriptPart(uint32_t Index, size_t *Count);

OPERATION ScriptOperation(uint32_t Index);

#endif
