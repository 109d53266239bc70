package org.quantvoice.error;

import org.jspecify.annotations.Nullable;

/** A budget of bytes that a model cannot meet or does not need, or a size that makes no sense. */
public final class BudgetException extends QuantVoiceException {
    private static final long serialVersionUID = 1L;

    public BudgetException(String got, String expected, String cure) {
        super(got, expected, cure);
    }

    public BudgetException(String got, String expected, String cure, @Nullable Throwable cause) {
        super(got, expected, cure, cause);
    }
}
