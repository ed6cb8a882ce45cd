/* SPDX-License-Identifier: MIT */
#include <wchar.h>

#include "feeder.h"

#define OFFER_MAX_ROUTINE 64 /* characters of a routine's name */

static const WCHAR *const OfferNotBelowEx2[] = {L"PsSetCreateProcessNotifyRoutineEx2",
                                                L"PsSetLoadImageNotifyRoutineEx"};
static const WCHAR *const OfferNotBelowEx[] = {L"PsSetCreateProcessNotifyRoutineEx"};

static LSTATUS
OfferSet(HKEY Key, const WCHAR *Routine, DWORD Status)
{
    return RegSetValueExW(Key, Routine, 0, REG_DWORD, (const BYTE *)&Status, sizeof(Status));
}

static LSTATUS
OfferTier(HKEY Key, const WCHAR *Tier)
{
    BOOL IsBase = wcscmp(Tier, L"base") == 0;
    LSTATUS Error = ERROR_SUCCESS;
    if (wcscmp(Tier, L"ex2") == 0)
        return ERROR_SUCCESS;
    if (!IsBase && wcscmp(Tier, L"ex") != 0)
        return ERROR_INVALID_PARAMETER;
    for (size_t i = 0; i < sizeof(OfferNotBelowEx2) / sizeof(OfferNotBelowEx2[0]) && !Error; i++)
        Error = OfferSet(Key, OfferNotBelowEx2[i], NTEXT_HIDDEN);
    for (size_t i = 0; IsBase && i < sizeof(OfferNotBelowEx) / sizeof(OfferNotBelowEx[0]) && !Error; i++)
        Error = OfferSet(Key, OfferNotBelowEx[i], NTEXT_HIDDEN);
    return Error;
}

static LSTATUS
OfferHide(HKEY Key, const WCHAR *Routine)
{
    if (!*Routine || wcslen(Routine) > OFFER_MAX_ROUTINE)
        return ERROR_INVALID_PARAMETER;
    return OfferSet(Key, Routine, NTEXT_HIDDEN);
}

/* ROUTINE=0xSTATUS, where STATUS is a failure. */
static LSTATUS
OfferRefuse(HKEY Key, const WCHAR *Refusal)
{
    WCHAR Routine[OFFER_MAX_ROUTINE + 1], *End;
    const WCHAR *Equals = wcschr(Refusal, L'=');
    if (!Equals || Equals == Refusal || Equals - Refusal > OFFER_MAX_ROUTINE || !Equals[1])
        return ERROR_INVALID_PARAMETER;
    unsigned long Status = wcstoul(Equals + 1, &End, 0);
    if (*End || Status < 0x80000000ul)
        return ERROR_INVALID_PARAMETER;
    wmemcpy(Routine, Refusal, (size_t)(Equals - Refusal));
    Routine[Equals - Refusal] = 0;
    return OfferSet(Key, Routine, Status);
}

static int
OfferWrite(HKEY Key, int Count, WCHAR **Arguments)
{
    static const struct
    {
        const WCHAR *Name;
        LSTATUS (*Apply)(HKEY, const WCHAR *);
        const char *Expected;
    } Options[] = {{L"--tier", OfferTier, "ex2, ex or base"},
                   {L"--hide", OfferHide, "the name of a routine"},
                   {L"--refuse", OfferRefuse, "ROUTINE=0xSTATUS with a status from 0x80000000 on"}};
    for (int i = 0; i < Count; i += 2)
    {
        size_t Option = 0;
        while (Option < sizeof(Options) / sizeof(Options[0]) && wcscmp(Arguments[i], Options[Option].Name))
            Option++;
        if (Option == sizeof(Options) / sizeof(Options[0]))
            return FeederUsageError("offer: %ls is no option", Arguments[i]);
        LSTATUS Error =
            i + 1 < Count ? Options[Option].Apply(Key, Arguments[i + 1]) : (LSTATUS)ERROR_INVALID_PARAMETER;
        if (Error == ERROR_INVALID_PARAMETER)
            return FeederUsageError("offer: %ls wants %s", Arguments[i], Options[Option].Expected);
        if (Error)
        {
            FeederError("the registry cannot be written (error %ld)", Error);
            return FEEDER_EXIT_NO_DRIVER;
        }
    }
    return 0;
}

int
OfferCommand(int Count, WCHAR **Arguments)
{
    HKEY Key;
    RegDeleteTreeW(HKEY_LOCAL_MACHINE, NTEXT_OFFER_KEY);
    LSTATUS Error =
        RegCreateKeyExW(HKEY_LOCAL_MACHINE, NTEXT_OFFER_KEY, 0, NULL, 0, KEY_SET_VALUE, NULL, &Key, NULL);
    if (Error)
    {
        FeederError("the registry cannot be written (error %ld)", Error);
        return FEEDER_EXIT_NO_DRIVER;
    }
    int Exit = OfferWrite(Key, Count, Arguments);
    RegCloseKey(Key);
    return Exit;
}
