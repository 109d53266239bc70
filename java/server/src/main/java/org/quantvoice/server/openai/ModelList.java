package org.quantvoice.server.openai;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.URIUtil;
import org.quantvoice.server.http.Endpoint;
import org.quantvoice.server.http.HttpFailure;
import org.quantvoice.server.http.Replies;
import org.quantvoice.server.models.ModelRegistry;

/** Answers {@code GET /v1/models} and {@code GET /v1/models/NAME}. */
public final class ModelList implements Endpoint {
    private static final String PREFIX = "/v1/models/";

    private final ModelRegistry models;

    public ModelList(ModelRegistry models) {
        this.models = models;
    }

    @Override
    public void answer(Request request, Response response) throws IOException {
        String path = Request.getPathInContext(request);
        if (path.startsWith(PREFIX)) {
            String name = URIUtil.decodePath(path.substring(PREFIX.length())); // a slash in a name is encoded
            Long loaded = models.loadedAt().get(name);
            if (loaded == null) {
                throw HttpFailure.noModel(name);
            }
            Replies.json(response, 200, model(name, loaded));
            return;
        }
        List<Map<String, Object>> data = models.loadedAt().entrySet().stream()
                .map(m -> model(m.getKey(), m.getValue()))
                .toList();
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("object", "list");
        list.put("data", data);
        Replies.json(response, 200, list);
    }

    private static Map<String, Object> model(String name, long epochSecond) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", name);
        map.put("object", "model");
        map.put("created", epochSecond);
        map.put("owned_by", "quantvoice");
        return map;
    }
}
