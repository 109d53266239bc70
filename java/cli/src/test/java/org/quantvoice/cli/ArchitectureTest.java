package org.quantvoice.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.junit.jupiter.api.Test;

/** The shape of the project: torch is a leaf, native code has one door. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.quantvoice");

    @Test
    void allPartsAreLookedAt() {
        for (String part : new String[] {
            "QuantSession",
            "torch.TorchEngine",
            "onnx.OnnxExporter",
            "ffmpeg.FfmpegDecoder",
            "internal.kernels.Kernels",
            "server.SpeechServer",
            "cli.Main"
        }) {
            assertThat(CLASSES.contain("org.quantvoice." + part)).as(part).isTrue();
        }
    }

    @Test
    void onlyTorchUsesLibtorch() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.quantvoice.torch..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco.pytorch..")
                .check(CLASSES);
    }

    @Test
    void onlyKernelsTorchAndFfmpegCallNativeCode() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "org.quantvoice.internal.kernels..", "org.quantvoice.torch..", "org.quantvoice.ffmpeg..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(CLASSES);
    }

    /** A format is decoded without knowing what hears it, and FFmpeg is named nowhere else. */
    @Test
    void ffmpegIsALeafOfTheAudioPackage() {
        noClasses()
                .that()
                .resideInAPackage("org.quantvoice.ffmpeg..")
                .should()
                .dependOnClassesThat(resideInAPackage("org.quantvoice..")
                        .and(not(resideInAnyPackage(
                                "org.quantvoice.ffmpeg..", "org.quantvoice.audio..", "org.quantvoice.error.."))))
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("org.quantvoice.ffmpeg..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.quantvoice.ffmpeg..", "org.bytedeco.ffmpeg..")
                .check(CLASSES);
    }

    @Test
    void onlyOnnxWritesProtocolBuffers() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.quantvoice.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnx..", "com.google.protobuf..", "org.tribuo..")
                .check(CLASSES);
    }

    /** The runtime is what files are tested and measured with; nothing that is shipped needs it. */
    @Test
    void nothingNeedsOnnxRuntime() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.onnxruntime..")
                .check(CLASSES);
    }

    @Test
    void onnxIsALeafWithoutTorch() {
        noClasses()
                .that()
                .resideInAPackage("org.quantvoice.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.quantvoice.torch..", "org.quantvoice.internal.kernels..", "org.bytedeco..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("org.quantvoice.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.quantvoice.onnx..")
                .check(CLASSES);
    }

    @Test
    void purePackagesKnowNoEngine() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.quantvoice.decode..",
                        "org.quantvoice.lm..",
                        "org.quantvoice.audio..",
                        "org.quantvoice.quant..",
                        "org.quantvoice.internal.recipe..",
                        "org.quantvoice.eval..",
                        "org.quantvoice.internal.json..",
                        "org.quantvoice.internal.npy..",
                        "org.quantvoice.internal.files..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.quantvoice.internal.kernels..", "org.quantvoice.torch..", "org.quantvoice.cli..")
                .check(CLASSES);
    }

    @Test
    void nothingDependsOnTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.quantvoice.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.quantvoice.cli..", "picocli..", "me.tongfei..", "com.fasterxml..")
                .check(CLASSES);
    }

    /** The command line finds it by its name: whoever does not need it does not load 300 MB. */
    @Test
    void nothingHereKnowsSpark() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.quantvoice.spark..", "org.apache.spark..", "org.apache.hadoop..", "scala..")
                .check(CLASSES);
    }

    @Test
    void onlyTheServerListens() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.quantvoice.server..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.eclipse.jetty..")
                .check(CLASSES);
    }

    @Test
    void librariesDoNotPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.quantvoice.cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
    }

    /** The root package is one of the slices: whatever it uses must not use it. */
    @Test
    void packagesHaveNoCycles() {
        slices().assignedFrom(new Packages()).should().beFreeOfCycles().check(CLASSES);
        assertThat(CLASSES.stream().map(new Packages()::getIdentifierOf))
                .contains(SliceIdentifier.of("org.quantvoice"), SliceIdentifier.of("org.quantvoice.internal.program"));
    }

    /** Each package is a slice of its own. */
    private static final class Packages implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass each) {
            return SliceIdentifier.of(each.getPackageName());
        }

        @Override
        public String getDescription() {
            return "all packages";
        }
    }

    /** What reads and writes model files knows the graph, and not how it is planned, run or quantized. */
    @Test
    void importersAndExportersKnowTheGraphAndNotThePlanner() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.quantvoice.onnx..",
                        "org.quantvoice.torch..",
                        "org.quantvoice.export..",
                        "org.quantvoice.internal.export..",
                        "org.quantvoice.source..",
                        "org.quantvoice.graph..",
                        "org.quantvoice.internal.huggingface..",
                        "org.quantvoice.internal.onnx..",
                        "org.quantvoice.internal.passes..",
                        "org.quantvoice.internal.qv..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.quantvoice.internal.program..",
                        "org.quantvoice.internal.exec..",
                        "org.quantvoice.internal.quantize..",
                        "org.quantvoice.internal.nativeengine..",
                        "org.quantvoice.internal.kernels..")
                .check(CLASSES);
    }

    /** The rooms that the planner became, lowest first: a room knows those below it. */
    @Test
    void plannerExecutorQuantizerAndEngineAreLayers() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("engine")
                .definedBy("org.quantvoice.internal.nativeengine..")
                .layer("quantize")
                .definedBy("org.quantvoice.internal.quantize..")
                .layer("exec")
                .definedBy("org.quantvoice.internal.exec..")
                .layer("program")
                .definedBy("org.quantvoice.internal.program..")
                .whereLayer("engine")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("quantize")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("exec")
                .mayOnlyBeAccessedByLayers("engine", "quantize")
                .whereLayer("program")
                .mayOnlyBeAccessedByLayers("engine", "quantize", "exec")
                .check(CLASSES);
    }
}
