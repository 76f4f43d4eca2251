package io.chatroom.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class BindFailureTest {

  @Test
  void tellsWhatTheSystemSaysAsItsWords() {
    assertThat(
            explained(new IOException("bind(..) failed with error(-95): Operation not supported")))
        .isEqualTo(
            "cannot listen on 127.0.0.1:4000: the system does not allow it (operation not"
                + " supported)");
  }

  @Test
  void saysThatFilesHaveRunOut() {
    assertThat(explained(new IllegalStateException("failed to create a child event loop")))
        .isEqualTo(
            "cannot listen on 127.0.0.1:4000: no file can be opened for it, most likely as too many"
                + " are: raise their limit (ulimit -n)");
  }

  private static String explained(Throwable cause) {
    return String.valueOf(BindFailure.explain("127.0.0.1", 4000, "--port", cause).getMessage());
  }
}
