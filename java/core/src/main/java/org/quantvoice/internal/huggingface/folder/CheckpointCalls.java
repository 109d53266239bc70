package org.quantvoice.internal.huggingface.folder;

import java.util.ArrayList;
import java.util.Set;
import org.quantvoice.internal.archive.Part;
import org.quantvoice.internal.archive.PickleCalls;
import org.quantvoice.internal.archive.PickleTensors;
import org.quantvoice.internal.archive.PickleValue;
import org.quantvoice.internal.archive.PickleValue.Container;
import org.quantvoice.internal.archive.PickleValue.Container.Kind;
import org.quantvoice.internal.archive.PickleValue.Global;
import org.quantvoice.internal.archive.PickleValue.Storage;
import org.quantvoice.internal.archive.PickleValue.Tensor;
import org.quantvoice.internal.archive.StorageRecords;

/** Resolves the names of a state dict's pickle: dictionaries, tensors, parameters and storages, and nothing else. */
final class CheckpointCalls implements PickleCalls {
    private static final String DICT = "collections.OrderedDict";
    private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
    private static final String PARAMETER = "torch._utils._rebuild_parameter";
    private static final Set<String> FUNCTIONS = Set.of(DICT, TENSOR, PARAMETER);

    private final Part part;
    private final PickleTensors tensors;

    CheckpointCalls(Part part, StorageRecords records) {
        this.part = part;
        this.tensors = new PickleTensors(part, records);
    }

    @Override
    public Global global(Global global) {
        if (!FUNCTIONS.contains(global.toString()) && !PickleTensors.isStorage(global)) {
            throw part.refused(
                    "a pickle with " + global,
                    "a state dict: names, tensors, and nothing that runs code",
                    "take model.safetensors, and load models from sources you trust only");
        }
        return global;
    }

    @Override
    public Storage storage(PickleValue id) {
        return tensors.storage(id);
    }

    @Override
    public PickleValue call(PickleValue function, PickleValue argument) {
        if (function instanceof Container dict && dict.kind() == Kind.DICT && argument instanceof Container) {
            return dict; // the state of an OrderedDict holds attributes, such as the versions of its modules
        }
        String name = function.toString();
        if (name.equals(DICT)) {
            tensors.items(argument, Kind.TUPLE, 0);
            return new Container(Kind.DICT, new ArrayList<>());
        }
        if (name.equals(TENSOR)) {
            return tensors.tensor(argument);
        }
        if (name.equals(PARAMETER) && tensors.items(argument, Kind.TUPLE, 1).get(0) instanceof Tensor tensor) {
            return tensor;
        }
        throw part.refused("a pickle that calls what makes no tensor", "a state dict, names and tensors");
    }
}
