package org.quantvoice.graph;

/** Type and shape of an output, inferred before the graph runs. */
record TensorType(DType type, Shape shape) {}
