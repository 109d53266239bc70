// In a program the linker turns every call of __tls_get_addr into an addition, and asks for the symbol all the same; from glibc's loader,
// which systems with musl lack. Hidden, so that the C library keeps its own.
extern "C" __attribute__((visibility("hidden"))) void* __tls_get_addr(void*) { __builtin_trap(); }
