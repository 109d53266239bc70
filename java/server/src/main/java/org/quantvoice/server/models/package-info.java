/** The models of a server: by name, leased to requests, loaded anew while they serve. */
@NullMarked
package org.quantvoice.server.models;

import org.jspecify.annotations.NullMarked;
