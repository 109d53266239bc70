package org.quantvoice.torch.archive;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.quantvoice.internal.archive.Part;
import org.quantvoice.internal.archive.PickleCalls;
import org.quantvoice.internal.archive.PickleTensors;
import org.quantvoice.internal.archive.PickleValue;
import org.quantvoice.internal.archive.PickleValue.Atom;
import org.quantvoice.internal.archive.PickleValue.Container;
import org.quantvoice.internal.archive.PickleValue.Container.Kind;
import org.quantvoice.internal.archive.PickleValue.Global;
import org.quantvoice.internal.archive.PickleValue.Storage;
import org.quantvoice.internal.archive.PickleValue.Tensor;
import org.quantvoice.internal.archive.PickleValue.Text;
import org.quantvoice.internal.archive.PickleValue.Whole;
import org.quantvoice.internal.archive.StorageRecords;

/** Resolves the names in TorchScript's pickles, and says which values their calls make. */
final class ScriptCalls implements PickleCalls {
    private static final Set<String> LISTS =
            Set.of("build_intlist", "build_tensorlist", "build_doublelist", "build_boollist");
    private static final String TYPE = "restore_type_tag";
    private static final int DEEPEST_TYPE = 64;

    private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
    private static final String QUANTIZED = "torch._utils._rebuild_qtensor";
    private static final Set<String> PLAIN = Set.of("collections.OrderedDict", "builtins.complex", "torch.device");
    private static final Set<String> SCHEMES = Set.of(
            "per_tensor_affine",
            "per_channel_affine",
            "per_channel_affine_float_qparams",
            "per_tensor_symmetric",
            "per_channel_symmetric");

    private static final Pattern CLASS = Pattern.compile("__torch__(\\.\\w+){1,200}");

    private final Part part;
    private final PickleTensors tensors;

    ScriptCalls(Part part, StorageRecords records) {
        this.part = part;
        this.tensors = new PickleTensors(part, records);
    }

    @Override
    public Global global(Global global) {
        boolean known =
                switch (global.module()) {
                    case "torch.jit._pickle" ->
                        LISTS.contains(global.name()) || global.name().equals(TYPE);
                    case "torch" ->
                        PLAIN.contains(global.toString())
                                || SCHEMES.contains(global.name())
                                || PickleTensors.isStorage(global);
                    default ->
                        PLAIN.contains(global.toString())
                                || global.toString().equals(TENSOR)
                                || global.toString().equals(QUANTIZED)
                                || isScriptClass(global);
                };
        if (!known) {
            throw part.refused("a pickle with " + global, "tensors, lists and the model's own classes");
        }
        return global;
    }

    /**
     * Returns whether a name is a class of the archive's code, or one of libtorch's classes that hold packed weights.
     * libtorch parses these names as types.
     */
    private static boolean isScriptClass(Global global) {
        String name = global.toString();
        return CLASS.matcher(name).matches() && ScriptNames.isAllowedClass(name);
    }

    @Override
    public Storage storage(PickleValue id) {
        return tensors.storage(id);
    }

    @Override
    public PickleValue call(PickleValue function, PickleValue argument) {
        if (!(function instanceof Global global)) {
            throw part.refused("a pickle that calls what is no name", "calls of functions and classes");
        }
        String name = global.toString();
        if (name.equals(TENSOR) || name.equals(QUANTIZED)) {
            return tensor(name.equals(QUANTIZED), argument);
        }
        if (global.module().equals("torch.jit._pickle")) {
            return list(global.name(), argument);
        }
        return PLAIN.contains(name) ? Atom.INSTANCE : new Container(Kind.OBJECT, List.of(argument));
    }

    private PickleValue list(String function, PickleValue argument) {
        List<PickleValue> arguments = tensors.items(argument, Kind.TUPLE, function.equals(TYPE) ? 2 : 1);
        if (function.equals(TYPE)) {
            if (!(arguments.get(1) instanceof Text type)) {
                throw part.refused("a type that is no text", "types of values");
            }
            checkType(type.value());
        } else {
            tensors.items(arguments.get(0), Kind.LIST, 0);
        }
        return arguments.get(0);
    }

    /**
     * Refuses a type that is nested too deep for libtorch's recursive parser, or that names a class which is not
     * allowed.
     */
    private void checkType(String type) {
        List<ScriptToken> tokens = ScriptLexer.tokens(part, type);
        ScriptNames.check(part, tokens);
        if (tokens.stream().filter(token -> token.is("[")).count() > DEEPEST_TYPE) {
            throw part.refused("a type of more than " + DEEPEST_TYPE + " brackets", "types less deep in each other");
        }
    }

    private Tensor tensor(boolean quantized, PickleValue argument) {
        Tensor tensor = tensors.tensor(argument);
        if (quantized) {
            requireScales(tensors.items(argument, Kind.TUPLE, 5).get(4), tensor.sizes());
        }
        return tensor;
    }

    /** Refuses per-channel scales whose number is not that of the channels. */
    private void requireScales(PickleValue parameters, List<Long> sizes) {
        List<PickleValue> parts = tensors.items(parameters, Kind.TUPLE, 3);
        if (!(parts.get(0) instanceof Global scheme) || !SCHEMES.contains(scheme.name())) {
            throw part.refused("a quantized tensor without scheme", "a scheme of quantization");
        }
        if (scheme.name().startsWith("per_tensor")) {
            return;
        }
        boolean fits = parts.size() > 3
                && parts.get(3) instanceof Whole axis
                && axis.value() >= 0
                && axis.value() < sizes.size()
                && parts.get(1) instanceof Tensor scales
                && parts.get(2) instanceof Tensor zeros
                && scales.sizes().equals(List.of(sizes.get((int) axis.value())))
                && zeros.sizes().equals(scales.sizes());
        if (!fits) {
            throw part.refused(
                    "a quantized tensor whose scales do not fit its channels",
                    "a scale and a zero point for each channel");
        }
    }
}
