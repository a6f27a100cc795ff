package ai.medr1.data.phantom;

import ai.medr1.data.Modality;
import java.util.Arrays;
import java.util.List;

/** The painter of every modality. */
final class Painters {
  private static final Painter CT = new CtPainter();
  private static final Painter MRI = new MriPainter();
  private static final Painter XRAY = new XrayPainter();
  private static final Painter ULTRASOUND = new UltrasoundPainter();
  private static final Painter DERMOSCOPY = new DermoscopyPainter();
  private static final Painter FUNDUS = new FundusPainter();
  private static final Painter OCT = new OctPainter();
  private static final Painter MICROSCOPY = new MicroscopyPainter();

  private static final Quiz MODALITY =
      new Quiz(
          List.of(
              "Which imaging modality was used to take this image?",
              "What type of imaging is this?",
              "By which imaging technique was this image obtained?"),
          Arrays.stream(Modality.values()).map(modality -> of(modality).answer()).toList(),
          List.of());

  private Painters() {}

  static Painter of(Modality modality) {
    return switch (modality) {
      case CT -> CT;
      case MRI -> MRI;
      case XRAY -> XRAY;
      case ULTRASOUND -> ULTRASOUND;
      case DERMOSCOPY -> DERMOSCOPY;
      case FUNDUS -> FUNDUS;
      case OCT -> OCT;
      case MICROSCOPY -> MICROSCOPY;
    };
  }

  static Quiz modalityQuiz() {
    return MODALITY;
  }
}
