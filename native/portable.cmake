# Links what is built with glibc so that it loads with older ones and with musl, of which one file is both C library and loader: it takes
# the names of libc, libm, libpthread and libdl for itself, and lacks a few symbols, see glibc.cc.
include(CheckCXXSymbolExists)
check_cxx_symbol_exists(__GLIBC__ features.h QV_HAS_GLIBC)

function(qv_link_portably target)
  if(NOT QV_HAS_GLIBC)
    target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc -Wl,-z,defs)
    return()
  endif()
  target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src/jni/glibc.cc)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/src/jni/glibc.cc TARGET_DIRECTORY ${target} PROPERTIES
                              COMPILE_OPTIONS "-D_GNU_SOURCE;-fno-builtin")
  foreach(name log malloc_trim pthread_create pthread_join pthread_once __pthread_key_create dlopen dlsym dlerror dlclose)
    target_link_options(${target} PRIVATE -Wl,--wrap=${name})
  endforeach()
  # Old glibc has threads and dlopen in libraries apart. Libraries are named by their files, since the script libc.so would bind
  # __tls_get_addr to glibc's loader by name; left unbound it is found in whichever loader runs. cppbuild.sh checks that it is the only one.
  # What the C++ runtime brings and nothing calls may need symbols of new C libraries alone.
  target_link_options(${target} PRIVATE -nodefaultlibs -Wl,--gc-sections)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src/jni/program_tls.cc)
  endif()
  target_link_libraries(${target} PRIVATE -Wl,--no-as-needed -l:libpthread.so.0 -l:libdl.so.2 -Wl,--as-needed -l:libstdc++.a
                        -l:libm.so.6 -l:libgcc.a -l:libgcc_eh.a -l:libc.so.6 -l:libc_nonshared.a)
endfunction()
