package ai.medr1.examples;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between modules and packages that docs/architecture.md draws. */
@AnalyzeClasses(packages = "ai.medr1", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule MODULES_DEPEND_ON_THOSE_BELOW_ONLY =
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
          .mayOnlyBeAccessedByLayers("eval", "grpo", "examples");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("ai.medr1.(**)").should().beFreeOfCycles();
}
