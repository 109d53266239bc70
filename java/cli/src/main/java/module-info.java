/** The command line {@code qv}. */
module org.quantvoice.cli {
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires java.desktop; // for the charts of reports
    requires jdk.unsupported; // for SIGHUP
    requires me.tongfei.progressbar;
    requires org.knowm.xchart;
    requires org.quantvoice.core;
    requires org.quantvoice.server;
    requires static org.quantvoice.torch; // for qv qat
    requires org.slf4j;
    requires static org.jspecify;

    opens org.quantvoice.cli to
            info.picocli;
    opens org.quantvoice.cli.decode to
            info.picocli;
    opens org.quantvoice.cli.option to
            info.picocli;
}
