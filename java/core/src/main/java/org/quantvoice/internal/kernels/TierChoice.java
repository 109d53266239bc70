package org.quantvoice.internal.kernels;

import java.util.List;
import org.quantvoice.error.EngineException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the tier that this process uses: the best that passes its {@link SelfCheck}, or the one that is forced. */
final class TierChoice {
    private static final Logger LOG = LoggerFactory.getLogger(TierChoice.class);

    private TierChoice() {}

    /**
     * @param forced the name of a tier, or empty
     * @param supported the tiers that the CPU has, slowest first; the first is the scalar tier with which the others
     *     are compared
     * @return the chosen name; a forced name is returned even if it is not supported: the library then reports what
     *     is wrong with it
     * @throws EngineException if the forced tier fails its check
     */
    static String choose(String forced, List<String> supported, SelfCheck check) {
        if (!forced.isEmpty()) {
            if (supported.indexOf(forced) > 0) {
                requirePassed(forced, check);
            }
            return forced;
        }
        for (int i = supported.size() - 1; i > 0; i--) {
            String failure = check.failureOf(supported.get(i));
            if (failure == null) {
                return supported.get(i);
            }
            LOG.warn("tier {} is left out: {}; please report this with the CPU's name", supported.get(i), failure);
        }
        return supported.get(0);
    }

    private static void requirePassed(String tier, SelfCheck check) {
        String failure = check.failureOf(tier);
        if (failure != null) {
            throw new EngineException(
                    failure,
                    "a tier whose kernels are right on this CPU",
                    "choose another with -D" + Kernels.ISA_PROPERTY + ", or leave it out");
        }
    }
}
