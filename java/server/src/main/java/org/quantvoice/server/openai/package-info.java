/** The transcription part of OpenAI's API: recordings over HTTP, live speech over WebSocket. */
@NullMarked
package org.quantvoice.server.openai;

import org.jspecify.annotations.NullMarked;
