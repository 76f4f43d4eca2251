package io.chatroom.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputTest {

  private final List<String> complaints = new ArrayList<>();

  @Test
  void writesAndLeavesTheExitCodeAsItIs() throws IOException {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    Output output = new Output(written);
    output.write("hé".getBytes(StandardCharsets.UTF_8));
    output.write('!');
    output.flush();

    assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo("hé!");
    assertThat(output.exitCode(0, complaints::add)).isZero();
    assertThat(output.exitCode(2, complaints::add)).isEqualTo(2);
    assertThat(complaints).isEmpty();
  }

  @Test
  void remembersWhatAPrintWriterHides() {
    Output output = new Output(failing("No space left on device"));
    new PrintWriter(output, true, StandardCharsets.UTF_8).println("lost");

    assertThat(output.exitCode(0, complaints::add)).isEqualTo(1);
    assertThat(output.exitCode(3, complaints::add)).isEqualTo(3);
    assertThat(complaints).containsOnly("cannot write the output: no space left on device");
  }

  @Test
  void takesAReaderThatLeavesForNoFailure() throws IOException {
    Pipe pipe = Pipe.open();
    pipe.source().close();
    try (OutputStream broken = Channels.newOutputStream(pipe.sink())) {
      Output output = new Output(broken);

      assertThatThrownBy(() -> output.write(1)).isInstanceOf(Output.FailedException.class);
      assertThat(output.exitCode(0, complaints::add)).isZero();
      assertThat(complaints).isEmpty();
    }
  }

  private static OutputStream failing(String reason) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(reason);
      }
    };
  }
}
