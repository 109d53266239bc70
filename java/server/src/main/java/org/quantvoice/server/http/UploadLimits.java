package org.quantvoice.server.http;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The limits of uploads.
 *
 * @param folder keeps uploads while they are worked on
 * @param maxBytes of one upload
 * @param minBytesPerSecond the lowest speed; slower uploads are broken off
 * @param grace the time in which an upload may be slower
 */
public record UploadLimits(Path folder, long maxBytes, long minBytesPerSecond, Duration grace) {}
