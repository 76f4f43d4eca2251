package io.chatroom.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class PageModulesTest {

  @Test
  void joinsModulesInOrderOfDependency() {
    String joined =
        PageModules.join(
            Map.of(
                "js/main.js",
                """
                // Begins.
                import { Chat } from './model/chat.js';
                import {
                  a,
                  b as c,
                } from './view/words.js';

                /** Does it. */
                const own = `${import.meta.url} // stays`;
                """,
                "js/model/chat.js",
                "import { a } from '../view/words.js';\nexport class Chat {\n  // none\n}\n",
                "js/view/words.js",
                "export function a() {}\nexport const b = 1;\nconst own = 2;\n"),
            "js/main.js");
    assertThat(joined)
        .isEqualTo(
            """
            const m1 = (() => {
            function a() {}
            const b = 1;
            const own = 2;
            return { a, b };
            })();
            const m2 = (() => {
            const { a } = m1;
            class Chat {
            }
            return { Chat };
            })();
            const m3 = (() => {
            const { Chat } = m2;
            const { a,
              b: c, } = m1;
            const own = `${import.meta.url} // stays`;
            return {  };
            })();
            """);
  }

  @Test
  void rejectsUnsupportedForms() {
    assertThatThrownBy(() -> PageModules.join(Map.of("m.js", "import './x.js';\n"), "m.js"))
        .hasMessageContaining("m.js has a line that cannot be joined: import './x.js';");
    assertThatThrownBy(() -> PageModules.join(Map.of("m.js", "export default 1;\n"), "m.js"))
        .hasMessageContaining("m.js has a line that cannot be joined: export default 1;");
    assertThatThrownBy(
            () -> PageModules.join(Map.of("m.js", "import { x } from './n.js';\n"), "m.js"))
        .hasMessage("m.js imports n.js, which does not exist");
  }

  @Test
  void rejectsCycles() {
    Map<String, String> cycle =
        Map.of(
            "a.js", "import { b } from './b.js';\nexport const a = 1;\n",
            "b.js", "import { a } from './a.js';\nexport const b = 1;\n");
    assertThatThrownBy(() -> PageModules.join(cycle, "a.js"))
        .hasMessage("b.js and a.js import each other; import cycles are not supported");
  }
}
