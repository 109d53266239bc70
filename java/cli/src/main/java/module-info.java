/** The command line {@code qv}. */
module org.quantvoice.cli {
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires java.desktop; // pictures of reports
    requires jdk.unsupported; // SIGHUP
    requires me.tongfei.progressbar;
    requires org.knowm.xchart;
    requires org.quantvoice.core;
    requires org.quantvoice.server;
    requires static org.quantvoice.torch; // qv qat
    requires org.slf4j;
    requires static org.jspecify;

    opens org.quantvoice.cli to
            info.picocli;
    opens org.quantvoice.cli.decode to
            info.picocli;
    opens org.quantvoice.cli.option to
            info.picocli;
}
