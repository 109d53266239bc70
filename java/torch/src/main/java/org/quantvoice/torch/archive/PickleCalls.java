package org.quantvoice.torch.archive;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.quantvoice.torch.archive.PickleValue.Atom;
import org.quantvoice.torch.archive.PickleValue.Container;
import org.quantvoice.torch.archive.PickleValue.Container.Kind;
import org.quantvoice.torch.archive.PickleValue.Global;
import org.quantvoice.torch.archive.PickleValue.Storage;
import org.quantvoice.torch.archive.PickleValue.Tensor;
import org.quantvoice.torch.archive.PickleValue.Text;
import org.quantvoice.torch.archive.PickleValue.Whole;

/** What a pickle's names stand for, and what their calls give. libtorch checks no tensor against its storage; this does. */
final class PickleCalls {
    private static final Set<String> LISTS =
            Set.of("build_intlist", "build_tensorlist", "build_doublelist", "build_boollist");
    private static final String TYPE = "restore_type_tag";
    private static final int DEEPEST_TYPE = 64;
    /** A storage of one type that is named by another, wider one may have a rest. */
    private static final int MOST_SPARE_BYTES = 16;

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
    private final StorageRecords records;

    PickleCalls(Part part, StorageRecords records) {
        this.part = part;
        this.records = records;
    }

    /** Lets a name pass that TorchScript models have. */
    Global global(Global global) {
        boolean known =
                switch (global.module()) {
                    case "torch.jit._pickle" ->
                        LISTS.contains(global.name()) || global.name().equals(TYPE);
                    case "torch" ->
                        PLAIN.contains(global.toString())
                                || SCHEMES.contains(global.name())
                                || elementBytes(global).isPresent();
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

    /** Classes of the archive's code, and those of libtorch that hold packed weights. libtorch parses the names as types. */
    private static boolean isScriptClass(Global global) {
        String name = global.toString();
        return CLASS.matcher(name).matches() && ScriptNames.isAllowedClass(name);
    }

    private static Optional<Integer> elementBytes(Global global) {
        return Optional.ofNullable(StorageRecords.ELEMENT_BYTES.get(global.name()));
    }

    /** What a persistent id ("storage", class, key, device, elements) stands for. */
    Storage storage(PickleValue id) {
        List<PickleValue> parts = items(id, Kind.TUPLE, 5);
        if (!(parts.get(0) instanceof Text kind)
                || !kind.value().equals("storage")
                || !(parts.get(1) instanceof Global type)
                || !type.module().equals("torch")
                || !(parts.get(2) instanceof Text key)
                || !(parts.get(4) instanceof Whole elements)) {
            throw part.refused("a pickle with a persistent value that is no storage", "storages of tensors");
        }
        int width = elementBytes(type).orElseThrow(() -> part.refused("a storage of " + type, "a storage of numbers"));
        long count = elements.value();
        OptionalLong bytes = count == 0 ? OptionalLong.of(0) : records.bytes(key.value());
        if (bytes.isEmpty()) {
            throw part.refused("a storage '" + key.value() + "' without a record", "all weights in the file");
        }
        if (count < 0 || count > bytes.getAsLong() / width || bytes.getAsLong() - count * width > MOST_SPARE_BYTES) {
            throw part.refused(
                    String.format(
                            Locale.ROOT,
                            "a storage '%s' of %,d elements of %d bytes, whose record has %,d bytes",
                            key.value(),
                            count,
                            width,
                            bytes.getAsLong()),
                    "a record that holds them",
                    "copy or export the file again");
        }
        return new Storage(count);
    }

    /** What a function or class makes of its argument. */
    PickleValue call(PickleValue function, PickleValue argument) {
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
        List<PickleValue> arguments = items(argument, Kind.TUPLE, function.equals(TYPE) ? 2 : 1);
        if (function.equals(TYPE)) {
            if (!(arguments.get(1) instanceof Text type)) {
                throw part.refused("a type that is no text", "types of values");
            }
            checkType(type.value());
        } else {
            items(arguments.get(0), Kind.LIST, 0);
        }
        return arguments.get(0);
    }

    /** Types are parsed by recursion, and may name classes. */
    private void checkType(String type) {
        List<ScriptToken> tokens = ScriptLexer.tokens(part, type);
        ScriptNames.check(part, tokens);
        if (tokens.stream().filter(token -> token.is("[")).count() > DEEPEST_TYPE) {
            throw part.refused("a type of more than " + DEEPEST_TYPE + " brackets", "types less deep in each other");
        }
    }

    private Tensor tensor(boolean quantized, PickleValue argument) {
        List<PickleValue> parts = items(argument, Kind.TUPLE, 4);
        if (!(parts.get(0) instanceof Storage storage) || !(parts.get(1) instanceof Whole offset)) {
            throw part.refused("a tensor without storage", "tensors with storage and offset");
        }
        long[] sizes = wholes(parts.get(2));
        long[] strides = wholes(parts.get(3));
        if (!Extent.fits(offset.value(), sizes, strides, storage.elements())) {
            throw part.refused(
                    String.format(
                            Locale.ROOT,
                            "a tensor of sizes %s and strides %s at %,d in a storage of %,d elements",
                            Arrays.toString(sizes),
                            Arrays.toString(strides),
                            offset.value(),
                            storage.elements()),
                    "a tensor that lies in its storage",
                    "copy or export the file again");
        }
        if (quantized) {
            requireScales(items(argument, Kind.TUPLE, 5).get(4), sizes);
        }
        return new Tensor(Arrays.stream(sizes).boxed().toList());
    }

    /** Scales for each channel must be as many as the channels. */
    private void requireScales(PickleValue parameters, long... sizes) {
        List<PickleValue> parts = items(parameters, Kind.TUPLE, 3);
        if (!(parts.get(0) instanceof Global scheme) || !SCHEMES.contains(scheme.name())) {
            throw part.refused("a quantized tensor without scheme", "a scheme of quantization");
        }
        if (scheme.name().startsWith("per_tensor")) {
            return;
        }
        boolean fits = parts.size() > 3
                && parts.get(3) instanceof Whole axis
                && axis.value() >= 0
                && axis.value() < sizes.length
                && parts.get(1) instanceof Tensor scales
                && parts.get(2) instanceof Tensor zeros
                && scales.sizes().equals(List.of(sizes[(int) axis.value()]))
                && zeros.sizes().equals(scales.sizes());
        if (!fits) {
            throw part.refused(
                    "a quantized tensor whose scales do not fit its channels",
                    "a scale and a zero point for each channel");
        }
    }

    private long[] wholes(PickleValue value) {
        return items(value, Kind.TUPLE, 0).stream()
                .mapToLong(item -> {
                    if (item instanceof Whole whole) {
                        return whole.value();
                    }
                    throw part.refused("a size that is no whole number", "sizes and strides");
                })
                .toArray();
    }

    private List<PickleValue> items(PickleValue value, Kind kind, int atLeast) {
        if (!(value instanceof Container container)
                || container.kind() != kind
                || container.items().size() < atLeast) {
            throw part.refused(
                    "a pickle with a call of wrong arguments",
                    "a " + kind.name().toLowerCase(Locale.ROOT) + " of at least " + atLeast + " values");
        }
        return container.items();
    }
}
