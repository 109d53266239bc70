package org.quantvoice.engine;

import java.util.Optional;

/**
 * The engine that runs a model, and its settings.
 *
 * @param engine the engine
 * @param backend the quantized backend, for {@link Engine#LIBTORCH}
 * @param isa the tier of the native kernels in use, e.g. {@code avx512vnni}
 * @param threads threads of one run
 * @param modelBytes size of the model as stored, in bytes
 * @param vocabulary size of the output's last axis; 0 if not known before the first run
 */
public record ModelInfo(
        Engine engine, Optional<Backend> backend, String isa, int threads, long modelBytes, int vocabulary) {}
