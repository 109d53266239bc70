/** Serves the transcription part of OpenAI's API: recordings over HTTP, and live speech over WebSocket. */
@NullMarked
package org.quantvoice.server.openai;

import org.jspecify.annotations.NullMarked;
