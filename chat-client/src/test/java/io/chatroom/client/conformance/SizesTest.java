package io.chatroom.client.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The sizes that the kit tries, and the text that it sends. */
class SizesTest {

  @Test
  void edgesArePowersOfTwoAndTenWithTheirNeighbours() {
    assertThat(Sizes.edges(0, 20))
        .containsExactly(0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 15, 16, 17, 20);
    assertThat(Sizes.edges(1_025, 65_537))
        .startsWith(1_025, 2_047, 2_048, 2_049, 4_095)
        .contains(9_999, 10_000, 10_001, 16_384)
        .endsWith(32_769, 65_535, 65_536, 65_537);
  }

  @Test
  void edgesIncludeThoseOfTheSum() {
    assertThat(Sizes.edges(480, 520, 10, 25)).contains(501, 502, 503, 486, 487, 488);
  }

  @Test
  void textHasItsSizeAndNoTwoSizesBeginAlike() {
    assertThat(IntStream.range(0, 300).map(size -> Sizes.text(size).length()))
        .containsExactlyElementsOf(IntStream.range(0, 300).boxed().toList());
    assertThat(Sizes.text(0)).isEqualTo(Bytes.EMPTY);
    assertThat(Sizes.text(14)).isEqualTo(Bytes.utf8("14 0000 0001 0"));
    assertThat(List.of(Sizes.text(4_096), Sizes.text(4_097).slice(0, 4_096)))
        .doesNotHaveDuplicates();
  }
}
