/** The models of a server. They have names, requests lease them, and they can be loaded again while they serve. */
@NullMarked
package org.quantvoice.server.models;

import org.jspecify.annotations.NullMarked;
