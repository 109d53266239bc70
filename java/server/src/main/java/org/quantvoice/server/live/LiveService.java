package org.quantvoice.server.live;

import org.quantvoice.server.load.Admission;
import org.quantvoice.server.metrics.ServerMetrics;
import org.quantvoice.server.models.ModelRegistry;

/** The services that all live clients share. */
public record LiveService(ModelRegistry models, Admission admission, ServerMetrics metrics, IdleWatch idle) {}
