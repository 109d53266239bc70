package org.quantvoice.torch.operators;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorName;
import org.jspecify.annotations.Nullable;
import org.quantvoice.torch.values.IValues;
import org.quantvoice.torch.values.Refusal;
import org.quantvoice.torch.values.ScriptTuple;

/**
 * Computes operators whose arguments do not depend on the input, such as the weight norm of a parameter, by libtorch.
 * Gradients must be off.
 */
final class TorchFolding {

    Object run(Call call) {
        FunctionSchema schema = call.node().handle().schema();
        OperatorName name = schema.operator_name();
        try (IValueVector stack = new IValueVector()) {
            call.arguments().forEach(argument -> stack.push_back(IValues.toTorch(argument)));
            Dispatcher.singleton()
                    .findSchemaOrThrow(text(name.name()), text(name.overload_name()))
                    .callBoxed(stack);
            Object[] results = new Object[(int) stack.size()];
            for (int i = 0; i < results.length; i++) {
                results[i] = IValues.toJava(stack.get(i), call.path());
            }
            return results.length == 1 ? results[0] : ScriptTuple.of(results);
        } catch (RuntimeException e) { // JavaCPP throws libtorch's errors as plain RuntimeExceptions
            throw Refusal.operator(call.kind(), call.path(), "on parameters", e);
        }
    }

    /** Returns a string of libtorch, for which JavaCPP gives null if it is empty. */
    private static String text(@Nullable BytePointer text) {
        return text == null ? "" : text.getString();
    }
}
