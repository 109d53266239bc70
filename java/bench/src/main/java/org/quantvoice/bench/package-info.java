/** JMH benchmarks; not part of the product and of no test run but for a check of the word error rates. */
@NullMarked
package org.quantvoice.bench;

import org.jspecify.annotations.NullMarked;
