/**
 * The server {@code qv serve}, to be embedded: recordings over HTTP as OpenAI's API takes them, live speech over WebSocket in
 * three protocols, a page with captions, and what those need who run it. docs/server.md is the guide.
 *
 * <p>{@code /live}, the page's own protocol: a client sends {@code {"type":"start","rate":48000,"channels":1}}, then binary
 * messages of 16-bit little-endian PCM, then {@code {"type":"stop"}}. It gets {@code ready}, {@code partial} and {@code final}
 * events, {@code end}, or {@code error} with what was got, expected and can be done, all as JSON text. Each client has a stream
 * of its own; what one does wrong ends its own connection only. {@code end} of an event is the second of the client's audio up
 * to which it tells; {@code latencyMs} counts from when the server took the message up, so that a client that wants the whole
 * latency, waiting in the network included, compares {@code end} with when it sent that second. {@code start} may name a
 * {@code model}. {@code /vosk} is the protocol of Vosk's server, {@code /v1/realtime?intent=transcription} OpenAI's.
 *
 * <p>HTTP and WebSocket are Jetty 12: kept for decades, 2.4 MB in all, Java 17, SLF4J, with limits on message size and idle
 * time built in, and messages on demand; docs/streaming.md compares it with others. Handlers run on Jetty's threads and may
 * block; their number is bounded, since places for recordings and streams are. One message of a client is worked on at a time;
 * a message is read only when the one before is done, so a fast sender is slowed by TCP.
 */
@NullMarked
package org.quantvoice.server;

import org.jspecify.annotations.NullMarked;
