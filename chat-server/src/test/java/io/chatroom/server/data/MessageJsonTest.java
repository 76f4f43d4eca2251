package io.chatroom.server.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.store.StoredMessage;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Import reads exactly what export prints. */
class MessageJsonTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsWhatItWrites(boolean owned) throws IOException {
    StoredMessage message =
        new StoredMessage("tea", 7, 5, "zoë", "a \"b\"\n", "c", "1", 3, null, null, owned);
    String line = MessageJson.write(message);
    assertThat(line.contains("owned")).isEqualTo(owned);
    assertThat(MessageJson.read(line, 1)).isEqualTo(message);
  }
}
