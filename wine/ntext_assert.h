/* SPDX-License-Identifier: MIT
 *
 * Included before csq.c and rundown.c, which the kernel in user mode compiles too: there an assertion that
 * fails, and an IRQL, are sim's own.
 */
#ifndef NTEXT_ASSERT_H
#define NTEXT_ASSERT_H

#include <ntifs.h>

#include "ntext_rule.h"
#include "ntext_thread.h"

#undef ASSERT
#define ASSERT(Condition)  ((Condition) ? (VOID)0 : RuleBroken(__func__, #Condition))
#define KeGetCurrentIrql() ThreadIrql()

#endif
