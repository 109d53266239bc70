package org.quantvoice.checks;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Transcribes with the same jars in two class loaders, as two applications of one server do. */
final class TwoLoaders {
    private TwoLoaders() {}

    /** @param arguments the recording, and the class path of both */
    public static void main(String[] arguments) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String jar : arguments[1].split(File.pathSeparator)) {
            urls.add(Path.of(jar).toUri().toURL());
        }
        URL[] path = urls.toArray(URL[]::new);
        try (URLClassLoader first = new URLClassLoader(path, ClassLoader.getPlatformClassLoader());
                URLClassLoader second = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            for (ClassLoader loader : List.of(first, second, first, second)) {
                transcribe(loader, arguments[0]);
            }
        }
    }

    private static void transcribe(ClassLoader loader, String recording) throws Exception {
        Class<?> words = Class.forName("org.quantvoice.checks.Words", true, loader);
        var main = words.getDeclaredMethod("main", String[].class);
        main.setAccessible(true);
        main.invoke(null, (Object) new String[] {recording});
    }
}
