/** The embedded model {@code u2-digits}: resources only, which are open so that org.quantvoice.core finds them. */
open module org.quantvoice.models.u2digits {}
