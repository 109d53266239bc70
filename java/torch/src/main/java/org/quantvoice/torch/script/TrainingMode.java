package org.quantvoice.torch.script;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.Block;
import org.bytedeco.pytorch.BlockArrayRef;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.GraphFunction;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueOptional;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Value;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.module_list;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Switches traces to evaluation mode when their file is loaded. A trace of a model in training mode stays in that mode,
 * so dropout would give other words at each run.
 */
final class TrainingMode {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingMode.class);
    private static final Set<String> DROPOUTS =
            Set.of("aten::dropout", "aten::feature_dropout", "aten::alpha_dropout", "aten::feature_alpha_dropout");
    private static final Set<Path> WARNED = ConcurrentHashMap.newKeySet();
    private static final int DROPOUT_SWITCH = 2;
    private static final int BATCH_NORM_SWITCH = 5;

    private TrainingMode() {}

    /**
     * Turns all switches of training off, and warns once per file if one was on.
     *
     * @param file where the module comes from
     */
    static void leave(JitModule module, Path file) {
        int changed = 0;
        module_list modules = module.modules();
        var end = modules.end();
        for (var each = modules.begin(); each.notEquals(end); each.increment()) {
            Function forward = each.access().type().findMethod("forward");
            GraphFunction code = forward == null || forward.isNull() ? null : torch.tryToGraphFunction(forward);
            if (code != null && !code.isNull()) {
                changed += leave(code.graph(), code.graph().block());
            }
        }
        if (changed > 0 && WARNED.add(file)) {
            LOG.warn(
                    "{} was exported in training mode ({} layers); it runs as in evaluation: export it after model.eval()",
                    file,
                    changed);
        }
    }

    private static int leave(Graph graph, Block block) {
        int changed = 0;
        JitNode end = block.return_node();
        for (JitNode node = block.nodes().front(); !node.equals(end); node = node.next()) {
            String kind = node.kind().toQualString().getString();
            if (DROPOUTS.contains(kind)) {
                changed += turnOff(graph, node, DROPOUT_SWITCH);
            } else if (kind.equals("aten::batch_norm") && hasStatistics(node)) {
                changed += turnOff(graph, node, BATCH_NORM_SWITCH);
            }
            BlockArrayRef nested = node.blocks();
            for (long i = 0; i < nested.size(); i++) {
                changed += leave(graph, nested.at(i));
            }
        }
        return changed;
    }

    private static boolean hasStatistics(JitNode node) {
        IValueOptional mean = torch.toIValue(node.input(3));
        return !mean.has_value() || !mean.get().isNone();
    }

    private static int turnOff(Graph graph, JitNode node, int index) {
        IValueOptional on = torch.toIValue(node.input(index));
        if (!on.has_value() || !on.get().isBool() || !on.get().toBool()) {
            return 0;
        }
        Value off = graph.insertConstant(new IValue(false));
        off.node().moveBefore(node);
        node.replaceInput(index, off);
        return 1;
    }
}
