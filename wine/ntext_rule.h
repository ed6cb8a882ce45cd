/* SPDX-License-Identifier: MIT
 *
 * Rules of the OS's routines that a driver has broken. Where NT would stop the machine, hang or go wrong
 * later, ntext refuses the call as far as it can, and says here what was wrong: NTEXT_STATE.BrokenRules
 * counts, and each is a line of the file NTEXT_RULES_FILE, which outlives the driver's process.
 */
#ifndef NTEXT_RULE_H
#define NTEXT_RULE_H

#include <ntifs.h>

#include "ntext.h"

/* Routine is the one that was called, What what was wrong. Any IRQL that Wine knows of. */
VOID RuleBroken(_In_ PCSTR Routine, _In_ PCSTR What);

VOID RuleState(_Inout_ NTEXT_STATE *State);

#endif
