/**
 * Models for other runtimes: what a loaded model computes, part by part, and the writers that {@link
 * java.util.ServiceLoader} finds. Formats live in modules of their own, so that whoever writes none carries none.
 */
@NullMarked
package org.quantvoice.export;

import org.jspecify.annotations.NullMarked;
