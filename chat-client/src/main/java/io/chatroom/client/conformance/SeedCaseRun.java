package io.chatroom.client.conformance;

/** A run of a case for the seed's protocol. */
record SeedCaseRun(Stage stage, Case.Body body) implements CaseRun {

  @Override
  public void open() throws Broken, InterruptedException {
    stage.open();
  }

  @Override
  public void run() throws Broken, InterruptedException {
    body.run(stage);
  }

  @Override
  public void checkStillWorks() throws Broken, InterruptedException {
    stage.checkStillWorks();
  }

  @Override
  public void close() {
    stage.close();
  }
}
