// Binds functions of the C library to the oldest version that the architecture has, which the build machine would bind
// to versions newer than 2.27, and defines functions that musl lacks. The linker's --wrap (portable.cmake) sends every
// call here, also those of the static C++ runtime.
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <string.h>

#if defined(__x86_64__)
#define QV_OLDEST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define QV_OLDEST "GLIBC_2.17"
#else
#error "the oldest glibc of this architecture is not known here"
#endif

// Defines NAME's stand-in: RESULT old_NAME PARAMETERS is the old version, which ARGUMENTS are passed to.
#define QV_OLD(result, name, parameters, arguments)          \
  __asm__(".symver old_" #name ", " #name "@" QV_OLDEST);    \
  result old_##name parameters;                              \
  result __wrap_##name parameters { return old_##name arguments; }

extern "C" {
QV_OLD(double, log, (double x), (x))
QV_OLD(int, pthread_create, (pthread_t* thread, const pthread_attr_t* how, void* (*body)(void*), void* argument),
       (thread, how, body, argument))
QV_OLD(int, pthread_join, (pthread_t thread, void** result), (thread, result))
QV_OLD(int, pthread_once, (pthread_once_t* control, void (*body)()), (control, body))
QV_OLD(void*, dlopen, (const char* file, int mode), (file, mode))
QV_OLD(void*, dlsym, (void* handle, const char* name), (handle, name))
QV_OLD(char*, dlerror, (), ())
QV_OLD(int, dlclose, (void* handle), (handle))

// The C++ runtime calls this function by a name that only glibc has.
__asm__(".symver old_pthread_key_create, pthread_key_create@" QV_OLDEST);
int old_pthread_key_create(pthread_key_t* key, void (*destroy)(void*));
int __wrap___pthread_key_create(pthread_key_t* key, void (*destroy)(void*)) { return old_pthread_key_create(key, destroy); }

// JavaCPP calls malloc_trim. musl lacks it, because it returns memory to the system by itself.
__asm__(".symver old_malloc_trim, malloc_trim@" QV_OLDEST);
int old_malloc_trim(size_t kept) __attribute__((weak));
int __wrap_malloc_trim(size_t kept) { return old_malloc_trim ? old_malloc_trim(kept) : 0; }

// A variable of glibc 2.32; 0 means that this process may have several threads.
char __libc_single_threaded = 0;
}

#if defined(DLFO_EH_SEGMENT_TYPE)
namespace {

struct Search {
  ElfW(Addr) address;
  dl_find_object* found;
};

int look_at(dl_phdr_info* object, size_t, void* argument) {
  auto& search = *static_cast<Search*>(argument);
  bool inside = false;
  ElfW(Addr) frames = 0;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr)& part = object->dlpi_phdr[i];
    const ElfW(Addr) begin = object->dlpi_addr + part.p_vaddr;
    if (part.p_type == DLFO_EH_SEGMENT_TYPE) frames = begin;
    if (part.p_type != PT_LOAD || search.address < begin || search.address - begin >= part.p_memsz) continue;
    inside = true;
    search.found->dlfo_map_start = reinterpret_cast<void*>(begin);
    search.found->dlfo_map_end = reinterpret_cast<void*>(begin + part.p_memsz);
  }
  if (!inside) return 0;
  search.found->dlfo_eh_frame = reinterpret_cast<void*>(frames);
  return frames ? 1 : -1;
}

}  // namespace

// A function of glibc 2.35, for the unwinder of GCC 12 and later, which reads only the frames. It finds them in the way
// that older unwinders did.
extern "C" int _dl_find_object(void* address, dl_find_object* found) noexcept {
  memset(found, 0, sizeof *found);
  Search search = {reinterpret_cast<ElfW(Addr)>(address), found};
  return dl_iterate_phdr(look_at, &search) == 1 ? 0 : -1;
}
#endif
