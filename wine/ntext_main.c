/* SPDX-License-Identifier: MIT
 *
 * What else is exported: what a driver asks the system as a whole.
 */
#include "ntext_main.h"
#include "ntext.h"
#include "ntext_device.h"
#include "ntext_image.h"
#include "ntext_offer.h"
#include "ntext_thread.h"

DRIVER_INITIALIZE DriverEntry;

/* kernelbase's; a FILETIME is the same number. */
DECLSPEC_IMPORT VOID WINAPI GetSystemTimePreciseAsFileTime(PLARGE_INTEGER Time);

PVOID NTAPI
NtextMmGetSystemRoutineAddress(PUNICODE_STRING Routine)
{
    ThreadRequire(PASSIVE_LEVEL, "MmGetSystemRoutineAddress");
    DeviceStart();
    if (OfferStatus(Routine) == (NTSTATUS)NTEXT_HIDDEN)
        return NULL;
    PVOID Own = ImageOwnExport(Routine);
    return Own ? Own : MmGetSystemRoutineAddress(Routine);
}

VOID NTAPI
NtextKeQuerySystemTimePrecise(PLARGE_INTEGER Time)
{
    GetSystemTimePreciseAsFileTime(Time);
}

/* Wine unmaps a driver as soon as its DriverUnload has returned, while a request that it has completed may
 * still be on its way out of it. Deleting its device is the last that a driver does to be rid of requests. */
VOID NTAPI
NtextIoDeleteDevice(PDEVICE_OBJECT Device)
{
    ThreadRequire(APC_LEVEL, "IoDeleteDevice");
    IoDeleteDevice(Device);
    DevicePassDispatcher();
}

/* Never called for an export driver that is loaded as an import. */
NTSTATUS NTAPI
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
