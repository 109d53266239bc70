/** An application with one controller, to begin from; the tests run it. */
@NullMarked
package org.quantvoice.spring.example;

import org.jspecify.annotations.NullMarked;
