package org.quantvoice.internal.engine;

import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The parts of QuantVoice that are there: engines, and readers of formats. They are looked for where the thread's context
 * class loader says, if that loader knows this QuantVoice, and otherwise beside the SDK itself: a server's context loader
 * may belong to another application.
 */
public final class Services {
    private Services() {}

    /** @param service one that the module of the SDK uses */
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
