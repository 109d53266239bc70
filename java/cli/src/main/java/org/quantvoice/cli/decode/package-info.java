/** {@code qv decode}: runs folders of reference cases of CTC decoding and writes answers for their judge. */
@NullMarked
package org.quantvoice.cli.decode;

import org.jspecify.annotations.NullMarked;
