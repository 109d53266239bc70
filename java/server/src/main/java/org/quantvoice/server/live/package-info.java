/** Serves live speech over WebSocket, in the page's protocol and in Vosk's. */
@NullMarked
package org.quantvoice.server.live;

import org.jspecify.annotations.NullMarked;
