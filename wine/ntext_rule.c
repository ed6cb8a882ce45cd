/* SPDX-License-Identifier: MIT */
#include "ntext_rule.h"

#define RULE_MAX_LINE  160u
#define RULE_MAX_LINES 64 /* in the file; more say nothing new */

static volatile LONG RuleCount;

static VOID
RuleAppend(_Inout_updates_(RULE_MAX_LINE) char *Line, _Inout_ PULONG At, _In_ PCSTR Text)
{
    while (*Text && *At < RULE_MAX_LINE)
        Line[(*At)++] = *Text++;
}

static VOID
RuleWrite(_In_ char *Line, _In_ ULONG Length)
{
    UNICODE_STRING Name;
    OBJECT_ATTRIBUTES Attributes;
    IO_STATUS_BLOCK IoStatus;
    HANDLE File;
    RtlInitUnicodeString(&Name, NTEXT_RULES_FILE);
    InitializeObjectAttributes(&Attributes, &Name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    NTSTATUS Status = ZwCreateFile(&File, FILE_APPEND_DATA | SYNCHRONIZE, &Attributes, &IoStatus, NULL,
                                   FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN_IF,
                                   FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, NULL, 0);
    if (!NT_SUCCESS(Status))
        return;
    (VOID) ZwWriteFile(File, NULL, NULL, NULL, &IoStatus, Line, Length, NULL, NULL);
    ZwClose(File);
}

VOID
RuleBroken(PCSTR Routine, PCSTR What)
{
    char Line[RULE_MAX_LINE];
    ULONG Length = 0;
    DbgPrint("ntext: %s: %s\n", Routine, What);
    if (InterlockedIncrement(&RuleCount) > RULE_MAX_LINES)
        return;
    RuleAppend(Line, &Length, Routine);
    RuleAppend(Line, &Length, ": ");
    RuleAppend(Line, &Length, What);
    RuleAppend(Line, &Length, "\r\n");
    RuleWrite(Line, Length);
}

VOID
RuleState(NTEXT_STATE *State)
{
    State->BrokenRules = (ULONG)RuleCount;
}
