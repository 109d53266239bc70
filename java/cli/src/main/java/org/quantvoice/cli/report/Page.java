package org.quantvoice.cli.report;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** An HTML page that holds all it shows. */
public final class Page {
    private static final String HEAD =
            """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>%1$s</title><style>
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 1120px; margin: 2em auto; padding: 0 1em; color: #222; }
            table { border-collapse: collapse; font-size: 13px; }
            th, td { padding: 3px 10px; border-bottom: 1px solid #ddd; text-align: right; }
            th:first-child, td:first-child { text-align: left; }
            th { background: #f3f3f3; position: sticky; top: 0; }
            .wide { overflow-x: auto; }
            .wide img { min-width: 100%%; }
            .small { display: flex; flex-wrap: wrap; }
            </style></head><body><h1>%1$s</h1>
            """;

    private final StringBuilder body = new StringBuilder();
    private final String title;

    public Page(String title) {
        this.title = title;
    }

    public Page heading(String text) {
        body.append("<h2>").append(escape(text)).append("</h2>\n");
        return this;
    }

    public Page paragraph(String text) {
        body.append("<p>").append(escape(text)).append("</p>\n");
        return this;
    }

    /** Adds a chart as wide as the page; a wider one can be scrolled. */
    public Page chart(String svg, String description) {
        body.append("<div class=\"wide\">\n").append(image(svg, description)).append("</div>\n");
        return this;
    }

    /** Adds small charts in rows. */
    public Page small(List<String> svgs, String description) {
        body.append("<div class=\"small\">\n");
        svgs.forEach(svg -> body.append(image(svg, description)));
        body.append("</div>\n");
        return this;
    }

    /** Returns a picture as a document of its own, so that the names inside it do not clash with those of others. */
    private static String image(String svg, String description) {
        String data = Base64.getEncoder().encodeToString(svg.getBytes(StandardCharsets.UTF_8));
        return "<img alt=\"" + escape(description) + "\" src=\"data:image/svg+xml;base64," + data + "\">\n";
    }

    /** Adds a table; the first row holds the titles. */
    public Page table(List<List<String>> rows) {
        body.append("<table>\n");
        for (int i = 0; i < rows.size(); i++) {
            String cell = i == 0 ? "th" : "td";
            body.append("<tr>");
            rows.get(i).forEach(text -> body.append("<")
                    .append(cell)
                    .append(">")
                    .append(escape(text))
                    .append("</")
                    .append(cell)
                    .append(">"));
            body.append("</tr>\n");
        }
        body.append("</table>\n");
        return this;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    public String html() {
        return HEAD.formatted(escape(title)) + body + "</body></html>\n";
    }
}
