package org.quantvoice.torch.values;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.FloatType;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IntType;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.TupleElements;
import org.bytedeco.pytorch.Type;
import org.quantvoice.graph.Dim;

/**
 * Converts between libtorch's boxed values and the importer's: Dim, Double, Boolean, String, Nothing, TensorRef, lists,
 * objects.
 */
public final class IValues {

    private IValues() {}

    /** @param path the path of an object, should the value be one */
    public static Object toJava(IValue value, String path) {
        if (value.isTensor()) {
            // a new reference, because toTensor alone points into the boxed value
            Tensor tensor = new Tensor(value.toTensor());
            return tensor.defined() ? TensorRef.of(tensor) : Nothing.NONE;
        } else if (value.isNone()) {
            return Nothing.NONE;
        } else if (value.isBool()) {
            return value.toBool();
        } else if (value.isInt()) {
            return Dim.of(value.toInt());
        } else if (value.isDouble()) {
            return value.toDouble();
        } else if (value.isString()) {
            BytePointer text = value.toStringRef();
            return text == null ? "" : text.getString(); // JavaCPP gives null for an empty string
        } else if (value.isDevice()) {
            return value.toDevice().str().getString();
        } else if (value.isList()) {
            return list(value.toList(), path);
        } else if (value.isTuple()) {
            return tuple(value.toTuple().elements(), path);
        } else if (value.isObject()) {
            return new ScriptObject(value.toObject(), path);
        }
        return new Undecided("a value of kind " + value.tagKind().getString());
    }

    private static List<Object> list(GenericList list, String path) {
        List<Object> result = new ArrayList<>();
        for (long i = 0; i < list.size(); i++) {
            result.add(toJava(list.get(i), path + "." + i));
        }
        return result;
    }

    private static ScriptTuple tuple(TupleElements elements, String path) {
        List<Object> result = new ArrayList<>();
        for (long i = 0; i < elements.size(); i++) {
            result.add(toJava(elements.get(i), path + "." + i));
        }
        return new ScriptTuple(result);
    }

    /** Returns whether a value does not depend on the input, so that libtorch can compute with it. */
    public static boolean isFixed(Object value) {
        if (value instanceof TensorRef tensor) {
            return tensor.isFixed();
        }
        if (value instanceof List<?> list) {
            return list.stream().allMatch(IValues::isFixed);
        }
        if (value instanceof Dim dim) {
            return dim.isConstant();
        }
        return value instanceof Double || value instanceof Boolean || value instanceof String || value == Nothing.NONE;
    }

    /** Returns the boxed form of a value for which {@link #isFixed} holds. */
    public static IValue toTorch(Object value) {
        if (value instanceof TensorRef tensor) {
            return new IValue((Tensor) tensor.content());
        } else if (value instanceof Dim dim) {
            return new IValue(dim.constant());
        } else if (value instanceof Double number) {
            return new IValue(number.doubleValue());
        } else if (value instanceof Boolean flag) {
            return new IValue(flag.booleanValue());
        } else if (value instanceof String text) {
            return text.equals("cpu") ? new IValue(new Device(text)) : new IValue(text);
        } else if (value instanceof List<?> list) {
            GenericList boxed = new GenericList(elementType(list));
            list.forEach(element -> boxed.push_back(toTorch(element)));
            return new IValue(boxed);
        }
        return new IValue();
    }

    private static Type.TypePtr elementType(List<?> list) {
        Object first = list.isEmpty() ? Dim.ZERO : list.get(0);
        if (first instanceof TensorRef) {
            return new Type.TypePtr(TensorType.get());
        }
        return new Type.TypePtr(
                first instanceof Double
                        ? FloatType.getFloatTypePtr().get()
                        : IntType.getIntTypePtr().get());
    }
}
