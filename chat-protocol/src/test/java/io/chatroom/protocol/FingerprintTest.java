package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTest {

  private static final String BASE64 = "SHA256:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

  @ParameterizedTest
  @ValueSource(
      strings = {
        BASE64,
        BASE64 + "=",
        "SHA256:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F"
      })
  void readsWhatIsPrintedHereAndByOpenssl(String text) {
    assertThat(Fingerprint.parse(text)).hasToString(BASE64);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "SHA256:", "SHA256:AAEC", "MD5:00:01", "SHA256:\u001b[31m", "not one"})
  void refusesAnythingElseInOneSafeSentence(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Fingerprint.parse(text))
        .withMessageContaining("is not a fingerprint, expected SHA256:")
        .matches(e -> String.valueOf(e.getMessage()).chars().noneMatch(c -> c < ' '));
  }

  @Test
  void isTheHashThatOpensslPrints() {
    // of the empty input, as every table has it
    assertThat(
            Fingerprint.parse("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
        .hasToString("SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
  }
}
