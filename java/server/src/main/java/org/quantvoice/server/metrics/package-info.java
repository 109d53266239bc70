/** What the server counts, as Micrometer meters. */
@NullMarked
package org.quantvoice.server.metrics;

import org.jspecify.annotations.NullMarked;
