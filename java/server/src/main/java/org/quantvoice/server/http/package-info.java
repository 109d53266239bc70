/** What all HTTP requests share: uploads, keys, origins, error documents in the form of OpenAI's API. */
@NullMarked
package org.quantvoice.server.http;

import org.jspecify.annotations.NullMarked;
