/** The native library for linux-x86_64, as a resource that the loader of org.quantvoice.core finds. */
open module org.quantvoice.core.linux.x86_64 {}
