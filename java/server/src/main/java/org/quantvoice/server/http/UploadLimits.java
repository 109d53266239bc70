package org.quantvoice.server.http;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What uploads may take.
 *
 * @param folder where they are kept while they are worked on
 * @param maxBytes of one
 * @param minBytesPerSecond slower ones are given up
 * @param grace in which they may be slower
 */
public record UploadLimits(Path folder, long maxBytes, long minBytesPerSecond, Duration grace) {}
