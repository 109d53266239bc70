package org.quantvoice.internal.engine;

import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Finds the installed parts of QuantVoice: engines, and readers of formats. It uses the thread's context class loader
 * if that loader knows this QuantVoice, and otherwise the loader of the SDK itself, because a server's context loader
 * may belong to another application.
 */
public final class Services {
    private Services() {}

    /**
     * Returns the installed implementations of a service.
     *
     * @param service one that the module of the SDK uses
     */
    public static <S> List<S> installed(Class<S> service) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = sees(context, service) ? context : service.getClassLoader();
        return ServiceLoader.load(service, loader).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    private static boolean sees(@Nullable ClassLoader loader, Class<?> type) {
        try {
            return loader != null && loader.loadClass(type.getName()) == type;
        } catch (ClassNotFoundException foreign) {
            return false;
        }
    }
}
