/** Live speech over WebSocket: the page's protocol and Vosk's. */
@NullMarked
package org.quantvoice.server.live;

import org.jspecify.annotations.NullMarked;
