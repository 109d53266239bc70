/** The packaged jars, run as applications run them: each test starts a JVM of its own. */
@NullMarked
package org.quantvoice.checks;

import org.jspecify.annotations.NullMarked;
