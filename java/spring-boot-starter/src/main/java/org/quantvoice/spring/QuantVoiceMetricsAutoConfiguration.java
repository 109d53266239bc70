package org.quantvoice.spring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.quantvoice.QuantSession;
import org.quantvoice.engine.ModelInfo;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** Provides meters of the session if Micrometer is there. The application has to measure its own use of the session. */
@AutoConfiguration(after = QuantVoiceAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
public class QuantVoiceMetricsAutoConfiguration {

    @Bean
    @ConditionalOnBean(QuantSession.class)
    MeterBinder quantVoiceMeters(QuantSession session) {
        ModelInfo info = session.info();
        return registry -> {
            Gauge.builder("quantvoice.model", info::modelBytes)
                    .description("Size of the weights of the model")
                    .baseUnit("bytes")
                    .tag("engine", info.engine().toString())
                    .register(registry);
            Gauge.builder("quantvoice.threads", info::threads)
                    .description("Threads of one run")
                    .register(registry);
        };
    }
}
