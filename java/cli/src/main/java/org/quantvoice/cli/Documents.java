package org.quantvoice.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.engine.Backend;
import org.quantvoice.engine.ModelInfo;
import org.quantvoice.engine.ModuleInfo;
import org.quantvoice.internal.exec.PlanListing;
import org.quantvoice.internal.quantize.SpeedTuning;
import org.quantvoice.quant.QuantReport;
import org.quantvoice.quant.StreamSettings;

/** Parts of the JSON documents that several commands share. Their keys are a contract: see docs/cli.md. */
final class Documents {
    private Documents() {}

    /** Returns what ran: {@code model}, {@code engine}, {@code backend}, {@code isa}, {@code threads}. */
    static Map<String, @Nullable Object> run(String model, ModelInfo info) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("model", model);
        map.put("engine", info.engine().name());
        map.put("backend", info.backend().map(Backend::name).orElse(null));
        map.put("isa", info.isa());
        map.put("threads", info.threads());
        return map;
    }

    static Map<String, @Nullable Object> module(ModuleInfo module) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("path", module.path());
        map.put("type", module.type());
        map.put("weightShape", module.weightShape());
        map.put("parameters", module.parameters());
        map.put("bytes", module.bytes());
        map.put("quantizable", module.quantizable().stream().sorted().toList());
        return map;
    }

    static Map<String, @Nullable Object> plans(String model, Map<String, PlanListing> parts) {
        Map<String, @Nullable Object> listings = new LinkedHashMap<>();
        parts.forEach((part, listing) -> listings.put(part, plan(listing)));
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("model", model);
        map.put("parts", listings);
        return map;
    }

    private static Map<String, @Nullable Object> plan(PlanListing listing) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("arenaBytes", listing.arenaBytes());
        map.put("scratchBytes", listing.scratchBytes());
        map.put("steps", listing.steps().stream().map(s -> step(listing, s)).toList());
        map.put(
                "fixedSteps",
                listing.fixedSteps().stream().map(s -> step(listing, s)).toList());
        map.put("peakGops", listing.peakGops());
        map.put(
                "floatOperators",
                listing.floatOperators().stream().map(Documents::floatOperator).toList());
        return map;
    }

    private static Map<String, Object> floatOperator(PlanListing.FloatOperator operator) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("operator", operator.operator());
        map.put("path", operator.path());
        map.put("reason", operator.reason());
        return map;
    }

    private static Map<String, @Nullable Object> step(PlanListing listing, PlanListing.Step step) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("operator", step.operator());
        map.put("source", step.source());
        map.put("group", step.group());
        map.put("operations", step.operations());
        map.put("nanos", step.nanos());
        map.put("gops", step.gops());
        map.put("percentOfPeak", listing.percentOfPeak(step));
        return map;
    }

    static Map<String, Object> choice(SpeedTuning.Choice choice) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("layers", choice.layers());
        map.put("asked", choice.asked());
        map.put("chosen", choice.chosen());
        map.put("millis", choice.millis());
        return map;
    }

    static Map<String, @Nullable Object> layer(QuantReport.Layer layer) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("path", layer.path());
        map.put("type", layer.type());
        map.put("method", layer.method().name());
        map.put("meanSqnr", finite(layer.meanSqnr()));
        map.put("worstFrameSqnr", finite(layer.worstFrameSqnr()));
        map.put("note", layer.note());
        return map;
    }

    static Map<String, @Nullable Object> stream(StreamSettings settings) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("chunk", settings.chunkFrames());
        map.put("leftChunks", settings.leftChunks());
        map.put("ctcWeight", settings.ctcWeight());
        map.put("reverseWeight", settings.reverseWeight());
        return map;
    }

    static String text(StreamSettings settings) {
        String chunk = settings.chunkFrames() < 0
                ? "whole utterances"
                : "chunks of " + settings.chunkFrames() + " frames, "
                        + (settings.leftChunks() < 0 ? "all" : settings.leftChunks()) + " left";
        return chunk + ", CTC weight " + settings.ctcWeight() + ", reverse weight " + settings.reverseWeight();
    }

    /**
     * Returns a number, or null for NaN ("not measured") and infinity ("no noise at all"), which JSON does not have.
     */
    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
