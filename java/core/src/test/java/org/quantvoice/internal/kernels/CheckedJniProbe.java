package org.quantvoice.internal.kernels;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Run by {@link CheckedJniTest}: the tests that call native code most variously; ends with 1 if one fails. */
public final class CheckedJniProbe {
    private CheckedJniProbe() {}

    public static void main(String[] arguments) throws ClassNotFoundException {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(
                        selectClass(KernelsTest.class),
                        selectClass(NativeProgramTest.class),
                        selectClass(NativeHandleTest.class),
                        selectClass(Class.forName("org.quantvoice.internal.exec.ModelThreadsTest")),
                        selectClass(Class.forName("org.quantvoice.internal.exec.AllocationFaultTest")))
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true));
        System.out.println(
                summary.getTestsSucceededCount() + " succeeded, " + summary.getTestsFailedCount() + " failed");
        System.exit(summary.getTestsFailedCount() == 0 && summary.getTestsSucceededCount() > 0 ? 0 : 1);
    }
}
