package org.quantvoice.spring;

import org.quantvoice.QuantSession;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Provides the health of the session to Actuator of Spring Boot 3. */
@AutoConfiguration(after = QuantVoiceAutoConfiguration.class)
@ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
public class Boot3HealthAutoConfiguration {

    @Bean
    @ConditionalOnBean(QuantSession.class)
    @ConditionalOnMissingBean(name = "quantVoiceHealthIndicator")
    HealthIndicator quantVoiceHealthIndicator(QuantSession session) {
        SessionHealth health = new SessionHealth(session);
        return () -> health.details()
                .map(details -> Health.up().withDetails(details).build())
                .orElseGet(() -> Health.down().withDetail("session", "closed").build());
    }
}
