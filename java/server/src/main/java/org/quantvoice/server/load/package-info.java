/** Admission: who may work when, and who is refused. */
@NullMarked
package org.quantvoice.server.load;

import org.jspecify.annotations.NullMarked;
