/**
 * A recogniser in Spring Boot: a {@link org.quantvoice.QuantSession} made of the properties {@code quantvoice.*}, with health and
 * metrics where the application has Actuator.
 */
@NullMarked
package org.quantvoice.spring;

import org.jspecify.annotations.NullMarked;
