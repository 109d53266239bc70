package org.quantvoice.spring.example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Transcribes what is sent to it. */
@SpringBootApplication
public class CaptionApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(CaptionApplication.class, arguments);
    }
}
