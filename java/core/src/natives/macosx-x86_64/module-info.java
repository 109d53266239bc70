/** The native library for macosx-x86_64, as a resource that the loader of org.quantvoice.core finds. */
open module org.quantvoice.core.macosx.x86_64 {}
