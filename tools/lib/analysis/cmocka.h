/* SPDX-License-Identifier: MIT
 *
 * cmocka's assertions for static analysers, which cannot see that one that fails does not return.
 */
#ifndef ANALYSIS_CMOCKA_H
#define ANALYSIS_CMOCKA_H

#include_next <cmocka.h>

#define ANALYSIS_ASSUME(Condition) ((Condition) ? (void)0 : __builtin_trap())

#undef assert_true
#undef assert_false
#undef assert_null
#undef assert_non_null
#undef assert_ptr_equal
#undef assert_int_equal
#undef assert_int_not_equal
#undef fail
#define assert_true(Value)         ANALYSIS_ASSUME(Value)
#define assert_false(Value)        ANALYSIS_ASSUME(!(Value))
#define assert_null(Pointer)       ANALYSIS_ASSUME((Pointer) == NULL)
#define assert_non_null(Pointer)   ANALYSIS_ASSUME((Pointer) != NULL)
#define assert_ptr_equal(A, B)     ANALYSIS_ASSUME((const void *)(A) == (const void *)(B))
#define assert_int_equal(A, B)     ANALYSIS_ASSUME((A) == (B))
#define assert_int_not_equal(A, B) ANALYSIS_ASSUME((A) != (B))
#define fail()                     __builtin_trap()

#endif
