package io.chatroom.client.conformance;

/** A run of a case for the seed's protocol. */
record SeedPlay(Stage stage, Case.Body body) implements Play {

  @Override
  public void open() throws Broken, InterruptedException {
    stage.open();
  }

  @Override
  public void run() throws Broken, InterruptedException {
    body.run(stage);
  }

  @Override
  public void stillWorks() throws Broken, InterruptedException {
    stage.stillWorks();
  }

  @Override
  public void close() {
    stage.close();
  }
}
