/**
 * How models are written for other runtimes: in which numbers, and from which first cache a streaming one starts. Immutable values.
 */
@NullMarked
package org.quantvoice.export;

import org.jspecify.annotations.NullMarked;
