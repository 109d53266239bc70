package org.quantvoice.decode;

import java.util.Arrays;
import org.quantvoice.internal.beam.Alignments;
import org.quantvoice.internal.beam.Beam;
import org.quantvoice.internal.beam.Prefixes;
import org.quantvoice.internal.beam.TokenLog;

/**
 * Bounds the memory of a stream: tokens that all hypotheses share are written to a log and dropped from the trees.
 * This changes no result, except for hypotheses that have disagreed for longer than {@link
 * BeamOptions#maxPendingFrames()}.
 */
final class Housekeeping {
    private static final int LOOK_EVERY = 256;
    static final int FIRST_COLLECTION = 1024;

    private final PrefixSearch search;
    private final int maxPending;
    private final TokenLog committed = new TokenLog();
    private int[] keptLinks = new int[0];
    private int[] keptPrefixes = new int[0];
    private final int leastCollection;
    private int collectAt;

    /** @param leastCollection number of entries below which nothing is dropped */
    Housekeeping(PrefixSearch search, BeamOptions options, int leastCollection) {
        this.search = search;
        this.leastCollection = leastCollection;
        collectAt = leastCollection;
        maxPending = options.maxPendingFrames();
    }

    TokenLog committed() {
        return committed;
    }

    void afterFrame() {
        if (search.frame() % LOOK_EVERY == 0) {
            dropLongDisagreement();
        }
        if (Math.max(search.prefixes.size(), Math.max(search.links.size(), search.scorer.footprint())) >= collectAt) {
            commit();
            collect();
            int live = Math.max(search.prefixes.size(), Math.max(search.links.size(), search.scorer.footprint()));
            collectAt = (int) Math.max(leastCollection, Math.min(Integer.MAX_VALUE, 2L * live));
        }
    }

    /** Moves the tokens that all hypotheses share, frames included, to the log. */
    void commit() {
        Beam beam = search.beam();
        Alignments links = search.links;
        int shared = Alignments.NONE;
        boolean first = true;
        for (int j = 0; j < beam.size; j++) {
            if (beam.bestBlank[j] > Double.NEGATIVE_INFINITY) {
                shared = first ? beam.blankLink[j] : links.commonAncestor(shared, beam.blankLink[j]);
                first = false;
            }
            if (beam.bestToken[j] > Double.NEGATIVE_INFINITY) {
                shared = first ? beam.tokenLink[j] : links.commonAncestor(shared, beam.tokenLink[j]);
                first = false;
            }
        }
        if (shared != Alignments.NONE && links.parent[shared] != Alignments.NONE) {
            links.write(links.parent[shared], links.parentEnd[shared], links.parentExit[shared], committed);
            links.parent[shared] = Alignments.NONE;
        }
    }

    /** Drops the links and prefixes that no hypothesis needs. */
    private void collect() {
        Beam beam = search.beam();
        keptLinks = cleared(keptLinks, search.links.capacity());
        keptPrefixes = cleared(keptPrefixes, search.prefixes.capacity());
        markPrefixes(beam);
        for (int j = 0; j < beam.size; j++) {
            beam.blankLink[j] = live(beam.bestBlank[j], beam.blankLink[j]);
            beam.tokenLink[j] = live(beam.bestToken[j], beam.tokenLink[j]);
            markLinks(beam.blankLink[j]);
            markLinks(beam.tokenLink[j]);
        }
        search.prefixes.compact(keptPrefixes);
        search.links.compact(keptLinks);
        for (int j = 0; j < beam.size; j++) {
            beam.prefix[j] = keptPrefixes[beam.prefix[j]];
            beam.blankLink[j] = renumber(beam.blankLink[j]);
            beam.tokenLink[j] = renumber(beam.tokenLink[j]);
        }
        search.scorer.collect(search.prefixes);
    }

    private static int[] cleared(int[] marks, int size) {
        int[] out = marks.length < size ? new int[size] : marks;
        Arrays.fill(out, Alignments.NONE);
        return out;
    }

    /** Returns the link if its path exists: the chain of a path that does not exist may lead anywhere. */
    private static int live(double path, int link) {
        return path > Double.NEGATIVE_INFINITY ? link : Alignments.NONE;
    }

    private int renumber(int link) {
        return link == Alignments.NONE ? Alignments.NONE : keptLinks[link];
    }

    private void markLinks(int from) {
        Alignments links = search.links;
        for (int at = from; at != Alignments.NONE && keptLinks[at] == Alignments.NONE; at = links.parent[at]) {
            keptLinks[at] = 0;
        }
    }

    /**
     * Marks the prefixes of the beam up to their deepest common one, or as far above it as the scorer remembers; the
     * last of them becomes the root. No other row is kept, so that every kept row leads to the root.
     */
    private void markPrefixes(Beam beam) {
        Prefixes prefixes = search.prefixes;
        int shared = beam.prefix[0];
        for (int j = 1; j < beam.size; j++) {
            shared = prefixes.commonAncestor(shared, beam.prefix[j]);
        }
        prefixes.parent[search.history.remembered(shared)] = Prefixes.NONE;
        for (int j = 0; j < beam.size; j++) {
            for (int at = beam.prefix[j];
                    at != Prefixes.NONE && keptPrefixes[at] == Prefixes.NONE;
                    at = prefixes.parent[at]) {
                keptPrefixes[at] = 0;
            }
        }
    }

    private void dropLongDisagreement() {
        Beam beam = search.beam();
        Alignments links = search.links;
        int best = search.pruning.best(beam);
        int anchor = beam.bestLink(best);
        while (anchor != Alignments.NONE && links.start[anchor] > search.frame() - maxPending) {
            anchor = links.parent[anchor];
        }
        if (anchor == Alignments.NONE || links.parent[anchor] == Alignments.NONE) {
            return;
        }
        search.keepThrough(anchor);
    }

    int footprint() {
        return search.prefixes.capacity() + search.links.capacity() + search.scorer.footprint() + committed.capacity();
    }
}
