# The library that Java loads: the binding and everything it needs, hidden but for the functions of JNI.
add_library(jniquantvoice SHARED ${QV_JNI_SOURCE})
target_include_directories(jniquantvoice SYSTEM PRIVATE ${QV_JNI_INCLUDE} ${QV_JNI_INCLUDE}/${QV_JNI_SYSTEM})
target_include_directories(jniquantvoice PRIVATE src)
set_source_files_properties(${QV_JNI_SOURCE} PROPERTIES COMPILE_OPTIONS "-w;-O2")
target_link_libraries(jniquantvoice PRIVATE quantvoice)

if(APPLE)
  # The name by which others would find it is relative: Java loads it by its path, wherever it was unpacked.
  set_target_properties(jniquantvoice PROPERTIES INSTALL_NAME_DIR "@rpath" BUILD_WITH_INSTALL_NAME_DIR ON)
  target_link_options(jniquantvoice PRIVATE -Wl,-dead_strip)
  if(QV_ZIG)
    target_link_options(jniquantvoice PRIVATE -s)  # its linker knows no -x
  else()
    target_link_options(jniquantvoice PRIVATE -Wl,-x)
  endif()
elseif(WIN32)
  # Java maps the name without a prefix.
  set_target_properties(jniquantvoice PROPERTIES PREFIX "")
  target_link_options(jniquantvoice PRIVATE -Wl,--gc-sections -s)
else()
  target_link_options(jniquantvoice PRIVATE -Wl,--exclude-libs,ALL -Wl,-z,now -s)
  qv_link_portably(jniquantvoice)
endif()
