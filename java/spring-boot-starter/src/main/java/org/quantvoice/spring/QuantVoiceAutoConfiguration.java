package org.quantvoice.spring;

import org.quantvoice.QuantSession;
import org.quantvoice.QuantSessionBuilder;
import org.quantvoice.decode.Hotwords;
import org.quantvoice.decode.PrefixBeam;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Provides a session made of {@code quantvoice.*}, unless the application has one of its own. Spring closes it. */
@AutoConfiguration
@EnableConfigurationProperties(QuantVoiceProperties.class)
public class QuantVoiceAutoConfiguration {

    /** Returns the session, which any number of requests may use at once. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    public QuantSession quantSession(QuantVoiceProperties properties) {
        QuantSessionBuilder builder =
                QuantSession.builder().model(properties.model()).fallback(properties.fallback());
        if (properties.vocabulary() != null) {
            builder.vocabulary(properties.vocabulary());
        }
        if (properties.threads() != null) {
            builder.threads(properties.threads());
        }
        if (properties.int8()) {
            builder.int8();
        }
        if (!properties.hotwords().isEmpty()) {
            Hotwords hotwords = Hotwords.of(properties.hotwords(), Hotwords.DEFAULT_WEIGHT);
            builder.decoder(vocabulary -> PrefixBeam.with(vocabulary).withHotwords(hotwords));
        }
        return builder.build();
    }
}
