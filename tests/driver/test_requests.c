/* SPDX-License-Identifier: MIT
 *
 * Every request with every wrong length, flag, version and access, and every wrong way in: the documented status, and the
 * driver as it was.
 */
#include "rig.h"
#include "stall.h"
#include <stdlib.h>

#define MAX_INPUT_BYTES 4096u

static NTSTATUS
Control(HANDLE File, ULONG Code, const void *In, ULONG InBytes, ULONG OutBytes, ULONG_PTR *Information)
{
    void *Out = OutBytes ? malloc(OutBytes) : NULL;
    NTSTATUS Status = SimControl(File, Code, In, InBytes, Out, OutBytes, Information);
    free(Out);
    return Status;
}

/* Room for an input of any length, zero behind what Known says. */
static void *
Input(const void *Known, ULONG KnownBytes, ULONG Bytes)
{
    char *In = calloc(1, Bytes + 1);
    assert_non_null(In);
    memcpy(In, Known, min(KnownBytes, Bytes));
    if (Bytes >= sizeof(uint32_t))
        memcpy(In, &Bytes, sizeof(Bytes));
    return In;
}

/* The driver still does its work. */
static void
CheckAlive(void)
{
    READER Reader;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    RigRaiseImage(1000);
    assert_int_equal(ReaderDrain(&Reader), 1);
    ReaderCheckAccount(&Reader);
    ReaderClose(&Reader);
}

/* ---- Codes and access ---- */

static void
unknown_codes_are_invalid(void **State)
{
    HANDLE File = RigOpen();
    (void)State;
    for (ULONG Function = 0x7F0; Function < 0x820; Function++)
        for (ULONG Method = 0; Method < 4; Method++)
            for (ULONG Access = 0; Access < 4; Access++)
            {
                ULONG Code = PRCM_CTL_CODE(Function, Method, Access);
                char Bytes[64] = {0};
                if (Code == PRCM_IOCTL_QUERY || Code == PRCM_IOCTL_SUBSCRIBE || Code == PRCM_IOCTL_READ ||
                    Code == PRCM_IOCTL_STOP)
                    continue;
                assert_status(Control(File, Code, Bytes, sizeof(Bytes), 64, NULL),
                              STATUS_INVALID_DEVICE_REQUEST);
                assert_status(Control(File, Code, NULL, 0, 0, NULL), STATUS_INVALID_DEVICE_REQUEST);
            }
    SimClose(File);
    CheckAlive();
}

static void
a_handle_without_the_access_a_code_names_is_denied(void **State)
{
    static const ULONG Readers[] = {PRCM_IOCTL_QUERY, PRCM_IOCTL_SUBSCRIBE, PRCM_IOCTL_READ};
    HANDLE ReadOnly;
    HANDLE WriteOnly;
    HANDLE Neither;
    (void)State;
    assert_status(SimOpen(PRCM_LINK_NAME, FILE_READ_DATA, &ReadOnly), STATUS_SUCCESS);
    assert_status(SimOpen(PRCM_LINK_NAME, FILE_WRITE_DATA, &WriteOnly), STATUS_SUCCESS);
    assert_status(SimOpen(PRCM_LINK_NAME, SYNCHRONIZE, &Neither), STATUS_SUCCESS);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Readers); Index++)
    {
        assert_status(Control(WriteOnly, Readers[Index], NULL, 0, 1024, NULL), STATUS_ACCESS_DENIED);
        assert_status(Control(Neither, Readers[Index], NULL, 0, 1024, NULL), STATUS_ACCESS_DENIED);
    }
    assert_status(Control(ReadOnly, PRCM_IOCTL_STOP, NULL, 0, 0, NULL), STATUS_ACCESS_DENIED);
    assert_status(Control(Neither, PRCM_IOCTL_STOP, NULL, 0, 0, NULL), STATUS_ACCESS_DENIED);
    SimClose(ReadOnly);
    SimClose(WriteOnly);
    SimClose(Neither);
    CheckAlive();
}

/* ---- Ways in ---- */

static void
only_administrators_and_system_get_in(void **State)
{
    static const ACCESS_MASK Accesses[] = {FILE_READ_DATA, FILE_WRITE_DATA, GENERIC_READ, GENERIC_ALL,
                                           SYNCHRONIZE};
    HANDLE File;
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Accesses); Index++)
    {
        assert_status(SimOpenAs(SIM_USER_ORDINARY, PRCM_LINK_NAME, Accesses[Index], &File),
                      STATUS_ACCESS_DENIED);
        assert_status(SimOpenAs(SIM_USER_ORDINARY, PRCM_DEVICE_NAME, Accesses[Index], &File),
                      STATUS_ACCESS_DENIED);
        assert_status(SimOpenAs(SIM_USER_ORDINARY, PRCM_DEVICE_NAME L"\\x", Accesses[Index], &File),
                      STATUS_ACCESS_DENIED);
        assert_status(SimOpenAs(SIM_USER_ADMINISTRATOR, PRCM_LINK_NAME, Accesses[Index], &File),
                      STATUS_SUCCESS);
        SimClose(File);
        assert_status(SimOpenAs(SIM_USER_SYSTEM, PRCM_DEVICE_NAME, Accesses[Index], &File), STATUS_SUCCESS);
        SimClose(File);
    }
}

static void
a_name_behind_the_device_is_refused(void **State)
{
    static const PCWSTR Names[] = {PRCM_LINK_NAME L"\\", PRCM_LINK_NAME L"\\x", PRCM_DEVICE_NAME L"\\",
                                   PRCM_DEVICE_NAME L"\\a\\b", PRCM_DEVICE_NAME L"\\..\\Prcm"};
    HANDLE File;
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Names); Index++)
        assert_status(SimOpen(Names[Index], RIG_ALL_ACCESS, &File), STATUS_OBJECT_NAME_NOT_FOUND);
    CheckAlive();
}

static void
an_open_relative_to_another_is_refused(void **State)
{
    HANDLE Root = RigOpen();
    HANDLE File;
    (void)State;
    assert_status(SimOpenRelative(Root, L"", RIG_ALL_ACCESS, &File), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_status(SimOpenRelative(Root, L"x", RIG_ALL_ACCESS, &File), STATUS_OBJECT_NAME_NOT_FOUND);
    SimClose(Root);
    CheckAlive();
}

static void
as_many_sessions_as_allowed_can_be_open(void **State)
{
    HANDLE Files[PRCM_MAX_SESSIONS];
    HANDLE File;
    PRCM_QUERY Query;
    ULONG_PTR Information;
    (void)State;
    for (ULONG Index = 0; Index < PRCM_MAX_SESSIONS; Index++)
        Files[Index] = RigOpen();
    assert_status(SimOpen(PRCM_LINK_NAME, RIG_ALL_ACCESS, &File), STATUS_TOO_MANY_SESSIONS);
    assert_status(SimControl(Files[0], PRCM_IOCTL_QUERY, NULL, 0, &Query, sizeof(Query), &Information),
                  STATUS_SUCCESS);
    assert_int_equal(Query.Sessions, PRCM_MAX_SESSIONS);
    SimClose(Files[5]);
    Files[5] = RigOpen();
    for (ULONG Index = 0; Index < PRCM_MAX_SESSIONS; Index++)
        SimClose(Files[Index]);
    CheckAlive();
}

static void
no_memory_for_a_session_refuses_the_open(void **State)
{
    HANDLE File;
    (void)State;
    SimRefuse("ExAllocatePool2", STATUS_INSUFFICIENT_RESOURCES);
    assert_status(SimOpen(PRCM_LINK_NAME, RIG_ALL_ACCESS, &File), STATUS_INSUFFICIENT_RESOURCES);
    SimRefuse("ExAllocatePool2", STATUS_SUCCESS);
    CheckAlive();
}

/* ---- Other drivers ---- */

static void
a_request_that_belongs_to_no_open_is_invalid(void **State)
{
    static const ULONG Codes[] = {PRCM_IOCTL_QUERY, PRCM_IOCTL_SUBSCRIBE, PRCM_IOCTL_READ, PRCM_IOCTL_STOP};
    HANDLE File = RigOpen();
    PRCM_QUERY Query;
    ULONG_PTR Information;
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Codes); Index++)
    {
        assert_status(SimControlByDriver(File, Codes[Index], NULL, 0, &Query, sizeof(Query), &Information),
                      STATUS_INVALID_DEVICE_REQUEST);
        assert_int_equal(Information, 0);
    }
    SimClose(File);
    CheckAlive();
}

static void
a_file_object_that_no_create_was_sent_for_is_no_session(void **State)
{
    PRCM_QUERY Query;
    NTSTATUS Answer;
    (void)State;
    assert_status(SimStreamFile(PRCM_DEVICE_NAME, PRCM_IOCTL_STOP, &Answer), STATUS_SUCCESS);
    assert_status(Answer, STATUS_INVALID_DEVICE_REQUEST);
    RigQuery(&Query);
    assert_int_equal(Query.Sessions, 1);
    CheckAlive();
}

/* ---- QUERY ---- */

static void
query_of_every_length(void **State)
{
    HANDLE File = RigOpen();
    char In[2] = {0};
    (void)State;
    for (ULONG Bytes = 0; Bytes <= sizeof(PRCM_QUERY) + 64; Bytes++)
    {
        ULONG_PTR Information = 0;
        NTSTATUS Status = Control(File, PRCM_IOCTL_QUERY, NULL, 0, Bytes, &Information);
        assert_status(Status, Bytes < PRCM_QUERY_MIN_BYTES ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS);
        assert_int_equal(Information, Bytes < PRCM_QUERY_MIN_BYTES ? 0 : sizeof(PRCM_QUERY));
    }
    assert_status(Control(File, PRCM_IOCTL_QUERY, In, 1, sizeof(PRCM_QUERY), NULL),
                  STATUS_INFO_LENGTH_MISMATCH);
    assert_status(Control(File, PRCM_IOCTL_QUERY, In, 1, 0, NULL), STATUS_INFO_LENGTH_MISMATCH);
    SimClose(File);
}

static void
query_writes_nothing_beyond_what_it_says(void **State)
{
    struct
    {
        PRCM_QUERY Query;
        UCHAR Behind[64];
    } Out;
    HANDLE File = RigOpen();
    ULONG_PTR Information;
    (void)State;
    memset(&Out, 0xA5, sizeof(Out));
    assert_status(SimControl(File, PRCM_IOCTL_QUERY, NULL, 0, &Out, sizeof(Out), &Information),
                  STATUS_SUCCESS);
    for (ULONG At = 0; At < sizeof(Out.Behind); At++)
        assert_int_equal(Out.Behind[At], 0xA5);
    assert_int_equal(Out.Query.Size, sizeof(PRCM_QUERY));
    assert_int_equal(Out.Query.AbiVersion, PRCM_ABI_VERSION);
    assert_int_equal(Out.Query.MaxSessions, PRCM_MAX_SESSIONS);
    assert_int_equal(Out.Query.MaxReadBytes, PRCM_MAX_READ_BYTES);
    assert_int_equal(Out.Query.MaxRecordBytes, PRCM_MAX_RECORD_BYTES);
    assert_int_equal(Out.Query.MaxKeys, PRCM_MAX_KEYS);
    assert_int_equal(Out.Query.Published, Out.Query.Next);
    assert_int_equal(SimFindKernelAddress(&Out.Query, sizeof(Out.Query)), -1);
    SimClose(File);
}

static void
a_query_tells_that_all_is_published_however_much_that_is(void **State)
{
    PRCM_QUERY Query;
    (void)State;
    for (ULONG Times = 0; Times < 1000; Times++)
        RigRaiseImage(1000);
    RigQuery(&Query);
    assert_int_equal(Query.Next, 1001);
    assert_int_equal(Query.Published, 1001);
}

static void
query_tells_the_time_it_was_asked(void **State)
{
    PRCM_QUERY Query;
    (void)State;
    for (LONGLONG Time = 0x01DD000000000000LL; Time < 0x01DD000000000003LL; Time++)
    {
        SimSetTime(Time);
        RigQuery(&Query);
        assert_int_equal(Query.Time, Time);
    }
}

/* ---- SUBSCRIBE ---- */

static NTSTATUS
Subscribe(const void *In, ULONG InBytes, ULONG OutBytes)
{
    HANDLE File = RigOpen();
    NTSTATUS Status = Control(File, PRCM_IOCTL_SUBSCRIBE, In, InBytes, OutBytes, NULL);
    SimClose(File);
    return Status;
}

static void
subscribe_of_every_length(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    (void)State;
    for (ULONG Bytes = 0; Bytes <= MAX_INPUT_BYTES + 1; Bytes++)
    {
        if (Bytes == sizeof(Request) + 16)
            Bytes = MAX_INPUT_BYTES - 16;
        void *In = Input(&Request, sizeof(Request), Bytes);
        bool Good = Bytes >= sizeof(Request) && Bytes <= MAX_INPUT_BYTES;
        assert_status(Subscribe(In, Bytes, sizeof(PRCM_SUBSCRIBED)),
                      Good ? STATUS_SUCCESS : STATUS_INFO_LENGTH_MISMATCH);
        free(In);
    }
    for (ULONG Bytes = 0; Bytes <= sizeof(PRCM_SUBSCRIBED) + 1; Bytes++)
        assert_status(Subscribe(&Request, sizeof(Request), Bytes),
                      Bytes < sizeof(PRCM_SUBSCRIBED) ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS);
}

static void
a_size_that_is_not_the_length_is_refused(void **State)
{
    static const uint32_t Sizes[] = {0, 1, sizeof(PRCM_SUBSCRIBE) - 1, sizeof(PRCM_SUBSCRIBE) + 1,
                                     0xFFFFFFFF};
    PRCM_READ Read = {0, PRCM_READ_NO_WAIT};
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Sizes); Index++)
    {
        PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
        Request.Size = Sizes[Index];
        assert_status(Subscribe(&Request, sizeof(Request), sizeof(PRCM_SUBSCRIBED)),
                      STATUS_INFO_LENGTH_MISMATCH);
        Read.Size = Sizes[Index];
        assert_status(Control(Reader.File, PRCM_IOCTL_READ, &Read, sizeof(Read), 4096, NULL),
                      STATUS_INFO_LENGTH_MISMATCH);
    }
    ReaderClose(&Reader);
}

static void
what_a_newer_reader_asks_for_is_refused(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    PRCM_READ Read = {sizeof(Read), PRCM_READ_NO_WAIT};
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (ULONG Extra = 1; Extra <= 16; Extra++)
    {
        char *In = Input(&Request, sizeof(Request), sizeof(Request) + Extra);
        In[sizeof(Request) + Extra - 1] = 1;
        assert_status(Subscribe(In, sizeof(Request) + Extra, sizeof(PRCM_SUBSCRIBED)),
                      STATUS_INVALID_PARAMETER);
        free(In);
        In = Input(&Read, sizeof(Read), sizeof(Read) + Extra);
        assert_status(Control(Reader.File, PRCM_IOCTL_READ, In, sizeof(Read) + Extra, 4096, NULL),
                      STATUS_SUCCESS);
        In[sizeof(Read) + Extra - 1] = 1;
        assert_status(Control(Reader.File, PRCM_IOCTL_READ, In, sizeof(Read) + Extra, 4096, NULL),
                      STATUS_INVALID_PARAMETER);
        free(In);
    }
    ReaderClose(&Reader);
    CheckAlive();
}

static void
another_version_is_refused_as_such(void **State)
{
    static const uint32_t Versions[] = {0, PRCM_ABI_VERSION + 1, 0xFFFFFFFF};
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Versions); Index++)
    {
        PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
        Request.AbiVersion = Versions[Index];
        for (ULONG Bytes = 0; Bytes < sizeof(Request); Bytes++)
        {
            /* As short as it may be, if only the version is in it. */
            void *In = Input(&Request, sizeof(Request), Bytes);
            assert_status(Subscribe(In, Bytes, sizeof(PRCM_SUBSCRIBED)), Bytes < 2 * sizeof(uint32_t)
                                                                             ? STATUS_INFO_LENGTH_MISMATCH
                                                                             : STATUS_REVISION_MISMATCH);
            free(In);
        }
        assert_status(Subscribe(&Request, sizeof(Request), sizeof(PRCM_SUBSCRIBED)),
                      STATUS_REVISION_MISMATCH);
    }
}

static void
subscribe_refuses_each_wrong_member(void **State)
{
    PRCM_SUBSCRIBE Wrong[10];
    ULONG Count = 0;
    (void)State;
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Wrong); Index++)
        Wrong[Index] = ReaderRequest(PRCM_FROM_NOW);
    Wrong[Count++].Kinds = 0;
    Wrong[Count++].Kinds = PRCM_KINDS_ALL | PRCM_KIND_BIT(3);
    Wrong[Count++].Kinds = 0x80000000u;
    Wrong[Count++].From = 0;
    Wrong[Count++].From = PRCM_FROM_TOKEN + 1;
    Wrong[Count++].From = 0xFFFFFFFF;
    Wrong[Count++].KeyCount = PRCM_MAX_KEYS + 1;
    Wrong[Count++].KeyCount = 0xFFFFFFFF;
    Wrong[Count++].Keys[0] = 4;
    Wrong[Count++].Reserved = 1;
    for (ULONG Index = 0; Index < Count; Index++)
        assert_status(Subscribe(&Wrong[Index], sizeof(Wrong[Index]), sizeof(PRCM_SUBSCRIBED)),
                      STATUS_INVALID_PARAMETER);
    CheckAlive();
}

static void
a_second_subscribe_is_refused_and_the_first_holds(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    Request.Kinds = PRCM_KIND_BIT(PRCM_KIND_START);
    assert_status(
        Control(Reader.File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), sizeof(PRCM_SUBSCRIBED), NULL),
        STATUS_INVALID_DEVICE_STATE);
    RigRaiseImage(1000);
    assert_int_equal(ReaderDrain(&Reader), 1);
    ReaderClose(&Reader);
}

/* A SUBSCRIBE by a thread of its own. */
typedef struct TASK
{
    HANDLE File;
    NTSTATUS Status;
} TASK;

static void
SubscribeToAll(void *Context)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    PRCM_SUBSCRIBED Subscribed;
    TASK *Task = Context;
    Task->Status = SimControl(Task->File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), &Subscribed,
                              sizeof(Subscribed), NULL);
}

static void
a_second_subscribe_while_the_first_is_under_way_is_refused(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    PRCM_READ Read = {sizeof(Read), PRCM_READ_NO_WAIT};
    TASK Task = {RigOpen(), STATUS_PENDING};
    (void)State;
    STALL *Stall = StallStart(SubscribeToAll, &Task, SIM_POINT_UNLOCK, 1);
    assert_true(StallStands(Stall));
    Request.Kinds = PRCM_KIND_BIT(PRCM_KIND_START);
    assert_status(
        Control(Task.File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), sizeof(PRCM_SUBSCRIBED), NULL),
        STATUS_INVALID_DEVICE_STATE);
    assert_status(Control(Task.File, PRCM_IOCTL_READ, &Read, sizeof(Read), 4096, NULL),
                  STATUS_INVALID_DEVICE_STATE);
    StallEnd(Stall);
    assert_status(Task.Status, STATUS_SUCCESS);
    assert_status(Control(Task.File, PRCM_IOCTL_READ, &Read, sizeof(Read), 4096, NULL), STATUS_SUCCESS);
    SimClose(Task.File);
}

static void
a_refused_subscribe_may_be_tried_again(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    HANDLE File = RigOpen();
    (void)State;
    Request.From = 9;
    assert_status(
        Control(File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), sizeof(PRCM_SUBSCRIBED), NULL),
        STATUS_INVALID_PARAMETER);
    Request.From = PRCM_FROM_NOW;
    assert_status(
        Control(File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), sizeof(PRCM_SUBSCRIBED), NULL),
        STATUS_SUCCESS);
    SimClose(File);
}

/* ---- READ ---- */

static void
read_of_every_length(void **State)
{
    PRCM_READ Read = {sizeof(Read), PRCM_READ_NO_WAIT};
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (ULONG Bytes = 0; Bytes <= sizeof(Read) + 1; Bytes++)
    {
        void *In = Input(&Read, sizeof(Read), Bytes);
        assert_status(Control(Reader.File, PRCM_IOCTL_READ, In, Bytes, 4096, NULL),
                      Bytes < sizeof(Read) ? STATUS_INFO_LENGTH_MISMATCH : STATUS_SUCCESS);
        free(In);
    }
    void *Huge = Input(&Read, sizeof(Read), MAX_INPUT_BYTES + 1);
    assert_status(Control(Reader.File, PRCM_IOCTL_READ, Huge, MAX_INPUT_BYTES, 4096, NULL),
                  STATUS_INFO_LENGTH_MISMATCH);
    assert_status(Control(Reader.File, PRCM_IOCTL_READ, Huge, MAX_INPUT_BYTES + 1, 4096, NULL),
                  STATUS_INFO_LENGTH_MISMATCH);
    free(Huge);
    for (ULONG Bytes = 0; Bytes <= sizeof(PRCM_BATCH) + 1; Bytes++)
        assert_status(Control(Reader.File, PRCM_IOCTL_READ, &Read, sizeof(Read), Bytes, NULL),
                      Bytes < sizeof(PRCM_BATCH) ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS);
    assert_status(Control(Reader.File, PRCM_IOCTL_READ, &Read, sizeof(Read), PRCM_MAX_READ_BYTES, NULL),
                  STATUS_SUCCESS);
    assert_status(Control(Reader.File, PRCM_IOCTL_READ, &Read, sizeof(Read), PRCM_MAX_READ_BYTES + 1, NULL),
                  STATUS_INVALID_BUFFER_SIZE);
    ReaderClose(&Reader);
}

static void
read_with_unknown_flags_is_refused(void **State)
{
    READER Reader;
    (void)State;
    ReaderOpen(&Reader, PRCM_FROM_NOW);
    for (ULONG Bit = 1; Bit < 32; Bit++)
    {
        PRCM_READ Read = {sizeof(Read), PRCM_READ_NO_WAIT | 1u << Bit};
        assert_status(Control(Reader.File, PRCM_IOCTL_READ, &Read, sizeof(Read), 4096, NULL),
                      STATUS_INVALID_PARAMETER);
    }
    assert_int_equal(ReaderDrain(&Reader), 0);
    ReaderClose(&Reader);
}

static void
read_before_subscribe_is_refused(void **State)
{
    PRCM_READ Read = {sizeof(Read), PRCM_READ_NO_WAIT};
    HANDLE File = RigOpen();
    (void)State;
    assert_status(Control(File, PRCM_IOCTL_READ, &Read, sizeof(Read), 4096, NULL),
                  STATUS_INVALID_DEVICE_STATE);
    Read.Flags = 0;
    assert_status(Control(File, PRCM_IOCTL_READ, &Read, sizeof(Read), 4096, NULL),
                  STATUS_INVALID_DEVICE_STATE);
    SimClose(File);
}

/* ---- STOP ---- */

static void
stop_with_any_buffer_is_refused_and_stops_nothing(void **State)
{
    HANDLE File = RigOpen();
    char In[16] = {0};
    (void)State;
    for (ULONG Bytes = 1; Bytes <= sizeof(In); Bytes++)
    {
        assert_status(Control(File, PRCM_IOCTL_STOP, In, Bytes, 0, NULL), STATUS_INFO_LENGTH_MISMATCH);
        assert_status(Control(File, PRCM_IOCTL_STOP, NULL, 0, Bytes, NULL), STATUS_INFO_LENGTH_MISMATCH);
    }
    SimClose(File);
    CheckAlive();
}

/* ---- No memory ---- */

/* Any call failing in any request: a status that says so, and everything as it was. */
static void
a_failing_call_in_any_request_does_no_harm(void **State)
{
    PRCM_SUBSCRIBE Request = ReaderRequest(PRCM_FROM_NOW);
    PRCM_READ Read = {sizeof(Read), PRCM_READ_NO_WAIT};
    PRCM_QUERY Query;
    (void)State;
    for (ULONG Nth = 1; Nth <= 8; Nth++)
    {
        HANDLE File = NULL;
        SimFailNth(Nth, false);
        if (NT_SUCCESS(SimOpen(PRCM_LINK_NAME, RIG_ALL_ACCESS, &File)))
        {
            SimControl(File, PRCM_IOCTL_QUERY, NULL, 0, &Query, sizeof(Query), NULL);
            Control(File, PRCM_IOCTL_SUBSCRIBE, &Request, sizeof(Request), sizeof(PRCM_SUBSCRIBED), NULL);
            Control(File, PRCM_IOCTL_READ, &Read, sizeof(Read), 4096, NULL);
            SimClose(File);
        }
        SimFailNth(0, false);
        CheckAlive();
    }
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup_teardown(Name, RigStart, RigEnd)
    const struct CMUnitTest Tests[] = {
        TEST(unknown_codes_are_invalid),
        TEST(a_handle_without_the_access_a_code_names_is_denied),
        TEST(only_administrators_and_system_get_in),
        TEST(a_name_behind_the_device_is_refused),
        TEST(an_open_relative_to_another_is_refused),
        TEST(as_many_sessions_as_allowed_can_be_open),
        TEST(no_memory_for_a_session_refuses_the_open),
        TEST(a_request_that_belongs_to_no_open_is_invalid),
        TEST(a_file_object_that_no_create_was_sent_for_is_no_session),
        TEST(query_of_every_length),
        TEST(query_writes_nothing_beyond_what_it_says),
        TEST(a_query_tells_that_all_is_published_however_much_that_is),
        TEST(query_tells_the_time_it_was_asked),
        TEST(subscribe_of_every_length),
        TEST(a_size_that_is_not_the_length_is_refused),
        TEST(what_a_newer_reader_asks_for_is_refused),
        TEST(another_version_is_refused_as_such),
        TEST(subscribe_refuses_each_wrong_member),
        TEST(a_second_subscribe_is_refused_and_the_first_holds),
        TEST(a_second_subscribe_while_the_first_is_under_way_is_refused),
        TEST(a_refused_subscribe_may_be_tried_again),
        TEST(read_of_every_length),
        TEST(read_with_unknown_flags_is_refused),
        TEST(read_before_subscribe_is_refused),
        TEST(stop_with_any_buffer_is_refused_and_stops_nothing),
        TEST(a_failing_call_in_any_request_does_no_harm),
    };
    return cmocka_run_group_tests_name("driver requests", Tests, NULL, NULL);
}
