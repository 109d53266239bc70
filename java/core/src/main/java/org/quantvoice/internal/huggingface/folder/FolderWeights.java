package org.quantvoice.internal.huggingface.folder;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.graph.DType;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.qv.SafeTensorsHeader;

/**
 * The parameters of a folder by name: {@code model.safetensors}, or the shards that {@code
 * model.safetensors.index.json} names; in older folders {@code pytorch_model.bin} in the same two ways. Parameters
 * that were used are recorded, and a parameter that the model does not use is refused.
 */
public final class FolderWeights {
    private static final String WHOLE = "model.safetensors";
    private static final String CHECKPOINT = "pytorch_model.bin";
    private static final String INDEX = ".index.json";
    private static final int SHOWN = 5;

    private final String place;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Set<String> taken = new LinkedHashSet<>();

    private FolderWeights(String place) {
        this.place = place;
    }

    /**
     * Reads a state dict of PyTorch within another file.
     *
     * @param from position at which it begins
     * @param bytes number of its bytes
     * @param names gives the name of a tensor here; empty if the tensor is left out
     */
    public static FolderWeights within(Path file, long from, long bytes, Function<String, Optional<String>> names) {
        FolderWeights weights = new FolderWeights(file.toString());
        weights.tensors.putAll(Checkpoint.read(file, from, bytes, names));
        return weights;
    }

    public static FolderWeights open(ModelFolder folder) {
        FolderWeights weights = new FolderWeights(folder.path().toString());
        for (String name : List.of(WHOLE, CHECKPOINT)) {
            if (folder.has(name)) {
                weights.tensors.putAll(file(folder, name));
                return weights;
            }
            if (folder.has(name + INDEX)) {
                weights.addShards(folder, name + INDEX);
                return weights;
            }
        }
        throw new ModelFormatException(
                folder.path() + " without weights",
                WHOLE + " or " + CHECKPOINT + ", or an index (" + WHOLE + INDEX + ") and the files that it names",
                "download the folder again");
    }

    private void addShards(ModelFolder folder, String index) {
        JsonNode map = folder.json(index).get("weight_map");
        Map<String, Map<String, StoredTensor>> shards = new HashMap<>();
        for (String name : map.keys()) {
            String shard = map.get(name).string();
            StoredTensor tensor =
                    shards.computeIfAbsent(shard, s -> shard(folder, index, s)).get(name);
            if (tensor == null) {
                throw new ModelFormatException(
                        folder.file(shard) + " without " + name,
                        "the tensors that " + index + " says to be there",
                        "download the folder again");
            }
            tensors.put(name, tensor);
        }
    }

    private static Map<String, StoredTensor> shard(ModelFolder folder, String index, String name) {
        if (name.isEmpty() || name.contains("/") || name.contains("\\") || name.startsWith("..")) {
            throw new ModelFormatException(
                    "a shard named '" + name + "' in " + folder.file(index),
                    "the name of a file in the folder",
                    "download the folder again from a source that you trust");
        }
        if (!folder.has(name)) {
            throw new ModelFormatException(
                    folder.path() + " without the shard " + name, "all shards that " + index + " names", "download it");
        }
        return file(folder, name);
    }

    private static Map<String, StoredTensor> file(ModelFolder folder, String name) {
        if (name.endsWith(".bin")) {
            return Checkpoint.read(folder.file(name));
        }
        SafeTensorsHeader header = SafeTensorsHeader.read(folder.file(name));
        StoredFile file = new StoredFile(folder.file(name));
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        header.tensors().forEach((tensor, entry) -> {
            ElementType type = ElementType.of(entry.type(), tensor);
            tensors.put(tensor, new StoredTensor(file, header.dataAt() + entry.begin(), type, entry.shape()));
        });
        return tensors;
    }

    /** Adds the parameters of another file of the folder; they replace those of the same names. */
    public void overlay(ModelFolder folder, String name) {
        tensors.putAll(file(folder, name));
    }

    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** Returns the shape of a parameter, which must be present. */
    public long[] shape(String name) {
        return requireNonNull(tensors.get(name), name).shape();
    }

    /**
     * Returns a float parameter and records its use.
     *
     * @param shape that the configuration gives it
     * @throws ModelFormatException if it is missing or of another shape
     */
    public StoredTensor take(String name, long... shape) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new ModelFormatException(
                    place + " without the parameter " + name,
                    "a parameter of shape " + Arrays.toString(shape),
                    "download it again; configuration and weights must be of one model");
        }
        if (!Arrays.equals(tensor.shape(), shape) || tensor.type() != DType.FLOAT) {
            throw new ModelFormatException(
                    place + " with " + name + " of " + tensor.type() + Arrays.toString(tensor.shape()),
                    "float" + Arrays.toString(shape) + ", as its configuration says",
                    "download it again; configuration and weights must be of one model");
        }
        taken.add(name);
        return tensor;
    }

    /**
     * Refuses parameters that were not used.
     *
     * @param training names that only training uses
     */
    public void requireAllTaken(Predicate<String> training) {
        List<String> left = tensors.keySet().stream()
                .filter(name -> !taken.contains(name) && !training.test(name))
                .toList();
        if (!left.isEmpty()) {
            throw new ModelFormatException(
                    place + " with " + left.size() + " parameters that the model has no place for: "
                            + left.subList(0, Math.min(SHOWN, left.size())),
                    "the parameters that its configuration asks for",
                    "download it again; configuration and weights must be of one model");
        }
    }
}
