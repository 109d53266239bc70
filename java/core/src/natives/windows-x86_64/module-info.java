/** The native library for windows-x86_64, as a resource that the loader of org.quantvoice.core finds. */
open module org.quantvoice.core.windows.x86_64 {}
