/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "feeder.h"

HANDLE
DeviceOpen(void)
{
    return CreateFileW(NTEXT_WIN32_NAME, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                       NULL, OPEN_EXISTING, 0, NULL);
}

static HANDLE
DeviceOpenOrSay(void)
{
    HANDLE Device = DeviceOpen();
    if (Device == INVALID_HANDLE_VALUE)
        FeederError("no driver that imports ntext.sys is loaded: start the driver first (error %lu)",
                    GetLastError());
    return Device;
}

DWORD
DeviceControl(HANDLE Device, DWORD Code, const void *In, DWORD InBytes, void *Out, DWORD OutBytes)
{
    DWORD Returned;
    if (!DeviceIoControl(Device, Code, (void *)(ULONG_PTR)In, InBytes, Out, OutBytes, &Returned, NULL))
        return GetLastError();
    return Returned == OutBytes ? ERROR_SUCCESS : ERROR_INVALID_DATA;
}

static BOOL
DeviceState(HANDLE Device, NTEXT_STATE *State)
{
    DWORD Error = DeviceControl(Device, NTEXT_IOCTL_STATE, NULL, 0, State, sizeof(*State));
    if (Error)
        FeederError("ntext.sys does not answer (error %lu)", Error);
    else if (State->Version != NTEXT_VERSION)
        FeederError("ntext.sys is of another version than the feeder: install both from one build");
    return !Error && State->Version == NTEXT_VERSION;
}

HANDLE
DeviceOpenRegistered(void)
{
    NTEXT_STATE State;
    HANDLE Device = DeviceOpenOrSay();
    if (Device == INVALID_HANDLE_VALUE)
        return Device;
    if (DeviceState(Device, &State))
    {
        if (State.ProcessRoutines || State.ImageRoutines)
            return Device;
        FeederError("no driver has registered a notify routine: start the driver first");
    }
    CloseHandle(Device);
    return INVALID_HANDLE_VALUE;
}

int
StateCommand(int Count, WCHAR **Arguments)
{
    static const char *const Tiers[] = {"none", "base", "ex", "ex2"};
    NTEXT_STATE State;
    if (Count)
        return FeederUsageError("state: %ls is no option", Arguments[0]);
    HANDLE Device = DeviceOpenOrSay();
    if (Device == INVALID_HANDLE_VALUE)
        return FEEDER_EXIT_NO_DRIVER;
    BOOL Answered = DeviceState(Device, &State);
    CloseHandle(Device);
    if (!Answered)
        return FEEDER_EXIT_NO_DRIVER;
    printf("{\"process_routines\":%u,\"process_tier\":\"%s\",\"image_routines\":%u,\"image_tier\":\"%s\","
           "\"processes\":%u,\"references\":%u,\"handles\":%u,\"broken_rules\":%u}\n",
           State.ProcessRoutines, Tiers[State.ProcessTier & 3], State.ImageRoutines,
           Tiers[State.ImageTier & 3], State.Processes, State.References, State.Handles, State.BrokenRules);
    return 0;
}
