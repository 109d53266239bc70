package org.quantvoice;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads SubRip and WebVTT as players do that forgive nothing. */
final class SubtitleParser {
    private static final Pattern SRT_TIME =
            Pattern.compile("(\\d{2,}):([0-5]\\d):([0-5]\\d),(\\d{3}) --> (\\d{2,}):([0-5]\\d):([0-5]\\d),(\\d{3})");
    private static final Pattern VTT_TIME = Pattern.compile(
            "(\\d{2,}):([0-5]\\d):([0-5]\\d)\\.(\\d{3}) --> (\\d{2,}):([0-5]\\d):([0-5]\\d)\\.(\\d{3})");
    private static final Pattern TAG = Pattern.compile("<(\\d{2,}):([0-5]\\d):([0-5]\\d)\\.(\\d{3})>");

    record Cue(double start, double end, List<String> lines, List<Double> wordTimes) {
        String text() {
            return String.join(" ", lines);
        }
    }

    private SubtitleParser() {}

    static List<Cue> srt(String document) {
        List<Cue> cues = new ArrayList<>();
        List<String> lines = document.lines().toList();
        int at = 0;
        while (at < lines.size()) {
            expect(lines.get(at).equals(Integer.toString(cues.size() + 1)), "number", lines.get(at));
            at = cue(lines, at + 1, SRT_TIME, cues, false);
        }
        expect(document.isEmpty() || document.endsWith("\n\n"), "empty line", "the end");
        return cues;
    }

    static List<Cue> vtt(String document) {
        List<Cue> cues = new ArrayList<>();
        List<String> lines = document.lines().toList();
        expect(lines.get(0).equals("WEBVTT") && lines.get(1).isEmpty(), "header", lines.get(0));
        int at = 2;
        while (at < lines.size()) {
            at = cue(lines, at, VTT_TIME, cues, true);
        }
        return cues;
    }

    private static int cue(List<String> lines, int from, Pattern times, List<Cue> cues, boolean tags) {
        Matcher time = times.matcher(lines.get(from));
        expect(time.matches(), "times", lines.get(from));
        List<String> text = new ArrayList<>();
        List<Double> words = new ArrayList<>();
        int at = from + 1;
        for (; !lines.get(at).isEmpty(); at++) {
            text.add(tags ? unescaped(lines.get(at), words) : lines.get(at));
        }
        expect(!text.isEmpty(), "text", "a cue without any");
        Cue cue = new Cue(seconds(time, 1), seconds(time, 5), text, words);
        expect(cue.end() > cue.start(), "an end behind the start", lines.get(from));
        expect(cues.isEmpty() || cue.start() >= cues.get(cues.size() - 1).start(), "order", lines.get(from));
        double last = cue.start();
        for (double word : words) {
            expect(word > last && word < cue.end(), "word times that rise inside of the cue", lines.get(from));
            last = word;
        }
        cues.add(cue);
        return at + 1;
    }

    private static String unescaped(String line, List<Double> words) {
        Matcher tag = TAG.matcher(line);
        while (tag.find()) {
            words.add(seconds(tag, 1));
        }
        String plain = tag.replaceAll("");
        expect(!plain.matches(".*[<>].*") && !plain.contains("-->"), "no other tags", line);
        expect(!plain.matches(".*&(?!amp;|lt;|gt;).*"), "no bare ampersand", line);
        return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }

    private static double seconds(Matcher m, int group) {
        return Integer.parseInt(m.group(group)) * 3600
                + Integer.parseInt(m.group(group + 1)) * 60
                + Integer.parseInt(m.group(group + 2))
                + Integer.parseInt(m.group(group + 3)) / 1000.0;
    }

    private static void expect(boolean holds, String what, String got) {
        if (!holds) {
            throw new AssertionError("expected " + what + ", got '" + got + "'");
        }
    }
}
