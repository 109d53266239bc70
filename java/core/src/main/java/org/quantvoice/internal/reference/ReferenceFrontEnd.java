package org.quantvoice.internal.reference;

import java.util.Arrays;
import org.quantvoice.graph.ArrayTensor;
import org.quantvoice.graph.FrontEndOperator;
import org.quantvoice.internal.features.FeatureStream;
import org.quantvoice.internal.features.FrontEnd;

/** Computes the features of each utterance of a batch on its own. */
final class ReferenceFrontEnd {
    private ReferenceFrontEnd() {}

    static ArrayTensor run(ReferenceCall call) {
        FrontEnd settings = FrontEndOperator.settings(call.attributes());
        int batch = Math.max(1, Math.toIntExact(call.shape()[0]));
        float[] samples = call.floats(0);
        int length = samples.length / batch;
        float[] all = new float[call.count()];
        int row = all.length / batch;
        for (int b = 0; b < batch; b++) {
            float[] one = Arrays.copyOfRange(samples, b * length, (b + 1) * length);
            System.arraycopy(FeatureStream.of(settings, one), 0, all, b * row, row);
        }
        return call.result(all);
    }
}
