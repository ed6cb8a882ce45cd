/* SPDX-License-Identifier: MIT
 *
 * Sessions of libprcm against the running driver, one test per run. The driver is installed and
 * started; events are made up by ntext.sys, so how many there must be is known here and nowhere else.
 */
#include <windows.h>

#include "check.h"
#include "session.h"

static void
giving_up_a_wait_loses_nothing(void)
{
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 0);
    CHECK(WaitOnce(Session, 0, NULL) == PRCM_TIMEOUT);
    CHECK(WaitOnce(Session, 20, NULL) == PRCM_TIMEOUT);
    CHECK(WaitOnce(Session, 0, NULL) == PRCM_TIMEOUT);
    Raise(10, 9, 30);
    ExpectEvents(Session, 10, 9, 30);
    ExpectClosed(Session);
    PrcmClose(Session);
}

static void
a_poll_takes_what_is_there(void)
{
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 0);
    Raise(3, 2, 1);
    COUNTS Counts = ReadAll(Session, 0);
    CHECK(Counts.Ended == PRCM_TIMEOUT);
    CHECK(Counts.Events[PRCM_KIND_START] == 3);
    CHECK(Counts.Events[PRCM_KIND_EXIT] == 2);
    CHECK(Counts.Events[PRCM_KIND_IMAGE] == 1);
    ExpectClosed(Session);
    PrcmClose(Session);
}

static void
a_stop_event_comes_before_batches_and_loses_none(void)
{
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 0);
    HANDLE StopEvent = CreateEventW(NULL, TRUE, TRUE, NULL);
    CHECK(WaitOnce(Session, LONG_MS, StopEvent) == PRCM_STOP_EVENT);
    Raise(1, 1, 1);
    CHECK(WaitOnce(Session, LONG_MS, StopEvent) == PRCM_STOP_EVENT);
    ExpectEvents(Session, 1, 1, 1);
    /* A poll that the event ends leaves its READ behind; a wait after it waits all the same. */
    CHECK(WaitOnce(Session, 0, StopEvent) == PRCM_STOP_EVENT);
    ResetEvent(StopEvent);
    CHECK(WaitOnce(Session, 20, StopEvent) == PRCM_TIMEOUT);
    Raise(1, 1, 1);
    ExpectEvents(Session, 1, 1, 1);
    ExpectClosed(Session);
    CloseHandle(StopEvent);
    PrcmClose(Session);
}

static DWORD WINAPI
SetSoon(void *Event)
{
    Sleep(SOON_MS);
    SetEvent(Event);
    return 0;
}

static void
a_stop_event_ends_a_wait_without_end(void)
{
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 0);
    HANDLE StopEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE Thread = CreateThread(NULL, 0, SetSoon, StopEvent, 0, NULL);
    CHECK(WaitOnce(Session, PRCM_WAIT_FOREVER, StopEvent) == PRCM_STOP_EVENT);
    WaitForSingleObject(Thread, INFINITE);
    CloseHandle(Thread);
    CloseHandle(StopEvent);
    PrcmClose(Session);
}

static void
a_small_buffer_grows_to_the_longest_record(void)
{
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 1);
    const PRCM_BATCH *Batch;
    PRCM_RECORDS Records;
    RaiseWith(1, 0, 0, PRCM_MAX_STRING_BYTES);
    CHECK(PrcmWait(Session, LONG_MS, NULL, &Batch, &Records) == PRCM_OK);
    const PRCM_START *Start = (const void *)PrcmBatchNext(&Records);
    CHECK(Start != NULL && Start->Header.Kind == PRCM_KIND_START);
    CHECK(Start != NULL && Start->CommandLine.Status == PRCM_PRESENT);
    CHECK(Start != NULL && Start->CommandLine.Length == PRCM_MAX_STRING_BYTES);
    Raise(2, 2, 2);
    ExpectEvents(Session, 2, 2, 2);
    ExpectClosed(Session);
    PrcmClose(Session);
}

static void
a_session_outlives_the_thread_that_waited(void)
{
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 0);
    for (uint32_t Round = 0; Round < 5; Round++)
    {
        WaitInAThreadThatEnds(Session);
        Raise(1, 1, 1);
        ExpectNext(Session, 3);
    }
    Raise(3, 2, 1);
    ExpectEvents(Session, 3, 2, 1);
    ExpectClosed(Session);
    PrcmClose(Session);
}

static DWORD WINAPI
WaitThenStay(void *Parameter)
{
    void **Both = Parameter;
    CHECK(WaitOnce(Both[0], 20, NULL) == PRCM_TIMEOUT);
    SetEvent(Both[1]);
    Sleep(SOON_MS);
    return 0;
}

/* The thread lives on, so the READ is in flight when another closes the session. */
static void
closing_ends_a_read_that_another_thread_issued(void)
{
    PRCM_SESSION *Watcher = Open();
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 0);
    HANDLE Waited = CreateEventW(NULL, TRUE, FALSE, NULL);
    void *Both[] = {Session, Waited};
    HANDLE Thread = CreateThread(NULL, 0, WaitThenStay, Both, 0, NULL);
    PRCM_QUERY Query;
    CHECK(WaitForSingleObject(Waited, LONG_MS) == WAIT_OBJECT_0);
    CHECK(PrcmQuery(Watcher, &Query) == PRCM_OK && Query.Waiting == 1);
    PrcmClose(Session);
    CHECK(PrcmQuery(Watcher, &Query) == PRCM_OK && Query.Waiting == 0);
    WaitForSingleObject(Thread, INFINITE);
    CloseHandle(Thread);
    CloseHandle(Waited);
    PrcmClose(Watcher);
}

static void
more_sessions_than_the_driver_allows_are_refused(void)
{
    PRCM_SESSION *Sessions[PRCM_MAX_SESSIONS];
    PRCM_SESSION *OneMore = NULL;
    for (uint32_t Round = 0; Round < 2; Round++)
    {
        for (uint32_t Index = 0; Index < PRCM_MAX_SESSIONS; Index++)
            Sessions[Index] = Open();
        CHECK(PrcmOpen(&OneMore) == PRCM_ERROR_TOO_MANY_SESSIONS);
        CHECK(OneMore == NULL);
        for (uint32_t Index = 0; Index < PRCM_MAX_SESSIONS; Index++)
            PrcmClose(Sessions[Index]);
    }
}

static void
a_token_goes_on_where_it_was_taken(void)
{
    PRCM_TOKEN Token;
    PRCM_TOKEN Parsed;
    char Text[PRCM_TOKEN_TEXT_BYTES];
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 0);
    Raise(4, 3, 2);
    ExpectEvents(Session, 4, 3, 2);
    CHECK(PrcmToken(Session, &Token) == PRCM_OK);
    PrcmClose(Session);

    PrcmTokenFormat(&Token, Text);
    CHECK(PrcmTokenParse(Text, &Parsed) == PRCM_OK);
    Raise(1, 2, 3);
    Session = Subscribe(PRCM_FROM_TOKEN, &Parsed, 0);
    ExpectEvents(Session, 1, 2, 3);
    ExpectClosed(Session);
    PrcmClose(Session);
}

static void
an_altered_token_is_called_that(void)
{
    PRCM_TOKEN Token;
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 0);
    Raise(4, 4, 0);
    ExpectEvents(Session, 4, 4, 0);
    CHECK(PrcmToken(Session, &Token) == PRCM_OK);
    PrcmClose(Session);

    Raise(1, 1, 1);
    Token.Captured[PRCM_KIND_START]++;
    Token.Captured[PRCM_KIND_EXIT]--;
    Session = Subscribe(PRCM_FROM_TOKEN, &Token, 0);
    CHECK(ReadAll(Session, SOON_MS).Ended == PRCM_ERROR_TOKEN);
    CHECK(WaitOnce(Session, 0, NULL) == PRCM_ERROR_TOKEN);
    PrcmClose(Session);
}

static void
arguments_out_of_range_are_refused(void)
{
    PRCM_SESSION *Session = Open();
    PRCM_SUBSCRIPTION Subscription = {.Kinds = PRCM_KINDS_ALL + 1};
    CHECK(PrcmSubscribe(Session, &Subscription, NULL) == PRCM_ERROR_PARAMETER);
    Subscription = (PRCM_SUBSCRIPTION){.From = PRCM_FROM_TOKEN + 1};
    CHECK(PrcmSubscribe(Session, &Subscription, NULL) == PRCM_ERROR_PARAMETER);
    Subscription = (PRCM_SUBSCRIPTION){.KeyCount = 1};
    CHECK(PrcmSubscribe(Session, &Subscription, NULL) == PRCM_ERROR_PARAMETER);
    Subscription = (PRCM_SUBSCRIPTION){.From = PRCM_FROM_SEQUENCE};
    CHECK(PrcmSubscribe(Session, &Subscription, NULL) == PRCM_ERROR_TOKEN);
    Subscription.Sequence = UINT64_MAX;
    CHECK(PrcmSubscribe(Session, &Subscription, NULL) == PRCM_ERROR_TOKEN);
    Subscription = (PRCM_SUBSCRIPTION){.From = PRCM_FROM_TOKEN};
    CHECK(PrcmSubscribe(Session, &Subscription, NULL) == PRCM_ERROR_TOKEN);
    CHECK(PrcmSubscribe(Session, NULL, NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmOpen(NULL) == PRCM_ERROR_PARAMETER);
    CHECK(PrcmQuery(Session, NULL) == PRCM_ERROR_PARAMETER);
    Subscription = (PRCM_SUBSCRIPTION){0};
    CHECK(PrcmSubscribe(Session, &Subscription, NULL) == PRCM_OK);
    CHECK(WaitOnce(Session, 20, (HANDLE)(intptr_t)0xDEAD0) == PRCM_ERROR_PARAMETER);
    Raise(1, 1, 1);
    ExpectEvents(Session, 1, 1, 1);
    PrcmClose(Session);
    PrcmClose(NULL);
}

static void
calls_in_the_wrong_order_are_refused(void)
{
    PRCM_SESSION *Session = Open();
    PRCM_SUBSCRIPTION Subscription = {0};
    PRCM_TOKEN Token;
    PRCM_ACCOUNT Account;
    CHECK(WaitOnce(Session, 0, NULL) == PRCM_ERROR_STATE);
    CHECK(PrcmToken(Session, &Token) == PRCM_ERROR_STATE);
    CHECK(PrcmAccount(Session, &Account) == PRCM_ERROR_STATE);
    CHECK(PrcmSubscribe(Session, &Subscription, NULL) == PRCM_OK);
    CHECK(PrcmSubscribe(Session, &Subscription, NULL) == PRCM_ERROR_STATE);
    PrcmClose(Session);
}

static DWORD WINAPI
ReadToTheEnd(void *Session)
{
    return (DWORD)ReadAll(Session, PRCM_WAIT_FOREVER).Ended;
}

/* A reader waits without end while Stop stops the driver. */
static PRCM_SESSION *
StopUnderAReader(void (*Stop)(void))
{
    DWORD Result = 0;
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 0);
    HANDLE Thread = CreateThread(NULL, 0, ReadToTheEnd, Session, 0, NULL);
    Sleep(SOON_MS);
    Stop();
    CHECK(WaitForSingleObject(Thread, LONG_MS) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(Thread, &Result) && Result == PRCM_ERROR_STOPPED);
    CloseHandle(Thread);
    return Session;
}

static void
ExpectStopped(PRCM_SESSION *Session)
{
    PRCM_QUERY Query;
    uint32_t State = 0;
    ExpectClosed(Session);
    CHECK(WaitOnce(Session, 0, NULL) == PRCM_ERROR_STOPPED);
    CHECK(PrcmQuery(Session, &Query) == PRCM_ERROR_STOPPED);
    PrcmClose(Session);
    CHECK(PrcmStop(LONG_MS) == PRCM_OK);
    CHECK(PrcmServiceState(&State) == PRCM_OK && State == PRCM_SERVICE_STOPPED);
    CHECK(PrcmOpen(&Session) == PRCM_ERROR_NOT_STARTED);
}

static void
StopByLibrary(void)
{
    CHECK(PrcmStop(LONG_MS) == PRCM_OK);
}

static void
StopByServiceManager(void)
{
    SERVICE_STATUS Status;
    SC_HANDLE Manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    SC_HANDLE Service = OpenServiceW(Manager, PRCM_SERVICE_NAME, SERVICE_STOP);
    CHECK(ControlService(Service, SERVICE_CONTROL_STOP, &Status));
    CloseServiceHandle(Service);
    CloseServiceHandle(Manager);
}

static void
stopping_ends_a_reader(void)
{
    ExpectStopped(StopUnderAReader(StopByLibrary));
}

static void
a_bare_stop_ends_a_reader(void)
{
    ExpectStopped(StopUnderAReader(StopByServiceManager));
}

static void
a_token_of_another_run_tells_so(void)
{
    PRCM_TOKEN Token;
    PRCM_SUBSCRIBED Subscribed;
    PRCM_SESSION *Session = Subscribe(PRCM_FROM_NOW, NULL, 0);
    Raise(1, 1, 1);
    ExpectEvents(Session, 1, 1, 1);
    CHECK(PrcmToken(Session, &Token) == PRCM_OK);
    PrcmClose(Session);
    CHECK(PrcmStop(LONG_MS) == PRCM_OK);
    CHECK(PrcmStart() == PRCM_OK);

    Raise(2, 1, 0);
    Session = Open();
    PRCM_SUBSCRIPTION Subscription = {.From = PRCM_FROM_TOKEN, .Token = Token};
    CHECK(PrcmSubscribe(Session, &Subscription, &Subscribed) == PRCM_OK);
    CHECK(Subscribed.Resume == PRCM_RESUME_OTHER_INSTANCE);
    CHECK(Subscribed.Start.Instance != Token.Instance);
    ExpectEvents(Session, 2, 1, 0);
    ExpectClosed(Session);
    PrcmClose(Session);
}

static void
starting_what_runs_and_stopping_what_stands_is_no_error(void)
{
    CHECK(PrcmStart() == PRCM_OK);
    CHECK(PrcmStop(LONG_MS) == PRCM_OK);
    CHECK(PrcmStop(LONG_MS) == PRCM_OK);
    CHECK(PrcmStart() == PRCM_OK);
}

static const CHECK_TEST Tests[] = {
    CHECK_TEST(giving_up_a_wait_loses_nothing),
    CHECK_TEST(a_poll_takes_what_is_there),
    CHECK_TEST(a_stop_event_comes_before_batches_and_loses_none),
    CHECK_TEST(a_stop_event_ends_a_wait_without_end),
    CHECK_TEST(a_small_buffer_grows_to_the_longest_record),
    CHECK_TEST(a_session_outlives_the_thread_that_waited),
    CHECK_TEST(closing_ends_a_read_that_another_thread_issued),
    CHECK_TEST(more_sessions_than_the_driver_allows_are_refused),
    CHECK_TEST(a_token_goes_on_where_it_was_taken),
    CHECK_TEST(an_altered_token_is_called_that),
    CHECK_TEST(arguments_out_of_range_are_refused),
    CHECK_TEST(calls_in_the_wrong_order_are_refused),
    CHECK_TEST(stopping_ends_a_reader),
    CHECK_TEST(a_bare_stop_ends_a_reader),
    CHECK_TEST(a_token_of_another_run_tells_so),
    CHECK_TEST(starting_what_runs_and_stopping_what_stands_is_no_error),
};

int
main(int Count, char **Arguments)
{
    return CheckMain(Tests, sizeof(Tests) / sizeof(Tests[0]), Count, Arguments);
}
