/* SPDX-License-Identifier: MIT
 *
 * A load behind a store to the same place: GCC shows it only in an image made with READS.
 */
#include "broken.h"

NTSTATUS
BrokenReadsBack(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG *Output = BrokenMapOutput(Irp);
    UNREFERENCED_PARAMETER(DeviceObject);
    Output[0] = 1;
    /* cppcheck-suppress knownConditionTrueFalse; that the output is read is the rule's matter */
    NTSTATUS Status = Output[0] == 1 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
    return BrokenComplete(Irp, Status);
}
