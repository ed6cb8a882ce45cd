/* SPDX-License-Identifier: MIT
 *
 * What happens when a rule is broken, and the rules that belong to no one call. rules.h lists all.
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
    if (__sanitizer_print_stack_trace)
    {
        __sanitizer_print_stack_trace();
        return;
    }
    void *Frames[RULE_FRAMES] = {NULL};
    backtrace_symbols_fd(Frames, backtrace(Frames, RULE_FRAMES), STDERR_FILENO);
}

const char *
SimRule(ULONG Index, const char **Means)
{
#define RULE_ENTRY(With, Name, Text) {Name, Text},
    static const struct
    {
        const char *Name;
        const char *Means;
    } Known[] = {RULES(RULE_ENTRY, )};
    if (Index >= RTL_NUMBER_OF(Known))
        return NULL;
    *Means = Known[Index].Means;
    return Known[Index].Name;
}

__attribute__((format(printf, 2, 0))) static void
RulePrint(const char *Rule, const char *Format, va_list Arguments)
{
    PKTHREAD Self = SchedSelf();
    fflush(stdout);
    fprintf(stderr, "\nsim: rule %s is broken: ", Rule);
    vfprintf(stderr, Format, Arguments);
    fprintf(stderr, "\nsim: thread %u, IRQL %u, %d critical regions, %u spin locks%s%s\n", Self->Number,
            Self->Irql, Self->CriticalRegions, Self->LockCount, Self->Notify ? ", in a notify routine: " : "",
            Self->Notify ? Self->Notify : "");
    fflush(stderr);
}

void
RuleSay(const char *Rule, const char *Format, ...)
{
    va_list Arguments;
    va_start(Arguments, Format);
    RulePrint(Rule, Format, Arguments);
    va_end(Arguments);
}

void
RuleStop(const char *Rule, const char *Format, ...)
{
    va_list Arguments;
    va_start(Arguments, Format);
    RulePrint(Rule, Format, Arguments);
    va_end(Arguments);
    RulePrintStack();
    abort();
}

void
RuleIrql(const char *Call, KIRQL Max)
{
    if (SIM_CHECKS && SchedSelf()->Irql > Max)
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
    if (SIM_CHECKS && SchedSelf()->Notify)
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
    if (!SIM_CHECKS)
        return;
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
