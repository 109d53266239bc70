# The library that Java loads: the binding and everything it needs, hidden but for the functions of JNI.
add_library(jniquantvoice SHARED ${QV_JNI_SOURCE})
target_include_directories(jniquantvoice SYSTEM PRIVATE ${QV_JNI_INCLUDE} ${QV_JNI_INCLUDE}/${QV_JNI_SYSTEM})
target_include_directories(jniquantvoice PRIVATE src)
set_source_files_properties(${QV_JNI_SOURCE} PROPERTIES COMPILE_OPTIONS "-w;-O2")
target_link_libraries(jniquantvoice PRIVATE quantvoice)

if(APPLE)
  target_link_options(jniquantvoice PRIVATE -Wl,-dead_strip -Wl,-x)
elseif(WIN32)
  # Java maps the name without a prefix.
  set_target_properties(jniquantvoice PROPERTIES PREFIX "")
  target_link_options(jniquantvoice PRIVATE -Wl,--gc-sections -s)
else()
  target_link_options(jniquantvoice PRIVATE -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL -Wl,--gc-sections
                      -Wl,-z,defs -Wl,-z,now -s)
  include(CheckCXXSymbolExists)
  check_cxx_symbol_exists(__GLIBC__ features.h QV_HAS_GLIBC)
  if(QV_HAS_GLIBC)
    # Runs on systems with an older glibc than the build's, see glibc.cc; those had threads and dlopen in libraries apart.
    target_sources(jniquantvoice PRIVATE src/jni/glibc.cc)
    set_source_files_properties(src/jni/glibc.cc PROPERTIES COMPILE_OPTIONS "-D_GNU_SOURCE;-fno-builtin")
    foreach(name log pthread_create pthread_join pthread_once __pthread_key_create dlopen dlsym dlerror dlclose)
      target_link_options(jniquantvoice PRIVATE -Wl,--wrap=${name})
    endforeach()
    target_link_libraries(jniquantvoice PRIVATE -Wl,--no-as-needed -l:libpthread.so.0 -l:libdl.so.2 -Wl,--as-needed)
  endif()
endif()
