# SPDX-License-Identifier: MIT
#
# Version resources for everything that is shipped.

# prcm_version_object(<variable> <file name> APP|DLL|DRIVER <description>)
#
# Sets <variable> to an object file with a version resource for <file name>; name it among the sources of a
# target.
function(prcm_version_object Variable FileName Kind Description)
    # VFT_APP, VFT_DLL and VFT_DRV of winver.h, the last with VFT2_DRV_SYSTEM.
    set(Types_APP "0x1L" "0x0L")
    set(Types_DLL "0x2L" "0x0L")
    set(Types_DRIVER "0x3L" "0x7L")
    list(GET Types_${Kind} 0 FileType)
    list(GET Types_${Kind} 1 FileSubtype)
    string(REPLACE "." "," Numbers "${PROJECT_VERSION},0")

    set(Script ${CMAKE_CURRENT_BINARY_DIR}/${FileName}.rc)
    set(Object ${CMAKE_CURRENT_BINARY_DIR}/${FileName}.version.o)
    configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/version.rc.in ${Script} @ONLY)
    add_custom_command(
        OUTPUT ${Object}
        COMMAND ${CMAKE_RC_COMPILER} -O coff -i ${Script} -o ${Object}
        DEPENDS ${Script}
        COMMENT "Building version resource of ${FileName}"
        VERBATIM)
    set_source_files_properties(${Object} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
    set(${Variable} ${Object} PARENT_SCOPE)
endfunction()
