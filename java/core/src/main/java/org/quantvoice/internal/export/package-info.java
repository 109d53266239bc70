/**
 * The interface of modules that write models in a format, and their input: the graph of a session and its parts.
 * Requests are immutable; exporters are stateless and are found by {@link java.util.ServiceLoader}.
 */
@NullMarked
package org.quantvoice.internal.export;

import org.jspecify.annotations.NullMarked;
