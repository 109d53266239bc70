package org.quantvoice.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The shape of the project: torch is a leaf, native code has one door. */
@AnalyzeClasses(packages = "org.quantvoice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule ONLY_TORCH_USES_LIBTORCH = noClasses()
            .that()
            .resideOutsideOfPackage("org.quantvoice.torch..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco.pytorch..");

    @ArchTest
    static final ArchRule ONLY_KERNELS_AND_TORCH_CALL_NATIVE_CODE = noClasses()
            .that()
            .resideOutsideOfPackages("org.quantvoice.kernels..", "org.quantvoice.torch..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule PURE_PACKAGES_KNOW_NO_ENGINE = noClasses()
            .that()
            .resideInAnyPackage(
                    "org.quantvoice.decode..",
                    "org.quantvoice.lm..",
                    "org.quantvoice.audio..",
                    "org.quantvoice.quant..",
                    "org.quantvoice.eval..",
                    "org.quantvoice.json..",
                    "org.quantvoice.npy..",
                    "org.quantvoice.files..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.quantvoice.kernels..", "org.quantvoice.torch..", "org.quantvoice.cli..");

    @ArchTest
    static final ArchRule NOTHING_DEPENDS_ON_THE_COMMAND_LINE = noClasses()
            .that()
            .resideOutsideOfPackage("org.quantvoice.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.quantvoice.cli..", "picocli..", "me.tongfei..", "com.fasterxml..");

    @ArchTest
    static final ArchRule LIBRARIES_DO_NOT_PRINT = noClasses()
            .that()
            .resideOutsideOfPackage("org.quantvoice.cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("org.quantvoice.(**)").namingSlices("$1").should().beFreeOfCycles();
}
