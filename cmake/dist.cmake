# SPDX-License-Identifier: MIT
#
# The target dist: build/dist/<architecture>/, what a stranger copies to a Windows machine. The two build
# trees put theirs side by side and sign with one certificate.

if(CMAKE_SYSTEM_PROCESSOR STREQUAL "i686")
    set(DistArchitecture x86)
else()
    set(DistArchitecture x64)
endif()
cmake_path(SET DistRoot NORMALIZE "${CMAKE_BINARY_DIR}/../dist")
cmake_path(SET DistCertificates NORMALIZE "${CMAKE_BINARY_DIR}/../signing")
set(Dist ${DistRoot}/${DistArchitecture})
set(DistFiles)

# dist_sign(<built file>): a signed copy.
macro(dist_sign File)
    get_filename_component(DistName ${File} NAME)
    add_custom_command(
        OUTPUT ${Dist}/${DistName}
        COMMAND ${CMAKE_SOURCE_DIR}/tools/lib/sign.sh ${DistCertificates} ${File} ${Dist}/${DistName}
        DEPENDS ${File} ${CMAKE_SOURCE_DIR}/tools/lib/sign.sh
        COMMENT "Signing ${DistName} for ${DistArchitecture}"
        VERBATIM)
    list(APPEND DistFiles ${Dist}/${DistName})
endmacro()

# dist_copy(<file> <name in the kit>)
macro(dist_copy File Name)
    add_custom_command(
        OUTPUT ${Dist}/${Name}
        COMMAND ${CMAKE_COMMAND} -E copy ${File} ${Dist}/${Name}
        DEPENDS ${File}
        VERBATIM)
    list(APPEND DistFiles ${Dist}/${Name})
endmacro()

# dist_text(<template> <name in the kit>): for readers on Windows, so with CRLF.
macro(dist_text Template Name)
    configure_file(${Template} ${CMAKE_BINARY_DIR}/kit/${Name} @ONLY NEWLINE_STYLE CRLF)
    dist_copy(${CMAKE_BINARY_DIR}/kit/${Name} ${Name})
endmacro()

dist_sign(${CMAKE_BINARY_DIR}/driver/prcm.sys)
dist_sign(${CMAKE_BINARY_DIR}/lib/libprcm.dll)
dist_sign(${CMAKE_BINARY_DIR}/cli/prcm.exe)
dist_text(${CMAKE_SOURCE_DIR}/kit/prcm.inf.in prcm.inf)
dist_text(${CMAKE_SOURCE_DIR}/kit/TRY-ON-WINDOWS.txt.in TRY-ON-WINDOWS.txt)
dist_text(${CMAKE_SOURCE_DIR}/LICENSE LICENSE)
dist_text(${PRCM_LIBRARIES}/LICENSES THIRD-PARTY-LICENSES)
# For programs that use the library, and for debuggers. Who links libprcm.a links the other two as well.
dist_copy(${CMAKE_BINARY_DIR}/lib/libprcm.dll.a dev/libprcm.dll.a)
dist_copy(${CMAKE_BINARY_DIR}/lib/libprcm.a dev/libprcm.a)
dist_copy(${CMAKE_SOURCE_DIR}/include/prcm.h dev/prcm.h)
dist_copy(${CMAKE_SOURCE_DIR}/include/prcm_abi.h dev/prcm_abi.h)
dist_copy(${CMAKE_SOURCE_DIR}/include/prcm_capture.h dev/prcm_capture.h)
dist_copy(${PRCM_LIBRARIES}/lib/libzstd.a dev/libzstd.a)
dist_copy(${PRCM_LIBRARIES}/lib/libxxhash.a dev/libxxhash.a)
dist_copy(${CMAKE_BINARY_DIR}/driver/debug/prcm.sys dev/debug/prcm.sys)

# The certificate comes into being with the first signature.
add_custom_command(
    OUTPUT ${Dist}/prcm-test.cer
    COMMAND ${CMAKE_COMMAND} -E copy ${DistCertificates}/prcm-test.cer ${Dist}/prcm-test.cer
    DEPENDS ${Dist}/prcm.sys
    VERBATIM)
list(APPEND DistFiles ${Dist}/prcm-test.cer)

add_custom_target(dist DEPENDS ${DistFiles})
