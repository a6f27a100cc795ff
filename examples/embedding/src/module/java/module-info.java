/** The program as a module; beside src/main/java, so that the class path does without. */
module example.embedding {
  requires java.desktop;
  requires ai.medr1.core;
  requires ai.medr1.data;
  requires ai.medr1.eval;
  requires ai.medr1.grpo;
}
