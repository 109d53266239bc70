/** The native library for linux-arm64, as a resource that the loader of org.quantvoice.core finds. */
open module org.quantvoice.core.linux.arm64 {}
