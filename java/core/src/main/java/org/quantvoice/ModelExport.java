package org.quantvoice;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.quantvoice.engine.AcousticModel;
import org.quantvoice.engine.Engine;
import org.quantvoice.error.EngineException;
import org.quantvoice.error.UnsupportedOperatorException;
import org.quantvoice.export.ExportPrecision;
import org.quantvoice.internal.engine.Services;
import org.quantvoice.internal.exec.KnownLengthModel;
import org.quantvoice.internal.export.ExportRequest;
import org.quantvoice.internal.export.FirstCache;
import org.quantvoice.internal.export.MobileModel;
import org.quantvoice.internal.export.ModelExporter;
import org.quantvoice.internal.export.ModelParts;

/**
 * Writes a session's model for other runtimes, as it is in the session: float, or quantized by its recipe. If the
 * session's engine cannot write the format, the model is loaded a second time, with the same recipe, on an engine
 * that can. Files are written atomically. Every method throws {@link IllegalStateException} once the session is
 * closed, {@link UnsupportedOperatorException} if the format cannot express the model, and {@link
 * org.quantvoice.error.OutputException} if a file cannot be written.
 */
public final class ModelExport {
    private static final String ONNX = "onnx";

    private final QuantSession session;
    private final AcousticModel model;
    private final ModelCard card;
    private final Function<Engine, AcousticModel> reopen;

    /** @param reopen opens the session's model again on another engine */
    ModelExport(QuantSession session, AcousticModel model, ModelCard card, Function<Engine, AcousticModel> reopen) {
        this.session = session;
        this.model = model;
        this.card = card;
        this.reopen = reopen;
    }

    /**
     * Writes one TorchScript file with all methods of the original; int8 layers are PyTorch's standard {@code
     * quantized::*} operators.
     */
    public void torchScript(Path file) {
        onLibtorch(torch -> {
            torch.save(file);
            return file;
        });
    }

    /**
     * Writes a TorchScript file with bytecode for PyTorch's mobile interpreter ({@code _save_for_mobile}, usually
     * named .ptl).
     */
    public void mobile(Path file) {
        onLibtorch(torch -> {
            if (!(torch instanceof MobileModel mobile)) {
                throw new UnsupportedOperatorException(
                        "a model of " + torch.getClass().getSimpleName() + " for the mobile interpreter",
                        "a TorchScript model",
                        "load the .pt file with Engine.LIBTORCH");
            }
            mobile.saveForMobile(file);
            return file;
        });
    }

    /** Writes {@link #onnx(Path, ExportPrecision)} with the precision of the model. */
    public void onnx(Path file) {
        onnx(file, ExportPrecision.AS_IS);
    }

    /**
     * Writes one ONNX file, which turns a waveform {@code [batch, samples]} into log-probs. A streaming model has
     * several graphs: see {@link #onnxParts(Path, ExportPrecision)}.
     */
    public void onnx(Path file, ExportPrecision precision) {
        asGraphs(parts -> {
            exporter().write(request(parts, precision, FirstCache.EMPTY), file);
            return file;
        });
    }

    /**
     * Writes the ONNX files {@code encoder.onnx}, {@code ctc.onnx} and, for a streaming model, {@code decoder.onnx}.
     *
     * @param folder made if it is missing
     * @return the files
     */
    public List<Path> onnxParts(Path folder, ExportPrecision precision) {
        return onnxParts(folder, precision, FirstCache.EMPTY);
    }

    /**
     * Writes the same parts of a streaming model for runtimes without empty inputs: the attention cache of its
     * encoder begins with one frame that takes no part. It stays in front of the cache for good, and {@code offset}
     * counts it, so that the first chunk has offset 1.
     */
    public List<Path> onnxPartsWithDummyCache(Path folder, ExportPrecision precision) {
        return onnxParts(folder, precision, FirstCache.DUMMY_FRAME);
    }

    private List<Path> onnxParts(Path folder, ExportPrecision precision, FirstCache firstCache) {
        return asGraphs(parts -> exporter().writeParts(request(parts, precision, firstCache), folder));
    }

    private ExportRequest request(ModelParts parts, ExportPrecision precision, FirstCache firstCache) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("tokens", card.toJson());
        metadata.put("sample_rate", Integer.toString(card.sampleRate()));
        parts.provenance().forEach((key, value) -> metadata.put("provenance." + key, value));
        return new ExportRequest(parts.parts(), precision, metadata, firstCache);
    }

    private static ModelExporter exporter() {
        return Services.installed(ModelExporter.class).stream()
                .filter(e -> e.format().equals(ONNX))
                .findFirst()
                .orElseThrow(() -> new EngineException(
                        "no writer of ONNX files on the class path",
                        "the module quantvoice-onnx",
                        "add the artifact quantvoice-onnx"));
    }

    private <T> T asGraphs(Function<ModelParts, T> work) {
        return on(Engine.NATIVE, opened -> {
            if (opened instanceof ModelParts parts) {
                return work.apply(parts);
            }
            if (opened instanceof KnownLengthModel) {
                throw KnownLengthModel.unwritable("ONNX");
            }
            throw new UnsupportedOperatorException(
                    "a model of " + opened.getClass().getSimpleName() + ", whose graph is not known",
                    "a model that the native engine reads",
                    "export it as TorchScript");
        });
    }

    private <T> T onLibtorch(Function<AcousticModel, T> work) {
        return on(Engine.LIBTORCH, work);
    }

    private <T> T on(Engine engine, Function<AcousticModel, T> work) {
        return session.running(() -> {
            if (model.info().engine().equals(engine)) {
                return work.apply(model);
            }
            try (AcousticModel other = reopen.apply(engine)) {
                return work.apply(other);
            }
        });
    }
}
