/** The meters of the server, by Micrometer. */
@NullMarked
package org.quantvoice.server.metrics;

import org.jspecify.annotations.NullMarked;
