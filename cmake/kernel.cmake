# SPDX-License-Identifier: MIT
#
# How code for the Windows kernel is compiled and linked: prcm.sys, and in wine/ its variant and the export
# driver.

# What kernel code is compiled with. Optimisation and -g come from the build type.
add_library(prcm_kernel INTERFACE)
target_include_directories(prcm_kernel SYSTEM INTERFACE ${CMAKE_FIND_ROOT_PATH}/include/ddk)
target_compile_options(
    prcm_kernel
    INTERFACE -fno-strict-aliasing
              -fno-stack-protector
              -fno-common
              -fno-ident
              # A kernel stack is 12 KiB on i686, and most of it belongs to others. A frame of a page or more
              # would also need libgcc's stack probe, and the link would fail.
              -Wframe-larger-than=1024)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "i686")
    target_compile_options(
        prcm_kernel
        INTERFACE # The i386 kernel does not save a driver's floating-point and vector registers.
                  -mgeneral-regs-only
                  # The i386 kernel unwinds without tables.
                  -fno-asynchronous-unwind-tables)
    set(KernelEntry _DriverEntry@8)
    set(KernelBase 0x10000)
else()
    set(KernelEntry DriverEntry)
    set(KernelBase 0x140000000)
endif()

# Not -shared: a driver is an executable that exports nothing, as Microsoft's linker makes it, and a
# definition file can still give it exports. The OS version is 6.1 since 4.0, ld's default, stands for an NT 4
# driver. Auto-import needs start-up code that the kernel does not have.
target_link_options(
    prcm_kernel
    INTERFACE -nostdlib
              -Wl,--fatal-warnings
              -Wl,--subsystem,native:5.02
              -Wl,--major-os-version,6
              -Wl,--minor-os-version,1
              -Wl,--entry,${KernelEntry}
              -Wl,--image-base,${KernelBase}
              -Wl,--section-alignment,0x1000
              -Wl,--file-alignment,0x200
              -Wl,--forceinteg
              -Wl,--dynamicbase
              -Wl,--enable-reloc-section
              -Wl,--nxcompat
              -Wl,--no-insert-timestamp
              -Wl,--disable-auto-import
              -Wl,--exclude-all-symbols)

# prcm_link_driver(<target> <file.sys> OBJECTS <object library>... [IMPORTS <-lname or import library>...]
#                  [DEFINITION <file.def>] [DESCRIPTION <text>])
#
# Links the object libraries to <file.sys> in the current binary directory, without debug information, and to
# debug/<file.sys>, the same image with it. IMPORTS are searched before ntoskrnl and hal: what they offer is
# taken from there. No runtime is linked: code that needs libgcc's helpers, such as 64-bit division on i686,
# fails to link.
function(prcm_link_driver Target OutputName)
    cmake_parse_arguments(PARSE_ARGV 2 Arg "" "DEFINITION;DESCRIPTION" "OBJECTS;IMPORTS")
    if(NOT Arg_OBJECTS OR Arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "prcm_link_driver(${Target}): no OBJECTS, or unknown: ${Arg_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT Arg_DESCRIPTION)
        set(Arg_DESCRIPTION "${OutputName}")
    endif()

    prcm_version_object(Version ${OutputName} DRIVER "${Arg_DESCRIPTION}")
    list(TRANSFORM Arg_OBJECTS REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE Objects)
    set(Inputs ${Objects} ${Version} ${Arg_DEFINITION})
    set(Depends ${Inputs} ${Arg_IMPORTS})
    list(FILTER Depends EXCLUDE REGEX "^-")

    set(Plain ${CMAKE_CURRENT_BINARY_DIR}/${OutputName})
    set(Debug ${CMAKE_CURRENT_BINARY_DIR}/debug/${OutputName})
    get_target_property(Options prcm_kernel INTERFACE_LINK_OPTIONS)
    set(Link ${CMAKE_C_COMPILER} ${Options} ${Inputs} ${Arg_IMPORTS} -lntoskrnl -lhal)
    add_custom_command(
        OUTPUT ${Plain} ${Debug}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/debug
        COMMAND ${Link} -s -o ${Plain}
        COMMAND ${Link} -o ${Debug}
        DEPENDS ${Depends}
        COMMENT "Linking driver ${OutputName}"
        COMMAND_EXPAND_LISTS VERBATIM)
    add_custom_target(${Target} ALL DEPENDS ${Plain} ${Debug})
    set_target_properties(${Target} PROPERTIES PRCM_FILE ${Plain})
endfunction()
