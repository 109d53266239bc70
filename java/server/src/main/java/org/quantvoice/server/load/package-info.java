/** Admission: decides which requests run, wait or are refused. */
@NullMarked
package org.quantvoice.server.load;

import org.jspecify.annotations.NullMarked;
