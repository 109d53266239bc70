package org.quantvoice.graph;

/** What is known of an output before it runs. */
record TensorType(DType type, Shape shape) {}
