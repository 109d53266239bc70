/** Puts a server under load. The numbers in docs/server.md were measured with these classes. */
@NullMarked
package org.quantvoice.bench.serve;

import org.jspecify.annotations.NullMarked;
