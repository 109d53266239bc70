package org.quantvoice.spring.example;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.quantvoice.QuantSession;
import org.quantvoice.error.QuantVoiceException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** {@code curl -F recording=@call.wav localhost:8080/captions} */
@RestController
class CaptionController {
    private final QuantSession session;

    CaptionController(QuantSession session) {
        this.session = session;
    }

    @PostMapping(path = "/captions", produces = "text/vtt")
    String captions(@RequestParam("recording") MultipartFile recording) throws IOException {
        Path file = Files.createTempFile("recording-", ".audio");
        try {
            recording.transferTo(file);
            return session.transcribe(file).toVtt();
        } finally {
            Files.delete(file);
        }
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    Map<String, String> refused(QuantVoiceException e) {
        return Map.of("expected", e.expected(), "cure", e.cure());
    }
}
