/** The native library for macosx-arm64, as a resource that the loader of org.quantvoice.core finds. */
open module org.quantvoice.core.macosx.arm64 {}
