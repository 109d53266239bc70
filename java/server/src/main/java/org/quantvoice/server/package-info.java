/**
 * The server of {@code qv serve}, which applications can embed. It has recordings over HTTP in the form of OpenAI's
 * API, live speech over WebSocket in three protocols, a page with captions, and routes for operators. docs/server.md is
 * the guide.
 *
 * <p>{@code /live}, the page's own protocol: a client sends {@code {"type":"start","rate":48000,"channels":1}}, then binary
 * messages of 16-bit little-endian PCM, then {@code {"type":"stop"}}. It gets {@code ready}, {@code partial} and {@code final}
 * events, {@code end}, or {@code error} with what was got, what was expected and what can be done, all as JSON text.
 * Each client has a stream of its own; a mistake of one client ends only its own connection. The {@code end} of an
 * event is the second of the client's audio up to which the event reports. {@code latencyMs} counts from when the
 * server took the message up; a client that wants the whole latency, including the network, compares {@code end} with
 * the time at which it sent that second. {@code start} may name a {@code model}. {@code /vosk} is the protocol of
 * Vosk's server, {@code /v1/realtime?intent=transcription} OpenAI's.
 *
 * <p>HTTP and WebSocket are Jetty 12: kept for decades, 2.4 MB in all, Java 17, SLF4J, with limits on message size and idle
 * time built in, and messages on demand; docs/streaming.md compares it with others. Handlers run on Jetty's threads and may
 * block; their number is bounded, since places for recordings and streams are. One message of a client is worked on at a time;
 * a message is read only when the one before is done, so a fast sender is slowed by TCP.
 */
@NullMarked
package org.quantvoice.server;

import org.jspecify.annotations.NullMarked;
