package org.quantvoice.decode;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.quantvoice.decode.BeamOptions.Labelling;
import org.quantvoice.decode.BeamOptions.PathMerge;
import org.quantvoice.engine.Vocabulary;
import org.quantvoice.internal.beam.Beam;
import org.quantvoice.internal.beam.Extension;
import org.quantvoice.internal.beam.LogMath;
import org.quantvoice.internal.beam.Prefixes;
import org.quantvoice.internal.beam.TokenLog;

/**
 * The hypotheses at the end of a stream: unfinished words are ended, hypotheses of equal text are merged, and the
 * rest is pruned once more.
 */
final class FinalBeam {
    final Beam beam;
    final double[] language;
    final double[] hotwords;

    /** Words of a lexicon that the end of the stream completes, or {@link TokenLog#NO_LABEL}. */
    final int[] label;

    private final PrefixSearch search;
    private final boolean[] complete;
    private final boolean maximum;
    private final int delimiter;

    FinalBeam(PrefixSearch search, Vocabulary vocabulary, BeamOptions options) {
        this.search = search;
        beam = search.beam();
        language = new double[beam.size];
        hotwords = new double[beam.size];
        label = new int[beam.size];
        complete = new boolean[beam.size];
        maximum = options.merge() == PathMerge.MAX;
        delimiter = vocabulary.delimiter().orElse(Prefixes.NONE);
        score();
        int[] into = new int[beam.size];
        if (options.labelling() == Labelling.WORDS) {
            findEqual(into);
        } else {
            Arrays.setAll(into, j -> j);
        }
        merge(into);
        prune(into, options);
    }

    private void score() {
        Extension end = new Extension();
        for (int j = 0; j < beam.size; j++) {
            search.scorer.finish(search.prefixes, beam.prefix[j], end);
            language[j] = end.language[0];
            hotwords[j] = end.hotwords[0];
            label[j] = end.label[0];
            complete[j] = end.complete;
        }
    }

    /** Sets for each row the first row of the same text. */
    private void findEqual(int[] into) {
        Prefixes prefixes = search.prefixes;
        Map<String, Integer> texts = new HashMap<>();
        for (int j = 0; j < beam.size; j++) {
            into[j] = j;
            int row = beam.prefix[j];
            if (search.scorer.mergesByContent()) {
                Integer first = texts.putIfAbsent(search.scorer.text(prefixes, row, label[j]), j);
                into[j] = first == null ? j : first;
            } else if (prefixes.token[row] == delimiter && prefixes.parent[row] != Prefixes.NONE) {
                int open = prefixes.slot[prefixes.parent[row]];
                boolean same = open != Prefixes.NONE
                        && (prefixes.label[row] == TokenLog.NO_LABEL || prefixes.label[row] == label[open]);
                into[j] = same ? open : j;
            }
        }
    }

    private void merge(int[] into) {
        for (int j = 0; j < beam.size; j++) {
            int i = into[j];
            if (i == j) {
                continue;
            }
            beam.sum[i] = maximum ? Math.max(beam.sum[i], beam.sum[j]) : LogMath.add(beam.sum[i], beam.sum[j]);
            if (beam.best(j) > beam.best(i)) {
                takePath(j, i);
                language[i] = language[j];
                hotwords[i] = hotwords[j];
                label[i] = label[j];
                beam.prefix[i] = beam.prefix[j];
            }
        }
    }

    private void takePath(int from, int to) {
        beam.bestBlank[to] = beam.bestBlank[from];
        beam.bestToken[to] = beam.bestToken[from];
        beam.blankLink[to] = beam.blankLink[from];
        beam.blankEnd[to] = beam.blankEnd[from];
        beam.blankExit[to] = beam.blankExit[from];
        beam.tokenLink[to] = beam.tokenLink[from];
    }

    private void prune(int[] into, BeamOptions options) {
        boolean anyComplete = false;
        for (boolean one : complete) {
            anyComplete |= one;
        }
        double best = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < beam.size; j++) {
            boolean stays = into[j] == j && (complete[j] || !anyComplete);
            beam.score[j] = stays ? beam.sum[j] + language[j] + hotwords[j] : Double.NaN;
            best = stays ? Math.max(best, beam.score[j]) : best;
        }
        int kept = 0;
        for (int j = 0; j < beam.size; j++) {
            if (beam.score[j] >= best + options.beamPruneLogProb()) {
                move(j, kept++);
            }
        }
        beam.size = kept;
    }

    private void move(int from, int to) {
        beam.move(from, to);
        language[to] = language[from];
        hotwords[to] = hotwords[from];
        label[to] = label[from];
    }
}
