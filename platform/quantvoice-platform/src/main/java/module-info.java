/**
 * The SDK with the embedded model. The natives' modules are those of the platforms that are there, so none can be required:
 * name the one that runs with {@code --add-modules}, e.g. {@code org.quantvoice.core.linux.x86_64}.
 */
module org.quantvoice.platform {
    requires transitive org.quantvoice.core;
    requires org.quantvoice.models.digits;
}
