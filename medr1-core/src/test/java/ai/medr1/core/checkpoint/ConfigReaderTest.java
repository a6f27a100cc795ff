package ai.medr1.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.config.Family;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.config.VisionConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
  private static final Path FILE = Path.of("model", "config.json");

  /** Sizes that go with the defaults of everything else. */
  private static final String TEXT =
      "'vocab_size':152064,'hidden_size':3584,'intermediate_size':18944,"
          + "'num_hidden_layers':28,'num_attention_heads':28,'num_key_value_heads':4";

  @Test
  void absentKeysTakeTheDefaultsOfTransformers() {
    ModelConfig config = read("{'model_type':'qwen2_vl'," + TEXT + "}");

    assertThat(config.family()).isEqualTo(Family.QWEN2_VL);
    assertThat(config.tieWordEmbeddings()).isFalse();
    assertThat(config.text().rmsNormEps()).isEqualTo(1e-5);
    assertThat(config.text().ropeTheta()).isEqualTo(1e6);
    assertThat(config.text().mropeSection()).containsExactly(16, 24, 24);
    assertThat(config.text().maxPositionEmbeddings()).isEqualTo(32768);
    assertThat(config.tokens())
        .isEqualTo(new ModelConfig.VisionTokens(151652, 151653, 151655, 151656));
    assertThat(config.vision())
        .isEqualTo(new VisionConfig(32, 1280, 3584, 16, 5120, 14, 2, 2, 3, 0, List.of()));
  }

  @Test
  void windowedVisionHasItsOwnKeys() {
    ModelConfig config =
        read("{'model_type':'qwen2_5_vl'," + TEXT + ",'vision_config':{'hidden_size':1280}}");

    assertThat(config.vision())
        .isEqualTo(
            new VisionConfig(32, 1280, 3584, 16, 3420, 14, 2, 2, 3, 112, List.of(7, 15, 23, 31)));
  }

  @Test
  void theNestedDecoderWinsAndTheTopFillsIn() {
    ModelConfig config =
        read(
            "{'model_type':'qwen2_vl','rms_norm_eps':1e-6,'num_hidden_layers':5,"
                + "'text_config':{"
                + TEXT
                + ",'rms_norm_eps':null,'tie_word_embeddings':true,"
                + "'rope_parameters':{'rope_theta':7.0,'rope_type':'default','type':'mrope'}}}");

    assertThat(config.text().layers()).isEqualTo(28);
    assertThat(config.text().rmsNormEps()).isEqualTo(1e-6);
    assertThat(config.text().ropeTheta()).isEqualTo(7);
    assertThat(config.tieWordEmbeddings()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'hidden_act':'gelu'                          | hidden_act must be "silu"
          'use_sliding_window':true,'max_window_layers':27 | use_sliding_window must be false
          'layer_types':['sliding_attention']          | layer_types must be full_attention
          'rope_parameters':{'rope_type':'yarn'}       | rope_parameters.rope_type must be mrope or default
          'rope_parameters':{'partial_rotary_factor':0.5} | partial_rotary_factor must be 1
          'quantization_config':{'bits':4}             | quantized checkpoints are not supported
          'rope_scaling':{'type':'yarn','factor':4}    | rope_scaling.type must be mrope or default
          'rope_parameters':{'rope_type':'linear'}     | rope_parameters.rope_type must be mrope or default
          'rope_scaling':{'mrope_section':[16,24,25]}  | mrope_section must be three sizes
          'rope_scaling':{'mrope_section':[32,32]}     | mrope_section must be three sizes
          'rope_scaling':'mrope'                       | rope_scaling must be an object
          'head_dim':64                                | head_dim must be hidden_size / num_attention_heads
          'image_token_id':152064                      | outside the vocabulary
          'image_token_id':151652                      | ids must differ
          'image_token_id':-1                          | negative
          'rms_norm_eps':0                             | rms_norm_eps must be positive
          'rms_norm_eps':'small'                       | rms_norm_eps must be a number
          'rope_theta':-1                              | rope_theta must be positive
          'tie_word_embeddings':1                      | tie_word_embeddings must be true or false
          'vision_config':{'hidden_act':'gelu'}        | vision_config.hidden_act must be "quick_gelu"
          'vision_config':{'depth':0}                  | depth must be positive
          'vision_config':{'depth':'32'}               | vision_config.depth must be a whole number
          'vision_config':{'depth':4294967297}         | vision_config.depth must be a whole number
          'vision_config':{'in_chans':1}               | in_channels must be 3
          'vision_config':{'hidden_size':64}           | hidden_size is 3584
          'vision_config':{'num_heads':7}              | must be a multiple of num_heads 7
          'vision_config':{'embed_dim':96}             | vision head size 6
          'vision_config':{'mlp_ratio':1.0001}         | mlp_ratio must be
          'vision_config':{'rope_parameters':{'rope_theta':5.0}} | rope_parameters.rope_theta must be 10000.0
          """)
  void refuses(String entry, String message) {
    String json = "{'model_type':'qwen2_vl'," + TEXT + "," + entry + "}";

    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(FILE + ": ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'window_size':100                   | window_size 100 must be a multiple
          'window_size':-28                   | window_size must not be negative
          'fullatt_block_indexes':[7,32]      | fullatt_block_indexes has 32
          'fullatt_block_indexes':['a']       | fullatt_block_indexes must be a list
          'hidden_act':'gelu_pytorch_tanh'    | vision_config.hidden_act must be "silu"
          """)
  void refusesWindowedVision(String entry, String message) {
    String json =
        "{'model_type':'qwen2_5_vl',"
            + TEXT
            + ",'vision_config':{'hidden_size':1280,"
            + entry
            + "}}";

    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void namesTheSupportedFamilies() {
    assertThatThrownBy(() -> read("{'model_type':'qwen3_vl'}"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("qwen3_vl", "qwen2_vl", "qwen2_5_vl", FILE.toString());
  }

  @Test
  void namesTheMissingKey() {
    assertThatThrownBy(() -> read("{'model_type':'qwen2_vl','hidden_size':64}"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("num_attention_heads is missing");
  }

  private static ModelConfig read(String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return ConfigReader.read(FILE, Json.parse(bytes, FILE.toString()));
  }
}
