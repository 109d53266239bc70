package org.quantvoice.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.GraphOptimizerEnabledGuard;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.QEngine;

/** A program of somebody who has libtorch and the saved file, and nothing of QuantVoice. */
final class PlainTorch {
    private PlainTorch() {}

    /** @param args quantized engine, model, samples (raw float32), output (raw float32) */
    public static void main(String[] args) throws IOException {
        torch.globalContext().setQEngine(QEngine.valueOf(args[0]));
        torch.set_num_threads(1);
        NoGradGuard noGrad = new NoGradGuard();
        GraphOptimizerEnabledGuard plain = new GraphOptimizerEnabledGuard(false);
        JitModule model = torch.load(args[1]);
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(Path.of(args[2]))).order(ByteOrder.LITTLE_ENDIAN);
        float[] samples = new float[in.remaining() / 4];
        in.asFloatBuffer().get(samples);
        FloatPointer data = new FloatPointer(samples);
        Tensor output = model.forward(new IValueVector(new IValue(torch.from_blob(data, 1, samples.length))))
                .toTensor()
                .contiguous();
        float[] result = new float[(int) output.numel()];
        output.data_ptr_float().get(result);
        ByteBuffer out = ByteBuffer.allocate(4 * result.length).order(ByteOrder.LITTLE_ENDIAN);
        out.asFloatBuffer().put(result);
        Files.write(Path.of(args[3]), out.array());
        plain.deallocate();
        noGrad.deallocate();
    }
}
