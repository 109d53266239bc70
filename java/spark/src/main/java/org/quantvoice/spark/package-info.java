/**
 * Transcribes archives of recordings on Apache Spark: as a {@link org.quantvoice.spark.SpeechTranscriber} in a
 * pipeline, as an SQL function, as a job for {@code spark-submit} ({@link org.quantvoice.spark.TranscribeJob}) and as a
 * stream over a folder in which recordings arrive.
 *
 * <p>Executors get the options, their files and the hashes of these; nothing native is sent. Each executor JVM opens
 * one session, which its tasks share until the JVM ends.
 */
@NullMarked
package org.quantvoice.spark;

import org.jspecify.annotations.NullMarked;
