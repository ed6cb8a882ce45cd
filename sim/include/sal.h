/* SPDX-License-Identifier: MIT
 *
 * The annotations of the WDK's headers that drivers use. They say nothing to a compiler here; what they
 * promise about IRQL and locks is checked at run time.
 */
#ifndef SIM_SAL_H
#define SIM_SAL_H

#define _In_
#define _In_opt_
#define _In_z_
#define _In_reads_(Count)
#define _In_reads_opt_(Count)
#define _In_reads_bytes_(Bytes)
#define _In_reads_bytes_opt_(Bytes)
#define _Inout_
#define _Inout_opt_
#define _Inout_updates_(Count)
#define _Inout_updates_bytes_(Bytes)
#define _Out_
#define _Out_opt_
#define _Out_writes_(Count)
#define _Out_writes_all_(Count)
#define _Out_writes_opt_(Count)
#define _Out_writes_bytes_(Bytes)
#define _Out_writes_bytes_all_(Bytes)
#define _Out_writes_bytes_opt_(Bytes)
#define _Out_writes_bytes_to_(Bytes, Written)
#define _Out_writes_bytes_to_opt_(Bytes, Written)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_result_nullonfailure_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Field_size_(Count)
#define _Field_size_bytes_(Bytes)
#define _Field_range_(Low, High)
#define _In_range_(Low, High)
#define _Out_range_(Low, High)
#define _Null_terminated_
#define _Reserved_
#define _Pre_valid_
#define _Post_invalid_
#define _Post_maybenull_
#define _Post_satisfies_(Condition)
#define _Success_(Condition)
#define _When_(Condition, Annotation)
#define _At_(Target, Annotation)
#define _Check_return_
#define _Must_inspect_result_
#define _Use_decl_annotations_
#define _Function_class_(Class)
#define _Dispatch_type_(Major)
#define _Analysis_assume_(Condition)
#define _Unreferenced_parameter_

#define _IRQL_always_function_max_(Irql)
#define _IRQL_requires_(Irql)
#define _IRQL_requires_max_(Irql)
#define _IRQL_requires_min_(Irql)
#define _IRQL_requires_same_
#define _IRQL_raises_(Irql)
#define _IRQL_saves_
#define _IRQL_saves_global_(Kind, Where)
#define _IRQL_restores_
#define _IRQL_restores_global_(Kind, Where)
#define _IRQL_uses_cancel_

#define _Acquires_lock_(Lock)
#define _Acquires_exclusive_lock_(Lock)
#define _Acquires_nonreentrant_lock_(Lock)
#define _Acquires_shared_lock_(Lock)
#define _Releases_lock_(Lock)
#define _Releases_exclusive_lock_(Lock)
#define _Releases_nonreentrant_lock_(Lock)
#define _Releases_shared_lock_(Lock)
#define _Requires_lock_held_(Lock)
#define _Requires_lock_not_held_(Lock)
#define _Requires_no_locks_held_
#define _Requires_exclusive_lock_held_(Lock)
#define _Guarded_by_(Lock)
#define _Interlocked_operand_
#define _Interlocked_
#define _Has_lock_kind_(Kind)
#define _Has_lock_level_(Level)
#define __drv_aliasesMem
#define __drv_allocatesMem(Kind)
#define __drv_freesMem(Kind)

#define IN
#define OUT
#define OPTIONAL

#endif
