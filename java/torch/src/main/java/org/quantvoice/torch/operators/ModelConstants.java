package org.quantvoice.torch.operators;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NamedTensor;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.named_buffer_iterator;
import org.bytedeco.pytorch.named_buffer_list;
import org.bytedeco.pytorch.named_parameter_iterator;
import org.bytedeco.pytorch.named_parameter_list;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.GraphBuilder;
import org.quantvoice.graph.Value;
import org.quantvoice.torch.values.Refusal;
import org.quantvoice.torch.values.TorchTensorData;

/** Turns libtorch tensors into constants of the graph: parameters under their dotted paths, each storage once. */
public final class ModelConstants {

    private final GraphBuilder builder;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, Value> known = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    public ModelConstants(GraphBuilder builder, JitModule module) {
        this.builder = builder;
        named_parameter_list parameters = module.named_parameters();
        named_parameter_iterator lastParameter = parameters.end();
        for (named_parameter_iterator i = parameters.begin(); i.notEquals(lastParameter); i.increment()) {
            register(i.access());
        }
        named_buffer_list buffers = module.named_buffers();
        named_buffer_iterator lastBuffer = buffers.end();
        for (named_buffer_iterator i = buffers.begin(); i.notEquals(lastBuffer); i.increment()) {
            register(i.access());
        }
    }

    private void register(NamedTensor tensor) {
        String name = tensor.name().getString();
        names.putIfAbsent(key(tensor.value()), name);
        taken.add(name);
    }

    /** Returns the key of a tensor: two tensors of the same storage, shape and type are one constant. */
    private static String key(Tensor tensor) {
        // other tensors have no storage to take the address of
        boolean mapped = tensor.is_cpu() && !tensor.is_sparse() && tensor.numel() > 0;
        long address = mapped
                ? tensor.data_ptr().address()
                : tensor.unsafeGetTensorImpl().address();
        return address + " " + Arrays.toString(shape(tensor))
                + tensor.scalar_type().intern() + tensor.is_contiguous();
    }

    public static long[] shape(Tensor tensor) {
        long[] shape = new long[(int) tensor.dim()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tensor.size(i);
        }
        return shape;
    }

    /**
     * Returns the constant that holds a tensor.
     *
     * @param path of the module that uses it
     * @param role of the tensor in that module, e.g. {@code weight}; it names a tensor that is no parameter
     */
    public Value value(Tensor tensor, String path, String role) {
        return known.computeIfAbsent(key(tensor), key -> {
            String name = names.get(key);
            DType type = type(tensor, path);
            Tensor plain =
                    switch (type) {
                        case INT -> tensor.to(ScalarType.Long);
                        case FLOAT -> tensor.to(ScalarType.Float);
                        case BOOL -> tensor;
                    };
            TorchTensorData data = new TorchTensorData(type, shape(tensor), plain.contiguous());
            return builder.constant(name == null ? computedName(path, role) : name, data, name != null);
        });
    }

    /** Returns the constant of int8 weights, named by the path of the module that owns them. */
    public Value int8(PackedLayer layer, String role) {
        return known.computeIfAbsent(
                "int8 " + layer.key(), key -> builder.constant(computedName(layer.path(), role), layer.int8(), true));
    }

    /** Returns the constant of weights that are not int8, as floats. */
    public Value floats(PackedLayer layer, String role) {
        return known.computeIfAbsent("half " + layer.key(), key -> {
            Tensor weight = layer.floats();
            TorchTensorData data = new TorchTensorData(DType.FLOAT, shape(weight), weight);
            return builder.constant(computedName(layer.path(), role), data, true);
        });
    }

    private String computedName(String path, String role) {
        String name = (path.isEmpty() ? "" : path + ".") + role;
        String free = name;
        for (int i = 2; !taken.add(free); i++) {
            free = name + "_" + i;
        }
        return free;
    }

    private static DType type(Tensor tensor, String path) {
        if (!tensor.is_cpu() || tensor.is_sparse() || tensor.is_quantized()) {
            throw Refusal.operator("prim::Constant", path, "a sparse, quantized or device tensor");
        }
        return type(tensor.scalar_type().intern(), path);
    }

    /**
     * Returns the graph's type for a scalar type. Narrow integers and floats are widened; doubles are narrowed, as the
     * graph computes in float32.
     */
    public static DType type(ScalarType type, String path) {
        return switch (type) {
            case Float, Half, BFloat16, Double -> DType.FLOAT;
            case Bool -> DType.BOOL;
            case Byte, Char, Short, Int, Long -> DType.INT;
            default -> throw Refusal.operator("prim::Constant", path, "element type " + type);
        };
    }
}
