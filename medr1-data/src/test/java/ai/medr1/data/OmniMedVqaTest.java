package ai.medr1.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OmniMedVqaTest {
  @TempDir Path root;

  @Test
  void becomesTheItemsOfTheSplitForm() throws IOException {
    Files.writeString(
        root.resolve("Chest.json"),
        """
        [{"dataset": "Chest", "question_id": "Chest_0001", "question_type": "Disease Diagnosis",
          "modality_type": "X-Ray", "question": "What is wrong? ", "gt_answer": "pleural  Effusion",
          "image_path": "Images/1.png", "option_A": "Nothing", "option_B": "Pleural effusion",
          "option_C": "Mass"},
         {"question": "What?", "gt_answer": "A stroke", "image_path": "2.png", "option_A": "x",
          "option_B": "y", "modality_type": "Endoscopy", "option_D": "after a gap"}]
        """);
    VqaDataset data = OmniMedVqa.load(root, Path.of("root"));
    VqaItem first = data.items().get(0);
    assertThat(first.id()).isEqualTo("Chest_0001");
    assertThat(first.problem()).isEqualTo("What is wrong? A)Nothing, B)Pleural effusion, C)Mass");
    assertThat(first.solution()).isEqualTo("<answer> B </answer>");
    assertThat(first.options()).isEqualTo(Choices.parse(first.problem()).options());
    assertThat(first.modality()).contains(Modality.XRAY);
    assertThat(first.task()).contains(Task.DISEASE_DIAGNOSIS);
    assertThat(first.images().get(0).file()).contains(Path.of("root", "Images/1.png"));
    assertThat(first.dataset()).contains("Chest");
    VqaItem second = data.items().get(1);
    assertThat(second.id()).isEqualTo("Chest#1");
    assertThat(second.gold()).isEqualTo("A stroke");
    assertThat(second.goldOption()).isEmpty();
    assertThat(second.options()).extracting(Choices.Option::letter).containsExactly("A", "B", "D");
    assertThat(second.modality()).isEmpty();
    assertThat(second.dataset()).isEmpty();
  }

  @Test
  void anImagesFolderTellsItsDataSet() {
    assertThat(VqaItem.datasetOf("Images/Chest CT Scan/test/a/1 (2).png"))
        .contains("Chest CT Scan");
    assertThat(VqaItem.datasetOf("/data/OmniMedVQA/Images/Mura/1.png")).contains("Mura");
    assertThat(VqaItem.datasetOf("Images/1.png")).isEmpty();
    assertThat(VqaItem.datasetOf("Old Images/Mura/1.png")).isEmpty();
  }
}
