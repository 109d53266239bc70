// In a program the linker turns every call of __tls_get_addr into an addition, but still asks for the symbol from
// glibc's loader, which systems with musl lack. The symbol is hidden, so that the C library uses its own.
extern "C" __attribute__((visibility("hidden"))) void* __tls_get_addr(void*) { __builtin_trap(); }
