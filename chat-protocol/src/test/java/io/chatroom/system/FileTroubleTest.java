package io.chatroom.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class FileTroubleTest {

  @Test
  void saysMoreThanTheNameOfTheFile() {
    assertThat(FileTrouble.reason(new AccessDeniedException("/f"))).isEqualTo("permission denied");
    assertThat(FileTrouble.reason(new FileSystemException("/f", null, "No space left on device")))
        .isEqualTo("No space left on device");
    assertThat(FileTrouble.reason(new FileSystemException("/f"))).contains("FileSystemException");
    assertThat(FileTrouble.reason(new IOException("broken"))).isEqualTo("broken");
  }
}
