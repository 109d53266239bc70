/** A server under load: what docs/server.md states was measured with this. */
@NullMarked
package org.quantvoice.bench.serve;

import org.jspecify.annotations.NullMarked;
