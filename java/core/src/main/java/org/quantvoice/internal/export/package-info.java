/**
 * What a module that writes models of a format implements, and what it is given: the graph of a session and its parts. Requests
 * are immutable; exporters are stateless and are found by {@link java.util.ServiceLoader}.
 */
@NullMarked
package org.quantvoice.internal.export;

import org.jspecify.annotations.NullMarked;
