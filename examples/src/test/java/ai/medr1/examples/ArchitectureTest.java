package ai.medr1.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between modules and packages that docs/architecture.md draws. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("ai.medr1");

  @Test
  void modulesDependOnThoseBelowOnly() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("core")
        .definedBy("ai.medr1.core..")
        .layer("data")
        .definedBy("ai.medr1.data..")
        .layer("eval")
        .definedBy("ai.medr1.eval..")
        .layer("grpo")
        .definedBy("ai.medr1.grpo..")
        .layer("report")
        .definedBy("ai.medr1.report..")
        .layer("examples")
        .definedBy("ai.medr1.examples..")
        .whereLayer("examples")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("report")
        .mayOnlyBeAccessedByLayers("examples")
        .whereLayer("grpo")
        .mayOnlyBeAccessedByLayers("report", "examples")
        .whereLayer("eval")
        .mayOnlyBeAccessedByLayers("grpo", "report", "examples")
        .whereLayer("data")
        .mayOnlyBeAccessedByLayers("eval", "grpo", "report", "examples")
        .check(CLASSES);
  }

  @Test
  void reportsAloneDraw() {
    noClasses()
        .that()
        .resideOutsideOfPackage("ai.medr1.report..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.jfree..", "org.apache.batik..")
        .check(CLASSES);
  }

  @Test
  void internalPackagesOfReportsStayThere() {
    noClasses()
        .that()
        .resideOutsideOfPackage("ai.medr1.report..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.medr1.report.internal..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("ai.medr1.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theEngineIsUsedInCoreAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("ai.medr1.core..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl.pytorch..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages("ai.medr1.core.model..", "ai.medr1.core.torchscript..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.medr1.core.torchscript..")
        .check(CLASSES);
  }
}
