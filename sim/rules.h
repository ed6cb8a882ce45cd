/* SPDX-License-Identifier: MIT
 *
 * The rules, by name, and what breaks each. RuleBroken takes no other name: the compiler sees to that. For
 * each there is a driver in tests/driver that breaks it.
 */
#ifndef SIM_RULES_H
#define SIM_RULES_H

/* One rule a line. */
/* clang-format off */
#define RULES(Each, With)                                                                                    \
    Each(With, "irql", "a call above the IRQL that its contract allows, or below it")                        \
    Each(With, "irql-order", "an IRQL raised downwards or lowered upwards")                                  \
    Each(With, "spin-lock-recursion", "a spin lock acquired by the thread that holds it")                    \
    Each(With, "spin-lock-not-held", "a spin lock released by a thread that does not hold it")               \
    Each(With, "spin-lock-pair", "a spin lock released to another IRQL, or by another routine, than goes with its acquisition") \
    Each(With, "spin-lock-count", "more spin locks at once than anyone needs")                               \
    Each(With, "event", "an event used that KeInitializeEvent did not make")                                 \
    Each(With, "wait-at-dispatch", "waiting for an object at DISPATCH_LEVEL, or with a spin lock held")      \
    Each(With, "deadlock", "threads under a scheduler that all wait, and for nobody")                        \
    Each(With, "rundown", "rundown protection given back that was not taken")                                \
    Each(With, "critical-region", "a critical region left that was not entered")                             \
    Each(With, "unbalanced", "a routine of the driver came back with other IRQL, locks or critical regions") \
    Each(With, "pool-type", "pool that this OS does not have")                                               \
    Each(With, "pool-executable", "executable pool where the OS has other")                                  \
    Each(With, "pool-size", "pool of no bytes")                                                              \
    Each(With, "pool-tag", "pool without a tag, or by one that no tool could print")                         \
    Each(With, "pool-free", "a block freed twice, or never allocated")                                       \
    Each(With, "pool-free-tag", "a block freed by another tag than its own, or by none")                     \
    Each(With, "paged-at-dispatch", "pageable memory touched or freed at DISPATCH_LEVEL")                    \
    Each(With, "paged-code", "pageable code at DISPATCH_LEVEL")                                              \
    Each(With, "use-after-free", "memory touched that is the driver's no more: pool, a request, a mapping")  \
    Each(With, "out-of-bounds", "memory touched that the driver was never given")                            \
    Each(With, "output-read", "the mapping of a request's output read: it is there to be written")           \
    Each(With, "mdl", "an MDL that does not exist, is another's, or mapped as it must not be")               \
    Each(With, "double-completion", "a request completed twice, or used after it was completed")             \
    Each(With, "completion-with-lock", "a request completed with a spin lock held")                          \
    Each(With, "completion-status", "completed with STATUS_PENDING, or with another status than returned")   \
    Each(With, "completion-information", "more bytes reported than there is room for, or than were written") \
    Each(With, "cancel-routine-left", "a request completed with its cancel routine set")                     \
    Each(With, "cancel-lock", "a cancel routine that came back with the cancel lock held")                   \
    Each(With, "pending-mark", "STATUS_PENDING returned for a request not marked, or the reverse")           \
    Each(With, "not-completed", "a status returned for a request that was not completed")                    \
    Each(With, "end-status", "a CLEANUP or CLOSE completed with another status than STATUS_SUCCESS")         \
    Each(With, "reference", "a reference given back that was not taken, or taken to what is being deleted")  \
    Each(With, "handle", "a handle closed or used that is none, or made for all to use")                     \
    Each(With, "notify-remove-inside", "a notify routine removed from inside one: it would wait for itself") \
    Each(With, "notify-forbidden", "a call that may wait for the thread that is being notified")             \
    Each(With, "no-unload", "a device deleted in use, twice, or never made")                                 \
    Each(With, "device-security", "a device secured too late, or one without a name, which cannot be")       \
    Each(With, "parameter", "an argument that the routine's page rules out and that NT relies on")           \
    Each(With, "left-behind", "something of the driver's outlived it")                                       \
    Each(With, "assertion", "NT_ASSERT")                                                                     \
    Each(With, "bug-check", "KeBugCheckEx")                                                                  \
    Each(With, "sim", "something that the simulator does not do")
/* clang-format on */

#endif
