/**
 * The engine NATIVE as a service: opens model files, quantizes them if asked, and returns models that run without
 * libtorch.
 */
@NullMarked
package org.quantvoice.internal.nativeengine;

import org.jspecify.annotations.NullMarked;
