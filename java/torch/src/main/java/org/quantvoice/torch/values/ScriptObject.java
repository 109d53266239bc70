package org.quantvoice.torch.values;

import org.bytedeco.pytorch.Obj;

/**
 * A module (or another object) of the model.
 *
 * @param object the object itself
 * @param path dotted path; empty for the model
 */
public record ScriptObject(Obj object, String path) {

    public String child(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
