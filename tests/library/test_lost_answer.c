/* SPDX-License-Identifier: MIT
 *
 * What a session makes of a READ that is complete, its event set, while nothing says how it ended: what Wine 8.0 leaves
 * behind when the READ completes while the thread that issued it ends. That takes luck, so here the answer is
 * taken away by hand. Linked with --wrap, this sees what the library issues.
 */
#include <windows.h>

#include "check.h"
#include "session.h"

typedef BOOL(WINAPI *DEVICE_IO_CONTROL)(HANDLE, DWORD, LPVOID, DWORD, LPVOID, DWORD, LPDWORD, LPOVERLAPPED);

extern const DEVICE_IO_CONTROL __real___imp_DeviceIoControl;
extern const DEVICE_IO_CONTROL __wrap___imp_DeviceIoControl;

static OVERLAPPED *LastRead;

static BOOL WINAPI
DeviceIoControlNoted(HANDLE Device, DWORD Code, LPVOID Input, DWORD InputBytes, LPVOID Output,
                     DWORD OutputBytes, LPDWORD Returned, LPOVERLAPPED Overlapped)
{
    if (Code == PRCM_IOCTL_READ)
        LastRead = Overlapped;
    return __real___imp_DeviceIoControl(Device, Code, Input, InputBytes, Output, OutputBytes, Returned,
                                        Overlapped);
}

const DEVICE_IO_CONTROL __wrap___imp_DeviceIoControl = DeviceIoControlNoted;

static void
LoseAnswer(void)
{
    CHECK(WaitForSingleObject(LastRead->hEvent, LONG_MS) == WAIT_OBJECT_0);
    LastRead->Internal = (ULONG_PTR)STATUS_PENDING;
    LastRead->InternalHigh = 0;
}

static void
a_cancelled_read_is_issued_again(void)
{
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 0);
    for (uint32_t Round = 0; Round < 5; Round++)
    {
        WaitInAThreadThatEnds(Session);
        LoseAnswer();
        Raise(1, 1, 1);
        ExpectNext(Session, 3);
    }
    Raise(3, 2, 1);
    ExpectEvents(Session, 3, 2, 1);
    ExpectClosed(Session);
    PrcmClose(Session);
}

/* The driver has counted the events of the first batch as delivered. */
static void
events_that_went_with_it_are_missed(void)
{
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 0);
    CHECK(WaitOnce(Session, 20, NULL) == PRCM_TIMEOUT);
    Raise(1, 1, 1);
    LoseAnswer();
    Raise(1, 1, 1);
    CHECK(ReadAll(Session, LONG_MS).Ended == PRCM_ERROR_ACCOUNT);
    CHECK(WaitOnce(Session, 0, NULL) == PRCM_ERROR_ACCOUNT);
    PrcmClose(Session);
}

static const CHECK_TEST Tests[] = {
    CHECK_TEST(a_cancelled_read_is_issued_again),
    CHECK_TEST(events_that_went_with_it_are_missed),
};

int
main(int Count, char **Arguments)
{
    return CheckMain(Tests, sizeof(Tests) / sizeof(Tests[0]), Count, Arguments);
}
