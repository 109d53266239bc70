package org.quantvoice.server.http;

import java.nio.file.Path;

/**
 * What uploads may take.
 *
 * @param folder where they are kept while they are worked on
 * @param maxBytes of one
 * @param minBytesPerSecond slower ones are given up, after a grace
 */
public record UploadLimits(Path folder, long maxBytes, long minBytesPerSecond) {}
