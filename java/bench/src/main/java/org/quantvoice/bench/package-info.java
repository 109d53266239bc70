/**
 * JMH benchmarks. They are not part of the product, and of tests only one, which checks the word error rates, uses
 * them.
 */
@NullMarked
package org.quantvoice.bench;

import org.jspecify.annotations.NullMarked;
