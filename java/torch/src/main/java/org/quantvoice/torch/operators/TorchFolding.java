package org.quantvoice.torch.operators;

import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.FunctionSchema;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorName;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.quantvoice.graph.Dim;
import org.quantvoice.torch.values.IValues;
import org.quantvoice.torch.values.Refusal;
import org.quantvoice.torch.values.ScriptTuple;
import org.quantvoice.torch.values.TensorRef;

/**
 * Computes operators whose arguments do not depend on the input, such as the weight norm of a parameter, by libtorch.
 * Gradients must be off.
 */
final class TorchFolding {
    /** Operators of two tensors, either of which may be a number for the importer. */
    private static final Set<String> OF_TENSORS =
            Set.of("aten::add", "aten::sub", "aten::mul", "aten::div", "aten::rsub");

    Object run(Call call) {
        FunctionSchema schema = call.node().handle().schema();
        OperatorName name = schema.operator_name();
        try (IValueVector stack = new IValueVector()) {
            boolean tensors = OF_TENSORS.contains(call.kind())
                    && text(name.overload_name()).equals("Tensor");
            for (int i = 0; i < call.count(); i++) {
                Object argument = tensors && i < 2 ? asTensor(call.get(i)) : call.get(i);
                stack.push_back(IValues.toTorch(argument));
            }
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

    /** Returns a tensor for a number, because a trace keeps numbers in tensors where its operators say tensor. */
    private static Object asTensor(Object argument) {
        if (argument instanceof Double number) {
            return TensorRef.of(torch.scalar_tensor(new Scalar(number.doubleValue())));
        }
        return argument instanceof Dim size
                ? TensorRef.of(torch.scalar_tensor(new Scalar(size.constant())).to(torch.ScalarType.Long))
                : argument;
    }

    /** Returns a string of libtorch, for which JavaCPP gives null if it is empty. */
    private static String text(@Nullable BytePointer text) {
        return text == null ? "" : text.getString();
    }
}
