# The toolchain for macOS on other systems: Zig's C++ compiler, which carries libc++, the stubs of the system's libraries and a linker
# that signs what it makes for arm64. QV_ZIG is the zig program, CMAKE_SYSTEM_PROCESSOR arm64 or x86_64.
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_CXX_COMPILER "${QV_ZIG}" c++)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "arm64")
  set(CMAKE_CXX_COMPILER_TARGET aarch64-macos.${QV_OLDEST_MACOS})
else()
  set(CMAKE_CXX_COMPILER_TARGET x86_64-macos.${QV_OLDEST_MACOS})
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES QV_ZIG QV_OLDEST_MACOS)
# Archives of this system's ar have no index that the linker of the other one reads.
set(CMAKE_AR "${QV_ZIG}")
set(CMAKE_CXX_ARCHIVE_CREATE "<CMAKE_AR> ar qcs <TARGET> <OBJECTS>")
set(CMAKE_CXX_ARCHIVE_APPEND "<CMAKE_AR> ar qs <TARGET> <OBJECTS>")
set(CMAKE_CXX_ARCHIVE_FINISH "")
# There is no SDK to look for, and nothing is installed that would need other names.
set(CMAKE_OSX_SYSROOT "" CACHE STRING "")
set(CMAKE_INSTALL_NAME_TOOL "${QV_ZIG}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
