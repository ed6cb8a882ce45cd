/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "result.h"
#include "safe_path.h"
#include "security.h"
#include "service.h"
#include "utf8.h"
#include "upgrade.h"

/* What the service manager lets a service's configuration be as long as. */
#define MAX_CONFIG_BYTES 8192u

static void
TakeSecurity(PSECURITY_DESCRIPTOR Security, char Text[PRCM_SECURITY_BYTES])
{
    if (Security != NULL)
        Utf8FromSecurity(Security, Text, PRCM_SECURITY_BYTES);
    free(Security);
}

/* By a handle that may do nothing but this. The driver refuses it while it stops. */
static void
TakeDeviceSecurity(PRCM_SERVICE_INFO *Info)
{
    HANDLE Device = CreateFileW(PRCM_WIN32_NAME, READ_CONTROL, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                OPEN_EXISTING, SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
    if (Device == INVALID_HANDLE_VALUE)
        return;
    TakeSecurity(SecurityOfHandle(Device), Info->DeviceSecurity);
    CloseHandle(Device);
}

static void
TakeConfig(SC_HANDLE Service, PRCM_SERVICE_INFO *Info)
{
    union
    {
        QUERY_SERVICE_CONFIGW Config;
        BYTE Bytes[MAX_CONFIG_BYTES];
    } Answer;
    DWORD Needed;
    if (!QueryServiceConfigW(Service, &Answer.Config, sizeof(Answer), &Needed))
        return;
    Info->StartsAtBoot = Answer.Config.dwStartType <= SERVICE_SYSTEM_START;
    WCHAR Path[MAX_PATH];
    FILES_CONTENT Content;
    if (!FilesFromImagePath(Answer.Config.lpBinaryPathName, Path))
        return;
    Utf8FromWide(Path, Info->DriverPath, sizeof(Info->DriverPath));
    SafePathCheck(Path, &Info->Writer);
    Info->HasFile = FilesRead(Path, &Content) == ERROR_SUCCESS;
    Info->FileVersion = Content.Driver.Version;
    FilesFree(&Content);
}

PRCM_RESULT
PrcmServiceInfo(PRCM_SERVICE_INFO *Info)
{
    if (Info == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    memset(Info, 0, sizeof(*Info));
    SC_HANDLE Service;
    PRCM_RESULT Result = ServiceOpen(SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG | READ_CONTROL, &Service);
    if (Result != PRCM_OK)
        return Result;
    Result = ServiceTrueState(Service, &Info->State);
    TakeConfig(Service, Info);
    TakeSecurity(SecurityOfService(Service), Info->ServiceSecurity);
    CloseServiceHandle(Service);
    if (Result == PRCM_OK)
        TakeDeviceSecurity(Info);
    return Result;
}
