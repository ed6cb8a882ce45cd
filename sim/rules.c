/* SPDX-License-Identifier: MIT
 *
 * The rules, by name:
 *
 *     irql                      a call above the IRQL that its contract allows, or below it
 *     irql-order                an IRQL raised downwards or lowered upwards
 *     spin-lock-recursion       a spin lock acquired by the thread that holds it
 *     spin-lock-not-held        a spin lock released by a thread that does not hold it
 *     spin-lock-count           more spin locks at once than anyone needs
 *     wait-at-dispatch          waiting for an object at DISPATCH_LEVEL, or with a spin lock held
 *     critical-region           a critical region left that was not entered
 *     unbalanced                a routine of the driver came back with IRQL, locks or critical regions
 * changed pool-type                 pool that this OS does not have pool-executable           executable pool
 * where the OS has other pool-size, pool-tag       no bytes, no tag pool-free                 a block freed
 * twice, or never allocated pool-free-tag             a block freed by another tag than its own
 *     paged-at-dispatch         pageable memory touched, allocated or freed at DISPATCH_LEVEL
 *     mdl                       an MDL that does not exist
 *     double-completion         a request completed twice, or never issued
 *     completion-with-lock      a request completed with a spin lock held
 *     completion-status         a request completed with STATUS_PENDING, or with another status than returned
 *     completion-information    more bytes reported than the caller has room for
 *     cancel-routine-left       a request completed with its cancel routine set
 *     cancel-lock               a cancel routine that came back with the cancel lock held
 *     pending-mark              STATUS_PENDING returned for a request not marked, or the reverse
 *     not-completed             a status returned for a request that was not completed
 *     reference                 a reference given back that was not taken
 *     handle                    a handle closed or used that is none
 *     notify-remove-inside      a notify routine removed from inside one: it would wait for itself
 *     notify-forbidden          a call that may wait for the thread that is being notified
 *     no-unload                 a device deleted, or a driver unloaded, in the wrong way
 *     left-behind               something of the driver's outlived it
 *     paged-code                pageable code at DISPATCH_LEVEL
 *     assertion                 NT_ASSERT
 *     bug-check                 KeBugCheckEx
 *     sim                       something that the simulator does not do
 */
#include "kernel.h"
#include <execinfo.h>
#include <stdarg.h>
#include <unistd.h>

#define RULE_FRAMES 24

/* A sanitizer's stack has files and lines. */
extern void __sanitizer_print_stack_trace(void) __attribute__((weak));

static void
RulePrintStack(void)
{
    void *Frames[RULE_FRAMES];
    if (__sanitizer_print_stack_trace)
        __sanitizer_print_stack_trace();
    else
        backtrace_symbols_fd(Frames, backtrace(Frames, RULE_FRAMES), STDERR_FILENO);
}

void
RuleBroken(const char *Rule, const char *Format, ...)
{
    va_list Arguments;
    PKTHREAD Self = SchedSelf();

    fflush(stdout);
    fprintf(stderr, "\nsim: rule %s is broken: ", Rule);
    va_start(Arguments, Format);
    vfprintf(stderr, Format, Arguments);
    va_end(Arguments);
    fprintf(stderr, "\nsim: thread %u, IRQL %u, %d critical regions, %u spin locks%s%s\n", Self->Number,
            Self->Irql, Self->CriticalRegions, Self->LockCount, Self->Notify ? ", in a notify routine: " : "",
            Self->Notify ? Self->Notify : "");
    fflush(stderr);
    RulePrintStack();
    abort();
}

void
RuleIrql(const char *Call, KIRQL Max)
{
    if (SchedSelf()->Irql > Max)
        RuleBroken("irql", "%s at IRQL %u, allowed up to %u", Call, SchedSelf()->Irql, Max);
}

void
RulePassive(const char *Call)
{
    RuleIrql(Call, PASSIVE_LEVEL);
}

void
RuleNotInNotify(const char *Call)
{
    if (SchedSelf()->Notify)
        RuleBroken("notify-forbidden", "%s in a notify routine (%s)", Call, SchedSelf()->Notify);
}

RULE_BALANCE
RuleEnterDriver(void)
{
    PKTHREAD Self = SchedSelf();
    return (RULE_BALANCE){Self->Irql, Self->CriticalRegions, Self->LockCount};
}

void
RuleLeaveDriver(const char *Routine, const RULE_BALANCE *Before)
{
    PKTHREAD Self = SchedSelf();
    if (Self->Irql != Before->Irql || Self->CriticalRegions != Before->CriticalRegions ||
        Self->LockCount != Before->LockCount)
        RuleBroken("unbalanced",
                   "%s came with IRQL %u, %d critical regions, %u spin locks and went with %u, %d, %u",
                   Routine, Before->Irql, Before->CriticalRegions, Before->LockCount, Self->Irql,
                   Self->CriticalRegions, Self->LockCount);
}

void
SimPagedCode(const char *Function)
{
    if (SchedSelf()->Irql > APC_LEVEL)
        RuleBroken("paged-code", "%s at IRQL %u", Function, SchedSelf()->Irql);
}

void
SimAssertFailed(const char *Condition, const char *File, int Line)
{
    RuleBroken("assertion", "%s at %s:%d", Condition, File, Line);
}

void
KeBugCheckEx(ULONG Code, ULONG_PTR P1, ULONG_PTR P2, ULONG_PTR P3, ULONG_PTR P4)
{
    RuleBroken("bug-check", "0x%08X (%zx, %zx, %zx, %zx)", Code, P1, P2, P3, P4);
}

/* ---- What must be gone ---- */

typedef struct LEFT
{
    SIZE_T Count;
    TRACKED First;
} LEFT;

static void
LeftVisit(const TRACKED *Entry, void *Context)
{
    LEFT *Left = Context;
    if (!Left->Count++)
        Left->First = *Entry;
}

static void
RuleNoneLeft(TRACK_KIND Kind, const char *What, const char *After)
{
    LEFT Left = {0};
    TrackEach(Kind, LeftVisit, &Left);
    if (!Left.Count)
        return;
    char Tag[5] = {0};
    memcpy(Tag, &Left.First.Tag, sizeof(Left.First.Tag));
    fprintf(stderr, "\nsim: the first of %zu came from %s, %zu bytes, tag \"%s\", called from:\n", Left.Count,
            Left.First.Call, Left.First.Bytes, Tag);
    fflush(stderr);
    backtrace_symbols_fd((void *const *)&Left.First.Caller, 1, STDERR_FILENO);
    RuleBroken("left-behind", "%zu %s after %s", Left.Count, What, After);
}

void
RuleNothingLeft(const char *After)
{
    const void *Object = NULL;
    RuleNoneLeft(TRACK_REQUEST, "requests", After);
    RuleNoneLeft(TRACK_POOL, "blocks of pool", After);
    RuleNoneLeft(TRACK_MDL, "MDLs", After);
    if (ObpKernelHandles())
        RuleBroken("left-behind", "%zu kernel handles after %s", ObpKernelHandles(), After);
    SIZE_T References = ObpDriverReferences(&Object);
    if (References)
        RuleBroken("left-behind", "%zu references after %s, to a %s among others", References, After,
                   ObpTypeOf(Object)->Name);
    const char *What = PsLeftBehind();
    if (!What)
        What = IoLeftBehind();
    if (What)
        RuleBroken("left-behind", "%s after %s", What, After);
}
