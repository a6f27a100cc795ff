package ai.medr1.examples;

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
        .layer("examples")
        .definedBy("ai.medr1.examples..")
        .whereLayer("examples")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("grpo")
        .mayOnlyBeAccessedByLayers("examples")
        .whereLayer("eval")
        .mayOnlyBeAccessedByLayers("grpo", "examples")
        .whereLayer("data")
        .mayOnlyBeAccessedByLayers("eval", "grpo", "examples")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("ai.medr1.(**)").should().beFreeOfCycles().check(CLASSES);
  }
}
