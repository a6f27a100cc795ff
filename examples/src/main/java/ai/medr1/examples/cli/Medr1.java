package ai.medr1.examples.cli;

import ai.medr1.eval.Environment;
import java.util.Optional;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The {@code medr1} program. Results go to standard output, progress and errors to standard error.
 */
@Command(
    name = "medr1",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Medr1.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Trains and evaluates Qwen2-VL and Qwen2.5-VL on medical visual questions.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:an input is wrong, or a file cannot be read or written; the message says which",
      "2:the command line is wrong",
      "3:a fault of the program",
      "4:a check does not hold: smoke, audit --fail-on",
      "130:ended by Ctrl-C, 143: by SIGTERM; what was done is kept, and --resume goes on"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  medr1 quickstart",
      "  medr1 help train grpo",
      "  source <(medr1 generate-completion)"
    },
    subcommands = {
      QuickstartCommand.class,
      PhantomCommand.class,
      InspectCommand.class,
      AuditCommand.class,
      InitCommand.class,
      TrainCommand.class,
      RecipesCommand.class,
      EvaluateCommand.class,
      CompareCommand.class,
      ExperimentCommand.class,
      GenerateCommand.class,
      MergeCommand.class,
      ReportCommand.class,
      WatchCommand.class,
      SmokeCommand.class,
      GenerateCompletion.class,
      HelpCommand.class
    })
public final class Medr1 implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean verbose;

  private Medr1() {}

  public static void main(String[] args) {
    System.exit(execute(args));
  }

  /** Runs a command and gives its exit code. */
  private static int execute(String... args) {
    Letters.useUnicode();
    CommandLine line = commandLine();
    line.setOut(Letters.writer(System.out)).setErr(Letters.writer(System.err));
    try {
      Optional<String> lost = Letters.lost(args);
      return lost.isPresent()
          ? Failures.usage(new ParameterException(line, lost.get()))
          : line.execute(args);
    } catch (Error e) { // picocli hands on what is no exception: no memory, no native library
      return Failures.report(e, line, true);
    } finally {
      line.getOut().flush();
    }
  }

  /** The program with its commands. */
  static CommandLine commandLine() {
    Medr1 program = new Medr1();
    return new CommandLine(program)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler((e, at, parsed) -> Failures.report(e, at, program.verbose));
  }

  /** The version that the build put in. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"medr1 " + Environment.version()};
    }
  }

  /** Called without a command. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
