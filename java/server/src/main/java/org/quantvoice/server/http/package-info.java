/** The parts that all HTTP requests share: uploads, keys, origins, and error documents in the form of OpenAI's API. */
@NullMarked
package org.quantvoice.server.http;

import org.jspecify.annotations.NullMarked;
