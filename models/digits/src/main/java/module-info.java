/** The embedded model {@code digits}: resources only, which are open so that org.quantvoice.core finds them. */
open module org.quantvoice.models.digits {}
