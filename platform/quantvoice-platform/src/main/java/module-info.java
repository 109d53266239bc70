/**
 * The SDK with the embedded model. This module requires no module with a native library, because each platform has
 * another one. Name that of your platform with {@code --add-modules}, e.g. {@code org.quantvoice.core.linux.x86_64}.
 */
module org.quantvoice.platform {
    requires transitive org.quantvoice.core;
    requires org.quantvoice.models.digits;
}
